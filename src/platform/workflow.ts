/**
 * What a step says to its GitHub runner, through @actions/core. It is loaded when first needed: a run on a
 * terminal never needs it, and a step needs it only once its engine is at work.
 */
const core = () => import('@actions/core');

export async function setOutputs(values: Readonly<Record<string, string>>): Promise<void> {
  const { setOutput } = await core();
  for (const [name, value] of Object.entries(values)) setOutput(name, value);
}

/** Keeps a value for the step's post phase, where `savedState` gives it back. */
export async function saveState(name: string, value: string): Promise<void> {
  (await core()).saveState(name, value);
}

export async function savedState(name: string): Promise<string> {
  return (await core()).getState(name);
}

export async function maskSecret(secret: string): Promise<void> {
  (await core()).setSecret(secret);
}

/** Appends to the job's summary. It escapes nothing: the text must be safe already. */
export async function appendSummary(markdown: string): Promise<void> {
  const { summary } = await core();
  await summary.addRaw(markdown).write();
}

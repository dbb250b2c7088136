import { getState, saveState, setOutput, setSecret, summary } from '@actions/core';

/**
 * What a step says to its GitHub runner, through @actions/core. This module is loaded when it is first needed:
 * a run on a terminal never needs it.
 */
export function setOutputs(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) setOutput(name, value);
}

/** Keeps values for the step's post phase, where `savedState` gives them back. */
export function saveStates(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) saveState(name, value);
}

export function savedState(name: string): string {
  return getState(name);
}

export function maskSecret(secret: string): void {
  setSecret(secret);
}

/** Appends to the job's summary. It escapes nothing: the text must be safe already. */
export async function appendSummary(markdown: string): Promise<void> {
  await summary.addRaw(markdown).write();
}

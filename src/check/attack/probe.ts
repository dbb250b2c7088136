import type { Container, ExecUser, Execution, Helper } from '../../engines/engine.js';
import { CheckError } from '../../model/errors.js';
import type { IdentityAttack } from '../../model/evidence.js';
import type { Places } from '../../model/places.js';
import { AttackLines } from './lines.js';

/** The probe's name within the helper directory. */
export const PROBE = 'probe';

export interface AttackPlan {
  readonly protectedPaths: readonly string[];
  readonly places: Places;
  /** Persistent mounts that the user declares writable: nothing is tried in them. */
  readonly untouched: readonly string[];
}

/** Arguments of the probe for this plan; see probe/README.md. */
export function attackArguments(helper: Helper, plan: AttackPlan, more: readonly string[] = []): string[] {
  const open = plan.places.open().filter((path) => !plan.untouched.includes(path));
  return [
    `${helper.directory}/${PROBE}`,
    'attack',
    ...open.flatMap((path) => ['--skip', path]),
    ...plan.untouched.flatMap((path) => ['--untouched', path]),
    '--control',
    helper.writable,
    '--refusal',
    helper.directory,
    '--thorough',
    ...more,
    '--',
    ...plan.protectedPaths,
  ];
}

/** One run of the probe, read to its end. */
export async function runProbe(
  container: Container,
  argv: readonly string[],
  as?: ExecUser,
  input?: Uint8Array,
): Promise<IdentityAttack> {
  return new ProbeRun(container.run(argv, { ...(as ? { as } : {}), ...(input ? { input } : {}) })).finish();
}

/** A run of the probe under way. Whatever goes wrong with it is a CheckError `probe-unfinished`. */
export class ProbeRun {
  readonly #execution: Execution;
  readonly #lines = new AttackLines();
  readonly #start = performance.now();
  readonly #chunks: AsyncIterator<Uint8Array>;
  #attacked: number | null = null;
  #end = '';
  #saidAttacked = false;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#chunks = execution.output[Symbol.asyncIterator]();
  }

  /** Whether everything is attempted, so that what the run found can be told. */
  get isWatching(): boolean {
    return this.#lines.attacked;
  }

  /** Reads until everything is attempted and the probe only watches (`--watch`). Says whom it has seen by then. */
  async attacked(): Promise<AttackLines['met']> {
    // Where the lines before it are damaged it still only watches, and waits to be ended.
    while (!this.#saidAttacked && (await this.#next()));
    this.#attacked = performance.now();
    // A run that ended before it was to watch says by its exit code why.
    if (!this.#lines.attacked) await this.finish();
    return this.#lines.met;
  }

  /** Ends the watch, where there is one, and reads to the end. */
  async finish(): Promise<IdentityAttack> {
    this.#execution.endInput();
    while (await this.#next());
    const { exitCode, stderr } = await this.#execution.done;
    if (exitCode !== 0) {
      const said = stderr.trim().split('\n').slice(-3).join(' ').slice(-500);
      throw unfinished(
        `exit code ${exitCode}${said ? `, ${said}` : ''}. Check whether the container was ended, or forbids executing programs.`,
      );
    }
    return { result: this.#lines.result(), ms: (this.#attacked ?? performance.now()) - this.#start };
  }

  #look(chunk: Uint8Array): void {
    const text = this.#end + Buffer.from(chunk).toString('latin1');
    this.#saidAttacked ||= text.includes('\nY\tattacked\n');
    this.#end = text.slice(-'\nY\tattacked\n'.length);
  }

  async #next(): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.#lines.add(value);
      this.#look(value);
      return true;
    } catch (thrown) {
      // The stream of a program that was ended breaks before `done` tells why.
      const cause: unknown = await this.#execution.done.then(() => thrown).catch((why: unknown) => why);
      throw unfinished(`${cause instanceof Error ? cause.message : cause}.`, cause);
    }
  }
}

function unfinished(why: string, cause?: unknown): CheckError {
  return new CheckError(
    'probe-unfinished',
    `The probe did not finish in the container: ${why} What it did not try counts as not protected.`,
    { cause },
  );
}

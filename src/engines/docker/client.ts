import { CheckError } from '../../model/errors.js';
import { type Command, capture, ExecTimeout, type Finished, follow, type Running, start } from '../../platform/exec.js';
import { printable } from '../../platform/log.js';

/** Variables that hold tokens of the workflow: a flag such as `--env NAME` or `--env-file` must not find them. */
const SECRET = /^(INPUT_|GITHUB_TOKEN$|GH_TOKEN$|ACTIONS_(RUNTIME_TOKEN|ID_TOKEN_REQUEST_TOKEN)$)/;

/** Milliseconds that a call may take. An engine that hangs must not hang the check; a pull takes what it takes. */
const LIMIT = 120_000;

/** Milliseconds for a command in a container: an attack on millions of files, and not a process that was stopped. */
const EXECUTION_LIMIT = 900_000;

/** The `docker` command line client: it knows contexts, TLS and SSH, and every flag that users may give. */
export class Client {
  readonly #program: string;
  readonly #signal: AbortSignal;
  readonly #env: NodeJS.ProcessEnv;

  constructor(program: string, signal: AbortSignal, env: NodeJS.ProcessEnv = process.env) {
    this.#program = program;
    this.#signal = signal;
    this.#env = Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
  }

  /** Runs to the end; the exit code is the caller's to judge. Fails only where there is no client or no engine. */
  async ask(args: readonly string[], how: Pick<Command, 'input' | 'limit'> = {}): Promise<Finished> {
    const finished = await this.#explained(
      capture({ timeout: args[0] === 'pull' ? 3_600_000 : LIMIT, ...this.#command(args, how) }),
    );
    if (finished.exitCode !== 0) refuseWithoutEngine(finished.stderr);
    return finished;
  }

  /** Like `ask`, for calls that can only fail when something is wrong with the engine. */
  async demand(args: readonly string[], how: Pick<Command, 'input' | 'limit'> = {}): Promise<Uint8Array> {
    const finished = await this.ask(args, how);
    if (finished.exitCode !== 0) throw this.failure(args, finished);
    return finished.stdout;
  }

  /** Starts, and gives the output as it comes. */
  start(args: readonly string[], input?: Uint8Array | 'open'): Running {
    return start({ timeout: EXECUTION_LIMIT, ...this.#command(args, input ? { input } : {}) });
  }

  /** Runs a build, whose output people follow. `env` is added to the client's. */
  async follow(args: readonly string[], env: NodeJS.ProcessEnv, print: (chunk: Uint8Array) => void): Promise<number> {
    return this.#explained(
      follow({ argv: [this.#program, ...args], env: { ...this.#env, ...env }, signal: this.#signal }, print),
    );
  }

  /** Runs even when the check was cancelled: what it made has to go all the same. */
  async clean(args: readonly string[]): Promise<Finished> {
    return capture({ argv: [this.#program, ...args], env: this.#env, timeout: LIMIT });
  }

  failure(args: readonly string[], finished: Pick<Finished, 'exitCode' | 'stderr'>): CheckError {
    const verb = args.slice(0, 2).join(' ');
    return new CheckError(
      'engine-failed',
      `\`${this.#program} ${verb}\` failed with exit code ${finished.exitCode}: ${lastLines(finished.stderr)}`,
    );
  }

  #command(args: readonly string[], how: Pick<Command, 'input' | 'limit'>): Command {
    return { argv: [this.#program, ...args], env: this.#env, signal: this.#signal, ...how };
  }

  async #explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      if (this.#signal.aborted) throw new CheckError('cancelled', 'The check was cancelled.', { cause: thrown });
      if (thrown instanceof ExecTimeout) {
        throw new CheckError('no-engine', `The Docker engine does not answer: ${thrown.message}. Restart it.`, {
          cause: thrown,
        });
      }
      const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : null;
      const missing = code === 'ENOENT' || /Unable to locate/.test(String(thrown));
      if (missing) {
        throw new CheckError(
          'no-engine',
          `There is no \`${this.#program}\` program on the path, so no container can be started. Install Docker, or put its client on the path: https://docs.docker.com/engine/install/`,
          { cause: thrown },
        );
      }
      throw thrown;
    }
  }
}

function refuseWithoutEngine(stderr: string): void {
  if (/permission denied.*(docker daemon|docker\.sock|docker API)/is.test(stderr)) {
    throw new CheckError(
      'no-engine',
      `The Docker engine runs, but this user may not use it: ${lastLines(stderr)} Add the user to the group "docker", or run as a user who is in it.`,
    );
  }
  if (
    /Cannot connect to the Docker daemon|error during connect|Is the docker daemon running|failed to connect to the docker API|unable to resolve docker endpoint/i.test(
      stderr,
    )
  ) {
    throw new CheckError(
      'no-engine',
      `No Docker engine answers: ${lastLines(stderr)} Start it (\`systemctl start docker\`, Docker Desktop), or check DOCKER_HOST and the Docker context.`,
    );
  }
}

/** The end of what a program printed, on one line, safe to show. */
export function lastLines(output: string, count = 4): string {
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '');
  const shown = printable(
    lines
      .slice(-count)
      .map((line) => line.trim())
      .join(' '),
  ).slice(-800);
  return shown === '' ? 'it printed nothing.' : /[.!?]$/.test(shown) ? shown : `${shown}.`;
}

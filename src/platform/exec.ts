import { ChildProcess, spawn } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { isDeepStrictEqual } from 'node:util';

/** A program to run: always an argument vector, never a line for a shell. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  /** What standard input holds; `open`: nothing, until `endInput` is called. Default: it is empty. */
  readonly input?: Uint8Array | 'open';
  /** Ends the program (SIGKILL) when aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the program is ended; `done` then rejects with `ExecTimeout`. */
  readonly timeout?: number;
  /** Most bytes of standard output to keep in `capture`; what comes beyond ends the program. Default 16 MiB. */
  readonly limit?: number;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** A program under way. `done` rejects when it could not be started at all, or was ended by the signal. */
export interface Running {
  readonly output: AsyncIterable<Uint8Array>;
  readonly done: Promise<{ readonly exitCode: number; readonly stderr: string }>;
  /** Ends an `open` standard input. */
  endInput(): void;
  kill(): void;
}

/** A program that did not end in its time. */
export class ExecTimeout extends Error {
  override readonly name = 'ExecTimeout';
}

const STDERR_KEPT = 16 * 1024;

/**
 * Starts a program. Unlike `@actions/exec`, which runs the builds, it can be ended, gives its output as it
 * comes with back-pressure, and keeps no more of it than asked: what a container prints has no size of its own.
 */
export function start(command: Command): Running {
  const [file, ...args] = command.argv;
  const child = spawn(file, args, {
    stdio: [command.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(command.env ? { env: command.env } : {}),
    ...(command.signal ? { signal: command.signal, killSignal: 'SIGKILL' as const } : {}),
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  if (command.input && child.stdin) {
    // A program that ends before it has read everything says so by its exit code.
    child.stdin.on('error', () => {});
    if (command.input !== 'open') child.stdin.end(command.input);
  }
  const limit = command.timeout;
  let late = false;
  const end = () => {
    late = true;
    child.kill('SIGKILL');
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const timer = limit === undefined ? undefined : setTimeout(end, limit).unref();
  const done = new Promise<{ exitCode: number; stderr: string }>((resolve, reject) => {
    child.once('error', (error) => {
      reject(error);
      // A child of the program may outlive it with the output in its hands; nobody waits for that one.
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    // 'close' comes after the streams have ended, so that nothing of stderr is missing.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (late) reject(new ExecTimeout(`${file} did not end in ${(limit ?? 0) / 1000} s`));
      resolve({ exitCode: code ?? (signal ? 137 : 1), stderr });
    });
  });
  // Whoever awaits `done` sees the failure; an unobserved one must not end our process.
  done.catch(() => {});
  if (!child.stdout) throw new Error(`No standard output from ${file}`);
  return { output: child.stdout, done, endInput: () => child.stdin?.end(), kill: () => child.kill('SIGKILL') };
}

/** Runs a program to its end and gives what it printed. */
export async function capture(command: Command): Promise<Finished> {
  const running = start(command);
  const limit = command.limit ?? 16 * 1024 * 1024;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of running.output) {
      size += chunk.length;
      if (size > limit) {
        running.kill();
        break;
      }
      chunks.push(chunk);
    }
  } catch (thrown) {
    // The stream of a program that was ended breaks first; `done` knows why.
    await running.done;
    throw thrown;
  }
  const { exitCode, stderr } = await running.done;
  return { exitCode, stdout: Buffer.concat(chunks), stderr };
}

/**
 * Runs a long command whose output people want to follow, through `@actions/exec`, silent but for `print`.
 * Returns its exit code.
 */
export async function follow(command: Command, print: (chunk: Uint8Array) => void): Promise<number> {
  // Loaded here: a run that builds nothing does not pay for it.
  const { exec } = await import('@actions/exec');
  const [file, ...args] = command.argv;
  const { signal } = command;
  // The toolkit hands out no handle of what it starts; Node.js tells of every process that it makes.
  const children: ChildProcess[] = [];
  const note = (message: unknown) => {
    if (isObject(message) && message.process instanceof ChildProcess) children.push(message.process);
  };
  const end = () => {
    for (const child of children) {
      if (!isDeepStrictEqual(child.spawnargs?.slice(1), args)) continue;
      // A client that is asked to end tells its engine; one that does not is not waited for.
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 2000).unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  };
  const env = Object.fromEntries(
    Object.entries(command.env ?? process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  diagnostics.subscribe('child_process', note);
  signal?.addEventListener('abort', end);
  try {
    signal?.throwIfAborted();
    return await exec(quoted(file), args, {
      silent: true,
      ignoreReturnCode: true,
      env,
      listeners: { stdout: print, stderr: print },
    });
  } finally {
    signal?.removeEventListener('abort', end);
    diagnostics.unsubscribe('child_process', note);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

// @actions/exec splits its first argument at blanks, unless they stand in quotes.
function quoted(file: string): string {
  return file.includes(' ') ? `"${file}"` : file;
}

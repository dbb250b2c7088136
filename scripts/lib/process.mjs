import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program and captures what it says. Resolves also when the program fails: exit codes decide.
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} as a shell numbers them: 127 for a program that
 *   is not there, 128 and the signal for one that a signal ended
 */
export function capture(program, args, { input = '', timeout = 0, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, timeout, stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text;
      });
    }
    // A program that ends without reading its input is no failure of ours: its exit code tells.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', (error) => resolve({ code: 127, stdout: '', stderr: error.message }));
    child.once('close', (code, signal) => resolve({ code: exitCode(code, signal), ...output }));
  });
}

/**
 * Runs a program whose output the user sees as it comes. It leads a process group of its own, so that an interruption
 * reaches it and its children once, and from here only: Ctrl-C in a terminal would otherwise reach it twice.
 * @param {{ interruption?: AbortSignal } & import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>} its exit code, numbered as in capture()
 */
export function show(program, args, { interruption, ...options } = {}) {
  return new Promise((resolve) => {
    if (interruption?.aborted) {
      resolve(exitCode(null, interruption.reason));
      return;
    }
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options, detached: true });
    const forward = () => endGroup(child.pid, interruption.reason);
    interruption?.addEventListener('abort', forward);
    const finish = (code) => {
      interruption?.removeEventListener('abort', forward);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      finish(127);
    });
    child.once('close', (code, signal) => finish(exitCode(code, signal)));
  });
}

/** @returns {AbortSignal} aborted by SIGINT, SIGTERM and SIGHUP, its reason being the signal's name */
export function interruption() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => controller.abort(signal));
  }
  return controller.signal;
}

/** The exit code that a shell gives to a program that ended so. */
export function exitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // It has ended by itself.
  }
}

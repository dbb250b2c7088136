import { capture } from '../lib/process.mjs';

/** Runs a program to its end. @returns wall time in ms beside what `capture` gives */
export async function time(program, args, options = {}) {
  const start = performance.now();
  const result = await capture(program, args, options);
  return { ms: performance.now() - start, ...result };
}

/**
 * Runs a program that has to succeed.
 * @throws {Error} with the end of what it said
 */
export async function must(program, args, options = {}) {
  const result = await time(program, args, options);
  if (result.code !== 0) {
    const said = (result.stderr || result.stdout).trim().slice(-2000);
    throw new Error(`${program} ${args[0] ?? ''} failed (exit code ${result.code}): ${said}`);
  }
  return result;
}

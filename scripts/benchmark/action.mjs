import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { time } from './clock.mjs';

/** The folder that GitHub runs. */
export const shipped = fileURLToPath(new URL('../../dist', import.meta.url));

/** Inputs for the whole root filesystem of one of the cases. */
export function inputs({ image, address, answer }, layers) {
  return {
    image,
    port: '8080',
    'smoke-test': `curl -s http://localhost:8080${address}`,
    expect: answer,
    'protected-paths': '/',
    layers,
  };
}

/**
 * The action as a runner starts it.
 * @param how `dist`: another folder than the shipped one; `env`: more variables; `start`: called with what runs the program
 * @returns its wall time in ms, and its report
 * @throws {Error} where the verdict is another one than pass
 */
export async function action(given, { dist = shipped, env = {}, run = time } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-benchmark-'));
  try {
    const done = await run(process.execPath, [join(dist, 'index.js')], { env: environment(given, folder, env) });
    const [report, verdict] = read(join(folder, 'report', 'report.json'));
    if (done.code !== 0 || verdict !== 'pass') {
      throw new Error(
        `The action did not pass (exit code ${done.code}, verdict ${verdict}):\n${done.stdout}${done.stderr}`,
      );
    }
    return { ...done, report };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a runner gives a step: inputs, and files for what the step says. */
export function environment(given, folder, more = {}) {
  const all = { comment: 'never', 'report-dir': join(folder, 'report'), ...given };
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY']) {
    env[name] = join(folder, name);
    writeFileSync(env[name], '');
  }
  return { ...process.env, ...env, ...more };
}

function read(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return [report, report.verdict];
  } catch {
    return [null, 'none: there is no report'];
  }
}

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../probe', import.meta.url));

/**
 * Builds linux-amd64, linux-arm64 and SHA256SUMS into a folder; needs clang, lld and make.
 * @param {string} outputFolder made where it is missing
 * @throws {Error} with the compiler's words, or what to install
 */
export function buildProbe(outputFolder) {
  // --always-make: what stands there may come from another compiler. The locale would reach messages only.
  const { error, status, stderr } = spawnSync('make', ['--always-make', '-C', source, `OUT=${resolve(outputFolder)}`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  if (error)
    throw new Error(
      `The probe cannot be built without make, clang and lld (apt-get install make clang lld): ${error.message}`,
    );
  if (status !== 0)
    throw new Error(`The probe was not built. Are clang and lld installed (apt-get install clang lld)?\n${stderr}`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [outputFolder] = process.argv.slice(2);
  if (!outputFolder) throw new Error('usage: node scripts/build/probe.mjs FOLDER');
  buildProbe(outputFolder);
}

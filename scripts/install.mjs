import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall, isDebian, isRoot } from './lib/apt.mjs';
import { capture, show } from './lib/process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const oldest = [20, 18, 1];

/**
 * Installs what package-lock.json names, where node_modules is missing or older.
 * @throws {Error} when Node.js is too old or npm fails
 */
export async function ensureDependencies(interruption) {
  requireNode();
  // npm writes this file last when it installs, and package-lock.json up to a moment before it.
  const installed = join(root, 'node_modules', '.package-lock.json');
  const wanted = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  console.log('Installing the dependencies: npm ci');
  const code = await show('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, interruption });
  if (code !== 0) throw new Error(`npm ci failed (exit code ${code}): its own words stand above.`);
}

/** @throws {Error} when this Node.js is older than the scripts and their dependencies need */
export function requireNode(version = process.versions.node) {
  const parts = version.split('.').map(Number);
  const at = oldest.findIndex((part, index) => part !== parts[index]);
  if (at === -1 || parts[at] > oldest[at]) return;
  throw new Error(`This is Node.js ${version}. Version ${oldest.join('.')} or later is needed: https://nodejs.org/`);
}

/**
 * clang and lld, with which the tests rebuild the probe.
 * @returns {Promise<string | null>} null, with the reason printed, where they are missing and are not installed
 */
export async function ensureCompiler(interruption) {
  const missing = await missingCompilers();
  if (missing.length === 0) return 'clang';
  const reason = `the tests that rebuild the probe need ${missing.join(' and ')}`;
  if (!isDebian || !isRoot) {
    const how = isDebian ? 'as root: apt-get install clang lld' : 'install LLVM with clang and lld';
    console.log(`Those tests are skipped: ${reason} (${how}).`);
    return null;
  }
  try {
    await aptInstall(['clang', 'lld'], `${reason}.`, interruption);
  } catch (error) {
    console.log(`Those tests are skipped: ${reason}. ${error.message}`);
    return null;
  }
  return 'clang';
}

async function missingCompilers() {
  const missing = [];
  for (const [name, program] of Object.entries({ clang: 'clang', lld: 'ld.lld' })) {
    if ((await capture(program, ['--version'])).code !== 0) missing.push(name);
  }
  return missing;
}

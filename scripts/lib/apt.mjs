import { existsSync } from 'node:fs';
import { show } from './process.mjs';

// Servers fail for a moment and other programs hold dpkg's lock for a while: both pass.
const patience = ['-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=120'];
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

/** Debian and what descends from it: there, and only as root, these scripts install what is missing. */
export const isDebian =
  process.platform === 'linux' && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
export const isRoot = process.getuid?.() === 0;

/**
 * Installs Debian packages. Says before what and why.
 * @throws {Error} when apt-get fails
 */
export async function aptInstall(packages, why, interruption) {
  console.log(`Installing ${packages.join(', ')} with apt-get: ${why}`);
  await aptUpdate(interruption);
  const args = [...patience, '-qq', 'install', '-y', '--no-install-recommends', '--no-remove', ...packages];
  const code = await show('apt-get', args, { env: environment, interruption });
  if (code !== 0) throw new Error(`apt-get could not install ${packages.join(', ')} (exit code ${code}).`);
}

/** Fetches a package's file into a folder without installing it. @returns {Promise<boolean>} whether it is there */
export async function aptDownload(name, folder, interruption) {
  const download = () =>
    show('apt-get', [...patience, '-qq', 'download', name], { cwd: folder, env: environment, interruption });
  if ((await download()) === 0) return true;
  if (!isRoot) return false;
  await aptUpdate(interruption);
  return (await download()) === 0;
}

/** One broken source of many makes the update fail, though the package may come from another: install decides. */
async function aptUpdate(interruption) {
  const code = await show('apt-get', [...patience, '-qq', 'update'], { env: environment, interruption });
  if (code !== 0) console.log(`apt-get update failed (exit code ${code}); going on with the lists that are there.`);
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptInstall } from '../lib/apt.mjs';

const tag = 'immutable-check-benchmark/debian:1';

/** A Debian root filesystem of about 7,000 files, by debootstrap. It stays on the machine for the next run. */
export async function debianImage() {
  if (spawnSync('docker', ['image', 'inspect', tag]).status === 0) return tag;
  if (!existsSync('/usr/sbin/debootstrap'))
    await aptInstall(['debootstrap'], 'it makes the Debian image to measure on.');
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-debian-'));
  try {
    must('debootstrap', ['--variant=minbase', 'bookworm', join(folder, 'root')]);
    must('tar', ['--numeric-owner', '-C', join(folder, 'root'), '-cf', join(folder, 'root.tar'), '.']);
    must('docker', ['import', join(folder, 'root.tar'), tag]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return tag;
}

function must(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${program} failed with exit code ${status}.`);
}

import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBusybox } from '../engine.mjs';
import { capture } from './process.mjs';

/** The image that the Dockerfiles build on where a registry is reached. */
export const published = 'busybox:1.37';

/**
 * A busybox image made from this machine's own static busybox, under the tag given. The same busybox, tag and labels
 * give the same image, so that two that make it at once do not disturb each other.
 * @returns {Promise<boolean>} false where this machine has no such busybox: `published` has to come from a registry
 */
export async function makeBaseImage(tag, labels = {}, interruption) {
  const busybox = await ensureBusybox(interruption);
  if (busybox === null) return false;
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-base-'));
  try {
    await layOut(join(folder, 'root'), busybox);
    mkdirSync(join(folder, 'image'));
    await pack(join(folder, 'root'), join(folder, 'image', 'layer.tar'));
    describe(join(folder, 'image'), tag, labels);
    await pack(join(folder, 'image'), join(folder, 'image.tar'));
    await must('docker', ['load', '--quiet', '--input', join(folder, 'image.tar')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return true;
}

/** What the published image has, as far as the examples and the tests need it. */
async function layOut(root, busybox) {
  for (const directory of ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp']) {
    mkdirSync(join(root, directory), { recursive: true });
    chmodSync(join(root, directory), directory === 'tmp' ? 0o1777 : 0o755);
  }
  chmodSync(root, 0o755);
  copyFileSync(busybox, join(root, 'bin', 'busybox'));
  chmodSync(join(root, 'bin', 'busybox'), 0o755);
  const { stdout } = await must(busybox, ['--list']);
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    symlinkSync('busybox', join(root, 'bin', applet));
  }
  for (const [name, line] of Object.entries({ passwd: 'root:x:0:0:root:/:/bin/sh\n', group: 'root:x:0:\n' })) {
    writeFileSync(join(root, 'etc', name), line);
    chmodSync(join(root, 'etc', name), 0o644);
  }
}

/** Nothing of the moment or of this user goes into the archive. */
async function pack(folder, archive) {
  const always = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
  await must('tar', [...always, '--create', '--file', archive, '--directory', folder, '.']);
}

/** The form that `docker save` writes: a configuration and the list of layers. */
function describe(folder, tag, labels) {
  const layer = createHash('sha256')
    .update(readFileSync(join(folder, 'layer.tar')))
    .digest('hex');
  const configuration = {
    architecture: { x64: 'amd64' }[process.arch] ?? process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'], Labels: labels },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'busybox-static' }],
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configuration));
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }]),
  );
}

async function must(program, args) {
  const result = await capture(program, args);
  if (result.code !== 0)
    throw new Error(`${program} ${args[0]} failed (exit code ${result.code}): ${result.stderr.trim()}`);
  return result;
}

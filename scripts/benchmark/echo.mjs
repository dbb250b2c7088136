import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeBaseImage, published } from '../lib/base-image.mjs';

const context = fileURLToPath(new URL('../../examples/echo', import.meta.url));
const tag = 'immutable-check-benchmark/echo:1';

/** The example's mended image, built beforehand. It stays on the machine for the next run. */
export async function echoImage() {
  const base = 'immutable-check-benchmark/busybox:1';
  const made = await makeBaseImage(base);
  const args = [
    'build',
    '--quiet',
    '--tag',
    tag,
    '--build-arg',
    `BASE=${made ? base : published}`,
    '--file',
    `${context}/after.Dockerfile`,
    context,
  ];
  const { status, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The example could not be built: ${stderr}`);
  return tag;
}

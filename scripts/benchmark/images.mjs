import { fileURLToPath } from 'node:url';
import { makeBaseImage, published } from '../lib/base-image.mjs';
import { must, time } from './clock.mjs';
import { debianImage } from './debian.mjs';

/** What `docker image ls` shows of the benchmark. They stay on the machine for the next run. */
export const repository = 'immutable-check-benchmark';
export const removal = `docker image rm $(docker image ls --quiet '${repository}/*')`;

const here = fileURLToPath(new URL('images', import.meta.url));
const echo = fileURLToPath(new URL('../../examples/echo', import.meta.url));
const tag = (name) => `${repository}/${name}:2`;

/** What answers on port 8080 in the images of images/Dockerfile. */
const served = { address: '/', answer: 'ok' };

/** An image a case: how it is made, where it answers and what, and how its own busybox or coreutils are called. */
export const subjects = {
  scratch: { title: 'A scratch image: one static busybox', ...served, box: ['/busybox'], make: () => build('scratch') },
  echo: {
    title: 'The echo example',
    address: '/immutable',
    answer: '{"method":"GET","uri":"/immutable"}',
    box: [],
    make: buildEcho,
  },
  debian: {
    title: 'A Debian root filesystem of 7,000 files',
    ...served,
    box: [],
    findutils: true,
    make: async () => build('debian', ['--build-arg', `DEBIAN=${await debianImage()}`]),
  },
  tree: { title: 'The same with 200,000 files more', ...served, box: [], findutils: true, make: buildTree },
};

async function busybox() {
  const made = `${repository}/busybox:1`;
  return (await makeBaseImage(made)) ? made : published;
}

async function build(stage, more = []) {
  const base = ['--build-arg', `BUSYBOX=${await busybox()}`];
  // The stage that the others copy from has a tag too: without one it would stay behind, and nobody knew whose it is.
  for (const target of ['busybox', stage]) {
    await must('docker', ['build', '--quiet', '--tag', tag(target), '--target', target, ...base, ...more, here]);
  }
  return tag(stage);
}

/** Made once: the file system of the engine takes its time for 200,000 files. */
async function buildTree() {
  if ((await time('docker', ['image', 'inspect', tag('tree')])).code === 0) return tag('tree');
  return build('tree', ['--build-arg', `DEBIAN=${await debianImage()}`]);
}

async function buildEcho() {
  const base = ['--build-arg', `BASE=${await busybox()}`];
  await must('docker', ['build', '--quiet', '--tag', tag('echo'), ...base, '--file', `${echo}/after.Dockerfile`, echo]);
  return tag('echo');
}

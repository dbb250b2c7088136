import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeBaseImage, published } from '../../scripts/lib/base-image.mjs';

/** Images for tests. jest runs test files in several processes: each builds and removes images of its own. */

const run = promisify(execFile);
const base = 'immutable-check-test/busybox:1';
const built: string[] = [];
let builds = 0;

/** A busybox image's reference. It stays on the machine for the next run. */
export async function baseImage(): Promise<string> {
  if (await exists(base)) return base;
  // Two that make it at once make the same image.
  if (await makeBaseImage(base, { 'immutable-check.test.base': '1' })) return base;
  await docker('pull', '--quiet', published);
  await docker('tag', published, base);
  return base;
}

/**
 * Builds an image and gives its ID.
 * @param files in the build context, by path; bytes and scripts that start with #! are executable, whatever the umask
 */
export async function buildImage(
  name: string,
  dockerfile: string,
  files: Record<string, string | Uint8Array> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'immutable-check-test-'));
  try {
    const context = join(folder, 'context');
    await mkdir(context);
    for (const [path, content] of Object.entries(files)) await put(join(context, path), content);
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    // The labels make the image this process's own. Without --no-cache it would share its parents with those of other
    // processes, and the removal of one image takes the parents away from under a build that goes on beside it.
    const labels = [
      '--label',
      'immutable-check.test=1',
      '--label',
      `immutable-check.test.image=${name} ${process.pid} ${builds++}`,
    ];
    await docker(
      'build',
      '--quiet',
      '--no-cache',
      ...labels,
      '--iidfile',
      join(folder, 'id'),
      '--file',
      join(folder, 'Dockerfile'),
      context,
    );
    const id = (await readFile(join(folder, 'id'), 'utf8')).trim(); // The classic builder ends it with a newline.
    built.push(id);
    return id;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * An image that holds one static program and nothing else: no shell, no /etc/passwd, no /tmp.
 * @param command busybox's applet and its arguments
 * @param instructions more lines for the Dockerfile, such as `USER 1000`
 */
export async function scratchImage(
  name: string,
  command: string[] = ['sleep', '3600'],
  instructions = '',
): Promise<string> {
  const lines = [
    `FROM ${await baseImage()} AS base`,
    'FROM scratch',
    'COPY --from=base /bin/busybox /busybox',
    instructions,
    'ENTRYPOINT ["/busybox"]',
    `CMD ${JSON.stringify(command)}`,
  ];
  return buildImage(name, lines.join('\n'));
}

/** Removes the images that this process built. One that a container still uses is an error: the container was left. */
export async function removeTestImages(): Promise<void> {
  const left: unknown[] = [];
  // The last first: it may be built on an earlier one.
  for (const id of built.splice(0).reverse()) {
    await docker('image', 'rm', id).catch((error: unknown) => {
      // An earlier one goes by itself with the last that is built on it.
      if (!/No such image/.test(String(error))) left.push(error);
    });
  }
  if (left.length > 0) throw new AggregateError(left, `Images could not be removed:\n${left.join('\n')}`);
}

async function exists(reference: string): Promise<boolean> {
  return docker('image', 'inspect', '--format', '{{.Id}}', reference).then(
    () => true,
    () => false,
  );
}

/** COPY keeps modes, and what a file is created with depends on this user's umask. */
async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  const isProgram = typeof content !== 'string' || content.startsWith('#!');
  await chmod(path, isProgram ? 0o755 : 0o644);
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 16 * 1024 * 1024 });
  return stdout.trim();
}

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseImage, buildImage, removeTestImages } from '../support/images.js';
import { dist, docker, rules, runStep, type Step, standIn, targetOf } from '../support/step.js';

/**
 * An engine that lies, dies, or says half: whatever was planned and not seen is no pass. The stand-ins are the real
 * client, with one thing changed.
 */
let image = '';

beforeAll(async () => {
  image = await buildImage(
    'engine',
    `FROM ${await baseImage()}
     RUN mkdir /app && touch /app/a && chmod -R a+rX,go-w /app
     USER 1000\nEXPOSE 8080\nCMD ["httpd", "-f", "-p", "8080", "-h", "/bin"]`,
  );
});

afterAll(removeTestImages);

const inputs = () => ({
  image,
  'smoke-test': 'curl -I localhost/busybox',
  'protected-paths': '/app',
  layers: 'read-only',
});

/** A run on a `docker` that runs this script, in which `$ATTACK` is set where the call starts an attack. */
async function on(script: string, more: Record<string, string> = {}): Promise<Step> {
  const attack = 'case "$1 $*" in exec*attack*) ATTACK=1;; esac';
  await using fake = await standIn(`${attack}\n${script}\nexec "$DOCKER" "$@"`);
  const step = await runStep({ ...inputs(), ...more }, { path: [fake.folder] });
  expect(step.left).toEqual([]);
  return step;
}

function untold(step: Step, code: string): void {
  expect(step.outputs.verdict).toBe('error');
  expect(step.exitCode).toBe(1);
  expect(targetOf(step).error?.code).toBe(code);
}

test('the stand-in that changes nothing passes', async () => {
  expect((await on('')).outputs.verdict).toBe('pass');
});

describe('--read-only is ignored', () => {
  const drops = 'for word; do shift; [ "$word" = --read-only=true ] || set -- "$@" "$word"; done';

  test('and root can change it', async () => {
    const step = await on(drops, { user: '0' });
    expect(step.outputs.verdict).toBe('fail');
    expect(rules(step)).toEqual(['writable-under-read-only']);
    expect(step.heard.errors.join()).toContain('/app');
  });

  test('and nobody happens to be allowed to', async () => {
    const step = await on(drops);
    expect(step.outputs.verdict).toBe('fail');
    expect(rules(step)).toEqual(['read-only-ignored']);
  });

  test('while the engine says that it is not', async () => {
    const lies = `
      if [ "$1 $2" = 'container inspect' ]; then
        "$DOCKER" "$@" | sed 's/"ReadonlyRootfs": false/"ReadonlyRootfs": true/'; exit "\${PIPESTATUS[0]}"
      fi`;
    const step = await on(`${lies}\n${drops}`, { user: '0' });
    expect(rules(step)).toEqual(['read-only-ignored']);
  });
});

describe('the engine', () => {
  const gone =
    "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2";

  test('is gone when the attack begins', async () => {
    const step = await on(`[ "$ATTACK" ] && { ${gone}; exit 1; }`);
    expect(step.outputs.verdict).toBe('error');
    expect(step.heard.errors.join()).toContain('Cannot connect to the Docker daemon');
  });

  test('is gone after the attack', async () => {
    const marker = join(tmpdir(), `immutable-check-attacked-${process.pid}`);
    try {
      const step = await on(`
        if [ "$ATTACK" ]; then touch ${marker}; fi
        if [ -e ${marker} ] && [ "$1 $2" = 'container diff' ]; then ${gone}; exit 1; fi`);
      untold(step, 'no-engine');
    } finally {
      await rm(marker, { force: true });
    }
  });

  test.each([
    ['refuses to run a command in the container', 'echo "OCI runtime exec failed: permission denied" >&2; exit 126'],
    ['runs no command, and says that all is well', 'exit 0'],
    ['kills the probe', 'exit 137'],
  ])('%s', async (_, instead) => {
    untold(await on(`[ "$ATTACK" ] && { ${instead}; }`), 'probe-unfinished');
  });

  test.each([
    ['cut short', 'head -c 400'],
    ['short of its last line', "grep --line-buffered -v '^E'"],
    ['short of a line in the middle', 'sed -u 4d'],
    ['twice', '{ tee "$0.$$"; cat "$0.$$"; rm "$0.$$"; }'],
    ['mixed with other text', "sed -u '3i hello'"],
    ['no longer what was counted', "sed -u '/^T/s/EROFS/OK/'"],
  ])('gives what the probe writes %s', async (_, filter) => {
    const step = await on(`[ "$ATTACK" ] && { "$DOCKER" "$@" | ${filter}; exit "\${PIPESTATUS[0]}"; }`);
    expect(step.outputs.verdict).not.toBe('pass');
  });

  test('loses the container while it is attacked', async () => {
    const step = await on(`
      [ "$ATTACK" ] && { name=$(echo "$*" | grep -o 'immutable-check-[^ ]*read-only[^ ]*' | head -1)
        "$DOCKER" kill "$name" > /dev/null; }`);
    expect(step.outputs.verdict).toBe('fail');
    expect(rules(step)).toEqual(['program-ended']);
  });

  test('cannot say what changed', async () => {
    const step = await on('[ "$1 $2" = "container diff" ] && { echo "no such driver" >&2; exit 1; }');
    untold(step, 'engine-failed');
  });

  test('answers inspections with nonsense', async () => {
    const step = await on('[ "$1 $2" = "container inspect" ] && { echo "{"; exit 0; }');
    expect(step.outputs.verdict).toBe('error');
  });

  test('does not remove what was made: said, and no failure of the check', async () => {
    const step = await on(
      '[ "$1" = rm ] && [ ! -e "$0.once" ] && { touch "$0.once"; echo "device busy" >&2; exit 1; }',
    );
    expect(step.outputs.verdict).toBe('pass');
  });
});

describe('the identity', () => {
  test('is not the one that was asked for', async () => {
    const step = await on(`
      if [ "$ATTACK" ]; then
        for word in "\${@:2}"; do
          [ "$last" = --user ] || [ "$word" = --user ] || words+=("$word")
          last=$word
        done
        exec "$DOCKER" exec --user 65534:65534 "\${words[@]}"
      fi`);
    expect(step.outputs.verdict).not.toBe('pass');
    expect(targetOf(step).error?.code).toBe('identity-not-taken');
  });
});

describe('the probe', () => {
  async function damaged(damage: (home: string) => Promise<void>): Promise<Step> {
    const home = await mkdtemp(join(tmpdir(), 'immutable-check-home-'));
    try {
      await cp(dist, home, { recursive: true });
      // Modules below no package.json are told by their syntax; that of the repository says the same.
      await writeFile(join(home, 'package.json'), '{"type":"module"}');
      await damage(home);
      return await runStep(inputs(), { home });
    } finally {
      await rm(home, { recursive: true });
    }
  }

  test('has a byte changed', async () => {
    const step = await damaged(async (home) => {
      for (const name of ['linux-amd64', 'linux-arm64']) {
        const bytes = await readFile(join(home, 'probe', name));
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        await writeFile(join(home, 'probe', name), bytes);
      }
    });
    untold(step, 'probe-damaged');
    expect(targetOf(step).error?.message).toMatch(/is not the one that was shipped.*Reinstall/s);
  });

  test('has no checksums', async () => {
    untold(await damaged((home) => rm(join(home, 'probe', 'SHA256SUMS'))), 'probe-damaged');
  });
});

test('nothing of these runs is left', async () => {
  expect(await docker('ps', '--all', '--quiet', '--filter', `ancestor=${image}`)).toBe('');
});

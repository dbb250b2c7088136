import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Layer } from '../../src/model/target.js';
import { baseImage, buildImage, removeTestImages, scratchImage } from '../support/images.js';
import { docker, rules, runStep, type Step, targetOf } from '../support/step.js';

/** Who is attacked, what is found to be changeable, and what is not. */
// A program that answers: one that only keeps running has to be watched for three seconds.
const SERVES = 'EXPOSE 8080\nCMD ["httpd", "-f", "-p", "8080", "-h", "/bin"]';
const SERVE = 'httpd -f -p 8080 -h /bin';
let base = '';
let plain = '';

beforeAll(async () => {
  base = await baseImage();
  plain = await buildImage(
    'plain',
    `FROM ${base}
     RUN mkdir -p /app/config && echo one > /app/config/a.conf && chmod -R a+rX,go-w /app
     USER 1000
     ${SERVES}`,
  );
});

afterAll(removeTestImages);

async function check(image: string, inputs: Record<string, string> = {}): Promise<Step> {
  const given = { image, layers: 'read-only', port: '8080', 'smoke-test': 'curl -I localhost/busybox', ...inputs };
  const step = await runStep(given);
  expect(step.left).toEqual([]);
  expect(step.heard.others).toEqual([]);
  return step;
}

function identities(step: Step, layer: Layer = 'read-only'): string[] {
  return targetOf(step)
    .attack.filter((attack) => attack.layer === layer)
    .map(({ identity: { uid, gid } }) => `${uid}:${gid}`)
    .sort();
}

const messages = (step: Step) => targetOf(step).findings.map(({ message }) => message);

/** Without a library: its threads share what they are only in the library's own setuid. */
const CALLS = `
  #if defined(__x86_64__)
  enum { SETRESUID = 117, SETRESGID = 119, SETGROUPS = 116, NANOSLEEP = 35, CLONE = 56 };
  static inline __attribute__((always_inline)) long call(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
  }
  #else
  enum { SETRESUID = 147, SETRESGID = 149, SETGROUPS = 159, NANOSLEEP = 101, CLONE = 220 };
  static inline __attribute__((always_inline)) long call(long number, long a, long b, long c) {
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
  }
  #endif
  static const long hour[2] = {3600, 0};
  static _Alignas(16) char stack[4096];
  enum { THREAD = 0x10f00 }; /* CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD */
`;

/** Becomes uid and gid 1000, and keeps 0 as its saved uid. */
const KEEPER = `${CALLS}
  void _start(void) {
    call(SETGROUPS, 0, 0, 0);
    call(SETRESGID, 1000, 1000, 1000);
    call(SETRESUID, 1000, 1000, 0);
    for (;;) call(NANOSLEEP, (long)hour, 0, 0);
  }
`;

/** Becomes uid and gid 1000 in its first thread, and stays root in its second. */
const THREADS = `${CALLS}
  void _start(void) {
    if (call(CLONE, THREAD, (long)(stack + sizeof stack), 0) == 0)
      for (;;) call(NANOSLEEP, (long)hour, 0, 0);
    call(SETGROUPS, 0, 0, 0);
    call(SETRESGID, 1000, 1000, 1000);
    call(SETRESUID, 1000, 1000, 1000);
    for (;;) call(NANOSLEEP, (long)hour, 0, 0);
  }
`;

/** A static program of this machine's kind, from C that needs no library. */
async function program(source: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'immutable-check-program-'));
  try {
    await writeFile(join(folder, 'a.c'), source);
    const flags = ['-nostdlib', '-static', '-ffreestanding', '-fuse-ld=lld', '-O1'];
    await promisify(execFile)('clang', [...flags, '-o', join(folder, 'a'), join(folder, 'a.c')]);
    return await readFile(join(folder, 'a'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A program that starts others under other users. */
async function withWorkers(name: string, script: string, more = ''): Promise<string> {
  return buildImage(
    name,
    `FROM ${base}
     COPY start.sh /start.sh
     RUN echo 'web:x:101:101::/:/bin/sh' >> /etc/passwd && echo 'web:x:101:' >> /etc/group \\
      && echo 'job:x:102:102::/:/bin/sh' >> /etc/passwd && echo 'job:x:102:' >> /etc/group
     ${more}
     CMD ["sh", "/start.sh"]`,
    { 'start.sh': `#!/bin/sh\n${script}\n` },
  );
}

describe('who attacks', () => {
  test('an image from scratch with one program and no shell, as 65532', async () => {
    const image = await scratchImage(
      'server',
      ['httpd', '-f', '-p', '8080', '-h', '/'],
      'USER 65532:65532\nEXPOSE 8080',
    );
    const step = await check(image, { layers: 'both', require: 'both', 'smoke-test': 'curl -I localhost/busybox' });
    expect(step.outputs.verdict).toBe('pass');
    expect(step.exitCode).toBe(0);
    expect(targetOf(step).attack).toMatchObject([
      { layer: 'read-only', identity: { uid: 65532, gid: 65532 }, succeeded: 0, inconclusive: 0 },
      { layer: 'permissions', identity: { uid: 65532, gid: 65532 }, succeeded: 0, inconclusive: 0 },
    ]);
    for (const { attempts } of targetOf(step).attack) expect(attempts).toBeGreaterThan(20);
  });

  test('root, on a read-only root filesystem and by permissions', async () => {
    const step = await check(plain, { user: '0', layers: 'both', 'protected-paths': '/app' });
    expect(step.outputs.verdict).toBe('pass');
    expect(identities(step)).toEqual(['0:0']);
    expect(targetOf(step).paths).toMatchObject([{ readOnly: 'mount', permissions: 'writable' }]);
  });

  test.each(['', '0'])('--cap-drop ALL as user "%s"', async (user) => {
    const step = await check(plain, { user, layers: 'both', 'run-options': '--cap-drop ALL' });
    expect(targetOf(step).error).toBeNull();
    expect(step.outputs.verdict).toBe('pass');
    expect(targetOf(step).attack).toHaveLength(2);
  });

  test('every identity that the entrypoint starts', async () => {
    const image = await withWorkers('workers', `su web -c "sleep 3600" &\nsu job -c "sleep 3600" &\n${SERVE}`);
    const step = await check(image, { 'protected-paths': '/start.sh' });
    expect(step.outputs.verdict).toBe('pass');
    expect(identities(step)).toEqual(['0:0', '101:101', '102:102']);
  });

  test('a worker that alone can change something', async () => {
    const image = await withWorkers(
      'worker-writes',
      `su web -c "exec sleep 3600" &\nexec ${SERVE}`,
      'RUN mkdir /app && touch /app/a && chown web:web /app/a && chmod 600 /app/a',
    );
    const step = await check(image, { layers: 'permissions', require: 'permissions', 'protected-paths': '/app' });
    expect(step.outputs.verdict).toBe('fail');
    expect(identities(step, 'permissions')).toContain('101:101');
    expect(messages(step).join('\n')).toContain('uid 101');
    expect(
      targetOf(step).paths[0]?.examples.some(({ identity }) => targetOf(step).attack[identity]?.identity.uid === 101),
    ).toBe(true);
  });

  test.each([
    // It keeps CAP_SETGID with it, and so any group as either user.
    ['a saved uid 0: who keeps it can become root again', KEEPER, ['0:0', '0:1000', '1000:0', '1000:1000']],
    ['a thread that stays root where the others do not', THREADS, ['0:0', '1000:1000']],
  ])('%s', async (_, source, who) => {
    const image = await buildImage('keeper', 'FROM scratch\nCOPY keeper /keeper\nCMD ["/keeper"]', {
      keeper: await program(source),
    });
    const given = { 'smoke-test': '', 'protected-paths': '/keeper', layers: 'permissions', require: 'permissions' };
    const step = await check(image, given);
    expect(step.outputs.verdict).toBe('fail');
    expect(identities(step, 'permissions')).toEqual(who);
  });

  test('where nobody stays: the image’s user, by a probe of its own', async () => {
    const image = await buildImage('job', `FROM ${base}\nUSER 1000\nCMD ["true"]`);
    const step = await check(image, { layers: 'both', 'expect-exit': '0', 'smoke-test': '' });
    expect(step.outputs.verdict).toBe('pass');
    expect(rules(step, 'note')).toContain('no-process');
    expect(identities(step)).toEqual(['1000:0']);
  });
});

describe('what is mounted', () => {
  let volume = '';

  beforeAll(async () => {
    volume = await buildImage(
      'volume',
      `FROM ${base}
       RUN mkdir -p /app/data && touch /app/data/seed && chown -R 1000 /app/data
       VOLUME /app/data
       USER 1000
       ${SERVES}`,
    );
  });

  test("the image's VOLUME stays writable", async () => {
    const step = await check(volume, { 'protected-paths': '/app' });
    expect(rules(step)).toEqual(['writable-volume']);
    expect(messages(step).join()).toContain('VOLUME /app/data');
  });

  test('allowed, with a reason', async () => {
    const step = await check(volume, { 'protected-paths': '/app', 'allow-writable': '/app/data # the database' });
    expect(step.outputs.verdict).toBe('pass');
    expect(targetOf(step).policy.allowWritable).toEqual([{ path: '/app/data', reason: 'the database' }]);
  });

  test('a named volume read-only over it protects it, and is gone afterwards', async () => {
    const name = `immutable-check-test-${process.pid}`;
    const step = await check(volume, { 'protected-paths': '/app', volumes: `${name}:/app/data:ro` });
    expect(step.outputs.verdict).toBe('pass');
    expect(targetOf(step).paths).toMatchObject([{ readOnly: 'mount' }]);
    expect(await docker('volume', 'ls', '--quiet', '--filter', `name=${name}`)).toBe('');
  });

  test('a volume that the user made before stays, with what it holds', async () => {
    const name = `immutable-check-test-own-${process.pid}`;
    await docker('volume', 'create', name);
    try {
      const step = await check(volume, { 'protected-paths': '/app', volumes: `${name}:/app/data` });
      expect(rules(step)).toEqual(['writable-mount']);
      expect(await docker('volume', 'ls', '--quiet', '--filter', `name=${name}`)).toBe(name);
      const listed = await docker('run', '--rm', '--volume', `${name}:/v`, base, 'find', '/v');
      expect(listed.split('\n').sort()).toEqual(['/v', '/v/seed']);
    } finally {
      await docker('volume', 'rm', name);
    }
  });

  test('a writable bind over what the image holds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'immutable-check-bind-'));
    try {
      const step = await check(plain, { user: '0', 'protected-paths': '/app', volumes: `${folder}:/app/config` });
      expect(rules(step)).toEqual(['writable-mount']);
      expect(messages(step).join()).toContain(`bind mount of ${folder}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a tmpfs at a protected path, and one above it that hides it', async () => {
    const at = await check(plain, { user: '0', tmpfs: '/app/config', 'protected-paths': '/app/config' });
    expect(rules(at)).toEqual(['writable-mount']);
    const above = await check(plain, { tmpfs: '/app', 'protected-paths': '/app/config' });
    expect(above.outputs.verdict).toBe('error');
    expect(targetOf(above).error).toMatchObject({
      code: 'protected-path-missing',
      message: expect.stringContaining('tmpfs at /app hides'),
    });
  });

  test('a tmpfs below a protected path is declared', async () => {
    const step = await check(plain, { tmpfs: '/app/config', 'protected-paths': '/app' });
    expect(step.outputs.verdict).toBe('pass');
    expect(targetOf(step).surface).toContainEqual(expect.objectContaining({ path: '/app/config', declared: true }));
  });
});

describe('what is found', () => {
  test('a link to a writable place: broken rule under a named path, a warning under /', async () => {
    const image = await buildImage(
      'link',
      `FROM ${base}\nRUN mkdir /app && ln -s /tmp /app/cache\nUSER 1000\n${SERVES}`,
    );
    const named = await check(image, { 'protected-paths': '/app' });
    expect(rules(named)).toEqual(['link-to-writable']);
    const all = await check(image);
    expect(all.outputs.verdict).toBe('pass');
    expect(rules(all, 'warning')).toEqual(['link-to-writable']);
  });

  test('setuid programs: a warning, a note under no-new-privileges', async () => {
    const image = await buildImage(
      'setuid',
      `FROM ${base}\nRUN cp /bin/busybox /bin/other && chmod 4755 /bin/other\nUSER 1000\n${SERVES}`,
    );
    const step = await check(image);
    expect(step.outputs.verdict).toBe('pass');
    expect(rules(step, 'warning')).toEqual(['privileged-program-reachable']);
    expect(messages(step).join()).toContain('/bin/other (setuid)');
    const bound = await check(image, { 'run-options': '--security-opt no-new-privileges' });
    expect(rules(bound, 'note')).toContain('privileged-program-reachable');
    expect(rules(bound, 'warning')).toEqual([]);
  });

  test('a file that its directory does not list is attacked by name', async () => {
    const image = await buildImage(
      'unlistable',
      `FROM ${base}
       RUN mkdir -p /app/closed && echo x > /app/closed/secret && chmod 666 /app/closed/secret && chmod 711 /app/closed
       USER 1000
       ${SERVES}`,
    );
    const step = await check(image, { layers: 'both', require: 'both', 'protected-paths': '/app' });
    expect(step.outputs.verdict).toBe('fail');
    expect(targetOf(step).paths).toMatchObject([{ readOnly: 'mount', permissions: 'writable' }]);
    expect(messages(step).join()).toContain('/app/closed/secret');
    // Root without capabilities lists it no more than anybody: it is not known then, and that is no pass.
    const bound = await check(image, {
      'protected-paths': '/app/closed',
      'run-options': '--cap-drop ALL',
      layers: 'permissions',
      require: 'permissions',
    });
    expect(bound.outputs.verdict).not.toBe('pass');
  });

  test('a protected path that does not exist', async () => {
    const step = await check(plain, { 'protected-paths': '/app\n/no/such' });
    expect(step.outputs).toMatchObject({ verdict: 'error' });
    expect(step.exitCode).toBe(1);
    expect(targetOf(step).error).toMatchObject({
      code: 'protected-path-missing',
      message: expect.stringContaining('/no/such does not exist'),
    });
    expect(step.heard.errors.join()).toContain('/no/such');
  });

  test('what the program itself changes before the attack, on a writable root filesystem only under protected paths', async () => {
    const image = await buildImage(
      'drift',
      `FROM ${base}\nRUN mkdir /app && chown 1000 /app\nUSER 1000\nCMD ["sh", "-c", "touch /app/made; exec ${SERVE}"]`,
    );
    const step = await check(image, { layers: 'permissions', require: 'permissions', 'protected-paths': '/app' });
    expect(rules(step)).toContain('drift');
    expect(targetOf(step).drift).toContainEqual({ layer: 'permissions', path: '/app/made', change: 'added' });
  });
});

describe('layers and what is required of them', () => {
  test.each([
    ['read-only', 'read-only', 'pass', ['read-only']],
    ['permissions', 'permissions', 'fail', ['permissions']],
    ['both', 'read-only', 'pass', ['read-only', 'permissions']],
    ['both', 'permissions', 'fail', ['read-only', 'permissions']],
    ['both', 'both', 'fail', ['read-only', 'permissions']],
  ])('layers %s, require %s: %s', async (layers, require, verdict, told) => {
    const step = await check(plain, { user: '0', layers, require, 'protected-paths': '/app' });
    expect(step.outputs.verdict).toBe(verdict);
    expect(targetOf(step).attack.map(({ layer }) => layer)).toEqual(told);
  });

  test.each([
    ['read-only', 'permissions'],
    ['permissions', 'read-only'],
    ['read-only', 'both'],
  ])('layers %s, require %s: wrong input', async (layers, require) => {
    const step = await runStep({ image: plain, layers, require });
    expect(step.outputs.verdict).toBe('error');
    expect(targetOf(step).error?.message).toMatch(/"require" asks for .* leaves out/);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseImage, buildImage, removeTestImages } from '../support/images.js';
import { rules, runStep, type Step, type StepSettings, targetOf } from '../support/step.js';

/** Holes that were really opened, each caught by its rule. More of them, where who attacks matters: attack.test.ts. */
let image = '';

beforeAll(async () => {
  // In one image, each under a path of its own: USER 1000 has no entry in passwd, so its group is 0.
  image = await buildImage(
    'holes',
    `FROM ${await baseImage()}
     COPY www /www
     RUN mkdir -p /deep/a/b/c && chmod 775 /deep/a/b/c \\
      && mkdir -p /links /srv && ln -s ../srv/hop /links/cache && ln -s /tmp /srv/hop \\
      && mkdir /owned && echo x > /owned/a && chown 1000 /owned/a && chmod 444 /owned/a && chmod 555 /owned \\
      && mkdir /group && echo x > /group/a && chmod 664 /group/a && chmod 755 /group \\
      && mkdir /named && mkdir "$(printf '/named/\\377dir')" && echo x > "$(printf '/named/\\377dir/a')" \\
      && chmod 755 /named && chmod 733 /named/* \\
      && mkdir -p /closed/real && chmod 700 /closed \\
      && mkdir /job && echo x > /job/a && chown -R 101:101 /job && chmod 700 /job \\
      && echo 'web:x:101:101::/:/bin/sh' >> /etc/passwd && echo 'web:x:101:' >> /etc/group \\
      && mkdir /data && chown 1000 /data
     VOLUME /data
     USER 1000
     EXPOSE 8080
     CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]`,
    {
      'www/index.html': 'here',
      // A worker with another user's rights, that is gone when it has answered.
      'www/cgi-bin/job': `#!/bin/sh\nsu web -c 'sleep 0.3; printf "Content-Type: text/plain\\r\\n\\r\\n"; id -u'\n`,
    },
  );
});

afterAll(removeTestImages);

/** The list as the kernel takes it (linux/posix_acl_xattr.h): owner rw, user 1000 rw, group r, mask rw, others r. */
const SET_ACL = `
import os, struct, sys
entries = [(1, 6, -1), (2, 6, 1000), (4, 4, -1), (16, 6, -1), (32, 4, -1)]
value = struct.pack('<I', 2) + b''.join(struct.pack('<HHi', *entry) for entry in entries)
os.setxattr(sys.argv[1], 'system.posix_acl_access', value)
`;

/** What lets user 1000 write to a file by an access control list; null where nothing here can. */
function withAccessList(): ((file: string) => void) | null {
  const tools = [
    ['setfacl', '-m', 'u:1000:rw'],
    ['python3', '-c', SET_ACL],
  ] as const;
  const folder = mkdtempSync(join(tmpdir(), 'immutable-check-acl-'));
  try {
    writeFileSync(join(folder, 'a'), '');
    const tool = tools.find(([name, ...args]) => spawnSync(name, [...args, join(folder, 'a')]).status === 0);
    return tool ? (file) => void execFileSync(tool[0], [...tool.slice(1), file]) : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function check(inputs: Record<string, string>, settings: StepSettings = {}): Promise<Step> {
  const step = await runStep({ image, layers: 'read-only', 'smoke-test': '/', ...inputs }, settings);
  expect(step.left).toEqual([]);
  return step;
}

const permissions = { layers: 'permissions', require: 'permissions' };
const found = (step: Step, rule: string) => targetOf(step).findings.filter((finding) => finding.rule === rule);

describe('modes and owners', () => {
  test('a directory with 775 deep inside, for a user whose group is 0', async () => {
    const step = await check({ ...permissions, 'protected-paths': '/deep' });
    expect(step.outputs.verdict).toBe('fail');
    expect(rules(step)).toEqual(['writable-under-permissions']);
    expect(found(step, 'writable-under-permissions')).toMatchObject([{ path: '/deep/a/b/c' }]);
  });

  test('a file with 664 of group 0, in a directory that is closed to changes', async () => {
    const step = await check({ ...permissions, 'protected-paths': '/group' });
    expect(rules(step)).toEqual(['writable-under-permissions']);
    expect(found(step, 'writable-under-permissions')).toMatchObject([
      { path: '/group/a', message: expect.stringContaining('open-write') },
    ]);
  });

  test('an owner who may not write gives itself the right', async () => {
    const step = await check({ ...permissions, 'protected-paths': '/owned/a' });
    expect(rules(step)).toEqual(['writable-under-permissions']);
    const [hole] = found(step, 'writable-under-permissions');
    expect(hole?.path).toBe('/owned/a');
    expect(hole?.message).toMatch(/chmod.*regain|regain.*chmod/);
    expect(hole?.message).not.toContain('open-write');
  });

  test('a directory that cannot be listed, whose name is no UTF-8', async () => {
    const step = await check({ layers: 'both', require: 'both', 'protected-paths': '/named' });
    expect(targetOf(step).error).toBeNull();
    expect(targetOf(step).paths).toMatchObject([{ readOnly: 'mount', permissions: 'writable' }]);
    expect(found(step, 'writable-under-permissions')).toMatchObject([{ path: '/named/\\xffdir' }]);
  });

  const acl = withAccessList();
  (acl ? test : test.skip)(
    `an access control list${acl ? '' : ` (skipped: neither setfacl nor python3 sets one in ${tmpdir()})`}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'immutable-check-acl-'));
      try {
        writeFileSync(join(folder, 'a'), 'x');
        chmodSync(folder, 0o755);
        chmodSync(join(folder, 'a'), 0o644);
        const given = { 'protected-paths': '/conf', volumes: `${folder}:/conf` };
        expect((await check(given)).outputs.verdict).toBe('pass');
        acl?.(join(folder, 'a'));
        const step = await check(given);
        expect(rules(step)).toEqual(['writable-mount']);
        expect(found(step, 'writable-mount')).toMatchObject([
          { path: '/conf/a', message: expect.stringContaining('open-write') },
        ]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('links and mounts', () => {
  test('a link to /tmp through two hops', async () => {
    const step = await check({ 'protected-paths': '/links' });
    expect(rules(step)).toEqual(['link-to-writable']);
    expect(found(step, 'link-to-writable')).toMatchObject([
      { path: '/links/cache', message: expect.stringContaining('link to /tmp,') },
    ]);
  });

  test('CAP_SYS_ADMIN takes the read-only mount away', async () => {
    const step = await check({ user: '0', 'protected-paths': '/deep', 'run-options': '--cap-add SYS_ADMIN' });
    expect(rules(step)).toEqual(['mounts-changeable']);
    expect(found(step, 'mounts-changeable')[0]?.message).toMatch(/remount \/.*write-after-remount \/deep/);
    // It was done in a namespace of its own: here nothing changed.
    expect(targetOf(step).paths).toMatchObject([{ readOnly: 'mount' }]);
    expect(targetOf(step).drift).toEqual([]);
  });

  test('a VOLUME below a tmpfs that the run declares is no part of the tmpfs', async () => {
    const inside = await buildImage(
      'volume-in-tmpfs',
      `FROM ${image}
       USER 0
       RUN mkdir -p /run/app && echo v1 > /run/app/config && chown -R 1000 /run/app
       VOLUME /run/app
       USER 1000`,
    );
    const step = await check({ image: inside });
    expect(step.outputs.verdict).toBe('fail');
    expect(found(step, 'writable-volume').map(({ path }) => path)).toContain('/run/app');
  });

  test('a volume that is mounted read-only, and writable once more elsewhere', async () => {
    const name = `immutable-check-test-${process.pid}`;
    const step = await check({ 'protected-paths': '/deep', volumes: `${name}:/deep:ro\n${name}:/scratch` });
    expect(step.outputs.verdict).toBe('fail');
    expect(found(step, 'writable-mount')).toMatchObject([{ level: 'error', path: '/deep' }]);
  });

  test('a VOLUME that nobody declared, beside the protected path; and an exception that nothing needs', async () => {
    const step = await check({ 'protected-paths': '/deep', 'allow-writable': '/deep/a # once it was' });
    expect(step.outputs.verdict).toBe('pass');
    expect(found(step, 'unexpected-place')).toMatchObject([{ level: 'warning', path: '/data' }]);
    expect(found(step, 'allowance-unused')).toMatchObject([{ level: 'note', path: '/deep/a' }]);
    expect(found(step, 'entered-as-root')).toMatchObject([
      { level: 'note', path: null, message: expect.stringContaining('cannot change it either') },
    ]);
  });
});

describe('who is not there to be asked', () => {
  test.each([
    ["a health check runs as the container's user, though nobody else does", ['--health-cmd true'], [0, 101]],
    ['without one, who dropped its rights is all there is', ['--no-healthcheck'], [101]],
  ])('%s', async (_, options, uids) => {
    const step = await check({
      ...permissions,
      user: '0',
      command: "su web -s /bin/sh -c 'exec httpd -f -p 8080 -h /www'",
      'run-options': options.join('\n'),
      'protected-paths': '/links',
    });
    const seen = targetOf(step).attack.map(({ identity }) => identity.uid);
    expect(seen.sort((a, b) => a - b)).toEqual(uids);
  });

  test('a worker that lives for one request is seen, and attacked', async () => {
    const step = await check({
      ...permissions,
      user: '0',
      'smoke-test': '/cgi-bin/job',
      expect: '101',
      'protected-paths': '/job',
    });
    expect(step.outputs.verdict).toBe('fail');
    const { attack, error, paths } = targetOf(step);
    expect(error).toBeNull();
    const seen = attack.map(({ identity: { uid, gid } }) => `${uid}:${gid}`);
    expect(seen).toEqual(expect.arrayContaining(['0:0', '101:101']));
    // On its way from one to the other `su` is root with the other's groups, and may be seen so too.
    expect(attack.every(({ identity: { uid } }) => uid === 0 || uid === 101)).toBe(true);
    expect(paths[0]?.examples.some(({ identity }) => attack[identity]?.identity.uid === 101)).toBe(true);
    // Whoever was new is attacked, and then it is asked once more.
    expect(targetOf(step).smoke.filter(({ phase }) => phase === 'after-attack')).toMatchObject([{ passed: true }]);
  });

  test.each([
    ['exists', '/closed/real', 'pass', undefined],
    ['does not exist', '/closed/none', 'error', 'protected-path-missing'],
  ])('what is behind a directory that is closed to the program, and %s', async (_, path, verdict, code) => {
    const step = await check({ 'protected-paths': path });
    expect(step.outputs.verdict).toBe(verdict);
    expect(targetOf(step).error?.code).toBe(code);
  });
});

describe('a filter that answers in the kernel’s place', () => {
  const profile = (names: string[], errnoRet: number) =>
    JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names, action: 'SCMP_ACT_ERRNO', errnoRet }] });
  const EPERM = 1;
  const EROFS = 30;
  test.each([
    ['EPERM to mkdir and unlink', profile(['mkdirat', 'unlinkat'], EPERM)],
    ['EROFS to utimensat', profile(['utimensat'], EROFS)],
  ])('%s: what it refuses proves nothing', async (_, seccomp) => {
    const step = await check(
      { 'protected-paths': '/deep', 'run-options': '--security-opt seccomp=seccomp.json' },
      { files: { 'seccomp.json': seccomp } },
    );
    expect(step.outputs.verdict).toBe('error');
    expect(targetOf(step).error).toMatchObject({ code: 'control-failed', message: expect.stringContaining('seccomp') });
  });
});

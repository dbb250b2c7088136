import { describe, expect, test } from '@jest/globals';
import { judgeAttack, judgePrivileged } from '../../../src/model/judge/attack.js';
import { judgeBehaviour } from '../../../src/model/judge/behaviour.js';
import type { AttackResult, PrivilegedProgram, WritableLink } from '../../../src/model/observation.js';
import type { Finding } from '../../../src/model/report.js';
import type { Layer } from '../../../src/model/target.js';
import { attacked, layer, mount, observation, request, result, root, type Seen, smoke, user } from './evidence.js';

function findings(seen: Seen, which: Layer = 'read-only', volumes: readonly string[] = []): Finding[] {
  return judgeAttack(layer(which, seen), true, volumes);
}

const written = (...paths: string[]) => paths.map((path) => observation(path, 'open-write'));

describe('a hole is told for what it is', () => {
  const inMount = (changed: Partial<Parameters<typeof mount>[1]> = {}): Partial<AttackResult> => ({
    observations: written('/data/x'),
    mounts: [mount('/'), mount('/data', changed)],
  });
  test.each<[string, Seen, Layer, Finding['rule'], RegExp, RegExp]>([
    [
      "the image's VOLUME",
      { attack: inMount(), mounts: [request('/data', { declared: false, source: '0123abc' })] },
      'read-only',
      'writable-volume',
      /the image's VOLUME \/data stays writable/,
      /Remove `VOLUME \/data`/,
    ],
    [
      "the run's volume",
      { attack: inMount(), mounts: [request('/data')] },
      'read-only',
      'writable-mount',
      /the volume data is mounted at \/data, writable/,
      /Mount it read-only/,
    ],
    [
      'a bind mount',
      { attack: inMount(), mounts: [request('/data', { kind: 'bind', source: '/host' })] },
      'read-only',
      'writable-mount',
      /the bind mount of \/host is mounted at \/data/,
      /Mount it read-only/,
    ],
    [
      "the run's tmpfs, over a protected path",
      { protect: ['/data'], attack: inMount(), mounts: [request('/data', { kind: 'tmpfs', source: '' })] },
      'read-only',
      'writable-mount',
      /a tmpfs is mounted at \/data/,
      /\/data itself may not be one/,
    ],
    [
      'a tmpfs that nobody asked for',
      { attack: inMount({ type: 'tmpfs' }) },
      'read-only',
      'writable-mount',
      /a tmpfs/,
      /deeper/,
    ],
    [
      'another mount',
      { attack: inMount({ type: 'fuse' }) },
      'read-only',
      'writable-mount',
      /a mount of its own/,
      /:ro/,
    ],
    [
      'a read-only root that is none',
      { attack: { observations: written('/etc/x') } },
      'read-only',
      'read-only-ignored',
      /although the engine says/,
      /run-options/,
    ],
    [
      'a root that the engine did not make read-only',
      { rootReadOnly: false, attack: { observations: written('/etc/x') } },
      'read-only',
      'writable-under-read-only',
      /with a read-only root filesystem/,
      /--read-only/,
    ],
    [
      'modes and owners',
      { attack: { observations: written('/etc/x') } },
      'permissions',
      'writable-under-permissions',
      /by its modes and owners alone/,
      /chown -R 0:0 \/etc\/x/,
    ],
    [
      'root',
      { attack: { identity: root, observations: written('/etc/x') } },
      'permissions',
      'writable-under-permissions',
      /as uid 0/,
      /somebody else than root/,
    ],
  ])('%s', (_, seen, which, rule, message, fix) => {
    const found = findings(seen, which, ['/data']);
    expect(found).toMatchObject([{ rule, level: 'error', location: null }]);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.fix).toMatch(fix);
  });

  test('a volume that the run names without a source', () => {
    const seen = { attack: inMount(), mounts: [request('/data', { declared: false })] };
    expect(findings(seen, 'permissions')[0]?.message).toContain('the anonymous volume at /data stays writable');
  });

  test('of mounts on one path the last lies on top', () => {
    const attack = {
      observations: written('/data/x'),
      mounts: [mount('/'), mount('/data', { type: 'ext4' }), mount('/data', { type: 'tmpfs' })],
    };
    expect(findings({ attack })[0]?.message).toContain('a tmpfs is mounted at /data');
  });

  test('not required: told as notes', () => {
    expect(judgeAttack(layer('permissions', { attack: { observations: written('/x') } }), false, [])).toMatchObject([
      { level: 'note' },
    ]);
  });
});

describe('holes are grouped under the topmost', () => {
  test('with all below on the same mount, and those who can', () => {
    const attacks = attacked(
      result(['/'], { observations: [observation('/app'), ...written('/app/b', '/app/a', '/app-b', '/app/a/c')] }),
      result(['/'], { identity: root, observations: written('/app/a') }),
    );
    const found = findings({ attacks });
    expect(found.map(({ path }) => path)).toEqual(['/app', '/app-b']);
    expect(found[0]?.message).toContain('with 3 more below it');
    expect(found[0]?.message).toContain('create as uid 1000, gid 0; uid 0, gid 0');
    expect(found[1]?.message).not.toContain('more below');
  });

  test('a mount below is a hole of its own, and what follows it is not', () => {
    const attack = {
      observations: [observation('/app'), observation('/app/data'), ...written('/app/data/x')],
      mounts: [mount('/'), mount('/app/data', { type: 'ext4' })],
    };
    const found = findings({ attack, mounts: [request('/app/data')] });
    expect(found.map(({ path, rule }) => [path, rule])).toEqual([
      ['/app', 'read-only-ignored'],
      ['/app/data', 'writable-mount'],
    ]);
  });

  test('more than fifty are counted', () => {
    const found = findings({ attack: { observations: written(...Array.from({ length: 73 }, (_, at) => `/x${at}`)) } });
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toMatchObject({ path: null, level: 'error', message: expect.stringMatching(/^23 more/) });
  });
});

describe('links', () => {
  const link = (path: string, target = '/tmp/x'): WritableLink => ({ path, target, operation: 'create' });
  const levels = (seen: Seen, ...links: WritableLink[]) =>
    findings({ ...seen, attack: { ...seen.attack, links } }).map(({ path, level }) => [path, level]);

  test('a warning where / alone protects them, an error under a path that somebody named', () => {
    const seen = { protect: ['/', '/app'] };
    expect(levels(seen, link('/srv/l'), link('/app/l'))).toEqual([
      ['/srv/l', 'warning'],
      ['/app/l', 'error'],
    ]);
  });

  test('also below what a protected link leads to', () => {
    const attack = { realPaths: [{ path: '/app', real: '/opt/app' }] };
    expect(levels({ protect: ['/app'], attack }, link('/opt/app/l'))).toEqual([['/opt/app/l', 'error']]);
  });

  test("but for the system's own", () => {
    expect(levels({ protect: ['/var'] }, link('/var/run', '/run'), link('/var/lock', '/run/lock'))).toEqual([]);
    expect(levels({ protect: ['/var'] }, link('/var/run2', '/run'))).toEqual([['/var/run2', 'error']]);
  });

  test('and what is excepted by its own name, as the finding advises', () => {
    const [found] = findings({ protect: ['/app'], attack: { links: [link('/app/l')] } });
    expect(found?.fix).toContain('`/app/l # reason`');
    expect(levels({ protect: ['/app'], allow: ['/app/l'] }, link('/app/l'))).toEqual([]);
    expect(levels({ protect: ['/app', '/app/l/m'], allow: ['/app/l'] }, link('/app/l/m'))).toEqual([
      ['/app/l/m', 'error'],
    ]);
  });

  test('a target that is declared excuses nothing', () => {
    const places = [{ path: '/tmp', kind: 'declared-tmpfs' } as const];
    expect(levels({ protect: ['/app'], places }, link('/app/l'))).toEqual([['/app/l', 'error']]);
  });

  test('the hidden rest of many is as bad as its worst', () => {
    const many = Array.from({ length: 60 }, (_, at) => link(`/srv/l${at}`));
    expect(levels({}, ...many).at(-1)).toEqual([null, 'warning']);
    expect(levels({ protect: ['/', '/app'] }, ...many, link('/app/l')).at(-1)).toEqual([null, 'error']);
  });
});

describe('programs that give other rights', () => {
  const privileged: PrivilegedProgram[] = [
    { path: '/bin/su', kind: 'setuid', uid: 0, gid: 0 },
    { path: '/bin/ping', kind: 'capabilities', uid: 0, gid: 0 },
  ];
  test.each<[string, Seen, 'warning' | 'note' | null]>([
    ['are a warning', { attack: { privileged } }, 'warning'],
    ['a note under no-new-privileges', { attack: { privileged, noNewPrivileges: true } }, 'note'],
    [
      'a warning where one identity lacks that',
      { attacks: attacked(result(['/'], { privileged, noNewPrivileges: true }), result(['/'], { privileged })) },
      'warning',
    ],
    ['nothing to root', { attack: { privileged, identity: root } }, null],
    ['nothing where there are none', {}, null],
  ])('%s', (_, seen, level) => {
    const found = judgePrivileged([layer('read-only', seen)]);
    expect(found.map((one) => one.level)).toEqual(level === null ? [] : [level]);
    if (level) expect(found[0]?.message).toContain('/bin/su (setuid), /bin/ping (capabilities)');
  });

  test('come as one finding for all layers', () => {
    const seen = { attack: { privileged } };
    expect(judgePrivileged([layer('read-only', seen), layer('permissions', seen)])).toHaveLength(1);
  });

  test('come as one list, cut after twenty', () => {
    const many = Array.from({ length: 25 }, (_, at) => ({
      path: `/bin/p${at}`,
      kind: 'setgid' as const,
      uid: 0,
      gid: 5,
    }));
    expect(judgePrivileged([layer('read-only', { attack: { privileged: many } })])[0]?.message).toMatch(
      /^25 programs .* and 5 more\.$/,
    );
  });
});

describe('behaviour', () => {
  const rules = (seen: Seen, which: Layer = 'read-only', required = true) =>
    judgeBehaviour(layer(which, seen), required).map(({ rule, level }) => [rule, level]);
  const failed = smoke('read-only', 'before-attack', { passed: false, reason: 'refused' });

  test.each<[string, Seen, [string, string][]]>([
    ['nothing', {}, []],
    ['a failed smoke test', { smoke: [failed] }, [['smoke-failed', 'error']]],
    [
      'one that fails after the attack',
      { smoke: [smoke('read-only', 'before-attack'), { ...failed, phase: 'after-attack' }] },
      [['smoke-failed-after-attack', 'error']],
    ],
    ['an end, which explains failed tests', { ended: 'it exited', smoke: [failed] }, [['program-ended', 'error']]],
    ['drift anywhere', { drift: [{ path: '/x', change: 'added' }], protect: ['/etc'] }, [['drift', 'error']]],
    ['no process', { alone: true }, [['no-process', 'note']]],
    ['no process and no attack', { alone: true, attacks: [] }, []],
  ])('%s', (_, seen, expected) => {
    expect(rules(seen)).toEqual(expected);
    for (const [, level] of rules(seen, 'read-only', false)) expect(level).not.toBe('error');
  });

  test.each<[string, Seen, boolean]>([
    ['elsewhere', { protect: ['/etc'], drift: [{ path: '/var/log/x', change: 'added' }] }, false],
    ['under a protected path', { protect: ['/etc'], drift: [{ path: '/etc/x', change: 'changed' }] }, true],
    ['in what is excepted', { allow: ['/etc/x'], drift: [{ path: '/etc/x', change: 'changed' }] }, false],
    [
      'under what a protected link leads to',
      {
        protect: ['/app'],
        drift: [{ path: '/opt/app/x', change: 'changed' }],
        attack: { realPaths: [{ path: '/app', real: '/opt/app' }] },
      },
      true,
    ],
  ])('drift with a writable root: %s', (_, seen, told) => {
    expect(rules(seen, 'permissions')).toEqual(told ? [['drift', 'error']] : []);
  });

  test('drift names five', () => {
    const drift = Array.from({ length: 8 }, (_, at) => ({ path: `/x${at}`, change: 'added' as const }));
    expect(judgeBehaviour(layer('read-only', { drift }), true)[0]?.message).toMatch(/\/x4 \(added\) and 3 more\.$/);
  });
});

test('the fixture itself breaks nothing', () => {
  expect(findings({})).toEqual([]);
  expect(layer('read-only').attacks[0]?.result.identity).toEqual(user);
});

import { describe, expect, test } from '@jest/globals';
import { judgeAttack } from '../../../src/model/judge/attack.js';
import { judgePlaces } from '../../../src/model/judge/places.js';
import type { AttackResult } from '../../../src/model/observation.js';
import type { Policy } from '../../../src/model/target.js';
import { judge } from '../../../src/model/verdict.js';
import { attacked, layer, mount, observation, policy, request, result, root, type Seen, tally } from './evidence.js';

/** What is told beside the protected paths: places, exceptions, the root filesystem itself, and what root could do. */
const succeeded = (path: string) => ({ path, outcome: { kind: 'succeeded' } as const });
const refused = (path: string) => ({ path, outcome: { kind: 'blocked', errno: 'EROFS' } as const });

describe('a place that nobody declared', () => {
  const provided = [{ path: '/dev', kind: 'provided' } as const];
  const at = (path: string, changed = {}): Partial<AttackResult> => ({
    mounts: [mount('/'), mount(path, { type: 'ext4', ...changed })],
    places: [succeeded(path)],
  });
  test.each<[string, Seen, readonly (string | null)[]]>([
    ['is a surprise', { protect: ['/app'], attack: at('/data') }, ['/data']],
    [
      'unless nobody can write there',
      { protect: ['/app'], attack: { ...at('/data'), places: [refused('/data')] } },
      [],
    ],
    ['under a protected path it is a violation already', { attack: at('/data') }, []],
    ['allow-writable names it', { protect: ['/app'], allow: ['/data'], attack: at('/data') }, []],
    [
      'the run names it',
      {
        protect: ['/app'],
        attack: at('/data'),
        mounts: [request('/data')],
        places: [{ path: '/data', kind: 'declared-mount' }],
      },
      [],
    ],
    [
      'the image’s VOLUME alone is no declaration',
      { protect: ['/app'], attack: at('/data'), mounts: [request('/data', { declared: false })] },
      ['/data'],
    ],
    ['the engine provides it', { protect: ['/app'], places: provided, attack: at('/dev/shm') }, []],
  ])('%s', (_, seen, paths) => {
    const told = judgePlaces(layer('read-only', seen), policy({ protectedPaths: seen.protect ?? ['/'] }));
    expect(told.filter(({ rule }) => rule === 'unexpected-place').map(({ path }) => path)).toEqual(paths);
    for (const { level } of told) expect(level).toBe('warning');
  });

  test('is told with its kind and whether programs can be run there, and passes', () => {
    const asked = policy({ protectedPaths: ['/app'] });
    const seen = layer('read-only', { protect: ['/app'], attack: at('/data') });
    const [told] = judgePlaces(seen, asked);
    expect(told?.message).toBe(
      '/data (ext4) can be written to, and nothing declares it; programs put there can be run.',
    );
    expect(judge(asked, { volumes: [] }, [seen], []).verdict).toBe('pass');
    const noexec = layer('read-only', { protect: ['/app'], attack: at('/data', { options: ['rw', 'noexec'] }) });
    expect(judgePlaces(noexec, asked)[0]?.message).not.toContain('run');
  });

  test('is no question of the other layer, where everything can be written', () => {
    const seen = layer('permissions', { protect: ['/app'], attack: at('/data') });
    expect(
      judgePlaces(seen, policy({ protectedPaths: ['/app'], allowWritable: [{ path: '/x', reason: null }] })),
    ).toEqual([]);
  });
});

describe('an exception that nothing needs', () => {
  const asking = (path: string, changed: Partial<Policy> = {}) =>
    policy({ allowWritable: [{ path, reason: 'x' }], ...changed });
  const told = (attack: Partial<AttackResult>, path = '/data', changed: Partial<Policy> = {}) =>
    judgePlaces(layer('read-only', { allow: [path], attack }), asking(path, changed)).filter(
      ({ rule }) => rule === 'allowance-unused',
    );
  const writable = (...paths: string[]) => ({ mounts: [mount('/'), ...paths.map((path) => mount(path))] });

  test('is a note, and passes', () => {
    expect(told({})).toMatchObject([{ level: 'note', path: '/data' }]);
    const seen = layer('read-only', { allow: ['/data'] });
    expect(judge(asking('/data'), { volumes: [] }, [seen], []).verdict).toBe('pass');
  });

  test.each<[string, Partial<AttackResult>, boolean]>([
    ['a writable mount is there', writable('/data'), false],
    ['one is below', writable('/data/db'), false],
    ['one only begins so', writable('/data2'), true],
    ['the mount there is read-only', { mounts: [mount('/'), mount('/data', { readOnly: true })] }, true],
    ['it is a link: for its target', { realPaths: [{ path: '/data', real: '/srv/data' }] }, false],
    ['the root itself is writable', { mounts: [mount('/', { readOnly: false })] }, false],
    ['nothing is known of the root', { mounts: [] }, false],
  ])('%s', (_, attack, unused) => {
    expect(told(attack)).toHaveLength(unused ? 1 : 0);
  });

  test('one is above', () => {
    expect(told(writable('/srv'), '/srv/data')).toEqual([]);
  });

  test('is not told where modes have to do', () => {
    expect(told({}, '/data', { layers: ['read-only', 'permissions'], require: ['permissions'] })).toEqual([]);
  });

  test('is not told where nothing was seen', () => {
    expect(judgePlaces(layer('read-only', { allow: ['/data'], attacks: [] }), asking('/data'))).toEqual([]);
  });
});

describe('a root filesystem that the kernel shows as writable', () => {
  const shown = { mounts: [mount('/', { readOnly: false, options: ['rw'] })] };
  const rules = (seen: Seen, which: 'read-only' | 'permissions' = 'read-only', required = true) =>
    judgeAttack(layer(which, seen), required, []).map(({ rule, level, path }) => [rule, level, path]);

  test('was not what was asked for, though nobody could change it', () => {
    const modes = { ...shown, tallies: [tally('/', 'EACCES')] };
    expect(rules({ attack: modes })).toEqual([['read-only-ignored', 'error', '/']]);
    expect(rules({ attack: modes }, 'read-only', false)).toEqual([['read-only-ignored', 'note', '/']]);
    expect(judge(policy(), { volumes: [] }, [layer('read-only', { attack: modes })], []).verdict).toBe('fail');
  });

  test('also where the engine does not say that it is read-only', () => {
    expect(rules({ rootReadOnly: false, attack: shown })).toEqual([['read-only-ignored', 'error', '/']]);
  });

  test('as seen by any identity', () => {
    const attacks = attacked(result(['/']), result(['/'], { identity: root, ...shown }));
    expect(rules({ attacks })).toEqual([['read-only-ignored', 'error', '/']]);
  });

  test('is told once: a hole in it says it already, one in a mount does not', () => {
    expect(rules({ attack: { ...shown, observations: [observation('/etc/x')] } })).toEqual([
      ['read-only-ignored', 'error', '/etc/x'],
    ]);
    const attack = { mounts: [...shown.mounts, mount('/data')], observations: [observation('/data/x')] };
    expect(rules({ attack })).toEqual([
      ['writable-mount', 'error', '/data/x'],
      ['read-only-ignored', 'error', '/'],
    ]);
  });

  test('is what the other layer is about', () => {
    expect(rules({ attack: shown }, 'permissions')).toEqual([]);
  });
});

describe('somebody who enters as root', () => {
  const entered = (changed: Partial<AttackResult>) => ({
    result: result(['/'], { identity: root, ...changed }),
    ms: 1,
  });
  const told = (changed: Partial<AttackResult>, seen: Seen = {}) =>
    judgeAttack(layer('read-only', { ...seen, entered: entered(changed) }), true, []);

  test('cannot change it either: with the number of attempts', () => {
    const tallies = [tally('/'), tally('/', 'EROFS', 'chmod'), tally('/', 'COVERED'), tally('/', 'GONE')];
    const [one, ...more] = told({ tallies });
    expect(more).toEqual([]);
    expect(one).toMatchObject({ rule: 'entered-as-root', level: 'note', path: null });
    expect(one?.message).toContain('6 attempts, none succeeded');
  });

  test('can: the topmost places, each once, and it decides nothing', () => {
    const paths = ['/var/b', '/data', '/data/x', '/data/x/y', '/srv', '/tmp/z', '/usr'];
    const observations = [...paths, '/srv'].map((path) => observation(path));
    const seen: Seen = { places: [{ path: '/tmp', kind: 'declared-tmpfs' }] };
    const [one] = told({ observations }, seen);
    expect(one).toMatchObject({ rule: 'entered-as-root', level: 'note', path: '/data' });
    expect(one?.message).toContain('/data, /srv, /usr and 1 more');
    const evidence = [layer('read-only', { ...seen, entered: entered({ observations }) })];
    expect(judge(policy(), { volumes: [] }, evidence, [])).toMatchObject({
      verdict: 'pass',
      paths: [{ readOnly: 'mount' }],
    });
  });

  test('could only in what may be changed: that is nothing', () => {
    const [one] = told(
      { observations: [observation('/tmp/z')] },
      { places: [{ path: '/tmp', kind: 'declared-tmpfs' }] },
    );
    expect(one).toMatchObject({ path: null, message: expect.stringContaining('cannot change it either') });
  });
});

describe('a protected path behind a directory that is closed to an identity', () => {
  const hidden = { protect: ['/root/x'], attack: { unknown: ['/root/x'] } };
  const asked = policy({ protectedPaths: ['/root/x'] });
  const decide = (seen: Seen) => judge(asked, { volumes: [] }, [layer('read-only', { ...hidden, ...seen })], []);
  const sees = (changed: Partial<AttackResult> = {}) => result(['/root/x'], { identity: root, ...changed });

  test('is not known to exist: an error', () => {
    expect(decide({})).toMatchObject({
      verdict: 'error',
      error: { code: 'not-observed', message: expect.stringContaining('closed to the identity') },
      paths: [{ readOnly: 'inconclusive' }],
    });
  });

  test('is seen by root who entered, or by another identity', () => {
    expect(decide({ entered: { result: sees(), ms: 1 } })).toMatchObject({
      verdict: 'pass',
      paths: [{ readOnly: 'mount' }],
    });
    const attacks = attacked(result(['/root/x'], { unknown: ['/root/x'] }), sees());
    expect(decide({ attacks }).verdict).toBe('pass');
  });

  test.each<[string, Partial<AttackResult>]>([
    ['does not know either', { unknown: ['/root/x'] }],
    ['says that it does not exist', { missing: ['/root/x'] }],
    ['attacked nothing', { idle: true }],
  ])('is not seen by root who %s', (_, changed) => {
    expect(decide({ entered: { result: sees(changed), ms: 1 } }).verdict).toBe('error');
  });

  test('is no gap of another path', () => {
    const seen = layer('read-only', { protect: ['/etc', '/root/x'], attack: { unknown: ['/root/x'] } });
    const { paths } = judge(policy({ protectedPaths: ['/etc', '/root/x'] }), { volumes: [] }, [seen], []);
    expect(paths).toMatchObject([{ readOnly: 'mount' }, { readOnly: 'inconclusive' }]);
  });

  test('has to be refused all the same', () => {
    const attack = { unknown: ['/root/x'], tallies: [] };
    expect(decide({ attack, entered: { result: sees(), ms: 1 } }).error?.message).toContain('no attempt was made');
  });
});

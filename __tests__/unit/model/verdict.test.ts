import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CheckError } from '../../../src/model/errors.js';
import type { LayerEvidence } from '../../../src/model/evidence.js';
import type { AttackResult, Observation } from '../../../src/model/observation.js';
import type { PlaceKind } from '../../../src/model/places.js';
import { type Verdict, worstVerdict } from '../../../src/model/report.js';
import type { Layer, Policy } from '../../../src/model/target.js';
import { judge } from '../../../src/model/verdict.js';
import {
  attacked,
  inconclusive,
  layer,
  mount,
  observation,
  policy,
  result,
  type Seen,
  smoke,
  tally,
} from './evidence.js';

const NO_VOLUMES = { volumes: [] };

function verdictOf(seen: Seen, asked: Partial<Policy> = {}): Verdict {
  return judgeOne(seen, asked).verdict;
}

function judgeOne(seen: Seen, asked: Partial<Policy> = {}) {
  const protectedPaths = seen.protect ?? ['/'];
  return judge(policy({ protectedPaths, ...asked }), NO_VOLUMES, [layer('read-only', seen)], []);
}

const unseen = new CheckError('engine-failed', 'the engine fell over');

test('everything seen and everything refused is a pass', () => {
  expect(judgeOne({})).toMatchObject({ verdict: 'pass', error: null, findings: [], paths: [{ readOnly: 'mount' }] });
});

describe('fail beats error beats pass', () => {
  const hole = { observations: [observation('/etc/passwd', 'open-write')] };
  test.each<[string, Seen, Verdict]>([
    ['a hole', { attack: hole }, 'fail'],
    ['a hole and an error', { attack: hole, errors: [unseen] }, 'fail'],
    ['a hole and something unlisted', { attack: { ...hole, unlisted: [unlisted('/root')] } }, 'fail'],
    ['a failed smoke test', { smoke: [smoke('read-only', 'before-attack', { passed: false, reason: 'no' })] }, 'fail'],
    ['an error', { errors: [unseen] }, 'error'],
    ['a program that ended', { ended: 'it exited with code 1', errors: [unseen] }, 'fail'],
    ['drift', { drift: [{ path: '/x', change: 'added' }], errors: [unseen] }, 'fail'],
  ])('%s', (_, seen, verdict) => {
    expect(verdictOf(seen)).toBe(verdict);
  });

  test('over the layers: what one broke counts where another was not seen', () => {
    const asked = policy({ layers: ['read-only', 'permissions'], require: ['read-only', 'permissions'] });
    expect(judge(asked, NO_VOLUMES, [layer('permissions', { attack: hole })], [unseen]).verdict).toBe('fail');
  });

  test.each<[Verdict[], Verdict]>([
    [[], 'error'],
    [['pass'], 'pass'],
    [['pass', 'error'], 'error'],
    [['pass', 'error', 'fail'], 'fail'],
    [['fail', 'pass'], 'fail'],
  ])('over targets: %j is %s', (verdicts, worst) => {
    expect(worstVerdict(verdicts)).toBe(worst);
  });
});

function unlisted(path: string): AttackResult['unlisted'][number] {
  return { path, raw: Buffer.from(path) };
}

describe('what was not observed is an error', () => {
  test.each<[string, Seen, string]>([
    ['no attack', { attacks: [] }, 'no attack was completed'],
    ['an idle attack', { attack: { idle: true } }, 'left undone'],
    ['no tally', { attack: { tallies: [] } }, 'no attempt was made'],
    ['a tally of another path only', { attack: { tallies: [tally('/etc')] } }, 'no attempt was made'],
    ['only what vanished', { attack: { tallies: [tally('/', 'GONE')] } }, 'no attempt was made'],
    ['only what was covered', { attack: { tallies: [tally('/', 'COVERED')] } }, 'no attempt was made'],
    ['only unexpected answers', { attack: { tallies: [tally('/', 'EIO')] } }, 'no attempt was made'],
    ['a count without its lines', { attack: { tallies: [tally('/'), tally('/', 'OK')] } }, 'counted 3'],
    ['a missing path', { attack: { missing: ['/'] } }, 'does not exist'],
    ['an unlisted directory', { attack: { unlisted: [unlisted('/root/x')] } }, 'could not be listed'],
    ['omitted lines', { attack: { omitted: 1 } }, 'left out'],
    ['an inconclusive entry', { attack: { observations: [inconclusive('/bin/x')] } }, 'EIO'],
    ['the second identity left undone', { attacks: attacked(result(['/']), result(['/'], { idle: true })) }, 'undone'],
    ['no smoke test', { smoke: [] }, 'no smoke test'],
    ['no smoke test after the attack', { smoke: [smoke('read-only', 'before-attack')] }, 'after the attack'],
    ['no smoke test before it', { smoke: [smoke('read-only', 'after-attack')] }, 'no smoke test'],
  ])('%s', (_, seen, words) => {
    const { verdict, error, paths } = judgeOne(seen);
    expect(verdict).toBe('error');
    expect(error).toMatchObject({ code: 'not-observed', message: expect.stringContaining(words) });
    if (!('smoke' in seen)) expect(paths).toMatchObject([{ readOnly: 'inconclusive' }]);
  });

  test.each<[string, Partial<Policy>]>([
    ['no protected path', { protectedPaths: [] }],
    ['no required layer', { require: [] }],
    ['a required layer that is not checked', { require: ['permissions'] }],
    ['no layer at all', { layers: [], require: [] }],
  ])('a policy with %s passes nothing', (_, asked) => {
    expect(verdictOf({}, asked).toString()).toBe('error');
  });

  test('a layer that was never started', () => {
    expect(judge(policy(), NO_VOLUMES, [], [])).toMatchObject({
      verdict: 'error',
      paths: [{ readOnly: 'inconclusive', permissions: 'not-tested' }],
    });
  });

  test('the cause stands before the mere lack', () => {
    const { error } = judge(policy(), NO_VOLUMES, [], [unseen]);
    expect(error).toBe(unseen);
    expect(judgeOne({ attacks: [], errors: [unseen] }).error).toBe(unseen);
  });

  test('a gap below a path that is excepted is none', () => {
    const attack = { unlisted: [unlisted('/data/x')], observations: [inconclusive('/data/y')] };
    expect(verdictOf({ allow: ['/data'], attack })).toBe('pass');
  });

  test.each(['unlisted', 'inconclusive'])('also below a protected path that is a link: %s', (kind) => {
    const realPaths = [{ path: '/app', real: '/opt/app-1' }];
    const attack =
      kind === 'unlisted'
        ? { realPaths, unlisted: [unlisted('/opt/app-1/private')] }
        : { realPaths, observations: [inconclusive('/opt/app-1/x')] };
    expect(verdictOf({ protect: ['/app'], attack })).toBe('error');
  });

  test('an ancestor about whose removal nothing is known', () => {
    const attack = { observations: [observation('/srv', 'delete', { kind: 'inconclusive', reason: 'EIO' })] };
    expect(verdictOf({ protect: ['/srv/app'], attack })).toBe('error');
  });
});

test('a program that ended or a job needs no second smoke test', () => {
  expect(verdictOf({ alone: true, smoke: [smoke('read-only', 'before-attack')] })).toBe('pass');
});

describe('whichever path is longer decides', () => {
  const cases: [string, readonly string[], readonly [string, PlaceKind][], string, Verdict][] = [
    ['nothing declared', ['/'], [], '/tmp/x', 'fail'],
    ['a tmpfs below', ['/'], [['/tmp', 'declared-tmpfs']], '/tmp/x', 'pass'],
    ['the tmpfs itself', ['/'], [['/tmp', 'declared-tmpfs']], '/tmp', 'pass'],
    ['a name that only begins so', ['/'], [['/tmp', 'declared-tmpfs']], '/tmpx', 'fail'],
    ['a tmpfs at the protected path', ['/etc'], [['/etc', 'declared-tmpfs']], '/etc/x', 'fail'],
    ['a tmpfs above it', ['/etc/app'], [['/etc', 'declared-tmpfs']], '/etc/app/x', 'fail'],
    ['beside the protected path in it', ['/', '/etc/app'], [['/etc', 'declared-tmpfs']], '/etc/other', 'pass'],
    ['a mount where the image is empty', ['/'], [['/data', 'declared-mount']], '/data/x', 'pass'],
    ['allow-writable', ['/'], [['/data', 'allowed']], '/data/x', 'pass'],
    ['allow-writable above a protected path', ['/', '/data/conf'], [['/data', 'allowed']], '/data/conf/x', 'fail'],
    ['allow-writable below that', ['/data'], [['/data/a/b', 'allowed']], '/data/a/b/c', 'pass'],
    ['what the engine provides', ['/'], [['/dev', 'provided']], '/dev/x', 'pass'],
    ['a place of nobody', ['/etc'], [], '/srv/x', 'fail'],
  ];
  test.each(cases)('%s', (_, protect, places, path, verdict) => {
    const declared = places.map(([at, kind]) => ({ path: at, kind }));
    expect(verdictOf({ protect, places: declared, attack: { observations: [observation(path)] } })).toBe(verdict);
  });
});

describe('a directory above a protected path that can be taken away', () => {
  test.each<[string, readonly string[], readonly string[], string, Observation['operation'], Verdict]>([
    ['in no place', ['/srv/app'], [], '/srv', 'delete', 'fail'],
    ['that is allowed', ['/srv/a/conf'], ['/srv'], '/srv/a', 'delete', 'fail'],
    ['that is allowed, beside the way', ['/srv/a/conf'], ['/srv'], '/srv/b', 'delete', 'pass'],
    ['where something can only be created', ['/srv/a/conf'], ['/srv'], '/srv/a', 'create', 'pass'],
  ])('%s', (_, protect, allow, path, operation, verdict) => {
    const seen = judgeOne({ protect, allow, attack: { observations: [observation(path, operation)] } });
    expect(seen.verdict).toBe(verdict);
    expect(seen.paths[0]?.readOnly).toBe(verdict === 'fail' ? 'writable' : 'mount');
    if (verdict === 'fail') expect(seen.paths[0]?.examples).toMatchObject([{ path, operations: ['delete'] }]);
  });

  test('also above what a protected link leads to', () => {
    const attack = {
      realPaths: [{ path: '/conf', real: '/srv/a/conf' }],
      observations: [observation('/srv/a', 'delete')],
    };
    expect(verdictOf({ protect: ['/conf'], places: [{ path: '/srv', kind: 'declared-tmpfs' }], attack })).toBe('fail');
  });
});

describe('a protected path that is a link', () => {
  const realPaths = [{ path: '/conf', real: '/opt/conf' }];
  test.each<[string, Seen, Verdict]>([
    ['what it leads to can be changed', { attack: { realPaths, observations: [observation('/opt/conf/x')] } }, 'fail'],
    [
      'although that is a tmpfs of the run',
      {
        places: [{ path: '/opt', kind: 'declared-tmpfs' }],
        attack: { realPaths, observations: [observation('/opt/conf/x')] },
      },
      'fail',
    ],
    [
      'an exception below it, by the name of the link',
      { allow: ['/conf/cache'], attack: { realPaths, unlisted: [unlisted('/opt/conf/cache')] } },
      'pass',
    ],
    ['the link itself', { attack: { realPaths, observations: [observation('/conf', 'delete')] } }, 'fail'],
  ])('%s', (_, seen, verdict) => {
    expect(verdictOf({ protect: ['/conf'], ...seen })).toBe(verdict);
  });

  test('a link that is only excepted protects nothing', () => {
    const attack = { realPaths: [{ path: '/cache', real: '/tmp' }], observations: [observation('/tmp/x')] };
    expect(verdictOf({ allow: ['/cache', '/tmp'], attack })).toBe('pass');
  });
});

describe('layers that are not required', () => {
  const both: Partial<Policy> = { layers: ['read-only', 'permissions'] };
  const broken: Seen = {
    attack: { observations: [observation('/etc/x')], links: [{ path: '/a', target: '/tmp', operation: 'create' }] },
    drift: [{ path: '/y', change: 'changed' }],
    ended: 'it exited with code 1',
    smoke: [smoke('permissions', 'before-attack', { passed: false })],
  };
  test('are told and never decide', () => {
    const seen = judge(policy(both), NO_VOLUMES, [layer('read-only'), layer('permissions', broken)], []);
    expect(seen.verdict).toBe('pass');
    expect(seen.paths).toMatchObject([{ readOnly: 'mount', permissions: 'writable' }]);
    expect(seen.findings.length).toBeGreaterThan(2);
    expect(seen.findings.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('decide where they are required', () => {
    const asked = policy({ ...both, require: ['read-only', 'permissions'] });
    expect(judge(asked, NO_VOLUMES, [layer('read-only'), layer('permissions', broken)], []).verdict).toBe('fail');
  });

  test('but an attempt that was planned there and not made is no pass', () => {
    expect(judge(policy(both), NO_VOLUMES, [layer('read-only')], []).verdict).toBe('error');
  });
});

test('identities are numbered over the layers, in the order of the policy', () => {
  const asked = policy({ layers: ['read-only', 'permissions'], require: ['permissions'] });
  const hole = { observations: [observation('/x')] };
  const evidence = [
    layer('permissions', { attacks: attacked(result(['/']), result(['/'], hole)) }),
    layer('read-only', { attacks: attacked(result(['/']), result(['/'])) }),
  ];
  const [path] = judge(asked, NO_VOLUMES, evidence, []).paths;
  expect(path?.examples).toEqual([{ layer: 'permissions', path: '/x', operations: ['create'], identity: 3 }]);
});

test('examples are at most twenty, and the worst findings come first', () => {
  const observations = Array.from({ length: 60 }, (_, at) => observation(`/d${at}`));
  const attack = { observations, privileged: [{ path: '/bin/su', kind: 'setuid', uid: 0, gid: 0 } as const] };
  const { paths, findings } = judgeOne({ attack });
  expect(paths[0]?.examples).toHaveLength(20);
  expect(findings.map(({ level }) => level)).toEqual([...Array(51).fill('error'), 'warning']);
});

describe('by random evidence', () => {
  const names = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/a/bc', '/d', '/d/e');
  const operations = fc.constantFrom<Observation['operation']>('create', 'delete', 'chmod', 'open-write');
  const kinds = fc.constantFrom<PlaceKind>('allowed', 'declared-tmpfs', 'declared-mount', 'provided');
  const seen = fc.record({
    protect: fc.uniqueArray(names, { minLength: 1, maxLength: 3 }),
    places: fc.array(fc.record({ path: names, kind: kinds }), { maxLength: 3 }),
    changed: fc.array(fc.record({ path: names, operation: operations }), { maxLength: 3 }),
    links: fc.array(fc.record({ path: names, real: names }), { maxLength: 2 }),
  });

  const made = ({ protect, places, changed, links }: typeof seen extends fc.Arbitrary<infer T> ? T : never): Seen => ({
    protect,
    places,
    attack: {
      observations: changed.map(({ path, operation }) => observation(path, operation)),
      realPaths: links,
    },
  });

  test('what is written down as writable has failed, and a finding says why', () => {
    fc.assert(
      fc.property(seen, (one) => {
        const { verdict, paths, findings } = judgeOne(made(one));
        if (paths.every(({ readOnly }) => readOnly !== 'writable')) return;
        expect(verdict).toBe('fail');
        expect(findings.some(({ level }) => level === 'error')).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('a success at or below a protected path, with nothing longer that opens it, fails', () => {
    fc.assert(
      fc.property(seen, (one) => {
        const hit = one.changed.some(({ path }) => {
          const length = (at: string) => (path === at || at === '/' || path.startsWith(`${at}/`) ? at.length : 0);
          const longest = (list: readonly string[]) => Math.max(0, ...list.map(length));
          return longest(one.protect) > 0 && longest(one.protect) >= longest(one.places.map((place) => place.path));
        });
        if (hit) expect(judgeOne(made(one)).verdict).toBe('fail');
      }),
      { numRuns: 3000 },
    );
  });

  const lacks: Record<string, (given: LayerEvidence, path: string) => LayerEvidence | null> = {
    layer: () => null,
    attack: (given) => ({ ...given, attacks: [] }),
    tally: (given, path) => each(given, (one) => ({ tallies: one.tallies.filter((line) => line.path !== path) })),
    unlisted: (given, path) => each(given, () => ({ unlisted: [unlisted(path)] })),
    inconclusive: (given, path) => each(given, (one) => ({ observations: [...one.observations, inconclusive(path)] })),
    omitted: (given) => each(given, () => ({ omitted: 1 })),
    idle: (given) => each(given, () => ({ idle: true })),
    missing: (given, path) => each(given, () => ({ missing: [path] })),
    smoke: (given) => ({ ...given, smoke: [] }),
    count: (given, path) => each(given, (one) => ({ tallies: [...one.tallies, tally(path, 'OK')] })),
    'an error': (given) => ({ ...given, errors: [unseen] }),
  };

  const each = (given: LayerEvidence, change: (one: AttackResult) => Partial<AttackResult>): LayerEvidence => {
    const [first, ...others] = given.attacks;
    return first
      ? { ...given, attacks: [{ ...first, result: { ...first.result, ...change(first.result) } }, ...others] }
      : given;
  };

  test.each(Object.keys(lacks))('with a lack of or in %s is never a pass', (lack) => {
    const layers = fc.constantFrom<readonly Layer[]>(['read-only'], ['permissions'], ['read-only', 'permissions']);
    fc.assert(
      fc.property(seen, layers, fc.nat(), fc.nat(2), (one, planned, which, more) => {
        const path = one.protect[which % one.protect.length] ?? '/';
        const lacking = planned[which % planned.length];
        const evidence = planned.flatMap((name): LayerEvidence[] => {
          const whole = layer(name, made(one));
          const full = { ...whole, attacks: [...whole.attacks, ...attacked(...Array(more).fill(result(one.protect)))] };
          const left = name === lacking ? lacks[lack]?.(full, path) : full;
          return left ? [left] : [];
        });
        const asked = policy({ layers: planned, require: [planned[0] ?? 'read-only'], protectedPaths: one.protect });
        expect(judge(asked, NO_VOLUMES, evidence, []).verdict).not.toBe('pass');
      }),
      { numRuns: 300 },
    );
  });
});

describe('how a path is protected', () => {
  test.each<[string, AttackResult['tallies'], string]>([
    ['by the mount', [tally('/'), tally('/', 'EACCES', 'open-write')], 'mount'],
    ['by permissions', [tally('/', 'EACCES'), tally('/', 'EPERM', 'chmod')], 'permissions'],
    ['by both, some only by permissions', [tally('/'), tally('/', 'EACCES', 'delete')], 'permissions'],
  ])('%s', (_, tallies, protection) => {
    expect(judgeOne({ attack: { tallies } }).paths[0]?.readOnly).toBe(protection);
  });

  test('by permissions, where only one identity meets the mount', () => {
    const attacks = attacked(result(['/']), result(['/'], { tallies: [tally('/', 'EPERM', 'chmod')] }));
    expect(judgeOne({ attacks }).paths[0]?.readOnly).toBe('permissions');
  });
});

test('the surface tells every place that can be written, and who declared it', () => {
  const { surface } = judgeOne({
    places: [
      { path: '/tmp', kind: 'declared-tmpfs' },
      { path: '/dev', kind: 'provided' },
    ],
    mounts: [
      { path: '/tmp', kind: 'tmpfs', source: '', writable: true, declared: true },
      { path: '/idle', kind: 'volume', source: 'v', writable: true, declared: true },
    ],
    attack: {
      mounts: [mount('/'), mount('/tmp', { type: 'tmpfs', options: ['rw', 'noexec'] }), mount('/dev/shm')],
      places: [
        { path: '/tmp', outcome: { kind: 'succeeded' } },
        { path: '/dev/shm', outcome: { kind: 'succeeded' } },
        { path: '/proc', outcome: { kind: 'blocked', errno: 'EROFS' } },
      ],
    },
  });
  expect(surface).toMatchObject([
    { path: '/dev/shm', identities: [0], executable: true, declared: false, expected: true },
    { path: '/idle', kind: 'volume', identities: [], declared: true, expected: true },
    { path: '/tmp', kind: 'tmpfs', identities: [0], executable: false, declared: true, expected: true },
  ]);
});

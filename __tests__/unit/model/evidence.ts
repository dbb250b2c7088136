import type { IdentityAttack, LayerEvidence, MountRequest } from '../../../src/model/evidence.js';
import type { Identity } from '../../../src/model/identity.js';
import type {
  AttackResult,
  Control,
  Mount,
  Observation,
  Outcome,
  SmokeResult,
  Tally,
} from '../../../src/model/observation.js';
import type { Operation } from '../../../src/model/operations.js';
import { type Place, Places, policyPlaces } from '../../../src/model/places.js';
import type { AllowedPath, Layer, Policy } from '../../../src/model/target.js';

/** Evidence that was seen in full and broke nothing; each test changes what it is about. */

export const user: Identity = { uid: 1000, gid: 0, groups: [0], capabilities: '0000000000000000' };
export const root: Identity = { uid: 0, gid: 0, groups: [0], capabilities: '00000000a80425fb' };

export function policy(changed: Partial<Policy> = {}): Policy {
  return { layers: ['read-only'], require: ['read-only'], protectedPaths: ['/'], allowWritable: [], ...changed };
}

export function tally(path: string, answer = 'EROFS', operation: Operation = 'create', count = 3): Tally {
  return { path, answer, operation, count };
}

export function observation(path: string, operation: Operation = 'create', outcome?: Outcome): Observation {
  return { path, operation, outcome: outcome ?? { kind: 'succeeded' } };
}

export const inconclusive = (path: string): Observation =>
  observation(path, 'open-write', { kind: 'inconclusive', reason: 'open-write: EIO' });

/** As the kernel shows it on a read-only root: what is mounted there is writable, unless it is changed. */
export function mount(path: string, changed: Partial<Mount> = {}): Mount {
  const readOnly = path === '/';
  const options = [readOnly ? 'ro' : 'rw'];
  return { path, type: 'overlay', source: 'overlay', root: '/', options, readOnly, ...changed };
}

export function request(path: string, changed: Partial<MountRequest> = {}): MountRequest {
  return { path, kind: 'volume', source: 'data', writable: true, declared: true, ...changed };
}

/** The controls of a probe that sees what there is. */
export const CONTROLS: readonly Control[] = [
  ...(['create', 'mkdir', 'symlink', 'delete', 'open-write', 'chmod', 'utimens'] as const).map(
    (operation) => ({ kind: 'writable', operation, answer: 'OK' }) as const,
  ),
  ...(['create', 'mkdir', 'symlink', 'delete', 'chmod', 'utimens'] as const).map(
    (operation) => ({ kind: 'read-only', operation, answer: 'EROFS' }) as const,
  ),
];

/** An attack in which every protected path was refused once, and what `changed` says beside. */
export function result(paths: readonly string[], changed: Partial<AttackResult> = {}): AttackResult {
  const successes: readonly (Observation | { readonly operation: Operation; readonly path: string })[] = [
    ...(changed.observations ?? []).filter(({ outcome }) => outcome.kind === 'succeeded'),
    ...(changed.links ?? []),
  ];
  return {
    identity: user,
    noNewPrivileges: false,
    // What succeeded is counted as well, as the probe does.
    tallies: [
      ...paths.map((path) => tally(path)),
      ...successes.map(({ operation }) => tally(paths[0] ?? '/', 'OK', operation, 1)),
    ],
    observations: [],
    links: [],
    privileged: [],
    mounts: [mount('/')],
    places: [],
    missing: [],
    unlisted: [],
    realPaths: [],
    omitted: 0,
    living: [user],
    idle: false,
    controls: CONTROLS,
    mountAttempts: [],
    mountsChanged: false,
    memory: [],
    unknown: [],
    ...changed,
  };
}

export function attacked(...results: readonly AttackResult[]): IdentityAttack[] {
  return results.map((one) => ({ result: one, ms: 5 }));
}

export function smoke(layer: Layer, phase: SmokeResult['phase'], changed: Partial<SmokeResult> = {}): SmokeResult {
  return {
    layer,
    phase,
    test: 'curl http://localhost/',
    passed: true,
    status: 200,
    attempts: 1,
    ms: 3,
    reason: null,
    ...changed,
  };
}

export interface Seen extends Partial<Omit<LayerEvidence, 'places' | 'attacks'>> {
  readonly protect?: readonly string[];
  readonly allow?: readonly string[];
  readonly places?: readonly Place[];
  readonly attack?: Partial<AttackResult>;
  readonly attacks?: readonly IdentityAttack[];
}

/** One layer's evidence, by default with one attack as a user in which everything was refused by the mount. */
export function layer(which: Layer, seen: Seen = {}): LayerEvidence {
  const { protect = ['/'], allow = [], places = [], attack = {}, attacks, ...changed } = seen;
  const allowed: AllowedPath[] = allow.map((path) => ({ path, reason: null }));
  return {
    layer: which,
    smoke: [smoke(which, 'before-attack'), smoke(which, 'after-attack')],
    attacks: attacks ?? attacked(result(protect, attack)),
    entered: null,
    alone: false,
    drift: [],
    mounts: [],
    places: new Places([...policyPlaces(protect, allowed), ...places]),
    powers: [],
    rootReadOnly: which === 'read-only',
    ended: null,
    errors: [],
    ...changed,
  };
}

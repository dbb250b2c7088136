import { CheckError } from '../errors.js';
import type { LayerEvidence } from '../evidence.js';
import type { AttackResult, RealPath } from '../observation.js';
import type { Operation } from '../operations.js';
import { isWithin } from '../places.js';
import type { Example, Protection } from '../report.js';
import type { Layer } from '../target.js';
import { isOf, removes } from './reach.js';

interface PathJudgement {
  readonly protection: Protection;
  readonly examples: readonly Example[];
  /** Set where nothing, or not enough, could be told. */
  readonly error: CheckError | null;
}

/** Answers that name the mount before they look at modes; see docs/how-it-works.md. */
const MOUNT_FIRST: readonly Operation[] = ['create', 'mkdir', 'symlink', 'setxattr', 'chmod', 'utimens', 'delete'];

/** Answers by which the kernel refuses a change; any other says nothing of the right to it. */
const REFUSALS: readonly string[] = ['EROFS', 'EACCES', 'EPERM'];

/** Attempts by way of another process: that this way is closed says nothing of the straight one. */
const ROUNDABOUT: readonly Operation[] = ['via-root', 'via-descriptor'];

/** What one layer says of one protected path. */
export function judgePaths(path: string, layer: Layer, seen: LayerEvidence | null, offset: number): PathJudgement {
  const notObserved = (why: string): PathJudgement => ({
    protection: 'inconclusive',
    examples: [],
    error: new CheckError('not-observed', `${path} was not judged in the layer "${layer}": ${why}`),
  });
  if (!seen) return notObserved('its container was never started.');
  if (seen.attacks.length === 0) return notObserved('no attack was completed.');
  const examples = seen.attacks.flatMap(({ result }, index) => examplesFor(path, layer, result, seen, offset + index));
  if (examples.length > 0) return { protection: 'writable', examples: examples.slice(0, 20), error: null };
  // Only now, so that what was proven to be changeable is said even where something else was not seen.
  for (const { result } of seen.attacks) {
    const why = gap(path, result, seen);
    if (why) return notObserved(why);
  }
  const byMount = seen.attacks.every(({ result }) => protectedByMount(path, result));
  return { protection: byMount ? 'mount' : 'permissions', examples: [], error: null };
}

function examplesFor(
  path: string,
  layer: Layer,
  result: AttackResult,
  seen: LayerEvidence,
  identity: number,
): Example[] {
  const byPath = new Map<string, Set<Operation>>();
  for (const observation of result.observations) {
    if (observation.outcome.kind !== 'succeeded') continue;
    if (!isOf(observation.path, path, result, seen) && !removes(observation, path, result)) continue;
    const operations = byPath.get(observation.path) ?? new Set();
    operations.add(observation.operation);
    byPath.set(observation.path, operations);
  }
  return [...byPath.entries()].map(([at, operations]) => ({ layer, path: at, operations: [...operations], identity }));
}

function gap(path: string, result: AttackResult, seen: LayerEvidence): string | null {
  if (result.idle) return 'the attack was left undone.';
  if (result.missing.includes(path)) return 'it does not exist.';
  if (result.unknown.includes(path) && !isKnown(path, seen)) {
    return 'it lies behind a directory that is closed to the identity that attacked, and nobody else could tell whether it exists.';
  }
  const inconclusive = result.observations.find(
    (one) => one.outcome.kind === 'inconclusive' && (isOf(one.path, path, result, seen) || removes(one, path, result)),
  );
  if (inconclusive?.outcome.kind === 'inconclusive') {
    return `no attempt on ${inconclusive.path} was conclusive (${inconclusive.outcome.reason}).`;
  }
  const unlisted = result.unlisted.find((one) => isOf(one.path, path, result, seen));
  if (unlisted) return `what stands in ${unlisted.path} could not be listed.`;
  const astray = leftOut(path, result, seen);
  if (astray) {
    return `the exception ${astray.path} is a link to ${astray.real}, which was left out of the attack. Name ${astray.real} itself in "allow-writable", or take the exception out.`;
  }
  if (result.omitted > 0) return `${result.omitted} lines of the probe were left out.`;
  const counted = result.tallies.reduce((sum, { answer, count }) => sum + (answer === 'OK' ? count : 0), 0);
  const told = result.observations.filter(({ outcome }) => outcome.kind === 'succeeded').length + result.links.length;
  if (counted > told) return `the probe counted ${counted} successful attempts and told ${told} of them.`;
  // A success would have been an example: what protects the path is a refusal.
  const refused = result.tallies.some(
    (tally) => tally.path === path && REFUSALS.includes(tally.answer) && !ROUNDABOUT.includes(tally.operation),
  );
  return refused ? null : 'no attempt was made on it.';
}

/**
 * A part of the path that the attack left out because an open place that is a link leads there. Only a mount that is
 * meant is excused: the one at a declared place that stands under the same protected path.
 */
function leftOut(path: string, result: AttackResult, seen: LayerEvidence): RealPath | undefined {
  const open = new Set(seen.places.open());
  const isMeant = (link: RealPath) =>
    seen.places.of(link.path)?.kind !== 'allowed' &&
    isWithin(link.path, path) &&
    result.mounts.some((mount) => mount.path === link.real);
  return result.realPaths.find((link) => open.has(link.path) && isOf(link.real, path, result, seen) && !isMeant(link));
}

/** Whether somebody saw that the path exists. */
function isKnown(path: string, seen: LayerEvidence): boolean {
  return [...seen.attacks, ...(seen.entered ? [seen.entered] : [])].some(
    ({ result }) => !result.idle && !result.unknown.includes(path) && !result.missing.includes(path),
  );
}

function protectedByMount(path: string, result: AttackResult): boolean {
  const tallies = result.tallies.filter((tally) => tally.path === path && MOUNT_FIRST.includes(tally.operation));
  return (
    tallies.some(({ answer }) => answer === 'EROFS') &&
    !tallies.some(({ answer }) => answer === 'EACCES' || answer === 'EPERM')
  );
}

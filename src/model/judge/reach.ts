import type { LayerEvidence } from '../evidence.js';
import type { AttackResult, Observation } from '../observation.js';
import { isWithin } from '../places.js';

/** Whether changing `at` changes what the protected path `path` is or, where that is a link, what it leads to. */
export function isOf(at: string, path: string, result: AttackResult, seen: LayerEvidence): boolean {
  if (isWithin(at, path) && !seen.places.mayChange(at)) return true;
  // Below a protected path that is a link, the places are known by the link's name, the attempts by the target's.
  return result.realPaths.some(
    (link) => link.path === path && isWithin(at, link.real) && !seen.places.mayChange(renamed(at, link.real, path)),
  );
}

/**
 * Whether `observation` takes away a directory above `path`, or changes its mode so that its entries can be taken away:
 * then something else can be put in the place of `path`.
 */
export function removes(observation: Observation, path: string, result: AttackResult): boolean {
  return (
    (observation.operation === 'delete' || observation.operation === 'chmod') &&
    [path, ...result.realPaths.filter((link) => link.path === path).map((link) => link.real)].some(
      (name) => name !== observation.path && isWithin(name, observation.path),
    )
  );
}

/** Whether a change at `at`, or an attempt that succeeded there, is anybody's business. */
export function isProtected(at: string, result: AttackResult, seen: LayerEvidence): boolean {
  return !seen.places.mayChange(at) || seen.places.protectedPaths().some((path) => isOf(at, path, result, seen));
}

/** Whether a successful attempt breaks a rule. What stands in no place of the policy was not to be met at all. */
export function breaks(observation: Observation, result: AttackResult, seen: LayerEvidence): boolean {
  return (
    seen.places.of(observation.path) === null ||
    isProtected(observation.path, result, seen) ||
    seen.places.protectedPaths().some((path) => removes(observation, path, result))
  );
}

function renamed(at: string, from: string, to: string): string {
  const rest = from === '/' ? at : at.slice(from.length);
  return rest === '' || rest === '/' ? to : `${to === '/' ? '' : to}${rest}`;
}

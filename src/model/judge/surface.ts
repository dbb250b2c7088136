import type { LayerEvidence } from '../evidence.js';
import { isWithin } from '../places.js';
import type { SurfaceReport } from '../report.js';
import { mountOf } from './mounts.js';

/**
 * Everything that could be written although the root filesystem is read-only: mounts in which an attempt
 * succeeded, be it one of the walk's or the single one that is made in a mount that the walk leaves out.
 */
export function describeSurface(seen: LayerEvidence | null, offset: number): SurfaceReport[] {
  if (!seen) return [];
  const writers = new Map<string, Set<number>>();
  const note = (path: string, identity: number) => {
    const identities = writers.get(path) ?? new Set();
    identities.add(offset + identity);
    writers.set(path, identities);
  };
  seen.attacks.forEach(({ result }, identity) => {
    for (const place of result.places) if (place.outcome.kind === 'succeeded') note(place.path, identity);
    for (const observation of result.observations) {
      if (observation.outcome.kind !== 'succeeded') continue;
      const mount = mountOf(result.mounts, observation.path);
      if (mount) note(mount.path, identity);
    }
  });
  // A writable mount that nobody was asked to touch is told all the same: it is declared, and so is its risk.
  for (const mount of seen.mounts)
    if (mount.writable && mount.declared && !writers.has(mount.path)) writers.set(mount.path, new Set());
  return [...writers.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, identities]) => {
      const mount = seen.attacks.map(({ result }) => mountOf(result.mounts, path)).find((one) => one !== null) ?? null;
      const request = seen.mounts.find((one) => one.path === path);
      const place = seen.places.of(path);
      const declared = request?.declared === true || place?.kind === 'allowed';
      return {
        path,
        kind: request?.kind ?? mount?.type ?? 'unknown',
        identities: [...identities].sort((a, b) => a - b),
        executable: !(mount?.options.includes('noexec') ?? false),
        declared,
        expected: declared || (place?.kind === 'provided' && isWithin(path, place.path)),
      };
    });
}

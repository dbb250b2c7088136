import type { LayerEvidence, MountRequest } from '../evidence.js';
import { isWithin } from '../places.js';
import type { Finding } from '../report.js';
import { LAYER_WORDS } from './behaviour.js';

/**
 * What is mounted read-only at a protected path and writable somewhere else: an attempt at the one place is refused, and
 * the content is changed at the other.
 */
export function judgeAliases(seen: LayerEvidence, required: boolean): Finding[] {
  const persistent = seen.mounts.filter(({ kind, source }) => kind !== 'tmpfs' && source !== '');
  const protectedPaths = seen.places.protectedPaths();
  return persistent
    .filter((mount) => !seen.places.mayChange(mount.path) || protectedPaths.some((path) => isWithin(path, mount.path)))
    .flatMap((mount) => {
      const other = persistent.find((one) => one !== mount && one.writable && sharesContent(one, mount));
      return other ? [{ mount, other }] : [];
    })
    .map(({ mount, other }) => ({
      rule: 'writable-mount',
      level: required ? 'error' : 'note',
      path: mount.path,
      message: `What is mounted at ${mount.path} is mounted writable at ${other.path} as well, and can be changed there ${LAYER_WORDS[seen.layer]}.`,
      fix: `Mount ${other.path} read-only too, or something else there.`,
      location: null,
    }));
}

function sharesContent(one: MountRequest, other: MountRequest): boolean {
  if (one.kind !== other.kind) return false;
  return (
    one.source === other.source ||
    (one.kind === 'bind' && (isWithin(one.source, other.source) || isWithin(other.source, one.source)))
  );
}

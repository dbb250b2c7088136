import type { LayerEvidence, MountRequest } from '../evidence.js';
import type { AttackResult, Mount } from '../observation.js';
import { isWithin } from '../places.js';

/** The mount that holds `path`: the longest, and among equals the last, which lies on top. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    if (isWithin(path, mount.path) && (best === null || mount.path.length >= best.path.length)) best = mount;
  }
  return best;
}

/** What a mount is, in the words of whoever asked for it. */
export interface Origin {
  readonly kind: 'root' | 'tmpfs' | 'volume' | 'bind' | 'other';
  readonly path: string;
  readonly request: MountRequest | null;
}

export function originOf(seen: LayerEvidence, result: AttackResult, path: string): Origin {
  const mount = mountOf(result.mounts, path);
  if (mount === null || mount.path === '/') return { kind: 'root', path: '/', request: null };
  const request = seen.mounts.find((one) => one.path === mount.path) ?? null;
  if (request) return { kind: request.kind, path: mount.path, request };
  return { kind: mount.type === 'tmpfs' ? 'tmpfs' : 'other', path: mount.path, request: null };
}

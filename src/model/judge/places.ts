import type { LayerEvidence } from '../evidence.js';
import { isWithin } from '../places.js';
import type { Finding } from '../report.js';
import type { Policy } from '../target.js';
import { mountOf } from './mounts.js';
import { describeSurface } from './surface.js';

/** Places beside the protected paths: those that nobody declared, and exceptions that nobody needs. */
export function judgePlaces(seen: LayerEvidence, policy: Policy): Finding[] {
  return seen.layer === 'read-only' ? [...unexpected(seen), ...unused(seen, policy)] : [];
}

/** Under a protected path such a place is a violation already; elsewhere it is a surprise. */
function unexpected(seen: LayerEvidence): Finding[] {
  return describeSurface(seen, 0)
    .filter((place) => !place.expected && seen.places.protector(place.path) === null)
    .map((place) => ({
      rule: 'unexpected-place',
      level: 'warning',
      path: place.path,
      message: `${place.path} (${place.kind}) can be written to, and nothing declares it${place.executable ? '; programs put there can be run' : ''}.`,
      fix: `If it is meant so, declare it (\`tmpfs\`, \`volumes\`); otherwise remove the VOLUME or the mount.`,
      location: null,
    }));
}

/** An exception that nothing needs any more only makes it easier to overlook the next hole. */
function unused(seen: LayerEvidence, policy: Policy): Finding[] {
  const result = seen.attacks[0]?.result;
  // Where modes have to do, what an exception is for is not seen here; and an exception for a link is for its target.
  if (!result || policy.require.includes('permissions') || !mountOf(result.mounts, '/')?.readOnly) return [];
  return policy.allowWritable
    .map(({ path }) => path)
    .filter((path) => !result.realPaths.some((link) => link.path === path))
    .filter((path) => mountOf(result.mounts, path)?.readOnly !== false)
    .filter((path) => !result.mounts.some((mount) => !mount.readOnly && isWithin(mount.path, path)))
    .map((path) => ({
      rule: 'allowance-unused',
      level: 'note',
      path,
      message: `\`allow-writable\` names ${path}, and nothing writable is mounted there.`,
      fix: 'Take it out of `allow-writable`.',
      location: null,
    }));
}

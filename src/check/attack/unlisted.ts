import type { Container, ExecUser, Helper } from '../../engines/engine.js';
import type { IdentityAttack } from '../../model/evidence.js';
import { sameRights } from '../../model/identity.js';
import type { AttackResult } from '../../model/observation.js';
import { type AttackPlan, attackArguments, PROBE, runProbe } from './probe.js';

/** Bytes of names that are listed at most; more than that stays unlisted. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * A directory that may be entered but not listed hides nothing from somebody who knows the names: root lists
 * it, and the identity attacks by name. What root cannot list either stays unlisted, and is never a pass.
 */
export async function attackUnlisted(
  container: Container,
  helper: Helper,
  plan: AttackPlan,
  done: IdentityAttack,
  as: ExecUser | undefined,
): Promise<IdentityAttack> {
  const { unlisted } = done.result;
  if (unlisted.length === 0) return done;
  try {
    const names = await list(container, helper, joined(unlisted.map(({ raw }) => raw)));
    if (names === null) return done;
    const byName = await runProbe(container, attackArguments(helper, plan, ['--by-name']), as, names);
    if (!sameRights(byName.result.identity, done.result.identity)) return done;
    return { result: { ...merge(done.result, byName.result), unlisted: [] }, ms: done.ms + byName.ms };
  } catch {
    // They stay unlisted, which is never a pass; and what was found before stays found.
    return done;
  }
}

/** Every path below these, NUL-separated, as root sees it; null where that is not all. */
async function list(container: Container, helper: Helper, paths: Uint8Array): Promise<Uint8Array | null> {
  // Names go by standard input: those that are not UTF-8 would become others in an argument vector.
  const listing = container.run([`${helper.directory}/${PROBE}`, 'list', '--stdin'], {
    as: { uid: 0, gid: 0 },
    input: paths,
  });
  const names: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of listing.output) {
    names.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) return null;
  }
  const { exitCode } = await listing.done;
  return exitCode === 0 ? Buffer.concat(names) : null;
}

function joined(paths: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(paths.flatMap((path) => [path, Uint8Array.of(0)]));
}

function merge(a: AttackResult, b: AttackResult): AttackResult {
  return {
    ...a,
    tallies: [...a.tallies, ...b.tallies],
    observations: [...a.observations, ...b.observations],
    links: [...a.links, ...b.links],
    privileged: [...a.privileged, ...b.privileged],
    omitted: a.omitted + b.omitted,
  };
}

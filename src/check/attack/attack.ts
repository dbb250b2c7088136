import type { Container, ExecUser, Execution, Helper } from '../../engines/engine.js';
import { CheckError } from '../../model/errors.js';
import type { IdentityAttack } from '../../model/evidence.js';
import { describeIdentity, type Identity, sameRights } from '../../model/identity.js';
import type { AttackResult } from '../../model/observation.js';
import type { Places } from '../../model/places.js';
import { AttackLines } from './lines.js';

/** The probe's name within the helper directory. */
export const PROBE = 'probe';

/** A container with more identities than this is not one service, and each costs a walk of its own. */
const MOST_IDENTITIES = 16;

export interface AttackPlan {
  readonly protectedPaths: readonly string[];
  readonly places: Places;
  /** Persistent mounts that the user declares writable: nothing is tried in them. */
  readonly untouched: readonly string[];
}

export interface AttackOutcome {
  readonly attacks: readonly IdentityAttack[];
  readonly errors: readonly CheckError[];
}

/** Arguments of the probe for this plan; see probe/README.md. */
export function attackArguments(helper: Helper, plan: AttackPlan, more: readonly string[] = []): string[] {
  const open = [...plan.places.open(), helper.directory, helper.writable].filter(
    (path) => !plan.untouched.includes(path),
  );
  return [
    `${helper.directory}/${PROBE}`,
    'attack',
    ...open.flatMap((path) => ['--skip', path]),
    ...plan.untouched.flatMap((path) => ['--untouched', path]),
    ...more,
    '--',
    ...plan.protectedPaths,
  ];
}

/**
 * Attacks a running container as every identity that its processes have. The first run goes in as the
 * container's own user, which is mostly the one that serves, and tells which others there are; each of those
 * has a run of its own, until no new one is seen.
 */
export async function attack(container: Container, helper: Helper, plan: AttackPlan): Promise<AttackOutcome> {
  const attacks: IdentityAttack[] = [];
  const errors: CheckError[] = [];
  const queue: Identity[] = [];
  const seen: Identity[] = [];
  const meet = (living: readonly Identity[]) => {
    for (const identity of living) {
      if (seen.some((known) => sameRights(known, identity))) continue;
      seen.push(identity);
      queue.push(identity);
    }
  };
  const conclude = async (done: IdentityAttack, as: ExecUser | undefined) => {
    meet(done.result.living);
    if (done.result.idle) return;
    const known = queue.findIndex((identity) => sameRights(identity, done.result.identity));
    if (known >= 0) queue.splice(known, 1);
    if (attacks.some(({ result }) => sameRights(result.identity, done.result.identity))) return;
    attacks.push(await attackUnlisted(container, helper, plan, done, as));
  };

  try {
    await conclude(await once(container, attackArguments(helper, plan, ['--if-living'])), undefined);
    if (seen.length === 0)
      throw new CheckError(
        'probe-unfinished',
        'The probe saw no process in the container, so it is not known whom to attack as. A container that hides /proc cannot be judged.',
      );
    for (let identity = queue.shift(); identity; identity = queue.shift()) {
      if (seen.length > MOST_IDENTITIES) {
        throw new CheckError(
          'identity-not-taken',
          `The container's processes run as more than ${MOST_IDENTITIES} identities. Check the image with fewer workers, or one program a container.`,
        );
      }
      const wanted = identity;
      const taken = await takeOn(container, helper, plan, wanted);
      if (taken) await conclude(taken.attack, taken.as);
      else
        errors.push(
          new CheckError(
            'identity-not-taken',
            `A process of the container runs as ${describeIdentity(wanted)}, and no command can be started in it with exactly these rights, so what it could change is not known. Running the image without dropped capabilities, or as one user, makes it checkable.`,
          ),
        );
    }
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    errors.push(thrown);
  }
  return { attacks, errors };
}

/** The attack by somebody who enters as root, whoever the program runs as. Null where that cannot be tried. */
export async function attackAsRoot(
  container: Container,
  helper: Helper,
  plan: AttackPlan,
): Promise<IdentityAttack | null> {
  try {
    return await once(container, attackArguments(helper, plan), { uid: 0, gid: 0 });
  } catch (thrown) {
    // It is told and not judged: a container that nobody can enter as root has nothing to tell.
    if (thrown instanceof CheckError && thrown.code === 'probe-unfinished') return null;
    throw thrown;
  }
}

/** Reads one run of the probe as the only process of its container. */
export async function attackAlone(execution: Execution): Promise<AttackOutcome> {
  try {
    return { attacks: [await read(execution)], errors: [] };
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    return { attacks: [], errors: [thrown] };
  }
}

/** Becomes exactly `identity`: by the engine, or from root by the probe itself. Null where neither does. */
async function takeOn(
  container: Container,
  helper: Helper,
  plan: AttackPlan,
  identity: Identity,
): Promise<{ attack: IdentityAttack; as: ExecUser } | null> {
  const as = { uid: identity.uid, gid: identity.gid };
  const direct = await once(container, attackArguments(helper, plan), as);
  if (sameRights(direct.result.identity, identity)) return { attack: direct, as };
  const groups = identity.groups.length > 0 ? identity.groups.join(',') : '-';
  const become = ['--as', `${identity.uid}:${identity.gid}:${groups}:${identity.capabilities}`];
  const root = { uid: 0, gid: 0 };
  try {
    const switched = await once(container, attackArguments(helper, plan, become), root);
    return sameRights(switched.result.identity, identity) ? { attack: switched, as } : null;
  } catch (thrown) {
    // Exit code 5: root in this container may not become somebody else.
    if (thrown instanceof CheckError && thrown.code === 'probe-unfinished') return null;
    throw thrown;
  }
}

/**
 * A directory that may be entered but not listed hides nothing from somebody who knows the names: root lists
 * it, and the identity attacks by name. What root cannot list either stays unlisted, and is never a pass.
 */
async function attackUnlisted(
  container: Container,
  helper: Helper,
  plan: AttackPlan,
  done: IdentityAttack,
  as: ExecUser | undefined,
): Promise<IdentityAttack> {
  const { unlisted } = done.result;
  if (unlisted.length === 0) return done;
  const probe = `${helper.directory}/${PROBE}`;
  const listing = container.run([probe, 'list', ...unlisted.map(({ raw }) => Buffer.from(raw).toString('utf8'))], {
    as: { uid: 0, gid: 0 },
  });
  const names: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of listing.output) {
    names.push(chunk);
    size += chunk.length;
    if (size > 256 * 1024 * 1024) return done;
  }
  const { exitCode } = await listing.done;
  // Names that are not UTF-8 cannot be handed over in an argument vector without becoming others.
  const exact = unlisted.every(({ raw }) => Buffer.from(Buffer.from(raw).toString('utf8')).equals(raw));
  if (exitCode !== 0 || !exact) return done;
  const byName = await once(container, attackArguments(helper, plan, ['--by-name']), as, Buffer.concat(names));
  if (!sameRights(byName.result.identity, done.result.identity)) return done;
  return { result: { ...merge(done.result, byName.result), unlisted: [] }, ms: done.ms + byName.ms };
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

async function once(
  container: Container,
  argv: readonly string[],
  as?: ExecUser,
  input?: Uint8Array,
): Promise<IdentityAttack> {
  return read(container.run(argv, { ...(as ? { as } : {}), ...(input ? { input } : {}) }));
}

async function read(execution: Execution): Promise<IdentityAttack> {
  const start = performance.now();
  const lines = new AttackLines();
  const { exitCode, stderr } = await finish(execution, lines);
  if (exitCode !== 0) {
    const said = stderr.trim().split('\n').slice(-3).join(' ').slice(-500);
    throw new CheckError(
      'probe-unfinished',
      `The probe did not finish in the container: exit code ${exitCode}${said ? `, ${said}` : ''}. What it did not try counts as not protected; check whether the container was ended, or forbids executing programs.`,
    );
  }
  return { result: lines.result(), ms: performance.now() - start };
}

async function finish(execution: Execution, lines: AttackLines): Promise<Awaited<Execution['done']>> {
  try {
    for await (const chunk of execution.output) lines.add(chunk);
    return await execution.done;
  } catch (thrown) {
    // The stream of a program that was ended breaks before `done` tells why.
    const cause = await execution.done.then(() => thrown).catch((why: unknown) => why);
    throw new CheckError(
      'probe-unfinished',
      `The probe did not finish in the container: ${cause instanceof Error ? cause.message : cause}. What it did not try counts as not protected.`,
      { cause },
    );
  }
}

import type { Container, ExecUser, Execution, Helper } from '../../engines/engine.js';
import { CheckError } from '../../model/errors.js';
import type { IdentityAttack } from '../../model/evidence.js';
import { describeIdentity, type Identity, sameRights } from '../../model/identity.js';
import { type AttackPlan, attackArguments, ProbeRun, runProbe } from './probe.js';
import { attackUnlisted } from './unlisted.js';

/** A container with more identities than this is not one service, and each costs a walk of its own. */
const MOST_IDENTITIES = 16;

export interface AttackOutcome {
  readonly attacks: readonly IdentityAttack[];
  readonly errors: readonly CheckError[];
}

/**
 * Attacks a running container as every identity that its processes have. The first run goes in as the container's own
 * user, which is mostly the one that serves, and tells which others there are; each of those has a run of its own.
 * Then `ask` asks the program again while the first run watches who lives, so that a worker that lives for one
 * request is seen too. Whoever is new is attacked as well, and it is asked once more.
 */
export async function attack(
  container: Container,
  helper: Helper,
  plan: AttackPlan,
  ask: () => Promise<void>,
): Promise<AttackOutcome> {
  const campaign = new Campaign(container, helper, plan);
  const first = new ProbeRun(
    container.run(attackArguments(helper, plan, container.ownUserCounts ? ['--watch'] : ['--if-living', '--watch']), {
      input: 'open',
    }),
  );
  const whole = await campaign.keepErrors(async () => {
    const { self, living, idle } = await first.attacked();
    if (living.length === 0) {
      throw new CheckError(
        'probe-unfinished',
        'The probe saw no process in the container, so it is not known whom to attack as. A container that hides /proc cannot be judged.',
      );
    }
    if (self && !idle) campaign.leaveOut(self);
    await campaign.attackAll(living);
    await ask();
  });
  // What the first run found to be changeable is so, whatever became of the others.
  if (whole || first.isWatching) {
    await campaign.keepErrors(async () => {
      const watched = await first.finish();
      await campaign.conclude(watched, undefined, 'first');
      if (await campaign.attackAll(watched.result.living)) await ask();
    });
  }
  return campaign;
}

/** The attack by somebody who enters as root, whoever the program runs as. Null where that cannot be tried. */
export async function attackAsRoot(
  container: Container,
  helper: Helper,
  plan: AttackPlan,
): Promise<IdentityAttack | null> {
  try {
    return await runProbe(container, attackArguments(helper, plan), { uid: 0, gid: 0 });
  } catch (thrown) {
    // It is told and not judged: a container that nobody can enter as root has nothing to tell.
    if (thrown instanceof CheckError && thrown.code === 'probe-unfinished') return null;
    throw thrown;
  }
}

/** Reads one run of the probe as the only process of its container. */
export async function attackAlone(execution: Execution): Promise<AttackOutcome> {
  try {
    return { attacks: [await new ProbeRun(execution).finish()], errors: [] };
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    return { attacks: [], errors: [thrown] };
  }
}

/** The attacks on one container, one an identity. */
class Campaign implements AttackOutcome {
  readonly attacks: IdentityAttack[] = [];
  readonly errors: CheckError[] = [];
  readonly #container: Container;
  readonly #helper: Helper;
  readonly #plan: AttackPlan;
  /** Those that were tried, whatever came of it. */
  readonly #tried: Identity[] = [];

  constructor(container: Container, helper: Helper, plan: AttackPlan) {
    this.#container = container;
    this.#helper = helper;
    this.#plan = plan;
  }

  /** Keeps what could not be told. Whether all could be. */
  async keepErrors(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof CheckError)) throw thrown;
      this.errors.push(thrown);
      return false;
    }
  }

  /** This one attacks already. */
  leaveOut(identity: Identity): void {
    this.#tried.push(identity);
  }

  /** Keeps what a run found, and attacks by name what it could not list. */
  async conclude(done: IdentityAttack, as: ExecUser | undefined, place: 'first' | 'last'): Promise<void> {
    if (done.result.idle) return;
    const whole = await attackUnlisted(this.#container, this.#helper, this.#plan, done, as);
    if (place === 'first') this.attacks.unshift(whole);
    else this.attacks.push(whole);
  }

  /** Attacks as each of these that was not tried yet, and as whoever is seen meanwhile. Whether there was any. */
  async attackAll(living: readonly Identity[]): Promise<boolean> {
    const queue = [...living];
    let any = false;
    for (let identity = queue.shift(); identity; identity = queue.shift()) {
      const wanted = identity;
      if (this.#tried.some((known) => sameRights(known, wanted))) continue;
      this.#tried.push(wanted);
      if (this.#tried.length > MOST_IDENTITIES) {
        throw new CheckError(
          'identity-not-taken',
          `The container's processes run as more than ${MOST_IDENTITIES} identities. Check the image with fewer workers, or one program a container.`,
        );
      }
      any = true;
      const taken = await this.#takeOn(wanted);
      if (taken) {
        await this.conclude(taken.attack, taken.as, 'last');
        queue.push(...taken.attack.result.living);
      } else {
        this.errors.push(
          new CheckError(
            'identity-not-taken',
            `A process of the container runs as ${describeIdentity(wanted)}, and no command can be started in it with exactly these rights, so what it could change is not known. Running the image without dropped capabilities, or as one user, makes it checkable.`,
          ),
        );
      }
    }
    return any;
  }

  /** Becomes exactly `identity`: by the engine, or from root by the probe itself. Null where neither does. */
  async #takeOn(identity: Identity): Promise<{ attack: IdentityAttack; as: ExecUser } | null> {
    const as = { uid: identity.uid, gid: identity.gid };
    const direct = await runProbe(this.#container, attackArguments(this.#helper, this.#plan), as);
    if (sameRights(direct.result.identity, identity)) return { attack: direct, as };
    const groups = identity.groups.length > 0 ? identity.groups.join(',') : '-';
    const become = ['--as', `${identity.uid}:${identity.gid}:${groups}:${identity.capabilities}`];
    try {
      const argv = attackArguments(this.#helper, this.#plan, become);
      const switched = await runProbe(this.#container, argv, { uid: 0, gid: 0 });
      return sameRights(switched.result.identity, identity) ? { attack: switched, as } : null;
    } catch (thrown) {
      // Exit code 5: root in this container may not become somebody else.
      if (thrown instanceof CheckError && thrown.code === 'probe-unfinished') return null;
      throw thrown;
    }
  }
}

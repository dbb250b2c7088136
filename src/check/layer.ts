import type { Container, Engine, Helper, Image } from '../engines/engine.js';
import { asCheckError, CheckError } from '../model/errors.js';
import type { IdentityAttack, LayerEvidence } from '../model/evidence.js';
import { describeIdentity } from '../model/identity.js';
import type { AttackResult, Change, SmokeResult } from '../model/observation.js';
import { isBelow, isWithin, type Place, Places, policyPlaces } from '../model/places.js';
import { sumTallies } from '../model/tally.js';
import type { Layer, RunSettings, Target } from '../model/target.js';
import { type AttackOutcome, attack, attackAlone, attackAsRoot } from './attack/attack.js';
import { type AttackPlan, attackArguments } from './attack/probe.js';
import type { Progress } from './check.js';
import { hintAt } from './hint.js';
import { Life } from './life.js';
import { prepareToAsk, smokeTest } from './smoke/smoke.js';
import type { Stopwatch } from './stopwatch.js';

export interface LayerTask {
  readonly target: Target;
  readonly run: RunSettings;
  readonly port: number | null;
  readonly image: Image;
  readonly helper: Helper;
  readonly engine: Engine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly watch: Stopwatch;
}

/** One layer, in order: start, smoke test, attack, smoke test again, drift. What could not be told is an error in the evidence. */
export async function checkLayer(layer: Layer, task: LayerTask): Promise<LayerEvidence> {
  const { watch, progress } = task;
  progress.group(
    layer === 'read-only' ? 'Read-only root filesystem' : 'Permissions alone (writable root filesystem, no tmpfs)',
  );
  try {
    return layer === 'permissions'
      ? await watch.time('permissions', () => through(layer, task))
      : await through(layer, task);
  } finally {
    progress.end();
  }
}

async function through(layer: Layer, task: LayerTask): Promise<LayerEvidence> {
  const { target, image, helper, engine, progress, watch } = task;
  const root = layer === 'read-only' ? 'read-only' : 'writable';
  const timed = <T>(phase: 'start' | 'smoke' | 'attack', work: () => Promise<T>): Promise<T> =>
    layer === 'read-only' ? watch.time(phase, work) : work();

  const starting = timed('start', () => engine.start(image, task.run, root, helper));
  // The engine takes its time, and we take the time to load what asks.
  const loading = target.smokeTests.length > 0 ? prepareToAsk() : null;
  await using container = await starting;
  await loading;
  await using life = new Life(container);
  const smoke: SmokeResult[] = [];
  const errors: CheckError[] = [];

  const program = {
    address: (port: number) => container.address(port),
    isOver: () => life.isOver(),
    check: () => life.check(),
    exitCode: () => life.exitCode,
    health: () => life.health(),
  };
  const asking = { target, port: task.port, program, signal: task.signal, timeout: target.startupTimeout * 1000 };
  const before = await timed('smoke', () => smokeTest(layer, 'before-attack', asking));
  tell(progress, before);
  const failed = before.some((result) => !result.passed);
  for (const [index, result] of before.entries()) {
    const asked = target.smokeTests[index];
    // An answer, be it the wrong one, is no question of who listens where.
    const hint =
      asked && !result.passed && result.status === null && !life.isOver()
        ? await hintAt(container, helper, asked.request.port ?? task.port)
        : null;
    smoke.push(hint ? { ...result, reason: `${result.reason ?? ''} ${hint}`.trim() } : result);
  }

  const { places, untouched, inside } = await decidePlaces(container, task);
  let drift = layer === 'permissions' ? await container.changes() : [];
  await helper.ready;
  // A program that has just answered runs; any other is looked at.
  const answered = !failed && target.smokeTests.length > 0 && target.expectExit === null;
  let alone = !answered && (await life.check()) !== null;
  const plan = { protectedPaths: [...target.policy.protectedPaths, ...inside], places, untouched };
  let after: SmokeResult[] | null = null;
  const askAgain = async () => {
    const again = await timed('smoke', () =>
      smokeTest(layer, 'after-attack', failed ? { ...asking, timeout: 1 } : asking),
    );
    // Asked twice, an answer that was wrong once is wrong.
    after =
      after === null ? again : again.map((result, index) => (after?.[index]?.passed === false ? after[index] : result));
  };
  const entering = layer === 'read-only' && !alone ? attackAsRoot(container, helper, plan) : null;
  entering?.catch(() => {});
  const attacked = await timed('attack', async () => {
    const outcome = alone ? await byItself(task, root, plan) : await attack(container, helper, plan, askAgain);
    if (alone || outcome.errors.length === 0 || (await life.check()) === null) return outcome;
    // It ended before or while the probe was in it.
    alone = true;
    return byItself(task, root, plan);
  });
  if (!alone && after === null) await askAgain();
  for (const one of attacked.attacks) tellAttack(progress, one);
  const again: SmokeResult[] = alone ? [] : (after ?? []);
  tell(progress, again);
  // What failed before is told once; that it still fails says nothing new.
  smoke.push(...again.filter((result, index) => before[index]?.passed !== false || result.passed));
  const entered = await enteredAsRoot(attacked, entering, () => attackAsRoot(container, helper, plan), alone);
  errors.push(...attacked.errors, ...attacked.attacks.flatMap(({ result }) => missing(result, entered, container)));

  const [changed, over] = await Promise.all([layer === 'read-only' ? container.changes() : drift, life.check()]);
  drift = changed;
  // A job's end is one of its smoke tests.
  const ended = target.expectExit === null ? over : null;
  if (failed || ended !== null) await showLogs(container, progress);
  return {
    layer,
    smoke,
    attacks: attacked.attacks,
    entered,
    alone,
    drift: ownChanges(drift, container, helper, attacked.attacks),
    mounts: container.mounts,
    places,
    powers: container.powers,
    rootReadOnly: container.rootReadOnly,
    ended,
    errors,
  };
}

/** Which places may be changeable in this layer: what the policy names, what the run mounts, what the engine provides. */
async function decidePlaces(
  container: Container,
  { target, engine, image }: LayerTask,
): Promise<{ places: Places; untouched: string[]; inside: string[] }> {
  const { protectedPaths, allowWritable } = target.policy;
  const declared: Place[] = engine.capabilities.provided.map((path) => ({ path, kind: 'provided' }));
  const untouched: string[] = [];
  /** Mounts that nothing opens, inside places that are open: they count as what they are, not as what holds them. */
  const inside: string[] = [];
  for (const mount of container.mounts) {
    if (!mount.writable) continue;
    const allowed = allowWritable.some(({ path }) => isWithin(mount.path, path));
    if (mount.declared && mount.kind === 'tmpfs') declared.push({ path: mount.path, kind: 'declared-tmpfs' });
    else if (mount.declared && allowed) untouched.push(mount.path);
    else if (mount.declared && !(await engine.holds(image, mount.path))) {
      declared.push({ path: mount.path, kind: 'declared-mount' });
      untouched.push(mount.path);
    } else if (!allowed && protectedPaths.some((path) => isBelow(mount.path, path))) inside.push(mount.path);
  }
  declared.push(...inside.map((path): Place => ({ path, kind: 'protected' })));
  const places = new Places([...policyPlaces(protectedPaths, allowWritable), ...declared]);
  // A protected path at or below a declared mount wins over it, and then it is attacked like any other.
  return {
    places,
    inside,
    untouched: untouched.filter((path) => places.mayChange(path) && !protectedPaths.some((one) => isWithin(one, path))),
  };
}

async function byItself(task: LayerTask, root: 'read-only' | 'writable', plan: AttackPlan): Promise<AttackOutcome> {
  const { engine, image, run, helper } = task;
  try {
    await using container = await engine.alone(image, run, root, helper, attackArguments(helper, plan));
    return await attackAlone(container.execution);
  } catch (thrown) {
    return { attacks: [], errors: [asCheckError(thrown)] };
  }
}

/** What root finds: in its own right, or where another identity cannot tell whether a protected path exists. */
async function enteredAsRoot(
  { attacks }: AttackOutcome,
  entering: Promise<IdentityAttack | null> | null,
  enter: () => Promise<IdentityAttack | null>,
  alone: boolean,
): Promise<IdentityAttack | null> {
  if (alone || attacks.some(({ result }) => result.identity.uid === 0)) return null;
  if (entering) return entering;
  return attacks.some(({ result }) => result.unknown.length > 0) ? enter() : null;
}

function missing(result: AttackResult, entered: IdentityAttack | null, container: Container): CheckError[] {
  const unseen = result.unknown.filter((path) => entered?.result.missing.includes(path));
  return [...result.missing, ...unseen].map((path) => {
    const over = container.mounts.find((mount) => mount.kind === 'tmpfs' && isWithin(path, mount.path));
    const why = over
      ? `the tmpfs at ${over.path} hides what the image holds there. Mount it deeper, or protect another path.`
      : 'the container has nothing at this path. Check its spelling, or take it out of "protected-paths".';
    return new CheckError('protected-path-missing', `The protected path ${path} does not exist: ${why}`);
  });
}

/** What the container itself changed: the mount points that were made for the check, and the way to them, left out. */
function ownChanges(
  changes: readonly Change[],
  container: Container,
  helper: Helper,
  attacks: readonly IdentityAttack[],
): Change[] {
  const mounted = [
    helper.directory,
    helper.writable,
    ...container.mounts.map(({ path }) => path),
    ...attacks.flatMap(({ result }) => result.mounts.map(({ path }) => path)),
  ].filter((path) => path !== '/');
  const own = changes.filter(
    ({ path, change }) => !mounted.some((mount) => path === mount || (change !== 'deleted' && isWithin(mount, path))),
  );
  // A directory counts as changed for what changed in it, and that is told by itself.
  const parents = new Set(own.map(({ path }) => path.slice(0, path.lastIndexOf('/')) || '/'));
  return own.filter(({ path, change }) => change !== 'changed' || !parents.has(path));
}

function tell(progress: Progress, results: readonly SmokeResult[]): void {
  for (const result of results) {
    const when = result.phase === 'after-attack' ? ' (after the attack)' : '';
    const how = result.passed
      ? `passed after ${result.attempts} ${result.attempts === 1 ? 'try' : 'tries'}, ${result.ms} ms`
      : `failed: ${result.reason ?? ''}`;
    progress.info(`${result.test}${when}: ${how}`);
  }
}

function tellAttack(progress: Progress, { result, ms }: IdentityAttack): void {
  const { attempts, succeeded } = sumTallies(result.tallies);
  progress.info(
    `Attack as ${describeIdentity(result.identity)}: ${attempts} attempts in ${Math.round(ms)} ms, ${succeeded} succeeded`,
  );
}

async function showLogs(container: Container, progress: Progress): Promise<void> {
  const logs = Buffer.from(await container.logs(20).catch(() => new Uint8Array()))
    .toString('utf8')
    .trimEnd();
  if (logs !== '') {
    progress.info('The last lines of its log:');
    progress.foreign(logs);
  }
}

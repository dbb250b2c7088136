import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, type Progress } from './check/check.js';
import { unread } from './check/compose.js';
import { parseSmokeTest } from './check/smoke/curl.js';
import { parseExpectation, parseStatus } from './check/smoke/expectation.js';
import { shellWords } from './check/smoke/words.js';
import type { Engine } from './engines/engine.js';
import { type EngineOptions, openEngine } from './engines/index.js';
import { help } from './inputs/help.js';
import { type Publishing, type RawInputs, readPublishing, readSettings, type Settings } from './inputs/read.js';
import { fromArguments, fromEnvironment } from './inputs/sources.js';
import type { ForeignParsers } from './inputs/spec.js';
import { asCheckError, CheckError } from './model/errors.js';
import { type Report, type TargetReport, type Verdict, worstVerdict } from './model/report.js';
import { actionsLog, heldLog, type Log, plainLog } from './platform/log.js';
import { ProbeDamaged, readProbe } from './platform/probe.js';
import { type ReportFiles, writeReport } from './reporters/json.js';

/** Loaded when first needed: a command line never needs it, a step only once its engine is at work. */
const workflow = () => import('./platform/workflow.js');

const FOREIGN: ForeignParsers = {
  words: shellWords,
  smokeTest: parseSmokeTest,
  expectation: parseExpectation,
  status: parseStatus,
};

/** Exit status of the CLI, by verdict. */
const EXIT: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, error: 2 };

/** Where a run happens, and how it is told. */
interface Stage {
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which this program is installed, with `probe/` in it. */
  readonly home: URL;
  readonly inWorkflow: boolean;
}

/** A workflow step. Gives the exit status of the process. */
export async function runAction(home: URL): Promise<number> {
  const stage: Stage = {
    log: actionsLog((text) => process.stdout.write(text)),
    env: process.env,
    home,
    inWorkflow: true,
  };
  const { verdict, publishing } = await conduct(fromEnvironment(process.env), stage);
  return verdict !== 'pass' && publishing.failOn === 'fail' ? 1 : 0;
}

/** A command line. Gives the exit status: 0 pass, 1 fail, 2 error. */
export async function runCommandLine(home: URL, argv: readonly string[]): Promise<number> {
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const stage: Stage = {
    log: plainLog((text) => process.stderr.write(text), colour),
    env: process.env,
    home,
    inWorkflow: false,
  };
  try {
    const line = fromArguments(argv);
    switch (line.kind) {
      case 'help':
        process.stdout.write(help());
        return 0;
      case 'version':
        process.stdout.write(`${__VERSION__}\n`);
        return 0;
      case 'check':
        return EXIT[(await conduct(line.raw, stage)).verdict];
    }
  } catch (thrown) {
    stage.log.error(asCheckError(thrown).message);
    return EXIT.error;
  }
}

/** The step's post phase: whatever a step that was killed left behind is removed. */
export async function runCleanup(): Promise<number> {
  const log = actionsLog((text) => process.stdout.write(text));
  const { savedState } = await workflow();
  const run = savedState('run');
  const name = savedState('engine');
  if (!run || !name) return 0;
  const left = await openEngine(name, { run, signal: new AbortController().signal }).removeAll();
  for (const what of left) log.warning(`Could not be removed: ${what}`);
  return 0;
}

/** From the inputs to the end: read, check, and tell while what was made is removed. */
async function conduct(raw: RawInputs, stage: Stage): Promise<{ verdict: Verdict; publishing: Publishing }> {
  const startedAt = new Date().toISOString();
  let publishing: Publishing | null = null;
  let target: TargetReport;
  let removal: Promise<void> = Promise.resolve();
  try {
    const settings = readSettings(raw, FOREIGN);
    publishing = settings.publishing;
    ({ target, removal } = await runCheck(settings, stage));
  } catch (thrown) {
    target = unread(raw.name ?? raw.image ?? 'image', raw.engine ?? 'docker', asCheckError(thrown));
  }
  publishing ??= readPublishing(raw, FOREIGN);
  const report: Report = {
    schemaVersion: 1,
    tool: { name: 'immutable-check', version: __VERSION__ },
    run: describeRun(stage.env, startedAt),
    verdict: worstVerdict([target.verdict]),
    targets: [target],
  };
  await Promise.all([publish(report, publishing, stage), removal]);
  return { verdict: report.verdict, publishing };
}

/** Checks, and gives the report as soon as it is there; `removal` is done when nothing of the check is left. */
async function runCheck({ target }: Settings, stage: Stage): Promise<{ target: TargetReport; removal: Promise<void> }> {
  const cancelling = new AbortController();
  const options: EngineOptions = { run: randomUUID().slice(0, 13), signal: cancelling.signal };
  const engine = openEngine(target.engine, options);
  const cancel = (name: NodeJS.Signals) => {
    stage.log.warning(`${name}: the check is cancelled, and what it made is removed.`);
    cancelling.abort(new CheckError('cancelled', `The check was cancelled (${name}).`));
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.on(signal, cancel);
  const report = await check(target, {
    engine,
    progress: progressOn(stage.log),
    signal: cancelling.signal,
    announce: async () => {
      // The post phase finds what is made, whatever happens to this process.
      if (stage.inWorkflow) (await workflow()).saveStates({ run: options.run, engine: engine.name });
    },
    probe: (platform) => probe(stage.home, platform),
  });
  const removal = sweep(engine, stage.log, cancelling.signal).finally(() => {
    for (const signal of signals) process.off(signal, cancel);
  });
  return { target: report, removal };
}

/** Waits until nothing is left, and says what would not go. */
async function sweep(engine: Engine, log: Log, signal: AbortSignal): Promise<void> {
  let left = await engine.close();
  // A call that was cut off may still be carried out by the engine after its client is gone.
  for (let round = 0; signal.aborted && round < 2; round++) {
    await sleep(500);
    left = await engine.removeAll();
  }
  for (const what of left) log.warning(`Could not be removed: ${what}`);
}

async function probe(home: URL, platform: string): Promise<Uint8Array> {
  try {
    return await readProbe(new URL('probe/', home), platform);
  } catch (thrown) {
    if (thrown instanceof ProbeDamaged) throw new CheckError('probe-damaged', thrown.message, { cause: thrown });
    throw thrown;
  }
}

function progressOn(log: Log): Progress {
  return {
    ...log,
    beside: () => {
      const held = heldLog(log);
      return { ...progressOn(held), flush: held.flush };
    },
  };
}

function describeRun(env: NodeJS.ProcessEnv, startedAt: string): Report['run'] {
  const { GITHUB_REPOSITORY: repository, GITHUB_SHA: commit, GITHUB_RUN_ID: id, GITHUB_SERVER_URL: server } = env;
  if (!repository || !commit || !id) return null;
  return { repository, commit, url: `${server ?? 'https://github.com'}/${repository}/actions/runs/${id}`, startedAt };
}

/** Tells the report everywhere. What fails here is a warning, and changes no verdict. */
async function publish(report: Report, publishing: Publishing, stage: Stage): Promise<void> {
  const { log, inWorkflow } = stage;
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (thrown) {
      log.warning(`${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      return null;
    }
  };
  const { terminal } = await import('./reporters/terminal.js');
  const colour = !inWorkflow && process.stdout.isTTY === true && !stage.env.NO_COLOR;
  process.stdout.write(terminal(report, colour));
  const files = await attempt('The report could not be written', () => writeReport(report, publishing.reportDir));
  const [comment] = await Promise.all([
    stage.env.GITHUB_REPOSITORY
      ? attempt('The comment could not be made', () => sendComment(report, publishing, stage))
      : null,
    inWorkflow && stage.env.GITHUB_STEP_SUMMARY
      ? attempt('The job summary could not be written', async () => {
          const { writeJobSummary } = await import('./reporters/job-summary.js');
          const { appendSummary } = await workflow();
          await writeJobSummary(report, appendSummary);
        })
      : null,
  ]);
  if (inWorkflow) {
    await attempt('The outputs could not be set', async () =>
      (await workflow()).setOutputs(outputs(report, publishing, files, comment ?? '')),
    );
    if (report.verdict !== 'pass') sayWhy(report, log);
  } else if (files) log.info(`Report: ${files.json}`);
}

async function sendComment(report: Report, publishing: Publishing, { env, log, inWorkflow }: Stage): Promise<string> {
  if (publishing.comment === 'never') return '';
  const token = publishing.token ?? env.GITHUB_TOKEN ?? '';
  if (token === '') {
    log.info('No pull request comment: there is no token.');
    return '';
  }
  if (inWorkflow) (await workflow()).maskSecret(token);
  const [{ publishComment }, { markdown }] = await Promise.all([
    import('./reporters/pull-request.js'),
    import('./reporters/markdown.js'),
  ]);
  const id = Number(env.GITHUB_RUN_ID);
  const key =
    publishing.commentKey ?? [env.GITHUB_WORKFLOW, env.GITHUB_JOB, report.targets[0]?.name].filter(Boolean).join(' / ');
  const result = await publishComment(
    {
      key,
      body: markdown(report),
      verdict: report.verdict,
      policy: publishing.comment,
      run: id > 0 ? { id, attempt: Number(env.GITHUB_RUN_ATTEMPT) || 1 } : null,
    },
    {
      open: async () => (await import('./platform/github.js')).openPullRequests(env, token),
      pause: () => sleep(2000),
    },
  );
  switch (result.kind) {
    case 'created':
    case 'updated':
    case 'unchanged':
      log.info(`Pull request comment ${result.kind}: ${result.url}`);
      return result.url;
    case 'none':
      log.info(`No pull request comment: ${result.reason}.`);
      return '';
    case 'skipped':
      log.warning(result.warning);
      return '';
  }
}

function outputs(
  report: Report,
  publishing: Publishing,
  files: ReportFiles | null,
  commentUrl: string,
): Record<string, string> {
  const sum = (of: (target: TargetReport) => number) =>
    String(report.targets.reduce((total, target) => total + of(target), 0));
  return {
    verdict: report.verdict,
    'image-id': report.targets[0]?.image.id ?? '',
    digest: report.targets[0]?.image.digest ?? '',
    attempts: sum((target) => target.attack.reduce((total, { attempts }) => total + attempts, 0)),
    violations: sum((target) => target.findings.filter(({ level }) => level === 'error').length),
    report: files ? resolve(files.json) : '',
    'report-dir': resolve(publishing.reportDir),
    'comment-url': commentUrl,
  };
}

/** The reasons once more, as annotations: what the job's page shows without opening the log. */
function sayWhy(report: Report, log: Log): void {
  for (const target of report.targets) {
    const broken = target.findings.filter(({ level }) => level === 'error');
    // GitHub keeps ten annotations of a level a step.
    for (const finding of broken.slice(0, 9)) log.error(`${target.name}: ${finding.message}`);
    if (broken.length > 9) log.error(`${target.name}: ${broken.length - 9} more findings in the report.`);
    if (broken.length === 0 && target.error) log.error(`${target.name}: ${target.error.message}`);
  }
}

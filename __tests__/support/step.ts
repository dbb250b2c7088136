import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Report, TargetReport } from '../../src/model/report.js';
import type { GitHubServer } from './github-server.js';
import { type Heard, listen } from './runner.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder that users get; IMMUTABLE_CHECK_DIST is another build of it, while somebody else builds this one. */
export const dist = process.env.IMMUTABLE_CHECK_DIST ?? join(root, 'dist');
export const node = process.execPath;

export interface StepSettings {
  /** Where the pull request is; without one there is neither a token nor a pull request. */
  readonly github?: GitHubServer;
  /** What GITHUB_EVENT_PATH holds and GITHUB_EVENT_NAME says; by default a pull request, number 7. */
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** More variables, or other values. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that are searched for programs before all others. */
  readonly path?: readonly string[];
  /** What the workspace holds, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** The installed program, where it is not dist/ itself. */
  readonly home?: string;
  /** Called once the step runs. What it started is over when it returns. */
  readonly meanwhile?: (running: RunningStep) => Promise<void>;
}

export interface RunningStep {
  readonly pid: number;
  /** What it printed by now. */
  log(): string;
  /** Resolves when the log holds this text; rejects when the step ends before. */
  says(text: string | RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** This run's containers that run, once there are any whose name holds this text. */
  container(part: string): Promise<string>;
}

export interface Step {
  readonly exitCode: number | null;
  /** Everything printed, standard error too, in order. */
  readonly log: string;
  /** What the runner makes of the log. */
  readonly heard: Heard;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
  /** null: none was written. One that was is valid. */
  readonly report: Report | null;
  readonly markdown: string;
  /** What was there of this run when the step had ended, before its post phase. */
  readonly left: readonly string[];
  /** Milliseconds from the start to the end of the process. */
  readonly ms: number;
  readonly post: { readonly exitCode: number | null; readonly log: string };
  /** Milliseconds from the last signal sent to the end of the process; null where none was sent. */
  readonly msAfterSignal: number | null;
}

/**
 * Runs the step as GitHub starts it: the shipped entry as a process of its own, inputs as variables, and then the
 * post phase with the state that the first wrote. After that nothing of the run may be there: otherwise this rejects.
 */
export async function runStep(inputs: Readonly<Record<string, string>>, settings: StepSettings = {}): Promise<Step> {
  const folder = await mkdtemp(join(tmpdir(), 'immutable-check-step-'));
  try {
    const files = await prepare(folder, settings);
    const env = { ...variables(files, settings), ...named(inputs) };
    const home = settings.home ?? dist;
    const started = performance.now();
    const postPhase = async (state: Readonly<Record<string, string>>) => {
      const saved = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
      return running([join(home, 'cleanup.js')], { ...env, ...saved }, files.workspace);
    };
    const main = await running([join(home, 'index.js')], env, files.workspace, settings.meanwhile, files.state).catch(
      async (error: unknown) => {
        // A test that fails in the middle leaves nothing behind either.
        await postPhase(await assignments(files.state));
        throw error;
      },
    );
    const ms = Math.round(performance.now() - started);
    const state = await assignments(files.state);
    const left = await leftBehind(state.run);
    const post = await postPhase(state);
    const still = await leftBehind(state.run);
    if (still.length > 0) throw new Error(`Left behind after the post phase: ${still.join(', ')}\n${main.log}`);
    const outputs = await assignments(files.output);
    const report = await readReport(outputs.report || join(files.workspace, 'immutable-check-report', 'report.json'));
    return {
      exitCode: main.exitCode,
      log: main.log,
      heard: listen(main.log),
      outputs,
      summary: await readFile(files.summary, 'utf8'),
      state,
      report,
      markdown: outputs['report-dir'] ? await text(join(outputs['report-dir'], 'report.md')) : '',
      left,
      ms,
      post,
      msAfterSignal: main.msAfterSignal,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the command line tool in a folder of its own. */
export async function runCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number | null; stdout: string; stderr: string; report: Report | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'immutable-check-cli-'));
  try {
    const result = await new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
      execFile(
        node,
        [join(dist, 'cli.js'), ...args],
        { cwd: folder, env: { ...basics(), ...env }, maxBuffer: 1 << 26 },
        (error, stdout, stderr) => {
          const code = error ? error.code : 0;
          resolve({ exitCode: typeof code === 'number' ? code : null, stdout, stderr });
        },
      );
    });
    return { ...result, report: await readReport(join(folder, 'immutable-check-report', 'report.json')) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The step's only target. */
export function targetOf(step: { readonly report: Report | null; readonly log?: string }): TargetReport {
  const target = step.report?.targets[0];
  if (!target) throw new Error(`There is no report.\n${step.log ?? ''}`);
  return target;
}

/** Rules of the findings of a level, sorted, each once. */
export function rules(
  step: { readonly report: Report | null },
  level: 'error' | 'warning' | 'note' = 'error',
): string[] {
  const found = targetOf(step).findings.filter((finding) => finding.level === level);
  return [...new Set(found.map(({ rule }) => rule))].sort();
}

/** A `docker` that runs this shell script instead; `$DOCKER` is the real one. Gives the folder for `path`. */
export async function standIn(script: string): Promise<AsyncDisposable & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'immutable-check-docker-'));
  const { stdout } = await run('sh', ['-c', 'command -v docker']);
  await writeFile(join(folder, 'docker'), `#!/bin/bash\nDOCKER=${stdout.trim()}\n${script}\n`);
  await chmod(join(folder, 'docker'), 0o755);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 1 << 26 });
  return stdout.trim();
}

/** Containers, volumes and networks with the label of this run. */
export async function leftBehind(runId: string | undefined): Promise<string[]> {
  if (!runId) return [];
  const filter = ['--filter', `label=immutable-check.run=${runId}`];
  const [containers, volumes, networks] = await Promise.all([
    docker('ps', '--all', '--format', 'container {{.Names}}', ...filter),
    docker('volume', 'ls', '--format', 'volume {{.Name}}', ...filter),
    docker('network', 'ls', '--format', 'network {{.Name}}', ...filter),
  ]);
  return [containers, volumes, networks].flatMap((listed) => listed.split('\n').filter((line) => line !== ''));
}

const schema = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(schema);

async function readReport(path: string): Promise<Report | null> {
  if (!existsSync(path)) return null;
  const report: unknown = JSON.parse(await readFile(path, 'utf8'));
  const described = JSON.parse(await readFile(join(root, 'src', 'model', 'report.schema.json'), 'utf8'));
  const validate = schema.getSchema('report') ?? schema.addSchema(described, 'report').getSchema('report');
  if (!validate?.(report)) {
    const faults = (validate?.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    throw new Error(`The report is not valid:\n${faults.join('\n')}`);
  }
  return report as Report;
}

interface Files {
  readonly workspace: string;
  readonly output: string;
  readonly summary: string;
  readonly state: string;
  readonly event: string;
}

async function prepare(folder: string, { event = pullRequestEvent(), files: held = {} }: StepSettings): Promise<Files> {
  const files = {
    workspace: await mkdtemp(join(folder, 'workspace-')),
    output: join(folder, 'output'),
    summary: join(folder, 'summary'),
    state: join(folder, 'state'),
    event: join(folder, 'event.json'),
  };
  // The runner makes them, empty.
  await Promise.all([files.output, files.summary, files.state].map((file) => writeFile(file, '')));
  for (const [path, content] of Object.entries(held)) await writeFile(join(files.workspace, path), content);
  await writeFile(files.event, JSON.stringify(event.payload));
  return files;
}

function basics(): Record<string, string> {
  const { PATH = '', HOME = '/root', DOCKER_HOST } = process.env;
  return { PATH, HOME, ...(DOCKER_HOST ? { DOCKER_HOST } : {}) };
}

function variables(files: Files, settings: StepSettings): Record<string, string> {
  const base = basics();
  const { github, event = pullRequestEvent() } = settings;
  return {
    ...base,
    PATH: [...(settings.path ?? []), base.PATH].join(':'),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKFLOW: 'Immutable',
    GITHUB_JOB: 'check',
    GITHUB_REPOSITORY: 'octo-org/echo',
    GITHUB_SHA: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: github?.url ?? 'http://127.0.0.1:9',
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKSPACE: files.workspace,
    RUNNER_TEMP: files.workspace,
    ...settings.env,
  };
}

/** As the runner names them: upper case, blanks replaced, hyphens kept. */
function named(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}

/** The part of a `pull_request` event that says which one it is, in GitHub's own shape. */
export function pullRequestEvent(number = 7): { name: string; payload: unknown } {
  const repo = { id: 1, name: 'echo', full_name: 'octo-org/echo', owner: { login: 'octo-org', id: 2 }, private: false };
  const sha = 'ec26c3e57ca3a959ca5aad62de7213c562f8c821';
  return {
    name: 'pull_request',
    payload: {
      action: 'synchronize',
      number,
      pull_request: {
        number,
        state: 'open',
        html_url: `https://github.com/octo-org/echo/pull/${number}`,
        head: { ref: 'feature', sha, label: 'octo-org:feature', repo },
        base: { ref: 'main', sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e', label: 'octo-org:main', repo },
      },
      repository: repo,
      sender: { login: 'octocat', id: 583231, type: 'User' },
    },
  };
}

async function running(
  argv: readonly string[],
  env: Record<string, string>,
  cwd: string,
  meanwhile?: (running: RunningStep) => Promise<void>,
  stateFile?: string,
): Promise<{ exitCode: number | null; log: string; msAfterSignal: number | null }> {
  const child = spawn(node, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let over = false;
  let signalled: number | null = null;
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      over = true;
      for (const listener of listeners) listener();
      resolve(code);
    });
  });
  const exited = new Promise<number>((resolve) => child.once('exit', () => resolve(performance.now())));
  const step: RunningStep = {
    pid: child.pid ?? 0,
    log: () => log,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = typeof wanted === 'string' ? log.includes(wanted) : wanted.test(log);
          if (!found && !over) return;
          listeners.delete(look);
          if (found) resolve();
          else reject(new Error(`The step ended without saying ${wanted}:\n${log}`));
        };
        listeners.add(look);
        look();
      }),
    kill: (signal) => {
      signalled = performance.now();
      child.kill(signal);
    },
    container: async (part) => {
      while (!over) {
        const { run: id } = stateFile ? await assignments(stateFile) : {};
        const filters = ['--filter', `label=immutable-check.run=${id}`, '--filter', `name=${part}`];
        const names = id ? await docker('ps', '--format', '{{.Names}}', ...filters) : '';
        if (names !== '') return names.split('\n')[0] ?? '';
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      throw new Error(`No container ${part} came up.\n${log}`);
    },
  };
  try {
    await meanwhile?.(step);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
  const exitCode = await ended;
  const end = await exited;
  return { exitCode, log, msAfterSignal: signalled === null ? null : Math.round(end - signalled) };
}

/** The runner's files of `NAME=value` and `NAME<<DELIMITER` with lines up to it. */
async function assignments(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const values: Record<string, string> = {};
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (name && delimiter) {
      const end = lines.indexOf(delimiter, at + 1);
      // Not written to its end yet.
      if (end < 0) break;
      values[name] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (line.includes('=')) values[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return values;
}

async function text(path: string): Promise<string> {
  return existsSync(path) ? readFile(path, 'utf8') : '';
}

import type { AllowedPath, BodyExpectation, Layer, SmokeRequest, StatusExpectation } from '../model/target.js';
import * as parse from './parse.js';

/** How an input is written: `list` is one entry a line, and a flag that may be repeated. */
export type InputKind = 'text' | 'list' | 'number' | 'seconds';

/**
 * One input. `parse` is given the text as it was written (a list's entries one by one), never an empty one:
 * an input that is left empty has its default, or null where that is empty too.
 */
export interface InputRow<T = unknown> {
  readonly kind: InputKind;
  /** As written in action.yml, lists with a line an entry. */
  readonly default: string;
  /** Words in place of the default, where it is worked out. */
  readonly derived?: string;
  readonly doc: string;
  readonly parse: (text: string, foreign: ForeignParsers) => T;
}

/** Parsers that stand in other rooms; app.ts hands them in. */
export interface ForeignParsers {
  /** Words as a shell splits them; no shell ever sees them. */
  readonly words: (text: string) => string[];
  readonly smokeTest: (line: string) => SmokeRequest;
  readonly expectation: (line: string) => BodyExpectation;
  readonly status: (text: string) => StatusExpectation;
}

function row<const T>(row: InputRow<T>): InputRow<T> {
  return row;
}

const text = (value: string): string => value;

/** Every input of the action, in the order of the documentation. The CLI has a flag of the same name for each. */
export const INPUTS = {
  name: row({
    kind: 'text',
    default: '',
    derived: 'from the image or Dockerfile',
    doc: "The target's name in reports.",
    parse: text,
  }),
  image: row({
    kind: 'text',
    default: '',
    doc: 'The image to check: tag, digest or image ID; pulled only where it is missing. Empty: build it.',
    parse: imageReference,
  }),
  context: row({ kind: 'text', default: '.', doc: 'Build context.', parse: notAFlag }),
  file: row({ kind: 'text', default: '', derived: '`<context>/Dockerfile`', doc: 'Dockerfile.', parse: text }),
  target: row({ kind: 'text', default: '', doc: 'Build stage.', parse: text }),
  platform: row({
    kind: 'text',
    default: '',
    doc: 'Platform to build, pull and run, such as `linux/arm64`.',
    parse: platform,
  }),
  'build-args': row({
    kind: 'list',
    default: '',
    doc: '`NAME=value`, one a line.',
    parse: (line) => parse.assignment(line, 'the build argument and its value'),
  }),
  'build-options': row({
    kind: 'list',
    default: '',
    doc: 'Any further flag of `docker build`, one a line.',
    parse: (line, foreign) => parse.buildOptions(foreign.words(line)),
  }),
  engine: row({ kind: 'text', default: 'docker', doc: 'The container engine: `docker`.', parse: text }),
  tmpfs: row({
    kind: 'list',
    default: '/run\n/tmp',
    doc: 'Mounts of the read-only layer, as `--tmpfs` takes them: `/etc:rw,noexec,nosuid,size=2g`. They are mounted empty.',
    parse: parse.tmpfs,
  }),
  volumes: row({ kind: 'list', default: '', doc: 'As `-v`: `config:/drouter/config:ro`.', parse: parse.volume }),
  env: row({
    kind: 'list',
    default: '',
    doc: '`NAME=value`, one a line.',
    parse: (line) =>
      parse.assignment(line, 'a variable without a value would be taken from the workflow, tokens included'),
  }),
  user: row({ kind: 'text', default: '', doc: "Overrides the image's `USER`.", parse: notAFlag }),
  command: row({
    kind: 'text',
    default: '',
    doc: "Overrides the image's `CMD`; split as a shell splits words, run by no shell.",
    parse: (line, foreign): readonly string[] => foreign.words(line),
  }),
  'run-options': row({
    kind: 'list',
    default: '',
    doc: 'Any further flag of `docker run`, one a line: `--cap-drop ALL`.',
    parse: (line, foreign) => parse.runOptions(foreign.words(line)),
  }),
  port: row({
    kind: 'number',
    default: '',
    derived: "the image's first exposed TCP port",
    doc: 'The port that the program in the container listens on.',
    parse: (value) => parse.wholeNumber(value, 1, 65535, 'the port that the program in the container listens on'),
  }),
  'smoke-test': row({
    kind: 'list',
    default: '',
    doc: "A `curl …` command, a URL or a path (`/immutable`) a line. `localhost:PORT` means the container's PORT, wherever it was published; without a port, `port`. Empty: the container must still run, and be healthy if it has a HEALTHCHECK, after 3 seconds.",
    parse: (line, foreign) => foreign.smokeTest(line),
  }),
  expect: row({
    kind: 'list',
    default: '',
    doc: 'Line n goes with smoke test n, a single line with all. A line that starts with `{` or `[` is JSON, deep-equal to the body; `/…/` is a regular expression; other text: the body contains it.',
    parse: (line, foreign) => foreign.expectation(line),
  }),
  'expect-status': row({
    kind: 'text',
    default: '2xx',
    doc: '`200`, `2xx`, `200,204,3xx`.',
    parse: (value, foreign) => foreign.status(value),
  }),
  'expect-exit': row({
    kind: 'number',
    default: '',
    doc: 'The program is a job: it must end by itself with this code.',
    parse: (value) => parse.wholeNumber(value, 0, 255, 'the exit code that the program must end with'),
  }),
  'startup-timeout': row({
    kind: 'seconds',
    default: '60',
    doc: 'How long the smoke tests are asked until they pass, in seconds.',
    parse: (value) => parse.wholeNumber(value, 1, 3600, 'seconds that the program has to come up'),
  }),
  'smoke-repeat': row({
    kind: 'number',
    default: '1',
    doc: 'How often each smoke test is asked once it has passed; every answer must pass.',
    parse: (value) => parse.wholeNumber(value, 1, 1000, 'how often each smoke test is asked'),
  }),
  'protected-paths': row({
    kind: 'list',
    default: '/',
    doc: 'Paths that nobody in the container may change.',
    parse: protectedPath,
  }),
  'allow-writable': row({
    kind: 'list',
    default: '',
    doc: 'Exceptions under them: `path` or `path # reason`.',
    parse: (line): AllowedPath => parse.allowedPath(line),
  }),
  layers: row({
    kind: 'text',
    default: 'both',
    doc: 'Which layers are attacked and told: `read-only`, `permissions`, `both`.',
    parse: (value): readonly Layer[] => parse.layers(value),
  }),
  require: row({
    kind: 'text',
    default: 'read-only',
    doc: 'Which layer must protect every path for a `pass`: `read-only`, `permissions`, `both`. It has to be among `layers`.',
    parse: (value): readonly Layer[] => parse.layers(value),
  }),
  'github-token': row({
    kind: 'text',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression that the workflow resolves, as it stands in action.yml.
    default: '${{ github.token }}',
    doc: 'Used for the pull request comment only.',
    parse: text,
  }),
  comment: row({
    kind: 'text',
    default: 'always',
    doc: 'When to comment on the pull request: `always`, `on-failure`, `never`.',
    parse: (value) => parse.oneOf(value, ['always', 'on-failure', 'never'] as const),
  }),
  'comment-key': row({
    kind: 'text',
    default: '',
    derived: "workflow + job + target's name",
    doc: 'One sticky comment a key; matrix legs that share all three give their own.',
    parse: text,
  }),
  'fail-on': row({
    kind: 'text',
    default: 'fail',
    doc: '`fail`: the step fails unless the verdict is `pass`; `never`: it only reports.',
    parse: (value) => parse.oneOf(value, ['fail', 'never'] as const),
  }),
  'report-dir': row({
    kind: 'text',
    default: 'immutable-check-report',
    doc: 'Where the report files go.',
    parse: reportFolder,
  }),
} as const;

export type InputName = keyof typeof INPUTS;

/** What the action gives back, in the order of the documentation. */
export const OUTPUTS = {
  verdict: '`pass`, `fail` or `error`.',
  'image-id': 'The ID of the image that was checked.',
  digest: "The image's digest in its registry; empty for an image that was only built here.",
  attempts: 'How many attempts to change something were made.',
  violations: 'How many findings broke a rule.',
  report: 'Path of `report.json`.',
  'report-dir': 'Path of the folder with all report files.',
  'comment-url': 'URL of the pull request comment; empty where none was made.',
} as const;

function imageReference(value: string): string {
  if (/^-|\s/.test(value))
    throw parse.complaint(
      `is "${value}". It must be a tag, a digest or an image ID, such as registry.example/app:1.2 or sha256:….`,
    );
  return value;
}

function notAFlag(value: string): string {
  if (value.startsWith('-')) throw parse.complaint(`is "${value}". It must not begin with a dash.`);
  return value;
}

function platform(value: string): string {
  if (!/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/.test(value))
    throw parse.complaint(`is "${value}". It must be like linux/amd64 or linux/arm64.`);
  return value;
}

function protectedPath(line: string): string {
  const path = parse.absolutePath(line, '/drouter/config');
  if (/^\/(proc|sys|dev)(\/|$)/.test(path)) {
    throw parse.complaint(
      `has the entry "${line}". /proc, /sys and /dev belong to the engine in every container and cannot be protected by the image.`,
    );
  }
  return path;
}

function reportFolder(value: string): string {
  // actions/upload-artifact leaves out what begins with a dot.
  if (/(^|\/)\.[^./]/.test(value) && process.env.GITHUB_ACTIONS === 'true') {
    throw parse.complaint(
      `is "${value}". Its name must not begin with a dot: actions/upload-artifact would leave it out.`,
    );
  }
  return value;
}

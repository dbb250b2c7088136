import { CheckError } from '../model/errors.js';
import { isWithin } from '../model/places.js';
import type { Target } from '../model/target.js';
import { lines } from './parse.js';
import { type ForeignParsers, INPUTS, type InputName, type InputRow } from './spec.js';

/** What was written, by the input's name; absent and empty mean the same. */
export type RawInputs = Readonly<Partial<Record<InputName, string>>>;

/** What is not about the target but about what to do with its report. */
export interface Publishing {
  readonly token: string | null;
  readonly comment: 'always' | 'on-failure' | 'never';
  readonly commentKey: string | null;
  readonly failOn: 'fail' | 'never';
  readonly reportDir: string;
}

export interface Settings {
  readonly target: Target;
  readonly publishing: Publishing;
}

/** Reads every input, and tells all that is wrong with them in one CheckError. */
export function readSettings(raw: RawInputs, foreign: ForeignParsers): Settings {
  const reader = new Reader(raw, foreign);
  const settings = assemble(reader, raw);
  if (reader.complaints.length > 0) throw new CheckError('bad-input', reader.complaints.join('\n'));
  return settings;
}

/** Only what is needed to report, for a run whose inputs are wrong: what cannot be read has its default. */
export function readPublishing(raw: RawInputs, foreign: ForeignParsers): Publishing {
  return publishing(new Reader(raw, foreign));
}

class Reader {
  readonly complaints: string[] = [];
  readonly #raw: RawInputs;
  readonly #foreign: ForeignParsers;

  constructor(raw: RawInputs, foreign: ForeignParsers) {
    this.#raw = raw;
    this.#foreign = foreign;
  }

  /** The value, or null where the input and its default are empty, or what was written is wrong. */
  one<N extends InputName>(name: N): ReturnType<(typeof INPUTS)[N]['parse']> | null {
    const value = this.#text(name).trim();
    return value === '' ? null : this.#parse(name, value);
  }

  list<N extends InputName>(name: N): ReturnType<(typeof INPUTS)[N]['parse']>[] {
    return lines(this.#text(name)).flatMap((line) => {
      const value = this.#parse(name, line);
      return value === null ? [] : [value];
    });
  }

  complain(message: string): void {
    this.complaints.push(message);
  }

  #text(name: InputName): string {
    const row: InputRow = INPUTS[name];
    const written = this.#raw[name];
    if (written !== undefined && written.trim() !== '') return written;
    // The token's default is an expression that only a workflow can resolve.
    return row.default.startsWith('${{') ? '' : row.default;
  }

  #parse<N extends InputName>(name: N, value: string): ReturnType<(typeof INPUTS)[N]['parse']> | null {
    const row: InputRow = INPUTS[name];
    try {
      return row.parse(value, this.#foreign) as ReturnType<(typeof INPUTS)[N]['parse']>;
    } catch (thrown) {
      if (!(thrown instanceof CheckError)) throw thrown;
      const sentence = /^(is|has) /.test(thrown.message) ? ` ${thrown.message}` : `: ${thrown.message}`;
      this.complain(`Input "${name}"${sentence}`);
      return null;
    }
  }
}

function publishing(reader: Reader): Publishing {
  return {
    token: reader.one('github-token'),
    comment: reader.one('comment') ?? 'always',
    commentKey: reader.one('comment-key'),
    failOn: reader.one('fail-on') ?? 'fail',
    reportDir: reader.one('report-dir') ?? INPUTS['report-dir'].default,
  };
}

function assemble(reader: Reader, raw: RawInputs): Settings {
  const image = reader.one('image');
  const context = reader.one('context') ?? '.';
  const file = reader.one('file');
  const platform = reader.one('platform');
  const smoke = reader.list('smoke-test');
  const expectations = reader.list('expect');
  // Lines that were wrong are complained of by themselves; the numbers are compared as written.
  const written = { smoke: lines(raw['smoke-test'] ?? '').length, expect: lines(raw.expect ?? '').length };
  if (written.expect > 1 && written.expect !== written.smoke) {
    reader.complain(
      `Input "expect" has ${written.expect} lines for ${written.smoke} of "smoke-test". Line n goes with smoke test n: give one line for each, or a single line for all.`,
    );
  }
  if (written.expect > 0 && written.smoke === 0)
    reader.complain(
      'Input "expect" has no "smoke-test" to go with. Say what to ask, such as `curl http://localhost:8080/`.',
    );
  const layers = reader.one('layers') ?? [];
  const require = reader.one('require') ?? [];
  if (layers.length > 0 && require.some((layer) => !layers.includes(layer))) {
    reader.complain(
      `Input "require" asks for "${raw.require ?? 'read-only'}", which "layers" (${layers.join(', ')}) leaves out. Add it to "layers", or require less.`,
    );
  }
  const protectedPaths = unique(reader.list('protected-paths'));
  if (lines(raw['protected-paths'] ?? '/').length === 0 && raw['protected-paths']?.trim())
    reader.complain('Input "protected-paths" names no path, only comments. Name one, or leave it empty to protect /.');
  const allowWritable = reader.list('allow-writable');
  for (const { path } of allowWritable) {
    if (protectedPaths.includes(path))
      reader.complain(`"${path}" stands in "protected-paths" and in "allow-writable". Take it out of one of them.`);
    else if (!protectedPaths.some((one) => isWithin(path, one))) {
      reader.complain(
        `Input "allow-writable" names "${path}", which is under none of "protected-paths" (${protectedPaths.join(', ')}). Leave it out.`,
      );
    }
  }
  const port = reader.one('port');
  const target: Target = {
    name: reader.one('name') ?? deriveName(image, context, file),
    engine: reader.one('engine') ?? 'docker',
    source: image
      ? { kind: 'reference', reference: image, platform }
      : {
          kind: 'build',
          context,
          file,
          target: reader.one('target'),
          platform,
          buildArgs: reader.list('build-args'),
          options: reader.list('build-options').flat(),
        },
    run: {
      tmpfs: reader.list('tmpfs'),
      volumes: reader.list('volumes'),
      env: reader.list('env'),
      user: reader.one('user'),
      command: reader.one('command'),
      options: reader.list('run-options').flat(),
      platform,
      ports: unique([
        ...(port === null ? [] : [port]),
        ...smoke.flatMap((request) => (request.port === null ? [] : [request.port])),
      ]),
    },
    port,
    smokeTests: smoke.map((request, index) => ({
      request,
      expect: expectations[expectations.length === 1 ? 0 : index] ?? null,
    })),
    expectStatus: reader.one('expect-status') ?? { text: '', codes: [], classes: [] },
    expectExit: reader.one('expect-exit'),
    startupTimeout: reader.one('startup-timeout') ?? 60,
    smokeRepeat: reader.one('smoke-repeat') ?? 1,
    policy: { layers, require, protectedPaths, allowWritable },
  };
  return { target, publishing: publishing(reader) };
}

/** The last part of the image's name without tag and digest, an ID's beginning, or the folder that holds the Dockerfile. */
function deriveName(image: string | null, context: string, file: string | null): string {
  const id = /^sha256:([0-9a-f]{12})/.exec(image ?? '')?.[1];
  if (id) return id;
  if (image)
    return (
      (image.split('@')[0] ?? image)
        .split('/')
        .at(-1)
        ?.replace(/:[^:]*$/, '') || image
    );
  const parts = (file ?? `${context}/Dockerfile`).split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const last = parts.at(-1) ?? '';
  const named = /^(.+)\.Dockerfile$/i.exec(last)?.[1] ?? /^Dockerfile\.(.+)$/i.exec(last)?.[1];
  return named ?? parts.at(-2) ?? 'image';
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

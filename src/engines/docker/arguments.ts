import type { ImageSource, RunSettings } from '../../model/target.js';
import type { Root } from '../engine.js';

/** The label by which everything that a run made is found again. */
export const RUN_LABEL = 'immutable-check.run';

export interface Names {
  /** The run's ID, value of the label. */
  readonly run: string;
  readonly container: string;
  readonly helperVolume: string;
  readonly helperDirectory: string;
}

/** Mount point of the small tmpfs in which every attempt has to succeed: beside the helper's own. */
export function writableDirectory(helperDirectory: string): string {
  return `${helperDirectory}-writable`;
}

type Build = Extract<ImageSource, { kind: 'build' }>;

/**
 * Arguments of `docker build`. The image is addressed by the ID that the builder writes to `iidFile`.
 * @param classic whether the classic builder is used: it leaves the container of a failed step behind unless told
 */
export function buildArguments(source: Build, iidFile: string, classic = false): string[] {
  return [
    'build',
    ...(classic ? ['--force-rm'] : []),
    '--iidfile',
    iidFile,
    ...option('--file', source.file),
    ...option('--target', source.target),
    ...option('--platform', source.platform),
    ...source.buildArgs.flatMap((argument) => ['--build-arg', argument]),
    ...source.options,
    '--',
    source.context,
  ];
}

/**
 * The settings of a container, for `docker run` and `docker create`. The name and the label come first: a word among
 * the user's flags that is none would be taken for the image and end the flags, and what it made is found all the
 * same. What the layer is about comes last, and so has the last word.
 */
export function containerArguments(run: RunSettings, root: Root, names: Names): string[] {
  return [
    '--name',
    names.container,
    '--label',
    `${RUN_LABEL}=${names.run}`,
    '--mount',
    `type=volume,source=${names.helperVolume},target=${names.helperDirectory},readonly,volume-nocopy,volume-label=${RUN_LABEL}=${names.run}`,
    '--tmpfs',
    `${writableDirectory(names.helperDirectory)}:mode=1777,size=1m`,
    ...(root === 'read-only' ? run.tmpfs.flatMap((mount) => ['--tmpfs', mount]) : []),
    ...run.ports.flatMap((port) => ['--publish', `127.0.0.1::${port}`]),
    ...run.volumes.flatMap((volume) => ['--volume', volume]),
    ...run.env.flatMap((variable) => ['--env', variable]),
    ...option('--user', run.user),
    ...option('--platform', run.platform),
    ...run.options,
    `--read-only=${root === 'read-only'}`,
  ];
}

/** Arguments of `docker run` for the program itself. */
export function runArguments(imageId: string, run: RunSettings, root: Root, names: Names): string[] {
  return ['run', '--detach', ...containerArguments(run, root, names), '--', imageId, ...(run.command ?? [])];
}

/** Arguments of `docker create` for a container in which argv takes the program's place. */
export function aloneArguments(
  imageId: string,
  run: RunSettings,
  root: Root,
  names: Names,
  argv: readonly string[],
): string[] {
  const [program, ...rest] = argv;
  return [
    'create',
    ...containerArguments(run, root, names),
    '--no-healthcheck',
    '--entrypoint',
    program ?? '',
    '--',
    imageId,
    ...rest,
  ];
}

/** Arguments of the `docker create` that is never started: through it the helper files reach their volume. */
export function helperArguments(imageId: string, platform: string | null, names: Names): string[] {
  return [
    'create',
    ...option('--platform', platform),
    '--name',
    names.container,
    '--label',
    `${RUN_LABEL}=${names.run}`,
    '--network',
    'none',
    '--no-healthcheck',
    '--mount',
    `type=volume,source=${names.helperVolume},target=${names.helperDirectory},volume-nocopy,volume-label=${RUN_LABEL}=${names.run}`,
    // An image from scratch may name no command, and `create` wants one.
    '--entrypoint',
    `${names.helperDirectory}/none`,
    '--',
    imageId,
  ];
}

/**
 * Names of the volumes that the run settings ask for. The engine would make those that do not exist,
 * without a label, and they would be left behind.
 */
export function namedVolumes(run: RunSettings): string[] {
  const sources: string[] = run.volumes.map((volume) => volume.split(':')[0] ?? '');
  run.options.forEach((word, index) => {
    const [flag = '', joined] = split(word);
    const value = joined ?? run.options[index + 1] ?? '';
    // `-vNAME:/path` is one word; `-v /path` and `-v NAME:/path` are two.
    const volume = /^-v[^=]/.test(word) ? word.slice(2) : flag === '-v' || flag === '--volume' ? value : '';
    if (volume.includes(':')) sources.push(volume.split(':')[0] ?? '');
    if (flag === '--mount') {
      const fields = new Map(value.split(',').map((field) => split(field)));
      if ((fields.get('type') ?? 'volume') === 'volume') sources.push(fields.get('source') ?? fields.get('src') ?? '');
    }
  });
  return [...new Set(sources.filter((source) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(source)))];
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function option(flag: string, value: string | null): string[] {
  return value === null ? [] : [flag, value];
}

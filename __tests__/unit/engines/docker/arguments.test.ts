import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  aloneArguments,
  buildArguments,
  helperArguments,
  namedVolumes,
  RUN_LABEL,
  runArguments,
} from '../../../../src/engines/docker/arguments.js';
import type { ImageSource, RunSettings } from '../../../../src/model/target.js';

const run: RunSettings = {
  tmpfs: [],
  volumes: [],
  env: [],
  user: null,
  command: null,
  options: [],
  platform: null,
  ports: [],
};
const names = { run: 'r1', container: 'c1', helperVolume: 'v1', helperDirectory: '/.h' };
const ID = `sha256:${'a'.repeat(64)}`;

describe('build', () => {
  type Build = Extract<ImageSource, { kind: 'build' }>;
  const plain: Build = {
    kind: 'build',
    context: '.',
    file: null,
    target: null,
    platform: null,
    buildArgs: [],
    options: [],
  };
  test.each<[string, Partial<Build>, string[]]>([
    ['as it is', {}, []],
    ['another Dockerfile', { file: 'x/Dockerfile' }, ['--file', 'x/Dockerfile']],
    ['a stage', { target: 'run' }, ['--target', 'run']],
    ['a platform', { platform: 'linux/arm64' }, ['--platform', 'linux/arm64']],
    [
      'arguments, whatever they hold',
      { buildArgs: ['A=b c', 'B=$(x)'] },
      ['--build-arg', 'A=b c', '--build-arg', 'B=$(x)'],
    ],
    ['further flags', { options: ['--load', '--secret', 'id=a'] }, ['--load', '--secret', 'id=a']],
  ])('%s', (_, changed, flags) => {
    expect(buildArguments({ ...plain, ...changed }, '/tmp/iid')).toEqual([
      'build',
      '--iidfile',
      '/tmp/iid',
      ...flags,
      '--',
      '.',
    ]);
  });
});

describe('run', () => {
  /** The flags before the image, and what follows it. */
  function parted(argv: readonly string[]): { flags: string[]; command: string[] } {
    const at = argv.lastIndexOf(ID);
    expect(argv[at - 1]).toBe('--');
    return { flags: argv.slice(0, at - 1), command: argv.slice(at + 1) };
  }

  test.each<[string, Partial<RunSettings>, string[]]>([
    ['flags of the user', { options: ['--cap-drop', 'ALL'] }, ['--cap-drop', 'ALL']],
    ['a user', { user: '5:6' }, ['--user', '5:6']],
    ['variables', { env: ['A=1 2', 'B='] }, ['--env', 'A=1 2', '--env', 'B=']],
    ['volumes', { volumes: ['a:/b:ro'] }, ['--volume', 'a:/b:ro']],
    ['ports, on loopback only', { ports: [80, 81] }, ['--publish', '127.0.0.1::80', '--publish', '127.0.0.1::81']],
    ['a platform', { platform: 'linux/arm64' }, ['--platform', 'linux/arm64']],
    ['tmpfs', { tmpfs: ['/run', '/tmp:size=1m'] }, ['--tmpfs', '/run', '--tmpfs', '/tmp:size=1m']],
  ])('%s', (_, changed, flags) => {
    const bare = parted(runArguments(ID, run, 'read-only', names)).flags;
    const argv = parted(runArguments(ID, { ...run, ...changed }, 'read-only', names)).flags;
    // What is asked for stands as it was given, before what this check is about, and changes nothing else.
    const at = argv.findIndex((_, index) => flags.every((flag, more) => argv[index + more] === flag));
    expect(at).toBeGreaterThan(1);
    expect(at).toBeLessThan(argv.indexOf('--read-only=true'));
    expect(argv.toSpliced(at, flags.length)).toEqual(bare);
  });

  test('this check has the last word on the root filesystem and the names', () => {
    const { flags } = parted(runArguments(ID, { ...run, options: ['--read-only=false'] }, 'read-only', names));
    expect(flags.lastIndexOf('--read-only=true')).toBeGreaterThan(flags.indexOf('--read-only=false'));
    expect(flags).toEqual(expect.arrayContaining(['run', '--detach', '--name', 'c1', '--label', `${RUN_LABEL}=r1`]));
  });

  test('the writable layer has neither the read-only root nor the tmpfs input, and all else alike', () => {
    const settings = { ...run, tmpfs: ['/run'], env: ['A=1'], volumes: ['a:/b'], ports: [80] };
    const readOnly = parted(runArguments(ID, settings, 'read-only', names)).flags;
    const writable = parted(runArguments(ID, settings, 'writable', names)).flags;
    const mounted = readOnly.findIndex((flag, at) => flag === '--tmpfs' && readOnly[at + 1] === '/run');
    expect(mounted).toBeGreaterThan(0);
    const otherwise = readOnly
      .toSpliced(mounted, 2)
      .map((flag) => flag.replace('--read-only=true', '--read-only=false'));
    expect(writable).toEqual(otherwise);
  });

  test('the probe comes in read-only, and by no copy of what the image holds', () => {
    const { flags } = parted(runArguments(ID, run, 'writable', names));
    const mount = flags[flags.indexOf('--mount') + 1]?.split(',') ?? [];
    expect(mount).toEqual(
      expect.arrayContaining(['type=volume', 'source=v1', 'target=/.h', 'readonly', 'volume-nocopy']),
    );
  });

  test.each<[readonly string[] | null, string[]]>([
    [null, []],
    [
      ['sh', '-c', 'x; y'],
      ['sh', '-c', 'x; y'],
    ],
    [['--privileged'], ['--privileged']],
  ])('the command %j stands behind the image', (command, words) => {
    expect(parted(runArguments(ID, { ...run, command }, 'read-only', names)).command).toEqual(words);
  });

  test('alone: the probe is the program, its arguments no flags of docker', () => {
    const argv = aloneArguments(ID, { ...run, command: ['x'] }, 'read-only', names, ['/.h/probe', 'attack', '--', '/']);
    const at = argv.indexOf(ID);
    expect(argv[0]).toBe('create');
    expect(argv.slice(at - 4, at)).toEqual(['--no-healthcheck', '--entrypoint', '/.h/probe', '--']);
    expect(argv.slice(at + 1)).toEqual(['attack', '--', '/']);
  });
});

test('the helper container has no network, and its volume the label', () => {
  const argv = helperArguments(ID, 'linux/arm64', names);
  expect(argv[0]).toBe('create');
  expect(argv.join(' ')).toContain('--network none');
  expect(argv.join(' ')).toContain('--platform linux/arm64');
  expect(argv.slice(-2)).toEqual(['--', ID]);
  expect(argv[argv.indexOf('--mount') + 1]).toContain(`volume-label=${RUN_LABEL}=r1`);
  expect(helperArguments(ID, null, names)).not.toContain('--platform');
});

describe('named volumes', () => {
  test.each<[string[], string[], string[]]>([
    [['data:/data', 'conf:/conf:ro'], [], ['data', 'conf']],
    [['data:/data', 'data:/other'], [], ['data']],
    [['/host:/data', './x:/y', '../x:/y', '~/x:/y', '/anonymous'], [], []],
    [[], ['-v', 'a1:/x', '--volume', 'b1:/x', '--volume=c1:/x', '-v=d1:/x', '-ve1:/x'], ['a1', 'b1', 'c1', 'd1', 'e1']],
    [[], ['-v', '/anonymous', '--volume=/host:/x', '-v/host:/x'], []],
    [[], ['--mount', 'type=volume,source=a1,target=/x', '--mount=type=volume,src=b1,dst=/x'], ['a1', 'b1']],
    [[], ['--mount', 'source=a1,target=/x'], ['a1']],
    [[], ['--mount', 'type=bind,source=/a,target=/x', '--mount', 'type=tmpfs,target=/x'], []],
    [[], ['--mount', 'type=volume,target=/x'], []],
    [['x:/y'], [], []],
    [[], ['--label', 'a:b', '--volume-driver=local', '--volumes-from', 'other'], []],
    [['data:/data'], ['-v'], ['data']],
  ])('of %j and %j', (volumes, options, expected) => {
    expect(namedVolumes({ ...run, volumes, options })).toEqual(expected);
  });

  test('are names, whatever is written', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('-v', '--mount', '-v=', 'source=a b', ':', '--volume'));
    fc.assert(
      fc.property(fc.array(word), fc.array(word), (volumes, options) => {
        for (const name of namedVolumes({ ...run, volumes, options })) expect(name).toMatch(/^[a-zA-Z0-9][\w.-]+$/);
      }),
    );
  });
});

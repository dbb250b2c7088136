import { describe, expect, test } from '@jest/globals';
import { help } from '../../../src/inputs/help.js';
import type { RawInputs } from '../../../src/inputs/read.js';
import { fromArguments, INPUT_NAMES } from '../../../src/inputs/sources.js';
import { INPUTS } from '../../../src/inputs/spec.js';
import { CheckError } from '../../../src/model/errors.js';

function flags(...argv: string[]): RawInputs {
  const line = fromArguments(argv);
  return line.kind === 'check' ? line.raw : {};
}

function said(...argv: string[]): string {
  try {
    fromArguments(argv);
    return '';
  } catch (thrown) {
    if (!(thrown instanceof CheckError) || thrown.code !== 'bad-input') throw thrown;
    return thrown.message;
  }
}

test('there is a flag for each input, and no other', () => {
  for (const name of INPUT_NAMES) expect(flags(`--${name}`, 'x')).toEqual({ [name]: 'x' });
  expect(said('--what', 'x')).toMatch(/--what.*immutable-check --help/);
  expect(said('--no-comment')).toMatch(/--help/);
});

describe('flags', () => {
  test.each<[string[], RawInputs]>([
    [[], {}],
    [['--port=8080'], { port: '8080' }],
    [['--tmpfs', '/run', '--tmpfs', '/tmp\n/x'], { tmpfs: '/run\n/tmp\n/x' }],
    [['--tmpfs='], { tmpfs: '' }],
    [['--run-options=--cap-drop ALL'], { 'run-options': '--cap-drop ALL' }],
    [['--smoke-test', "curl -H 'a: b' localhost"], { 'smoke-test': "curl -H 'a: b' localhost" }],
  ])('%j', (argv, raw) => {
    expect(flags(...argv)).toEqual(raw);
  });

  test.each(INPUT_NAMES.filter((name) => INPUTS[name].kind !== 'list'))('--%s is given once', (name) => {
    expect(said(`--${name}=a`, `--${name}=b`)).toBe(`The flag --${name} was given 2 times, and takes one value.`);
  });

  test('words beside them are an error, and so is a flag without its value', () => {
    expect(said('image')).toMatch(/--help/);
    expect(said('--port')).toMatch(/--help/);
    expect(said('--port', '--name', 'x')).toMatch(/--help/);
  });

  test.each<[string[], string]>([
    [['--help'], 'help'],
    [['-h', '--port', '1'], 'help'],
    [['--version'], 'version'],
  ])('%j', (argv, kind) => {
    expect(fromArguments(argv).kind).toBe(kind);
  });
});

test('the help names every flag with its default, in lines that fit', () => {
  const text = help();
  for (const name of INPUT_NAMES) expect(text).toMatch(new RegExp(`^ {2}--${name} <`, 'm'));
  for (const preset of ['/run, /tmp', '2xx', '$GITHUB_TOKEN', 'from the image or Dockerfile'])
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`Default: ${preset}.`);
  for (const line of text.split('\n').slice(3)) expect(line.length).toBeLessThanOrEqual(92);
  expect(text).not.toContain('`');
});

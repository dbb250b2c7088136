import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseImage, removeTestImages, scratchImage } from '../support/images.js';
import { docker, runStep, type Step, type StepSettings, standIn, targetOf } from '../support/step.js';

/** What is wrong before anything starts: each is told with what, why and how to mend it, and is never a pass. */
let base = '';

beforeAll(async () => {
  base = await baseImage();
});

afterAll(removeTestImages);

async function refused(inputs: Record<string, string>, settings: StepSettings = {}): Promise<Step> {
  const step = await runStep(inputs, settings);
  expect(step.exitCode).toBe(1);
  expect(step.outputs).toMatchObject({ verdict: 'error', attempts: '0', violations: '0', 'image-id': '' });
  expect(step.report?.verdict).toBe('error');
  expect(step.left).toEqual([]);
  expect(step.post).toMatchObject({ exitCode: 0 });
  // A person who only opens the job's page sees it, and one who opens the summary.
  expect(step.heard.errors.join('\n')).toContain(targetOf(step).error?.message);
  expect(step.summary).not.toBe('');
  expect(step.log).not.toMatch(/at .*\.js:\d+/);
  return step;
}

const message = (step: Step) => targetOf(step).error?.message ?? '';
const code = (step: Step) => targetOf(step).error?.code;

describe('an input', () => {
  test.each<[Record<string, string>, string | RegExp]>([
    [{ port: 'abc' }, 'Input "port" is "abc". It must be a number from 1 to 65535: the port that the program'],
    [{ port: '0' }, 'Input "port" is "0"'],
    [{ port: '70000' }, 'Input "port" is "70000"'],
    [{ tmpfs: 'run' }, 'Input "tmpfs" has the entry "run". It must be an absolute path'],
    [{ tmpfs: '/' }, 'would hide the image itself'],
    [
      { 'smoke-test': '/a\n/b\n/c', expect: 'x\ny' },
      'Input "expect" has 2 lines for 3 of "smoke-test". Line n goes with smoke test n',
    ],
    [{ expect: 'x' }, 'Input "expect" has no "smoke-test" to go with'],
    [{ layers: 'all' }, 'Input "layers" is "all". It must be one of: read-only, permissions, both.'],
    [{ require: 'none' }, 'Input "require" is "none"'],
    [{ comment: 'sometimes' }, 'Input "comment" is "sometimes"'],
    [{ 'fail-on': 'error' }, 'Input "fail-on" is "error"'],
    [{ 'startup-timeout': '0' }, 'Input "startup-timeout" is "0"'],
    [{ 'startup-timeout': '1m' }, 'Input "startup-timeout" is "1m"'],
    [{ 'expect-exit': '-1' }, 'Input "expect-exit" is "-1"'],
    [{ 'expect-status': 'ok', 'smoke-test': '/' }, 'Input "expect-status"'],
    [{ 'smoke-test': 'curl --no-such-option /' }, /"smoke-test".*--no-such-option/s],
    [{ 'smoke-test': "curl 'http://localhost:8080/" }, /"smoke-test".*quot/s],
    [{ 'smoke-test': 'curl https://example.com/' }, /example\.com.*Only the container is asked/s],
    [{ 'smoke-test': 'curl' }, '"smoke-test"'],
    [{ 'smoke-test': '/', expect: '{"a":' }, '"expect"'],
    [{ 'smoke-test': '/', expect: '/(/' }, '"expect"'],
    [{ env: 'TOKEN' }, 'must be NAME=value'],
    [{ volumes: 'config' }, 'Input "volumes" has the entry "config"'],
    [{ 'run-options': '--rm' }, '"--rm", which this check decides itself'],
    [{ 'run-options': '--read-only=false' }, 'which this check decides itself'],
    [{ 'build-options': '--quiet', image: '' }, 'which this check decides itself'],
    [{ command: "sh -c 'open" }, 'Input "command"'],
    [{ 'protected-paths': 'etc' }, 'Input "protected-paths" has the entry "etc"'],
    [{ 'protected-paths': '/proc/sys' }, 'belong to the engine'],
    [{ 'protected-paths': '# nothing' }, 'Input "protected-paths"'],
    [{ 'allow-writable': '/data', 'protected-paths': '/app' }, 'under none of "protected-paths"'],
    [{ 'allow-writable': '/' }, 'stands in "protected-paths" and in "allow-writable"'],
    [{ platform: 'windows' }, 'Input "platform" is "windows"'],
    [{ image: '--help' }, 'Input "image" is "--help"'],
    [{ 'report-dir': '.hidden' }, 'must not begin with a dot'],
  ])('%j', async (inputs, expected) => {
    const step = await refused({ image: base, ...inputs });
    expect(code(step)).toBe('bad-input');
    expect(message(step)).toMatch(expected);
  });

  test('several that are wrong are told together', async () => {
    const step = await refused({ image: base, port: 'abc', tmpfs: 'run', layers: 'all', 'smoke-test': 'wget /' });
    for (const name of ['port', 'tmpfs', 'layers', 'smoke-test']) expect(message(step)).toContain(`Input "${name}"`);
  });

  test('that only the image shows to be missing', async () => {
    const step = await runStep({ image: base, 'smoke-test': '/' });
    expect(code(step)).toBe('bad-input');
    expect(message(step)).toContain('Set "port"');
  });

  test('of a word that is no flag, in run-options, starts no other image', async () => {
    const other = await scratchImage('other');
    const step = await runStep({ image: base, command: 'sleep 60', 'run-options': `${other} sleep ${process.pid}.0` });
    expect(code(step)).toBe('bad-input');
    expect(message(step)).toContain('run-options');
    expect(step.left).toEqual([]);
    const after = await docker('ps', '--all', '--format', '{{.ID}} {{.Command}}');
    expect(after).not.toContain(`sleep ${process.pid}.0`);
    // The word may also be the image's own name: then the flags behind it, --read-only among them, are not obeyed.
    const same = await runStep({ image: base, command: 'sleep 60', 'run-options': `${base} sleep ${process.pid}.0` });
    expect(same.outputs.verdict).not.toBe('pass');
    expect(same.left).toEqual([]);
  });

  test('that is wrong does not hide the rest: with fail-on never the step goes on', async () => {
    const step = await runStep({ image: base, port: 'abc', 'fail-on': 'never' });
    expect(step.exitCode).toBe(0);
    expect(step.outputs.verdict).toBe('error');
  });
});

describe('the image', () => {
  test('is nowhere', async () => {
    const step = await refused({ image: 'immutable-check.invalid/no/such:1' });
    expect(code(step)).toBe('image-not-found');
    expect(message(step)).toMatch(/immutable-check\.invalid\/no\/such:1.*not on this engine.*log in/s);
  });

  test('is an ID that is not there', async () => {
    const step = await refused({ image: `sha256:${'0'.repeat(64)}` });
    expect(code(step)).toBe('image-not-found');
    expect(message(step)).toContain('an ID cannot be pulled');
  });

  test('is not built: no Dockerfile', async () => {
    const step = await refused({ context: '.', file: 'No.Dockerfile' });
    expect(code(step)).toBe('build-failed');
    expect(message(step)).toContain('No.Dockerfile');
  });

  test('is not built: no context', async () => {
    const step = await refused({ context: 'no/such/folder' });
    expect(code(step)).toBe('build-failed');
    expect(message(step)).toContain('no/such/folder');
  });

  test('is not built: a step fails, and its last lines are told', async () => {
    const files = { Dockerfile: `FROM ${base}\nRUN echo compiling; echo no such header >&2; exit 3\n` };
    const step = await refused({}, { files });
    expect(code(step)).toBe('build-failed');
    expect(message(step)).toContain('no such header');
    expect(step.heard.foreign).toContain('compiling');
  });
});

describe('the engine', () => {
  test('is unknown', async () => {
    const step = await refused({ image: base, engine: 'lxc' });
    expect(code(step)).toBe('unknown-engine');
    expect(message(step)).toContain('There is no engine "lxc". Known: docker');
  });

  test('does not answer', async () => {
    const step = await refused({ image: base }, { env: { DOCKER_HOST: 'unix:///no/such.sock' } });
    expect(code(step)).toBe('no-engine');
    expect(message(step)).toMatch(/No Docker engine answers.*DOCKER_HOST/s);
  });

  test('does not answer while something is to be built', async () => {
    const env = { DOCKER_HOST: 'unix:///no/such.sock' };
    const step = await refused({}, { env, files: { Dockerfile: `FROM ${base}\n` } });
    expect(code(step)).toBe('no-engine');
  });

  test('has no client', async () => {
    const step = await refused({ image: base }, { env: { PATH: '/no/such/folder' } });
    expect(code(step)).toBe('no-engine');
    expect(message(step)).toContain('There is no `docker` program on the path');
  });

  test('has no client, and there is something to build', async () => {
    const step = await refused({}, { env: { PATH: '/no/such/folder' }, files: { Dockerfile: 'FROM scratch\n' } });
    expect(code(step)).toBe('no-engine');
  });

  test.each([
    'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/version": dial unix /var/run/docker.sock: connect: permission denied',
    'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
  ])('may not be used: %s', async (said) => {
    await using fake = await standIn(`echo '${said}' >&2; exit 1`);
    const step = await refused({ image: base }, { path: [fake.folder] });
    expect(code(step)).toBe('no-engine');
    expect(message(step)).toMatch(/this user may not use it.*group "docker"/s);
  });
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GitHubServer } from '../support/github-server.js';
import { golden } from '../support/golden.js';
import { baseImage } from '../support/images.js';
import { docker, rules, runCommandLine, runStep, type Step, targetOf } from '../support/step.js';

/** The seed tutorial's service, as a workflow checks it on a pull request. */
const example = fileURLToPath(new URL('../../examples/echo', import.meta.url));
const built = new Set<string>();
let base = '';

beforeAll(async () => {
  base = await baseImage();
});

afterAll(async () => {
  for (const id of built) await docker('image', 'rm', id);
});

function inputs(variant: 'before' | 'after' | 'volume', more: Record<string, string> = {}): Record<string, string> {
  return {
    context: example,
    file: `${example}/${variant}.Dockerfile`,
    name: `echo-${variant}`,
    'build-args': `BASE=${base}`,
    // Each test removes its own image, and another test's parents with it.
    'build-options': '--no-cache',
    'smoke-test': "curl -sS 'http://localhost:8080/immutable?really=yes'",
    expect: '{"method":"GET","uri":"/immutable?really=yes"}',
    'protected-paths': '/drouter/config\n/drouter/local',
    ...more,
  };
}

async function check(...[given, settings]: Parameters<typeof runStep>): Promise<Step> {
  const step = await runStep(given, settings);
  if (step.outputs['image-id']) built.add(step.outputs['image-id']);
  expect(step.left).toEqual([]);
  return step;
}

describe('the three variants', () => {
  test('before: read-only protects it, its permissions do not, which does not count', async () => {
    const step = await check(inputs('before'));
    expect(step.exitCode).toBe(0);
    expect(step.outputs).toMatchObject({ verdict: 'pass', violations: '0', digest: '', 'comment-url': '' });
    expect(step.outputs['image-id']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(Number(step.outputs.attempts)).toBeGreaterThan(40);
    expect(targetOf(step).paths).toMatchObject([
      { path: '/drouter/config', readOnly: 'mount', permissions: 'writable' },
      { path: '/drouter/local', readOnly: 'mount', permissions: 'writable' },
    ]);
    expect(rules(step, 'note')).toContain('writable-under-permissions');
    expect(step.summary).toContain('echo-before');
    await golden('echo-before.txt', step.heard.shown);
    await golden('echo-before.md', step.markdown);
  });

  test('before, with both layers required: fails, and names what can be changed', async () => {
    const step = await check(inputs('before', { require: 'both' }));
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ verdict: 'fail' });
    expect(rules(step)).toEqual(['writable-under-permissions']);
    expect(step.heard.errors.join('\n')).toMatch(/\/drouter\/config[\s\S]*\/drouter\/local/);
    await golden('echo-before-both.txt', step.heard.shown);
  });

  test('after: both layers protect it', async () => {
    const step = await check(inputs('after', { require: 'both' }));
    expect(step.exitCode).toBe(0);
    expect(targetOf(step).paths).toMatchObject([
      { readOnly: 'mount', permissions: 'permissions', examples: [] },
      { readOnly: 'mount', permissions: 'permissions', examples: [] },
    ]);
    expect(targetOf(step).attack.map(({ layer, succeeded }) => ({ layer, succeeded }))).toEqual([
      { layer: 'read-only', succeeded: 0 },
      { layer: 'permissions', succeeded: 0 },
    ]);
    await golden('echo-after.md', step.markdown);
  });

  test('volume: fails, naming the volume', async () => {
    const step = await check(inputs('volume'));
    expect(step.exitCode).toBe(1);
    expect(rules(step)).toEqual(['writable-volume']);
    expect(step.heard.errors.join('\n')).toContain('VOLUME /drouter/config');
    await golden('echo-volume.md', step.markdown);
  });

  test('volume, said to be meant: passes and keeps the reason', async () => {
    const given = { 'allow-writable': "/drouter/config # the administrator's tool", 'protected-paths': '/' };
    const step = await check(inputs('volume', given));
    expect(step.outputs.verdict).toBe('pass');
    expect(step.markdown).toContain("the administrator's tool");
  });
});

describe('the comment', () => {
  let asked: Record<string, string> = {};

  beforeAll(async () => {
    const id = (await check(inputs('after', { layers: 'read-only' }))).outputs['image-id'] ?? '';
    const { context, file, 'build-args': argument, 'build-options': option, ...rest } = inputs('after');
    asked = { ...rest, image: id, layers: 'read-only', 'github-token': GitHubServer.token };
  });

  test('is created, left alone where it says the same, and updated where it does not', async () => {
    await using github = await GitHubServer.start();
    const first = await check(asked, { github });
    expect(first.log).toContain('Pull request comment created');
    expect(github.comments).toHaveLength(1);
    expect(first.outputs['comment-url']).toBe('https://github.com/octo-org/echo/pull/7#issuecomment-1');

    const second = await check(asked, { github, env: { GITHUB_RUN_ID: '4712' } });
    expect(second.log).toMatch(/Pull request comment (updated|unchanged)/);
    const changed = { ...asked, expect: 'something else', 'startup-timeout': '1' };
    const third = await check(changed, { github, env: { GITHUB_RUN_ID: '4713' } });
    expect(third.outputs.verdict).toBe('fail');
    expect(third.log).toContain('Pull request comment updated');
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain('smoke');
    expect(third.outputs['comment-url']).toBe(first.outputs['comment-url']);
    expect(github.violations).toEqual([]);
    // The runner masks the token from then on; nothing else may print it.
    expect(first.heard.masked).toEqual([GitHubServer.token]);
    expect(first.heard.shown).not.toContain(GitHubServer.token);
  });

  test('that the token may not write is a warning that names the permission; verdict and summary stay', async () => {
    await using github = await GitHubServer.start({ readOnlyToken: true });
    const step = await check(asked, { github });
    expect(step.exitCode).toBe(0);
    expect(step.outputs).toMatchObject({ verdict: 'pass', 'comment-url': '' });
    expect(step.heard.warnings).toEqual([expect.stringContaining('pull-requests: write')]);
    expect(step.summary).toContain('echo-after');
    expect(github.comments).toEqual([]);
    expect(github.violations).toEqual([]);
  });

  test('where there is no pull request is neither made nor missed', async () => {
    await using github = await GitHubServer.start();
    const payload = { ref: 'refs/heads/main', repository: { full_name: 'octo-org/echo' } };
    const step = await check(asked, {
      github,
      event: { name: 'push', payload },
      env: { GITHUB_REF: 'refs/heads/main' },
    });
    expect(step.exitCode).toBe(0);
    expect(step.heard.warnings).toEqual([]);
    expect(github.writes).toEqual([]);
    expect(github.violations).toEqual([]);
  });

  test('is not tried when GitHub is out of reach: a warning', async () => {
    const step = await check(asked);
    expect(step.exitCode).toBe(0);
    expect(step.heard.warnings).toHaveLength(1);
    expect(step.heard.warnings[0]).toContain('The report is in the job summary in any case.');
  });
});

describe('the command line', () => {
  test('checks the same, without a step: report on stdout, progress on stderr, exit status by verdict', async () => {
    const flags = Object.entries(inputs('volume', { layers: 'read-only' })).flatMap(([name, value]) =>
      value.split('\n').map((line) => `--${name}=${line}`),
    );
    const { exitCode, stdout, stderr, report } = await runCommandLine(flags);
    const id = report?.targets[0]?.image.id;
    if (id) built.add(id);
    expect(exitCode).toBe(1);
    expect(report?.verdict).toBe('fail');
    expect(report?.run).toBeNull();
    expect(stdout).toContain('/drouter/config');
    expect(stderr).toContain('Read-only root filesystem');
    expect(stdout + stderr).not.toMatch(/\u001b|^::/m);
  });

  test('what is not understood is exit status 2', async () => {
    const { exitCode, stderr } = await runCommandLine(['--no-such-flag']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--no-such-flag');
  });
});

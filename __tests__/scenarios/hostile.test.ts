import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GitHubServer } from '../support/github-server.js';
import { baseImage, buildImage, removeTestImages } from '../support/images.js';
import { docker, rules, runStep, targetOf } from '../support/step.js';

/** What an image says and is called is obeyed by nobody: not the runner, not the terminal, not Markdown. */
const EVIL = [
  '::error::obeyed',
  '::warning file=a,line=1::obeyed',
  '::set-output name=verdict::pass',
  '::save-state name=run::other',
  '::set-env name=PATH::/evil',
  '::add-path::/evil',
  '::add-mask::e',
  '::stop-commands::mine',
  '::mine::',
  '  ::error::obeyed',
  'x ##[error]obeyed',
  '##[set-output name=verdict;]pass',
  '::endgroup::',
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  'over\rwritten ::error::obeyed',
  '@everyone <script>alert(1)</script> <!-- immutable-check --> | ``` ',
  '\u202egnp.exe',
];
let base = '';

beforeAll(async () => {
  base = await baseImage();
});

afterAll(removeTestImages);

const printed = (lines: readonly string[]) => `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`;

describe('text', () => {
  test('of a build and of a program', async () => {
    const script = `${printed(EVIL)}exit 1\n`;
    const image = await buildImage('evil', `FROM ${base}\nCOPY say /say\nUSER 1000\nCMD ["/say"]`, { say: script });
    const step = await runStep({ image, name: '@everyone\n::error::name', layers: 'read-only' });
    expect(step.outputs.verdict).toBe('fail');
    expect(step.heard.foreign).toContain('@everyone');
    obeyedNone(step);
  });

  test('of a build that fails', async () => {
    const image = await buildImage('say', `FROM ${base}\nCOPY say /say`, { say: printed(EVIL) });
    // Removed with the image.
    await docker('tag', image, 'immutable-check-test/say:1');
    const files = { evil: 'FROM immutable-check-test/say:1\nRUN /say; exit 1\n' };
    const step = await runStep({ 'build-options': '--no-cache', file: './evil' }, { files });
    expect(step.outputs.verdict).toBe('error');
    expect(targetOf(step).error?.code).toBe('build-failed');
    expect(step.heard.foreign).toContain('set-output');
    obeyedNone(step);
  });

  test('of an answer', async () => {
    const body = EVIL.join('\n');
    const image = await buildImage(
      'answer',
      `FROM ${base}\nCOPY index.html /www/index.html\nUSER 1000\nEXPOSE 8080\nCMD ["httpd", "-f", "-p", "8080", "-h", "/www"]`,
      { 'index.html': body },
    );
    await using github = await GitHubServer.start();
    const inputs = { image, 'smoke-test': '/', expect: 'x@everyone', 'startup-timeout': '1', layers: 'read-only' };
    const step = await runStep({ ...inputs, 'github-token': GitHubServer.token }, { github });
    expect(step.outputs.verdict).toBe('fail');
    obeyedNone(step);
    const [comment] = github.comments;
    expect(comment?.body).toBeDefined();
    expect(unfenced(comment?.body ?? '')).not.toMatch(/@everyone|<script/);
    expect(github.violations).toEqual([]);
  });
});

test('file names', async () => {
  const names = ['line\\nbreak', '::error::obeyed', '@everyone', '\\033[31mred', 'a|b`c', '\\377\\376bytes', '-rf'];
  const made = names.map((name) => `touch "$(printf '%b' '/app/./${name}')"`).join(' && ');
  const image = await buildImage(
    'names',
    `FROM ${base}\nRUN mkdir /app && chmod 777 /app && ${made.replaceAll('\\', '\\\\')} && chown -R 1000 /app
     USER 1000\nEXPOSE 8080\nCMD ["httpd", "-f", "-p", "8080", "-h", "/bin"]`,
  );
  await using github = await GitHubServer.start();
  const step = await runStep(
    {
      image,
      'smoke-test': 'curl -I localhost/busybox',
      layers: 'permissions',
      require: 'permissions',
      'protected-paths': '/app',
      'github-token': GitHubServer.token,
    },
    { github },
  );
  expect(rules(step)).toEqual(['writable-under-permissions']);
  obeyedNone(step);
  expect(unfenced(github.comments[0]?.body ?? '')).not.toContain('@everyone');
});

describe('secrets of the workflow', () => {
  let image = '';

  beforeAll(async () => {
    image = await buildImage(
      'env',
      `FROM ${base}\nUSER 1000\nEXPOSE 8080\nCMD ["sh", "-c", "env; httpd -f -p 8080 -h /bin"]`,
    );
  });

  test('reach no container', async () => {
    await using github = await GitHubServer.start();
    let environment = '';
    const step = await runStep(
      {
        image,
        'smoke-test': '/no',
        'expect-status': '404',
        layers: 'both',
        env: 'GIVEN=1',
        'github-token': GitHubServer.token,
      },
      {
        github,
        env: { GITHUB_TOKEN: GitHubServer.token, ACTIONS_RUNTIME_TOKEN: 'runtime-secret' },
        meanwhile: async (running) => {
          const name = await running.container('read-only');
          environment = await docker('inspect', '--format', '{{json .}}', name);
        },
      },
    );
    expect(step.outputs.verdict).toBe('pass');
    expect(environment).toContain('GIVEN=1');
    for (const secret of [GitHubServer.token, 'runtime-secret', 'INPUT_']) expect(environment).not.toContain(secret);
  });

  test.each([
    [{ env: 'GITHUB_TOKEN' }, /Input "env" has the entry "GITHUB_TOKEN"/],
    [{ 'run-options': '--env GITHUB_TOKEN' }, /Input "run-options"/],
    [{ 'run-options': '-eGITHUB_TOKEN' }, /Input "run-options"/],
    [{ 'run-options': '-e=GITHUB_TOKEN' }, /Input "run-options"/],
  ])('%j is refused', async (inputs, message) => {
    const step = await runStep({ image, ...inputs });
    expect(targetOf(step).error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
  });

  test('are not to be had by a file of variables either', async () => {
    const files = { variables: 'GITHUB_TOKEN\nINPUT_GITHUB-TOKEN\nACTIONS_RUNTIME_TOKEN\nCI\n' };
    const step = await runStep(
      {
        image,
        // The program prints its environment, and the log of one that fails is shown.
        'smoke-test': '/no',
        'expect-status': '500',
        'startup-timeout': '1',
        layers: 'read-only',
        'run-options': '--env-file variables',
        'github-token': GitHubServer.token,
      },
      { files, env: { GITHUB_TOKEN: GitHubServer.token, ACTIONS_RUNTIME_TOKEN: 'runtime-secret' } },
    );
    expect(step.heard.foreign).toContain('CI=true');
    expect(step.heard.masked).toEqual([GitHubServer.token]);
    for (const text of [step.heard.foreign, step.heard.shown, step.summary, step.markdown]) {
      expect(text).not.toMatch(/ghs_|runtime-secret/);
    }
  });
});

function obeyedNone(step: Awaited<ReturnType<typeof runStep>>): void {
  expect(step.heard.others).toEqual([]);
  expect(step.heard.stopped).toBe(false);
  for (const said of [...step.heard.errors, ...step.heard.warnings]) expect(said).not.toMatch(/^obeyed/);
  expect(step.outputs.verdict).not.toBe('pass');
  expect(step.log).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202e]/);
  // A carriage return alone would let a line begin anew.
  expect(step.log).not.toMatch(/\r(?!\n)/);
}

/** Markdown without what stands in code, where a mention is none. */
function unfenced(markdown: string): string {
  return markdown.replace(/(`{3,})[\s\S]*?\n\1/g, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

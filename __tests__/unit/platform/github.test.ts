import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Comment, GitHubError, openPullRequests, type PullRequests } from '../../../src/platform/github.js';
import { GitHubServer } from '../../support/github-server.js';

const PULL = { owner: 'octo-org', repo: 'echo', number: 7 };
const SHA = '6dcb09b5b57875f334f61aebed695e2e4193db5e';

let server: GitHubServer;
let folder: string;

beforeEach(async () => {
  server = await GitHubServer.start();
  folder = await mkdtemp(join(tmpdir(), 'github-'));
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function open(env: NodeJS.ProcessEnv = {}, token = GitHubServer.token): PullRequests {
  return openPullRequests({ GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'octo-org/echo', ...env }, token);
}

async function during(name: string, event: unknown): Promise<PullRequests> {
  const path = join(folder, 'event.json');
  await writeFile(path, JSON.stringify(event));
  return open({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_SHA: SHA });
}

async function all(comments: AsyncIterable<Comment>): Promise<Comment[]> {
  const list: Comment[] = [];
  for await (const comment of comments) list.push(comment);
  return list;
}

describe('which pull request', () => {
  test.each(['pull_request', 'pull_request_target'])('%s: the event says so', async (name) => {
    expect(await (await during(name, { pull_request: { number: 7 } })).current()).toEqual(PULL);
    expect(server.requests).toEqual([]);
  });

  test('an event that names none has none', async () => {
    expect(await (await during('schedule', {})).current()).toBeNull();
    expect(await (await during('pull_request', { pull_request: 'x' })).current()).toBeNull();
    expect(await open({ GITHUB_REPOSITORY: '' }).current()).toBeNull();
  });

  test('push: the open one with this head, and no older one', async () => {
    const branch = { owner: 'octo-org', branch: 'main', sha: SHA } as const;
    server.pulls.push({ ...branch, number: 6, state: 'closed' });
    expect(await (await during('push', {})).current()).toBeNull();
    server.pulls.push({ ...branch, number: 7, state: 'open' });
    expect(await (await during('push', {})).current()).toEqual(PULL);
    expect(server.violations).toEqual([]);
  });

  test('workflow_run: the fork’s, by branch and head commit', async () => {
    const event = {
      workflow_run: { head_sha: SHA, head_branch: 'fix', head_repository: { owner: { login: 'stranger' } } },
    };
    server.pulls.push({ owner: 'stranger', branch: 'fix', sha: 'f'.repeat(40), number: 6, state: 'open' });
    expect(await (await during('workflow_run', event)).current()).toBeNull();
    server.pulls.push({ owner: 'stranger', branch: 'fix', sha: SHA, number: 7, state: 'open' });
    expect(await (await during('workflow_run', event)).current()).toEqual(PULL);
    expect(server.violations).toEqual([]);
  });

  test('an event file that is no JSON is told', async () => {
    const path = join(folder, 'event.json');
    await writeFile(path, '{');
    const github = open({ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: path });
    await expect(github.current()).rejects.toThrow(/GITHUB_EVENT_PATH/);
  });
});

test('comments come from every page', async () => {
  for (let index = 0; index < 250; index++) server.addComment(`comment ${index}`, 'octocat');
  server.addComment('elsewhere', 'octocat', 8);
  const comments = await all(open().listComments(PULL));
  expect(comments.map((comment) => comment.body)).toEqual(
    Array.from({ length: 250 }, (_, index) => `comment ${index}`),
  );
  expect(comments[0]?.author).toEqual({ login: 'octocat', bot: false });
  expect(server.requests).toHaveLength(3);
  expect(server.violations).toEqual([]);
});

test('a comment is created and updated', async () => {
  const created = await open().create(PULL, 'one');
  const updated = await open().update(PULL, created.id, 'two');
  expect(updated).toEqual({ ...created, body: 'two' });
  expect(created.url).toContain('/pull/7#issuecomment-');
  expect(server.comments.map((comment) => comment.body)).toEqual(['two']);
  expect(server.violations).toEqual([]);
});

test('an installation is some bot, a personal token is a user', async () => {
  expect(await open().author()).toEqual({ kind: 'bot' });
  server.switches.installationToken = false;
  expect(await open().author()).toEqual({ kind: 'user', login: 'octocat' });
  expect(server.violations).toEqual([]);
});

describe('failures', () => {
  test('keep GitHub’s status and words, and not the token', async () => {
    server.switches.readOnlyToken = true;
    const error = await open()
      .create(PULL, 'one')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GitHubError);
    expect(error).toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(GitHubServer.token);
    expect(server.violations).toEqual([]);
  });

  test('no answer has no status', async () => {
    const github = open({ GITHUB_API_URL: 'http://127.0.0.1:1' });
    await expect(github.create(PULL, 'one')).rejects.toMatchObject({ name: 'GitHubError', status: null });
  });

  test('an answer that does not come is not waited for', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const github = openPullRequests({ GITHUB_API_URL: `http://127.0.0.1:${port}` }, GitHubServer.token, 100);
    await expect(github.create(PULL, 'one')).rejects.toMatchObject({ name: 'GitHubError', status: null });
    silent.closeAllConnections();
    silent.close();
  });

  test('a wrong token is told', async () => {
    await expect(open({}, 'ghs_wrong').author()).rejects.toMatchObject({ status: 401 });
    expect(() => open({}, '')).toThrow('github-token');
  });
});

describe('the server itself', () => {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${GitHubServer.token}` } });

  test.each([
    ['a path that GitHub does not know', '/repos/o/r/issues/7/remarks', {}],
    ['a parameter that is not described', '/repos/o/r/issues/7/comments?author=me', {}],
    ['a parameter of the wrong type', '/repos/o/r/issues/seven/comments', {}],
    ['a body without what is required', '/repos/o/r/issues/7/comments', { method: 'POST', body: '{}' }],
    [
      'a body with what is not described',
      '/repos/o/r/issues/7/comments',
      { method: 'POST', body: '{"body":"x","user":"y"}' },
    ],
    ['a body that is no JSON', '/repos/o/r/issues/7/comments', { method: 'POST', body: 'x' }],
    ['an operation that is not simulated', '/repos/o/r/issues/7/labels', {}],
  ])('catches %s', async (_, path, init) => {
    expect((await ask(path, init)).status).toBe(599);
    expect(server.violations).not.toEqual([]);
    expect(server.comments).toEqual([]);
  });

  test('refuses what is too long', async () => {
    await expect(open().create(PULL, 'x'.repeat(65_537))).rejects.toMatchObject({ status: 422 });
    await open().create(PULL, 'x'.repeat(65_536));
    expect(server.violations).toEqual([]);
  });
});

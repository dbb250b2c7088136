import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openPullRequests, type PullRequests } from '../../../src/platform/github.js';
import { markdown } from '../../../src/reporters/markdown.js';
import {
  type CommentResult,
  marker,
  publishComment,
  type StickyComment,
  safeKey,
} from '../../../src/reporters/pull-request.js';
import { GitHubServer } from '../../support/github-server.js';
import { report } from './fixtures.js';

const PULL = { owner: 'octo-org', repo: 'echo', number: 7 };

let server: GitHubServer;
let pauses: number;

beforeEach(async () => {
  server = await GitHubServer.start();
  pauses = 0;
});

afterEach(async () => {
  // Whatever a test is about: nothing was asked that GitHub does not describe.
  expect(server.violations).toEqual([]);
  await server[Symbol.asyncDispose]();
});

/** The real client on the simulated GitHub; only the pull request is given. */
function github(): PullRequests {
  const client = openPullRequests({ GITHUB_API_URL: server.url }, GitHubServer.token);
  return {
    current: async () => PULL,
    author: () => client.author(),
    listComments: (pull) => client.listComments(pull),
    create: (pull, body) => client.create(pull, body),
    update: (pull, id, body) => client.update(pull, id, body),
  };
}

function publish(change: Partial<StickyComment> = {}, open = async () => github()): Promise<CommentResult> {
  const comment: StickyComment = {
    key: 'ci check echo',
    body: 'a report',
    verdict: 'fail',
    policy: 'always',
    run: null,
    ...change,
  };
  const pause = async () => {
    pauses++;
  };
  return publishComment(comment, { open, pause });
}

describe('one comment a key', () => {
  test('is created, and updated in place', async () => {
    expect(await publish()).toMatchObject({ kind: 'created', url: expect.stringContaining('#issuecomment-') });
    expect(await publish({ body: 'another report' })).toMatchObject({ kind: 'updated' });
    expect(server.comments.map((comment) => comment.body)).toEqual([`${marker('ci check echo')}\nanother report`]);
  });

  test('is not sent again unchanged', async () => {
    await publish({ run: { id: 1, attempt: 1 } });
    expect(await publish({ run: { id: 2, attempt: 1 } })).toMatchObject({ kind: 'unchanged' });
    expect(server.writes).toHaveLength(1);
  });

  test('is another comment for another key', async () => {
    await publish();
    expect(await publish({ key: 'ci check router' })).toMatchObject({ kind: 'created' });
    expect(server.comments).toHaveLength(2);
  });

  test('is found behind two pages of others’ comments', async () => {
    for (let index = 0; index < 205; index++) server.addComment('nice work', 'octocat');
    const ours = server.addComment(`${marker('ci check echo')}\nold`);
    expect(await publish()).toMatchObject({ kind: 'updated' });
    expect(ours.body).toContain('a report');
    expect(server.comments).toHaveLength(206);
  });

  test('is found again when its first line ends as Windows ends lines', async () => {
    server.addComment(`${marker('ci check echo')}\r\na report\r\n`);
    expect(await publish()).toMatchObject({ kind: 'unchanged' });
  });

  test('is the one of this pull request', async () => {
    server.addComment(`${marker('ci check echo')}\nold`, 'github-actions[bot]', 8);
    expect(await publish()).toMatchObject({ kind: 'created' });
  });
});

describe('a marker is not enough', () => {
  test('a person’s comment with our marker is not touched', async () => {
    const theirs = server.addComment(`${marker('ci check echo')}\n✅ all is well`, 'mallory');
    expect(await publish()).toMatchObject({ kind: 'created' });
    expect(theirs.body).toContain('all is well');
    expect(await publish({ body: 'new' })).toMatchObject({ kind: 'updated' });
    expect(server.comments).toHaveLength(2);
  });

  test('a personal token knows itself, and takes no bot’s comment', async () => {
    server.switches.installationToken = false;
    const bots = server.addComment(`${marker('ci check echo')}\nold`, 'github-actions[bot]');
    expect(await publish()).toMatchObject({ kind: 'created' });
    expect(await publish({ body: 'new' })).toMatchObject({ kind: 'updated' });
    expect(bots.body).toContain('old');
  });

  test('github-actions[bot] is preferred to other bots', async () => {
    const other = server.addComment(`${marker('ci check echo')}\nold`, 'dependabot[bot]');
    const ours = server.addComment(`${marker('ci check echo')}\nold`);
    await publish();
    expect([other.body, ours.body].map((body) => body.includes('a report'))).toEqual([false, true]);
  });

  test('a marker further down, as a report may quote it, is none', async () => {
    server.addComment(`a log:\n${marker('ci check echo')}`);
    expect(await publish()).toMatchObject({ kind: 'created' });
  });
});

describe('an older run does not overwrite a newer one', () => {
  test.each([
    [{ id: 99, attempt: 3 }, 'none'],
    [{ id: 100, attempt: 1 }, 'none'],
    [{ id: 100, attempt: 2 }, 'updated'],
    [{ id: 101, attempt: 1 }, 'updated'],
  ])('%j: %s', async (run, kind) => {
    await publish({ run: { id: 100, attempt: 2 } });
    expect(await publish({ run, body: 'other' })).toMatchObject({ kind });
  });
});

describe('when', () => {
  test('never: GitHub is not even opened', async () => {
    const open = async () => {
      throw new Error('opened');
    };
    expect(await publish({ policy: 'never' }, open)).toMatchObject({ kind: 'none' });
  });

  test('on-failure: nothing for a pass, but an old failure is corrected', async () => {
    expect(await publish({ policy: 'on-failure', verdict: 'pass' })).toMatchObject({ kind: 'none' });
    expect(await publish({ policy: 'on-failure', verdict: 'error' })).toMatchObject({ kind: 'created' });
    expect(await publish({ policy: 'on-failure', verdict: 'pass', body: 'pass' })).toMatchObject({ kind: 'updated' });
    expect(server.comments[0]?.body).toContain('pass');
  });

  test('no pull request: nothing to do', async () => {
    const open = async () => ({ ...github(), current: async () => null });
    expect(await publish({}, open)).toMatchObject({ kind: 'none', reason: expect.stringContaining('no pull request') });
  });
});

describe('failures are warnings', () => {
  test('a read-only token: the permission and the way for forks are named', async () => {
    server.switches.readOnlyToken = true;
    const result = await publish();
    expect(result).toMatchObject({
      kind: 'skipped',
      warning: expect.stringContaining('`permissions: pull-requests: write`'),
    });
    expect(result).toMatchObject({ warning: expect.stringMatching(/fork.*Dependabot.*workflow_run/s) });
    expect(pauses).toBe(0);
  });

  test('an answer lost after the write leaves one comment', async () => {
    server.switches.failAfterWrite = 1;
    expect(await publish()).toMatchObject({ kind: 'unchanged' });
    expect(server.comments).toHaveLength(1);
    expect(server.writes).toHaveLength(1);
    expect(pauses).toBe(1);
  });

  test('a failure that passes is tried once more, one that stays is told', async () => {
    server.switches.failBefore = 1;
    expect(await publish()).toMatchObject({ kind: 'created' });
    server.switches.failBefore = 9;
    expect(await publish({ body: 'new' })).toMatchObject({
      kind: 'skipped',
      warning: expect.stringContaining('Server Error'),
    });
    expect(server.switches.failBefore).toBe(7);
  });

  test('a client that cannot be loaded, and what is no Error', async () => {
    const refuse = (thrown: unknown) => async () => {
      throw thrown;
    };
    expect(await publish({}, refuse(new Error('no module')))).toMatchObject({
      warning: expect.stringContaining('no module'),
    });
    expect(await publish({}, refuse('a text'))).toMatchObject({
      kind: 'skipped',
      warning: expect.stringContaining('a text'),
    });
  });
});

test('the longest report is short enough', async () => {
  const [target] = report('many-paths').targets;
  const targets = Array.from({ length: 60 }, (_, index) => ({ ...(target as object), name: `image-${index}` }));
  const body = markdown({ ...report('many-paths'), targets } as never);
  expect(await publish({ body, key: 'k'.repeat(500), run: { id: 99_999_999_999, attempt: 99 } })).toMatchObject({
    kind: 'created',
  });
});

describe('keys', () => {
  test('a plain key is readable', () => expect(marker('ci check echo')).toBe('<!-- immutable-check:ci check echo -->'));

  test.each(['a --> b', 'a--b', 'a\nb', '', 'ü', '-a', 'a ', '<!--', 'x'.repeat(81)])('%j cannot break out', (key) => {
    expect(marker(key)).toMatch(/^<!-- immutable-check:[\w-]*~[0-9a-f]{16} -->$/);
    expect(safeKey(key)).not.toContain('--');
    // And is its own: what it became is no key that is taken as it is.
    expect(safeKey(safeKey(key))).not.toBe(safeKey(key));
  });

  test('odd keys that look alike stay apart', () => expect(safeKey('a--b')).not.toBe(safeKey('a->b')));
});

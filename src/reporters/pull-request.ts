import { createHash } from 'node:crypto';
import type { Verdict } from '../model/report.js';
import type { Author, Comment, PullRequest, PullRequests } from '../platform/github.js';

/** When a comment is made. `on-failure` still corrects one that is there: an old failure must not stand over a pass. */
export type CommentPolicy = 'always' | 'on-failure' | 'never';

export type CommentResult =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly url: string }
  | { readonly kind: 'none'; readonly reason: string }
  /** Nothing that changes the verdict, but a person should know. */
  | { readonly kind: 'skipped'; readonly warning: string };

export interface StickyComment {
  /** One comment a key. */
  readonly key: string;
  /** Markdown, at most `COMMENT_LIMIT` bytes. */
  readonly body: string;
  readonly verdict: Verdict;
  readonly policy: CommentPolicy;
  /** The workflow run that speaks; null where it is not known. A newer run's comment is left as it is. */
  readonly run: RunNumber | null;
}

/** `GITHUB_RUN_ID` and `GITHUB_RUN_ATTEMPT`. Later runs have greater ids. */
export interface RunNumber {
  readonly id: number;
  readonly attempt: number;
}

export interface Surroundings {
  /** Loads and opens GitHub; called only when a comment may be due. */
  readonly open: () => Promise<PullRequests>;
  /** Waits before the only second try. */
  readonly pause: () => Promise<void>;
}

/** Creates or updates the sticky comment. It never throws: whatever fails is a warning. */
export async function publishComment(comment: StickyComment, { open, pause }: Surroundings): Promise<CommentResult> {
  if (comment.policy === 'never') return { kind: 'none', reason: 'comment is "never"' };
  try {
    const github = await open();
    const pullRequest = await github.current();
    if (!pullRequest) return { kind: 'none', reason: 'this run belongs to no pull request' };
    try {
      return await place(github, pullRequest, comment);
    } catch (error) {
      if (!passing(error)) throw error;
      // The answer may have been lost after the comment was written, so the whole is done again, the search first.
      await pause();
      return await place(github, pullRequest, comment);
    }
  } catch (error) {
    return { kind: 'skipped', warning: explain(error) };
  }
}

/** The hidden line by which a comment is found again. */
export function marker(key: string): string {
  return `<!-- immutable-check:${safeKey(key)} -->`;
}

/** The key itself where it can stand in an HTML comment, and otherwise what is readable of it and its hash. */
export function safeKey(key: string): string {
  if (/^[\w./ -]{1,80}$/.test(key) && !key.includes('--') && !/^[ -]|[ -]$/.test(key)) return key;
  const readable = key
    .replace(/[^\w]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  // `~` stands in no key that is taken as it is, so that no two keys become one.
  return `${readable}~${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

async function place(github: PullRequests, pullRequest: PullRequest, comment: StickyComment): Promise<CommentResult> {
  const existing = await find(github, pullRequest, marker(comment.key));
  const head = [marker(comment.key), ...(comment.run ? [runLine(comment.run)] : [])].join('\n');
  const body = `${head}\n${comment.body}`;
  if (!existing) {
    if (comment.policy === 'on-failure' && comment.verdict === 'pass') {
      return { kind: 'none', reason: 'comment is "on-failure", and the check passed' };
    }
    const created = await github.create(pullRequest, body);
    return { kind: 'created', url: created.url };
  }
  const spoken = runOf(existing.body);
  if (comment.run && spoken && newer(spoken, comment.run)) {
    return { kind: 'none', reason: 'a newer run has commented already' };
  }
  if (content(existing.body) === content(body)) return { kind: 'unchanged', url: existing.url };
  const updated = await github.update(pullRequest, existing.id, body);
  return { kind: 'updated', url: updated.url };
}

/** Our comment: with the marker in its first line, and by us. Anybody can write the marker. */
async function find(github: PullRequests, pullRequest: PullRequest, mark: string): Promise<Comment | null> {
  const marked: Comment[] = [];
  for await (const comment of github.listComments(pullRequest)) {
    if (firstLine(comment.body) === mark) marked.push(comment);
  }
  if (marked.length === 0) return null;
  const me = await github.author();
  const ours = marked.filter((comment) => comment.author !== null && isMe(comment.author, me));
  return ours.find((comment) => comment.author?.login === 'github-actions[bot]') ?? ours[0] ?? null;
}

function isMe(author: { login: string; bot: boolean }, me: Author): boolean {
  // An installation token cannot ask who it is; that it is a bot is all that is known.
  return me.kind === 'user' ? author.login === me.login : author.bot;
}

function firstLine(body: string): string {
  return body.split('\n', 1)[0]?.trimEnd() ?? '';
}

const RUN_LINE = /^<!-- run (\d+)\.(\d+) -->$/;

function runLine(run: RunNumber): string {
  return `<!-- run ${run.id}.${run.attempt} -->`;
}

function runOf(body: string): RunNumber | null {
  const found = RUN_LINE.exec(body.split('\n', 2)[1]?.trimEnd() ?? '');
  return found ? { id: Number(found[1]), attempt: Number(found[2]) } : null;
}

function newer(a: RunNumber, b: RunNumber): boolean {
  return a.id > b.id || (a.id === b.id && a.attempt > b.attempt);
}

/** What a reader sees: without the run's line, and with line ends as a server may have changed them. */
function content(body: string): string {
  return body
    .replace(/\r\n/g, '\n')
    .split('\n')
    .filter((line, index) => index !== 1 || !RUN_LINE.test(line))
    .join('\n')
    .trimEnd();
}

/** Whether trying again may help: the server's own failure, or no answer at all. */
function passing(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error)) return false;
  return error.status === null || (typeof error.status === 'number' && error.status >= 500);
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 403 && /not accessible by|must have admin|read.only/i.test(message)) {
    return [
      `The pull request was not commented: GitHub answered 403 "${message}".`,
      'The token may not write there. Give the job `permissions: pull-requests: write`.',
      'For a pull request from a fork or from Dependabot the token is read-only whatever the workflow asks for:',
      'upload the report as an artifact there and publish it from a `workflow_run` workflow with `mode: comment`.',
      'The report is in the job summary in any case.',
    ].join(' ');
  }
  return `The pull request was not commented: ${message}. The report is in the job summary in any case.`;
}

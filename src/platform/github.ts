import { readFile } from 'node:fs/promises';
import { getOctokit } from '@actions/github';

/** A pull request, by its repository's names and its number. */
export interface PullRequest {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  /** The address for people. */
  readonly url: string;
  /** null: a deleted account. */
  readonly author: { readonly login: string; readonly bot: boolean } | null;
}

/** Who the token speaks as. An installation's token (GITHUB_TOKEN) may not ask, and is some bot. */
export type Author = { readonly kind: 'user'; readonly login: string } | { readonly kind: 'bot' };

/** What the sticky comment needs of GitHub. Failures are `GitHubError`. */
export interface PullRequests {
  /** The pull request that this run belongs to; null: none. */
  current(): Promise<PullRequest | null>;
  author(): Promise<Author>;
  /** All comments, oldest first, page by page. */
  listComments(pullRequest: PullRequest): AsyncIterable<Comment>;
  create(pullRequest: PullRequest, body: string): Promise<Comment>;
  update(pullRequest: PullRequest, id: number, body: string): Promise<Comment>;
}

/** An answer that is not a success (`status`), or none at all (null). It holds nothing of the request, so no token. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly status: number | null;

  constructor(status: number | null, message: string) {
    super(message);
    this.status = status;
  }
}

/** Milliseconds for one request. */
const TIMEOUT = 15_000;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

type Octokit = ReturnType<typeof getOctokit>;

/** GitHub as the variables of a workflow run describe it. Nothing is asked yet. */
export function openPullRequests(env: NodeJS.ProcessEnv, token: string, timeout = TIMEOUT): PullRequests {
  if (token === '') throw new GitHubError(null, 'no token was given (input github-token)');
  // @actions/github reads GITHUB_API_URL when it is imported, which may be before it is set.
  const baseUrl = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/, '');
  const octokit = getOctokit(token, { baseUrl, log: silent });
  octokit.hook.before('request', (options) => {
    options.request = { ...options.request, signal: AbortSignal.timeout(timeout) };
  });
  return new RestPullRequests(octokit, env);
}

class RestPullRequests implements PullRequests {
  readonly #octokit: Octokit;
  readonly #env: NodeJS.ProcessEnv;

  constructor(octokit: Octokit, env: NodeJS.ProcessEnv) {
    this.#octokit = octokit;
    this.#env = env;
  }

  async current(): Promise<PullRequest | null> {
    const [owner, repo] = (this.#env.GITHUB_REPOSITORY ?? '').split('/');
    if (!owner || !repo) return null;
    const event = await readEvent(this.#env.GITHUB_EVENT_PATH);
    switch (this.#env.GITHUB_EVENT_NAME) {
      case 'pull_request':
      case 'pull_request_target': {
        const number = member(member(event, 'pull_request'), 'number');
        return isNumber(number) ? { owner, repo, number } : null;
      }
      case 'push':
        return this.#byCommit(owner, repo, this.#env.GITHUB_SHA);
      case 'workflow_run':
        return this.#byBranch(owner, repo, member(event, 'workflow_run'));
      default:
        return null;
    }
  }

  async author(): Promise<Author> {
    try {
      const { data } = await this.#ask(() => this.#octokit.rest.users.getAuthenticated());
      return { kind: 'user', login: data.login };
    } catch (error) {
      // "Resource not accessible by integration".
      if (error instanceof GitHubError && error.status === 403) return { kind: 'bot' };
      throw error;
    }
  }

  async *listComments({ owner, repo, number }: PullRequest): AsyncIterable<Comment> {
    const parameters = { owner, repo, issue_number: number, per_page: 100 };
    const pages = this.#octokit.paginate
      .iterator(this.#octokit.rest.issues.listComments, parameters)
      [Symbol.asyncIterator]();
    for (;;) {
      const page = await this.#ask(() => pages.next());
      if (page.done) return;
      yield* page.value.data.map(asComment);
    }
  }

  async create({ owner, repo, number }: PullRequest, body: string): Promise<Comment> {
    const { data } = await this.#ask(() =>
      this.#octokit.rest.issues.createComment({ owner, repo, issue_number: number, body }),
    );
    return asComment(data);
  }

  async update({ owner, repo }: PullRequest, id: number, body: string): Promise<Comment> {
    const { data } = await this.#ask(() =>
      this.#octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body }),
    );
    return asComment(data);
  }

  /** A push to a branch with an open pull request, whose head is exactly this commit. */
  async #byCommit(owner: string, repo: string, sha: string | undefined): Promise<PullRequest | null> {
    if (!sha) return null;
    const { data } = await this.#ask(() =>
      this.#octokit.rest.repos.listPullRequestsAssociatedWithCommit({ owner, repo, commit_sha: sha, per_page: 100 }),
    );
    return one(
      owner,
      repo,
      data.filter((pull) => pull.state === 'open' && pull.head.sha === sha),
    );
  }

  /** The event names no pull request where the branch is a fork's, so it is found by branch and head commit. */
  async #byBranch(owner: string, repo: string, run: unknown): Promise<PullRequest | null> {
    const sha = member(run, 'head_sha');
    const branch = member(run, 'head_branch');
    const from = member(member(member(run, 'head_repository'), 'owner'), 'login');
    if (typeof sha !== 'string' || typeof branch !== 'string' || typeof from !== 'string') return null;
    const { data } = await this.#ask(() =>
      this.#octokit.rest.pulls.list({ owner, repo, state: 'open', head: `${from}:${branch}`, per_page: 100 }),
    );
    return one(
      owner,
      repo,
      data.filter((pull) => pull.head.sha === sha),
    );
  }

  async #ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw asGitHubError(error);
    }
  }
}

/** Two pull requests with the same head are two answers: none is better than the wrong one. */
function one(owner: string, repo: string, pulls: readonly { number: number }[]): PullRequest | null {
  const [pull] = pulls;
  return pull && pulls.length === 1 ? { owner, repo, number: pull.number } : null;
}

async function readEvent(path: string | undefined): Promise<unknown> {
  if (!path) return null;
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new GitHubError(null, `the event's file ${path} (GITHUB_EVENT_PATH) could not be read: ${String(error)}`);
  }
}

function asComment(data: {
  id: number;
  body?: string;
  html_url: string;
  user: { login: string; type: string } | null;
}): Comment {
  const author = data.user ? { login: data.user.login, bot: data.user.type === 'Bot' } : null;
  return { id: data.id, body: data.body ?? '', url: data.html_url, author };
}

function asGitHubError(error: unknown): GitHubError {
  if (error instanceof GitHubError) return error;
  const status = member(error, 'status');
  const message = error instanceof Error ? error.message : String(error);
  // Octokit gives 500 to a request that got no answer, and then there is no response.
  const answered = isNumber(status) && member(error, 'response') !== undefined;
  return new GitHubError(answered ? status : null, message.split('\n', 1)[0] ?? message);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

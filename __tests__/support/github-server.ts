import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GitHubDescription, type Route } from './github-description.js';

/**
 * GitHub, as far as a sticky comment sees it: a local server that keeps comments, and holds every request and every
 * answer of its own against GitHub's published description. What does not fit is answered 599 and stands in
 * `violations`, which every test should find empty.
 */
export interface StoredComment {
  readonly id: number;
  readonly issue: number;
  readonly login: string;
  readonly bot: boolean;
  body: string;
}

export interface Switches {
  /** Writing is answered 403, as for a fork's pull request. */
  readOnlyToken: boolean;
  /** GITHUB_TOKEN: it may not ask who it is, and speaks as github-actions[bot]. Otherwise: the user `octocat`. */
  installationToken: boolean;
  /** So many writes are done and then answered 502. */
  failAfterWrite: number;
  /** So many requests are answered 502 and nothing is done. */
  failBefore: number;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

export interface PullRequestHead {
  readonly number: number;
  readonly owner: string;
  readonly branch: string;
  readonly sha: string;
  readonly state: 'open' | 'closed';
}

const DOCS = 'https://docs.github.com/rest';
let description: GitHubDescription | null = null;

function theDescription(): GitHubDescription {
  description ??= new GitHubDescription();
  return description;
}

export class GitHubServer implements AsyncDisposable {
  static readonly token = 'ghs_0123456789abcdefABCDEF0123456789abcd';

  readonly violations: string[] = [];
  readonly requests: SeenRequest[] = [];
  readonly comments: StoredComment[] = [];
  readonly pulls: PullRequestHead[] = [];
  readonly switches: Switches = { readOnlyToken: false, installationToken: true, failAfterWrite: 0, failBefore: 0 };
  readonly #server: Server;
  readonly #description: GitHubDescription;
  #nextId = 1;

  private constructor() {
    this.#description = theDescription();
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(`the server itself: ${String(error)}`);
        response.destroy();
      });
    });
  }

  static async start(switches: Partial<Switches> = {}): Promise<GitHubServer> {
    const server = new GitHubServer();
    Object.assign(server.switches, switches);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** For GITHUB_API_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that would have changed something. */
  get writes(): SeenRequest[] {
    return this.requests.filter((request) => request.method !== 'GET');
  }

  addComment(body: string, login = 'github-actions[bot]', issue = 7): StoredComment {
    const comment = { id: this.#nextId++, issue, login, bot: login.endsWith('[bot]'), body };
    this.comments.push(comment);
    return comment;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', this.url);
    const text = await read(request);
    const body = parse(text);
    const route = this.#description.route(method, url.pathname);
    this.requests.push({
      method,
      path: url.pathname + url.search,
      operation: route?.operation.operationId ?? null,
      body,
    });

    const faults = route ? this.#description.requestFaults(route, url.searchParams, body) : ['is not described'];
    if (route && faults.length === 0) {
      const answer = this.#answer(request, route, url, body);
      faults.push(
        ...(answer ? this.#description.answerFaults(route, answer.status, answer.body) : ['is not simulated']),
      );
      if (answer && faults.length === 0) return send(response, answer);
    }
    this.violations.push(...faults.map((fault) => `${method} ${url.pathname}${url.search}: ${fault}`));
    send(response, { status: 599, body: { message: faults.join('; ') } });
  }

  #answer(request: IncomingMessage, route: Route, url: URL, body: unknown): Answer | null {
    // Octokit sends `token …`, others `Bearer …`.
    if (!/^(token|bearer) /i.test(request.headers.authorization ?? '')) {
      return failure(401, 'Requires authentication');
    }
    if (request.headers.authorization?.split(' ')[1] !== GitHubServer.token) return failure(401, 'Bad credentials');
    if (!request.headers['user-agent']) return failure(403, 'Request forbidden by administrative rules.');
    if (this.switches.failBefore > 0) {
      this.switches.failBefore--;
      return failure(502, 'Server Error');
    }
    const { parameters } = route;
    switch (route.operation.operationId) {
      case 'issues/list-comments':
        return this.#list(Number(parameters.issue_number), url);
      case 'issues/create-comment':
        return this.#written(201, body, () =>
          this.addComment(bodyOf(body), this.#login(), Number(parameters.issue_number)),
        );
      case 'issues/update-comment': {
        const comment = this.comments.find((one) => one.id === Number(parameters.comment_id));
        if (!comment) return failure(404, 'Not Found');
        return this.#written(200, body, () => Object.assign(comment, { body: bodyOf(body) }));
      }
      case 'users/get-authenticated':
        if (this.switches.installationToken) return failure(403, 'Resource not accessible by integration');
        return { status: 200, body: authenticated(this.#login()) };
      case 'repos/list-pull-requests-associated-with-commit':
        return { status: 200, body: this.#heads((pull) => pull.sha === parameters.commit_sha) };
      case 'pulls/list': {
        const head = url.searchParams.get('head');
        const state = url.searchParams.get('state') ?? 'open';
        const open = (pull: PullRequestHead) => state === 'all' || pull.state === state;
        return {
          status: 200,
          body: this.#heads((pull) => open(pull) && (!head || head === `${pull.owner}:${pull.branch}`)),
        };
      }
      default:
        return null;
    }
  }

  #written(status: number, body: unknown, write: () => StoredComment): Answer {
    if (this.switches.readOnlyToken) return failure(403, 'Resource not accessible by integration');
    if ([...bodyOf(body)].length > 65_536) return tooLong();
    const comment = write();
    if (this.switches.failAfterWrite > 0) {
      this.switches.failAfterWrite--;
      return failure(502, 'Server Error');
    }
    return { status, body: this.#shown(comment) };
  }

  #list(issue: number, url: URL): Answer {
    // GitHub caps it, without a word in its description.
    const perPage = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
    const page = Number(url.searchParams.get('page') ?? 1);
    const all = this.comments.filter((comment) => comment.issue === issue);
    const last = Math.max(1, Math.ceil(all.length / perPage));
    const at = (number: number, rel: string) => {
      const target = new URL(url);
      target.searchParams.set('page', String(number));
      return `<${target}>; rel="${rel}"`;
    };
    const links = [
      ...(page > 1 ? [at(page - 1, 'prev')] : []),
      ...(page < last ? [at(page + 1, 'next'), at(last, 'last')] : []),
    ];
    return {
      status: 200,
      body: all.slice((page - 1) * perPage, page * perPage).map((comment) => this.#shown(comment)),
      headers: links.length > 0 ? { link: links.join(', ') } : {},
    };
  }

  #login(): string {
    return this.switches.installationToken ? 'github-actions[bot]' : 'octocat';
  }

  #shown(comment: StoredComment): unknown {
    const repository = `${this.url}/repos/octo-org/echo`;
    return {
      id: comment.id,
      node_id: `IC_${comment.id}`,
      url: `${repository}/issues/comments/${comment.id}`,
      html_url: `https://github.com/octo-org/echo/pull/${comment.issue}#issuecomment-${comment.id}`,
      issue_url: `${repository}/issues/${comment.issue}`,
      body: comment.body,
      user: person(comment.login),
      created_at: '2026-11-20T09:30:00Z',
      updated_at: '2026-11-20T09:30:00Z',
      author_association: comment.bot ? 'NONE' : 'CONTRIBUTOR',
      performed_via_github_app: null,
    };
  }

  #heads(wanted: (pull: PullRequestHead) => boolean): unknown[] {
    return this.pulls.filter(wanted).map((pull) => shownPull(pull));
  }
}

function bodyOf(body: unknown): string {
  return (body as { body: string }).body;
}

function failure(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: DOCS, status: String(status) } };
}

/** GitHub's own words for a comment of more than 65,536 characters. */
function tooLong(): Answer {
  const error = {
    resource: 'IssueComment',
    code: 'unprocessable',
    field: 'data',
    message: 'Body is too long (maximum is 65536 characters)',
  };
  return { status: 422, body: { message: 'Validation Failed', errors: [error], documentation_url: DOCS } };
}

function person(login: string) {
  const url = `https://api.github.com/users/${encodeURIComponent(login)}`;
  return {
    login,
    id: 41_898_282,
    node_id: 'MDM6Qm90NDE4OTgyODI=',
    avatar_url: 'https://avatars.githubusercontent.com/in/15368',
    gravatar_id: '',
    url,
    html_url: `https://github.com/${login.replace(/\[bot\]$/, '')}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
    site_admin: false,
  };
}

function authenticated(login: string) {
  const nothing = { name: null, company: null, blog: null, location: null, email: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const times = { created_at: '2011-01-25T18:44:36Z', updated_at: '2026-11-20T09:30:00Z' };
  return { ...person(login), user_view_type: 'public', ...nothing, ...counts, ...times };
}

let example: Record<string, unknown> | null = null;

/** GitHub's own example of a pull request, with the head that a test wants. */
function shownPull(pull: PullRequestHead): unknown {
  example ??= theDescription().example('pull-request-simple-items');
  const head = { ...(example.head as object), ref: pull.branch, label: `${pull.owner}:${pull.branch}`, sha: pull.sha };
  // The example's team lacks a property that the schema asks for.
  return { ...example, number: pull.number, state: pull.state, head, requested_teams: [] };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The body as JSON; undefined: none. What is no JSON stays a text, which no schema takes. */
function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

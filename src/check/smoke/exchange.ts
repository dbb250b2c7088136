import type { SmokeRequest } from '../../model/target.js';
import type { Answer, HttpRequest, send } from '../../platform/http.js';
import { nextHop } from './redirect.js';

/** Where a port of the container is reached; null stands for the target's own port. */
export type Address = (port: number | null) => { readonly host: string; readonly port: number };

/** What a smoke test's request came to, its redirects followed. */
export type Exchanged =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'none'; readonly reason: string; readonly timedOut: boolean };

/** The part of a request that a redirect can change. */
export type Hop = Pick<SmokeRequest, 'method' | 'scheme' | 'host' | 'port' | 'path' | 'headers' | 'body'>;

export interface Line {
  readonly address: Address;
  readonly send: typeof send;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Asks once, within `limit` milliseconds.
 * @throws the signal's reason, and what no answer can cause
 */
export async function exchange(request: SmokeRequest, limit: number, line: Line): Promise<Exchanged> {
  const end = line.now() + limit;
  const heads: string[] = [];
  let hop: Hop = request;
  for (let redirects = 0; ; redirects++) {
    let place: ReturnType<Address>;
    try {
      place = line.address(hop.port);
    } catch (error) {
      // The first one is the caller's to know; a redirect leads where the program likes.
      if (redirects === 0) throw error;
      return none(`it redirects to port ${hop.port}, which cannot be reached`);
    }
    const left = redirects === 0 ? limit : Math.ceil(end - line.now());
    if (left <= 0) return none(`no whole answer within ${limit / 1000} s, redirects and all`, true);
    let answer: Answer;
    try {
      answer = await line.send(httpRequest(hop, request, place, left, line.signal));
    } catch (error) {
      line.signal.throwIfAborted();
      if (!isFailure(error)) throw error;
      return none(error.message, error.kind === 'time-out');
    }
    if (request.includeHeaders) heads.push(head(answer));
    const location = answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
    if (!request.followRedirects || answer.status < 300 || answer.status > 399 || !location) {
      const body =
        heads.length === 0 ? answer.body : Buffer.concat([Buffer.from(heads.join(''), 'latin1'), answer.body]);
      return { kind: 'answer', answer: { ...answer, body } };
    }
    if (redirects >= request.maxRedirects) return none(`it redirects more than ${request.maxRedirects} times`);
    const next = nextHop(hop, request, { status: answer.status, location, place });
    if (typeof next === 'string') return none(next);
    hop = next;
  }
}

function none(reason: string, timedOut = false): Exchanged {
  return { kind: 'none', reason, timedOut };
}

// By its name: the class is loaded, with undici, only when something is asked.
function isFailure(error: unknown): error is Error & { kind: string } {
  return error instanceof Error && error.name === 'HttpFailure' && 'kind' in error;
}

function httpRequest(
  hop: Hop,
  request: SmokeRequest,
  place: ReturnType<Address>,
  timeout: number,
  signal: AbortSignal,
): HttpRequest {
  const hasHost = hop.headers.some(([name]) => name.toLowerCase() === 'host');
  return {
    scheme: hop.scheme,
    host: place.host,
    port: place.port,
    serverName: hop.host,
    method: hop.method,
    path: hop.path,
    headers: hasHost ? hop.headers : [['Host', hostHeader(hop)], ...hop.headers],
    body: hop.body,
    insecure: request.insecure,
    decode: request.compressed,
    timeout,
    connectTimeout: request.connectTimeout,
    signal,
  };
}

/** As the user wrote it, with the container's port: programs make redirects and virtual hosts of it. */
function hostHeader(hop: Hop): string {
  const usual = hop.scheme === 'https' ? 443 : 80;
  return hop.port === null || hop.port === usual ? hop.host : `${hop.host}:${hop.port}`;
}

/** The head of an answer as curl shows it (the HTTP version aside, which is always told as 1.1). */
function head(answer: Answer): string {
  const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} ${answer.statusText}\r\n${lines.join('')}\r\n`;
}

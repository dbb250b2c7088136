import type { SmokeRequest } from '../../model/target.js';
import { excerpt } from './complaint.js';
import type { Hop } from './exchange.js';

/**
 * Where a redirect leads, by curl's rules; or why it is not followed.
 * It stays in the container: `location` may name a port of the container, or the one where `place` was reached.
 */
export function nextHop(
  from: Hop,
  first: SmokeRequest,
  answer: { readonly status: number; readonly location: string; readonly place: { host: string; port: number } },
): Hop | string {
  const base = `${from.scheme}://${from.host}${from.port === null ? '' : `:${from.port}`}${from.path}`;
  // A blank is + in a query and %20 before it.
  const location = answer.location.replace(/\?[^#]*/, (query) => query.replaceAll(' ', '+'));
  if (!URL.canParse(location, base)) return `it redirects to ${excerpt(location)}, which is no URL`;
  const url = new URL(location, base);
  const scheme = url.protocol === 'http:' ? 'http' : url.protocol === 'https:' ? 'https' : null;
  const host = loopback(url.hostname, from.host, answer.place.host);
  if (scheme === null || host === null) {
    return `it redirects to ${excerpt(answer.location)}: only the container is asked, at localhost`;
  }
  // -X and the body: https://curl.se/docs/manpage.html#-L and Curl_follow() in lib/transfer.c.
  const dropsBody = from.body !== null && answer.status >= 301 && answer.status <= 303;
  const next: Hop = {
    method: dropsBody && !first.methodIsExplicit ? 'GET' : from.method,
    scheme,
    host,
    port: portOf(url, scheme, from, answer.place.port),
    path: url.pathname + url.search,
    headers: from.headers,
    body: dropsBody ? null : from.body,
  };
  return { ...next, headers: keptHeaders(next, from, first) };
}

function loopback(name: string, current: SmokeRequest['host'], published: string): SmokeRequest['host'] | null {
  if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]') return name;
  return name === published ? current : null;
}

function portOf(url: URL, scheme: string, from: Hop, published: number): number | null {
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  if (url.port === '') return from.port === null && scheme === from.scheme ? null : port;
  return port === published && scheme === from.scheme ? from.port : port;
}

/** Secrets go to the very same server only, the user's Host to the same name, the form's type with its body. */
function keptHeaders(next: Hop, from: Hop, first: SmokeRequest): Hop['headers'] {
  const sameServer = next.scheme === first.scheme && next.host === first.host && next.port === first.port;
  return from.headers.filter(([name, value]) => {
    switch (name.toLowerCase()) {
      case 'authorization':
      case 'cookie':
        return sameServer;
      case 'host':
        return next.host === first.host;
      case 'content-type':
        return next.body !== null || from.body === null || value !== 'application/x-www-form-urlencoded';
      default:
        return true;
    }
  });
}

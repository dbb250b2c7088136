/**
 * Known to differ from curl 7.88: the User-Agent; "Connection: keep-alive" is sent always, and "Content-Length: 0"
 * with POST, PUT and PATCH without a body; --compressed does not ask for zstd; what is not ASCII in a query is
 * percent-encoded as it is in a path; long options may be written --name=value, and not be abbreviated; a header
 * that curl would silently drop is an error; -I -X GET compares the body, too.
 * `__tests__/scenarios/curl.test.ts` holds everything else against the real one.
 */

import type { SmokeRequest } from '../../model/target.js';
import { readArguments } from './arguments.js';
import { badLine, quoted } from './complaint.js';
import { requestHeaders } from './headers.js';
import type { Settings } from './options.js';
import { parseUrl, percentEncoded, type RequestUrl } from './url.js';
import { splitWords } from './words.js';

const URL_LINE = /^([a-z][a-z0-9+.-]*:\/\/|(localhost|127\.0\.0\.1|\[::1\])([:/?#]|$))/i;

/**
 * The request that one line of `smoke-test` describes: a `curl …` command, a URL, or a path.
 * @throws CheckError `bad-input`, one error with all that is wrong with the line.
 */
export function parseSmokeTest(line: string): SmokeRequest {
  const text = line.trim();
  const complaints: string[] = [];
  const settings = readLine(text, complaints);
  const request = settings && toRequest(text, settings, complaints);
  if (request === null || complaints.length > 0) throw badLine(text, complaints);
  return request;
}

function readLine(text: string, complaints: string[]): Settings | null {
  if (/^curl(\s|$)/.test(text)) {
    const words = splitWords(text, complaints);
    return complaints.length > 0 ? null : readArguments(words.slice(1), complaints);
  }
  // A URL or a path stands for itself: it is not split, and { and [ are what they are.
  const url = text.startsWith('/') ? `localhost${text}` : URL_LINE.test(text) ? text : null;
  if (url === null) {
    complaints.push(
      'It is none of what it can be: a "curl …" command, a URL such as http://localhost:8080/, or a path such as /.',
    );
    return null;
  }
  return { ...readArguments([], complaints), urls: [url], globOff: true };
}

function toRequest(text: string, settings: Settings, complaints: string[]): SmokeRequest | null {
  const { method, head, get } = settings;
  const data = settings.data.map((part, at) => (at === 0 ? '' : part.joint) + part.text).join('');
  const body = settings.data.length > 0 && !get ? new Uint8Array(Buffer.from(data)) : null;
  if (head && body !== null) {
    complaints.push('-I asks with HEAD, which sends no data. Take -I or the data away, or add -G.');
  }
  if (method !== null && (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method) || /^connect$/i.test(method))) {
    complaints.push(`-X: ${quoted(method)} is no method that can be asked, such as GET or POST.`);
  }
  if (settings.user !== null && !settings.user.includes(':')) {
    complaints.push('-u: There is nobody to ask for the password. Write USER:PASSWORD.');
  }
  const url = onlyUrl(settings, complaints);
  const headers = requestHeaders(settings, login(settings, url), body, complaints);
  const path = url === null ? '/' : get ? withQuery(url.path, data, complaints) : url.path;
  if (url === null) return null;
  return {
    text,
    method: method ?? (head ? 'HEAD' : body === null ? 'GET' : 'POST'),
    methodIsExplicit: method !== null,
    scheme: url.scheme,
    host: url.host,
    port: url.port,
    path,
    headers,
    body,
    followRedirects: settings.follow,
    maxRedirects: settings.maxRedirects,
    insecure: settings.insecure,
    compressed: settings.compressed,
    failOnStatus: settings.fail,
    includeHeaders: settings.include || head,
    maxTime: settings.maxTime,
    connectTimeout: settings.connectTimeout,
  };
}

function onlyUrl(settings: Settings, complaints: string[]): RequestUrl | null {
  const [url, ...others] = settings.urls;
  if (url === undefined) {
    complaints.push('It names no URL. Add one, such as http://localhost:8080/.');
    return null;
  }
  if (others.length > 0) {
    const list = settings.urls.map((each) => quoted(each)).join(', ');
    complaints.push(`It names more than one URL: ${list}. One line is one request; text with blanks needs quotes.`);
    return null;
  }
  if (!settings.globOff && /[[\]{}]/.test(url.replace(/\[::1\]/i, ''))) {
    complaints.push(
      `In the URL ${quoted(url)}, [ ] { } mean many URLs to curl, and one line is one request. -g takes them as they are.`,
    );
  }
  return parseUrl(url, settings, complaints);
}

/** `-u` wins over the URL. */
function login(settings: Settings, url: RequestUrl | null): string | null {
  if (settings.user !== null) return settings.user;
  return url === null || url.user === null ? null : `${url.user}:${url.password ?? ''}`;
}

function withQuery(path: string, data: string, complaints: string[]): string {
  if (/[\0- \x7f#]/.test(data)) {
    complaints.push('-G puts the data into the URL, which holds no blank and no #. Use --data-urlencode.');
  }
  if (data === '') return path;
  const encoded = percentEncoded(data, /[!-~]/, 'lower');
  if (!path.includes('?')) return `${path}?${encoded}`;
  return /[?&]$/.test(path) ? path + encoded : `${path}&${encoded}`;
}

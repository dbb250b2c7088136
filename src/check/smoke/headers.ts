import { quoted } from './complaint.js';
import type { Settings } from './options.js';

type Header = readonly [name: string, value: string];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that say how the request is sent, which is not for the user to say here: names, and what to do. */
const FRAMING: Readonly<Record<string, string>> = {
  'transfer-encoding': 'The body is sent whole. Take the header away.',
  expect: 'The body is sent at once. Take the header away.',
  upgrade: 'Only HTTP/1.1 is spoken. Take the header away.',
  'keep-alive': 'One connection is one request. Take the header away.',
};

/**
 * All headers but Host (unless the user gave one) and Content-Length, which are made when the request is sent.
 * In curl's order: its own, the user's, and the body's type. What the user names replaces what curl would send;
 * `Name:` removes it and `Name;` sends it empty.
 */
export function requestHeaders(
  from: Settings,
  login: string | null,
  body: Uint8Array | null,
  complaints: string[],
): Header[] {
  const own = from.headers.flatMap((line) => userHeader(line, complaints));
  const named = new Set(own.map((header) => header.name.toLowerCase()));
  const json = { 'Content-Type': 'application/json', Accept: 'application/json' };
  for (const [name, value] of Object.entries(from.json ? json : {})) {
    if (named.has(name.toLowerCase())) continue;
    named.add(name.toLowerCase());
    own.push({ name, value });
  }

  const defaults: (readonly [string, string | null])[] = [
    ['Authorization', login === null ? null : `Basic ${Buffer.from(login).toString('base64')}`],
    ['User-Agent', from.userAgent || null],
    ['Accept', '*/*'],
    ['Accept-Encoding', from.compressed ? 'deflate, gzip, br' : null],
    ['Referer', from.referer || null],
    ['Cookie', from.cookies.length > 0 ? from.cookies.join(';') : null],
  ];
  const headers: Header[] = [];
  for (const [name, value] of defaults) {
    if (value !== null && !named.has(name.toLowerCase())) headers.push([name, value]);
  }
  for (const { name, value } of own) if (value !== null) headers.push([name, value]);
  if (body !== null && !named.has('content-type')) headers.push(['Content-Type', 'application/x-www-form-urlencoded']);

  for (const [name, value] of headers) {
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) {
      complaints.push(`The header ${quoted(name)} holds a control character. Take it out: no header can carry one.`);
    }
  }
  return checked(own, headers, body, complaints);
}

/** One `-H`: null as value removes the header. */
function userHeader(line: string, complaints: string[]): { name: string; value: string | null }[] {
  const [, name = '', separator, rest = ''] = /^([^:;]*)([:;])(.*)$/s.exec(line) ?? [];
  const value = rest.trim();
  if (separator === undefined || !TOKEN.test(name) || (separator === ';' && value !== '')) {
    complaints.push(
      `The header ${quoted(line)} is none. Write "Name: value"; "Name:" takes a header away, "Name;" sends it empty.`,
    );
    return [];
  }
  return [{ name, value: value !== '' || separator === ';' ? value : null }];
}

/** Takes out what is made while sending, and complains where the user wants it made otherwise. */
function checked(
  own: readonly { name: string; value: string | null }[],
  headers: readonly Header[],
  body: Uint8Array | null,
  complaints: string[],
): Header[] {
  for (const { name, value } of own) {
    const lower = name.toLowerCase();
    const why = value === null ? undefined : FRAMING[lower];
    if (why !== undefined) complaints.push(`The header ${quoted(name)} cannot be sent. ${why}`);
    if (lower === 'host' && (value === null || value === '')) {
      complaints.push('The header "Host" cannot be left out or empty: HTTP/1.1 requires it.');
    }
    if (lower === 'connection' && value !== null && !/^(close|keep-alive)$/i.test(value)) {
      complaints.push(`The header "Connection" is ${quoted(value)}. It can be "close" or "keep-alive".`);
    }
    if (lower === 'content-length' && value !== String(body?.byteLength ?? 0)) {
      complaints.push(`The header "Content-Length" is counted from the body: ${body?.byteLength ?? 0}. Take it away.`);
    }
  }
  let hosts = 0;
  // curl sends the first Host only.
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return lower === 'host' ? hosts++ === 0 : lower !== 'content-length';
  });
}

import type { SmokeRequest } from '../../model/target.js';
import { quoted } from './complaint.js';

export interface RequestUrl {
  readonly scheme: SmokeRequest['scheme'];
  readonly host: SmokeRequest['host'];
  readonly port: number | null;
  /** Path and query. */
  readonly path: string;
  /** Decoded; null where the URL names none. */
  readonly user: string | null;
  readonly password: string | null;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const PARTS = /^(?:([^/?#@]*)@)?(\[[^\]/?#]*\]|[^/?#:]*)(?::([^/?#]*))?(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/s;
const HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;

/** Reads a URL as curl does (its own rules, older than WHATWG's); null and complaints where it cannot be asked. */
export function parseUrl(text: string, how: { readonly pathAsIs: boolean }, complaints: string[]): RequestUrl | null {
  const before = complaints.length;
  if (/[\0- \x7f]/.test(text)) {
    complaints.push(`The URL ${quoted(text)} holds a blank or a control character. Write a blank as %20.`);
  }
  const named = SCHEME.exec(text);
  const scheme = named?.[1]?.toLowerCase() ?? 'http';
  if (scheme !== 'http' && scheme !== 'https') {
    complaints.push(`The URL ${quoted(text)} is of the scheme ${quoted(scheme)}. Only http and https are asked.`);
  }
  const parts = PARTS.exec(text.slice(named?.[0].length ?? 0));
  const host = HOSTS.find((known) => known === parts?.[2]?.toLowerCase());
  if (host === undefined) {
    complaints.push(
      `The URL ${quoted(text)} names the host ${quoted(parts?.[2] ?? '')}. Only the container is asked: ` +
        'write localhost, 127.0.0.1 or [::1], with the port that the program listens on in the container.',
    );
  }
  // curl takes an empty port for none.
  const portText = parts?.[3] ?? '';
  const port = portText === '' ? null : Number(portText);
  if (port !== null && (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65535)) {
    complaints.push(`The URL ${quoted(text)} names the port ${quoted(portText)}. It must be a number from 1 to 65535.`);
  }
  if (parts === null || host === undefined || complaints.length > before) return null;

  const login = parts[1]?.split(/:(.*)/s);
  const path = parts[4] ?? '/';
  const query = parts[5] ?? '';
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    host,
    port,
    path: percentEncoded((how.pathAsIs ? path : withoutDots(path)) + query, /[!-~]/, 'lower'),
    user: login === undefined ? null : decoded(login[0] ?? ''),
    password: login?.[1] === undefined ? null : decoded(login[1]),
  };
}

/** RFC 3986, section 5.2.4: `/a/../b/./c` is `/b/c`. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [at, segment] of segments.entries()) {
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (at === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** UTF-8 bytes as `%XX`, but for the characters of `kept`. */
export function percentEncoded(text: string, kept: RegExp, digits: 'lower' | 'upper' = 'upper'): string {
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    const hex = byte.toString(16).padStart(2, '0');
    encoded += byte < 0x80 && kept.test(character) ? character : `%${digits === 'lower' ? hex : hex.toUpperCase()}`;
  }
  return encoded;
}

function decoded(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  const plain = bytes.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1').toString();
}

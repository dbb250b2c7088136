import { quoted } from './complaint.js';
import { percentEncoded } from './url.js';

/** What the options of one curl command line come to. */
export interface Settings {
  urls: string[];
  method: string | null;
  headers: string[];
  /** In order; `joint` stands before the text where something precedes it. */
  data: { readonly joint: '&' | ''; readonly text: string }[];
  json: boolean;
  get: boolean;
  head: boolean;
  user: string | null;
  userAgent: string;
  referer: string;
  cookies: string[];
  follow: boolean;
  maxRedirects: number;
  maxTime: number | null;
  connectTimeout: number | null;
  compressed: boolean;
  insecure: boolean;
  fail: boolean;
  include: boolean;
  globOff: boolean;
  pathAsIs: boolean;
}

type Names = readonly string[];

/** `set` returns a complaint about the value, or nothing. Flags are also known as `--no-…`, which turns them off. */
export type Option =
  | { readonly names: Names; readonly kind: 'flag'; readonly set: (to: Settings, on: boolean) => void }
  | { readonly names: Names; readonly kind: 'value'; readonly set: (to: Settings, value: string) => string | undefined }
  /** Changes nothing here, for the reason given. */
  | { readonly names: Names; readonly kind: 'ignored'; readonly takesValue: boolean; readonly why: string }
  /** Known to curl and refused here, with what to do instead. */
  | { readonly names: Names; readonly kind: 'refused'; readonly takesValue: boolean; readonly instead: string };

function flag(names: Names, set: (to: Settings, on: boolean) => void): Option {
  return { names, kind: 'flag', set };
}

function value(names: Names, set: (to: Settings, value: string) => string | undefined): Option {
  return { names, kind: 'value', set };
}

/** Keeps the value as text, under one name of `Settings`. */
function text(names: Names, key: 'method' | 'user' | 'userAgent'): Option {
  return value(names, (to, given) => {
    to[key] = given;
    return undefined;
  });
}

function ignored(names: Names, why: string, takesValue = false): Option {
  return { names, kind: 'ignored', takesValue, why };
}

function refused(names: Names, takesValue: boolean, instead: string): Option {
  return { names, kind: 'refused', takesValue, instead };
}

const NO_FILES = 'No file is read: write the text itself.';

function data(names: Names, filesToo: boolean, kind: 'plain' | 'json'): Option {
  return value(names, (to, given) => {
    if (filesToo && given.startsWith('@')) {
      return `${NO_FILES}${kind === 'plain' ? ' --data-raw sends text that starts with @.' : ''}`;
    }
    if (kind === 'json') to.json = true;
    to.data.push({ joint: kind === 'json' ? '' : '&', text: given });
    return undefined;
  });
}

/** The forms of `--data-urlencode`: `text`, `=text`, `name=text`; `@file` and `name@file` are refused. */
function urlEncoded(to: Settings, given: string): string | undefined {
  const equals = given.indexOf('=');
  if (equals < 0 && given.includes('@')) return `${NO_FILES} Text that holds @ is written with = before it.`;
  const name = equals > 0 ? `${given.slice(0, equals)}=` : '';
  const encoded = percentEncoded(given.slice(equals + 1), /[A-Za-z0-9._~-]/).replaceAll('%20', '+');
  to.data.push({ joint: '&', text: name + encoded });
  return undefined;
}

/** Seconds with fractions, as milliseconds; 0 means no limit, as in curl. */
function seconds(names: Names, key: 'maxTime' | 'connectTimeout'): Option {
  return value(names, (to, given) => {
    if (!/^(\d{1,7}(\.\d*)?|\.\d+)$/.test(given))
      return `It must be a number of seconds, e.g. 2.5, not ${quoted(given)}.`;
    const milliseconds = Math.ceil(Number(given) * 1000);
    to[key] = milliseconds === 0 ? null : milliseconds;
    return undefined;
  });
}

const ONLY_THE_CONTAINER = 'Only the container is asked, where its port was published. Take the option away.';
const BODY_IS_COMPARED = 'the body is compared wherever it would be written';
const DISPLAY = 'it only changes what curl shows';

/** Every option of curl that is known here, one row each. */
export const OPTIONS: readonly Option[] = [
  text(['-X', '--request'], 'method'),
  value(['-H', '--header'], (to, given) => {
    if (given.startsWith('@')) return NO_FILES;
    to.headers.push(given);
    return undefined;
  }),
  data(['-d', '--data', '--data-ascii'], true, 'plain'),
  data(['--data-raw'], false, 'plain'),
  data(['--data-binary'], true, 'plain'),
  value(['--data-urlencode'], urlEncoded),
  data(['--json'], true, 'json'),
  flag(['-G', '--get'], (to, on) => {
    to.get = on;
  }),
  flag(['-I', '--head'], (to, on) => {
    to.head = on;
  }),
  flag(['-k', '--insecure'], (to, on) => {
    to.insecure = on;
  }),
  text(['-u', '--user'], 'user'),
  text(['-A', '--user-agent'], 'userAgent'),
  value(['-e', '--referer'], (to, given) => {
    if (given.endsWith(';auto'))
      return 'A referer of its own on each redirect (;auto) is not made. Write the URL alone.';
    to.referer = given;
    return undefined;
  }),
  value(['-b', '--cookie'], (to, given) => {
    if (!given.includes('='))
      return `${quoted(given)} holds no =, so curl takes it for a file. Write NAME=VALUE; no file is read.`;
    to.cookies.push(given);
    return undefined;
  }),
  flag(['-L', '--location'], (to, on) => {
    to.follow = on;
  }),
  value(['--max-redirs'], (to, given) => {
    if (!/^(-1|\d{1,9})$/.test(given)) return `It must be a whole number, or -1 for no limit, not ${quoted(given)}.`;
    to.maxRedirects = given === '-1' ? Number.MAX_SAFE_INTEGER : Number(given);
    return undefined;
  }),
  seconds(['-m', '--max-time'], 'maxTime'),
  seconds(['--connect-timeout'], 'connectTimeout'),
  flag(['--compressed'], (to, on) => {
    to.compressed = on;
  }),
  flag(['-f', '--fail', '--fail-with-body'], (to, on) => {
    to.fail = on;
  }),
  flag(['-i', '--include'], (to, on) => {
    to.include = on;
  }),
  flag(['-g', '--globoff'], (to, on) => {
    to.globOff = on;
  }),
  flag(['--path-as-is'], (to, on) => {
    to.pathAsIs = on;
  }),
  value(['--url'], (to, given) => {
    to.urls.push(given);
    return undefined;
  }),

  ignored(['-s', '--silent', '-S', '--show-error', '-v', '--verbose', '-#', '--progress-bar'], DISPLAY),
  ignored(['--no-progress-meter', '--styled-output', '--no-styled-output'], DISPLAY),
  ignored(['-N', '--no-buffer'], 'the whole body is read either way'),
  ignored(['-o', '--output', '--stderr'], BODY_IS_COMPARED, true),
  ignored(['-O', '--remote-name', '-J', '--remote-header-name', '--create-dirs'], BODY_IS_COMPARED),
  ignored(['-q', '--disable'], 'no .curlrc is read'),
  ignored(['-4', '--ipv4', '-6', '--ipv6'], 'the container is asked where its port was published'),
  ignored(['--noproxy'], 'no proxy is ever used', true),
  ignored(['--http1.1', '--http2'], 'HTTP/1.1 is spoken, which a server of HTTP/2 falls back to'),
  ignored(['--basic'], 'it is the default'),
  ignored(
    ['--tcp-nodelay', '--keepalive', '--no-keepalive', '--no-sessionid', '--no-alpn'],
    'one connection is one request',
  ),
  ignored(
    ['--retry', '--retry-delay', '--retry-max-time'],
    'every test is asked again until startup-timeout is over',
    true,
  ),
  ignored(['--retry-connrefused', '--retry-all-errors'], 'every test is asked again until startup-timeout is over'),

  refused(['-K', '--config'], true, `${NO_FILES} Write the options themselves.`),
  refused(
    ['-F', '--form', '--form-string'],
    true,
    'No form is put together. Write the body with --data-raw and its Content-Type with -H.',
  ),
  refused(['-T', '--upload-file'], true, 'No file is read. Write -X PUT and the text with --data-raw.'),
  refused(['-c', '--cookie-jar'], true, 'No cookie is kept. Send the cookie with -b NAME=VALUE.'),
  refused(['-D', '--dump-header'], true, 'No file is written. -i puts the headers before the body that is compared.'),
  refused(
    ['-w', '--write-out'],
    true,
    'Nothing is printed. expect-status compares the status, expect the body, -i adds the headers.',
  ),
  refused(
    ['-x', '--proxy', '--preproxy', '--socks5', '--resolve', '--connect-to', '--interface'],
    true,
    ONLY_THE_CONTAINER,
  ),
  refused(['--unix-socket', '--abstract-unix-socket'], true, ONLY_THE_CONTAINER),
  refused(['-n', '--netrc'], false, `${NO_FILES} Write -u USER:PASSWORD.`),
  refused(
    ['-E', '--cert', '--key', '--cacert', '--capath'],
    true,
    'No certificate is read. -k accepts any of the server.',
  ),
  refused(['--digest', '--ntlm', '--negotiate', '--anyauth'], false, 'Only basic authentication is spoken: -u alone.'),
  refused(['-0', '--http1.0', '--http2-prior-knowledge', '--http3', '--http3-only'], false, 'Only HTTP/1.1 is spoken.'),
  refused(['-:', '--next', '-Z', '--parallel'], false, 'One line is one request. Write a line for each.'),
  refused(
    ['--location-trusted', '--post301', '--post302', '--post303'],
    false,
    '-L follows redirects as curl does by default.',
  ),
];

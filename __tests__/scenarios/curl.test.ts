import { execFile, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseSmokeTest } from '../../src/check/smoke/curl.js';
import { exchange } from '../../src/check/smoke/exchange.js';
import { send } from '../../src/platform/http.js';
import { cert, key } from '../unit/check/smoke/certificate.js';

/**
 * The same line, run by a real shell and the real curl, and by us: the same server has to see the same request,
 * and both have to show the same answer. Servers stand at free ports; the lines name the container's ports.
 */
const LINES = String.raw`
curl http://localhost:8080/
curl localhost:8080
curl 127.0.0.1:8080/a
curl -sSf http://localhost:8080/a?b=c
curl -X PUT http://localhost:8080/a
curl -XDELETE localhost:8080/a
curl -X POST http://localhost:8080/a
curl -H 'X-One: 1' -H'X-Two:   2  ' -H "X-One: again" localhost:8080
curl -H 'Accept:' -H 'X-Empty;' -H 'User-Agent: mine' localhost:8080
curl -H 'Accept;' localhost:8080
curl -H 'Accept: text/html' -H 'Accept: text/plain' localhost:8080
curl -H 'Host: example.com' localhost:8080/host
curl -H 'X-Umlaut: grün' localhost:8080
curl -d a=b -d c=d localhost:8080/form
curl -d 'a b&c' --data-raw '@not a file' --data-binary x localhost:8080
curl -d '' localhost:8080
curl -d '' -d a localhost:8080
curl -d x -H 'content-type: text/plain' localhost:8080
curl -d x -H 'Content-Type:' localhost:8080
curl -d x -X PATCH localhost:8080
curl -d x -X GET localhost:8080
curl --data-urlencode 'n=a b~*ä/' --data-urlencode '=x=y' --data-urlencode 'plain/+' localhost:8080
curl --json '{"a":"\u00e9 é"}' localhost:8080
curl --json '{"a":1' --json ',"b":2}' -H 'Accept: x/y' localhost:8080
curl -d a --json b -d c localhost:8080
curl -G -d a=b -d c=d localhost:8080/search
curl -G -d a=b 'localhost:8080/search?x=y'
curl -G -d a=b 'localhost:8080/search?'
curl -G --data-urlencode 'q=a b' localhost:8080/search
curl -G --json '{}' localhost:8080/search
curl -I localhost:8080/a
curl -I -G -d a=b localhost:8080/a
curl -i localhost:8080/a
curl -u user:pass localhost:8080
curl -u : localhost:8080
curl -u 'us er:pä:ss' localhost:8080
curl http://u%20s:p@localhost:8080/
curl http://us@localhost:8080/
curl http://:pass@localhost:8080/
curl -u a:b http://c:d@localhost:8080/
curl -u a:b -H 'Authorization: Bearer t' localhost:8080
curl -A agent -e http://r.example/ -b a=1 -b 'b=2; c=3' localhost:8080
curl -A '' -e '' localhost:8080
curl -b a=1 -H 'Cookie: b=2' localhost:8080
curl localhost:8080/a/../b/./c/..//d
curl localhost:8080//a/..
curl --path-as-is localhost:8080/a/../b
curl 'localhost:8080/ä'
curl 'localhost:8080/a#fragment?x'
curl 'localhost:8080?x=/../y'
curl 'localhost:8080/a|b^c"<>%zz'
curl -g 'localhost:8080/a{b}[1-2]'
curl "localhost:8080/a?q=\"\$HOME\"&r='x'"
curl --compressed localhost:8080/gzip
curl --compressed localhost:8080/deflate
curl --compressed localhost:8080/raw-deflate
curl --compressed localhost:8080/br
curl --compressed localhost:8080/twice
curl --compressed localhost:8080/broken-gzip
curl --compressed -I localhost:8080/gzip
curl localhost:8080/gzip
curl localhost:8080/redirect/302
curl -L localhost:8080/redirect/302
curl -sL -d x localhost:8080/redirect/301
curl -sL -d x localhost:8080/redirect/302
curl -sL -d x localhost:8080/redirect/303
curl -sL -d x localhost:8080/redirect/307
curl -sL -d x localhost:8080/redirect/308
curl -sL -d x -X POST localhost:8080/redirect/302
curl -sL -d x -X PUT localhost:8080/redirect/307
curl -sL --json '{}' localhost:8080/redirect/303
curl -sLI localhost:8080/redirect/302
curl -sLi localhost:8080/redirect/302
curl -sL -u u:p localhost:8080/redirect/302
curl -sL -u u:p -H 'Host: x' localhost:8080/redirect/to-127
curl -sL -H 'Host: x' localhost:8080/redirect/302
curl -skL -u u:p localhost:8080/redirect/to-tls
curl -sL localhost:8080/redirect/absolute
curl -sL localhost:8080/redirect/relative
curl -sL localhost:8080/redirect/dots
curl -sL localhost:8080/redirect/blank
curl -sL localhost:8080/redirect/none
curl -sL localhost:8080/redirect/300
curl -sL localhost:8080/redirect/loop
curl -sL --max-redirs 0 localhost:8080/redirect/302
curl -sL --max-redirs 1 localhost:8080/redirect/302
curl -sf localhost:8080/status/404
curl -s localhost:8080/status/404
curl -s localhost:8080/status/204
curl -s localhost:8080/reset
curl -s localhost:8080/short
curl -sm 0.3 localhost:8080/hang
curl -s localhost:8081/closed
curl -s localhost/no-port
curl -sL localhost/redirect/no-port
curl -s http://localhost:80/usual-port
curl -sk https://localhost:443/usual-port
curl -k https://localhost:8443/tls
curl -sk https://127.0.0.1:8443/tls
curl -s https://localhost:8443/tls
curl -s http://localhost:8443/tls
curl -sk https://localhost:8080/tls
curl --http1.1 -4 -v -N --retry 0 --url localhost:8080/ignored -H $'X-Ansi: a\tb'
`
  .trim()
  .split('\n');

const HAS_CURL = spawnSync('curl', ['--version']).status === 0;
if (!HAS_CURL) {
  console.warn('SKIPPED: curl is not installed, so that nothing compares our requests with the real ones.');
}

const http = createServer(answer);
const https = createTlsServer({ key, cert }, answer);
const ports = new Map<number, number>();

beforeAll(async () => {
  for (const [port, server] of [
    [8080, http],
    [8443, https],
  ] as const) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.set(port, (server.address() as AddressInfo).port);
  }
  ports.set(80, ports.get(8080) ?? 1);
  ports.set(443, ports.get(8443) ?? 1);
  // Port 1 is nobody's.
  ports.set(8081, 1);
});

afterAll(() => {
  for (const server of [http, https]) {
    server.closeAllConnections();
    server.close();
  }
});

(HAS_CURL ? describe : describe.skip)('asks as curl does', () => {
  test.each(LINES)('%s', async (line) => {
    const [real, ours] = await Promise.all([curl(line), asked(line)]);
    expect(ours).toEqual(real);
  });
});

type Shown = { body: string } | 'no answer';

async function curl(line: string): Promise<Shown> {
  const places = [...ports].flatMap(([port, real]) => [
    `--connect-to localhost:${port}:127.0.0.1:${real}`,
    `--connect-to 127.0.0.1:${port}:127.0.0.1:${real}`,
  ]);
  const command = line.replace(/^curl /, `curl -q --noproxy '*' ${places.join(' ')} `);
  return new Promise((resolve) => {
    // bash, for $'…', which sh only has since POSIX 2024.
    execFile('bash', ['-c', command], { encoding: 'latin1', env: { PATH: process.env.PATH } }, (error, stdout) => {
      resolve(error ? 'no answer' : { body: stdout });
    });
  });
}

async function asked(line: string): Promise<Shown> {
  const request = parseSmokeTest(line);
  const address = (port: number | null) => ({ host: '127.0.0.1', port: ports.get(port ?? 80) ?? 1 });
  const signal = new AbortController().signal;
  const result = await exchange(request, request.maxTime ?? 10_000, { address, send, now: Date.now, signal });
  if (result.kind === 'none') return 'no answer';
  if (request.failOnStatus && result.answer.status >= 400) return 'no answer';
  return { body: Buffer.from(result.answer.body).toString('latin1') };
}

const REDIRECTS: Readonly<Record<string, string | null>> = {
  absolute: 'http://localhost:8080/end',
  relative: 'end?q#f',
  dots: '../x/./end',
  blank: '/a b?c d',
  none: null,
  'no-port': 'http://localhost/end',
  loop: '/redirect/loop',
  'to-127': 'http://127.0.0.1:8080/end',
  'to-tls': 'https://localhost:8443/end',
};

const BODY = 'a body worth packing '.repeat(50);
const PACKED: Readonly<Record<string, readonly [string, Buffer]>> = {
  '/gzip': ['gzip', gzipSync(BODY)],
  '/deflate': ['deflate', deflateSync(BODY)],
  '/raw-deflate': ['deflate', deflateRawSync(BODY)],
  '/br': ['br', brotliCompressSync(BODY)],
  '/twice': ['deflate, gzip', gzipSync(deflateSync(BODY))],
  '/broken-gzip': ['gzip', Buffer.from('this is no gzip')],
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  const [, , redirect] = /^(\/redirect\/)([^?]*)/.exec(path) ?? [];
  const status = /^\/status\/(\d+)/.exec(path)?.[1];
  const packed = PACKED[path];
  response.sendDate = false;
  if (path === '/reset') request.socket.destroy();
  else if (path === '/short')
    response.writeHead(200, { 'Content-Length': 100 }).write('x', () => request.socket.destroy());
  else if (path === '/hang') setTimeout(() => response.end(), 5_000).unref();
  else if (packed) response.writeHead(200, { 'Content-Encoding': packed[0], 'X-Packed': 'yes' }).end(packed[1]);
  else if (redirect !== undefined) {
    const location = redirect in REDIRECTS ? REDIRECTS[redirect] : '/end';
    response.writeHead(Number(redirect) || 302, location ? { Location: location } : {}).end('not the end');
  } else {
    request.setEncoding('latin1');
    let body = '';
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const seen = JSON.stringify({ method: request.method, path, headers: headersOf(request), body }, null, 1);
      response.writeHead(Number(status ?? 200), { 'X-Header': 'ü' }).end(seen);
    });
  }
}

/** Sorted, without what is known to differ: see the head of `src/check/smoke/curl.ts`. */
function headersOf(request: IncomingMessage): string[] {
  const lines: string[] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2);
    const line = `${name.toLowerCase()}: ${value}`;
    if (/^(user-agent: (curl\/|immutable-check)|connection:|accept-encoding:|content-length: 0$)/.test(line)) continue;
    lines.push(line);
  }
  // Stable: two of one name keep their order.
  return lines.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0));
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

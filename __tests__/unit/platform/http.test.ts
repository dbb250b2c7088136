import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BODY_LIMIT, HttpFailure, type HttpRequest, send } from '../../../src/platform/http.js';
import { cert, key } from '../check/smoke/certificate.js';

const opened: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of opened.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server | HttpServer): Promise<number> {
  opened.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function request(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    scheme: 'http',
    host: '127.0.0.1',
    port,
    serverName: 'localhost',
    method: 'GET',
    path: '/',
    headers: [['Host', 'localhost:8080']],
    body: null,
    insecure: false,
    decode: false,
    timeout: 10_000,
    connectTimeout: null,
    ...more,
  };
}

const http = (listener: RequestListener) => listen(createServer(listener));
const tcp = (says: (socket: Socket) => void) =>
  listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      says(socket);
    }),
  );

async function failure(sent: Promise<unknown>): Promise<string> {
  const error = await sent.then(
    () => new Error('it was answered'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpFailure)) throw error;
  return error.kind;
}

test('sends headers as they are, twice and in UTF-8, and gives the answer as it came', async () => {
  const port = await http((received, response) => {
    response.sendDate = false;
    response.writeHead(
      207,
      'Many',
      [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Set-Cookie', 'c'],
      ].flat(),
    );
    response.end(JSON.stringify([received.method, received.url, received.rawHeaders]));
  });
  const headers = [
    ['Host', 'h:1'],
    ['X', 'ü'],
    ['X', 'again'],
  ] as const;
  const answer = await send(request(port, { method: 'DELETE', path: '/a?b', headers }));
  expect(answer).toMatchObject({ status: 207, statusText: 'Many', cut: false });
  expect(answer.headers.slice(0, 3)).toEqual([
    ['X-A', '1'],
    ['x-a', '2'],
    ['Set-Cookie', 'c'],
  ]);
  const [method, url, raw] = JSON.parse(Buffer.from(answer.body).toString());
  expect([method, url]).toEqual(['DELETE', '/a?b']);
  expect(raw).toEqual(['host', 'h:1', 'connection', 'keep-alive', 'X', 'Ã¼', 'X', 'again']);
});

test('uses no proxy of the environment', async () => {
  const port = await http((_, response) => response.end('direct'));
  process.env.http_proxy = 'http://127.0.0.1:1';
  try {
    expect((await send(request(port))).status).toBe(200);
  } finally {
    delete process.env.http_proxy;
  }
});

describe('bodies', () => {
  test('are cut after a mebibyte, also when they never end', async () => {
    const port = await http((_, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536, 'x'))) {}
        response.once('drain', more);
      };
      more();
    });
    const answer = await send(request(port));
    expect(answer.cut).toBe(true);
    expect(answer.body.byteLength).toBe(BODY_LIMIT);
  });

  test('of a mebibyte exactly are whole', async () => {
    const port = await http((_, response) => response.end(Buffer.alloc(BODY_LIMIT)));
    expect(await send(request(port))).toMatchObject({ cut: false });
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(200 * BODY_LIMIT))],
    ['br', brotliCompressSync(Buffer.alloc(50 * BODY_LIMIT))],
    ['deflate', deflateRawSync(Buffer.alloc(50 * BODY_LIMIT))],
  ])('that are bombs of %s are left after a mebibyte', async (coding, bomb) => {
    const port = await http((_, response) => response.writeHead(200, { 'Content-Encoding': coding }).end(bomb));
    const answer = await send(request(port, { decode: true }));
    expect(answer.cut).toBe(true);
    expect(answer.body.byteLength).toBe(BODY_LIMIT);
  });

  test.each<[string, Buffer | string, string]>([
    ['gzip', 'no gzip', 'not-decodable'],
    ['gzip', gzipSync('whole').subarray(0, 15), 'not-decodable'],
    ['br', 'no brotli, is it', 'not-decodable'],
    ['deflate', 'no deflate', 'not-decodable'],
    ['zstd', 'x', 'not-decodable'],
    ['gzip,gzip,gzip,gzip,gzip,gzip', 'x', 'not-decodable'],
  ])('that are not what they say: %s', async (coding, body, kind) => {
    const port = await http((_, response) => response.writeHead(200, { 'Content-Encoding': coding }).end(body));
    expect(await failure(send(request(port, { decode: true })))).toBe(kind);
    expect((await send(request(port))).status).toBe(200);
  });

  test.each(['gzip', 'br', 'deflate'])('that are empty need no unpacking: %s', async (coding) => {
    const port = await http((_, response) => response.writeHead(200, { 'Content-Encoding': coding }).end());
    expect((await send(request(port, { decode: true }))).body.byteLength).toBe(0);
    expect((await send(request(port, { decode: true, method: 'HEAD' }))).body.byteLength).toBe(0);
  });
});

describe('failures', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['closes at once', (socket) => socket.end(), 'not-yet'],
    ['resets at once', (socket) => socket.resetAndDestroy(), 'not-yet'],
    ['closes after the request', (socket) => socket.once('data', () => socket.end()), 'not-yet'],
    ['resets after the request', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'not-yet'],
    ['closes in the body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'), 'not-yet'],
    [
      'closes in a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx'),
      'not-yet',
    ],
    ['speaks another language', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'not-http'],
    ['says nothing', () => {}, 'time-out'],
    ['stops in its head', (socket) => socket.write('HTTP/1.1 200 OK\r\nA'), 'time-out'],
    ['stops in its body', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nbody'), 'time-out'],
    [
      'has no end of headers',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\n${`A: ${'b'.repeat(999)}\r\n`.repeat(300)}`),
      'not-http',
    ],
  ])('a server that %s', async (_, says, kind) => {
    const port = await tcp((socket) => {
      // Only what is asked is answered: undici takes words before its question for an attack.
      if (kind === 'not-yet' && !/body|chunk/.test(_)) says(socket);
      else socket.once('data', () => says(socket));
    });
    expect(await failure(send(request(port, { timeout: 300 })))).toBe(kind);
  });

  test('nobody listens', async () => {
    expect(await failure(send(request(1)))).toBe('not-yet');
  });

  test('a TLS handshake that is reset or hangs', async () => {
    const resets = await tcp((socket) => socket.once('data', () => socket.destroy()));
    expect(await failure(send(request(resets, { scheme: 'https' })))).toBe('not-yet');
    const hangs = await tcp(() => {});
    const start = Date.now();
    expect(await failure(send(request(hangs, { scheme: 'https', timeout: 200 })))).toBe('time-out');
    expect(await failure(send(request(hangs, { scheme: 'https', connectTimeout: 200 })))).toBe('not-yet');
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  test('a server that speaks no TLS', async () => {
    const port = await http((_, response) => response.end());
    expect(await failure(send(request(port, { scheme: 'https', insecure: true })))).toBe('not-http');
  });

  test('what cannot be sent is thrown as it is', async () => {
    const port = await http((_, response) => response.end());
    await expect(send(request(port, { headers: [['Upgrade', 'x']] }))).rejects.toThrow('invalid upgrade header');
  });

  test('an abort, with its reason, whenever it comes', async () => {
    const reason = { not: 'an error' };
    await expect(send(request(1, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const port = await tcp((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nbody'));
    for (const scheme of ['http', 'https'] as const) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 100);
      const silent = scheme === 'http' ? port : await tcp(() => {});
      await expect(send(request(silent, { scheme, signal: controller.signal }))).rejects.toBe(reason);
    }
  });
});

describe('certificates', () => {
  test('that sign themselves are refused without -k, with another name too', async () => {
    const names: (string | false)[] = [];
    const server = createTlsServer({ key, cert, SNICallback: (name, done) => done(null, void names.push(name)) });
    server.on('request', (_, response) => response.end('safe'));
    const port = await listen(server);
    expect(await failure(send(request(port, { scheme: 'https' })))).toBe('certificate');
    const answer = await send(request(port, { scheme: 'https', insecure: true, headers: [['Host', 'other.example']] }));
    expect(Buffer.from(answer.body).toString()).toBe('safe');
    await send(request(port, { scheme: 'https', insecure: true, serverName: '[::1]' }));
    // SNI is the URL's name, whatever Host says; an address has none.
    expect(names).toEqual(['localhost', 'localhost']);
  });
});

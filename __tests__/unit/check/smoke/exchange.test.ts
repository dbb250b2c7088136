import { describe, expect, test } from '@jest/globals';
import { parseSmokeTest } from '../../../../src/check/smoke/curl.js';
import { type Exchanged, exchange } from '../../../../src/check/smoke/exchange.js';
import { type Answer, HttpFailure, type HttpRequest } from '../../../../src/platform/http.js';

type Reply = { status?: number; location?: string } | Error;

async function run(line: string, replies: Reply[], now: () => number = () => 0) {
  const sent: HttpRequest[] = [];
  const result = await exchange(parseSmokeTest(line), 1_000, {
    address: (port) => {
      if (port === 9999) throw new Error('not published');
      return { host: '127.0.0.1', port: 40_000 + (port ?? 1) };
    },
    send: async (request): Promise<Answer> => {
      sent.push(request);
      const reply = replies.shift() ?? {};
      if (reply instanceof Error) throw reply;
      const { status = 200, location } = reply;
      const headers: [string, string][] = location === undefined ? [] : [['location', location]];
      return { status, statusText: 'S', headers, body: Buffer.from('body'), cut: false };
    },
    now,
    signal: new AbortController().signal,
  });
  return { result, sent };
}

function reason(result: Exchanged): string {
  return result.kind === 'none' ? result.reason : 'an answer';
}

function header(request: HttpRequest | undefined, name: string): string | undefined {
  return request?.headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

test("Host is what the user wrote, with the container's port", async () => {
  for (const [line, host] of [
    ['/', 'localhost'],
    ['curl localhost:8080', 'localhost:8080'],
    ['curl [::1]:8080', '[::1]:8080'],
    ['curl 127.0.0.1:80', '127.0.0.1'],
    ['curl https://localhost:443', 'localhost'],
    ['curl https://localhost:80', 'localhost:80'],
    ["curl localhost -H 'Host: x'", 'x'],
  ] as const) {
    const { sent } = await run(line, []);
    expect([line, header(sent[0], 'host')]).toEqual([line, host]);
    expect(sent[0]?.headers.filter(([name]) => name === 'Host')).toHaveLength(1);
  }
});

describe('redirects', () => {
  test.each<[string, string, Partial<HttpRequest>]>([
    ['curl -L localhost:8080/a/b', 'c?d#e', { port: 48080, path: '/a/c?d' }],
    ['curl -L localhost:8080', 'http://localhost:8080/x', { port: 48080, path: '/x' }],
    ['curl -L localhost:8080', 'http://localhost:48080/x', { port: 48080, path: '/x' }],
    ['curl -L localhost:8080', 'http://127.0.0.1:8081/x', { port: 48081, serverName: '127.0.0.1' }],
    ['curl -L localhost', 'http://localhost/x', { port: 40001 }],
    ['curl -L localhost', '/x', { port: 40001 }],
    ['curl -L localhost:8080', 'http://localhost/x', { port: 40080 }],
    ['curl -L localhost', 'https://localhost/x', { port: 40443, scheme: 'https' }],
    ['curl -L localhost', '//localhost:7/x', { port: 40007 }],
    ['curl -L -d a localhost', '/x', { method: 'GET', body: null }],
    ['curl -L -I localhost', '/x', { method: 'HEAD' }],
  ])('%s to %s', async (line, location, expected) => {
    const { result, sent } = await run(line, [{ status: 302, location }]);
    expect(result.kind).toBe('answer');
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject(expected);
  });

  test("Host tells the container's port where the program named the published one", async () => {
    const { sent } = await run('curl -L localhost:8080', [{ status: 302, location: 'http://localhost:48080/x' }]);
    expect(header(sent[1], 'host')).toBe('localhost:8080');
  });

  test.each<[string, Reply[], RegExp]>([
    [
      'another host',
      [{ status: 302, location: 'http://example.com/x' }],
      /redirects to "http:\/\/example.com\/x": only the container/,
    ],
    ['another host without a scheme', [{ status: 302, location: '//evil/x' }], /only the container/],
    ['another scheme', [{ status: 302, location: 'file:///etc/passwd' }], /only the container/],
    ['what is no URL', [{ status: 302, location: 'http://[' }], /no URL/],
    [
      'a port that is not published',
      [{ status: 302, location: 'http://localhost:9999' }],
      /port 9999, which cannot be reached/,
    ],
    ['a failure', [{ status: 302, location: '/' }, new HttpFailure('not-yet', 'refused')], /refused/],
    ['itself', Array.from({ length: 99 }, () => ({ status: 302, location: '/' })), /more than 50 times/],
  ])('to %s', async (_, replies, expected) => {
    expect(reason((await run('curl -L localhost', replies)).result)).toMatch(expected);
  });

  test('are not followed without -L, without Location, or with an empty one', async () => {
    for (const [line, reply] of [
      ['curl localhost', { status: 302, location: '/x' }],
      ['curl -L localhost', { status: 302 }],
      ['curl -L localhost', { status: 302, location: '' }],
      ['curl -L localhost', { status: 201, location: '/x' }],
    ] as const) {
      const { result, sent } = await run(line, [reply]);
      expect(result).toMatchObject({ kind: 'answer', answer: { status: reply.status } });
      expect(sent).toHaveLength(1);
    }
  });

  test('carry secrets to the very same server only', async () => {
    const line = 'curl -L -u a:b -b c=d localhost:8080';
    for (const [location, kept] of [
      ['http://localhost:8080/x', true],
      ['http://localhost:48080/x', true],
      ['http://127.0.0.1:8080/x', false],
      ['http://localhost:8081/x', false],
      ['https://localhost:8080/x', false],
    ] as const) {
      const { sent } = await run(line, [{ status: 302, location }]);
      expect([location, header(sent[1], 'authorization') !== undefined]).toEqual([location, kept]);
      expect(header(sent[1], 'cookie') !== undefined).toBe(kept);
    }
  });

  test('share one time limit', async () => {
    let time = 0;
    const replies = Array.from({ length: 9 }, () => ({ status: 302, location: '/' }));
    const { result, sent } = await run('curl -L localhost', replies, () => {
      time += 400;
      return time;
    });
    expect(reason(result)).toMatch(/no whole answer within 1 s/);
    expect(sent.map((request) => request.timeout)).toEqual([1000, 600, 200]);
  });
});

test("a first port that cannot be reached is the caller's error", async () => {
  await expect(run('curl localhost:9999', [])).rejects.toThrow('not published');
});

test('what is no failure of the answer is not taken for one', async () => {
  await expect(run('curl localhost', [new TypeError('ours')])).rejects.toThrow('ours');
});

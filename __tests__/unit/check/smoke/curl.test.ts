import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KNOWN } from '../../../../src/check/smoke/arguments.js';
import { parseSmokeTest } from '../../../../src/check/smoke/curl.js';
import { OPTIONS } from '../../../../src/check/smoke/options.js';
import { CheckError } from '../../../../src/model/errors.js';
import type { SmokeRequest } from '../../../../src/model/target.js';

const U = 'http://localhost:8080/';
const DEFAULTS = [
  ['User-Agent', 'immutable-check'],
  ['Accept', '*/*'],
] as const;

function complaint(line: string): string {
  try {
    parseSmokeTest(line);
  } catch (error) {
    expect(error).toBeInstanceOf(CheckError);
    expect((error as CheckError).code).toBe('bad-input');
    return (error as CheckError).message;
  }
  throw new Error(`No complaint about ${line}`);
}

test('a whole request', () => {
  expect(parseSmokeTest(` curl -sSf -H 'X: y' ${U}a `)).toEqual({
    text: `curl -sSf -H 'X: y' ${U}a`,
    method: 'GET',
    methodIsExplicit: false,
    scheme: 'http',
    host: 'localhost',
    port: 8080,
    path: '/a',
    headers: [...DEFAULTS, ['X', 'y']],
    body: null,
    followRedirects: false,
    maxRedirects: 50,
    insecure: false,
    compressed: false,
    failOnStatus: true,
    includeHeaders: false,
    maxTime: null,
    connectTimeout: null,
  } satisfies SmokeRequest);
});

describe('lines', () => {
  test.each<[string, Partial<SmokeRequest>]>([
    ['/immutable', { method: 'GET', scheme: 'http', host: 'localhost', port: null, path: '/immutable' }],
    ['/a?b=c&d={x}[1]#e', { path: '/a?b=c&d={x}[1]' }],
    ["/it's", { path: "/it's" }],
    ['/', { path: '/' }],
    ['//a/../b', { path: '//b' }],
    ['http://localhost:8080/x?a=1&b=2', { port: 8080, path: '/x?a=1&b=2' }],
    ['https://127.0.0.1', { scheme: 'https', host: '127.0.0.1', port: null, path: '/' }],
    ['HTTP://LOCALHOST:1/X', { scheme: 'http', host: 'localhost', port: 1, path: '/X' }],
    ['http://[::1]:80', { host: '[::1]', port: 80, path: '/' }],
    ['localhost:8080', { port: 8080, path: '/' }],
    ['localhost?a', { port: null, path: '/?a' }],
    ['localhost:/x', { port: null, path: '/x' }],
    ['curl [::1]:9/x', { host: '[::1]', port: 9, path: '/x' }],
  ])('%s', (line, expected) => {
    expect(parseSmokeTest(line)).toMatchObject(expected);
  });
});

const type = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

describe('options', () => {
  const rows: [string, Partial<SmokeRequest>][] = [
    ['-X PUT', { method: 'PUT', methodIsExplicit: true }],
    ['-XPUT', { method: 'PUT' }],
    ['--request PUT', { method: 'PUT' }],
    ['--request=PUT', { method: 'PUT' }],
    ['-X PUT -X PATCH', { method: 'PATCH' }],
    ["-H'A: b' --header 'A:c' --header='D;'", { headers: [...DEFAULTS, ['A', 'b'], ['A', 'c'], ['D', '']] }],
    ["-H 'accept:' -H 'User-Agent: x'", { headers: [['User-Agent', 'x']] }],
    ["-H 'Host: x' -H 'host: y'", { headers: [...DEFAULTS, ['Host', 'x']] }],
    [
      "-H 'Expect:' -H 'Transfer-Encoding:' -H 'Connection: close'",
      { headers: [...DEFAULTS, ['Connection', 'close']] },
    ],
    ["-X POST -H 'Content-Length: 0'", { method: 'POST', body: null, headers: [...DEFAULTS] }],
    ['-d a=b -d c', { method: 'POST', body: bytes('a=b&c'), headers: [...DEFAULTS, type] }],
    ['--data a --data-ascii b --data-raw @c --data-binary d', { body: bytes('a&b&@c&d') }],
    ['--data=a=b', { body: bytes('a=b') }],
    ["-d ''", { method: 'POST', body: bytes('') }],
    ["--data-urlencode 'a b' --data-urlencode 'c=d&ä' --data-urlencode =@", { body: bytes('a+b&c=d%26%C3%A4&%40') }],
    ["-d x -H 'content-type: y'", { headers: [...DEFAULTS, ['content-type', 'y']] }],
    [
      '--json 1 --json 2',
      {
        method: 'POST',
        body: bytes('12'),
        headers: [
          ['User-Agent', 'immutable-check'],
          ['Content-Type', 'application/json'],
          ['Accept', 'application/json'],
        ],
      },
    ],
    ['-G -d a -d b', { method: 'GET', body: null, path: '/?a&b', headers: [...DEFAULTS] }],
    ['--get -d ä -X POST', { method: 'POST', body: null, path: '/?%c3%a4' }],
    ['-G', { method: 'GET', path: '/' }],
    ['-I', { method: 'HEAD', includeHeaders: true }],
    ['--head -X GET', { method: 'GET', includeHeaders: true }],
    ['-k', { insecure: true }],
    ['--insecure', { insecure: true }],
    ['-k --no-insecure', { insecure: false }],
    ['-u a:b', { headers: [['Authorization', 'Basic YTpi'], ...DEFAULTS] }],
    ['--user a:', { headers: [['Authorization', 'Basic YTo='], ...DEFAULTS] }],
    ["-u a:b -H 'Authorization: x'", { headers: [...DEFAULTS, ['Authorization', 'x']] }],
    [
      '-A me',
      {
        headers: [
          ['User-Agent', 'me'],
          ['Accept', '*/*'],
        ],
      },
    ],
    ["--user-agent ''", { headers: [['Accept', '*/*']] }],
    ['-e r', { headers: [...DEFAULTS, ['Referer', 'r']] }],
    ['--referer r', { headers: [...DEFAULTS, ['Referer', 'r']] }],
    ['-b a=1 --cookie b=2', { headers: [...DEFAULTS, ['Cookie', 'a=1;b=2']] }],
    ['-L', { followRedirects: true }],
    ['--location --max-redirs 3', { followRedirects: true, maxRedirects: 3 }],
    ['--max-redirs -1', { maxRedirects: Number.MAX_SAFE_INTEGER }],
    ['-m 2.5', { maxTime: 2500 }],
    ['-m2', { maxTime: 2000 }],
    ['--max-time 0', { maxTime: null }],
    ['--connect-timeout .5', { connectTimeout: 500 }],
    ['--compressed', { compressed: true, headers: [...DEFAULTS, ['Accept-Encoding', 'deflate, gzip, br']] }],
    ['-f', { failOnStatus: true }],
    ['--fail', { failOnStatus: true }],
    ['--fail-with-body', { failOnStatus: true }],
    ['-i', { includeHeaders: true }],
    ['--include', { includeHeaders: true }],
    ['-fsSLo /dev/null', { failOnStatus: true, followRedirects: true }],
    ['-sSfLm1', { failOnStatus: true, followRedirects: true, maxTime: 1000 }],
    ['-so/dev/null -k', { insecure: true }],
  ];

  test.each(rows)('%s', (options, expected) => {
    expect(parseSmokeTest(`curl ${options} ${U}`)).toMatchObject(expected);
    expect(parseSmokeTest(`curl ${U} ${options}`)).toMatchObject(expected);
  });

  test.each<[string, Partial<SmokeRequest>]>([
    [`curl --url ${U}x`, { path: '/x' }],
    [`curl -g '${U}{a}[b]'`, { path: '/{a}[b]' }],
    [`curl --path-as-is ${U}a/../b`, { path: '/a/../b' }],
    [`curl ${U}a/../b/.`, { path: '/b/' }],
    [`curl -G -d x '${U}?a=b'`, { path: '/?a=b&x' }],
    [`curl -G -d x '${U}?'`, { path: '/?x' }],
    ['curl http://a%3Ab:c%20@localhost/', { headers: [['Authorization', 'Basic YTpiOmMg'], ...DEFAULTS] }],
    ['curl -- localhost/x', { path: '/x' }],
    ["curl 'localhost/ä ö'".replace(' ö', '%20'), { path: '/%c3%a4%20' }],
  ])('%s', (line, expected) => {
    expect(parseSmokeTest(line)).toMatchObject(expected);
  });

  test('every row is read or refused as it says, under each of its names', () => {
    for (const option of OPTIONS) {
      for (const name of option.names) {
        const takes = option.kind === 'value' || ('takesValue' in option && option.takesValue);
        const values: Record<string, string> = {
          '-u': 'a:b',
          '--user': 'a:b',
          '-b': 'a=b',
          '--cookie': 'a=b',
          '--url': U,
        };
        const values2: Record<string, string> = { '-H': 'A:b', '--header': 'A:b' };
        const value = takes ? (values[name] ?? values2[name] ?? '1') : '';
        const line = `curl ${name} ${value} ${name === '--url' ? '' : U}`;
        if (option.kind === 'refused')
          expect(complaint(line)).toContain(`${name} cannot be used here. ${option.instead}`);
        else expect(parseSmokeTest(line).port).toBe(8080);
        if (takes) expect(complaint(`curl ${U} ${name}`)).toContain(`${name} needs a value`);
      }
    }
  });

  test('no name stands twice', () => {
    const names = OPTIONS.flatMap((option) => option.names);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('complaints', () => {
  test.each([
    ['', 'none of what it can be'],
    ['wget http://localhost/', 'none of what it can be'],
    ['example.com/x', 'none of what it can be'],
    ['curl', 'names no URL'],
    ['curl localhost | jq .', 'no shell reads'],
    ["curl 'localhost", 'never closed'],
    ['curl localhost 127.0.0.1', 'more than one URL'],
    [`curl -Q ${U}`, `"-Q". Take it away, or use what is known: ${KNOWN}`],
    [`curl --quote x ${U}`, '"--quote"'],
    [`curl - ${U}`, '"-"'],
    [`curl --no-request ${U}`, '"--no-request"'],
    [`curl --silent=1 ${U}`, '--silent takes no value'],
    [`curl --location=x ${U}`, '--location takes no value'],
    [`curl ${U} -d`, '-d needs a value'],
    [`curl -d @x ${U}`, 'No file is read'],
    [`curl --data-binary=@x ${U}`, 'No file is read'],
    [`curl --json @x ${U}`, 'No file is read'],
    [`curl --data-urlencode n@x ${U}`, 'No file is read'],
    [`curl -H @x ${U}`, 'No file is read'],
    [`curl -b jar ${U}`, 'takes it for a file'],
    [`curl -K x ${U}`, 'No file is read'],
    [`curl -F a=b ${U}`, 'No form'],
    [`curl -x http://p ${U}`, 'Only the container'],
    [`curl -w '%{http_code}' ${U}`, 'expect-status'],
    [`curl -u a ${U}`, 'USER:PASSWORD'],
    [`curl -m x ${U}`, 'number of seconds'],
    [`curl -m -1 ${U}`, 'number of seconds'],
    [`curl --max-redirs 1.5 ${U}`, 'whole number'],
    [`curl -e 'x;auto' ${U}`, ';auto'],
    [`curl -I -d x ${U}`, '-I asks with HEAD'],
    [`curl -X 'A B' ${U}`, 'no method'],
    [`curl -X CONNECT ${U}`, 'no method'],
    [`curl -X '' ${U}`, 'no method'],
    [`curl -H x ${U}`, 'is none'],
    [`curl -H 'a b: c' ${U}`, 'is none'],
    [`curl -H 'a; b' ${U}`, 'is none'],
    [`curl -H ': b' ${U}`, 'is none'],
    [`curl -H $'a: b\\nc: d' ${U}`, 'control character'],
    [`curl -A $'a\\rb' ${U}`, 'control character'],
    [`curl -H 'Host:' ${U}`, 'cannot be left out'],
    [`curl -H 'Upgrade: websocket' ${U}`, 'cannot be sent'],
    [`curl -H 'Transfer-Encoding: chunked' -d x ${U}`, 'cannot be sent'],
    [`curl -H 'Connection: Upgrade' ${U}`, '"close" or "keep-alive"'],
    [`curl -H 'Content-Length: 3' -d x ${U}`, 'counted from the body: 1'],
    [`curl -G -d 'a b' ${U}`, '--data-urlencode'],
    ['curl example.com', 'the host "example.com"'],
    ['curl http://0.0.0.0:80/', 'the host "0.0.0.0"'],
    ['curl http://localhost.evil/', 'the host "localhost.evil"'],
    ['curl http://localhost@evil/', 'the host "evil"'],
    ['curl http://a@b@localhost/', 'the host'],
    ['curl http:///x', 'the host ""'],
    ['curl ftp://localhost/', 'scheme "ftp"'],
    ['curl http://localhost:0/', 'from 1 to 65535'],
    ['curl http://localhost:65536/', 'from 1 to 65535'],
    ['curl http://localhost:x/', 'from 1 to 65535'],
    ["curl 'localhost/a b'", 'blank'],
    ['/a b', 'blank'],
    ['curl localhost/{a,b}', '-g takes them'],
    ['curl localhost/[1-2]', '-g takes them'],
  ])('%s: %s', (line, expected) => {
    expect(complaint(line)).toContain(expected);
  });

  test('all of a line are told together', () => {
    const message = complaint('curl -Q --zz -d @f -m x http://example.com:99999/');
    expect(message.split('\n- ')).toHaveLength(6);
    expect(message).toMatch(/^Smoke test "curl -Q /);
  });

  test('hold no control character of the line', () => {
    expect(complaint('curl \u001b[31m \u202e::error::\n::x')).not.toMatch(/[\u001b\u202e]|\n::/);
  });
});

describe('whatever is written', () => {
  const word = fc.oneof(
    fc.constantFrom(
      ...OPTIONS.flatMap((option) => option.names),
      U,
      'localhost',
      "'",
      '"',
      '\\',
      '--',
      'a=b',
      '@x',
      '[::1]:1',
    ),
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
  );

  test('it is a request or a CheckError', () => {
    const line = fc.oneof(
      fc.array(word).map((words) => `curl ${words.join(' ')}`),
      fc.string({ unit: 'binary' }).map((text) => `/${text}`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(line, (text) => {
        try {
          const request = parseSmokeTest(text);
          expect(request.path).toMatch(/^\/[!-~]*$/);
          for (const [name, value] of request.headers) {
            expect(name).toMatch(/^[!-~]+$/);
            expect(value).not.toMatch(/[\0\r\n]/);
          }
        } catch (error) {
          if (!(error instanceof CheckError)) throw error;
          expect(error.code).toBe('bad-input');
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

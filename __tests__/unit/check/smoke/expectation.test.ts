import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSmokeTest } from '../../../../src/check/smoke/curl.js';
import { meets, parseExpectation, parseStatus } from '../../../../src/check/smoke/expectation.js';
import { CheckError } from '../../../../src/model/errors.js';
import type { SmokeTest } from '../../../../src/model/target.js';
import type { Answer } from '../../../../src/platform/http.js';

function answer(body: string | Uint8Array, more: Partial<Answer> = {}): Answer {
  return { status: 200, statusText: 'OK', headers: [], body: Buffer.from(body), cut: false, ...more };
}

function smoke(expectation: string | null, line = '/'): SmokeTest {
  return { request: parseSmokeTest(line), expect: expectation === null ? null : parseExpectation(expectation) };
}

const OK = parseStatus('2xx');

describe('an expectation', () => {
  test.each([
    ['{"a":1}', 'json'],
    ['[1]', 'json'],
    ['/a.c/', 'pattern'],
    ['/a/b/gi', 'pattern'],
    ['/a/vu', 'contains'],
    ['/a/ii', 'contains'],
    ['/immutable/foo', 'contains'],
    ['/immutable', 'contains'],
    ['//', 'contains'],
    ['Immutable', 'contains'],
  ])('%s is %s', (line, kind) => {
    expect(parseExpectation(line)).toMatchObject({ kind, text: line });
  });

  test.each([
    ['{hello', /starts as JSON does, and is none: .*written as a regular expression: "\/\\{hello\/"/s],
    ['[x', /regular expression/],
    ['/a(/', /no regular expression/],
    [' ', /empty/],
  ])('%s is wrong', (line, message) => {
    expect(() => parseExpectation(line)).toThrow(message);
    expect(() => parseExpectation(line)).toThrow(CheckError);
  });

  test('never throws anything but a CheckError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `/${text}/`),
        ),
        (line) => {
          try {
            parseExpectation(line);
          } catch (error) {
            expect(error).toBeInstanceOf(CheckError);
          }
        },
      ),
    );
  });
});

describe('a status', () => {
  test.each([
    ['200', [200], []],
    ['2xx', [], [2]],
    ['200, 204,3XX', [200, 204], [3]],
  ])('%s', (text, codes, classes) => {
    expect(parseStatus(text)).toEqual({ text, codes, classes });
  });

  test.each(['', 'ok', '200,', '20', '2000', '100', '600', '1xx', '2x', '200-204'])('%j is wrong', (text) => {
    expect(() => parseStatus(text)).toThrow(/^Input "expect-status" is .*200,204,3xx\.$/s);
  });
});

describe('an answer', () => {
  test.each<[string | null, string, string | null]>([
    [null, 'anything', null],
    ['Immutable', 'is Immutable!', null],
    ['Immutable', 'is not', 'the body does not contain "Immutable": "is not"'],
    ['/^im+/mi', 'a\nIMMutable', null],
    ['/b$/g', 'ab', null],
    ['/b$/', 'abc', 'the body does not match "/b$/": "abc"'],
    ['{"a":[1,{"b":null}]}', ' {"a": [1, {"b": null}]}\n', null],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', null],
    ['{"a":1}', '{"a":"1"}', 'the body is not "{"a":1}": "{"a":"1"}"'],
    ['{"a":1}', '{"a":1,"b":2}', 'the body is not "{"a":1}": "{"a":1,"b":2}"'],
    ['[1]', '<html>', 'the body is not JSON, and should be "[1]": "<html>"'],
    ['[1]', '', 'the body is not JSON, and should be "[1]": with an empty body'],
  ])('%s of %j', (expectation, body, expected) => {
    expect(meets(answer(body), smoke(expectation), OK)).toBe(expected);
  });

  test('is UTF-8, and whatever is not does no harm', () => {
    expect(meets(answer(Buffer.from('\ufeff{"a":"ü"}')), smoke('{"a":"ü"}'), OK)).toBeNull();
    expect(meets(answer(Buffer.from([0xff, 0xfe])), smoke('x'), OK)).toContain('does not contain');
  });

  test('with another status', () => {
    expect(meets(answer('starting', { status: 503 }), smoke(null), OK)).toBe('status 503 instead of 2xx: "starting"');
    expect(meets(answer('', { status: 503 }), smoke(null), parseStatus('200,5xx'))).toBeNull();
    expect(meets(answer('', { status: 404 }), smoke(null, 'curl -f localhost'), parseStatus('404'))).toMatch(
      /which -f refuses/,
    );
  });

  test('that was cut', () => {
    expect(meets(answer('[1]', { cut: true }), smoke('[1]'), OK)).toMatch(/too long .*only its first 3 bytes/);
    expect(meets(answer('abc', { cut: true }), smoke('b'), OK)).toBeNull();
    expect(meets(answer('abc', { cut: true }), smoke('x'), OK)).toMatch(/only its first 3 bytes were read/);
  });

  test('cannot hold the check up with a careless pattern', () => {
    const start = Date.now();
    expect(meets(answer(`${'a'.repeat(50_000)}!`), smoke('/^(a+)+$/'), OK)).toMatch(/could not be searched/);
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  test('is told on one short, printable line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (body) => {
        const reason = meets(answer(body, { status: 500 }), smoke(null), OK) ?? '';
        expect(reason.length).toBeLessThan(1_600);
        expect(reason).not.toMatch(/[\p{C}\u2028\u2029]/u);
      }),
    );
  });
});

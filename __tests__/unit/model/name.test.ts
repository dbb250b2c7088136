import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nameBytes, showBytes, showName } from '../../../src/model/name.js';

/** As the probe writes names; probe/lines.c. */
function escaped(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}

/** What a shown name stands for. */
function bytesOf(shown: string): number[] {
  return [...shown.matchAll(/\\x([0-9a-f]{2})|(.)/gsu)].flatMap(([, hex, character]) =>
    hex === undefined ? [...Buffer.from(character ?? '')] : [Number.parseInt(hex, 16)],
  );
}

describe.each<[string, string, string]>([
  ['plain text', '/etc/passwd', '/etc/passwd'],
  ['a blank', '/a\\x20b', '/a b'],
  ['UTF-8', '/caf\\xc3\\xa9', '/café'],
  ['four bytes', '/\\xf0\\x9f\\x90\\xb3', '/🐳'],
  ['Latin 1', '/caf\\xe9', '/caf\\xe9'],
  ['a backslash', '/a\\x5cx41', '/a\\x5cx41'],
  ['a line break', '/a\\x0ab', '/a\\x0ab'],
  ['an escape sequence', '\\x1b[31m', '\\x1b[31m'],
  ['a C1 control', '/\\xc2\\x9b', '/\\xc2\\x9b'],
  ['a direction override', '/\\xe2\\x80\\xae', '/\\xe2\\x80\\xae'],
  ['a zero width space', '/\\xe2\\x80\\x8b', '/\\xe2\\x80\\x8b'],
  ['a line separator', '/\\xe2\\x80\\xa8', '/\\xe2\\x80\\xa8'],
  ['a byte order mark', '\\xef\\xbb\\xbf/x', '\\xef\\xbb\\xbf/x'],
  ['a surrogate', '\\xed\\xa0\\x80', '\\xed\\xa0\\x80'],
  ['an overlong slash', '\\xc0\\xaf', '\\xc0\\xaf'],
  ['a sequence that is cut', '/\\xe2\\x82', '/\\xe2\\x82'],
  ['and goes on', '/\\xe2\\x82a', '/\\xe2\\x82a'],
])('%s', (_, name, shown) => {
  test('is shown', () => expect(showName(name)).toBe(shown));
});

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
);

test('the probe says bytes, and these are read', () => {
  fc.assert(fc.property(anyBytes, (bytes) => expect([...nameBytes(escaped(bytes))]).toEqual([...bytes])));
});

test('what is shown stands for exactly one name', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(bytesOf(showBytes(bytes))).toEqual([...bytes]);
      expect(showName(escaped(bytes))).toBe(showBytes(bytes));
    }),
    { numRuns: 1000 },
  );
});

test('what is shown moves no cursor, breaks no line, and turns no text', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(showBytes(bytes)).not.toMatch(/[\p{C}\u2028\u2029]/u);
    }),
    { numRuns: 1000 },
  );
});

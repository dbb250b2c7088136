import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitWords } from '../../../../src/check/smoke/words.js';

function words(line: string): string[] {
  const complaints: string[] = [];
  const found = splitWords(line, complaints);
  expect(complaints).toEqual([]);
  return found;
}

describe('words', () => {
  test.each<[string, string[]]>([
    ['a b\tc\n d ', ['a', 'b', 'c', 'd']],
    [`'a b' "c d" e\\ f`, ['a b', 'c d', 'e f']],
    [`a'b'"c"d`, ['abcd']],
    [`'' ""`, ['', '']],
    [`"a\\"b\\\\c\\d"`, ['a"b\\c\\d']],
    [`"\\$HOME \\\`x\\\`"`, ['$HOME `x`']],
    [`'$HOME \`x\` | & ; < > ( ) \\ "'`, ['$HOME `x` | & ; < > ( ) \\ "']],
    // shlex 3.0.0 alone makes \" of the first, and \x of the second.
    [`'\\"'"x"`, ['\\"x']],
    [`'\\\\'"x"`, ['\\\\x']],
    [`'don'\\''t'`, ["don't"]],
    [`$'a\\tb\\'c\\u00e4'`, ["a\tb'cä"]],
    [`a$ $ \\| \\$x a#b`, ['a$', '$', '|', '$x', 'a#b']],
    ['a\\\nb "c\\\nd"', ['ab', 'cd']],
    ['{a,b} * ? [x] ~ !', ['{a,b}', '*', '?', '[x]', '~', '!']],
  ])('%j', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  test.each([
    ['a | b', '"|"'],
    ['a > b', '">"'],
    ['a && b', '"&"'],
    ['a; b', '";"'],
    ['a $(b)', '"$("'],
    ['a "$(b)"', '"$("'],
    ['a $HOME', '"$H"'],
    [`a "\${HOME}"`, '"${"'],
    ['a `b`', '"`"'],
    ['a "`b`"', '"`"'],
    ['a # b', '"#"'],
    ['a < b', '"<"'],
  ])('%s is shell syntax', (line, piece) => {
    const complaints: string[] = [];
    expect(splitWords(line, complaints)).toEqual([]);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(`shell syntax (${piece}`);
    expect(complaints[0]).toContain('no shell');
  });

  test.each([`a 'b`, `a "b`, `a "b\\"`, `a $'b`, `a $"b"`, 'a \\'])('%s is left open', (line) => {
    const complaints: string[] = [];
    splitWords(line, complaints);
    expect(complaints).toHaveLength(1);
  });

  test('are those of a real shell', () => {
    const letters = fc.constantFrom('a', 'ä', ' ', '\t', "'", '"', '\\', '$', '.', '{', '=', '\n');
    const lines = fc
      .sample(fc.array(letters, { maxLength: 14 }), { numRuns: 3_000, seed: 1 })
      .map((each) => each.join(''))
      .map((line) => ({ line, complaints: [] as string[] }))
      .map(({ line, complaints }) => ({ line, found: splitWords(line, complaints), complaints }))
      // A line break ends a command in a shell; $'…' is not in every sh.
      .filter(({ line, complaints }) => complaints.length === 0 && !/\n|\$'/.test(line));
    expect(lines.length).toBeGreaterThan(500);
    const script = lines.map(({ line }) => `printf '<%s>' x ${line}; echo`).join('\n');
    const shell = spawnSync('sh', { input: script, encoding: 'utf8' });
    const ours = lines.map(({ found }) => ['x', ...found].map((word) => `<${word}>`).join(''));
    expect(shell.stdout.trimEnd().split('\n')).toEqual(ours);
  });
});

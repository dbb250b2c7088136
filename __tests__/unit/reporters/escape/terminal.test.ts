import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { block, line, withoutCommands } from '../../../../src/reporters/escape/terminal.js';

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001b[2J', '\u001b]0;x\u0007', '\u009b31m', '\r', '\n', '::', '##[', ' ', ':', '#'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

test('no control character and no direction override is left', () => {
  fc.assert(
    fc.property(hostile, (one) => {
      expect(line(one)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(block(one, '  ').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});

test('no line is a command to the runner', () => {
  fc.assert(
    fc.property(hostile, (one) => {
      for (const each of withoutCommands(block(one, '  ')).split('\n')) expect(each).not.toMatch(/^\s*::|##\[/);
    }),
  );
});

test.each([
  ['::error::x', ': :error::x'],
  ['  ::set-output name=a::b', '  : :set-output name=a::b'],
  ['##[group]', '# #[group]'],
  ['a::b', 'a::b'],
])('%j', (one, written) => expect(withoutCommands(one)).toBe(written));

test('what is seen stays as it is', () => {
  expect(line('/srv/Ünïcode and 漢字')).toBe('/srv/Ünïcode and 漢字');
  expect(line('a\u202eb\u0000')).toBe('a\\u{202e}b\\u{0}');
  expect(block('a\r\n\tb', '> ')).toBe('> a\n>   b');
});

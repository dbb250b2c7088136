import { expect, test } from '@jest/globals';
import { insert } from '../../../scripts/benchmark/document.mjs';
import { number, span, table } from '../../../scripts/benchmark/table.mjs';

test('a table is padded Markdown, numbers to the right, bars escaped', () => {
  expect(
    table(
      ['way', 'ms:'],
      [
        ['a | b', '1,000'],
        ['c', '9'],
      ],
    ),
  ).toBe(['| way    |    ms |', '| ------ | ----: |', '| a \\| b | 1,000 |', '| c      |     9 |'].join('\n'));
});

test('numbers have as many digits as they deserve', () => {
  expect(number(1234.5)).toBe('1,235');
  expect(number(1.26)).toBe('1.3');
});

test('a single round has no range', () => {
  expect(span({ median: 20, min: 10, max: 30, rounds: 3 })).toBe('20 (10–30)');
  expect(span({ median: 20, min: 20, max: 20, rounds: 1 })).toBe('20');
});

test('a document gets the table between its markers, as often as one likes', () => {
  const document = 'before\n<!-- benchmark -->\n<!-- /benchmark -->\nafter\n';
  const once = insert(document, 'first');
  expect(once).toBe('before\n<!-- benchmark -->\nfirst\n<!-- /benchmark -->\nafter\n');
  expect(insert(insert(once, 'second'), 'first')).toBe(once);
});

test('a document without markers is an error', () => {
  expect(() => insert('nothing', 'table')).toThrow('<!-- benchmark -->');
});

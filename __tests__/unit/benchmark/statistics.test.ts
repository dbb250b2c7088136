import { expect, test } from '@jest/globals';
import { extrapolated, median, sample, summary } from '../../../scripts/benchmark/statistics.mjs';

test.each([
  [[3], 3],
  [[10, 9], 9.5],
  [[100, 9, 20], 20],
])('the median of %j is %d', (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});

test('a summary keeps the range and tells the rounds', () => {
  expect(summary([12, 10, 30])).toEqual({ median: 12, min: 10, max: 30, rounds: 3 });
});

test('only what grows with the paths is extrapolated', () => {
  expect(extrapolated({ ms: 500 + 20 * 80, base: 500, part: 20, total: 7000 })).toBe(500 + 7000 * 80);
  expect(extrapolated({ ms: 800, base: 500, part: 9, total: 9 })).toBe(800);
});

test('a sample goes from the first to the last', () => {
  const items = Array.from({ length: 101 }, (_, index) => index);
  expect(sample(items, 5)).toEqual([0, 25, 50, 75, 100]);
  expect(sample([1, 2], 5)).toEqual([1, 2]);
});

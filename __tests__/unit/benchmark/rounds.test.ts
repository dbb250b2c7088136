import { expect, test } from '@jest/globals';
import { alternate } from '../../../scripts/benchmark/rounds.mjs';

function recorder() {
  const order: string[] = [];
  const contestant = (name: string, most?: number) => ({
    name,
    ...(most ? { most } : {}),
    run: () => {
      order.push(name);
      return { ms: order.length };
    },
  });
  return { order, contestant };
}

test('contestants take turns, and the first round does not count', async () => {
  const { order, contestant } = recorder();
  const [a, b] = await alternate([contestant('a'), contestant('b')], { rounds: 2 });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(a?.all).toEqual([3, 5]);
  expect(b?.ms).toEqual({ median: 5, min: 4, max: 6, rounds: 2 });
});

test('a slow one has fewer rounds', async () => {
  const { order, contestant } = recorder();
  const [, slow] = await alternate([contestant('fast'), contestant('slow', 1)], { rounds: 3 });
  expect(order.filter((name) => name === 'slow')).toHaveLength(2);
  expect(slow?.all).toHaveLength(1);
});

test('an interruption ends it before the next run', async () => {
  const { order, contestant } = recorder();
  const interruption = AbortSignal.abort('SIGINT');
  await expect(alternate([contestant('a')], { rounds: 2, interruption })).rejects.toThrow('Interrupted (SIGINT)');
  expect(order).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { Life } from '../../../src/check/life.js';
import { Stopwatch } from '../../../src/check/stopwatch.js';
import type { ContainerState } from '../../../src/engines/engine.js';
import { container, running } from './laboratory.js';

const ended = (exitCode: number, reason: string | null = null): ContainerState => ({ kind: 'ended', exitCode, reason });

describe('why a program does not run any more', () => {
  test.each<[ContainerState, string | null, number | null]>([
    [running, null, null],
    [{ ...running, restarts: 2 } as ContainerState, 'it was restarted 2 times', null],
    [ended(1), 'it exited with code 1', 1],
    [ended(0), 'it exited with code 0; a program that goes into the background ends its container', 0],
    [ended(137), 'it exited with code 137 (killed)', 137],
    [ended(139), 'it exited with code 139 (it crashed)', 139],
    [ended(127, 'no such file'), 'it exited with code 127 (no such file)', 127],
  ])('%j', async (state, over, exitCode) => {
    await using life = new Life(container({ state: async () => state }));
    expect(life.isOver()).toBeNull();
    expect(await life.check()).toBe(over);
    expect([life.isOver(), life.exitCode]).toEqual([over, exitCode]);
  });
});

test('an end is found without being asked for, and then the engine is left alone', async () => {
  let asked = 0;
  await using life = new Life(
    container({
      state: async () => {
        asked += 1;
        return asked < 2 ? running : ended(1);
      },
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(life.isOver()).toBe('it exited with code 1');
  expect(asked).toBe(2);
  await life.check();
  expect(asked).toBe(2);
});

test('after its disposal nothing is asked', async () => {
  let asked = 0;
  const life = new Life(
    container({
      state: async () => {
        asked += 1;
        return running;
      },
    }),
  );
  await life[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(asked).toBe(0);
});

test('an engine that does not answer in between ends nothing', async () => {
  await using life = new Life(
    container({
      state: async () => {
        throw new Error('no answer');
      },
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 450));
  expect(life.isOver()).toBeNull();
  await expect(life.check()).rejects.toThrow('no answer');
});

test('the health of a container that has ended is none', async () => {
  await using life = new Life(container({ state: async () => ended(1) }));
  expect(await life.health()).toBe('none');
  expect(life.isOver()).toBe('it exited with code 1');
});

test('a stopwatch adds what a phase took, also when it failed', async () => {
  const watch = new Stopwatch();
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 30));
  await watch.time('smoke', wait);
  await watch.time('smoke', wait);
  await expect(watch.time('attack', () => wait().then(() => Promise.reject(new Error('x'))))).rejects.toThrow('x');
  const { smoke, attack, build, total } = watch.timings();
  expect(smoke).toBeGreaterThanOrEqual(55);
  expect(attack).toBeGreaterThanOrEqual(25);
  expect(build).toBe(0);
  expect(total).toBeGreaterThanOrEqual(smoke + attack - 2);
});

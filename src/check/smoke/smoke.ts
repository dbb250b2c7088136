import { setTimeout as sleep } from 'node:timers/promises';
import type { SmokeResult } from '../../model/observation.js';
import type { Layer, Target } from '../../model/target.js';
import { ask } from './ask.js';

/** How long a program without smoke tests has to run to count as running, in milliseconds. */
const KEEPS_RUNNING = 3000;

/** What the smoke test needs to know of the program in the container. */
export interface Program {
  address(port: number): { host: string; port: number };
  /** Why it cannot answer any more, as far as is known; null while it may. */
  isOver(): string | null;
  /** The same, asked now. */
  check(): Promise<string | null>;
  exitCode(): number | null;
  health(): Promise<'none' | 'starting' | 'healthy' | 'unhealthy'>;
}

export interface SmokeTask {
  readonly target: Target;
  /** What a request without a port means. */
  readonly port: number | null;
  readonly program: Program;
  readonly signal: AbortSignal;
  /** Milliseconds for all tests together. */
  readonly timeout: number;
}

/** Loads what sends requests, so that the first one does not wait for it. */
export async function prepareToAsk(): Promise<void> {
  // Loading keeps this process busy: whoever is about to start a container starts it first.
  await new Promise((resolve) => setImmediate(resolve));
  await import('../../platform/http.js');
}

/** Asks everything that the target's smoke tests ask, in their order, and looks whether the program lives or ends as it should. */
export async function smokeTest(layer: Layer, phase: SmokeResult['phase'], task: SmokeTask): Promise<SmokeResult[]> {
  const { target, program, signal } = task;
  const deadline = performance.now() + task.timeout;
  const results: SmokeResult[] = [];
  for (const test of target.smokeTests) {
    const start = performance.now();
    const asked = await ask(test, target.expectStatus, {
      address: (port) => program.address(port ?? task.port ?? 0),
      timeout: Math.max(1, deadline - start),
      repeat: target.smokeRepeat,
      ended: () => program.isOver(),
      signal,
    }).catch(async (thrown: unknown) => {
      // A container that has ended has no ports any more: that it ended is the reason then.
      const over = signal.aborted ? null : await program.check();
      if (over === null) throw thrown;
      return { passed: false, status: null, attempts: 0, ms: performance.now() - start, reason: over };
    });
    results.push({ layer, phase, test: test.request.text, ...asked, ms: Math.round(asked.ms) });
  }
  if (target.expectExit !== null) results.push(await endsAsExpected(layer, phase, task, target.expectExit, deadline));
  else if (target.smokeTests.length === 0) results.push(await keepsRunning(layer, phase, task, deadline));
  return results;
}

async function endsAsExpected(
  layer: Layer,
  phase: SmokeResult['phase'],
  task: SmokeTask,
  code: number,
  deadline: number,
): Promise<SmokeResult> {
  const start = performance.now();
  let over = await task.program.check();
  let attempts = 1;
  while (over === null && performance.now() < deadline) {
    await sleep(50, undefined, { signal: task.signal });
    over = await task.program.check();
    attempts++;
  }
  const actual = task.program.exitCode();
  const reason = over === null ? `it still runs after ${task.target.startupTimeout} s` : actual === code ? null : over;
  return {
    layer,
    phase,
    test: `the program ends with code ${code}`,
    passed: reason === null,
    status: null,
    attempts,
    ms: Math.round(performance.now() - start),
    reason,
  };
}

async function keepsRunning(
  layer: Layer,
  phase: SmokeResult['phase'],
  task: SmokeTask,
  deadline: number,
): Promise<SmokeResult> {
  const start = performance.now();
  // After the attack it has run for long; only whether it still does is asked.
  const until = phase === 'before-attack' ? start + KEEPS_RUNNING : start;
  let attempts = 0;
  let reason: string | null = null;
  for (;;) {
    attempts++;
    const health = await task.program.health();
    reason = task.program.isOver();
    if (reason !== null) break;
    const now = performance.now();
    if (health === 'starting') reason = 'its health check has not passed yet';
    if (health === 'unhealthy') reason = 'its health check says that it is unhealthy';
    if ((now >= until && reason === null) || now >= Math.max(deadline, until)) break;
    await sleep(Math.min(200, Math.max(20, until - now)), undefined, { signal: task.signal });
  }
  return {
    layer,
    phase,
    test: 'the program keeps running',
    passed: reason === null,
    status: null,
    attempts,
    ms: Math.round(performance.now() - start),
    reason,
  };
}

import { describe, expect, test } from '@jest/globals';
import { check } from '../../../src/check/check.js';
import type { Container, Engine } from '../../../src/engines/engine.js';
import { CheckError } from '../../../src/model/errors.js';
import type { TargetReport } from '../../../src/model/report.js';
import type { Layer, Target } from '../../../src/model/target.js';
import { container, controls, engine, execution, probeSays, refused, silent, target, user } from './laboratory.js';

const never = new AbortController().signal;
const ended = { kind: 'ended', exitCode: 0, reason: null } as const;
const job: Target = { ...target, expectExit: 0 };
const both: readonly Layer[] = ['read-only', 'permissions'];

function run(on: Engine, asked: Target = job): Promise<TargetReport> {
  return check(asked, {
    engine: on,
    progress: silent,
    signal: never,
    announce: async () => {},
    probe: async () => Buffer.from('probe'),
  });
}

const jobContainer = (changed: Partial<Container> = {}) => container({ state: async () => ended, ...changed });

test('a job that ends as it should is attacked by the probe alone', async () => {
  const asked: string[] = [];
  const report = await run(engine(async () => jobContainer(), asked));
  expect(report).toMatchObject({ verdict: 'pass', error: null, paths: [{ readOnly: 'mount' }] });
  expect(report.smoke).toMatchObject([{ phase: 'before-attack', passed: true }]);
  expect(report.findings.map(({ rule }) => rule)).toEqual(['no-process']);
  expect(asked).toEqual(['start read-only', 'alone read-only', 'helper gone']);
});

test('a service is attacked in its container, and asked again', async () => {
  const report = await run(
    engine(async () => container()),
    target,
  );
  expect(report.verdict).toBe('pass');
  expect(report.smoke.map(({ phase, passed }) => [phase, passed])).toEqual([
    ['before-attack', true],
    ['after-attack', true],
  ]);
  expect(report.attack).toMatchObject([{ attempts: 5, blocked: { EROFS: 5 }, succeeded: 0 }]);
});

describe('one layer’s failure', () => {
  const inBoth: Target = { ...job, policy: { ...job.policy, layers: both, require: both } };
  const asked = (sequential: boolean): Target =>
    sequential ? { ...inBoth, run: { ...inBoth.run, options: ['--init'] } } : inBoth;

  test.each([false, true])('neither hides the other’s nor ends us (one after the other: %s)', async (sequential) => {
    const on = engine(async (root) => {
      throw new CheckError('not-started', `${root} did not start`);
    });
    const report = await run(on, asked(sequential));
    expect(report.verdict).toBe('error');
    expect(report.error).toEqual({ code: 'not-started', message: 'read-only did not start' });
    // A rejection that nobody awaited would end this process now.
    await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test.each([false, true])('does not keep back what the other saw (one after the other: %s)', async (sequential) => {
    const hole = probeSays(user, 'S\tcreate\t/etc', 'T\tcreate\tOK\t1\t/', 'T\tcreate\tEACCES\t1\t/x');
    const on = engine(async (root) => {
      if (root === 'read-only') throw new CheckError('not-started', 'no');
      return jobContainer();
    });
    const alone: Engine['alone'] = async () => Object.assign(container(), { execution: execution(hole) });
    const report = await run({ ...on, alone }, asked(sequential));
    expect(report.verdict).toBe('fail');
    expect(report.error).toMatchObject({ code: 'not-started' });
    expect(report.paths).toMatchObject([{ readOnly: 'inconclusive', permissions: 'writable' }]);
  });

  test('does not take the helper away from under the other', async () => {
    const order: string[] = [];
    const on = engine(async (root) => {
      if (root === 'read-only') throw new CheckError('not-started', 'no');
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push('writable started');
      return jobContainer();
    }, order);
    await run(on, inBoth);
    expect(order.indexOf('helper gone')).toBe(order.length - 1);
    expect(order).toContain('alone writable');
  });
});

describe('whatever is thrown, there is a report, and it is no pass', () => {
  const whole = engine(async () => jobContainer());
  const fails = async () => {
    throw new CheckError('engine-failed', 'fell over');
  };
  test.each<[string, Partial<Engine>]>([
    ['describe', { describe: fails }],
    ['inspect', { inspect: fails }],
    ['start', { start: fails }],
    ['alone', { alone: fails }],
    ['changes', { start: async () => jobContainer({ changes: fails }) }],
    ['state', { start: async () => jobContainer({ state: fails }) }],
    [
      'bringIn',
      {
        bringIn: () => {
          throw new CheckError('engine-failed', 'fell over');
        },
      },
    ],
    ['removal', { start: async () => jobContainer({ [Symbol.asyncDispose]: fails }) }],
  ])('%s', async (_, broken) => {
    const report = await run({ ...whole, ...broken });
    expect(report).toMatchObject({ verdict: 'error', error: { code: 'engine-failed', message: 'fell over' } });
  });

  test('also what is no error at all', async () => {
    const report = await run({ ...whole, start: () => Promise.reject('just text') });
    expect(report).toMatchObject({ verdict: 'error', error: { code: 'internal' } });
    expect(report.error?.message).toContain('just text');
  });

  test('a damaged probe', async () => {
    const report = await check(job, {
      engine: whole,
      progress: silent,
      signal: never,
      announce: async () => {},
      probe: async () => {
        throw new CheckError('probe-damaged', 'other bytes');
      },
    });
    expect(report).toMatchObject({ verdict: 'error', error: { code: 'probe-damaged' }, attack: [] });
  });

  test('a smoke test for no port', async () => {
    const report = await run(whole, {
      ...job,
      smokeTests: [{ request: { port: null } as never, expect: null }],
    });
    expect(report.error).toMatchObject({ code: 'bad-input', message: expect.stringContaining('"port"') });
  });
});

describe('the attack', () => {
  const attacking = async (output: string, exitCode = 0, stderr = '') =>
    run({
      ...engine(async () => jobContainer()),
      alone: async () => Object.assign(container(), { execution: execution(output, exitCode, stderr) }),
    });
  test.each<[string, string, number, string]>([
    ['that ended too early', refused().slice(0, -8), 0, 'probe-unfinished'],
    ['with an exit code', refused(), 2, 'probe-unfinished'],
    ['that says nothing', '', 0, 'probe-unfinished'],
    ['on a path that is missing', refused('N\t/'), 0, 'protected-path-missing'],
    ['that left a directory out', refused('D\t/root'), 0, 'not-observed'],
    ['that was undone', probeSays(user, ...controls, 'Q\tidle'), 0, 'not-observed'],
    ['that could not see', probeSays(user, 'T\tcreate\tEROFS\t5\t/'), 0, 'control-failed'],
  ])('%s is an error', async (_, output, exitCode, code) => {
    expect(await attacking(output, exitCode)).toMatchObject({ verdict: 'error', error: { code } });
  });
});

describe('drift', () => {
  const mounts = [{ path: '/data', kind: 'volume', source: 'v', writable: true, declared: true } as const];
  test.each<[string, string, 'added' | 'changed' | 'deleted', boolean]>([
    ['a file', '/etc/x', 'added', true],
    ['the helper’s directory', '/.h', 'added', false],
    ['a mount point', '/data', 'added', false],
    ['the way to one', '/proc', 'added', false],
    ['a way that was removed', '/proc', 'deleted', true],
    ['something in a mount', '/data/x', 'added', true],
  ])('%s', async (_, path, change, told) => {
    const output = refused('M\t/proc/sys\tproc\tproc\t/\trw\trw');
    const on = {
      ...engine(async () => jobContainer({ mounts, changes: async () => [{ path, change }] })),
      alone: (async () => Object.assign(container(), { execution: execution(output) })) as Engine['alone'],
    };
    expect((await run(on)).drift.map((one) => one.path)).toEqual(told ? [path] : []);
  });
});

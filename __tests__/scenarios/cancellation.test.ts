import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseImage, buildImage, removeTestImages } from '../support/images.js';
import { docker, type RunningStep, runStep, type Step, standIn, targetOf } from '../support/step.js';

/** A run that is cancelled: GitHub sends SIGINT, after 7.5 seconds SIGTERM, and kills 2.5 seconds later. */
let base = '';
let image = '';

beforeAll(async () => {
  base = await baseImage();
  image = await buildImage(
    'cancelled',
    `FROM ${base}\nRUN mkdir /app\nVOLUME /data\nUSER 1000\nEXPOSE 8080\nCMD ["httpd", "-f", "-p", "8080", "-h", "/bin"]`,
  );
});

afterAll(removeTestImages);

type Moment = (signal: NodeJS.Signals) => Promise<Step>;

const never = { 'smoke-test': '/no/such', 'expect-status': '200' };

/** Sends the signal once the step is there. */
const once = (what: (running: RunningStep) => Promise<unknown>, signal: NodeJS.Signals) => async (run: RunningStep) => {
  await what(run);
  run.kill(signal);
};

const MOMENTS: Readonly<Record<string, Moment>> = {
  'the build': async (signal) => {
    const marker = `step-of-${process.pid}-${signal}`;
    const step = await runStep(
      { 'build-options': '--no-cache' },
      {
        files: { Dockerfile: `FROM ${base}\nRUN echo it begins; sleep 30; echo ${marker}\n` },
        meanwhile: once((run) => run.says(/^ *.*it begins$/m), signal),
      },
    );
    // The engine ends the build some moments after its client.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await docker('ps', '--all', '--no-trunc', '--format', '{{.Command}}')).not.toContain(marker);
    return step;
  },
  'the smoke test': (signal) =>
    runStep({ image, ...never }, { meanwhile: once((run) => run.container('read-only'), signal) }),
  'the attack': async (signal) => {
    // An attack is over in milliseconds; this one is held up.
    await using slow = await standIn('[ "$1" = exec ] && sleep 20 & [ "$1" = exec ] && wait; exec "$DOCKER" "$@"');
    const inputs = { image, 'smoke-test': 'curl -I localhost/busybox' };
    return await runStep(inputs, { path: [slow.folder], meanwhile: once((run) => run.says('passed after'), signal) });
  },
};

describe.each(Object.keys(MOMENTS))('during %s', (name) => {
  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('%s', async (signal) => {
    const moment = MOMENTS[name] as Moment;
    const step = await moment(signal);
    expect(step.left).toEqual([]);
    expect(step.outputs.verdict).toBe('error');
    expect(step.exitCode).not.toBe(0);
    expect(targetOf(step).error).toMatchObject({ code: 'cancelled' });
    expect(step.msAfterSignal).toBeLessThan(7000);
    expect(step.heard.warnings.join()).toContain(signal);
  });
});

describe('killed', () => {
  test('the post phase removes everything', async () => {
    const killed = once(async (run) => {
      await run.container('read-only');
      await run.container('writable');
    }, 'SIGKILL');
    const step = await runStep({ image, ...never }, { meanwhile: killed });
    expect(step.left.length).toBeGreaterThanOrEqual(3);
    expect(step.post).toMatchObject({ exitCode: 0, log: '' });
  });

  test('with no engine left, the post phase says what it could not do, and does not fail', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'immutable-check-gone-'));
    try {
      await using flaky = await standIn(`
        if [ "$1" = ps ] && [ ! -e '${folder}/there' ]; then touch '${folder}/there'; echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi
        exec "$DOCKER" "$@"`);
      const step = await runStep(
        { image, ...never },
        { path: [flaky.folder], meanwhile: once((run) => run.container('read-only'), 'SIGKILL') },
      ).catch((error: Error) => error.message);
      // The container that could not be listed is still there: that is what the helper complains of.
      expect(step).toContain('Left behind after the post phase: container');
      const id = /immutable-check-([0-9a-f-]{13})-read-only/.exec(String(step))?.[1];
      const filter = ['--filter', `label=immutable-check.run=${id}`];
      const names = (await docker('ps', '--all', '--quiet', ...filter)).split('\n');
      await docker('rm', '--force', '--volumes', ...names);
      const volumes = await docker('volume', 'ls', '--quiet', ...filter);
      if (volumes !== '') await docker('volume', 'rm', ...volumes.split('\n'));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

import { expect, test } from '@jest/globals';
import { compose, unread } from '../../../src/check/compose.js';
import { CheckError } from '../../../src/model/errors.js';
import { judge } from '../../../src/model/verdict.js';
import { attacked, layer, result, tally } from '../model/evidence.js';
import { image, target } from './laboratory.js';

const timings = { build: 1, start: 2, smoke: 3, attack: 4, permissions: 5, diagnose: 0, total: 9 };

test('answers are counted by what they mean', () => {
  const tallies = [
    tally('/', 'EROFS', 'create', 10),
    tally('/', 'EROFS', 'mkdir', 5),
    tally('/', 'EACCES', 'chmod', 3),
    tally('/', 'EPERM', 'chmod', 2),
    tally('/', 'OK', 'create', 1),
    tally('/', 'COVERED', 'delete', 100),
    tally('/', 'GONE', 'delete', 50),
    tally('/', 'ETXTBSY', 'open-write', 4),
  ];
  const evidence = [layer('read-only', { attacks: attacked(result(['/'], { tallies })) })];
  const judgement = judge(target.policy, { volumes: [] }, evidence, []);
  const report = compose(target, image, { name: 'docker', version: '28' }, evidence, judgement, timings);
  expect(report.attack).toMatchObject([
    { attempts: 25, blocked: { EROFS: 15, EACCES: 3, EPERM: 2 }, succeeded: 1, inconclusive: 4, covered: 100, ms: 5 },
  ]);
  expect(report).toMatchObject({
    engine: { name: 'docker', version: '28', platform: 'linux/amd64' },
    image: { id: image.id, user: 'app' },
    timings,
  });
});

test('the user of the run stands before the image’s, and nothing is known of an image that is not there', () => {
  const judgement = judge(target.policy, { volumes: [] }, [], []);
  const as = { ...target, run: { ...target.run, user: '5:6' } };
  expect(compose(as, image, { name: 'x' }, [], judgement, timings).image.user).toBe('5:6');
  const build = {
    kind: 'build',
    context: 'app',
    file: null,
    target: null,
    platform: null,
    buildArgs: [],
    options: [],
  } as const;
  expect(compose({ ...target, source: build }, null, { name: 'x' }, [], judgement, timings)).toMatchObject({
    verdict: 'error',
    image: { reference: 'app/Dockerfile', id: null, user: null, volumes: [] },
    engine: { version: null, platform: null },
  });
});

test('a target whose inputs are wrong has a report as well', () => {
  expect(unread('x', 'docker', new CheckError('bad-input', 'port'))).toMatchObject({
    verdict: 'error',
    error: { code: 'bad-input', message: 'port' },
    paths: [],
  });
});

import { describeIdentity } from '../model/identity.js';
import type { TargetReport, Timings } from '../model/report.js';
import type { Block, Phrase, Span } from './document.js';
import { code, count, counted, duration, fold, foreign, heading, paragraph, series } from './document.js';
import type { Budget } from './listing.js';
import { table } from './listing.js';
import { decides, refusals } from './wording.js';

/** How far the statement reaches: who attacked, how often, how it was refused, and how the container was run. */
export function coverage(target: TargetReport, budget: Budget): Block[] {
  return [heading(3, 'What this rests on'), paragraph(...sentence(target)), ...attacks(target, budget), ...run(target)];
}

function sentence(target: TargetReport): Phrase {
  const attempts = target.attack.reduce((sum, run) => sum + run.attempts, 0);
  if (target.attack.length === 0) return ['No attack was made, so nothing is known of what can be changed.'];
  const identities = new Set(target.attack.map((run) => describeIdentity(run.identity)));
  const requests = new Set(target.smoke.map((result) => result.test));
  return [
    `${counted(attempts, 'real attempt')} to change what stands under `,
    ...series(target.policy.protectedPaths.map(code), 3),
    `, as ${counted(identities.size, 'identity', 'identities')} of the container’s own processes; ${counted(requests.size, 'smoke test')}.`,
  ];
}

function attacks(target: TargetReport, budget: Budget): Block[] {
  if (target.attack.length === 0) return [];
  // Those with something to tell come first, so that no truncation hides them.
  const runs = [...target.attack].sort((a, b) => b.succeeded - a.succeeded || b.inconclusive - a.inconclusive);
  const rows = runs.map((run): Phrase[] => [
    [foreign(run.layer), decides(target, run.layer) ? ' (required)' : ''],
    [foreign(describeIdentity(run.identity))],
    [count(run.attempts)],
    refusals(run.blocked),
    [count(run.succeeded)],
    [count(run.inconclusive)],
    [count(run.covered)],
    [duration(run.ms)],
  ]);
  const head = ['layer', 'attacked as', 'attempts', 'refused', 'succeeded', 'unclear', 'covered ¹', 'time'];
  return [
    fold(
      ['Who attacked, and how it was refused'],
      [
        ...table(budget, head, rows),
        paragraph('EROFS: the mount refused. EACCES and EPERM: permissions refused, which says nothing of the mount.'),
        paragraph('¹ Follows from an attempt on the directory that succeeded, and was therefore not made one by one.'),
      ],
    ),
  ];
}

function run(target: TargetReport): Block[] {
  const { image, engine, policy } = target;
  const listed = (name: string, values: readonly string[]): Phrase[] =>
    values.length === 0 ? [] : [[`${name}: `, ...series(values.map(code), 20)]];
  const items: Phrase[] = [
    ...(image.reference === '' ? [] : [['image: ', code(image.reference)]]),
    ...(image.id === null ? [] : [['image ID: ', code(image.id)]]),
    ['registry digest: ', image.digest === null ? 'none' : code(image.digest)],
    [
      'user of the image: ',
      image.user === null ? 'unknown' : image.user === '' ? 'none named (root)' : code(image.user),
    ],
    ...listed('volumes that the image declares', image.volumes),
    ['engine: ', foreign([engine.name, engine.version, engine.platform].filter((part) => part !== null).join(', '))],
    ...listed('tmpfs', policy.tmpfs),
    ...listed('volumes', policy.volumes),
    ...listed('further options', policy.runOptions),
    [
      'layers checked: ',
      ...series(policy.layers.map(foreign), 2),
      '; required: ',
      ...series(policy.require.map(foreign), 2),
    ],
    ['time: ', ...timings(target.timings)],
  ];
  return [fold(['Image, engine, settings, time'], [{ kind: 'list', items: items.map((one) => [one]) }])];
}

function timings(of: Timings): Span[] {
  const { total, ...phases } = of;
  const parts = Object.entries(phases)
    .filter(([, ms]) => ms > 0)
    .map(([phase, ms]) => `${phase} ${duration(ms)}`);
  // Phases run beside each other, so that their sum is not the whole.
  return [
    duration(total),
    ...(parts.length > 0 ? [` (${parts.join(', ')}${parts.length > 1 ? '; some of it at the same time' : ''})`] : []),
  ];
}

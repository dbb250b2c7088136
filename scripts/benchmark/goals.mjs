import { number } from './table.mjs';

const most = (limit, unit) => ({
  limit: `at most ${number(limit)} ${unit}`,
  met: (value) => value <= limit,
  unit,
});
const least = (limit, unit) => ({
  limit: `at least ${number(limit)} ${unit}`,
  met: (value) => value >= limit,
  unit,
});

const times = (name, contestant) => (result) => find(result, name, contestant)?.times;
const find = (result, name, contestant) => result.cases?.[name]?.contestants.find(({ key }) => key === contestant);

/** What issue 7 asks for, and where in a result the figure stands. */
const goals = [
  { what: 'echo, layers: read-only', ...most(1.5, '× the script'), of: times('echo', 'read-only') },
  { what: 'echo, layers: both', ...most(2.2, '× the script'), of: times('echo', 'both') },
  { what: '7,000 files, layers: both', ...most(2.6, '× the script'), of: times('debian', 'both') },
  {
    what: '200,000 files, attack phase',
    ...least(300_000, 'attempts a second'),
    of: (result) => find(result, 'tree', 'read-only')?.perSecond,
  },
  {
    what: 'cold start until the first engine call',
    ...most(150, 'ms of CPU'),
    of: ({ dist }) => dist?.start.cpu.median,
  },
  {
    what: 'dist/index.js with what it loads at once',
    ...most(1.5, 'MB'),
    of: ({ dist }) => dist && dist.size.start / 1e6,
  },
  { what: 'peak memory of our process, 200,000 files', ...most(120, 'MB'), of: ({ memory }) => memory?.both },
  {
    what: 'ten checks, four at a time',
    ...most(1, '× one after the other'),
    of: ({ ten }) => ten && ten.parallel.median / ten.serial.median,
  },
];

/** @returns {{ what: string, limit: string, value: number, unit: string, met: boolean }[]} the goals that this result can tell of */
export function judge(result) {
  return goals.flatMap(({ what, limit, met, unit, of }) => {
    const value = of(result);
    return value === undefined ? [] : [{ what, limit, value, unit, met: met(value) }];
  });
}

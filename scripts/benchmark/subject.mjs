import { action, inputs, shipped } from './action.mjs';
import { engineCalls } from './calls.mjs';
import { naive } from './naive.mjs';
import { alternate } from './rounds.mjs';
import { handWritten } from './script.mjs';
import { median, summary } from './statistics.mjs';

const phases = ['build', 'start', 'smoke', 'attack', 'permissions', 'total'];

/**
 * One image: the script, the action, the naive ways and the peers, in turn.
 * @param how `dists`: folders with the action, by the name to show; `peers`, `paths`
 */
export async function measureSubject(subject, { dists, paths, peers, ...how }) {
  let base = 0;
  const script = {
    key: 'script',
    name: 'hand-written script',
    run: async () => {
      const done = await handWritten(subject, [...subject.box, 'touch', '/etc/x']);
      base = done.ms;
      return done;
    },
  };
  const ours = Object.entries(dists).flatMap(([title, dist]) =>
    ['read-only', 'both'].map((layers) => ({
      key: dist === shipped ? layers : `${title} ${layers}`,
      name: `${title}, layers: ${layers}`,
      action: { dist, given: inputs(subject, layers) },
      run: () => action(inputs(subject, layers), { dist }),
    })),
  );
  const measured = await alternate([script, ...ours, ...naive(subject, paths, () => base), ...peers], how);
  const least = measured[0].ms.median;
  const contestants = [];
  for (const { runs, action: check, ...one } of measured) {
    const calls = check ? await engineCalls(check.given, check.dist) : undefined;
    contestants.push({ ...one, times: one.ms.median / least, ...(check ? { ...inside(runs), calls } : {}) });
  }
  return { title: subject.title, paths: paths.length, contestants };
}

/** What the reports of a check's rounds say. Phases in ms; `outside`: starting, loading, telling, removing. */
function inside(runs) {
  const timings = (phase) => runs.map(({ report }) => report.targets[0].timings[phase]);
  const attacks = runs.map(({ report }) => report.targets[0].attack);
  const attempts = attacks.map((rows) => rows.reduce((sum, row) => sum + row.attempts, 0));
  const readOnly = attacks.map((rows) => rows.filter(({ layer }) => layer === 'read-only'));
  return {
    phases: {
      ...Object.fromEntries(phases.map((phase) => [phase, summary(timings(phase))])),
      outside: summary(runs.map(({ ms, report }) => ms - report.targets[0].timings.total)),
    },
    attempts: median(attempts),
    // The attack phase is the read-only layer's, end to end: with the engine's start of the probe, and reading it.
    perSecond: median(
      readOnly.map((rows, at) => (1000 * rows.reduce((sum, row) => sum + row.attempts, 0)) / timings('attack')[at]),
    ),
  };
}

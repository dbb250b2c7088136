import { summary } from './statistics.mjs';

/**
 * Measures contestants in turn: each round runs every one of them once, so that a slow minute of the machine hits all.
 * The first round warms up and does not count.
 * @param contestants each with `run()`, which gives at least `ms`; `most`: no more rounds than this, for the slow ones
 * @returns each contestant with `ms` (a summary), `all` (every round's ms) and `runs` (what `run` gave)
 */
export async function alternate(contestants, { rounds, interruption, tell = () => {} }) {
  const runs = new Map(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round <= rounds; round++) {
    tell(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
    for (const [contestant, done] of runs) {
      if (round > Math.min(rounds, contestant.most ?? rounds)) continue;
      if (interruption?.aborted) throw new Error(`Interrupted (${interruption.reason}).`);
      const one = await contestant.run();
      if (round > 0) done.push(one);
    }
  }
  return [...runs].map(([{ run, most, ...contestant }, done]) => {
    const all = done.map(({ ms }) => Math.round(ms * 10) / 10);
    return { ...contestant, ms: summary(all), all, runs: done };
  });
}

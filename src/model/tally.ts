import type { Tally } from './observation.js';

/** Attempts by what they came to. */
export interface TallySum {
  readonly attempts: number;
  /** Refused ones, by errno. */
  readonly blocked: Readonly<Record<string, number>>;
  readonly succeeded: number;
  readonly inconclusive: number;
  /** Not made, because they follow from a successful one; not among `attempts`. */
  readonly covered: number;
}

/** Answers of the kernel that refuse a change. */
const REFUSALS = new Set(['EROFS', 'EACCES', 'EPERM']);

/** Adds up what the attempts of one run came to. What vanished while the walk came by was not attempted. */
export function sumTallies(tallies: readonly Tally[]): TallySum {
  const blocked: Record<string, number> = {};
  let succeeded = 0;
  let inconclusive = 0;
  let covered = 0;
  for (const { answer, count } of tallies) {
    if (answer === 'OK') succeeded += count;
    else if (answer === 'COVERED') covered += count;
    else if (REFUSALS.has(answer)) blocked[answer] = (blocked[answer] ?? 0) + count;
    else if (answer !== 'GONE') inconclusive += count;
  }
  const attempts = succeeded + inconclusive + Object.values(blocked).reduce((sum, one) => sum + one, 0);
  return { attempts, blocked, succeeded, inconclusive, covered };
}

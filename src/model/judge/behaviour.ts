import type { LayerEvidence } from '../evidence.js';
import type { Finding } from '../report.js';
import type { Layer } from '../target.js';
import { isProtected } from './reach.js';

export const LAYER_WORDS: Readonly<Record<Layer, string>> = {
  'read-only': 'with a read-only root filesystem',
  permissions: 'with a writable root filesystem',
};

/** What the program did in one layer: whether it runs, answers, and leaves its own files alone. */
export function judgeBehaviour(seen: LayerEvidence, required: boolean): Finding[] {
  const level = required ? 'error' : 'warning';
  const where = LAYER_WORDS[seen.layer];
  const findings: Finding[] = [];
  if (seen.ended !== null) {
    findings.push({
      rule: 'program-ended',
      level,
      path: null,
      message: `The program does not keep running ${where}: ${seen.ended}`,
      fix:
        seen.layer === 'read-only'
          ? 'If its log names a path that it may not write, add that path to `tmpfs`. A program that puts itself into the background has to stay in the foreground; a job that is meant to end needs `expect-exit`.'
          : 'Run the image by hand without `--read-only` and without the tmpfs mounts to see why. A job that is meant to end needs `expect-exit`.',
      location: null,
    });
  }
  for (const result of seen.smoke.filter((one) => !one.passed)) {
    const after = result.phase === 'after-attack';
    // A program that has ended cannot answer: one cause, one finding.
    if (seen.ended !== null) continue;
    findings.push({
      rule: after ? 'smoke-failed-after-attack' : 'smoke-failed',
      level,
      path: null,
      message: `${result.test} fails ${where}${after ? ', after the attack' : ''}: ${result.reason ?? 'no reason is known'}`,
      fix: after
        ? 'It passed before the attack, so something that the program needs could be changed, or it breaks when somebody tries. The findings about changeable paths come first.'
        : 'Check the port, the request and what is expected of the answer. If the program needs to write somewhere, add that path to `tmpfs`.',
      location: null,
    });
  }
  const drifted =
    seen.layer === 'read-only'
      ? seen.drift
      : seen.drift.filter(
          ({ path }) =>
            !seen.places.mayChange(path) || seen.attacks.some(({ result }) => isProtected(path, result, seen)),
        );
  if (drifted.length > 0) {
    const shown = drifted.slice(0, 5).map(({ path, change }) => `${path} (${change})`);
    findings.push({
      rule: 'drift',
      level: required ? 'error' : 'note',
      path: drifted[0]?.path ?? null,
      message: `The container's own filesystem changed while it ran ${where}: ${shown.join(', ')}${drifted.length > 5 ? ` and ${drifted.length - 5} more` : ''}.`,
      fix: 'Let the program write to a tmpfs or a declared volume instead, or do at build time what it does at start.',
      location: null,
    });
  }
  if (seen.alone && seen.attacks.length > 0) {
    findings.push({
      rule: 'no-process',
      level: 'note',
      path: null,
      message: `No process stayed running ${where}; the attack was made by the probe as the container's only process, as the image's user.`,
      fix: 'Nothing, if the program is meant to end.',
      location: null,
    });
  }
  return findings;
}

/** What should have been asked of the program in this layer and was not; null where everything was. */
export function unasked(seen: LayerEvidence): string | null {
  if (!seen.smoke.some(({ phase }) => phase === 'before-attack')) return 'no smoke test was made.';
  // Where the program has ended there is nobody to ask again, and a test that failed is not told twice.
  const asked = seen.alone || seen.ended !== null || seen.smoke.some(({ passed }) => !passed);
  if (asked || seen.smoke.some(({ phase }) => phase === 'after-attack')) return null;
  return 'no smoke test was made after the attack.';
}

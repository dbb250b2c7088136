import type { AttackReport, Protection, TargetReport, Verdict } from '../model/report.js';
import type { Layer } from '../model/target.js';
import type { Phrase, Span, Tone } from './document.js';
import { count, foreign, tone } from './document.js';

export const VERDICT_MARK: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', error: '⚠️' };

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = { pass: 'good', fail: 'bad', error: 'unsure' };

export const LAYER_NAME: Readonly<Record<Layer, string>> = {
  'read-only': 'read-only root filesystem',
  permissions: 'permissions alone',
};

/** What one layer says of one path, in words. */
export function protection(of: Protection): Span {
  switch (of) {
    case 'mount':
      return tone('good', 'protected by the mount');
    case 'permissions':
      return tone('good', 'protected by permissions');
    case 'writable':
      return tone('bad', 'can be changed');
    case 'inconclusive':
      return tone('unsure', 'could not be told');
    case 'not-tested':
      return 'not tested';
  }
}

/** The worse, the lower: tables begin with what breaks the check, so that no truncation hides it. */
export function gravity(of: Protection): number {
  const order: readonly Protection[] = ['writable', 'inconclusive', 'not-tested', 'permissions', 'mount'];
  return order.indexOf(of);
}

/** Whether a layer decides the verdict. */
export function decides(target: TargetReport, layer: Layer): boolean {
  return target.policy.require.includes(layer);
}

/** `uid 1000` for one identity of the attack, told apart from others with the same uid by its gid. */
export function who(attack: readonly AttackReport[], index: number): string {
  const run = attack[index];
  if (!run) return 'unknown';
  const { uid, gid } = run.identity;
  const twin = attack.some((other) => other.identity.uid === uid && other.identity.gid !== gid);
  const root = uid === 0 ? ' (root)' : '';
  return twin ? `uid ${uid}, gid ${gid}${root}` : `uid ${uid}${root}`;
}

/** `EROFS 98,001, EACCES 465`, the most frequent first. */
export function refusals(blocked: Readonly<Record<string, number>>): Phrase {
  const entries = Object.entries(blocked).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return ['none'];
  return entries.flatMap(([errno, number], index) => [
    ...(index > 0 ? [', '] : []),
    foreign(errno),
    ` ${count(number)}`,
  ]);
}

import { CheckError } from '../errors.js';
import { describeIdentity } from '../identity.js';
import type { AttackResult } from '../observation.js';
import type { Operation } from '../operations.js';

/** What has to succeed in a directory that is writable for everybody. Extended attributes are not everywhere on tmpfs. */
const POSITIVE: readonly Operation[] = ['create', 'mkdir', 'symlink', 'delete', 'open-write', 'chmod', 'utimens'];

/** What has to be refused by a read-only mount. */
const NEGATIVE: readonly Operation[] = ['create', 'mkdir', 'symlink', 'delete', 'chmod', 'utimens'];

/**
 * Whether this attack could see at all: in a place that everybody may write to every attempt has to succeed, and on a
 * read-only mount every one has to be refused for that reason. Where a filter (seccomp, an LSM) answers for the kernel,
 * or the mounts are not what they are said to be, a refusal proves nothing.
 */
export function judgeControls(result: AttackResult): CheckError | null {
  const answer = (kind: 'writable' | 'read-only', operation: Operation) =>
    result.controls.find((control) => control.kind === kind && control.operation === operation)?.answer ?? 'no answer';
  const wrong = [
    ...POSITIVE.map((operation) => ({ operation, kind: 'writable' as const, wanted: 'OK' })),
    ...NEGATIVE.map((operation) => ({ operation, kind: 'read-only' as const, wanted: 'EROFS' })),
  ].filter(({ operation, kind, wanted }) => answer(kind, operation) !== wanted);
  if (wrong.length === 0) return null;
  const shown = wrong
    .slice(0, 4)
    .map(
      ({ operation, kind, wanted }) =>
        `${operation} in the ${kind} place: ${answer(kind, operation)} instead of ${wanted}`,
    );
  return new CheckError(
    'control-failed',
    `The attack as ${describeIdentity(result.identity)} proves nothing, because what is known beforehand came out otherwise (${shown.join('; ')}). A seccomp profile or another filter may answer in the kernel's place: check the image without it.`,
  );
}

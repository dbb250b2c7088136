/**
 * Why a check could not tell: each code stands for one cause, and ends in the verdict `error`, never `pass`.
 * What broke a rule is a finding instead (`rules.ts`).
 */
export type ErrorCode =
  | 'bad-input'
  | 'no-engine'
  | 'unknown-engine'
  | 'build-failed'
  | 'image-not-found'
  | 'not-started'
  | 'engine-failed'
  | 'probe-damaged'
  | 'probe-unfinished'
  | 'protected-path-missing'
  | 'identity-not-taken'
  | 'control-failed'
  | 'not-observed'
  | 'cancelled'
  | 'internal';

/** An error that a person can act on. `message` says what happened, why, and what to do. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whatever was thrown, as an error with a code; a thrown non-Error keeps its text. */
export function asCheckError(thrown: unknown): CheckError {
  if (thrown instanceof CheckError) return thrown;
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new CheckError('internal', `This is a mistake in immutable-check, please report it: ${message}`, {
    cause: thrown,
  });
}

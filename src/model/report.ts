import type { ErrorCode } from './errors.js';
import type { Identity } from './identity.js';
import type { Change, SmokeResult } from './observation.js';
import type { Operation } from './operations.js';
import type { RuleId } from './rules.js';
import type { AllowedPath, Layer } from './target.js';

/** What a check ends in. `fail` beats `error` beats `pass`. */
export type Verdict = 'pass' | 'fail' | 'error';

export type Level = 'error' | 'warning' | 'note';

/** A rule that was broken, or a thing worth telling, about one place. */
export interface Finding {
  readonly rule: RuleId;
  readonly level: Level;
  /** Absolute path in the container; null where the finding is about the program. */
  readonly path: string | null;
  readonly message: string;
  readonly fix: string;
  /** Where the cause stands in the user's files; null where it is not known. */
  readonly location: { readonly file: string; readonly line: number } | null;
}

/** What one layer says of one protected path, the strongest statement winning: writable, inconclusive, mount, permissions. */
export type Protection = 'mount' | 'permissions' | 'writable' | 'inconclusive' | 'not-tested';

export interface Example {
  readonly layer: Layer;
  readonly path: string;
  readonly operations: readonly Operation[];
  /** Index into `attack`. */
  readonly identity: number;
}

export interface PathReport {
  readonly path: string;
  readonly readOnly: Protection;
  readonly permissions: Protection;
  /** At most 20. */
  readonly examples: readonly Example[];
}

export interface AttackReport {
  readonly layer: Layer;
  readonly identity: Identity;
  readonly attempts: number;
  /** Refused attempts by errno. */
  readonly blocked: Readonly<Record<string, number>>;
  readonly succeeded: number;
  readonly inconclusive: number;
  /** What follows from a successful attempt on the directory and was therefore not attempted. */
  readonly covered: number;
  /** Wall time of the probe's run, with the engine's overhead. */
  readonly ms: number;
}

/** A place that can be written although the root filesystem is read-only. */
export interface SurfaceReport {
  readonly path: string;
  /** The filesystem's type, or `volume`, `bind`. */
  readonly kind: string;
  /** Indexes into `attack` of those who can write there. */
  readonly identities: readonly number[];
  /** Whether a program put there can be executed directly (no `noexec`). */
  readonly executable: boolean;
  /** Whether the run or `allow-writable` names it. */
  readonly declared: boolean;
  /** Whether it is declared or the engine always provides it. */
  readonly expected: boolean;
}

export interface Need {
  readonly path: string;
  readonly operations: readonly string[];
  readonly errno: string | null;
  readonly program: string | null;
  readonly source: string;
}

export interface Remedy {
  readonly verified: boolean;
  readonly tmpfs: readonly string[];
  readonly docker: string;
  readonly compose: string;
  readonly kubernetes: string;
  readonly dockerfile: string;
}

/** Milliseconds of wall time. Phases may overlap, so they need not add up to `total`. */
export interface Timings {
  readonly build: number;
  readonly start: number;
  readonly smoke: number;
  readonly attack: number;
  readonly permissions: number;
  readonly diagnose: number;
  readonly total: number;
}

export interface TargetReport {
  readonly name: string;
  readonly verdict: Verdict;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
  readonly engine: { readonly name: string; readonly version: string | null; readonly platform: string | null };
  readonly image: {
    readonly reference: string;
    readonly id: string | null;
    readonly digest: string | null;
    readonly user: string | null;
    readonly volumes: readonly string[];
  };
  readonly policy: {
    readonly layers: readonly Layer[];
    readonly require: readonly Layer[];
    readonly protectedPaths: readonly string[];
    readonly allowWritable: readonly AllowedPath[];
    readonly tmpfs: readonly string[];
    readonly volumes: readonly string[];
    readonly runOptions: readonly string[];
  };
  readonly smoke: readonly SmokeResult[];
  readonly attack: readonly AttackReport[];
  readonly paths: readonly PathReport[];
  readonly surface: readonly SurfaceReport[];
  readonly drift: readonly (Change & { readonly layer: Layer })[];
  readonly findings: readonly Finding[];
  readonly needs: readonly Need[];
  readonly remedy: Remedy | null;
  readonly timings: Timings;
}

/** `report.json`; its JSON Schema is `report.schema.json`. */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'immutable-check'; readonly version: string };
  /** null outside GitHub. */
  readonly run: {
    readonly repository: string;
    readonly commit: string;
    readonly url: string;
    /** ISO 8601, UTC. */
    readonly startedAt: string;
  } | null;
  readonly verdict: Verdict;
  readonly targets: readonly TargetReport[];
}

/** `fail` beats `error` beats `pass`; nothing checked is nothing proven. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  if (verdicts.includes('error') || verdicts.length === 0) return 'error';
  return 'pass';
}

import type { CheckError } from './errors.js';
import type { AttackResult, Change, SmokeResult } from './observation.js';
import type { Places } from './places.js';
import type { Layer } from './target.js';

/** A mount as the engine was asked for it; the kernel's view of it stands in `AttackResult.mounts`. */
export interface MountRequest {
  readonly path: string;
  readonly kind: 'tmpfs' | 'volume' | 'bind';
  readonly source: string;
  readonly writable: boolean;
  readonly declared: boolean;
}

export interface IdentityAttack {
  readonly result: AttackResult;
  /** Milliseconds of wall time, with the engine's overhead. */
  readonly ms: number;
}

/** Everything that was seen of one layer. What is missing here was not seen. */
export interface LayerEvidence {
  readonly layer: Layer;
  readonly smoke: readonly SmokeResult[];
  readonly attacks: readonly IdentityAttack[];
  /**
   * The attack by somebody who enters the container as root (`docker exec --user 0`), where no process of its own
   * does: told, never judged. Null where it was not made.
   */
  readonly entered: IdentityAttack | null;
  /** Whether the probe was the container's only process, as no other stayed. */
  readonly alone: boolean;
  readonly drift: readonly Change[];
  readonly mounts: readonly MountRequest[];
  readonly places: Places;
  /** Rights given to the container with which what protects can be undone; empty where there are none. */
  readonly powers: readonly string[];
  /** Whether the engine says that the root filesystem is read-only. */
  readonly rootReadOnly: boolean;
  /** Why the program is not running any more although it should; null where it does. */
  readonly ended: string | null;
  /** What could not be told. */
  readonly errors: readonly CheckError[];
}

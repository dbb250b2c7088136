import type { Identity } from './identity.js';
import type { Operation } from './operations.js';
import type { Layer } from './target.js';

/** What one attempt came to. */
export type Outcome =
  | { readonly kind: 'blocked'; readonly errno: string }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'inconclusive'; readonly reason: string };

/** One attempt that needs telling: it succeeded, or its answer says nothing. Blocked ones are only counted. */
export interface Observation {
  readonly operation: Operation;
  /** Absolute path in the container, as `model/name.ts` shows it. */
  readonly path: string;
  readonly outcome: Outcome;
}

/** A symbolic link under a protected path whose target stands elsewhere and could be changed. */
export interface WritableLink {
  readonly path: string;
  /** Where it leads, resolved, absolute. */
  readonly target: string;
  readonly operation: Operation;
}

export interface PrivilegedProgram {
  readonly path: string;
  readonly kind: 'setuid' | 'setgid' | 'capabilities';
  readonly uid: number;
  readonly gid: number;
}

/** A mount of the container, as its own `/proc/self/mountinfo` tells it. */
export interface Mount {
  readonly path: string;
  readonly type: string;
  readonly source: string;
  /** The root of the mount within its filesystem (fourth field of mountinfo). */
  readonly root: string;
  /** Mount options and those of its filesystem, e.g. `rw`, `noexec`, `size=65536k`. */
  readonly options: readonly string[];
  readonly readOnly: boolean;
}

/** An answer to the question "can somebody write at this very place?", asked of a mount that the walk does not enter. */
export interface PlaceAttempt {
  readonly path: string;
  readonly outcome: Outcome;
}

/**
 * How often one operation came to one answer in the attack on one protected path. `answer` is an errno name, `OK`,
 * `COVERED` (not made, as the entry can be replaced) or `GONE` (the entry vanished meanwhile).
 */
export interface Tally {
  /** The protected path, as it was given. */
  readonly path: string;
  readonly operation: Operation;
  readonly answer: string;
  readonly count: number;
}

export interface UnlistedDirectory {
  readonly path: string;
  /** Its name as it is, to be handed back to the probe. */
  readonly raw: Uint8Array;
}

export interface RealPath {
  readonly path: string;
  readonly real: string;
}

/** An attempt whose answer is known beforehand: everybody may write there, or a read-only mount forbids it. */
export interface Control {
  readonly kind: 'writable' | 'read-only';
  readonly operation: Operation;
  /** `OK` or an errno name. */
  readonly answer: string;
}

/** An attempt to change the mounts themselves. */
export interface MountAttempt {
  readonly operation: 'remount' | 'bind' | 'tmpfs' | 'umount' | 'pivot-root' | 'write-after-remount';
  /** `OK`, an errno name, or `KILLED` where a filter ended the process that asked. */
  readonly answer: string;
  /** What was changed, or would have been. What succeeds in a new user namespace changes nothing for the container. */
  readonly where: 'container' | 'own-namespace' | 'user-namespace';
  readonly path: string;
}

/** How often opening the memory of another process for writing came to an answer. */
export interface MemoryTally {
  /** `OK` or an errno name. */
  readonly answer: string;
  readonly count: number;
}

/** All that one run of the probe as one identity said. It is only made when the closing summary arrived and agrees. */
export interface AttackResult {
  readonly identity: Identity;
  readonly noNewPrivileges: boolean;
  readonly tallies: readonly Tally[];
  readonly observations: readonly Observation[];
  readonly links: readonly WritableLink[];
  readonly privileged: readonly PrivilegedProgram[];
  readonly mounts: readonly Mount[];
  readonly places: readonly PlaceAttempt[];
  /** Protected paths that do not exist. */
  readonly missing: readonly string[];
  /** Directories that this identity may enter and not list: what stands in them was not attempted. */
  readonly unlisted: readonly UnlistedDirectory[];
  /** Where given paths lead that are not what they seem: symbolic links in them resolved. */
  readonly realPaths: readonly RealPath[];
  /** Lines that the probe counted and left out, so that a million holes do not fill the memory. */
  readonly omitted: number;
  /** The identities of the container's processes (the probe itself left out), as seen when it began and when it ended. */
  readonly living: readonly Identity[];
  /** Whether the attack was left undone because no living process has this identity. */
  readonly idle: boolean;
  /** Of `--control` and `--refusal`; empty without them. */
  readonly controls: readonly Control[];
  /** Of `--thorough`, as are the three below. */
  readonly mountAttempts: readonly MountAttempt[];
  /** The container's mounts are not what they were before the attempts on them. */
  readonly mountsChanged: boolean;
  readonly memory: readonly MemoryTally[];
  /** Protected paths behind a directory that is closed to this identity: it does not know whether they exist. */
  readonly unknown: readonly string[];
}

export interface Change {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'deleted';
}

export interface SmokeResult {
  readonly layer: Layer;
  readonly phase: 'before-attack' | 'after-attack';
  /** The line that the user wrote, or what was looked at where there was none. */
  readonly test: string;
  readonly passed: boolean;
  readonly status: number | null;
  readonly attempts: number;
  readonly ms: number;
  readonly reason: string | null;
}

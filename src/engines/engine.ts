import type { MountRequest } from '../model/evidence.js';
import type { Change } from '../model/observation.js';
import type { ImageSource, RunSettings } from '../model/target.js';

/** An image, addressed by its ID: nothing here can be moved to another image by a tag. */
export interface Image {
  /** `sha256:…` of the image's configuration (or, with the containerd store, of its manifest). */
  readonly id: string;
  /** What the user called it; for a build, the Dockerfile. */
  readonly reference: string;
  /** `sha256:…` by which a registry knows it, null for one that was never pushed or pulled. */
  readonly digest: string | null;
  /** The image's USER as it is written, empty for root. */
  readonly user: string;
  /** Paths that the image's VOLUME instructions name. */
  readonly volumes: readonly string[];
  /** Exposed TCP ports, ascending. */
  readonly ports: readonly number[];
  readonly hasHealthcheck: boolean;
  /** `linux/amd64`, `linux/arm64/v8`. */
  readonly platform: string;
}

/** A file that is brought into a container beside what the image holds. */
export interface HelperFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** Permission bits, e.g. 0o555. */
  readonly mode: number;
}

/** Files brought in, and the directory at which every container of this check mounts them read-only. */
export interface Helper extends AsyncDisposable {
  readonly directory: string;
  /** A small tmpfs of its own in every container, writable for everybody: there an attempt has to succeed. */
  readonly writable: string;
  /** Settled when the files are there. Containers may start before. */
  readonly ready: Promise<void>;
}

/** Whom a command in the container runs as; null is the container's own user. */
export interface ExecUser {
  readonly uid: number;
  readonly gid: number;
}

/** A command under way in a container. Its standard error is kept (bounded) and given with the exit code. */
export interface Execution {
  readonly output: AsyncIterable<Uint8Array>;
  readonly done: Promise<{ readonly exitCode: number; readonly stderr: string }>;
  /** Ends a standard input that was asked for as `open`. */
  endInput(): void;
}

export type ContainerState =
  | {
      readonly kind: 'running';
      readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
      readonly restarts: number;
    }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly reason: string | null };

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Container extends AsyncDisposable {
  readonly name: string;
  /** What the engine itself says of the root filesystem. It is told, never believed. */
  readonly rootReadOnly: boolean;
  readonly mounts: readonly MountRequest[];
  /**
   * Whether the container's own user counts whoever is seen to live as it: the engine runs a health check as that user,
   * or the container's processes cannot be told from those of others.
   */
  readonly ownUserCounts: boolean;
  /** Rights that the run gives to the container and that undo mounts, or the probe's own protection: `CAP_SYS_ADMIN`. */
  readonly powers: readonly string[];
  /** Where the container's TCP port is reached from here. */
  address(port: number): Address;
  state(): Promise<ContainerState>;
  /** Runs argv in the container. `input` is given on its standard input, which is closed then; `open` leaves it open. */
  run(argv: readonly string[], how?: { readonly as?: ExecUser; readonly input?: Uint8Array | 'open' }): Execution;
  /** What changed in the container's own filesystem since it was created; the contents of mounts do not count. */
  changes(): Promise<readonly Change[]>;
  /** The last lines that the program printed, at most `tail` of them and 64 KiB. */
  logs(tail: number): Promise<Uint8Array>;
}

export type Root = 'read-only' | 'writable';

export interface EngineCapabilities {
  /** Places that this engine itself provides, writable or not, in every container. A closed list. */
  readonly provided: readonly string[];
}

/**
 * A container engine. Whatever it creates carries the label of its run, so that `removeAll` finds it
 * in another process, too.
 */
export interface Engine {
  readonly name: string;
  readonly capabilities: EngineCapabilities;
  /** Reaches the engine and tells what it is; the first call of a check. */
  describe(): Promise<{ readonly version: string; readonly platform: string }>;
  build(source: Extract<ImageSource, { kind: 'build' }>, print: (chunk: Uint8Array) => void): Promise<Image>;
  /** The image that a tag, digest or ID names; pulled only where it is missing. */
  inspect(reference: string, platform: string | null): Promise<Image>;
  /** Begins to bring files in; `ready` tells when they are. */
  bringIn(image: Image, files: readonly HelperFile[]): Helper;
  start(image: Image, run: RunSettings, root: Root, helper: Helper): Promise<Container>;
  /** Runs argv as the only process of a container that is otherwise like `start`'s. */
  alone(
    image: Image,
    run: RunSettings,
    root: Root,
    helper: Helper,
    argv: readonly string[],
  ): Promise<Container & { readonly execution: Execution }>;
  /** Whether the image holds anything at this path: a file, or a directory that is not empty. */
  holds(image: Image, path: string): Promise<boolean>;
  /**
   * Waits until everything that this instance made is gone; disposing of a container only begins its removal.
   * Never throws; returns what could not be removed.
   */
  close(): Promise<readonly string[]>;
  /** Removes everything that carries this run's label, whoever made it. Never throws; returns what could not be removed. */
  removeAll(): Promise<readonly string[]>;
}

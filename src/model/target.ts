/** One of the two ways to immutability: the mount's protection, or that of modes and owners alone. */
export type Layer = 'read-only' | 'permissions';

export const LAYERS: readonly Layer[] = ['read-only', 'permissions'];

/** Where the image comes from: built here, or named. */
export type ImageSource =
  | {
      readonly kind: 'build';
      readonly context: string;
      /** The Dockerfile's path; null means the engine's default, `<context>/Dockerfile`. */
      readonly file: string | null;
      readonly target: string | null;
      readonly platform: string | null;
      readonly buildArgs: readonly string[];
      readonly options: readonly string[];
    }
  | { readonly kind: 'reference'; readonly reference: string; readonly platform: string | null };

/** What `expect` asks of a body. */
export type BodyExpectation =
  | { readonly kind: 'json'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly text: string }
  | { readonly kind: 'contains'; readonly text: string };

/** Status codes that count as an answer: single codes and whole classes. */
export interface StatusExpectation {
  readonly text: string;
  /** Exact codes, e.g. 204. */
  readonly codes: readonly number[];
  /** First digits, e.g. 2 for `2xx`. */
  readonly classes: readonly number[];
}

/** An HTTP request as a curl command line describes it; `src/check/smoke/curl.ts` makes it. */
export interface SmokeRequest {
  /** The line as the user wrote it, for reports. */
  readonly text: string;
  readonly method: string;
  /** Whether `-X` named the method: then it also stays when a redirect drops the body, as curl does it. */
  readonly methodIsExplicit: boolean;
  readonly scheme: 'http' | 'https';
  /** As the user wrote it; the Host header is made of it and the port, unless `headers` hold one. */
  readonly host: 'localhost' | '127.0.0.1' | '[::1]';
  /** The container's port; null means the target's `port`. */
  readonly port: number | null;
  /** Path with query, as sent. */
  readonly path: string;
  /** In the order in which they are sent; a name may come more than once. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  /** Whether a certificate that cannot be verified is accepted (`-k`). */
  readonly insecure: boolean;
  readonly compressed: boolean;
  /** Whether status 400 and above fails the request whatever `expect-status` says (`-f`). */
  readonly failOnStatus: boolean;
  /** Whether the answer's headers stand before the body that is compared (`-i`, `-I`). */
  readonly includeHeaders: boolean;
  /** Milliseconds for the whole request; null means the default of the caller. */
  readonly maxTime: number | null;
  readonly connectTimeout: number | null;
}

export interface SmokeTest {
  readonly request: SmokeRequest;
  /** null: any body. */
  readonly expect: BodyExpectation | null;
}

/** How the container is run, the same in every layer but for the root filesystem and `tmpfs`. */
export interface RunSettings {
  /** As `--tmpfs` takes them; mounted in the read-only layer only. */
  readonly tmpfs: readonly string[];
  readonly volumes: readonly string[];
  readonly env: readonly string[];
  readonly user: string | null;
  /** The words of the command; null means the image's own. */
  readonly command: readonly string[] | null;
  readonly options: readonly string[];
  readonly platform: string | null;
  /** Container ports to publish, beside the image's first exposed one where `port` is null. */
  readonly ports: readonly number[];
}

export interface AllowedPath {
  readonly path: string;
  readonly reason: string | null;
}

/** What must hold for a `pass`. */
export interface Policy {
  readonly layers: readonly Layer[];
  readonly require: readonly Layer[];
  readonly protectedPaths: readonly string[];
  readonly allowWritable: readonly AllowedPath[];
}

/** Everything that one check needs to know, wherever it was written. */
export interface Target {
  readonly name: string;
  readonly engine: string;
  readonly source: ImageSource;
  readonly run: RunSettings;
  readonly port: number | null;
  readonly smokeTests: readonly SmokeTest[];
  readonly expectStatus: StatusExpectation;
  /** The exit code of a program that is meant to end; null: it must keep running. */
  readonly expectExit: number | null;
  /** Seconds. */
  readonly startupTimeout: number;
  readonly smokeRepeat: number;
  readonly policy: Policy;
}

import type { AllowedPath } from './target.js';

/** Why a place may or may not be changeable. */
export type PlaceKind =
  /** Nobody may change it. */
  | 'protected'
  /** `allow-writable` names it. */
  | 'allowed'
  /** A tmpfs that the run declares. */
  | 'declared-tmpfs'
  /** A persistent writable mount that the run declares where the image holds nothing. */
  | 'declared-mount'
  /** The engine puts it into every container. */
  | 'provided';

export interface Place {
  readonly path: string;
  readonly kind: PlaceKind;
}

/** Whether `path` is `ancestor` or stands below it. Both absolute and normalised. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === '/' || path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Whether `path` stands below `ancestor` and is not it. */
export function isBelow(path: string, ancestor: string): boolean {
  return path !== ancestor && isWithin(path, ancestor);
}

/** An absolute path without `.`, `..`, doubled or trailing slashes; null where it is not absolute or leaves the root. */
export function normalisePath(path: string): string | null {
  if (!path.startsWith('/')) return null;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/**
 * The places that decide about a path, of which the longest wins; between equals, what protects wins.
 * A tmpfs or mount that is declared at a protected path or above one does not open that path.
 */
export class Places {
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    const order = (place: Place) => (place.kind === 'protected' ? 0 : 1);
    this.#places = [...places].sort((a, b) => b.path.length - a.path.length || order(a) - order(b));
  }

  /** The place that decides about `path`; null where none covers it. */
  of(path: string): Place | null {
    return this.#places.find((place) => isWithin(path, place.path)) ?? null;
  }

  /** Whether changing `path` breaks no rule. */
  mayChange(path: string): boolean {
    const place = this.of(path);
    return place === null || place.kind !== 'protected';
  }

  /** The protected path that decides about `path`, null where another place does. */
  protector(path: string): string | null {
    const place = this.of(path);
    return place?.kind === 'protected' ? place.path : null;
  }

  /** Paths that an attack on the protected paths leaves out: whatever it found there would break nothing. */
  open(): string[] {
    return this.#places
      .filter((place) => place.kind !== 'protected' && this.mayChange(place.path))
      .map((place) => place.path);
  }

  /** What nobody may change. */
  protectedPaths(): string[] {
    return this.#places.filter(({ kind }) => kind === 'protected').map(({ path }) => path);
  }
}

/** The places that the policy itself names. */
export function policyPlaces(protectedPaths: readonly string[], allowed: readonly AllowedPath[]): Place[] {
  return [
    ...protectedPaths.map((path): Place => ({ path, kind: 'protected' })),
    ...allowed.map(({ path }): Place => ({ path, kind: 'allowed' })),
  ];
}

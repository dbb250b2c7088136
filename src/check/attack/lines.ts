import { CheckError } from '../../model/errors.js';
import type { Identity } from '../../model/identity.js';
import { nameBytes, showName } from '../../model/name.js';
import type {
  AttackResult,
  Control,
  MemoryTally,
  Mount,
  MountAttempt,
  Observation,
  Outcome,
  PlaceAttempt,
  PrivilegedProgram,
  RealPath,
  Tally,
  UnlistedDirectory,
  WritableLink,
} from '../../model/observation.js';
import { OPERATIONS, type Operation } from '../../model/operations.js';

/** The longest line in bytes; the probe writes none that is longer. */
const LONGEST_LINE = 65536;

/** More lines than any run writes: 10,000 of each limited kind, and a few for mounts and paths. What comes after is damage. */
const MOST_LINES = 500_000;

/** More bytes than any honest run writes: 10,000 of the longest paths never come together. */
const MOST_BYTES = 64 * 1024 * 1024;

const PROTOCOL = '1';

/** Answers of the kernel that refuse a change; any other errno says nothing of the right to it. */
const REFUSALS = ['EROFS', 'EACCES', 'EPERM'];

/** How many fields follow each kind of line. */
const FIELDS: Readonly<Record<string, number>> = {
  P: 1,
  I: 5,
  L: 4,
  R: 2,
  M: 6,
  N: 1,
  S: 2,
  U: 3,
  Z: 1,
  K: 3,
  X: 4,
  D: 1,
  W: 2,
  T: 4,
  Q: 1,
  O: 1,
  E: 2,
  Y: 1,
  C: 3,
  G: 4,
  A: 1,
  F: 3,
  V: 1,
};

const MOUNT_OPERATIONS = ['remount', 'bind', 'tmpfs', 'umount', 'pivot-root', 'write-after-remount'] as const;
const NAMESPACES = ['container', 'own-namespace', 'user-namespace'] as const;

/**
 * Reads what one run of the probe wrote (probe/README.md). The lines come out of a container that may be hostile:
 * anything that is not exactly what the probe writes makes the run count as unfinished, and nothing else is ever thrown.
 */
export class AttackLines {
  #rest: Uint8Array[] = [];
  #restLength = 0;
  #bytes = 0;
  #lines = 0;
  #damage: string | null = null;
  #overflow: string | null = null;
  #ended = false;
  #omitted = 0;
  #idle = false;
  #attacked = false;
  #mountsChanged = false;
  #self: { identity: Identity; noNewPrivileges: boolean } | null = null;

  readonly #living: Identity[] = [];
  readonly #mounts: Mount[] = [];
  readonly #realPaths: RealPath[] = [];
  readonly #missing: string[] = [];
  readonly #succeeded: Observation[] = [];
  readonly #unexpected = new Map<string, { operation: Operation; answers: string[] }>();
  readonly #inconclusive: string[] = [];
  readonly #links: WritableLink[] = [];
  readonly #privileged: PrivilegedProgram[] = [];
  readonly #unlisted: UnlistedDirectory[] = [];
  readonly #places: PlaceAttempt[] = [];
  readonly #tallies: Tally[] = [];
  readonly #tallied = new Set<string>();
  readonly #controls: Control[] = [];
  readonly #mountAttempts: MountAttempt[] = [];
  readonly #memory: MemoryTally[] = [];
  readonly #unknown: string[] = [];

  /** Whether the probe said that everything is attempted: from there on it only watches (`--watch`). False after damage. */
  get attacked(): boolean {
    return this.#attacked && this.#damage === null;
  }

  /** Whom the probe has seen so far, itself first unless nobody lives as it. */
  get met(): { readonly self: Identity | null; readonly living: readonly Identity[]; readonly idle: boolean } {
    return { self: this.#self?.identity ?? null, living: this.#living, idle: this.#idle };
  }

  /** Takes the next bytes, cut anywhere. */
  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) this.#damaged('it wrote more than any honest run does');
    let start = 0;
    while (this.#damage === null) {
      const newline = chunk.indexOf(0x0a, start);
      const end = newline < 0 ? chunk.length : newline;
      if (this.#restLength + end - start > LONGEST_LINE) {
        this.#damaged('a line is longer than 64 KB');
        break;
      }
      this.#keep(chunk.subarray(start, end));
      if (newline < 0) return;
      this.#damage = this.#line(this.#take());
      start = newline + 1;
    }
    this.#take();
  }

  /**
   * What the run came to.
   * @throws {CheckError} `probe-unfinished` where the lines are not complete or not the probe's
   */
  result(): AttackResult {
    if (this.#damage === null && this.#restLength > 0) this.#damaged('its last line is cut off');
    if (this.#damage === null && !this.#ended) this.#damaged('its closing line is missing');
    const self = this.#self;
    if (this.#damage === null && self === null) this.#damaged('it does not say who it was');
    if (this.#damage === null && this.#overflow !== null)
      this.#damaged(`the container has more ${this.#overflow} than it can hold`);
    if (self === null || this.#damage !== null) {
      throw new CheckError(
        'probe-unfinished',
        `What the probe wrote in the container cannot be used: ${this.#damage}. What it did not tell counts as not protected; run the check again, and look for what ends or disturbs processes in the container.`,
      );
    }
    return {
      identity: self.identity,
      noNewPrivileges: self.noNewPrivileges,
      tallies: this.#tallies,
      observations: [...this.#succeeded, ...this.#inconclusive.map((path) => this.#inconclusiveObservation(path))],
      links: this.#links,
      privileged: this.#privileged,
      mounts: this.#mounts,
      places: this.#places,
      missing: this.#missing,
      unlisted: this.#unlisted,
      realPaths: this.#realPaths,
      omitted: this.#omitted,
      living: this.#living,
      idle: this.#idle,
      controls: this.#controls,
      mountAttempts: this.#mountAttempts,
      mountsChanged: this.#mountsChanged,
      memory: this.#memory,
      unknown: this.#unknown,
    };
  }

  #damaged(what: string): void {
    this.#damage ??= what;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    // A copy: whoever gives the bytes may use their memory again.
    this.#rest.push(Uint8Array.from(part));
    this.#restLength += part.length;
  }

  #take(): string {
    const line = Buffer.concat(this.#rest, this.#restLength).toString('latin1');
    this.#rest = [];
    this.#restLength = 0;
    return line;
  }

  /** Takes one line; gives what is wrong with it, or null. */
  #line(line: string): string | null {
    if (this.#ended) return 'something follows its closing line';
    if (this.#lines >= MOST_LINES) return 'it wrote more lines than any honest run does';
    const [kind = '', ...fields] = line.split('\t');
    if (!Object.hasOwn(FIELDS, kind) || FIELDS[kind] !== fields.length || !/^[\x21-\x7e\t]*$/.test(line)) {
      return "a line is not one of the probe's";
    }
    if ((this.#lines === 0) !== (kind === 'P')) return 'its first line has to be, once, the version of its protocol';
    if (!this.#read(kind, fields)) return `a line of kind ${kind} is malformed`;
    this.#lines += 1;
    return null;
  }

  /** Takes one line of a known kind with the right number of fields; false where a field is not what it has to be. */
  #read(kind: string, fields: readonly string[]): boolean {
    const [a = '', b = '', c = '', d = '', e = '', f = ''] = fields;
    switch (kind) {
      case 'P':
        return a === PROTOCOL;
      case 'I': {
        const identity = readIdentity(a, b, c, d);
        if (!identity || this.#self || !/^[01]$/.test(e)) return false;
        this.#self = { identity, noNewPrivileges: e === '1' };
        return true;
      }
      case 'L': {
        const identity = readIdentity(a, b, c, d);
        return identity !== null && add(this.#living, identity);
      }
      case 'R':
        return isPath(a, b) && add(this.#realPaths, { path: showName(a), real: showName(b) });
      case 'M': {
        const options = [...new Set([...e.split(','), ...f.split(',')])].map(showName);
        const readOnly = e.split(',').includes('ro') || f.split(',').includes('ro');
        return (
          isPath(a) &&
          add(this.#mounts, {
            path: showName(a),
            type: showName(b),
            source: showName(c),
            root: showName(d),
            options,
            readOnly,
          })
        );
      }
      case 'N':
        return isPath(a) && add(this.#missing, showName(a));
      case 'S':
        return (
          isOperation(a) &&
          isPath(b) &&
          add(this.#succeeded, { operation: a, path: showName(b), outcome: { kind: 'succeeded' } })
        );
      case 'U': {
        if (!isOperation(a) || !isErrno(b) || !isPath(c)) return false;
        const unexpected = this.#unexpected.get(c) ?? { operation: a, answers: [] };
        // As many as there are attempts on an entry; an entry of that name may come back under several protected paths.
        if (unexpected.answers.length < OPERATIONS.length) unexpected.answers.push(`${a}: ${b}`);
        this.#unexpected.set(c, unexpected);
        return true;
      }
      case 'Z':
        return isPath(a) && add(this.#inconclusive, a);
      case 'K':
        return (
          isOperation(a) && isPath(b, c) && add(this.#links, { operation: a, path: showName(b), target: showName(c) })
        );
      case 'X': {
        const uid = readNumber(b, HIGHEST_ID);
        const gid = readNumber(c, HIGHEST_ID);
        if ((a !== 'setuid' && a !== 'setgid' && a !== 'capabilities') || uid === null || gid === null || !isPath(d))
          return false;
        return add(this.#privileged, { path: showName(d), kind: a, uid, gid });
      }
      case 'D':
        return isPath(a) && add(this.#unlisted, { path: showName(a), raw: nameBytes(a) });
      case 'W':
        return isAnswer(a) && isPath(b) && add(this.#places, { path: showName(b), outcome: readOutcome(a) });
      case 'T': {
        const count = readNumber(c, Number.MAX_SAFE_INTEGER);
        if (!isOperation(a) || (!/^(OK|COVERED|GONE)$/.test(b) && !isErrno(b)) || count === null || !isPath(d))
          return false;
        const key = `${a} ${b} ${d}`;
        if (this.#tallied.has(key)) return false;
        this.#tallied.add(key);
        return add(this.#tallies, { operation: a, answer: b, count, path: showName(d) });
      }
      case 'Q':
        this.#idle = true;
        return a === 'idle';
      case 'Y':
        if (this.#attacked) return false;
        this.#attacked = true;
        return a === 'attacked';
      case 'C':
        if ((a !== 'writable' && a !== 'read-only') || !isOperation(b) || !isAnswer(c)) return false;
        if (this.#controls.some(({ kind, operation }) => kind === a && operation === b)) return false;
        return add(this.#controls, { kind: a, operation: b, answer: c });
      case 'G': {
        const operation = MOUNT_OPERATIONS.find((one) => one === a);
        const where = NAMESPACES.find((one) => one === c);
        if (!operation || !where || (b !== 'KILLED' && !isAnswer(b)) || !isPath(d)) return false;
        return add(this.#mountAttempts, { operation, answer: b, where, path: showName(d) });
      }
      case 'A':
        this.#mountsChanged = true;
        return a === 'changed';
      case 'F': {
        const count = readNumber(c, Number.MAX_SAFE_INTEGER);
        if (a !== 'memory' || !isAnswer(b) || count === null) return false;
        if (this.#memory.some(({ answer }) => answer === b)) return false;
        return add(this.#memory, { answer: b, count });
      }
      case 'V':
        return isPath(a) && add(this.#unknown, showName(a));
      case 'O':
        this.#overflow = showName(a);
        return true;
      case 'E': {
        const lines = readNumber(a, Number.MAX_SAFE_INTEGER);
        const omitted = readNumber(b, Number.MAX_SAFE_INTEGER);
        if (lines !== this.#lines || omitted === null) return false;
        this.#omitted = omitted;
        this.#ended = true;
        return true;
      }
      default:
        return false;
    }
  }

  #inconclusiveObservation(path: string): Observation {
    const unexpected = this.#unexpected.get(path);
    return {
      operation: unexpected?.operation ?? 'delete',
      path: showName(path),
      outcome: { kind: 'inconclusive', reason: unexpected?.answers.join(', ') ?? 'no attempt could be made' },
    };
  }
}

/** The highest user or group number. */
const HIGHEST_ID = 0xffffffff;

function add<T>(list: T[], item: T): true {
  list.push(item);
  return true;
}

function isPath(...fields: readonly string[]): boolean {
  return fields.every((field) => field.startsWith('/'));
}

function isErrno(field: string): boolean {
  return /^E[A-Z0-9]{1,16}$/.test(field);
}

function isAnswer(field: string): boolean {
  return field === 'OK' || isErrno(field);
}

function isOperation(field: string): field is Operation {
  return (OPERATIONS as readonly string[]).includes(field);
}

function readNumber(field: string, highest: number): number | null {
  if (!/^(0|[1-9]\d{0,15})$/.test(field)) return null;
  const number = Number(field);
  return number <= highest ? number : null;
}

function readIdentity(uidField: string, gidField: string, groupsField: string, capabilities: string): Identity | null {
  const uid = readNumber(uidField, HIGHEST_ID);
  const gid = readNumber(gidField, HIGHEST_ID);
  const groups = groupsField === '-' ? [] : groupsField.split(',').map((group) => readNumber(group, HIGHEST_ID));
  if (uid === null || gid === null || !/^[0-9a-f]{16}$/.test(capabilities)) return null;
  const known = groups.filter((group) => group !== null);
  return known.length === groups.length ? { uid, gid, groups: known, capabilities } : null;
}

function readOutcome(answer: string): Outcome {
  if (answer === 'OK') return { kind: 'succeeded' };
  return REFUSALS.includes(answer) ? { kind: 'blocked', errno: answer } : { kind: 'inconclusive', reason: answer };
}

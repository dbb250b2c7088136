/**
 * Who a process in the container is, as `/proc/PID/status` tells it.
 * Two processes with equal fields may change exactly the same things.
 */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, ascending, without duplicates. */
  readonly groups: readonly number[];
  /** The effective capability set, 16 lower-case hexadecimal digits as in `CapEff`. */
  readonly capabilities: string;
}

/** Capabilities by name and bit, from `linux/capability.h`: those that decide who may change a file or become somebody else.
 * The probe compares by the same (`DECIDING_CAPABILITIES` in probe/probe.h; a test keeps the two equal). */
const DECIDING_CAPABILITIES = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  DAC_READ_SEARCH: 2,
  FOWNER: 3,
  FSETID: 4,
  SETGID: 6,
  SETUID: 7,
  SETPCAP: 8,
  LINUX_IMMUTABLE: 9,
  SYS_MODULE: 16,
  SYS_RAWIO: 17,
  SYS_CHROOT: 18,
  SYS_PTRACE: 19,
  SYS_ADMIN: 21,
  MKNOD: 27,
  SETFCAP: 31,
  MAC_OVERRIDE: 32,
} as const;

const DECIDING_MASK = Object.values(DECIDING_CAPABILITIES).reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

/** The part of a capability set that has a say in what may be changed; NET_BIND_SERVICE and its like have none. */
function deciding(capabilities: string): bigint {
  return BigInt(`0x${capabilities}`) & DECIDING_MASK;
}

/** Whether an attack made as `a` says everything about what `b` may change. */
export function sameRights(a: Identity, b: Identity): boolean {
  return (
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.groups.length === b.groups.length &&
    a.groups.every((group, index) => group === b.groups[index]) &&
    deciding(a.capabilities) === deciding(b.capabilities)
  );
}

/** The identities with equal rights folded into one, in the order of first sight. */
export function distinctIdentities(identities: readonly Identity[]): Identity[] {
  const distinct: Identity[] = [];
  for (const identity of identities) {
    if (!distinct.some((known) => sameRights(known, identity))) distinct.push(identity);
  }
  return distinct;
}

/** `uid 1000, gid 0, groups 0,27` with the capabilities that decide, by name where they are few. */
export function describeIdentity(identity: Identity): string {
  const groups = identity.groups.filter((group) => group !== identity.gid);
  const rights = deciding(identity.capabilities);
  const names = Object.entries(DECIDING_CAPABILITIES)
    .filter(([, bit]) => (rights >> BigInt(bit)) & 1n)
    .map(([name]) => name);
  return [
    `uid ${identity.uid}`,
    `gid ${identity.gid}`,
    ...(groups.length > 0 ? [`groups ${groups.join(',')}`] : []),
    ...(names.length > 3 ? [`${names.length} capabilities`] : []),
    ...(names.length > 0 && names.length <= 3 ? [`capabilities ${names.join(',')}`] : []),
  ].join(', ');
}

/**
 * Whether these rights make modes and owners meaningless though no single attempt shows it: who may give files to
 * itself, or capabilities to programs, has only to do that first.
 */
export function outranksPermissions(identity: Identity): boolean {
  const given = deciding(identity.capabilities);
  return (
    identity.uid !== 0 &&
    [DECIDING_CAPABILITIES.CHOWN, DECIDING_CAPABILITIES.SETFCAP].some((bit) => (given >> BigInt(bit)) & 1n)
  );
}

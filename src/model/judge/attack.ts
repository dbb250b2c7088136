import type { LayerEvidence } from '../evidence.js';
import { describeIdentity, outranksPermissions } from '../identity.js';
import type { AttackResult, WritableLink } from '../observation.js';
import { isBelow, isWithin } from '../places.js';
import type { Finding, Level } from '../report.js';
import type { RuleId } from '../rules.js';
import { sumTallies } from '../tally.js';
import { LAYER_WORDS } from './behaviour.js';
import { mountOf, type Origin, originOf } from './mounts.js';
import { breaks, isProtected } from './reach.js';

/** More holes than this in one layer are counted, not listed one by one. */
const LISTED = 50;

interface Hole {
  readonly path: string;
  readonly origin: Origin;
  readonly operations: Set<string>;
  readonly identities: Set<number>;
  /** Changeable entries at and below `path`. */
  count: number;
}

/** What the attack on one layer broke, and what it saw beside. */
export function judgeAttack(seen: LayerEvidence, required: boolean, imageVolumes: readonly string[]): Finding[] {
  const level: Level = required ? 'error' : 'note';
  const holes = findHoles(seen);
  const findings = holes.slice(0, LISTED).map((hole) => describeHole(hole, seen, level, imageVolumes));
  if (holes.length > LISTED) {
    findings.push({
      rule: seen.layer === 'read-only' ? 'writable-under-read-only' : 'writable-under-permissions',
      level,
      path: null,
      message: `${holes.length - LISTED} more places can be changed ${LAYER_WORDS[seen.layer]}.`,
      fix: 'Mend those that are listed first; many have the same cause.',
      location: null,
    });
  }
  return [
    ...findings,
    ...judgeRoot(seen, holes, level),
    ...judgeRights(seen, level),
    ...judgeLinks(seen, required),
    ...judgeEntered(seen),
  ];
}

/** The topmost changeable places, each with all that can be changed below it on the same mount. */
function findHoles(seen: LayerEvidence): Hole[] {
  const entries = new Map<string, { operations: Set<string>; identities: Set<number>; origin: Origin }>();
  seen.attacks.forEach(({ result }, identity) => {
    for (const observation of result.observations) {
      if (observation.outcome.kind !== 'succeeded' || !breaks(observation, result, seen)) continue;
      const { path, operation } = observation;
      const entry = entries.get(path) ?? {
        operations: new Set(),
        identities: new Set(),
        origin: originOf(seen, result, path),
      };
      entry.operations.add(operation);
      entry.identities.add(identity);
      entries.set(path, entry);
    }
  });
  const holes: Hole[] = [];
  // By components, so that what stands below a directory comes right after it.
  const paths = [...entries.keys()].sort((a, b) => (a.replaceAll('/', '\0') < b.replaceAll('/', '\0') ? -1 : 1));
  for (const path of paths) {
    const entry = entries.get(path);
    if (!entry) continue;
    // What another mount holds may stand between a directory and the rest of what is below it.
    const top = holes.findLast((hole) => isWithin(path, hole.path) && hole.origin.path === entry.origin.path);
    if (top) {
      top.count += 1;
      for (const identity of entry.identities) top.identities.add(identity);
    } else holes.push({ path, ...entry, count: 1 });
  }
  return holes;
}

/**
 * A root filesystem that the kernel shows as writable is not what was asked for, even where modes kept every
 * identity from changing anything: engines have ignored `--read-only` (moby issue 46074).
 */
function judgeRoot(seen: LayerEvidence, holes: readonly Hole[], level: Level): Finding[] {
  if (seen.layer !== 'read-only' || holes.some(({ origin }) => origin.kind === 'root')) return [];
  const writable = seen.attacks.some(({ result }) => {
    const root = mountOf(result.mounts, '/');
    return root?.path === '/' && !root.readOnly;
  });
  if (!writable) return [];
  return [
    {
      rule: 'read-only-ignored',
      level,
      path: '/',
      message:
        'The container was to run with a read-only root filesystem, and the kernel shows it as writable. Only modes and owners kept the program from changing it.',
      fix: 'Check that neither `run-options` nor the engine undoes `--read-only`, and report it to the makers of the engine.',
      location: null,
    },
  ];
}

/** On a writable root filesystem somebody with these rights changes what they like, one step later. */
function judgeRights(seen: LayerEvidence, level: Level): Finding[] {
  const able = seen.attacks.filter(({ result }) => outranksPermissions(result.identity));
  if (seen.layer !== 'permissions' || able.length === 0) return [];
  return [
    {
      rule: 'writable-under-permissions',
      level,
      path: null,
      message: `A process without root's uid has CAP_CHOWN or CAP_SETFCAP (${able.map(({ result }) => describeIdentity(result.identity)).join('; ')}): it can give every file to itself.`,
      fix: 'Let the program drop its capabilities with its uid, or start it as that user (`USER`).',
      location: null,
    },
  ];
}

function describeHole(hole: Hole, seen: LayerEvidence, level: Level, imageVolumes: readonly string[]): Finding {
  const who = [...hole.identities]
    .map((index) => seen.attacks[index]?.result.identity)
    .filter((identity) => identity !== undefined)
    .map(describeIdentity)
    .join('; ');
  const below = hole.count > 1 ? `, with ${hole.count - 1} more below it` : '';
  const how = `(${[...hole.operations].join(', ')} as ${who})`;
  const base = { level, path: hole.path, location: null } as const;
  const where = LAYER_WORDS[seen.layer];
  if (hole.origin.kind === 'volume' && !hole.origin.request?.declared) {
    const declares = imageVolumes.includes(hole.origin.path)
      ? `the image's VOLUME ${hole.origin.path}`
      : `the anonymous volume at ${hole.origin.path}`;
    return {
      ...base,
      rule: 'writable-volume',
      message: `${hole.path} can be changed ${where}${below}: ${declares} stays writable in spite of \`--read-only\` ${how}.`,
      fix: `Remove \`VOLUME ${hole.origin.path}\` from the Dockerfile, or mount a named volume read-only over it (input \`volumes\`: \`NAME:${hole.origin.path}:ro\`, which keeps the image's content). If it has to be writable, say so: \`allow-writable\`: \`${hole.origin.path} # reason\`.`,
    };
  }
  if (hole.origin.kind !== 'root') {
    const words = {
      volume: `the volume ${hole.origin.request?.source ?? ''}`,
      bind: `the bind mount of ${hole.origin.request?.source ?? ''}`,
      tmpfs: 'a tmpfs',
      other: 'a mount of its own',
    }[hole.origin.kind];
    const over = seen.places.protector(hole.origin.path);
    return {
      ...base,
      rule: 'writable-mount',
      message: `${hole.path} can be changed ${where}${below}: ${words.trim()} is mounted at ${hole.origin.path}, writable ${how}.`,
      fix:
        hole.origin.kind === 'tmpfs'
          ? `Mount the tmpfs deeper, beside what is protected${over ? ` (${over} itself may not be one)` : ''}, or name it in \`allow-writable\`: \`${hole.origin.path} # reason\`.`
          : `Mount it read-only (\`:ro\`), or name it in \`allow-writable\`: \`${hole.origin.path} # reason\`.`,
    };
  }
  if (seen.layer === 'read-only') {
    const rule: RuleId = seen.rootReadOnly ? 'read-only-ignored' : 'writable-under-read-only';
    return {
      ...base,
      rule,
      message: `${hole.path} can be changed ${where}${below} ${how}${seen.rootReadOnly ? ', although the engine says that the root filesystem is read-only' : ''}.`,
      fix: 'The root filesystem is not read-only: check that neither `run-options` nor the engine undoes `--read-only`, and report it to the makers of the engine.',
    };
  }
  return {
    ...base,
    rule: 'writable-under-permissions',
    message: `${hole.path} can be changed by its modes and owners alone${below} ${how}.`,
    fix: mendPermissions(hole, seen),
  };
}

/** Directories that every distribution makes writable for everybody. */
const TEMPORARY = new Set(['/tmp', '/var/tmp', '/run/lock', '/run']);

function mendPermissions(hole: Hole, seen: LayerEvidence): string {
  const asRoot = [...hole.identities].some((index) => seen.attacks[index]?.result.identity.uid === 0);
  if (asRoot) return 'Run as somebody else than root (`USER` in the Dockerfile, or `user`): modes do not bind root.';
  if (TEMPORARY.has(hole.path)) {
    return `${hole.path} is meant to be written to: only a read-only root filesystem with a tmpfs there protects the image. Where modes alone have to do, name it in \`allow-writable\`.`;
  }
  const path = hole.path === '/' ? '/PATH' : hole.path;
  return `After the last COPY: \`RUN chown -R 0:0 ${path} && find ${path} -type d -exec chmod 755 {} + && find ${path} -type f -exec chmod 644 {} +\` (755 for programs), before the final \`USER\`.`;
}

/** Links of the system itself that lead to places which are meant to be writable. */
const SYSTEM_LINKS = new Set(['/var/run', '/var/lock']);

function judgeLinks(seen: LayerEvidence, required: boolean): Finding[] {
  const links = new Map<string, WritableLink>();
  for (const { result } of seen.attacks)
    for (const link of result.links)
      if (!SYSTEM_LINKS.has(link.path) && !isAllowed(link, result, seen)) links.set(link.path, link);
  const all = [...links.values()];
  const findings = all.slice(0, LISTED).map((link): Finding => {
    // A link in the whole root filesystem is told; one under a path that somebody named is what they asked about.
    const level: Level = required ? (seen.places.protector(link.path) === '/' ? 'warning' : 'error') : 'note';
    return {
      rule: 'link-to-writable',
      level,
      path: link.path,
      message: `${link.path} is a symbolic link to ${link.target}, where anything can be put ${LAYER_WORDS[seen.layer]} (${link.operation} succeeded).`,
      fix: `Replace the link by what it should hold, or let it lead to a protected place. If it has to lead there, say so: \`allow-writable\`: \`${link.path} # reason\`.`,
      location: null,
    };
  });
  if (all.length > LISTED) {
    findings.push({
      rule: 'link-to-writable',
      level: all.slice(LISTED).some((link) => required && seen.places.protector(link.path) !== '/')
        ? 'error'
        : 'warning',
      path: null,
      message: `${all.length - LISTED} more symbolic links lead to places that can be changed.`,
      fix: 'Mend those that are listed first.',
      location: null,
    });
  }
  return findings;
}

// The link's own name is allowed: then so is what it leads to.
function isAllowed(link: WritableLink, result: AttackResult, seen: LayerEvidence): boolean {
  return seen.places.of(link.path)?.kind === 'allowed' && !isProtected(link.path, result, seen);
}

/** Programs are the same in every layer: one finding for all. */
export function judgePrivileged(evidence: readonly LayerEvidence[]): Finding[] {
  // Root runs nothing that would give it more than it has.
  const attacks = evidence
    .flatMap((seen) => seen.attacks.map(({ result }) => result))
    .filter(({ identity }) => identity.uid !== 0);
  const programs = new Map(attacks.flatMap(({ privileged }) => privileged.map(({ path, kind }) => [path, kind])));
  if (programs.size === 0) return [];
  const shown = [...programs].slice(0, 20).map(([path, kind]) => `${path} (${kind})`);
  const harmless = attacks.every(({ noNewPrivileges }) => noNewPrivileges);
  return [
    {
      rule: 'privileged-program-reachable',
      level: harmless ? 'note' : 'warning',
      path: [...programs.keys()][0] ?? null,
      message: `${programs.size} programs give other rights to whoever runs them${harmless ? ', which no-new-privileges prevents here' : ''}: ${shown.join(', ')}${programs.size > 20 ? ` and ${programs.size - 20} more` : ''}.`,
      fix: 'Run with `--security-opt no-new-privileges` (Kubernetes: `allowPrivilegeEscalation: false`), or take the bits away in the Dockerfile: `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`.',
      location: null,
    },
  ];
}

/** What a colleague who debugs in production could do: told apart, as nobody in the container is root. */
function judgeEntered(seen: LayerEvidence): Finding[] {
  if (!seen.entered) return [];
  const { result } = seen.entered;
  const broken = result.observations.filter(
    (observation) => observation.outcome.kind === 'succeeded' && breaks(observation, result, seen),
  );
  const paths = [...new Set(broken.map(({ path }) => path))].sort();
  const changed = paths.filter((path) => !paths.some((other) => isBelow(path, other)));
  const { attempts } = sumTallies(result.tallies);
  const base = { rule: 'entered-as-root', level: 'note', path: changed[0] ?? null, location: null } as const;
  if (changed.length === 0) {
    return [
      {
        ...base,
        message: `Somebody who enters the container as root (\`docker exec --user 0\`) cannot change it either: ${attempts} attempts, none succeeded.`,
        fix: 'Nothing.',
      },
    ];
  }
  const shown = changed.slice(0, 3);
  return [
    {
      ...base,
      message: `Somebody who enters the container as root (\`docker exec --user 0\`) can change it: ${shown.join(', ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''}.`,
      fix: 'Mount what is writable there read-only, or allow nobody to enter the container.',
    },
  ];
}

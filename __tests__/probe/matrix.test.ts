import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildProbe } from '../../scripts/build/probe.mjs';
import { BuiltProbe, emulator, Laboratory, ProbeImage, succeeded } from './laboratory.js';
import type { TarEntry } from './tar.js';

/*
 * Owners, groups, modes, kinds and identities in many combinations: what the probe says without destroying anything
 * has to be what a real, destructive attempt says in a copy of the same tree. The copies differ only by the letter
 * of their folder, one for each destructive operation, as one would disturb the next.
 */

interface Case {
  readonly parent: Omit<TarEntry, 'name'>;
  readonly entry: Omit<TarEntry, 'name'>;
}

const IDENTITIES = ['0:0', '1000:1000', '1000:0', '2000:60'];
const MODES = [0o644, 0o664, 0o666, 0o444, 0o000, 0o755, 0o4755, 0o2755, 0o2664, 0o1666, 0o600];
const DIRECTORY_MODES = [
  0o755, 0o775, 0o777, 0o1777, 0o1775, 0o700, 0o711, 0o733, 0o555, 0o2775, 0o2777, 0o3777, 0o000, 0o744,
];

/** Destructive commands (a directory that is not empty is moved away and back), and the kinds they are for. The path is in $p. */
const REAL: Readonly<Record<string, { readonly kinds: readonly string[]; readonly command: string }>> = {
  create: { kinds: ['dir'], command: ': >$p/new' },
  mkdir: { kinds: ['dir'], command: 'mkdir $p/new' },
  symlink: { kinds: ['dir'], command: 'ln -s x $p/new' },
  delete: {
    kinds: ['file', 'dir', 'link', 'fifo'],
    command:
      'if [ -d $p ] && [ ! -L $p ]; then rmdir $p || { mv $p $p- && mv $p- $p; }; else rm -f $p && [ ! -L $p ] && [ ! -e $p ]; fi',
  },
  'open-write': { kinds: ['file'], command: ': >>$p' },
  chmod: { kinds: ['file', 'dir', 'fifo'], command: 'chmod $m $p' },
  utimens: { kinds: ['file', 'dir', 'link', 'fifo'], command: 'touch -h -c -d @1600000000 $p' },
};

/** The same pseudo-random cases in every run (xorshift). */
function generateCases(count: number): Case[] {
  let state = 0x2545f491;
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[]): T => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return from[(state >>> 0) % from.length] as T;
  };
  const owners = () => ({ uid: pick([0, 1000, 2000]), gid: pick([0, 1000, 60, 70]) });
  return Array.from({ length: count }, () => {
    const type = pick(['file', 'file', 'dir', 'link', 'fifo'] as const);
    const mode = type === 'dir' ? pick(DIRECTORY_MODES) : type === 'link' ? 0o777 : pick(MODES);
    return {
      parent: { type: 'dir', mode: pick(DIRECTORY_MODES), ...owners() },
      entry: { type, mode, ...owners(), ...(type === 'link' ? { target: 'nowhere' } : {}) },
    };
  });
}

const CASES = generateCases(90);

/** What the cases are made of, in `/t/<folder>`: `pN` with an entry `e` in it. */
function tree(folder: string): TarEntry[] {
  return [
    { name: folder, type: 'dir', mode: 0o755 },
    ...CASES.flatMap(({ parent, entry }, index): TarEntry[] => [
      { name: `${folder}/p${index}`, ...parent },
      { name: `${folder}/p${index}/e`, ...entry },
    ]),
  ];
}

// Without the times of directories, in which something was made and removed, and of links, which are read.
const SNAPSHOT =
  "cd /t/probe && find . -type f -exec stat -c '%n %f %u %g %s %X %Y' {} + && find . -exec stat -c '%n %f %u %g' {} +";

let probe: BuiltProbe;
let image: ProbeImage;
beforeAll(() => {
  probe = new BuiltProbe(buildProbe);
  image = new ProbeImage(probe);
});
afterAll(() => {
  image[Symbol.dispose]();
  probe[Symbol.dispose]();
});

test.each(IDENTITIES)(
  `${CASES.length} cases as %s: the same answers as destructive attempts, and nothing changed`,
  (user) => {
    using laboratory = new Laboratory(image, ['--group-add', '70']);
    const gid = Number(user.split(':')[1]);
    const entries = CASES.flatMap(({ parent, entry }, index) => [
      { name: `p${index}`, ...parent },
      { name: `p${index}/e`, ...entry },
    ]);
    laboratory.unpack(['probe', ...Object.keys(REAL)].flatMap(tree));

    const before = laboratory.script(SNAPSHOT);
    const names = Buffer.from(entries.map(({ name }) => `/t/probe/${name}\0`).join(''));
    const byName = laboratory.attack(user, ['--by-name', '--lines', '100000', '/t/probe'], names);
    const walked = laboratory.attack(user, ['--lines', '100000', '/t/probe']);
    expect(laboratory.script(SNAPSHOT)).toBe(before);

    const attempts = Object.entries(REAL).flatMap(([operation, { kinds, command }]) =>
      entries
        .filter(({ type }) => kinds.includes(type))
        // The kernel would take the setgid bit away from a foreign group: the probe does not try.
        .filter(({ mode, gid: group }) => operation !== 'chmod' || !(mode & 0o2000) || group === gid || group === 70)
        .map(
          ({ name, mode }) =>
            `p=/t/${operation}/${name}; m=${mode.toString(8)}; if ( ${command} ) 2>/dev/null; then echo ${operation} /t/probe/${name}; fi`,
        ),
    );
    expect(attempts.length * IDENTITIES.length).toBeGreaterThan(200);
    const real = laboratory.exec(user, ['/bin/sh'], Buffer.from(`${attempts.join('\n')}\nexit 0\n`));
    expect(real.code).toBe(0);
    const allowed = real.output.toString().trim().split('\n').sort();

    const said = succeeded(byName);
    expect(said.filter((line) => !line.startsWith('setxattr ')).sort()).toEqual(allowed);
    // A user attribute takes the right to write, as opening does; busybox cannot set one.
    const openable = said
      .filter((line) => line.startsWith('open-write '))
      .map((line) => line.replace('open-write', 'setxattr'));
    expect(said.filter((line) => line.startsWith('setxattr ')).sort()).toEqual(openable.sort());

    // The walk leaves out what is covered or cannot be listed, and invents nothing.
    const walkSaid = new Set(succeeded(walked).filter((line) => line !== 'delete /t/probe'));
    for (const line of walkSaid) if (line.includes('/t/probe/')) expect(said).toContain(line);
    const unlisted = walked.unlisted.map(({ path }) => `${path}/`);
    for (const line of said) {
      const path = line.slice(line.indexOf(' ') + 1);
      const parent = path.slice(0, path.lastIndexOf('/'));
      const replaceable = (at: string, directory: string) =>
        walkSaid.has(`delete ${at}`) &&
        (directory === '/t/probe' ? walkSaid.has('create /t/probe') : walkSaid.has(`create ${directory}`));
      const covered = replaceable(path, parent) || replaceable(parent, '/t/probe');
      if (!covered && !unlisted.some((directory) => path.startsWith(directory))) expect(walkSaid).toContain(line);
    }
  },
);

test('the identity that the probe takes on by itself finds the same as one that the engine gives', () => {
  using laboratory = new Laboratory(image, ['--group-add', '70']);
  laboratory.unpack(tree('probe'));
  const telling = (lines: readonly string[]) => lines.filter((line) => /^[ISUZDT]\t/.test(line));
  const given = telling(laboratory.lines('1000:1000', ['/t/probe']));
  // Some engines put the first group among the others, too.
  const groups = given[0]?.split('\t')[3] ?? '';
  expect(['70', '70,1000']).toContain(groups);
  expect(telling(laboratory.lines('0:0', ['--as', `1000:1000:${groups}:0`, '/t/probe']))).toEqual(given);
});

(emulator ? test : test.skip)('arm64 finds the same as amd64 (needs qemu-user-static)', () => {
  using laboratory = new Laboratory(image);
  laboratory.unpack(tree('probe'));
  const telling = (lines: readonly string[]) => lines.filter((line) => /^[ISUZDT]\t/.test(line));
  for (const user of ['1000:1000', '0:0']) {
    const amd64 = telling(laboratory.lines(user, ['/t/probe']));
    expect(telling(laboratory.lines(user, ['/t/probe'], undefined, ['/qemu', '/probe-arm64']))).toEqual(amd64);
  }
});

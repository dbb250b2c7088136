import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildProbe } from '../../scripts/build/probe.mjs';
import { AttackLines } from '../../src/check/attack/lines.js';
import { sameRights } from '../../src/model/identity.js';
import type { AttackResult, MountAttempt } from '../../src/model/observation.js';
import { OPERATIONS } from '../../src/model/operations.js';
import { answers, BuiltProbe, emulator, Laboratory, ProbeImage, succeeded } from './laboratory.js';

/* What the probe does beyond the basic attempts: `--thorough`, `--control`, `--refusal`, `--watch`, `list --stdin`. */

const OPEN = ['--skip', '/proc', '--skip', '/sys', '--skip', '/dev'];
const THOROUGH = ['--thorough', ...OPEN];

let probe: BuiltProbe;
let image: ProbeImage;
let writable: Laboratory;

beforeAll(() => {
  probe = new BuiltProbe(buildProbe);
  image = new ProbeImage(probe, [
    { name: 'etc', type: 'dir', mode: 0o755 },
    { name: 'app', type: 'dir', mode: 0o755 },
    { name: 'app/file', type: 'file', mode: 0o644, content: Buffer.from('x') },
  ]);
  writable = new Laboratory(image);
});
afterAll(() => {
  writable[Symbol.dispose]();
  image[Symbol.dispose]();
  probe[Symbol.dispose]();
});

test('nothing of it is said, tallied or made without its flags', () => {
  writable.script('mkdir /t/plain; : >/t/plain/f; chown 1000 /t/plain/f; chmod 444 /t/plain/f');
  const lines = writable.lines('1000:1000', ['/t/plain']);
  expect(lines.filter((line) => /^[YCGAFV]|regain|via-/.test(line))).toEqual([]);
});

describe('regain', () => {
  const STAT = "cd /t/regain && stat -c '%n %f %u %g %s %X %Y' *";

  test('the owner of a file without the right to write gives it to itself, and leaves the mode as it was', () => {
    writable.script(`mkdir /t/regain; cd /t/regain; for f in own none others special open linked; do echo x >$f; chown 1000 $f; done
      chown 0 others; chmod 444 own others; chmod 000 none; chmod 4444 special; chmod 644 open; chmod 444 linked; ln -s linked link`);
    const before = writable.script(STAT);
    const result = writable.attack('1000:1000', ['--thorough', '/t/regain']);
    expect(succeeded(result).filter((line) => line.startsWith('regain'))).toEqual(
      expect.arrayContaining(['regain /t/regain/own', 'regain /t/regain/none', 'regain /t/regain/linked']),
    );
    expect(answers(result, 'regain')).toEqual({ OK: 3 });
    expect(writable.script(STAT)).toBe(before);
  });

  test('on a read-only mount there is nothing to regain, nor for root, nor where nothing may be touched', () => {
    using laboratory = new Laboratory(image, ['--read-only']);
    expect(answers(laboratory.attack('0:0', [...THOROUGH, '/']), 'regain')).toEqual({});
    writable.script('mkdir -p /t/kept; : >/t/kept/f; chown 1000 /t/kept/f; chmod 444 /t/kept/f');
    expect(answers(writable.attack('0:0', ['--thorough', '/t/kept']), 'regain')).toEqual({});
    const inside = writable.attack('1000:1000', ['--thorough', '--untouched', '/t/kept', '/t/kept/f']);
    // The refusal is that of /t, the directory above; /t/kept itself is not touched.
    expect(answers(inside, 'chmod')).toEqual({ OK: 1, EPERM: 1 });
    expect(answers(inside, 'regain')).toEqual({});
  });
});

describe('controls', () => {
  const CONTROLS = ['--control', '/control', '--refusal', '/fixed'];
  const REFUSED = ['create', 'mkdir', 'symlink', 'delete', 'chmod', 'utimens'];

  function laboratoryWithControls(): Laboratory {
    return new Laboratory(image, ['--read-only', '--tmpfs', '/control:mode=1777', '-v', `${probe.folder}:/fixed:ro`]);
  }

  test.each(['0:0', '1000:1000'])('as %s are what they have to be, and leave nothing behind', (user) => {
    using laboratory = laboratoryWithControls();
    const before = laboratory.script('stat -c "%n %f %Y" /fixed /fixed/*');
    for (const program of ['/probe', '/fixed/linux-amd64']) {
      const said = laboratory.exec(user, [program, 'attack', ...CONTROLS, ...OPEN, '--skip', '/t', '/']);
      const result = parse(said.output);
      expect(result.controls.filter(({ kind }) => kind === 'writable')).toEqual(
        OPERATIONS.map((operation) => ({ kind: 'writable', operation, answer: 'OK' })),
      );
      expect(result.controls.filter(({ kind }) => kind === 'read-only')).toEqual(
        REFUSED.map((operation) => ({ kind: 'read-only', operation, answer: 'EROFS' })),
      );
      expect(said.output.toString()).not.toMatch(/^[^M].*\/(control|fixed)/m);
      expect(answers(result, 'create')).toEqual({ EROFS: expect.any(Number) });
    }
    expect(laboratory.script('find /control')).toBe('/control');
    expect(laboratory.script('stat -c "%n %f %Y" /fixed /fixed/*')).toBe(before);
  });

  test('in the wrong places are not what they have to be', () => {
    using laboratory = laboratoryWithControls();
    const wrong = laboratory.attack('1000:1000', ['--control', '/fixed', '--refusal', '/control', '/app']);
    expect(new Set(wrong.controls.filter(({ kind }) => kind === 'writable').map(({ answer }) => answer))).toEqual(
      new Set(['EROFS']),
    );
    const letThrough = wrong.controls.filter(({ kind, answer }) => kind === 'read-only' && answer === 'OK');
    expect(letThrough.map(({ operation }) => operation)).toEqual(['create', 'mkdir', 'symlink']);
    const missing = laboratory.attack('0:0', ['--control', '/nowhere', '--refusal', '/nowhere', '/app']);
    expect(missing.controls).toHaveLength(OPERATIONS.length + REFUSED.length);
    expect(new Set(missing.controls.map(({ answer }) => answer))).toEqual(new Set(['ENOENT']));
  });

  test('a filter that forbids an attempt is seen', () => {
    using profile = new Profile('SCMP_ACT_ERRNO', 'fchmodat', 'fchmodat2', 'utimensat');
    using laboratory = new Laboratory(image, ['--tmpfs', '/control:mode=1777', '--security-opt', profile.option]);
    const { controls } = laboratory.attack('0:0', ['--control', '/control', '/app']);
    const refused = controls.filter(({ answer }) => answer !== 'OK').map(({ operation }) => operation);
    expect(refused).toEqual(expect.arrayContaining(['chmod', 'utimens', 'regain']));
    expect(refused).not.toContain('create');
  });
});

describe('other ways in', () => {
  test('through the root of a process and through its open files', () => {
    writable.script(
      'mkdir -p /t/ways/closed; cd /t/ways; echo x >closed/log; chmod 666 closed/log; chmod 700 closed; chown 1000 closed; : >closed/kept; : >closed/gone',
    );
    // The files stay open in a process of uid 1000, which could no longer get at them by their names.
    writable.script('chown 0 /t/ways/closed; chmod 711 /t/ways/closed');
    const held = holder(writable, '1000:1000', 'exec 3</t/ways/closed/log 4</t/ways/closed/kept');
    try {
      writable.script('rm /t/ways/closed/gone; chmod 700 /t/ways/closed');
      const result = writable.attack('1000:1000', ['--thorough', '/t/ways']);
      expect(succeeded(result)).toEqual(['via-descriptor /t/ways/closed/log']);
      expect(answers(result, 'via-descriptor')).toMatchObject({ OK: 1, EACCES: expect.any(Number) });
      expect(result.memory.find(({ answer }) => answer === 'OK')?.count).toBeGreaterThan(0);
      expect(result.memory.find(({ answer }) => answer === 'EACCES')?.count).toBeGreaterThan(0);
      // Whoever is kept out of /proc/PID/root is refused; one's own root is open, and so is that of the same user.
      expect(answers(result, 'via-root')).toEqual({ EACCES: expect.any(Number) });
    } finally {
      held.stop();
    }
  });

  test('the same success is told once, and what can be replaced is not opened', () => {
    writable.script(
      'mkdir -p /t/once; cd /t/once; : >a; : >b; chmod 666 a b; mkdir -m 777 open; : >open/f; chmod 666 open/f',
    );
    const held = holder(writable, '1000:1000', 'exec 3</t/once/a 4</t/once/a 5</t/once/open/f');
    try {
      const result = writable.attack('1000:1000', ['--thorough', '/t/once']);
      expect(succeeded(result).filter((line) => line.startsWith('via-'))).toEqual(['via-descriptor /t/once/a']);
      expect(answers(result, 'via-descriptor')).toMatchObject({ OK: 1, COVERED: expect.any(Number) });
    } finally {
      held.stop();
    }
    const root = writable.attack('0:0', ['--thorough', '/t/once']);
    expect(succeeded(root).filter((line) => line.startsWith('via-root'))).toEqual(['via-root /t/once']);
    expect(answers(root, 'via-root')).toMatchObject({ OK: 1, COVERED: expect.any(Number) });
  });

  test('a read-only mount holds there, too', () => {
    using laboratory = new Laboratory(image, ['--read-only']);
    const held = holder(laboratory, '0:0', 'exec 3</app/file');
    try {
      const result = laboratory.attack('0:0', [...THOROUGH, '/app']);
      expect(result.observations).toEqual([]);
      expect(Object.keys(answers(result, 'via-root'))).toEqual(['EROFS']);
      expect(answers(result, 'via-descriptor')).toEqual({ EROFS: expect.any(Number) });
    } finally {
      held.stop();
    }
  });
});

describe('the mounts themselves', () => {
  const only = (result: AttackResult, where: MountAttempt['where']) =>
    Object.fromEntries(
      result.mountAttempts
        .filter((one) => one.where === where)
        .map(({ operation, path, answer }) => [`${operation} ${path}`, answer]),
    );
  const MOUNTS = ['--read-only', '--tmpfs', '/app/data'];
  const PLAN = [...THOROUGH, '--skip', '/t', '/', '/app', '/app/file'];

  test.each(['0:0', '1000:1000'])('resist %s under the defaults of the engine', (user) => {
    using laboratory = new Laboratory(image, MOUNTS);
    const before = laboratory.script('cat /proc/1/mountinfo');
    const result = laboratory.attack(user, PLAN);
    expect(result.mountAttempts.length).toBeGreaterThan(10);
    expect(new Set(result.mountAttempts.map(({ answer }) => answer))).toEqual(new Set(['EPERM']));
    expect(new Set(result.mountAttempts.map(({ where }) => where))).toEqual(new Set(['container', 'user-namespace']));
    expect(result.mountsChanged).toBe(false);
    expect(laboratory.script('cat /proc/1/mountinfo')).toBe(before);
  });

  test('fall to SYS_ADMIN, in a namespace of the probe: the root becomes writable', () => {
    using laboratory = new Laboratory(image, [...MOUNTS, '--cap-add', 'SYS_ADMIN']);
    const before = laboratory.script('cat /proc/1/mountinfo; find /app /etc');
    const result = laboratory.attack('0:0', PLAN);
    expect(only(result, 'container')).toEqual({});
    expect(only(result, 'own-namespace')).toMatchObject({
      'remount /': 'OK',
      'write-after-remount /': 'OK',
      'write-after-remount /app': 'OK',
      'write-after-remount /app/file': 'OK',
      'bind /app': 'OK',
      'tmpfs /app': 'OK',
      'umount /app/data': 'OK',
    });
    expect(result.mountsChanged).toBe(false);
    expect(laboratory.script('cat /proc/1/mountinfo; find /app /etc')).toBe(before);
    expect(succeeded(result).filter((line) => !/ \/app\/data$/.test(line))).toEqual([]);
  });

  test('are attempted in the container itself where it can have no other namespace, and are as before', () => {
    using profile = new Profile('SCMP_ACT_ERRNO', 'unshare');
    using laboratory = new Laboratory(image, [...MOUNTS, '--cap-add', 'SYS_ADMIN', '--security-opt', profile.option]);
    const before = laboratory.script('cat /proc/1/mountinfo; find /app /etc');
    const result = laboratory.attack('0:0', PLAN);
    expect(only(result, 'own-namespace')).toEqual({});
    expect(only(result, 'container')).toMatchObject({
      'remount /': 'OK',
      'write-after-remount /app': 'OK',
      'bind /app': 'OK',
      'tmpfs /app': 'OK',
      'umount /app/data': 'OK',
      'pivot-root /': 'OK',
    });
    expect(result.mountsChanged).toBe(false);
    expect(laboratory.script('cat /proc/1/mountinfo; find /app /etc')).toBe(before);
  });

  test('a new user namespace is told apart', () => {
    using laboratory = new Laboratory(image, [...MOUNTS, '--security-opt', 'seccomp=unconfined']);
    const result = laboratory.attack('1000:1000', PLAN);
    expect(new Set(Object.values(only(result, 'container')))).toEqual(new Set(['EPERM']));
    expect(only(result, 'user-namespace')).toMatchObject({
      'tmpfs /app': 'OK',
      'bind /app': 'OK',
      'remount /': 'EPERM',
    });
  });

  test('a filter that kills whoever asks does not end the probe', () => {
    using profile = new Profile('SCMP_ACT_KILL_PROCESS', 'unshare');
    using laboratory = new Laboratory(image, [...MOUNTS, '--security-opt', profile.option]);
    const result = laboratory.attack('0:0', PLAN);
    expect(only(result, 'own-namespace')).toMatchObject({ 'remount /': 'KILLED' });
    expect(only(result, 'container')).toMatchObject({ 'remount /': 'EPERM', 'tmpfs /app': 'EPERM' });
  });
});

describe('the write surface', () => {
  test('of the kernel is told', () => {
    using laboratory = new Laboratory(image, ['--read-only']);
    const seen = places(laboratory.attack('0:0', [...THOROUGH, '/app']));
    expect(seen.get('/proc/sys/kernel/core_pattern')).toBe('blocked');
    expect(seen.get('/proc/sys/vm/panic_on_oom')).toBe('blocked');
    expect([...seen].filter(([path]) => /^\/sys\/fs\/cgroup\/./.test(path)).map(([, kind]) => kind)).not.toContain(
      'succeeded',
    );
  });

  test('of a container that may command the kernel is large', () => {
    using laboratory = new Laboratory(image, [
      '--read-only',
      '--security-opt',
      'systempaths=unconfined',
      '-v',
      '/sys/fs/cgroup/pids:/groups',
    ]);
    const seen = places(laboratory.attack('0:0', [...THOROUGH, '/app']));
    expect(seen.get('/proc/sys/kernel/core_pattern')).toBe('succeeded');
    expect(seen.get('/proc/sys/vm/panic_on_oom')).toBe('succeeded');
    expect(seen.get('/groups')).toBe('succeeded'); // by its cgroup.procs: nobody can create a file there
    expect(seen.get('/groups/release_agent')).toBe('succeeded');
    const user = places(laboratory.attack('1000:1000', [...THOROUGH, '/app']));
    expect(user.get('/proc/sys/kernel/core_pattern')).toBe('blocked');
    expect(user.get('/groups')).toBe('blocked');
  });
});

test('a protected path behind a closed door may not exist at all', () => {
  writable.script('mkdir -p /t/door; : >/t/door/there; chmod 700 /t/door');
  const plan = ['--thorough', '/t/door/there', '/t/door/not', '/t/missing'];
  const result = writable.attack('1000:1000', plan);
  expect(result.unknown).toEqual(['/t/door/there', '/t/door/not']);
  expect(result.missing).toEqual(['/t/missing']);
  expect(writable.attack('0:0', plan)).toMatchObject({ unknown: [], missing: ['/t/door/not', '/t/missing'] });
});

test('what has to be listed can come by standard input, whatever its name', () => {
  writable.script(`mkdir /t/input; cd /t/input; mkdir -p "$(printf 'no \\377 text')/in" other`);
  const name = Buffer.concat([Buffer.from('/t/input/no '), Buffer.of(0xff), Buffer.from(' text\0/t/input/other/\0')]);
  const listed = writable.exec('0:0', ['/probe', 'list', '--stdin'], name);
  expect(listed).toMatchObject({ code: 0, errors: '' });
  expect(listed.output.toString('latin1').split('\0')).toEqual([
    '/t/input/no \xff text',
    '/t/input/no \xff text/in',
    '/t/input/other',
    '',
  ]);
  for (const wrong of ['relative', '/t/../t', `/${'x'.repeat(13_000)}`, `/${'x'.repeat(30_000)}`]) {
    const said = writable.exec('0:0', ['/probe', 'list', '--stdin'], Buffer.from(`${wrong}\0/t/input/other\0`));
    expect(said.code).toBe(3);
    expect(said.output.toString()).toBe('/t/input/other\0');
    expect(said.errors).toContain('cannot list');
  }
});

describe('watching', () => {
  test('tells a worker that lives for a moment, after the attack and until its input ends', async () => {
    using watched = new Watched(writable, '0:0', ['--watch', '--if-living', '/t']);
    await watched.until(() => watched.lines.attacked);
    expect(watched.text).toContain('\nY\tattacked\n');
    expect(watched.text).not.toMatch(/^[TE]\t/m);
    // A child of the first process, as a worker is.
    expect(watched.text).not.toContain('L\t4711\t');
    worker(writable, '4711:4712:4713:0', 0.05);
    await watched.until(() => watched.text.includes('L\t4711\t4712\t4713\t0000000000000000\n'));
    const result = await watched.end();
    expect(result.living).toContainEqual({ uid: 4711, gid: 4712, groups: [4713], capabilities: '0000000000000000' });
    expect(result.tallies.length).toBeGreaterThan(0);
  });

  test('also where there was nothing to do', async () => {
    using watched = new Watched(writable, '999:999', ['--watch', '--if-living', '/t']);
    await watched.until(() => watched.lines.attacked);
    expect(watched.text).toContain('Q\tidle\nY\tattacked\n');
    expect(await watched.end()).toMatchObject({ idle: true, tallies: [] });
  });

  test('ends at once where there is no input', () => {
    const result = writable.attack('0:0', ['--watch', '/t/none']);
    expect(result.missing).toEqual(['/t/none']);
  });

  test('takes a small part of a processor and little memory, with many processes too', async () => {
    using laboratory = new Laboratory(image);
    laboratory.exec('0:0', ['/bin/sh', '-c', 'for i in $(seq 200); do ( sleep 100 & ); done']);
    using watched = new Watched(laboratory, '0:0', ['--watch', ...THOROUGH, '/']);
    await watched.until(() => watched.lines.attacked);
    const own = laboratory.script('cd /proc; for p in [0-9]*; do case "$(cat $p/comm)" in probe) echo $p;; esac; done');
    const ticks = () => {
      const fields = laboratory.script(`cat /proc/${own}/stat`).split(' ');
      return Number(fields[13]) + Number(fields[14]);
    };
    const before = ticks();
    const start = performance.now();
    await sleep(2000);
    const share = ((ticks() - before) * 10) / (performance.now() - start);
    expect(share).toBeLessThan(0.35);
    const peak = /VmHWM:\s+(\d+) kB/.exec(laboratory.script(`cat /proc/${own}/status`))?.[1];
    expect(Number(peak)).toBeLessThan(2048);
    await watched.end();
  });

  test('does not share its input', () => {
    const said = writable.exec('0:0', ['/probe', 'attack', '--watch', '--by-name', '/t']);
    expect(said.code).toBe(2);
    expect(said.errors).toContain('--by-name and --watch');
  });
});

describe('the rights that decide', () => {
  const header = readFileSync(fileURLToPath(new URL('../../probe/probe.h', import.meta.url)), 'utf8');
  const mask = BigInt(/#define DECIDING_CAPABILITIES (0x[0-9a-f]+)u/.exec(header)?.[1] ?? '0');

  test('are the same for the probe and for the model', () => {
    const identity = (capabilities: bigint) => ({
      uid: 1,
      gid: 1,
      groups: [],
      capabilities: capabilities.toString(16).padStart(16, '0'),
    });
    for (let bit = 0n; bit < 64n; bit++) {
      expect([bit, sameRights(identity(0n), identity(1n << bit))]).toEqual([bit, ((mask >> bit) & 1n) === 0n]);
    }
  });

  test('are what is compared with the living', () => {
    using laboratory = new Laboratory(image, ['--cap-drop', 'NET_RAW']);
    // NET_RAW decides nothing; DAC_OVERRIDE does. The first process has the defaults without NET_RAW.
    const living = laboratory.attack('0:0', ['/app']).living[0]?.capabilities ?? '0';
    const groups = laboratory.attack('0:0', ['/app']).identity.groups.join(',') || '-';
    const without = (bit: bigint) => (BigInt(`0x${living}`) & ~(1n << bit)).toString(16);
    const idle = (capabilities: string) =>
      laboratory.attack('0:0', ['--as', `0:0:${groups}:${capabilities}`, '--if-living', '/app']).idle;
    expect(idle(living)).toBe(false);
    expect(idle(without(10n))).toBe(false); // NET_BIND_SERVICE
    expect(idle(without(1n))).toBe(true);
  });
});

(emulator ? test : test.skip)('arm64 says the same (needs qemu-user-static)', () => {
  writable.script('mkdir /t/arm; cd /t/arm; : >f; chown 1000 f; chmod 444 f; mkdir -m 777 d');
  const telling = (lines: readonly string[]) => lines.filter((line) => /^[ISUZDCV]\t|^T\t(?!via)/.test(line));
  const args = ['--thorough', '--control', '/t/arm/d', '/t/arm'];
  for (const user of ['1000:1000', '0:0']) {
    const amd64 = telling(writable.lines(user, args));
    expect(telling(writable.lines(user, args, undefined, ['/qemu', '/probe-arm64']))).toEqual(amd64);
  }
});

test('a mode is changed in one call only where nobody can put a link in between', () => {
  using laboratory = new Laboratory(image, [
    '--read-only',
    '-v',
    `${probe.folder}:/twice/ro:ro`,
    '-v',
    `${probe.folder}:/twice/rw`,
  ]);
  const result = laboratory.attack('0:0', [...OPEN, '--skip', '/t', '--untouched', '/twice/rw', '/']);
  expect(answers(result, 'chmod')).toEqual({ EROFS: expect.any(Number) });
  expect(result.places).toContainEqual({ path: '/twice/rw', outcome: { kind: 'succeeded' } });
});

test('each binary is below 64 KB', () => {
  for (const architecture of ['amd64', 'arm64'] as const)
    expect(readFileSync(probe.path(architecture)).length).toBeLessThan(64 * 1024);
});

/** A seccomp profile that allows everything but some calls. */
class Profile implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'seccomp-'));
  readonly option: string;

  constructor(action: 'SCMP_ACT_ERRNO' | 'SCMP_ACT_KILL_PROCESS', ...names: readonly string[]) {
    const file = join(this.#folder, 'profile.json');
    writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names, action }] }));
    this.option = `seccomp=${file}`;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

function parse(output: Uint8Array): AttackResult {
  const lines = new AttackLines();
  lines.add(output);
  return lines.result();
}

function places(result: AttackResult): Map<string, string> {
  return new Map(result.places.map(({ path, outcome }) => [path, outcome.kind]));
}

/** A process of the container (not of an exec: it is handed to the first process) that holds files open. */
function holder(laboratory: Laboratory, user: string, redirections: string): { stop: () => void } {
  laboratory.exec(user, ['/bin/sh', '-c', `( ${redirections}; exec sleep 77 ) >/dev/null 2>&1 &`]);
  return {
    stop: () =>
      laboratory.script('cd /proc; for p in [0-9]*; do case "$(cat $p/cmdline)" in sleep77) kill $p;; esac; done'),
  };
}

/** A process of the container with this identity, for so many seconds: the probe itself, listing what never comes. */
function worker(laboratory: Laboratory, as: string, seconds: number): void {
  laboratory.exec('0:0', [
    '/bin/sh',
    '-c',
    `( sleep ${seconds} | /probe attack --by-name --as ${as} /bin >/dev/null 2>&1 ) &`,
  ]);
}

/** A run of the probe that watches. */
class Watched implements Disposable {
  readonly lines = new AttackLines();
  text = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(laboratory: Laboratory, user: string, args: readonly string[]) {
    this.#child = spawn('docker', ['exec', '-i', '-u', user, laboratory.id, '/probe', 'attack', ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
      this.lines.add(chunk);
    });
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`It did not come: ${this.text}`);
      await sleep(5);
    }
  }

  async end(): Promise<AttackResult> {
    this.#child.stdin?.end();
    await this.#closed;
    return this.lines.result();
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildProbe } from '../../scripts/build/probe.mjs';
import { operationsSource } from '../../scripts/generate/operations.mjs';
import { AttackLines } from '../../src/check/attack/lines.js';
import { answers, BuiltProbe, hasCompiler, Laboratory, ProbeImage, type Said, succeeded } from './laboratory.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const OPEN = ['--skip', '/proc', '--skip', '/sys', '--skip', '/dev'];

let probe: BuiltProbe;
let image: ProbeImage;
let writable: Laboratory;

beforeAll(() => {
  probe = new BuiltProbe(buildProbe);
  image = new ProbeImage(probe);
  writable = new Laboratory(image, ['--group-add', '70']);
});
afterAll(() => {
  writable[Symbol.dispose]();
  image[Symbol.dispose]();
  probe[Symbol.dispose]();
});

(hasCompiler ? describe : describe.skip)('the build (needs clang and lld)', () => {
  test('gives the same bytes from another folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    try {
      cpSync(join(root, 'probe'), join(folder, 'other name'), { recursive: true });
      const { status, stderr } = spawnSync('make', ['-C', join(folder, 'other name'), `OUT=${folder}/out`], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, TZ: 'Asia/Tokyo' },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      for (const name of ['linux-amd64', 'linux-arm64', 'SHA256SUMS']) {
        expect(readFileSync(join(folder, 'out', name)).equals(readFileSync(join(probe.folder, name)))).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('its table of attempts is the one that the program knows', () => {
    expect(readFileSync(join(root, 'src/model/operations.ts'), 'utf8')).toBe(operationsSource(root));
  });
});

describe('a read-only mount', () => {
  test('refuses everything, to root and to a user, and nothing is inconclusive', () => {
    using laboratory = new Laboratory(image, ['--read-only']);
    for (const user of ['0:0', '1000:0']) {
      const result = laboratory.attack(user, [...OPEN, '--skip', '/t', '/']);
      expect(result.observations).toEqual([]);
      expect(result.unlisted).toEqual([]);
      expect(result.mounts.find(({ path }) => path === '/')?.readOnly).toBe(true);
      expect(Object.keys(answers(result, 'create'))).toEqual(['EROFS']);
      expect(Object.keys(answers(result, 'delete'))).toEqual(['EROFS']);
      expect(Object.keys(answers(result, 'chmod'))).toEqual(['EROFS']);
      const places = new Map(result.places.map(({ path, outcome }) => [path, outcome.kind]));
      expect(places.get('/t')).toBe(user === '0:0' ? 'succeeded' : 'blocked');
      expect(places.get('/dev/shm')).toBe('succeeded');
    }
  });
});

describe('entries', () => {
  test('FIFOs, sockets and devices are never opened', () => {
    writable.script('mkdir /t/special; cd /t/special; mkfifo fifo; chmod 666 fifo; ( mkfifo held; sleep 1 <held & ) ');
    const start = performance.now();
    const result = writable.attack('0:0', ['/t/special']);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(succeeded(result)).toContain('delete /t/special/fifo');
    expect(answers(result, 'open-write')).toEqual({});
  });

  test('a directory in which one can create and delete covers all below it, except mounts', () => {
    using laboratory = new Laboratory(image, ['--tmpfs', '/t/own/mine/below/mount:mode=1777']);
    laboratory.script(
      'cd /t/own/mine; echo x >file; echo x >below/file; ln -s file below/link; chmod 777 /t/own /t/own/mine; echo x >below/mount/in',
    );
    const result = laboratory.attack('1000:0', ['/t/own']);
    expect(succeeded(result)).toEqual([
      'create /t/own',
      'mkdir /t/own',
      'symlink /t/own',
      'delete /t/own/mine',
      'create /t/own/mine/below/mount',
      'mkdir /t/own/mine/below/mount',
      'symlink /t/own/mine/below/mount',
    ]);
    // Covered are mine, mine/below and a file in each.
    expect(answers(result, 'create')).toEqual({ COVERED: 2, OK: 2 });
    expect(answers(result, 'open-write')).toEqual({ COVERED: 2, EACCES: 1 });
    expect(result.places.map(({ path }) => path)).not.toContain('/t/own/mine/below/mount');
  });

  test('names with newlines and bytes that are no UTF-8 stay one name', () => {
    writable.script(`mkdir -m 777 /t/names; cd /t/names; : >"$(printf 'new\\nline\\tand \\\\ \\377')"`);
    const result = writable.attack('1000:1000', ['/t/names']);
    expect(succeeded(result)).toContain('delete /t/names/new\\x0aline\\x09and \\x5c \\xff');
  });

  // Built from pieces of 300 directories: nobody can name more at once.
  const deep = (name: string, pieces: number) => `mkdir /t/${name}; cd /t/${name}
    piece=$(printf 'directory/%.0s' $(seq 300)); mkdir -p top/$piece; : >top/$piece/bottom; chmod 666 top/$piece/bottom
    for i in $(seq 2 ${pieces}); do mkdir -p new/$piece; mv top/directory new/$piece; rmdir top; mv new top; done`;

  test('a tree deeper than the kernel takes a path', () => {
    writable.script(deep('deep', 3));
    const bottom = `/t/deep/top${'/directory'.repeat(900)}/bottom`;
    const said = succeeded(writable.attack('1000:1000', ['/t/deep']));
    expect(said.map((line) => line.replace(bottom, 'the bottom'))).toEqual([
      'open-write the bottom',
      'setxattr the bottom',
    ]);

    const listed = writable.exec('0:0', ['/probe', 'list', '/t/deep']);
    expect(listed.code).toBe(0);
    const byName = succeeded(writable.attack('1000:1000', ['--by-name', '/t/deep'], listed.output));
    expect(byName.map((line) => line.replace(bottom, 'the bottom'))).toEqual([
      'open-write the bottom',
      'setxattr the bottom',
    ]);
  });

  test('a tree deeper than a line can tell is told as not attempted', () => {
    writable.script(deep('deeper', 5));
    const { observations } = writable.attack('1000:1000', ['/t/deeper']);
    expect(observations.map(({ outcome }) => outcome)).toEqual([
      { kind: 'inconclusive', reason: 'create: ENAMETOOLONG' },
    ]);
    const listed = writable.exec('0:0', ['/probe', 'list', '/t/deeper']);
    expect(listed.code).toBe(3);
    expect(listed.errors).toContain('cannot list /t/deeper/top/directory');
  });

  test('too few open files are told, never silence', () => {
    writable.script(
      'cd /t; mkdir -p few/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20; : >few/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/f',
    );
    const said = writable.exec('1000:1000', ['/bin/sh', '-c', 'ulimit -n 12; exec /probe attack /t/few']);
    expect(said.code).toBe(0);
    const reasons = parse(said).observations.map(({ outcome }) =>
      outcome.kind === 'inconclusive' ? outcome.reason : '',
    );
    expect(reasons).toEqual([expect.stringContaining('create: EMFILE')]);
  });

  test('a full disk protects nothing', () => {
    using laboratory = new Laboratory(image, ['--tmpfs', '/full:nr_inodes=2,mode=777']);
    laboratory.script(': >/full/last; ! touch /full/more 2>/dev/null');
    expect(succeeded(laboratory.attack('1000:1000', ['/full']))).toEqual(
      expect.arrayContaining(['create /full', 'mkdir /full', 'symlink /full']),
    );
  });

  test('lines over the limit are counted', () => {
    writable.script('mkdir -m 777 /t/many; cd /t/many; for i in $(seq 50); do : >$i; done');
    const result = writable.attack('1000:1000', ['--lines', '10', '/t/many']);
    expect(succeeded(result)).toHaveLength(10);
    expect(result.omitted).toBe(43);
  });

  test('programs with other rights', () => {
    writable.script(`mkdir /t/programs; cd /t/programs; for f in u g both closed plain text; do : >$f; done
      chown 5:6 *; chmod 4755 u; chmod 2755 g; chmod 6755 both; chmod 4700 closed; chmod 755 plain; chmod 4644 text; mkdir /t/programs/d; chmod 2755 d`);
    const told = writable
      .attack('1000:1000', ['/t/programs'])
      .privileged.map(({ kind, uid, gid, path }) => `${kind} ${uid}:${gid} ${path}`);
    expect(told.sort()).toEqual([
      'setgid 5:6 /t/programs/both',
      'setgid 5:6 /t/programs/g',
      'setuid 5:6 /t/programs/both',
      'setuid 5:6 /t/programs/u',
    ]);
    using nosuid = new Laboratory(image, ['--tmpfs', '/n:exec,nosuid']);
    nosuid.script(': >/n/u; chmod 4755 /n/u');
    expect(nosuid.attack('1000:1000', ['/n']).privileged).toEqual([]);
  });
});

describe('directories that can be entered and not listed', () => {
  test('are told, listed by root and attacked by name', () => {
    writable.script(
      'mkdir -p /t/unlisted/a/b /t/unlisted/w /t/unlisted/closed; cd /t/unlisted; echo x >a/f; echo x >a/b/g; chmod 666 a/b/g; chmod 711 a; chmod 733 w; chmod 700 closed; echo x >w/h',
    );
    const walked = writable.attack('1000:1000', ['/t/unlisted']);
    expect(walked.unlisted.map(({ path }) => path).sort()).toEqual(['/t/unlisted/a', '/t/unlisted/w']);
    expect(succeeded(walked)).toEqual(['create /t/unlisted/w', 'mkdir /t/unlisted/w', 'symlink /t/unlisted/w']);

    const listed = writable.exec('0:0', [
      '/probe',
      'list',
      ...walked.unlisted.map(({ raw }) => Buffer.from(raw).toString()),
    ]);
    expect(listed.code).toBe(0);
    expect(listed.output.toString().split('\0').sort()).toEqual([
      '',
      '/t/unlisted/a',
      '/t/unlisted/a/b',
      '/t/unlisted/a/b/g',
      '/t/unlisted/a/f',
      '/t/unlisted/w',
      '/t/unlisted/w/h',
    ]);
    const byName = writable.attack('1000:1000', ['--by-name', '/t/unlisted'], listed.output);
    expect(succeeded(byName).sort()).toEqual([
      'create /t/unlisted/w',
      'delete /t/unlisted/w/h',
      'mkdir /t/unlisted/w',
      'open-write /t/unlisted/a/b/g',
      'setxattr /t/unlisted/a/b/g',
      'symlink /t/unlisted/w',
    ]);
  });

  test('what is not within the attacked paths, or is left out, is not attacked by name either', () => {
    writable.script(
      'mkdir -p /t/scope/in/skipped /t/scope/out; : >/t/scope/in/f; : >/t/scope/in/skipped/f; : >/t/scope/out/f; chmod 666 /t/scope/*/f /t/scope/in/skipped/f',
    );
    const names = Buffer.from('/t/scope/in/f\0/t/scope/in/skipped/f\0/t/scope/out/f\0/t/scope/in/gone\0relative\0\0');
    const result = writable.attack('1000:1000', ['--by-name', '--skip', '/t/scope/in/skipped', '/t/scope/in'], names);
    expect(succeeded(result)).toEqual(['open-write /t/scope/in/f', 'setxattr /t/scope/in/f']);
    expect(answers(result, 'delete')).toEqual({ EACCES: 1, GONE: 1 });
  });

  test('a listing that cannot be complete says so', () => {
    writable.script('mkdir -p /t/secret/closed; chmod 700 /t/secret/closed');
    const listed = writable.exec('1000:1000', ['/probe', 'list', '/t/secret', '/t/no\\thing']);
    expect(listed.code).toBe(3);
    expect(listed.output.toString()).toBe('/t/secret\0/t/secret/closed\0');
    expect(listed.errors).toContain('cannot list /t/secret/closed: errno 13');
    expect(listed.errors).toContain('cannot list /t/no\\x5cthing: errno 2');
  });
});

describe('links', () => {
  test('are judged by where they lead', () => {
    writable.script(`mkdir -p /t/links /t/open /t/kept/sub; cd /t/links; chmod 1777 /t/open; : >/t/open/mine; chown 1000 /t/open/mine; : >/t/kept/file; : >/t/kept/loose; chmod 666 /t/kept/loose
      ln -s /t/open directory; ln -s /t/open/mine file; ln -s /t/open/not/yet dangling; ln -s ../open/x relative; ln -s hop2 hop1; ln -s /t/open hop2
      ln -s /t/kept/file safe; ln -s /t/kept/loose loose; ln -s /t/kept/missing missing; ln -s inside here; : >inside; ln -s loop loop; ln -s /dev/null null; ln -s /dev/shm/x shm; ln -s /proc/self/root/t/open around; ln -s inside/x through`);
    const links = writable
      .attack('1000:1000', ['/t/links'])
      .links.map(({ operation, path, target }) => `${path.slice(9)} ${operation} ${target}`);
    expect(links.sort()).toEqual([
      'around create /t/open',
      'dangling create /t/open/not/yet',
      'directory create /t/open',
      'file open-write /t/open/mine',
      'hop1 create /t/open',
      'hop2 create /t/open',
      'loose open-write /t/kept/loose',
      'relative create /t/open/x',
      'shm create /dev/shm/x',
    ]);
    expect(writable.script('ls -A /t/open /dev/shm 2>/dev/null || find /t/open /dev/shm')).not.toContain(
      '.immutable-check',
    );
  });

  test('to what is attacked anyway tell nothing, unless it is left out', () => {
    writable.script('mkdir -p /t/both/a /t/both/b; chmod 777 /t/both/b; ln -s ../b /t/both/a/link');
    expect(writable.attack('1000:1000', ['/t/both']).links).toEqual([]);
    expect(writable.attack('1000:1000', ['--skip', '/t/both/b', '/t/both']).links).toHaveLength(1);
  });

  test('a protected path that is a link means the link and what it leads to', () => {
    writable.script(
      'mkdir -p /t/real/dir /t/way; ln -s ../real /t/way/link; chmod 777 /t/way; : >/t/real/dir/f; chmod 666 /t/real/dir/f',
    );
    const result = writable.attack('1000:1000', ['/t/way/link/dir', '/t/way/link', '/t/way/none']);
    expect(result.realPaths).toEqual([
      { path: '/t/way/link/dir', real: '/t/real/dir' },
      { path: '/t/way/link', real: '/t/real' },
    ]);
    expect(result.missing).toEqual(['/t/way/none']);
    expect(new Set(succeeded(result))).toEqual(
      new Set(['delete /t/way/link', 'open-write /t/real/dir/f', 'setxattr /t/real/dir/f']),
    );
  });
});

test('who owns a directory above a path, and may give itself the right to it, is told', () => {
  writable.script('mkdir -p /t/owned/app; chown 1000 /t/owned; chmod 555 /t/owned');
  expect(succeeded(writable.attack('1000:1000', ['/t/owned/app']))).toEqual(['chmod /t/owned']);
});

test('who may remove a directory above a path is told', () => {
  writable.script('mkdir -p /t/above/open/x/y/app; chmod 777 /t/above/open');
  expect(succeeded(writable.attack('1000:1000', ['/t/above/open/x/y/app', '/t/above/open/x/y']))).toEqual([
    'delete /t/above/open/x',
  ]);
});

test('untouched mounts are neither walked nor written to', () => {
  using laboratory = new Laboratory(image, ['--tmpfs', '/t/app/data:mode=777']);
  laboratory.script('ln -s data/x /t/app/link; touch -d @1000 /t/app/data');
  const result = laboratory.attack('1000:1000', ['--untouched', '/t/app/data', '/t/app']);
  expect(succeeded(result)).toEqual([]);
  expect(result.links).toEqual([expect.objectContaining({ path: '/t/app/link', operation: 'create' })]);
  expect(result.places).toContainEqual({ path: '/t/app/data', outcome: { kind: 'succeeded' } });
  expect(laboratory.script('stat -c %Y /t/app/data')).toBe('1000');
});

describe('identities', () => {
  test('of living processes are told, those that came in by exec are not', () => {
    const inside = spawn('docker', ['exec', '-u', '4321:0', writable.id, '/bin/sleep', '30'], { stdio: 'ignore' });
    try {
      const { living, identity } = writable.attack('1000:1000', ['/t']);
      expect(living.map(({ uid }) => uid)).toEqual([0]);
      expect(identity.uid).toBe(1000);
    } finally {
      inside.kill();
    }
  });

  test('nothing is attempted for one that nobody has, if so asked', () => {
    const nobody = writable.lines('1000:1000', ['--if-living', '/t']);
    expect(nobody.filter((line) => /^[QTSM]/.test(line))).toEqual(['Q\tidle']);
    expect(writable.attack('0:0', ['--if-living', '/t/special']).idle).toBe(false);
  });

  test('that cannot be taken on end the run', () => {
    const said = writable.exec('1000:1000', ['/probe', 'attack', '--as', '0:0:-:0', '/t']);
    expect(said).toMatchObject({ code: 5, output: Buffer.alloc(0) });
    expect(said.errors).toContain('cannot set the groups: errno 1');
    for (const wrong of ['x', '1:2', '1:2:3', '1:2:-:g', '1:2:,:0', '4294967295:0:-:0', '1:2:-:0:']) {
      expect(writable.exec('0:0', ['/probe', 'attack', '--as', wrong, '/t']).code).toBe(5);
    }
  });

  test('are taken on with capabilities, and those count', () => {
    writable.script('mkdir -p /t/capable; : >/t/capable/f; chmod 600 /t/capable/f');
    const result = writable.attack('0:0', ['--as', '1000:1000:5,4,5:2', '/t/capable']);
    expect(result.identity).toEqual({ uid: 1000, gid: 1000, groups: [4, 5], capabilities: '0000000000000002' });
    expect(succeeded(result)).toContain('delete /t/capable/f');
  });
});

test('a process of the same user can neither trace the probe nor read its memory', () => {
  writable.script('mkfifo /t/endless; chmod 666 /t/endless');
  const look = '/probe attack --by-name /bin <>/t/endless >/dev/null & sleep 0.3; cat /proc/$!/maps; kill $!';
  const said = writable.exec('1000:1000', ['/bin/sh', '-c', look]);
  expect(said.output.toString()).toBe('');
  expect(said.errors).toContain('Permission denied');
});

test.each<[string, string[]]>([
  ['no path', ['attack']],
  ['a relative path', ['attack', 'x']],
  ['a path with ..', ['attack', '/a/../b']],
  ['an unknown option', ['attack', '--what', '/a']],
  ['an option without its value', ['attack', '/a', '--skip']],
  ['a wrong number', ['attack', '--lines', 'x', '/a']],
  ['an unknown command', ['what']],
  ['nothing', []],
])('%s is a wrong use', (_, args) => {
  const said = writable.exec('0:0', ['/probe', ...args]);
  expect(said).toMatchObject({ code: 2, output: Buffer.alloc(0) });
  expect(said.errors).toContain('usage: probe attack');
});

test('listeners', async () => {
  const server = (await import('node:net')).createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { status, stdout } = spawnSync(probe.path('amd64'), ['listeners'], { encoding: 'utf8' });
  server.close();
  expect(status).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines).toContain(`H\t4\t127.0.0.1\t${port}`);
  expect(lines.at(-1)).toBe(`E\t${lines.length - 1}\t0`);
});

describe('memory', () => {
  test('stays below 2 MB over 100,000 files', async () => {
    // In memory: on a disk the files take longer than everything else here.
    const folder = mkdtempSync('/dev/shm/probe-large-');
    chmodSync(folder, 0o755);
    const fifo = join(folder, 'fifo');
    let pipe = -1;
    try {
      for (let directory = 0; directory < 100; directory++) {
        mkdirSync(join(folder, `${directory}`));
        for (let file = 0; file < 1000; file++) writeFileSync(join(folder, `${directory}/${file}`), '');
      }
      // A pipe that is full: the probe has done everything, and waits to say so, while its memory is looked at.
      spawnSync('mkfifo', [fifo]);
      pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
      writeSync(pipe, Buffer.alloc(65536));
      const running = spawn(probe.path('amd64'), ['attack', '--lines', '0', folder], {
        stdio: ['ignore', pipe, 'inherit'],
        // As root it would only count what is covered.
        ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
      });
      const status = () => readFileSync(`/proc/${running.pid}/status`, 'utf8');
      const deadline = Date.now() + 20_000;
      while (!/^State:\tS/m.test(status()) && Date.now() < deadline) await sleep(50);
      expect(Number(/^VmHWM:\s+(\d+) kB/m.exec(status())?.[1])).toBeLessThan(2048);
      running.kill('SIGKILL');
      await new Promise((resolve) => running.once('exit', resolve));
    } finally {
      if (pipe >= 0) closeSync(pipe);
      rmSync(folder, { recursive: true });
    }
  });
});

function parse(said: Said) {
  const lines = new AttackLines();
  lines.add(said.output);
  return lines.result();
}

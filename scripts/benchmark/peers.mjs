import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from '../lib/process.mjs';
import { must } from './clock.mjs';
import { handWritten } from './script.mjs';

const folder = fileURLToPath(new URL('../../.work/peers', import.meta.url));

const peers = [
  {
    name: 'goss',
    module: 'github.com/goss-org/goss',
    version: 'v0.4.9',
    command: 'cmd/goss',
    contestant: goss,
  },
  {
    name: 'container-structure-test',
    module: 'github.com/GoogleContainerTools/container-structure-test',
    version: 'v1.19.3',
    command: 'cmd/container-structure-test',
    contestant: structureTest,
  },
];

/**
 * The peers that can be had, for the part that they can do.
 * @param {readonly [mode: string, path: string][]} files whose modes they compare
 * @returns contestants, and why each of the others is not among them
 */
export async function peersFor(subject, files, interruption) {
  const contestants = [];
  const skipped = [];
  const work = mkdtempSync(join(tmpdir(), 'immutable-check-peers-'));
  for (const peer of peers) {
    try {
      const program = await obtain(peer, interruption);
      const contestant = { key: peer.name, most: 5, ...peer.contestant(program, subject, files, work) };
      await contestant.run(); // A peer that cannot do its part on this engine is skipped too.
      contestants.push(contestant);
    } catch (error) {
      const said = error.message
        .replaceAll(/go: downloading .*|\s+/g, ' ')
        .replaceAll(/ +/g, ' ')
        .trim()
        .slice(0, 400);
      skipped.push(`${peer.name} ${peer.version}: ${said}`);
    }
  }
  return { contestants, skipped, remove: () => rmSync(work, { recursive: true }) };
}

/** Built once with Go, as a static program, for it has to run inside of any image. Its checksum is Go's to verify. */
async function obtain({ name, module, version, command }, interruption) {
  const program = join(folder, `${name}-${version}`);
  if (existsSync(program)) return program;
  if ((await capture('go', ['version'])).code !== 0) throw new Error('Go is not installed.');
  mkdirSync(folder, { recursive: true });
  const build = mkdtempSync(join(tmpdir(), 'immutable-check-go-'));
  try {
    writeFileSync(join(build, 'go.mod'), `module peer\n\ngo 1.24\n\nrequire ${module} ${version}\n`);
    const env = { ...process.env, CGO_ENABLED: '0' };
    const args = ['build', '-mod=mod', '-o', program, `${module}/${command}`];
    await must('go', args, { cwd: build, env, timeout: 300_000, signal: interruption }).catch((error) => {
      console.error(error.message);
      // The table is published: which mirror said what is this machine's matter.
      throw new Error('it could not be built here; the reason stands above.');
    });
  } finally {
    rmSync(build, { recursive: true });
  }
  return program;
}

/** goss inside the read-only container, as `dgoss` does it: one request, and the mode of every file. */
function goss(program, subject, files, work) {
  const file = join(work, 'goss.json');
  const url = `http://localhost:8080${subject.address}`;
  const tests = {
    http: { [url]: { status: 200, body: [subject.answer] } },
    file: Object.fromEntries(files.map(([mode, path]) => [path, { exists: true, mode: mode.padStart(4, '0') }])),
  };
  writeFileSync(file, JSON.stringify(tests));
  const options = `-v ${program}:/.goss:ro -v ${file}:/.goss.json:ro`;
  const attempt = ['/.goss', '-g', '/.goss.json', 'validate', '--format', 'silent'];
  return {
    name: `goss: one request, the modes of ${files.length} files`,
    run: () => handWritten(subject, attempt, { options, succeeds: true }),
  };
}

/** container-structure-test: the mode of every file, in the image. It starts no service and attempts nothing. */
function structureTest(program, { image }, files, work) {
  const config = join(work, 'structure.json');
  const tests = files.map(([mode, path]) => ({ name: path, path, shouldExist: true, permissions: letters(mode) }));
  writeFileSync(config, JSON.stringify({ schemaVersion: '2.0.0', fileExistenceTests: tests }));
  return {
    name: `container-structure-test: the modes of ${files.length} files`,
    run: () => must(program, ['test', '--quiet', '--image', image, '--config', config]),
  };
}

/** 644 as `-rw-r--r--`; what is setuid, setgid or sticky as Go writes it. */
function letters(mode) {
  const bits = Number.parseInt(mode, 8);
  const special = [bits & 0o4000 ? 'u' : '', bits & 0o2000 ? 'g' : '', bits & 0o1000 ? 't' : ''].join('');
  return (special || '-') + [...'rwxrwxrwx'].map((letter, at) => (bits & (0o400 >> at) ? letter : '-')).join('');
}

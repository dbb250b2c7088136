import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { aptDownload, aptInstall, isDebian, isRoot } from './lib/apt.mjs';
import { capture } from './lib/process.mjs';

const work = fileURLToPath(new URL('../.work', import.meta.url));
const startupSeconds = 60;
const nothingToStop = { stop: async () => {} };

/**
 * A container engine that `docker` reaches: the one that runs, or one that is started here.
 * @returns {Promise<{ stop(): Promise<void> }>} stop() ends what was started here, nothing else
 * @throws {Error} saying what to install or start, where that is not ours to do
 */
export async function ensureEngine(interruption) {
  const answer = await askEngine();
  if (answer.code === 0) return nothingToStop;

  const elsewhere = process.env.DOCKER_HOST || process.env.DOCKER_CONTEXT;
  if (!isDebian || !isRoot || elsewhere) throw new Error(advice({ answer, elsewhere }));

  if (!(await isThere('dockerd')) || answer.code === 127) {
    await aptInstall(['docker.io', 'iptables'], 'no container engine is here.', interruption);
  }
  if (runningDaemon() || (await packageStartsIt())) {
    // Someone else starts it at this moment (apt's own service, a machine that boots) and stops it too.
    await untilItAnswers(() => null, interruption);
    return nothingToStop;
  }
  return startDaemon({ interruption });
}

/**
 * Starts dockerd and waits until it answers.
 * @param {{ args?: string[], env?: NodeJS.ProcessEnv, interruption?: AbortSignal }} options args and env let a second
 *   daemon stand beside the machine's own
 */
export async function startDaemon({ args = [], env = process.env, interruption } = {}) {
  removeStalePidFiles();
  mkdirSync(work, { recursive: true });
  const log = join(work, 'dockerd.log');
  console.log(`Starting dockerd; its log is ${log}`);

  const file = openSync(log, 'w');
  // A process group of its own: Ctrl-C must not take the engine away before the containers are removed.
  const daemon = spawn('dockerd', args, { env, detached: true, stdio: ['ignore', file, file] });
  closeSync(file);
  const ended = new Promise((resolve) => {
    daemon.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    daemon.once('error', (error) => resolve(error.message));
  });
  let end = null;
  ended.then((how) => {
    end = how;
  });
  const stop = async () => {
    if (end !== null) return;
    process.kill(daemon.pid, 'SIGTERM');
    await ended;
  };

  try {
    await untilItAnswers(() => end, interruption, env);
  } catch (error) {
    await stop();
    throw new Error(`${error.message} The last lines of ${log}:\n${lastLines(log, 15)}`);
  }
  return { stop };
}

/**
 * A static busybox, of which a base image can be made where no registry is reached.
 * @returns {Promise<string | null>} its path; null where the image has to come from a registry
 */
export async function ensureBusybox(interruption) {
  if (!isDebian || !(await engineIsLikeThisMachine())) return null;
  return ensureProgram('busybox', 'busybox-static', interruption);
}

/**
 * The static emulator in which the tests run the probe for arm64.
 * @returns {Promise<string | null>} its path; null, with the reason printed, where it cannot be had
 */
export async function ensureEmulator(interruption) {
  const found = isDebian ? await ensureProgram(emulator, 'qemu-user-static', interruption) : null;
  if (found === null) console.log(`The tests of the probe for arm64 are skipped: ${emulator} is missing.`);
  return found;
}

/** Where that emulator is, without fetching it. */
export function findEmulator() {
  return placesOf(emulator, 'qemu-user-static').find(isStatic) ?? null;
}

const emulator = 'qemu-aarch64-static';

/** A static program of a Debian package: this machine's own, or one that is unpacked here and installed nowhere. */
async function ensureProgram(name, fromPackage, interruption) {
  const places = placesOf(name, fromPackage);
  const found = places.find(isStatic);
  if (found) return found;

  // Unpacked, not installed: a package may push out another one, or change how the machine runs programs.
  const folder = join(work, fromPackage);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.log(`Fetching Debian's ${fromPackage} into ${folder}`);
  if (!(await aptDownload(fromPackage, folder, interruption))) return null;
  const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (!archive) return null;
  const unpacked = await capture('dpkg-deb', ['--extract', archive, '.'], { cwd: folder });
  if (unpacked.code !== 0) throw new Error(`${fromPackage} could not be unpacked: ${unpacked.stderr}`);
  return places.find(isStatic) ?? null;
}

function placesOf(name, fromPackage) {
  return ['/', join(work, fromPackage)].flatMap((root) => [join(root, 'usr', 'bin', name), join(root, 'bin', name)]);
}

/** @returns {string} what to do where the engine is missing and these scripts must not start one */
export function advice({ answer, elsewhere, platform = process.platform, debian = isDebian }) {
  const what =
    answer.code === 127 ? 'The program `docker` is not installed.' : 'No container engine answers `docker version`.';
  return `${what} ${remedy()}\n${answer.stderr.trim()}`.trim();

  function remedy() {
    if (elsewhere) return `DOCKER_HOST or DOCKER_CONTEXT is ${elsewhere}: start the engine there, or unset it.`;
    if (platform !== 'linux') {
      return answer.code === 127
        ? 'Install Docker Desktop (https://docs.docker.com/desktop/), or `brew install docker colima`, and start it.'
        : 'Start Docker Desktop, or `colima start`.';
    }
    const asRoot = debian ? ', or run this as root, which installs and starts what is missing' : '';
    if (answer.code === 127) return `Install Docker Engine (https://docs.docker.com/engine/install/)${asRoot}.`;
    if (/permission denied/i.test(answer.stderr)) {
      return 'This user may not open its socket: as root `usermod -aG docker USER`, then log in again.';
    }
    return `Start it, as root: \`systemctl start docker\`${asRoot}.`;
  }
}

const askEngine = (env = process.env) =>
  capture('docker', ['version', '--format', '{{.Server.Version}}'], { env, timeout: 20_000 });

const isThere = async (program) => (await capture(program, ['--version'])).code === 0;

async function untilItAnswers(ended, interruption, env) {
  const deadline = Date.now() + startupSeconds * 1000;
  for (;;) {
    const answer = await askEngine(env);
    if (answer.code === 0) return;
    if (interruption?.aborted) throw new Error(`Interrupted (${interruption.reason}) while dockerd started.`);
    if (ended() !== null) throw new Error(`dockerd ended (${ended()}).`);
    if (Date.now() > deadline)
      throw new Error(`dockerd did not answer within ${startupSeconds} s: ${answer.stderr.trim()}`);
    await sleep(200);
  }
}

/** Where systemd runs, installing the package starts the service. */
async function packageStartsIt() {
  return (
    existsSync('/run/systemd/system') && (await capture('systemctl', ['is-active', '--quiet', 'docker'])).code === 0
  );
}

const pidFiles = { '/var/run/docker.pid': 'dockerd', '/var/run/docker/containerd/containerd.pid': 'containerd' };

const runningDaemon = () => isProcess('/var/run/docker.pid', 'dockerd');

/** A machine that was switched off, or a snapshot of one, leaves them behind; their number may belong to another now. */
function removeStalePidFiles() {
  for (const [file, program] of Object.entries(pidFiles)) {
    if (!isProcess(file, program)) rmSync(file, { force: true });
  }
}

function isProcess(pidFile, program) {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program;
  } catch {
    return false; // No such file or no such process.
  }
}

function lastLines(file, count) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/** A busybox of this machine is of no use to an engine on another kind of machine. */
async function engineIsLikeThisMachine() {
  const { stdout } = await capture('docker', ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}']);
  return stdout.trim() === `linux/${{ x64: 'amd64' }[process.arch] ?? process.arch}`;
}

/** Whether an ELF program of this machine's word size names no interpreter, which is what loads shared libraries. */
function isStatic(path) {
  if (!existsSync(path)) return false;
  const elf = readFileSync(path);
  if (elf.toString('latin1', 0, 4) !== '\x7fELF' || elf[4] !== 2) return false;
  const [headers, size, count] = [Number(elf.readBigUInt64LE(0x20)), elf.readUInt16LE(0x36), elf.readUInt16LE(0x38)];
  const PT_INTERP = 3;
  return Array.from({ length: count }, (_, index) => elf.readUInt32LE(headers + index * size)).every(
    (type) => type !== PT_INTERP,
  );
}

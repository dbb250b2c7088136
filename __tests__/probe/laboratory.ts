import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBusybox, findEmulator } from '../../scripts/engine.mjs';
import { AttackLines } from '../../src/check/attack/lines.js';
import type { AttackResult } from '../../src/model/observation.js';
import { type TarEntry, tar } from './tar.js';

/** What a command said; nothing is thrown where it fails. */
export interface Said {
  readonly code: number | null;
  readonly output: Buffer;
  readonly errors: string;
}

const APPLETS = [
  'sh',
  'cat',
  'chmod',
  'find',
  'kill',
  'ln',
  'mkdir',
  'mkfifo',
  'mount',
  'rm',
  'rmdir',
  'seq',
  'sleep',
  'stat',
  'tar',
  'touch',
];

export function docker(args: readonly string[], input?: Uint8Array): Said {
  const { status, stdout, stderr } = spawnSync('docker', args, { input: input ?? '', maxBuffer: 1 << 28 });
  return { code: status, output: stdout, errors: stderr.toString() };
}

function must(said: Said, what: string): string {
  if (said.code !== 0) throw new Error(`${what}: ${said.errors}`);
  return said.output.toString().trim();
}

/** Whether the probe can be built here. */
export const hasCompiler =
  spawnSync('clang', ['--version']).status === 0 && spawnSync('ld.lld', ['--version']).status === 0;

/** Runs the probe for arm64; null where this machine has no such emulator. */
export const emulator = findEmulator();

const shipped = fileURLToPath(new URL('../../dist/probe', import.meta.url));

const busybox = (await ensureBusybox()) ?? '/bin/busybox';

/** A freshly built probe in a folder of its own, for both architectures. */
export class BuiltProbe implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'probe-'));

  constructor(build: (folder: string) => void) {
    // Without a compiler the shipped one is tested; that it is what the sources give is tested where there is one.
    if (hasCompiler) build(this.folder);
    else cpSync(shipped, this.folder, { recursive: true });
    chmodSync(this.folder, 0o755); // for whoever else it is started as
  }

  path(architecture: 'amd64' | 'arm64'): string {
    return join(this.folder, `linux-${architecture}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** An image with nothing but busybox, the probe (`/probe`, and for arm64 `/probe-arm64` with `/qemu`), and what is added. */
export class ProbeImage implements Disposable {
  readonly id: string;

  constructor(probe: BuiltProbe, more: readonly TarEntry[] = []) {
    const program = (name: string, from: string): TarEntry => ({
      name,
      type: 'file',
      mode: 0o755,
      content: readFileSync(from),
    });
    const archive = tar([
      { name: 'bin', type: 'dir', mode: 0o755 },
      program('bin/busybox', busybox),
      ...APPLETS.map((name): TarEntry => ({ name: `bin/${name}`, type: 'link', mode: 0o777, target: 'busybox' })),
      program('probe', probe.path('amd64')),
      program('probe-arm64', probe.path('arm64')),
      ...(emulator ? [program('qemu', emulator)] : []),
      ...more,
    ]);
    this.id = must(docker(['import', '-'], archive), 'docker import');
  }

  [Symbol.dispose](): void {
    docker(['rmi', '-f', this.id]);
  }
}

/** A running container of such an image. `/t` is a writable tmpfs in it, for trees. */
export class Laboratory implements Disposable {
  readonly id: string;

  constructor(image: ProbeImage, options: readonly string[] = [], command: readonly string[] = ['/bin/sleep', '600']) {
    const tmpfs = ['--tmpfs', '/t:exec,suid,mode=755'];
    this.id = must(
      docker(['run', '-d', '--init', '--network', 'none', ...tmpfs, ...options, image.id, ...command]),
      'docker run',
    );
  }

  exec(user: string, argv: readonly string[], input?: Uint8Array): Said {
    return docker(['exec', ...(input ? ['-i'] : []), '-u', user, this.id, ...argv], input);
  }

  /** Runs a shell script as root; it has to succeed. */
  script(text: string): string {
    return must(this.exec('0:0', ['/bin/sh', '-ec', text]), text);
  }

  unpack(entries: readonly TarEntry[]): void {
    must(this.exec('0:0', ['/bin/tar', '-x', '-p', '-C', '/t'], tar(entries)), 'tar');
  }

  lines(user: string, args: readonly string[], input?: Uint8Array, probe: readonly string[] = ['/probe']): string[] {
    const said = this.exec(user, [...probe, 'attack', ...args], input);
    return must(said, `probe attack ${args.join(' ')}`).split('\n');
  }

  attack(user: string, args: readonly string[], input?: Uint8Array): AttackResult {
    const said = this.exec(user, ['/probe', 'attack', ...args], input);
    must(said, `probe attack ${args.join(' ')}`);
    const lines = new AttackLines();
    lines.add(said.output);
    return lines.result();
  }

  [Symbol.dispose](): void {
    docker(['rm', '-f', '-v', this.id]);
  }
}

/** `operation path` for every attempt that succeeded. */
export function succeeded(result: AttackResult): string[] {
  return result.observations
    .filter(({ outcome }) => outcome.kind === 'succeeded')
    .map(({ operation, path }) => `${operation} ${path}`);
}

/** The tallies of one operation, by answer. */
export function answers(result: AttackResult, operation: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const tally of result.tallies)
    if (tally.operation === operation) found[tally.answer] = (found[tally.answer] ?? 0) + tally.count;
  return found;
}

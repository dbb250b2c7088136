import { CheckError } from '../../model/errors.js';
import type { MountRequest } from '../../model/evidence.js';
import { showBytes } from '../../model/name.js';
import type { Change } from '../../model/observation.js';
import type { Address, Container, ContainerState, ExecUser, Execution } from '../engine.js';
import type { Client } from './client.js';
import {
  first,
  type Json,
  object,
  readMounts,
  readOwnUserCounts,
  readPorts,
  readPowers,
  readState,
} from './inspection.js';

const CHANGES = { A: 'added', C: 'changed', D: 'deleted' } as const;

/** A container of this check, made by `docker run` or `docker create`, gone when it is disposed of. */
export class DockerContainer implements Container {
  readonly name: string;
  readonly rootReadOnly: boolean;
  readonly mounts: readonly MountRequest[];
  readonly ownUserCounts: boolean;
  readonly powers: readonly string[];
  readonly #client: Client;
  readonly #ports: ReturnType<typeof readPorts>;
  readonly #remove: () => void;

  /** `remove` begins the container's removal. */
  constructor(client: Client, name: string, inspected: Json, helper: readonly string[], remove: () => void) {
    this.#remove = remove;
    this.#client = client;
    this.name = name;
    this.rootReadOnly = object(inspected.HostConfig).ReadonlyRootfs === true;
    this.mounts = readMounts(inspected, helper);
    this.ownUserCounts = readOwnUserCounts(inspected);
    this.powers = readPowers(inspected);
    this.#ports = readPorts(inspected);
  }

  address(port: number): Address {
    const published = this.#ports.published.get(port);
    if (published) return published;
    if (this.#ports.hostNetwork) return { host: '127.0.0.1', port };
    throw new CheckError(
      'bad-input',
      `The container's port ${port} is not published: its network settings (\`run-options\`) do not allow it. Smoke tests need a network that publishes ports, such as the default bridge.`,
    );
  }

  async state(): Promise<ContainerState> {
    return readState(first(await this.#client.demand(['container', 'inspect', '--', this.name])));
  }

  run(argv: readonly string[], how: { readonly as?: ExecUser; readonly input?: Uint8Array | 'open' } = {}): Execution {
    return this.#client.start(
      [
        'exec',
        ...(how.input ? ['--interactive'] : []),
        ...(how.as ? ['--user', `${how.as.uid}:${how.as.gid}`] : []),
        // The image's own WORKDIR may be closed to this identity, and then no command could start.
        '--workdir',
        '/',
        this.name,
        ...argv,
      ],
      how.input,
    );
  }

  async changes(): Promise<readonly Change[]> {
    const listed = showLines(await this.#client.demand(['container', 'diff', this.name], { limit: 256 * 1024 * 1024 }));
    const changes: Change[] = [];
    for (const line of listed) {
      const [, kind, path] = /^([ACD]) (\/.*)$/.exec(line) ?? [];
      const last = changes.at(-1);
      // `docker diff` prints names raw: a line that begins otherwise goes on with a name that holds a line break.
      if (kind && path) changes.push({ path, change: CHANGES[kind as keyof typeof CHANGES] });
      else if (last) changes[changes.length - 1] = { ...last, path: `${last.path}\\x0a${line}` };
    }
    return changes;
  }

  async logs(tail: number): Promise<Uint8Array> {
    // Standard error of the program comes on the client's standard error.
    const running = this.#client.start(['logs', '--tail', String(tail), this.name]);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of running.output) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > 4 * 1024 * 1024) running.kill();
    }
    const { stderr } = await running.done;
    return Buffer.concat([...chunks, Buffer.from(stderr)]).subarray(-64 * 1024);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#remove();
  }
}

function showLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    lines.push(showBytes(bytes.subarray(from, at)));
    from = at + 1;
  }
  return lines;
}

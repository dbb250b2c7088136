import type { Progress } from '../../../src/check/check.js';
import type { Container, ContainerState, Engine, Execution, Helper, Image, Root } from '../../../src/engines/engine.js';
import type { Target } from '../../../src/model/target.js';

/** An engine of plain functions: each test says what its container answers. */

export const user = 'I\t1000\t0\t0\t0000000000000000\t0';
export const living = 'L\t1000\t0\t0\t0000000000000000';
export const rootLiving = 'L\t0\t0\t0\t00000000a80425fb';

/** What a run of the probe prints, with its first and closing line. */
export function probeSays(...lines: string[]): string {
  const all = ['P\t1', ...lines];
  return [...all, `E\t${all.length}\t0`, ''].join('\n');
}

/** The controls of a probe that sees what there is. */
export const controls = [
  ...['create', 'mkdir', 'symlink', 'delete', 'open-write', 'chmod', 'utimens'].map((one) => `C\twritable\t${one}\tOK`),
  ...['create', 'mkdir', 'symlink', 'delete', 'chmod', 'utimens'].map((one) => `C\tread-only\t${one}\tEROFS`),
];

/** A whole attack on `/` as uid 1000 in which everything was refused. */
export const refused = (...more: string[]) =>
  probeSays(user, living, 'M\t/\toverlay\toverlay\t/\tro\tro', ...controls, ...more, 'T\tcreate\tEROFS\t5\t/');

export function execution(output: string | Uint8Array, exitCode = 0, stderr = ''): Execution {
  const bytes = Buffer.from(output);
  return {
    output: (async function* () {
      yield bytes.subarray(0, bytes.length / 2);
      yield bytes.subarray(bytes.length / 2);
    })(),
    done: Promise.resolve({ exitCode, stderr }),
    endInput: () => {},
  };
}

export const image: Image = {
  id: `sha256:${'a'.repeat(64)}`,
  reference: 'x',
  digest: null,
  user: 'app',
  volumes: [],
  ports: [],
  hasHealthcheck: false,
  platform: 'linux/amd64',
};

export const helper: Helper = {
  directory: '/.h',
  writable: '/.w',
  ready: Promise.resolve(),
  [Symbol.asyncDispose]: async () => {},
};

export const running: ContainerState = { kind: 'running', health: 'none', restarts: 0 };

export function container(changed: Partial<Container> = {}): Container {
  return {
    name: 'c',
    rootReadOnly: true,
    mounts: [],
    ownUserCounts: false,
    powers: [],
    address: (port) => ({ host: '127.0.0.1', port }),
    state: async () => running,
    run: () => execution(refused()),
    changes: async () => [],
    logs: async () => new Uint8Array(),
    [Symbol.asyncDispose]: async () => {},
    ...changed,
  };
}

/** An engine that starts this container for each root, and notes what was asked of it. */
export function engine(start: (root: Root) => Promise<Container>, asked: string[] = []): Engine {
  return {
    name: 'fake',
    capabilities: { provided: ['/dev', '/proc', '/sys'] },
    describe: async () => ({ version: '1', platform: 'linux/amd64' }),
    build: async () => image,
    inspect: async () => image,
    bringIn: () => ({
      ...helper,
      async [Symbol.asyncDispose]() {
        asked.push('helper gone');
      },
    }),
    start: async (_, __, root) => {
      asked.push(`start ${root}`);
      return start(root);
    },
    alone: async (_, __, root) => {
      asked.push(`alone ${root}`);
      return Object.assign(container(), { execution: execution(refused()) });
    },
    holds: async () => false,
    removeAll: async () => [],
    close: async () => [],
  };
}

export const silent: Progress = {
  info: () => {},
  foreign: () => {},
  group: () => {},
  end: () => {},
  beside: () => ({ ...silent, flush: () => {} }),
};

/** A job, as it needs no time: it has ended with code 0 when it is looked at. */
export const target: Target = {
  name: 'x',
  engine: 'fake',
  source: { kind: 'reference', reference: 'x', platform: null },
  run: { tmpfs: [], volumes: [], env: [], user: null, command: null, options: [], platform: null, ports: [] },
  port: null,
  smokeTests: [],
  expectStatus: { text: '2xx', codes: [], classes: [2] },
  expectExit: null,
  startupTimeout: 1,
  smokeRepeat: 1,
  policy: { layers: ['read-only'], require: ['read-only'], protectedPaths: ['/'], allowWritable: [] },
};

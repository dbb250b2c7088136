import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Container, Engine, Execution, Helper, Image } from '../../src/engines/engine.js';
import { ENGINES, openEngine } from '../../src/engines/index.js';
import type { RunSettings } from '../../src/model/target.js';
import { baseImage, buildImage, removeTestImages } from '../support/images.js';
import { docker, leftBehind } from '../support/step.js';

/** What the check relies on, of every engine there is. Tests see what an engine does, not how. */
const SETTINGS: RunSettings = {
  tmpfs: ['/run'],
  volumes: [],
  env: ['GIVEN=a b'],
  user: null,
  command: null,
  options: [],
  platform: null,
  ports: [8080],
};

let id = '';

beforeAll(async () => {
  id = await buildImage(
    'contract',
    `FROM ${await baseImage()}
     RUN mkdir -p /app/full /app/empty /data && echo 1 > /app/full/file && ln -s full /app/link && chown 1000 /data
     VOLUME /data
     USER 1000:7
     EXPOSE 8080 9090/udp 443/tcp
     CMD ["httpd", "-f", "-p", "8080", "-h", "/app"]`,
  );
});

afterAll(removeTestImages);

describe.each(Object.keys(ENGINES))('%s', (name) => {
  let run = '';
  let engine: Engine;
  let image: Image;
  let helper: Helper;

  beforeEach(async () => {
    run = randomUUID().slice(0, 13);
    engine = openEngine(name, { run, signal: new AbortController().signal });
    image = await engine.inspect(id, null);
    const script = '#!/bin/sh\necho "helper as $(id -u)"\n';
    helper = engine.bringIn(image, [{ name: 'script', content: Buffer.from(script), mode: 0o555 }]);
    await helper.ready;
  });

  afterEach(async () => {
    await helper[Symbol.asyncDispose]();
    expect(await engine.close()).toEqual([]);
    expect(await leftBehind(run)).toEqual([]);
  });

  const start = (settings: Partial<RunSettings> = {}, root: 'read-only' | 'writable' = 'read-only') =>
    engine.start(image, { ...SETTINGS, ...settings }, root, helper);

  test('says what it is', async () => {
    const { version, platform } = await engine.describe();
    expect(version).toMatch(/\d/);
    expect(platform).toMatch(/^linux\/\w+$/);
  });

  describe('images', () => {
    test('are read: who, what ports, what volumes', () => {
      expect(image).toMatchObject({
        id,
        reference: id,
        digest: null,
        user: '1000:7',
        volumes: ['/data'],
        ports: [443, 8080],
        hasHealthcheck: false,
      });
      expect(image.platform).toMatch(/^linux\//);
    });

    test('are found by tag, by ID, and by the ID without its algorithm', async () => {
      const tag = `immutable-check-test/contract:${process.pid}`;
      // Removed with the image.
      await docker('tag', id, tag);
      for (const reference of [tag, id, id.slice('sha256:'.length), id.slice('sha256:'.length, 24)]) {
        expect(await engine.inspect(reference, null)).toMatchObject({ id, reference });
      }
    });

    test('that are nowhere are told as that', async () => {
      const missing = ['immutable-check.invalid/a:1', `sha256:${'1'.repeat(64)}`];
      for (const reference of missing)
        await expect(engine.inspect(reference, null)).rejects.toMatchObject({ code: 'image-not-found' });
    });

    test('hold something at a path, or do not', async () => {
      expect(await engine.holds(image, '/app/full')).toBe(true);
      expect(await engine.holds(image, '/app/full/file')).toBe(true);
      expect(await engine.holds(image, '/app/link')).toBe(true);
      expect(await engine.holds(image, '/app/empty')).toBe(false);
      expect(await engine.holds(image, '/app/none')).toBe(false);
    });
  });

  describe('a container', () => {
    test('is reached at its address', async () => {
      await using container = await start();
      expect(await fetched(container, '/full/file')).toBe('1\n');
      expect(await container.state()).toMatchObject({ kind: 'running', health: 'none', restarts: 0 });
    });

    test('whose port is not published has no address', async () => {
      await using container = await start();
      expect(() => container.address(9999)).toThrow(/port 9999 is not published/);
    });

    test('has a read-only root filesystem, or a writable one, and its tmpfs only in the first', async () => {
      await using closed = await start({ user: '0' });
      await using open = await start({ user: '0' }, 'writable');
      expect([closed.rootReadOnly, open.rootReadOnly]).toEqual([true, false]);
      const write = ['sh', '-c', 'touch /app/x'];
      expect((await result(closed.run(write))).exitCode).not.toBe(0);
      expect((await result(open.run(write))).exitCode).toBe(0);
      const mounted = ['grep', '-c', ' /run tmpfs', '/proc/mounts'];
      expect((await result(closed.run(mounted))).output).toBe('1\n');
      expect((await result(open.run(mounted))).output).toBe('0\n');
    });

    test('runs commands as its own user, or as whom is said, and tells how they end', async () => {
      await using container = await start();
      const who = ['sh', '-c', 'echo $(id -u):$(id -g)'];
      expect(await result(container.run(who))).toEqual({ output: '1000:7\n', exitCode: 0, stderr: '' });
      for (const as of [
        { uid: 0, gid: 0 },
        { uid: 4711, gid: 815 },
      ])
        expect((await result(container.run(who, { as }))).output).toBe(`${as.uid}:${as.gid}\n`);
      expect(await result(container.run(['sh', '-c', 'echo no >&2; exit 42']))).toMatchObject({
        exitCode: 42,
        stderr: 'no\n',
      });
      expect((await result(container.run(['/no/such/program']))).exitCode).toBeGreaterThan(125);
    });

    test('gives what a command prints as it comes, bytes unchanged, and hands it its input', async () => {
      await using container = await start();
      const slow = container.run(['sh', '-c', 'echo first; sleep 2; echo second']);
      const begin = performance.now();
      for await (const chunk of slow.output) {
        expect(Buffer.from(chunk).toString()).toBe('first\n');
        expect(performance.now() - begin).toBeLessThan(1900);
        break;
      }
      const bytes = Buffer.from([...Array(256).keys()]);
      const large = Buffer.concat(Array(4096).fill(bytes));
      expect(await raw(container.run(['cat'], { input: large }))).toEqual(large);
    });

    test('has the helper files, which it cannot change', async () => {
      await using container = await start();
      const script = `${helper.directory}/script`;
      expect((await result(container.run([script], { as: { uid: 4711, gid: 4711 } }))).output).toBe('helper as 4711\n');
      const change = ['sh', '-c', `echo x >> ${script} || rm ${script} || touch ${helper.directory}/y`];
      expect((await result(container.run(change, { as: { uid: 0, gid: 0 } }))).exitCode).not.toBe(0);
    });

    test('has the variables that are given', async () => {
      await using container = await start();
      expect((await result(container.run(['sh', '-c', 'echo "$GIVEN"']))).output).toBe('a b\n');
    });

    test('tells what changed in it, whatever its name, and nothing of its mounts', async () => {
      await using container = await start({ user: '0' }, 'writable');
      const script =
        'echo 2 > /app/full/file; touch \'/app/a b\'; rm /app/link; touch /data/x /dev/shm/x; touch "/app/l\nA /n"';
      await result(container.run(['sh', '-c', script]));
      const changes = await container.changes();
      expect(changes).toEqual(
        expect.arrayContaining([
          { path: '/app/full/file', change: 'changed' },
          { path: '/app/a b', change: 'added' },
          { path: '/app/link', change: 'deleted' },
        ]),
      );
      expect(changes.some(({ path }) => path.startsWith('/data/') || path.startsWith('/dev/'))).toBe(false);
    });

    test('keeps what it printed, and gives the last lines', async () => {
      const command = ['sh', '-c', 'for i in 1 2 3 4 5; do echo out$i; done; echo err >&2; sleep 60'];
      await using container = await start({ command });
      await until(async () =>
        Buffer.from(await container.logs(10))
          .toString()
          .includes('err'),
      );
      const lines = Buffer.from(await container.logs(3)).toString();
      expect(lines).toContain('out5');
      expect(lines).not.toContain('out2');
    });

    test('that ends says with which code', async () => {
      await using container = await start({ command: ['sh', '-c', 'exit 9'] });
      await until(async () => (await container.state()).kind === 'ended');
      expect(await container.state()).toEqual({ kind: 'ended', exitCode: 9, reason: null });
    });

    test('says whether it is healthy', async () => {
      const health = (command: string) => ({
        options: ['--health-cmd', command, '--health-interval', '1s', '--health-retries', '1'],
      });
      await using well = await start(health('true'));
      await using ill = await start(health('false'));
      const of = async (container: Container) => {
        const state = await container.state();
        return state.kind === 'running' ? state.health : state.kind;
      };
      await until(async () => (await of(well)) === 'healthy' && (await of(ill)) === 'unhealthy');
    });

    test('tells its mounts, and which of them the run declares', async () => {
      const volume = `immutable-check-test-contract-${process.pid}`;
      await using container = await start({
        tmpfs: ['/run', '/cache:ro,size=1m'],
        volumes: ['/tmp:/host:ro', `${volume}:/named`, '/anonymous'],
      });
      const mounts = Object.fromEntries(container.mounts.map(({ path, ...rest }) => [path, rest]));
      expect(mounts).toMatchObject({
        '/run': { kind: 'tmpfs', writable: true, declared: true },
        '/cache': { kind: 'tmpfs', writable: false, declared: true },
        '/host': { kind: 'bind', source: '/tmp', writable: false, declared: true },
        '/named': { kind: 'volume', source: volume, writable: true, declared: true },
        '/anonymous': { kind: 'volume', writable: true },
        '/data': { kind: 'volume', writable: true, declared: false },
      });
      expect(Object.keys(mounts)).not.toContain(helper.directory);
    });

    test('that cannot be started is told as that', async () => {
      await expect(start({ command: ['/no/such/program'] })).rejects.toMatchObject({ code: 'not-started' });
      await expect(start({ options: ['--no-such-flag'] })).rejects.toMatchObject({ code: 'not-started' });
    });
  });

  test('runs a helper program as the only process of a container that is otherwise the same', async () => {
    const argv = [`${helper.directory}/script`];
    await using container = await engine.alone(image, SETTINGS, 'read-only', helper, argv);
    expect(await result(container.execution)).toMatchObject({ output: 'helper as 1000\n', exitCode: 0 });
    expect(container.mounts.some(({ path, declared }) => path === '/data' && !declared)).toBe(true);
    await using failing = await engine.alone(image, SETTINGS, 'read-only', helper, [...argv, 'x']);
    expect((await result(failing.execution)).exitCode).toBe(0);
  });

  test('removes a container with its anonymous volumes, and the volumes that it made for the run', async () => {
    const volume = `immutable-check-test-made-${process.pid}`;
    const before = await volumes();
    const container = await start({ volumes: [`${volume}:/named`] });
    expect(await leftBehind(run)).toContain(`container ${container.name}`);
    expect((await volumes()).filter((one) => !before.includes(one)).length).toBeGreaterThanOrEqual(2);
    const { source } = container.mounts.find(({ path }) => path === '/data') ?? {};
    await container[Symbol.asyncDispose]();
    await helper[Symbol.asyncDispose]();
    expect(await engine.close()).toEqual([]);
    expect(await leftBehind(run)).toEqual([]);
    const after = await volumes();
    expect(after).not.toContain(volume);
    expect(after).not.toContain(source);
  });

  test('leaves alone a volume that was there before', async () => {
    const volume = `immutable-check-test-there-${process.pid}`;
    await docker('volume', 'create', volume);
    try {
      const container = await start({ volumes: [`${volume}:/named`] });
      await container[Symbol.asyncDispose]();
      await engine.close();
      await engine.removeAll();
      expect(await volumes()).toContain(volume);
    } finally {
      await docker('volume', 'rm', '--force', volume);
    }
  });

  test('removes everything that another instance of the same run made, and nothing of another run', async () => {
    await start();
    await using other = await otherRun();
    const sweeper = openEngine(name, { run, signal: new AbortController().signal });
    expect((await leftBehind(run)).length).toBeGreaterThanOrEqual(2);
    expect(await sweeper.removeAll()).toEqual([]);
    expect(await leftBehind(run)).toEqual([]);
    expect((await leftBehind(other.run)).length).toBeGreaterThan(0);
  });

  test('does not begin anything once it is cancelled, and cleans up all the same', async () => {
    const cancelling = new AbortController();
    const cancelled = openEngine(name, { run, signal: cancelling.signal });
    const container = await cancelled.start(image, SETTINGS, 'read-only', helper);
    cancelling.abort(new Error('cancelled'));
    await expect(container.state()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(cancelled.start(image, SETTINGS, 'read-only', helper)).rejects.toMatchObject({ code: 'cancelled' });
    await container[Symbol.asyncDispose]();
    expect(await cancelled.close()).toEqual([]);
    expect((await leftBehind(run)).filter((what) => what.includes('read-only'))).toEqual([]);
  });

  async function otherRun(): Promise<AsyncDisposable & { run: string }> {
    const other = randomUUID().slice(0, 13);
    const beside = openEngine(name, { run: other, signal: new AbortController().signal });
    const files = beside.bringIn(image, []);
    await files.ready;
    return {
      run: other,
      async [Symbol.asyncDispose]() {
        await files[Symbol.asyncDispose]();
        expect(await beside.removeAll()).toEqual([]);
      },
    };
  }
});

test('an engine that does not exist is told with those that do', () => {
  const options = { run: 'x', signal: new AbortController().signal };
  for (const name of ['lxc', '__proto__', 'constructor', ''])
    expect(() => openEngine(name, options)).toThrow(/There is no engine .* Known: docker/);
});

async function raw(execution: Execution): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of execution.output) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function result(execution: Execution): Promise<{ output: string; exitCode: number; stderr: string }> {
  const output = (await raw(execution)).toString();
  return { output, ...(await execution.done) };
}

async function volumes(): Promise<string[]> {
  return (await docker('volume', 'ls', '--quiet')).split('\n');
}

/** What comes at this path, asked until something does. */
async function fetched(container: Container, path: string): Promise<string> {
  const { host, port } = container.address(8080);
  let body = '';
  await until(
    () =>
      new Promise((resolve) => {
        const asked = request({ host, port, path }, (response) => {
          body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => resolve(true));
        });
        asked.on('error', () => resolve(false)).end();
      }),
  );
  return body;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error('It did not come to that in 20 seconds.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

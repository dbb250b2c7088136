import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Client, lastLines } from '../../../../src/engines/docker/client.js';
import { DockerContainer } from '../../../../src/engines/docker/container.js';
import { CheckError } from '../../../../src/model/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'immutable-check-client-'));
const never = new AbortController().signal;
let scripts = 0;
afterAll(() => rmSync(folder, { recursive: true }));

/** A client that is this shell script. */
function clientThat(script: string, signal: AbortSignal = never, env: NodeJS.ProcessEnv = process.env): Client {
  const program = join(folder, `docker-${scripts++}`);
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return new Client(program, signal, env);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (thrown) {
    return thrown instanceof CheckError ? `${thrown.code}: ${thrown.message}` : `not a CheckError: ${thrown}`;
  }
}

const says = (text: string) => `echo ${JSON.stringify(text)} >&2; exit 1`;

describe('what goes wrong becomes what a person can act on', () => {
  const connect = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
  test.each<[string, string, RegExp]>([
    ['no engine', says(connect), /^no-engine: No Docker engine answers: Cannot connect.*systemctl start docker/],
    ['no engine, Docker 28', says('failed to connect to the docker API at unix:///x'), /^no-engine: No Docker engine/],
    ['a DOCKER_HOST of nobody', says('error during connect: Get "http://x": dial tcp'), /^no-engine: .*DOCKER_HOST/],
    [
      'no permission',
      says('permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock'),
      /^no-engine: The Docker engine runs, but this user may not use it.*group "docker"/,
    ],
    [
      'anything else',
      says('Error: No such volume: x'),
      /^engine-failed: `\S+ volume rm` failed with exit code 1: Error/,
    ],
    ['nothing said', 'exit 3', /failed with exit code 3: it printed nothing\.$/],
  ])('%s', async (_, script, message) => {
    expect(await codeOf(clientThat(script).demand(['volume', 'rm', 'x']))).toMatch(message);
  });

  test('an answer to a question is no failure', async () => {
    const { exitCode, stderr } = await clientThat(says('Error: No such image: x')).ask(['image', 'inspect', 'x']);
    expect([exitCode, stderr]).toEqual([1, 'Error: No such image: x\n']);
  });

  test('no client', async () => {
    const client = new Client('immutable-check-no-such-program', never);
    const message = /^no-engine: There is no `immutable-check-no-such-program` program on the path/;
    expect(await codeOf(client.ask(['version']))).toMatch(message);
    expect(await codeOf(client.follow(['build'], {}, () => {}))).toMatch(message);
  });

  // The first has a child of its own, which keeps the output open: nobody waits for it.
  test.each(['sleep 20; true', 'exec sleep 20'])('cancelled: %s', async (script) => {
    const cancelling = new AbortController();
    const asked = codeOf(clientThat(script, cancelling.signal).ask(['version']));
    setTimeout(() => cancelling.abort(), 300);
    const start = performance.now();
    expect(await asked).toMatch(/^cancelled:/);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('cleaning up goes on although the check was cancelled', async () => {
    const { exitCode } = await clientThat('exit 0', AbortSignal.abort()).clean(['rm']);
    expect(exitCode).toBe(0);
  });
});

describe('the tokens of a workflow', () => {
  const env = {
    PATH: process.env.PATH,
    HOME: '/home/x',
    DOCKER_HOST: 'unix:///x',
    GITHUB_TOKEN: 's3cret',
    GH_TOKEN: 's3cret',
    ACTIONS_RUNTIME_TOKEN: 's3cret',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 's3cret',
    'INPUT_GITHUB-TOKEN': 's3cret',
    INPUT_ENV: 'A=s3cret',
  };
  test.each(['ask', 'start', 'follow', 'clean'] as const)('do not get to the client by %s', async (how) => {
    const client = clientThat('env', never, env);
    let seen = '';
    switch (how) {
      case 'ask':
      case 'clean':
        seen = Buffer.from((await client[how](['x'])).stdout).toString();
        break;
      case 'start':
        for await (const chunk of client.start(['x']).output) seen += Buffer.from(chunk).toString();
        break;
      case 'follow':
        await client.follow(['x'], { DOCKER_BUILDKIT: '1' }, (chunk) => {
          seen += Buffer.from(chunk).toString();
        });
        break;
    }
    expect(seen).toContain('DOCKER_HOST=unix:///x');
    expect(seen).toContain('HOME=/home/x');
    expect(seen).not.toContain('s3cret');
  });
});

describe('the last lines', () => {
  test.each<[string, number | undefined, string]>([
    ['', undefined, 'it printed nothing.'],
    [' \n\n', undefined, 'it printed nothing.'],
    ['a\nb\n\nc\nd\ne\n', undefined, 'b c d e.'],
    ['a\nb', 1, 'b.'],
    ['what?', undefined, 'what?'],
    ['\u001b[31mred\u001b[0m', undefined, '\\x1b[31mred\\x1b[0m.'],
    ['x'.repeat(5000), undefined, `${'x'.repeat(800)}.`],
  ])('of %j', (output, count, shown) => {
    expect(lastLines(output, count)).toBe(shown);
  });
});

describe('docker diff', () => {
  const changes = (printed: Uint8Array) => {
    const file = join(folder, `diff-${scripts}`);
    writeFileSync(file, printed);
    const client = clientThat(`cat ${file}`);
    return new DockerContainer(client, 'c', {}, ['/.h'], () => {}).changes();
  };
  test.each<[string, string | Uint8Array, [string, string][]]>([
    ['nothing', '', []],
    [
      'each kind',
      'C /run\nA /run/x\nD /etc/y\n',
      [
        ['/run', 'changed'],
        ['/run/x', 'added'],
        ['/etc/y', 'deleted'],
      ],
    ],
    [
      'a blank and UTF-8',
      'A /a b\nA /é\n',
      [
        ['/a b', 'added'],
        ['/é', 'added'],
      ],
    ],
    ['bytes', Buffer.from([0x41, 0x20, 0x2f, 0xff, 0x1b, 0x0a]), [['/\\xff\\x1b', 'added']]],
    [
      'a line break in a name',
      'A /a\nb\nC /c\n',
      [
        ['/a\\x0ab', 'added'],
        ['/c', 'changed'],
      ],
    ],
    ['two of them', 'A /a\n\nb\n', [['/a\\x0a\\x0ab', 'added']]],
    ['noise before it', 'what\nA /a\n', [['/a', 'added']]],
  ])('%s', async (_, printed, expected) => {
    const seen = await changes(typeof printed === 'string' ? Buffer.from(printed) : printed);
    expect(seen.map(({ path, change }) => [path, change])).toEqual(expected);
  });
});

describe('a container', () => {
  const argv = async (how: Parameters<DockerContainer['run']>[1]): Promise<string[]> => {
    const container = new DockerContainer(clientThat(`for a; do echo "$a"; done; cat`), 'c', {}, ['/.h'], () => {});
    let seen = '';
    for await (const chunk of container.run(['/.h/probe', '--x', 'a b'], how).output) seen += Buffer.from(chunk);
    return seen.trim().split('\n');
  };
  const program = ['--workdir', '/', 'c', '/.h/probe', '--x', 'a b'];
  test.each<[Parameters<DockerContainer['run']>[1], string[]]>([
    [{}, ['exec', ...program]],
    [{ as: { uid: 0, gid: 5 } }, ['exec', '--user', '0:5', ...program]],
    [{ input: Buffer.from('said') }, ['exec', '--interactive', ...program, 'said']],
  ])('runs commands by argv: %j', async (how, expected) => {
    expect(await argv(how)).toEqual(expected);
  });

  test('has an address only where its port is published', () => {
    const at = (json: object) => new DockerContainer(clientThat(''), 'c', { ...json }, ['/.h'], () => {});
    const published = { NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '5' }] } } };
    expect(at(published).address(80)).toEqual({ host: '127.0.0.1', port: 5 });
    expect(() => at(published).address(81)).toThrow(/port 81 is not published/);
    expect(at({ HostConfig: { NetworkMode: 'host' } }).address(81)).toEqual({ host: '127.0.0.1', port: 81 });
  });

  test('says of its root what the engine says', () => {
    const at = (HostConfig: object) => new DockerContainer(clientThat(''), 'c', { HostConfig }, ['/.h'], () => {});
    expect(at({ ReadonlyRootfs: true }).rootReadOnly).toBe(true);
    expect(at({}).rootReadOnly).toBe(false);
  });

  test('gives the end of its log, both streams', async () => {
    const client = clientThat('head -c 100000 /dev/zero | tr "\\0" x; echo END; echo ERR >&2');
    const logs = Buffer.from(await new DockerContainer(client, 'c', {}, ['/.h'], () => {}).logs(20)).toString();
    expect(logs.length).toBe(64 * 1024);
    expect(logs).toMatch(/xEND\nERR\n$/);
  });
});

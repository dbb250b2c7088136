import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  first,
  type Json,
  readImage,
  readMounts,
  readPorts,
  readState,
} from '../../../../src/engines/docker/inspection.js';
import { CheckError } from '../../../../src/model/errors.js';

/** What Docker 20.10 said; fixtures/README.md tells how they were made. */
const recorded = (name: string): Json => first(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url)));
const ID = `sha256:${'b'.repeat(64)}`;

describe('an image', () => {
  test('as the engine tells it', () => {
    expect(readImage(recorded('image'), 'x:1')).toEqual({
      id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      reference: 'x:1',
      digest: null,
      user: '1000:5',
      volumes: ['/config', '/data'],
      ports: [8080, 8443],
      hasHealthcheck: true,
      platform: 'linux/amd64',
    });
  });

  test.each<[Json, object]>([
    [{}, { user: '', volumes: [], ports: [], hasHealthcheck: false, digest: null, platform: 'linux/' }],
    [
      { Config: null, RepoDigests: null },
      { user: '', digest: null },
    ],
    [{ Config: { Volumes: null, ExposedPorts: [] } }, { volumes: [], ports: [] }],
    [{ Config: { ExposedPorts: { '9/udp': {}, '8/sctp': {}, '70/tcp': {}, '6': {}, x: {} } } }, { ports: [6, 70] }],
    [{ Config: { Healthcheck: { Test: ['NONE'] } } }, { hasHealthcheck: false }],
    [{ Config: { Healthcheck: { Test: ['CMD', 'x'] } } }, { hasHealthcheck: true }],
    [{ RepoDigests: ['r.example/x@sha256:1', 'y@sha256:2'] }, { digest: 'sha256:1' }],
    [{ Os: 'linux', Architecture: 'arm64', Variant: 'v8' }, { platform: 'linux/arm64/v8' }],
  ])('%j', (json, image) => {
    expect(readImage({ Id: ID, ...json }, 'x')).toMatchObject(image);
  });

  test.each(['', 'sha256:short', `${ID}x`, 7])('without an ID (%j) is none', (Id) => {
    expect(() => readImage({ Id }, 'x')).toThrow(CheckError);
  });
});

describe('mounts', () => {
  test('as they were asked for: --tmpfs, --mount, -v, and the VOLUME that nobody named', () => {
    const mounts = readMounts(recorded('container'), ['/.helper']);
    expect(mounts).toHaveLength(7);
    expect(Object.fromEntries(mounts.map(({ path, ...mount }) => [path, mount]))).toEqual({
      '/run': { kind: 'tmpfs', source: '', writable: true, declared: true },
      '/tmp': { kind: 'tmpfs', source: '', writable: false, declared: true },
      '/cache': { kind: 'tmpfs', source: '', writable: true, declared: true },
      '/srv': { kind: 'volume', source: 'ic-unit-v', writable: false, declared: true },
      '/data': { kind: 'volume', source: 'ic-unit-v', writable: true, declared: true },
      '/bind': { kind: 'bind', source: '/tmp/fx', writable: true, declared: true },
      '/config': { kind: 'volume', source: expect.stringMatching(/^[0-9a-f]{64}$/), writable: true, declared: false },
    });
  });

  test('without any', () => expect(readMounts(recorded('host-network'), ['/.helper'])).toEqual([]));
});

describe('ports', () => {
  test('that are published on loopback, TCP alone', () => {
    const { hostNetwork, published } = readPorts(recorded('container'));
    expect(hostNetwork).toBe(false);
    expect([...published]).toEqual([[8080, { host: '127.0.0.1', port: 32925 }]]);
  });

  test('the host’s network has none of its own', () => {
    expect(readPorts(recorded('host-network'))).toEqual({ hostNetwork: true, published: new Map() });
  });

  const bound = (...hosts: [string, string][]): Json => ({
    NetworkSettings: { Ports: { '80/tcp': hosts.map(([HostIp, HostPort]) => ({ HostIp, HostPort })) } },
  });
  test.each<[string, Json, object | undefined]>([
    ['everywhere', bound(['0.0.0.0', '5'], ['::', '6']), { host: '127.0.0.1', port: 5 }],
    ['elsewhere', bound(['10.0.0.1', '5']), { host: '10.0.0.1', port: 5 }],
    ['loopback before others', bound(['10.0.0.1', '5'], ['127.0.0.1', '6']), { host: '127.0.0.1', port: 6 }],
    ['nowhere yet', bound(['127.0.0.1', '']), undefined],
    ['not at all', {}, undefined],
  ])('%s', (_, json, address) => {
    expect(readPorts(json).published.get(80)).toEqual(address);
  });
});

describe('state', () => {
  test.each<[string, object]>([
    ['container', { kind: 'running', health: 'healthy', restarts: 0 }],
    ['host-network', { kind: 'running', health: 'none', restarts: 0 }],
    ['killed', { kind: 'ended', exitCode: 137, reason: null }],
    ['not-started', { kind: 'ended', exitCode: 127, reason: expect.stringContaining('no such file') }],
  ])('of %s', (name, state) => {
    expect(readState(recorded(name))).toEqual(state);
  });

  test.each<[Json, object]>([
    [{}, { kind: 'ended', exitCode: -1, reason: null }],
    [{ State: { Running: true, Restarting: true, ExitCode: 1 } }, { kind: 'ended', exitCode: 1 }],
    [
      { State: { Running: true, Health: { Status: 'starting' } }, RestartCount: 2 },
      { health: 'starting', restarts: 2 },
    ],
    [{ State: { Running: true, Health: { Status: 'odd' } } }, { health: 'none' }],
    [{ State: { ExitCode: 137, OOMKilled: true } }, { reason: 'it was killed for want of memory' }],
    [{ State: { Error: 'a\u001b[2Jb' } }, { reason: 'a\\x1b[2Jb' }],
    [{ State: { Running: 'true' } }, { kind: 'ended' }],
  ])('%j', (json, state) => {
    expect(readState(json)).toMatchObject(state);
  });
});

test('an answer without an object is the engine’s fault', () => {
  for (const text of ['[]', 'null', '"x"', '[[]]']) expect(() => first(Buffer.from(text))).toThrow(CheckError);
});

test('foreign JSON of any shape is read, or told as the engine’s fault', () => {
  const shapes = fc.dictionary(
    fc.constantFrom('State', 'Config', 'HostConfig', 'Mounts', 'NetworkSettings', 'RepoDigests', 'Id'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(shapes, (json) => {
      readState(json as Json);
      readPorts(json as Json);
      readMounts(json as Json, ['/.h']);
      try {
        readImage(json as Json, 'x');
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(CheckError);
      }
    }),
  );
});

import { CheckError } from '../../model/errors.js';
import type { MountRequest } from '../../model/evidence.js';
import { normalisePath } from '../../model/places.js';
import { printable } from '../../platform/log.js';
import type { ContainerState, Image } from '../engine.js';

/**
 * What `docker inspect` says, read as foreign JSON: every field is asked for, none is taken for granted.
 * Field names are those of the Engine API.
 */
export type Json = Readonly<Record<string, unknown>>;

export function first(stdout: Uint8Array): Json {
  const parsed: unknown = JSON.parse(Buffer.from(stdout).toString('utf8'));
  const entry = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isObject(entry))
    throw new CheckError('engine-failed', 'The engine answered an inspection with no object in it.');
  return entry;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function readImage(json: Json, reference: string): Image {
  const config = object(json.Config);
  const id = text(json.Id);
  if (!/^sha256:[0-9a-f]{64}$/.test(id)) {
    throw new CheckError('engine-failed', `The engine gives the image "${reference}" no ID to address it by.`);
  }
  const digests = list(json.RepoDigests).map((name) => text(name).split('@')[1] ?? '');
  const variant = text(json.Variant);
  return {
    id,
    reference,
    digest: digests.find((digest) => digest !== '') ?? null,
    user: text(config.User),
    volumes: Object.keys(object(config.Volumes)).sort(),
    ports: Object.keys(object(config.ExposedPorts))
      .filter((port) => /^\d+(\/tcp)?$/.test(port))
      .map((port) => Number.parseInt(port, 10))
      .sort((a, b) => a - b),
    // `HEALTHCHECK NONE` is a health check of the single word NONE.
    hasHealthcheck:
      list(object(config.Healthcheck).Test).length > 0 && list(object(config.Healthcheck).Test)[0] !== 'NONE',
    platform: [text(json.Os) || 'linux', text(json.Architecture), ...(variant ? [variant] : [])].join('/'),
  };
}

export function readState(json: Json): ContainerState {
  const state = object(json.State);
  if (state.Running === true && state.Restarting !== true) {
    const health = text(object(state.Health).Status);
    return {
      kind: 'running',
      health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
      restarts: typeof json.RestartCount === 'number' ? json.RestartCount : 0,
    };
  }
  const reason = state.OOMKilled === true ? 'it was killed for want of memory' : printable(text(state.Error)) || null;
  return { kind: 'ended', exitCode: typeof state.ExitCode === 'number' ? state.ExitCode : -1, reason };
}

/** Host addresses by container port (`8080/tcp`), and the network mode, where `localhost` is the container's own. */
export function readPorts(json: Json): {
  hostNetwork: boolean;
  published: Map<number, { host: string; port: number }>;
} {
  const published = new Map<number, { host: string; port: number }>();
  for (const [name, bindings] of Object.entries(object(object(json.NetworkSettings).Ports))) {
    const port = /^(\d+)\/tcp$/.exec(name)?.[1];
    for (const binding of list(bindings).map(object)) {
      const hostPort = Number(text(binding.HostPort));
      const hostIp = text(binding.HostIp);
      if (!port || !hostPort) continue;
      // The binding of this check stands on loopback; one of the user's own may stand anywhere.
      const host = hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::' ? '127.0.0.1' : hostIp;
      if (!published.has(Number(port)) || hostIp === '127.0.0.1') published.set(Number(port), { host, port: hostPort });
    }
  }
  return { hostNetwork: text(object(json.HostConfig).NetworkMode) === 'host', published };
}

/**
 * The mounts as they were asked for. `.Mounts` leaves out `--tmpfs` and cannot tell an image's VOLUME from
 * the run's own; `.HostConfig` can. What this check itself mounts (`own`) is left out.
 */
export function readMounts(json: Json, own: readonly string[]): MountRequest[] {
  const host = object(json.HostConfig);
  const asked = new Set<string>();
  const mounts: MountRequest[] = [];
  for (const [written, options] of Object.entries(object(host.Tmpfs))) {
    const path = tidy(written);
    if (own.includes(path)) continue;
    asked.add(path);
    mounts.push({
      path,
      kind: 'tmpfs',
      source: '',
      writable: !text(options).split(',').includes('ro'),
      declared: true,
    });
  }
  for (const bind of list(host.Binds).map(text)) asked.add(tidy(bind.split(':')[1] ?? ''));
  for (const mount of list(host.Mounts).map(object)) {
    const target = tidy(text(mount.Target));
    asked.add(target);
    if (mount.Type === 'tmpfs') {
      mounts.push({
        path: target,
        kind: 'tmpfs',
        source: '',
        writable: mount.ReadOnly !== true,
        declared: true,
      });
    }
  }
  for (const mount of list(json.Mounts).map(object)) {
    const path = tidy(text(mount.Destination));
    if (own.includes(path) || mount.Type === 'tmpfs') continue;
    mounts.push({
      path,
      kind: mount.Type === 'bind' ? 'bind' : 'volume',
      source: text(mount.Name) || text(mount.Source),
      writable: mount.RW === true,
      declared: asked.has(path),
    });
  }
  return mounts;
}

/** As the kernel tells it: what users write may end with a slash. */
function tidy(path: string): string {
  return normalisePath(path) ?? path;
}

/** Whether the engine runs something in the container as its own user, or other processes are seen in it. */
export function readOwnUserCounts(json: Json): boolean {
  const test = list(object(object(json.Config).Healthcheck).Test);
  return (test.length > 0 && test[0] !== 'NONE') || text(object(json.HostConfig).PidMode) !== '';
}

/** Given rights with which mounts, or what others in the container are told, can be changed. */
export function readPowers(json: Json): string[] {
  const host = object(json.HostConfig);
  const added = list(host.CapAdd).map((name) => text(name).toUpperCase().replace(/^CAP_/, ''));
  return [
    ...(host.Privileged === true ? ['--privileged'] : []),
    ...added
      .filter((name) => ['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE'].includes(name))
      .map((name) => `CAP_${name}`),
  ];
}

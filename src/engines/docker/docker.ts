import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckError } from '../../model/errors.js';
import type { ImageSource, RunSettings } from '../../model/target.js';
import type { Container, Engine, Execution, Helper, HelperFile, Image, Root } from '../engine.js';
import { archive, holdsSomething } from './archive.js';
import {
  aloneArguments,
  buildArguments,
  helperArguments,
  type Names,
  namedVolumes,
  RUN_LABEL,
  runArguments,
  writableDirectory,
} from './arguments.js';
import { Client, lastLines } from './client.js';
import { DockerContainer } from './container.js';
import { first, object, readImage, text } from './inspection.js';
import { Leftovers } from './leftovers.js';

/** What Docker puts into every container by itself, and everything that is mounted in it. Seen on Docker 20.10 to 28. */
const PROVIDED = ['/dev', '/dev/pts', '/dev/shm', '/dev/mqueue', '/proc', '/sys'] as const;

export class Docker implements Engine {
  readonly name = 'docker';
  readonly capabilities = { provided: PROVIDED };
  readonly #client: Client;
  readonly #run: string;
  readonly #leftovers: Leftovers;
  #described: Promise<{ version: string; platform: string }> | null = null;
  #count = 0;

  /** `run` is the ID of this run: the label of everything that is made. */
  constructor(run: string, signal: AbortSignal, env?: NodeJS.ProcessEnv) {
    this.#run = run;
    this.#client = new Client('docker', signal, env);
    this.#leftovers = new Leftovers(this.#client, run);
  }

  /** Asked once, however often. */
  describe(): Promise<{ version: string; platform: string }> {
    this.#described ??= this.#ask();
    return this.#described;
  }

  async #ask(): Promise<{ version: string; platform: string }> {
    const answer = await this.#client.demand(['version', '--format', '{{json .Server}}']);
    const server = object(JSON.parse(Buffer.from(answer).toString('utf8')));
    return { version: text(server.Version), platform: `${text(server.Os) || 'linux'}/${text(server.Arch)}` };
  }

  async build(source: Extract<ImageSource, { kind: 'build' }>, print: (chunk: Uint8Array) => void): Promise<Image> {
    const folder = await mkdtemp(join(tmpdir(), 'immutable-check-'));
    try {
      const iidFile = join(folder, 'iid');
      let tail = '';
      const env = await this.#builder();
      const classic = (env.DOCKER_BUILDKIT ?? process.env.DOCKER_BUILDKIT) === '0';
      const exitCode = await this.#client.follow(buildArguments(source, iidFile, classic), env, (chunk) => {
        tail = (tail + Buffer.from(chunk).toString('utf8')).slice(-16 * 1024);
        print(chunk);
      });
      if (exitCode !== 0) {
        // A daemon that is not there is told as that, not as a Dockerfile's fault.
        await this.#ask();
        throw new CheckError(
          'build-failed',
          `\`docker build\` failed with exit code ${exitCode}. Its last lines: ${lastLines(tail, 8)} Mend the Dockerfile or the build inputs; the log holds the whole output.`,
        );
      }
      const id = (await readFile(iidFile, 'utf8')).trim();
      const inspected = await this.#client.ask(['image', 'inspect', '--', id]);
      if (inspected.exitCode !== 0) {
        throw new CheckError(
          'build-failed',
          `The build succeeded, but the engine does not have its image ${id}: the builder keeps it to itself. Add \`--load\` to build-options.`,
        );
      }
      return readImage(first(inspected.stdout), source.file ?? join(source.context, 'Dockerfile'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * BuildKit where it is to be had: a client before 23 has it inside and does not use it unless told; a later
   * one has it as the component buildx, and without that only the classic builder works.
   */
  async #builder(): Promise<NodeJS.ProcessEnv> {
    if (process.env.DOCKER_BUILDKIT !== undefined && process.env.DOCKER_BUILDKIT !== '1') return {};
    const [version, buildx] = await Promise.all([
      this.#client.ask(['version', '--format', '{{.Client.Version}}']),
      this.#client.ask(['buildx', 'version']),
    ]);
    const major = Number.parseInt(Buffer.from(version.stdout).toString('utf8'), 10);
    return { DOCKER_BUILDKIT: buildx.exitCode === 0 || major < 23 ? '1' : '0' };
  }

  async inspect(reference: string, platform: string | null): Promise<Image> {
    const found = await this.#client.ask(['image', 'inspect', '--', reference]);
    if (found.exitCode === 0) {
      const image = readImage(first(found.stdout), reference);
      if (platform === null || isID(reference) || samePlatform(image.platform, platform)) return image;
    } else if (isID(reference)) {
      throw new CheckError(
        'image-not-found',
        `There is no image with the ID "${reference}" on this engine, and an ID cannot be pulled. Build or load it in an earlier step of the same job, or name a tag or digest.`,
      );
    }
    const pulled = await this.#client.ask([
      'pull',
      '--quiet',
      ...(platform ? ['--platform', platform] : []),
      '--',
      reference,
    ]);
    if (pulled.exitCode !== 0) {
      throw new CheckError(
        'image-not-found',
        `The image "${reference}" is not on this engine and could not be pulled: ${lastLines(pulled.stderr)} Check the name, and log in to its registry before this step.`,
      );
    }
    return readImage(first(await this.#client.demand(['image', 'inspect', '--', reference])), reference);
  }

  bringIn(image: Image, files: readonly HelperFile[]): Helper {
    const names = this.#names('helper', {
      volume: `immutable-check-${this.#run}-helper`,
      // A name that the image cannot know, so that nothing in it is prepared for this.
      directory: `/.immutable-check-${randomUUID().slice(0, 8)}`,
    });
    this.#leftovers.expect(names.helperVolume);
    const ready = this.#copyIn(image, files, names);
    // Whoever waits for it sees the failure; a check that failed before does not.
    ready.catch(() => {});
    return {
      directory: names.helperDirectory,
      writable: writableDirectory(names.helperDirectory),
      ready,
      [Symbol.asyncDispose]: async () => {
        await ready.catch(() => {});
        this.#leftovers.removeVolume(names.helperVolume);
      },
    };
  }

  /** Through a container that is never started, into a volume that another container may already have mounted. */
  async #copyIn(image: Image, files: readonly HelperFile[], names: Names): Promise<void> {
    await this.#withHelperContainer(image, names, async () => {
      await this.#client.demand(['cp', '-', `${names.container}:${names.helperDirectory}`], { input: archive(files) });
    });
  }

  async #withHelperContainer<T>(image: Image, names: Names, work: () => Promise<T>): Promise<T> {
    this.#leftovers.expect(names.container);
    try {
      const made = await this.#client.ask(helperArguments(image.id, null, names));
      if (made.exitCode !== 0) throw notStarted(made.stderr, 'The image cannot be made into a container');
      return await work();
    } finally {
      this.#leftovers.removeContainer(names.container);
    }
  }

  async start(image: Image, run: RunSettings, root: Root, helper: Helper): Promise<Container> {
    const names = await this.#prepare(root, run, helper);
    const started = await this.#client.ask(runArguments(image.id, run, root, names));
    if (started.exitCode !== 0) {
      this.#leftovers.removeContainer(names.container);
      throw notStarted(started.stderr, `The container could not be started (root filesystem ${root})`);
    }
    return this.#adopt(image, names);
  }

  async alone(
    image: Image,
    run: RunSettings,
    root: Root,
    helper: Helper,
    argv: readonly string[],
  ): Promise<Container & { execution: Execution }> {
    const names = await this.#prepare(`${root}-alone`, run, helper);
    const made = await this.#client.ask(aloneArguments(image.id, { ...run, ports: [] }, root, names, argv));
    if (made.exitCode !== 0) {
      this.#leftovers.removeContainer(names.container);
      throw notStarted(made.stderr, 'The container could not be created');
    }
    const container = await this.#adopt(image, names);
    return Object.assign(container, { execution: this.#client.start(['start', '--attach', names.container]) });
  }

  async holds(image: Image, path: string): Promise<boolean> {
    const names = this.#names('look', {
      volume: `immutable-check-${this.#run}-look`,
      directory: `/.immutable-check-${randomUUID().slice(0, 8)}`,
    });
    this.#leftovers.expect(names.helperVolume);
    try {
      return await this.#withHelperContainer(image, names, () => this.#holdsAt(names.container, path));
    } finally {
      this.#leftovers.removeVolume(names.helperVolume);
    }
  }

  async #holdsAt(container: string, path: string): Promise<boolean> {
    const copying = this.#client.start(['cp', '--follow-link', `${container}:${path}`, '-']);
    const start: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of copying.output) {
      start.push(chunk);
      size += chunk.length;
      if (size >= 3 * 512) break;
    }
    copying.kill();
    const { stderr } = await copying.done;
    if (size > 0) return holdsSomething(Buffer.concat(start));
    if (/could not find|no such file/i.test(stderr)) return false;
    throw new CheckError(
      'engine-failed',
      `The engine does not tell what the image holds at ${path}: ${lastLines(stderr)}`,
    );
  }

  close(): Promise<readonly string[]> {
    return this.#leftovers.close();
  }

  removeAll(): Promise<readonly string[]> {
    return this.#leftovers.removeAll();
  }

  /** Names for a container, and this run's label on the volumes that the engine would make for it without one. */
  async #prepare(part: string, run: RunSettings, helper: Helper): Promise<Names> {
    const names = this.#names(part, {
      volume: `immutable-check-${this.#run}-helper`,
      directory: helper.directory,
    });
    this.#leftovers.expect(names.container);
    await Promise.all(
      namedVolumes(run).map(async (name) => {
        // One that exists keeps its own labels, and stays.
        await this.#client.demand(['volume', 'create', '--label', `${RUN_LABEL}=${this.#run}`, name]);
        this.#leftovers.expect(name);
      }),
    );
    return names;
  }

  /** Takes over a container that was made, if it is made from the image that is to be checked. */
  async #adopt(image: Image, names: Names): Promise<DockerContainer> {
    const remove = () => this.#leftovers.removeContainer(names.container);
    const own = [names.helperDirectory, writableDirectory(names.helperDirectory)];
    try {
      const inspected = first(await this.#client.demand(['container', 'inspect', '--', names.container]));
      if (text(inspected.Image) !== image.id) {
        throw new CheckError(
          'bad-input',
          `The container was made from another image (${text(inspected.Image)}) than the one to check. Input "run-options" holds a word that is no flag, and the engine took it for the image. Take it out.`,
        );
      }
      return new DockerContainer(this.#client, names.container, inspected, own, remove);
    } catch (thrown) {
      remove();
      throw thrown;
    }
  }

  #names(part: string, helper: { volume: string; directory: string }): Names {
    this.#count += 1;
    return {
      run: this.#run,
      container: `immutable-check-${this.#run}-${part}-${this.#count}`,
      helperVolume: helper.volume,
      helperDirectory: helper.directory,
    };
  }
}

function isID(reference: string): boolean {
  return /^(sha256:)?[0-9a-f]{12,64}$/.test(reference);
}

function samePlatform(actual: string, wanted: string): boolean {
  return actual === wanted || actual.startsWith(`${wanted}/`) || wanted.startsWith(`${actual}/`);
}

function notStarted(stderr: string, what: string): CheckError {
  return new CheckError(
    'not-started',
    `${what}: ${lastLines(stderr)} Run it by hand with the same settings to see it; check command, user, volumes and run-options.`,
  );
}

import type { Engine, HelperFile, Image } from '../engines/engine.js';
import { asCheckError, CheckError } from '../model/errors.js';
import type { LayerEvidence } from '../model/evidence.js';
import type { TargetReport } from '../model/report.js';
import type { Layer, Target } from '../model/target.js';
import { judge } from '../model/verdict.js';
import { PROBE } from './attack/probe.js';
import { compose } from './compose.js';
import { checkLayer } from './layer.js';
import { Stopwatch } from './stopwatch.js';

/** Where a check says what is going on. */
export interface Progress {
  info(text: string): void;
  /** Text that a build or an image printed. */
  foreign(text: string): void;
  group(title: string): void;
  end(): void;
  /** A second voice, for what goes on at the same time; heard when `flush` is called. */
  beside(): Progress & { flush(): void };
}

export interface Tools {
  readonly engine: Engine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Called before anything is made on the engine, and waited for. */
  readonly announce: () => Promise<void>;
  /** The probe for a platform, checked against its checksum. */
  readonly probe: (platform: string) => Promise<Uint8Array>;
}

/** One check, from the image to the verdict. It does not throw: what could not be told is in the report. */
export async function check(target: Target, tools: Tools): Promise<TargetReport> {
  const watch = new Stopwatch();
  const errors: CheckError[] = [];
  const evidence: LayerEvidence[] = [];
  let image: Image | null = null;
  let engine: { version: string; platform: string } | null = null;
  try {
    const describing = tools.engine.describe();
    describing.catch(() => {});
    [image] = await watch.time('build', () => Promise.all([obtain(target, tools), tools.announce()]));
    const { run, port } = settle(target, image);
    engine = await describing;
    const found = image;
    await using helper = tools.engine.bringIn(found, [await probeFile(found, engine.platform, tools)]);
    const layer = (which: Layer, progress: Progress) =>
      checkLayer(which, {
        target,
        run,
        port,
        image: found,
        helper,
        engine: tools.engine,
        progress,
        signal: tools.signal,
        watch,
      });
    const beside = mayRunBeside(target);
    const running = target.policy.layers.map((which, index) => {
      const voice = beside && index > 0 ? tools.progress.beside() : null;
      return { start: () => layer(which, voice ?? tools.progress), flush: () => voice?.flush() };
    });
    // One layer's failure must neither hide what another saw nor take the helper away from under it.
    const under = beside ? running.map(({ start }) => settled(start())) : [];
    for (const [index, { start, flush }] of running.entries()) {
      const outcome = await (under[index] ?? settled(start()));
      flush();
      if (outcome instanceof CheckError) errors.push(outcome);
      else evidence.push(outcome);
    }
  } catch (thrown) {
    errors.push(asCheckError(thrown));
  }
  // Whatever a call that was cut off made of it: this is the cause.
  if (tools.signal.aborted) errors.unshift(asCheckError(tools.signal.reason));
  const judgement = judge(target.policy, { volumes: image?.volumes ?? [] }, evidence, errors);
  return compose(target, image, { name: tools.engine.name, ...engine }, evidence, judgement, watch.timings());
}

function settled<T>(work: Promise<T>): Promise<T | CheckError> {
  return work.catch(asCheckError);
}

async function obtain(target: Target, { engine, progress }: Tools): Promise<Image> {
  if (target.source.kind === 'reference') {
    progress.info(`Image ${target.source.reference}`);
    return engine.inspect(target.source.reference, target.source.platform);
  }
  progress.group(`Build ${target.name}`);
  try {
    return await engine.build(target.source, (chunk) =>
      progress.foreign(Buffer.from(chunk).toString('utf8').trimEnd()),
    );
  } finally {
    progress.end();
  }
}

/** Which port a smoke test without one means, and which are published. */
function settle(target: Target, image: Image): { run: Target['run']; port: number | null } {
  const port = target.port ?? image.ports[0] ?? null;
  const asked = target.smokeTests.some(({ request }) => request.port === null);
  if (asked && port === null) {
    throw new CheckError(
      'bad-input',
      'A smoke test names no port, the image exposes none, and the input "port" is empty. Set "port" to the port that the program in the container listens on.',
    );
  }
  return {
    run: { ...target.run, ports: [...new Set([...target.run.ports, ...(asked && port !== null ? [port] : [])])] },
    port,
  };
}

async function probeFile(image: Image, native: string, tools: Tools): Promise<HelperFile> {
  const [os, arch] = image.platform.split('/');
  const same = native.split('/').slice(0, 2).join('/') === `${os}/${arch}`;
  // A program that its own user cannot read cannot be traced by that user either (execve(2)): nobody in the
  // container makes it say what it did not see. An emulator has to read what it runs.
  return { name: PROBE, content: await tools.probe(image.platform), mode: same ? 0o111 : 0o555 };
}

/** Two containers of one image do not disturb each other unless they share something that the run names. */
function mayRunBeside(target: Target): boolean {
  return target.run.volumes.length === 0 && target.run.options.length === 0;
}

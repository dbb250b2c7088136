import type { Image } from '../engines/engine.js';
import type { CheckError } from '../model/errors.js';
import type { LayerEvidence } from '../model/evidence.js';
import type { AttackReport, TargetReport, Timings } from '../model/report.js';
import { sumTallies } from '../model/tally.js';
import type { Target } from '../model/target.js';
import type { Judgement } from '../model/verdict.js';

/** The report of one target, from what was asked, what was seen, and what was judged of it. */
export function compose(
  target: Target,
  image: Image | null,
  engine: { readonly name: string; readonly version?: string; readonly platform?: string },
  evidence: readonly LayerEvidence[],
  judgement: Judgement,
  timings: Timings,
): TargetReport {
  const { source, policy, run } = target;
  return {
    name: target.name,
    verdict: judgement.verdict,
    error: judgement.error ? { code: judgement.error.code, message: judgement.error.message } : null,
    engine: {
      name: engine.name,
      version: engine.version ?? null,
      platform: image?.platform ?? engine.platform ?? null,
    },
    image: {
      reference:
        image?.reference ??
        (source.kind === 'reference' ? source.reference : (source.file ?? `${source.context}/Dockerfile`)),
      id: image?.id ?? null,
      digest: image?.digest ?? null,
      user: image ? (run.user ?? image.user) : null,
      volumes: image?.volumes ?? [],
    },
    policy: {
      layers: policy.layers,
      require: policy.require,
      protectedPaths: policy.protectedPaths,
      allowWritable: policy.allowWritable,
      tmpfs: run.tmpfs,
      volumes: run.volumes,
      runOptions: run.options,
    },
    smoke: evidence.flatMap(({ smoke }) => smoke),
    attack: evidence.flatMap(({ layer, attacks }) => attacks.map((one) => count(layer, one))),
    paths: judgement.paths,
    surface: judgement.surface,
    drift: evidence.flatMap(({ layer, drift }) => drift.slice(0, 1000).map((change) => ({ layer, ...change }))),
    findings: judgement.findings,
    needs: [],
    remedy: null,
    timings,
  };
}

function count(layer: LayerEvidence['layer'], { result, ms }: LayerEvidence['attacks'][number]): AttackReport {
  return { layer, identity: result.identity, ...sumTallies(result.tallies), ms: Math.round(ms) };
}

/** The report of a target that was never checked, because its inputs are wrong or its engine does not exist. */
export function unread(name: string, engine: string, error: CheckError): TargetReport {
  return {
    name: name,
    verdict: 'error',
    error: { code: error.code, message: error.message },
    engine: { name: engine, version: null, platform: null },
    image: { reference: name, id: null, digest: null, user: null, volumes: [] },
    policy: { layers: [], require: [], protectedPaths: [], allowWritable: [], tmpfs: [], volumes: [], runOptions: [] },
    smoke: [],
    attack: [],
    paths: [],
    surface: [],
    drift: [],
    findings: [],
    needs: [],
    remedy: null,
    timings: { build: 0, start: 0, smoke: 0, attack: 0, permissions: 0, diagnose: 0, total: 0 },
  };
}

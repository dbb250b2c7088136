import { CheckError } from './errors.js';
import type { LayerEvidence } from './evidence.js';
import { judgeAliases } from './judge/aliases.js';
import { judgeAttack, judgePrivileged } from './judge/attack.js';
import { judgeBehaviour, unasked } from './judge/behaviour.js';
import { judgeControls } from './judge/controls.js';
import { judgePaths } from './judge/paths.js';
import { judgePlaces } from './judge/places.js';
import { describeSurface } from './judge/surface.js';
import { judgeMounts, judgeWays } from './judge/ways.js';
import type { Example, Finding, PathReport, Protection, SurfaceReport, Verdict } from './report.js';
import { LAYERS, type Layer, type Policy } from './target.js';

export interface Judgement {
  readonly verdict: Verdict;
  /** The first thing that could not be told; null where everything was. */
  readonly error: CheckError | null;
  readonly findings: readonly Finding[];
  readonly paths: readonly PathReport[];
  readonly surface: readonly SurfaceReport[];
}

/**
 * The only place that decides. `fail` beats `error` beats `pass`, and `pass` needs everything that was planned
 * to have been seen: a layer without evidence, an attack without an identity, a protected path that no attempt
 * told anything about are each an error.
 */
export function judge(
  policy: Policy,
  image: { readonly volumes: readonly string[] },
  evidence: readonly LayerEvidence[],
  errors: readonly CheckError[],
): Judgement {
  const findings: Finding[] = [];
  const untold: CheckError[] = [...errors];
  const offset = new Map<Layer, number>();
  let attacks = 0;
  untold.push(...unplanned(policy));
  for (const layer of policy.layers) {
    const seen = evidence.find((one) => one.layer === layer);
    if (!seen) continue;
    offset.set(layer, attacks);
    attacks += seen.attacks.length;
    const required = policy.require.includes(layer);
    findings.push(
      ...judgeBehaviour(seen, required),
      ...judgeAttack(seen, required, image.volumes),
      ...judgeMounts(seen, required),
      ...judgeAliases(seen, required),
      ...judgePlaces(seen, policy),
    );
    untold.push(...seen.errors);
    for (const { result } of seen.attacks) {
      const blind = judgeControls(result);
      if (blind) untold.push(blind);
    }
    const silent = unasked(seen);
    if (silent) untold.push(new CheckError('not-observed', `In the layer "${layer}" ${silent}`));
  }
  const planned = evidence.filter(({ layer }) => policy.layers.includes(layer));
  findings.push(...judgePrivileged(planned), ...judgeWays(planned));
  const paths = policy.protectedPaths.map((path): PathReport => {
    const told = new Map<Layer, { protection: Protection; examples: readonly Example[]; error: CheckError | null }>();
    for (const layer of LAYERS) {
      const seen = policy.layers.includes(layer) ? evidence.find((one) => one.layer === layer) : undefined;
      if (!policy.layers.includes(layer)) continue;
      told.set(layer, judgePaths(path, layer, seen ?? null, offset.get(layer) ?? 0));
    }
    for (const { error } of told.values()) if (error) untold.push(error);
    return {
      path,
      readOnly: told.get('read-only')?.protection ?? 'not-tested',
      permissions: told.get('permissions')?.protection ?? 'not-tested',
      examples: [...told.values()].flatMap(({ examples }) => examples).slice(0, 20),
    };
  });
  findings.sort((a, b) => rank(a) - rank(b));
  const broken = findings.some((finding) => finding.level === 'error');
  // The cause that a person can act on comes before the mere fact that something was not seen.
  const error = untold.find((one) => one.code !== 'not-observed') ?? untold[0] ?? null;
  return {
    verdict: broken ? 'fail' : error ? 'error' : 'pass',
    error,
    findings,
    paths,
    surface: describeSurface(evidence.find((one) => one.layer === 'read-only') ?? null, offset.get('read-only') ?? 0),
  };
}

/** A policy that asks for nothing cannot be met: it would pass whatever is seen. */
function unplanned({ layers, require, protectedPaths }: Policy): CheckError[] {
  const left = require.filter((layer) => !layers.includes(layer));
  return [
    ...(protectedPaths.length === 0 ? ['no path is protected.'] : []),
    ...(require.length === 0 ? ['no layer is required.'] : []),
    ...left.map((layer) => `the layer "${layer}" is required, and was not to be checked.`),
  ].map((why) => new CheckError('not-observed', `Nothing can be told: ${why}`));
}

function rank(finding: Finding): number {
  return { error: 0, warning: 1, note: 2 }[finding.level];
}

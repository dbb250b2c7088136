import type { LayerEvidence } from '../evidence.js';
import { describeIdentity } from '../identity.js';
import type { AttackResult, MountAttempt } from '../observation.js';
import type { Finding } from '../report.js';
import { LAYER_WORDS } from './behaviour.js';

/** Whether an identity can change the mounts, and with them what they protect. */
export function judgeMounts(seen: LayerEvidence, required: boolean): Finding[] {
  return [
    ...seen.attacks.flatMap(({ result }) => describeMounts(seen, result, required)),
    ...judgePowers(seen, required),
  ];
}

/** Whoever lives in the container now: a right that was given may have been used before anybody looked. */
function judgePowers(seen: LayerEvidence, required: boolean): Finding[] {
  if (seen.powers.length === 0) return [];
  return [
    {
      rule: 'mounts-changeable',
      level: required ? 'error' : 'note',
      path: null,
      message: `The container is given ${seen.powers.join(', ')}: with that, mounts can be changed, the probe's own too, and nothing that is seen in it proves anything.`,
      fix: 'Take these rights away: no `--privileged`, no `--cap-add` of them.',
      location: null,
    },
  ];
}

/** What an identity can do beside changing files; the same in every layer, so one finding of a kind for all. */
export function judgeWays(evidence: readonly LayerEvidence[]): Finding[] {
  const attacks = evidence.flatMap((seen) => seen.attacks.map(({ result }) => result));
  return [...judgeNamespace(attacks), ...judgeMemory(attacks)];
}

function succeeded(result: AttackResult, where: readonly MountAttempt['where'][]): MountAttempt[] {
  return result.mountAttempts.filter((attempt) => attempt.answer === 'OK' && where.includes(attempt.where));
}

/** In a mount namespace of its own the kernel asks for the same right as in the container's. */
function describeMounts(seen: LayerEvidence, result: AttackResult, required: boolean): Finding[] {
  const done = succeeded(result, ['container', 'own-namespace']);
  if (done.length === 0 && !result.mountsChanged) return [];
  const how = [...new Set(done.map(({ operation, path }) => `${operation} ${path}`))].slice(0, 6).join(', ');
  return [
    {
      rule: 'mounts-changeable',
      level: required ? 'error' : 'note',
      path: done[0]?.path ?? null,
      message: `The mounts themselves can be changed ${LAYER_WORDS[seen.layer]} as ${describeIdentity(result.identity)}${how ? `: ${how}` : ''}. What protects by a mount protects nothing then.`,
      fix: 'Take CAP_SYS_ADMIN away: no `--privileged`, no `--cap-add SYS_ADMIN`.',
      location: null,
    },
  ];
}

function judgeNamespace(attacks: readonly AttackResult[]): Finding[] {
  const able = attacks.filter((result) => succeeded(result, ['user-namespace']).length > 0);
  if (able.length === 0) return [];
  return [
    {
      rule: 'user-namespace',
      level: 'note',
      path: null,
      message: `A process can make a user namespace with mounts of its own (${names(able)}). They change nothing for the rest of the container; they are a way to more of the kernel.`,
      fix: 'Run with a seccomp profile that refuses unshare, as engines do by default.',
      location: null,
    },
  ];
}

function judgeMemory(attacks: readonly AttackResult[]): Finding[] {
  const able = attacks.filter((result) => result.memory.some(({ answer }) => answer === 'OK'));
  if (able.length === 0) return [];
  return [
    {
      rule: 'process-memory',
      level: 'note',
      path: null,
      message: `Processes can open the memory of others of the container for writing (${names(able)}): that changes no file, but what runs.`,
      fix: 'Set `kernel.yama.ptrace_scope` to 1 or more on the hosts.',
      location: null,
    },
  ];
}

function names(results: readonly AttackResult[]): string {
  return [...new Set(results.map(({ identity }) => describeIdentity(identity)))].join('; ');
}

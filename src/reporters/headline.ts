import type { Finding, Report, TargetReport, Verdict } from '../model/report.js';
import { worstVerdict } from '../model/report.js';
import type { RuleId } from '../model/rules.js';
import { RULES } from '../model/rules.js';
import type { Phrase, Span } from './document.js';
import { code, count, counted, foreign, series } from './document.js';
import { cut } from './escape/visible.js';

/** The whole report in one line, that a person reads in two seconds. */
export interface Headline {
  readonly verdict: Verdict;
  readonly phrase: Phrase;
}

export function headline(report: Report): Headline {
  const { targets } = report;
  // The worst of all that is said: a report that contradicts itself must not look green.
  const verdict = worstVerdict([report.verdict, ...targets.map((target) => target.verdict)]);
  const [only] = targets;
  if (!only) return { verdict, phrase: ['Nothing could be judged: no image was checked'] };
  if (targets.length === 1 && only.verdict === verdict)
    return { verdict, phrase: [name(only), ' ', ...statement(only)] };
  return { verdict, phrase: together(targets, verdict) };
}

/** What is said of one target, its name left out: `is immutable: 12 attempts …`. */
export function statement(target: TargetReport): Phrase {
  switch (target.verdict) {
    case 'pass':
      return [proof(target)];
    case 'fail':
      return broken(target);
    case 'error':
      return ['could not be judged: ', foreign(cut(firstSentence(target.error?.message), 160))];
  }
}

function name(target: TargetReport): Span {
  return code(cut(target.name, 60));
}

/** How much was tried in the layers that decide. */
function proof(target: TargetReport): string {
  const runs = target.attack.filter((run) => target.policy.require.includes(run.layer));
  const attempts = runs.reduce((sum, run) => sum + run.attempts, 0);
  const succeeded = runs.reduce((sum, run) => sum + run.succeeded, 0);
  const unclear = runs.reduce((sum, run) => sum + run.inconclusive, 0);
  if (attempts === 0) return 'passed without an attempt to change it, which proves nothing';
  const made = `is immutable: ${counted(attempts, 'attempt')} to change it`;
  if (succeeded > 0) return `${made}, ${count(succeeded)} succeeded, only where that breaks no rule`;
  return unclear > 0 ? `${made}, none succeeded (${count(unclear)} could not be told)` : `${made}, none succeeded`;
}

const CHANGEABLE: readonly RuleId[] = [
  'writable-under-read-only',
  'writable-volume',
  'writable-mount',
  'read-only-ignored',
  'writable-under-permissions',
  'link-to-writable',
];

function broken(target: TargetReport): Phrase {
  const errors = target.findings.filter((finding) => finding.level === 'error');
  const found = ` (${counted(errors.length, 'finding')})`;
  const changeable = errors.filter((finding) => CHANGEABLE.includes(finding.rule));
  if (changeable.length > 0) return ['is not immutable: ', ...places(changeable), ' can be changed', found];

  const rules = new Set(errors.map((finding) => finding.rule));
  if (rules.has('program-ended')) return [`does not work${where(target)}: the program ended`, found];
  if (rules.has('smoke-failed')) return [`does not work${where(target)}: ${failedTests(target)}`, found];
  if (rules.has('smoke-failed-after-attack')) return ['does not work any more after the attack', found];
  if (rules.has('drift')) return ['changed its own files while it ran', found];
  const [first] = errors;
  return first ? ['breaks a rule: ', ruleText(first), found] : ['did not pass'];
}

function places(findings: readonly Finding[]): Phrase {
  const paths = [...new Set(findings.map((finding) => finding.path))].filter((path) => path !== null);
  if (paths.length === 0) return ['it'];
  return series(
    paths.map((path) => code(cut(path, 80))),
    paths.length > 2 ? 1 : 2,
  );
}

/** In which layer it does not work; the read-only one where that is not known. */
function where(target: TargetReport): string {
  const failed = new Set(target.smoke.filter((result) => !result.passed).map((result) => result.layer));
  if (failed.has('permissions') && !failed.has('read-only')) return ' on a writable root filesystem';
  return target.policy.layers.includes('read-only') ? ' on a read-only root filesystem' : '';
}

/** Smoke tests, each asked in several layers and phases, are counted once. */
function failedTests(target: TargetReport): string {
  const tests = new Set(target.smoke.map((result) => result.test));
  const failed = new Set(target.smoke.filter((result) => !result.passed).map((result) => result.test));
  if (failed.size === 0) return 'a smoke test failed';
  return `${count(failed.size)} of ${counted(tests.size, 'smoke test')} failed`;
}

function ruleText(finding: Finding): Span {
  return foreign(RULES[finding.rule] ?? finding.rule);
}

function together(targets: readonly TargetReport[], verdict: Verdict): Phrase {
  const failed = targets.filter((target) => target.verdict === 'fail');
  const unjudged = targets.filter((target) => target.verdict === 'error');
  const of = `of ${counted(targets.length, 'image')}`;
  const names = (some: readonly TargetReport[]): Phrase => series(some.map(name), 3);
  switch (verdict) {
    case 'pass': {
      const attempts = targets.flatMap((target) =>
        target.attack.filter((run) => target.policy.require.includes(run.layer)).map((run) => run.attempts),
      );
      const sum = attempts.reduce((total, one) => total + one, 0);
      return [`All ${counted(targets.length, 'image')} are immutable: ${counted(sum, 'attempt')} to change them`];
    }
    case 'fail': {
      const and = unjudged.length > 0 ? [`; ${count(unjudged.length)} could not be judged`] : [];
      if (failed.length === 0) return ['The check failed as a whole'];
      return [
        `${count(failed.length)} ${of} ${failed.length === 1 ? 'does' : 'do'} not pass: `,
        ...names(failed),
        ...and,
      ];
    }
    case 'error':
      if (unjudged.length === 0) return ['The check as a whole could not be judged'];
      return [`${count(unjudged.length)} ${of} could not be judged: `, ...names(unjudged)];
  }
}

function firstSentence(message: string | undefined): string {
  const first = message?.split(/\r?\n/).find((line) => line.trim() !== '');
  return first?.trim() ?? 'no reason was given';
}

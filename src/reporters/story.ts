import type { Report, TargetReport } from '../model/report.js';
import { changeable, drift, surface, works } from './answers.js';
import { coverage } from './coverage.js';
import type { Block, Phrase, Span } from './document.js';
import { code, count, fold, foreign, heading, paragraph } from './document.js';
import { headline, statement } from './headline.js';
import type { Budget } from './listing.js';
import { table } from './listing.js';
import { repairs } from './repairs.js';
import { VERDICT_MARK } from './wording.js';

/** The whole report, in the order in which a reader asks. The headline is told by the renderer. */
export function story(report: Report, budget: Budget): Block[] {
  const [only] = report.targets;
  const targets = report.targets.length === 1 && only ? aboutTarget(only, budget) : several(report.targets, budget);
  return [...targets, ...origin(report)];
}

/** The line over everything. */
export function title(report: Report): Phrase {
  const { verdict, phrase } = headline(report);
  return [`${VERDICT_MARK[verdict]} `, ...phrase];
}

function several(targets: readonly TargetReport[], budget: Budget): Block[] {
  if (targets.length === 0) return [];
  const worstFirst = [...targets].sort((a, b) => severity(a) - severity(b));
  const rows = worstFirst.map((target): Phrase[] => [
    [VERDICT_MARK[target.verdict]],
    [code(target.name)],
    statement(target),
  ]);
  const told = worstFirst.slice(0, budget.targets);
  return [
    ...table(budget, ['', 'image', 'verdict'], rows),
    ...told.map((target) =>
      fold([`${VERDICT_MARK[target.verdict]} `, code(target.name), ' in detail'], aboutTarget(target, budget)),
    ),
    ...(told.length < targets.length
      ? [paragraph(`The details of ${count(targets.length - told.length)} more images are in \`report.json\`.`)]
      : []),
  ];
}

function severity(target: TargetReport): number {
  return ['fail', 'error', 'pass'].indexOf(target.verdict);
}

function aboutTarget(target: TargetReport, budget: Budget): Block[] {
  // A target told by nothing but its headline: what is left when nothing else fits.
  if (budget.targets === 0) return [paragraph('The details are in `report.json`.')];
  return [
    ...mishap(target, budget),
    ...works(target, budget),
    ...changeable(target, budget),
    ...surface(target, budget),
    ...drift(target, budget),
    ...repairs(target, budget),
    ...coverage(target, budget),
  ];
}

/** Why it could not be told. A target that broke a rule may have that as well. */
function mishap(target: TargetReport, budget: Budget): Block[] {
  if (!target.error) return [];
  const { code: name, message } = target.error;
  const text =
    message.length <= budget.snippet ? message : `${message.slice(0, budget.snippet)}\n… the rest is in report.json`;
  return [heading(3, 'What went wrong (', code(name), ')'), { kind: 'snippet', language: '', text }];
}

function origin(report: Report): Block[] {
  const { run, tool } = report;
  const made: Span[] = ['immutable-check ', code(tool.version)];
  if (!run) return [paragraph(...made, '.')];
  const url = safeUrl(run.url);
  const link: Span[] = url === null ? [] : [', ', { kind: 'link', text: 'workflow run', url }];
  return [paragraph(...made, ', commit ', code(run.commit.slice(0, 12)), ', ', foreign(run.startedAt), ...link, '.')];
}

/** Only what is an address through and through becomes a link: the report may have been written by another run. */
function safeUrl(url: string): string | null {
  return /^https?:\/\/[a-z0-9.-]+(:\d+)?(\/[\w.-]+)*\/?$/i.test(url) && url.length < 500 ? url : null;
}

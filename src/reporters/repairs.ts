import type { Finding, Remedy, TargetReport } from '../model/report.js';
import type { Block, Phrase, Span } from './document.js';
import { code, counted, fold, foreign, heading, paragraph, series, tone } from './document.js';
import type { Budget } from './listing.js';
import { foldedTable, list } from './listing.js';

const MARK = { error: '❌', warning: '⚠️', note: 'ℹ️' } as const;

/** What to change: findings with their fixes, and the remedy as text to paste. */
export function repairs(target: TargetReport, budget: Budget): Block[] {
  const broken = target.findings.filter((finding) => finding.level === 'error');
  const told = target.findings.filter((finding) => finding.level !== 'error');
  const warnings = told.filter((finding) => finding.level === 'warning');
  const notes = told.filter((finding) => finding.level === 'note');
  const quiet = [
    ...(warnings.length > 0 ? [counted(warnings.length, 'warning')] : []),
    ...(notes.length > 0 ? [counted(notes.length, 'note')] : []),
  ].join(', ');
  return [
    ...(broken.length > 0 || target.remedy ? [heading(3, 'What to change')] : []),
    ...findings(broken, budget),
    ...remedy(target.remedy, budget),
    ...needs(target, budget),
    ...(quiet === '' ? [] : [fold([`Worth knowing: ${quiet}`], findings([...warnings, ...notes], budget))]),
  ];
}

function findings(some: readonly Finding[], budget: Budget): Block[] {
  const snippets = some.slice(0, budget.rows).flatMap((finding): Block[] => {
    const paste = fixSnippet(finding);
    return paste === null ? [] : [paragraph('For ', ...subject(finding), ':'), snippet('', paste, budget)];
  });
  return [...list(budget, some.map(item)), ...snippets];
}

function item(finding: Finding): Phrase[] {
  const place: Span[] = finding.location ? [' in ', code(finding.location.file), ` line ${finding.location.line}`] : [];
  const path: Span[] = finding.path === null ? [] : [code(finding.path), ': '];
  return [
    [`${MARK[finding.level]} `, ...path, foreign(finding.message), ' (', code(finding.rule), ...place, ')'],
    ...(finding.fix === '' ? [] : [[tone('good', 'Fix:'), ' ', foreign(fixSentence(finding))]]),
  ];
}

function subject(finding: Finding): Phrase {
  return [code(finding.path ?? finding.rule)];
}

/** A fix is a sentence; lines that follow it are text to paste. */
function fixSentence(finding: Finding): string {
  return finding.fix.split('\n', 1)[0] ?? '';
}

function fixSnippet(finding: Finding): string | null {
  const at = finding.fix.indexOf('\n');
  const rest = at < 0 ? '' : finding.fix.slice(at + 1).replace(/^\n+|\s+$/g, '');
  return rest === '' ? null : rest;
}

function remedy(of: Remedy | null, budget: Budget): Block[] {
  if (!of) return [];
  const forms: readonly (readonly [string, string, string])[] = [
    ['Docker', 'sh', of.docker],
    ['Compose', 'yaml', of.compose],
    ['Kubernetes', 'yaml', of.kubernetes],
    ['Dockerfile', 'dockerfile', of.dockerfile],
  ];
  const proof = of.verified
    ? [
        tone('good', 'It works with these mounts'),
        ': it was run once more with exactly them, and every smoke test passed.',
      ]
    : ['These mounts are proposed; ', tone('unsure', 'they were not proven'), '.'];
  const count = of.tmpfs.length;
  return [
    paragraph(
      ...proof,
      ' Put them into the input `tmpfs`',
      count > 0 ? ` (the complete list, ${counted(count, 'line')}):` : ':',
    ),
    snippet('yaml', ['tmpfs: |', ...of.tmpfs.map((mount) => `  ${mount}`)].join('\n'), budget),
    ...forms
      .filter(([, , text]) => text !== '')
      .map(([name, language, text]) => fold([`The same for ${name}`], [snippet(language, text, budget)])),
  ];
}

function snippet(language: string, text: string, budget: Budget): Block {
  const whole = text.length <= budget.snippet;
  return {
    kind: 'snippet',
    language,
    text: whole ? text : `${text.slice(0, budget.snippet)}\n… the rest is in report.json`,
  };
}

function needs(target: TargetReport, budget: Budget): Block[] {
  if (target.needs.length === 0) return [];
  return [
    foldedTable(
      budget,
      [`What the program wants to write: ${counted(target.needs.length, 'path')}`],
      ['path', 'how', 'program', 'refused with', 'seen in'],
      target.needs.map((need) => [
        [code(need.path)],
        need.operations.length > 0 ? series(need.operations.map(code), 8) : ['unknown'],
        [need.program === null ? 'unknown' : code(need.program)],
        [need.errno === null ? 'not refused' : code(need.errno)],
        [foreign(need.source)],
      ]),
    ),
  ];
}

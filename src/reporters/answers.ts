import type { SmokeResult } from '../model/observation.js';
import type { Finding, PathReport, TargetReport } from '../model/report.js';
import type { RuleId } from '../model/rules.js';
import type { Layer } from '../model/target.js';
import type { Block, Phrase, Span } from './document.js';
import { code, count, counted, duration, foreign, heading, paragraph, series, tone } from './document.js';
import type { Budget } from './listing.js';
import { foldedTable, table } from './listing.js';
import { decides, gravity, LAYER_NAME, protection, who } from './wording.js';

/** Does it work read-only? A row per smoke test, layer and phase, the failed ones first. */
export function works(target: TargetReport, budget: Budget): Block[] {
  const results = [...target.smoke].sort((a, b) => Number(a.passed) - Number(b.passed));
  const readOnly = results.filter((result) => result.layer === 'read-only');
  return [
    heading(3, 'Does it work read-only? ', worksAnswer(target, readOnly)),
    ...(results.length === 0 ? [paragraph('No smoke test was made.')] : []),
    ...table(
      budget,
      ['', 'smoke test', 'answer', 'when'],
      results.map((result) => [
        [result.passed ? '✅' : '❌'],
        [code(result.test)],
        answer(result),
        [`${rootFilesystem(result.layer)}, ${result.phase === 'before-attack' ? 'before' : 'after'} the attack`],
      ]),
    ),
  ];
}

function worksAnswer(target: TargetReport, results: readonly SmokeResult[]): Span {
  if (results.some((result) => !result.passed)) return tone('bad', 'No');
  if (!target.policy.layers.includes('read-only')) return 'Not tested';
  // A program may end although each test passed; what failed in the other layer is told by its own row.
  const unexplained = target.smoke.every((result) => result.passed) && target.findings.some(disproves);
  const whole = target.verdict === 'pass' || results.some((result) => result.phase === 'after-attack');
  if (unexplained || results.length === 0 || !whole) return tone('unsure', 'Not proven');
  return tone('good', 'Yes');
}

const DISPROVING: readonly RuleId[] = ['program-ended', 'smoke-failed', 'smoke-failed-after-attack'];

function disproves(finding: Finding): boolean {
  return finding.level === 'error' && DISPROVING.includes(finding.rule);
}

function answer(result: SmokeResult): Phrase {
  const tries = result.attempts > 1 ? ` (${count(result.attempts)} tries)` : '';
  if (result.passed)
    return [`${result.status === null ? 'as expected' : result.status} in ${duration(result.ms)}${tries}`];
  const status = result.status === null ? '' : ` with status ${result.status}`;
  const reason: Span[] = result.reason === null ? [] : [': ', foreign(result.reason)];
  return [tone('bad', 'failed'), status, tries, ...reason];
}

function rootFilesystem(layer: Layer): string {
  return layer === 'read-only' ? 'read-only' : 'writable';
}

/** Can anyone change it? A row per protected path, a column per layer, the worst first. */
export function changeable(target: TargetReport, budget: Budget): Block[] {
  const paths = [...target.paths].sort((a, b) => worst(target, a) - worst(target, b));
  const column = (layer: Layer) => `${LAYER_NAME[layer]}${decides(target, layer) ? ' (required)' : ''}`;
  return [
    heading(3, 'Can anyone change it? ', changeableAnswer(target)),
    ...(paths.length === 0 ? [paragraph('No protected path was judged.')] : []),
    ...table(
      budget,
      ['protected path', column('read-only'), column('permissions')],
      paths.map((path) => [[code(path.path)], [protection(path.readOnly)], [protection(path.permissions)]]),
    ),
    ...examples(target, paths, budget),
    ...exceptions(target),
  ];
}

function states(target: TargetReport, path: PathReport) {
  return [
    ...(decides(target, 'read-only') ? [path.readOnly] : []),
    ...(decides(target, 'permissions') ? [path.permissions] : []),
  ];
}

function worst(target: TargetReport, path: PathReport): number {
  // What decides counts first, then the rest.
  const deciding = Math.min(9, ...states(target, path).map(gravity));
  return deciding * 10 + Math.min(gravity(path.readOnly), gravity(path.permissions));
}

function changeableAnswer(target: TargetReport): Span {
  const all = target.paths.flatMap((path) => states(target, path));
  if (all.includes('writable')) return tone('bad', 'Yes');
  const told = all.length > 0 && all.every((state) => state === 'mount' || state === 'permissions');
  return told ? tone('good', 'No') : tone('unsure', 'Could not be told');
}

function examples(target: TargetReport, paths: readonly PathReport[], budget: Budget): Block[] {
  const rows = paths.flatMap((path) => path.examples);
  if (rows.length === 0) return [];
  return [
    foldedTable(
      budget,
      [`What could be changed, by whom: ${counted(rows.length, 'example')}`],
      ['path', 'by', 'how', 'root filesystem'],
      rows.map((row) => [
        [code(row.path)],
        [who(target.attack, row.identity)],
        series(row.operations.map(code), 8),
        [rootFilesystem(row.layer)],
      ]),
    ),
  ];
}

function exceptions(target: TargetReport): Block[] {
  const allowed = target.policy.allowWritable;
  if (allowed.length === 0) return [];
  const spans = allowed
    .slice(0, 10)
    .flatMap(({ path, reason }, index): Span[] => [
      ...(index > 0 ? ['; '] : []),
      code(path),
      ...(reason === null ? [' (no reason given)'] : [' (', foreign(reason), ')']),
    ]);
  const more = allowed.length > 10 ? [`; and ${allowed.length - 10} more`] : [];
  return [paragraph('Excepted by `allow-writable`: ', ...spans, ...more, '.')];
}

/** What else can be written, although the root filesystem is read-only: the unexpected first. */
export function surface(target: TargetReport, budget: Budget): Block[] {
  if (target.surface.length === 0) return [];
  const places = [...target.surface].sort((a, b) => Number(a.expected) - Number(b.expected));
  const unexpected = places.filter((place) => !place.expected).length;
  const surprise = unexpected > 0 ? `, ${unexpected} of them unexpected` : '';
  return [
    foldedTable(
      budget,
      [`What else can be written: ${counted(places.length, 'place')}${surprise}`],
      ['place', 'what it is', 'who can write there', 'programs can be run from it', 'because'],
      places.map((place) => [
        [code(place.path)],
        [code(place.kind)],
        place.identities.length === 0 ? ['nobody who was tried'] : series(names(target, place.identities), 5),
        [place.executable ? 'yes' : 'not directly (noexec)'],
        [
          place.declared
            ? 'you declared it'
            : place.expected
              ? 'the engine provides it'
              : tone('bad', 'nobody asked for it'),
        ],
      ]),
    ),
  ];
}

function names(target: TargetReport, identities: readonly number[]): string[] {
  return [...new Set(identities.map((index) => who(target.attack, index)))];
}

/** What the container changed in its own filesystem while it ran. */
export function drift(target: TargetReport, budget: Budget): Block[] {
  if (target.drift.length === 0) return [];
  return [
    foldedTable(
      budget,
      [`What changed in the container while it ran: ${counted(target.drift.length, 'path')}`],
      ['path', 'change', 'root filesystem'],
      target.drift.map((change) => [[code(change.path)], [foreign(change.change)], [rootFilesystem(change.layer)]]),
    ),
  ];
}

import type { Block, Phrase } from './document.js';
import { count, fold, paragraph } from './document.js';

/** How much of a report is told: what does not fit is counted, never cut in the middle. */
export interface Budget {
  /** Rows of one list. */
  readonly rows: number;
  /** Targets told in detail. */
  readonly targets: number;
  /** Characters of one name, request or sentence. */
  readonly text: number;
  /** Characters of one text to paste or to read. */
  readonly snippet: number;
}

/** Rows that a reader sees without unfolding anything. */
const OPEN_ROWS = 10;

/** A table, its first rows open, the others folded, and what exceeds the budget counted. */
export function table(budget: Budget, head: readonly string[], rows: readonly (readonly Phrase[])[]): Block[] {
  return listing(budget, rows, (part) => ({ kind: 'table', head, rows: part }));
}

/** A table that is folded as a whole. */
export function foldedTable(
  budget: Budget,
  title: Phrase,
  head: readonly string[],
  rows: readonly (readonly Phrase[])[],
): Block {
  const shown = rows.slice(0, budget.rows);
  return fold(title, [
    ...(shown.length > 0 ? [{ kind: 'table' as const, head, rows: shown }] : []),
    ...rest(rows, shown),
  ]);
}

/** A list of items, told as a table is. */
export function list(budget: Budget, items: readonly (readonly Phrase[])[]): Block[] {
  return listing(budget, items, (part) => ({ kind: 'list', items: part }));
}

function listing<Row>(budget: Budget, rows: readonly Row[], show: (part: readonly Row[]) => Block): Block[] {
  const open = rows.slice(0, Math.min(OPEN_ROWS, budget.rows));
  const shown = rows.slice(0, budget.rows);
  const folded = shown.slice(open.length);
  return [
    ...(open.length > 0 ? [show(open)] : []),
    ...(folded.length > 0
      ? [fold([`… and ${count(rows.length - open.length)} more`], [show(folded), ...rest(rows, shown)])]
      : rest(rows, shown)),
  ];
}

function rest(rows: readonly unknown[], shown: readonly unknown[]): Block[] {
  const missing = rows.length - shown.length;
  return missing > 0 ? [paragraph(`… and ${count(missing)} more, all of them in \`report.json\`.`)] : [];
}

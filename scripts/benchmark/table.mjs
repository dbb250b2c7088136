/**
 * A Markdown table, padded so that it reads well in a terminal too.
 * @param {readonly string[]} header a column that ends with `:` holds numbers and is aligned to the right
 * @param {readonly (readonly string[])[]} rows
 */
export function table(header, rows) {
  const right = header.map((title) => title.endsWith(':'));
  const titles = header.map((title) => title.replace(/:$/, ''));
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = titles.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row) =>
    `| ${widths.map((width, at) => (right[at] ? (row[at] ?? '').padStart(width) : (row[at] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (right[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** A number as people read it: whole, with separators; below ten with one decimal. */
export function number(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });
}

/** A median and the range around it. One round has no range. */
export function span({ median, min, max, rounds }) {
  return rounds > 1 ? `${number(median)} (${number(min)}–${number(max)})` : number(median);
}

const begin = '<!-- benchmark -->';
const end = '<!-- /benchmark -->';

/**
 * The document with what stands between its markers replaced.
 * @throws {Error} where the markers are not there
 */
export function insert(document, text) {
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`The document needs the lines ${begin} and ${end}: the table goes between.`);
  return `${document.slice(0, from + begin.length)}\n${text.trim()}\n${document.slice(to)}`;
}

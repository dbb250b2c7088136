import { split } from 'shlex';
import { CheckError } from '../../model/errors.js';
import { quoted } from './complaint.js';

// One piece of a command line, in the order in which a POSIX shell looks for it.
const PIECE = new RegExp(
  [
    String.raw`(?<plain>\\[\s\S]|'[^']*')`,
    String.raw`(?<ansi>\$'(?:\\[\s\S]|[^'\\])*')`,
    String.raw`(?<double>"(?:\\[\s\S]|[^"\\])*")`,
    String.raw`(?<open>\$?["']|\\$)`,
    String.raw`(?<syntax>\$[\w({@*#?$!-]|[${'`'}|&;<>()]|(?<=^|\s)#)`,
    String.raw`(?<other>[\s\S])`,
  ].join('|'),
  'g',
);
const EXPANSION = /\$[\w({@*#?$!-]|`/;

/**
 * The words of a command line, split as a POSIX shell splits them (`$'…'` too). No shell runs: what only a
 * shell could do (pipes, redirections, variables, substitutions) is a complaint. So is a quote left open.
 */
export function splitWords(line: string, complaints: string[]): string[] {
  const syntax = new Set<string>();
  let simple = '';
  for (const { groups = {}, 0: piece } of line.matchAll(PIECE)) {
    if (groups.open !== undefined) {
      complaints.push(
        piece === '\\'
          ? 'It ends with a backslash, which would join it to a next line. Take the backslash away: one line is one request.'
          : `The quote that opens with ${piece} is never closed. Close it; in single quotes an apostrophe is written '\\''.`,
      );
      return [];
    }
    if (groups.syntax !== undefined) syntax.add(piece);
    else if (groups.ansi !== undefined) simple += singleQuoted(piece);
    else if (groups.double !== undefined) {
      const expansion = EXPANSION.exec(piece.replace(/\\[\s\S]/g, ''));
      if (expansion) syntax.add(expansion[0]);
      // Inside double quotes the shell also takes the backslash from these two; shlex leaves it.
      simple += singleQuoted(
        piece.replace(/\\([\s\S])/g, (pair, next) => (next === '$' || next === '`' ? next : pair)),
      );
    } else simple += piece;
  }
  if (syntax.size > 0) {
    complaints.push(
      `It holds shell syntax (${[...syntax].map((piece) => quoted(piece)).join(', ')}), and no shell reads this line. ` +
        'Write one request alone, and put text with such characters in single quotes.',
    );
    return [];
  }
  return split(simple);
}

/** The same for text that is no smoke test: all complaints in one error, worded to follow an input's name. */
export function shellWords(text: string): string[] {
  const complaints: string[] = [];
  const words = splitWords(text, complaints);
  if (complaints.length > 0) {
    throw new CheckError('bad-input', `has ${quoted(text)}, which cannot be split into words: ${complaints.join(' ')}`);
  }
  return words;
}

// Each quoted piece is read by itself: shlex 3.0.0 undoes a double quote's escapes in the whole word so far,
// also in what stood in single quotes before it.
function singleQuoted(piece: string): string {
  return `'${(split(piece)[0] ?? '').replaceAll("'", "'\\''")}'`;
}

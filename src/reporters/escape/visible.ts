import { stripVTControlCharacters } from 'node:util';

// Controls, formatting characters (direction overrides, zero-width), lone surrogates, private use, unassigned.
const UNPRINTABLE = /[\p{C}\u2028\u2029]/gu;

/** One line without control characters: line breaks and tabs become spaces, terminal sequences go, the rest shows as `\u{…}`. */
export function visibleLine(text: string): string {
  return shown(stripVTControlCharacters(text).replace(/[\r\n\t\u2028\u2029]+/g, ' '));
}

/** The same for several lines: line breaks stay, tabs become two spaces. */
export function visibleLines(text: string): string {
  const lines = stripVTControlCharacters(text)
    .replace(/\t/g, '  ')
    .split(/\r\n|[\r\n\u2028\u2029]/);
  return lines.map(shown).join('\n');
}

/** At most `longest` characters; what is cut off leaves an ellipsis. */
export function cut(text: string, longest: number): string {
  // A cheap test first: no string has more code points than UTF-16 units.
  if (text.length <= longest) return text;
  // Twice as many units hold at least as many characters; the rest of a long text need not be looked at.
  const characters = [...text.slice(0, 2 * longest + 2)];
  return characters.length <= longest ? text : `${characters.slice(0, Math.max(0, longest - 1)).join('')}…`;
}

function shown(line: string): string {
  return line.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

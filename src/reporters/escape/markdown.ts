import { visibleLine, visibleLines } from './visible.js';

/** What no reader sees, and what keeps GitHub from reading `@name` as a mention; `\@` and `&#64;` do not (cmark-gfm issue 181). */
const GAP = '&#8203;';

/**
 * Foreign text as one line of prose, good in a paragraph and in a table's cell: no markup, tag, comment,
 * mention, issue reference or link of its own comes to life in it.
 */
export function text(foreign: string): string {
  return (
    visibleLine(foreign)
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/\|/g, '&#124;')
      .replace(/\$/g, '&#36;')
      .replace(/[\\`*_[\]~]/g, '\\$&')
      .replace(/@/g, `@${GAP}`)
      // `&#…;` of the lines above has its `#` behind an `&`.
      .replace(/(?<!&)#(?=\d)/g, `#${GAP}`)
      .replace(/(GH-)(?=\d)/gi, `$1${GAP}`)
      .replace(/:\/\//g, `:${GAP}//`)
      .replace(/(www)\./gi, `$1${GAP}.`)
      // At the beginning of a block these would make a heading, a list, a rule.
      .replace(/^(\s*)([#+=-])/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])/, '$1\\$2')
  );
}

/** Foreign text in which `` `words` `` between backticks are shown as code; whatever stands where, all of it is inert. */
export function prose(foreign: string): string {
  return visibleLine(foreign)
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : part === '' ? '' : text(part)))
    .join('');
}

/**
 * Foreign text as inline code, good in a paragraph, a table's cell and a `<summary>`. What could end a code span or
 * a cell is written as an element with every character of punctuation as an entity, which ends neither.
 */
export function code(foreign: string): string {
  const shown = visibleLine(foreign);
  // Inside of both forms GitHub looks for no mention, reference or link.
  return /^[^`|\s](?:[^`|]*[^`|\s])?$/.test(shown) ? `\`${shown}\`` : htmlCode(foreign);
}

/** Inline code as an HTML element: Markdown is not read inside of a `<summary>`. */
export function htmlCode(foreign: string): string {
  return `<code>${entities(visibleLine(foreign))}</code>`;
}

/** Foreign text of several lines in a fence that is longer than any run of backticks inside. */
export function fence(foreign: string, language = ''): string {
  const shown = visibleLines(foreign);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${shown}\n${ticks}`;
}

// cmark-gfm makes links of addresses also between raw tags, and of `a@b.c` also behind an entity.
const LINK_STARTS = /(@|:\/\/|www\.)/gi;

function entities(shown: string): string {
  return shown
    .split(LINK_STARTS)
    .map((part, index) => part.replace(/[!-,:-@[-`{-~]/g, entity) + (index % 2 === 1 ? GAP : ''))
    .join('')
    .replace(/^ | $/g, '&#32;');
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

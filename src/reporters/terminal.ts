import type { Report } from '../model/report.js';
import type { Block, Phrase, Span, Table, Tone } from './document.js';
import { block as foreignBlock, line, withoutCommands } from './escape/terminal.js';
import { cut } from './escape/visible.js';
import { headline } from './headline.js';
import type { Budget } from './listing.js';
import { story } from './story.js';
import { VERDICT_MARK, VERDICT_TONE } from './wording.js';

/** Columns of the text. */
const WIDTH = 100;

const BUDGET: Budget = { rows: 20, targets: 50, text: 400, snippet: 8000 };

const SGR = { good: 32, bad: 31, unsure: 33, strong: 1, faint: 2 } as const;

type Style = keyof typeof SGR;

/** Text with at most one style; its width is that of the text alone. */
interface Piece {
  readonly text: string;
  readonly style: Style | null;
}

/** The report for a terminal or a job's log: the details first, the verdict in the last line. */
export function terminal(report: Report, color: boolean): string {
  const form = new TerminalForm(color);
  const { verdict, phrase } = headline(report);
  const last = form.phrase([`${VERDICT_MARK[verdict]} `, ...phrase], VERDICT_TONE[verdict]);
  return withoutCommands(`${form.blocks(story(report, BUDGET), '')}\n\n${last}\n`);
}

class TerminalForm {
  readonly #color: boolean;

  constructor(color: boolean) {
    this.#color = color;
  }

  blocks(blocks: readonly Block[], indent: string): string {
    return blocks.map((block) => this.#block(block, indent)).join('\n\n');
  }

  /** A phrase in one line, in one colour where one is given. */
  phrase(phrase: Phrase, style: Style): string {
    return this.#paint({
      text: pieces(phrase)
        .map((piece) => piece.text)
        .join(''),
      style,
    });
  }

  #block(block: Block, indent: string): string {
    switch (block.kind) {
      case 'heading':
        return indent + this.#lines(pieces(block.phrase, 'strong'), WIDTH - indent.length).join(`\n${indent}`);
      case 'paragraph':
        return this.#indented(pieces(block.phrase), indent);
      case 'list':
        return block.items
          .map((lines) => lines.map((one, index) => this.#item(one, indent, index === 0)).join('\n'))
          .join('\n');
      case 'table':
        return this.#table(block, indent);
      case 'snippet':
        return foreignBlock(block.text, `${indent}    `);
      case 'fold':
        return `${this.#indented(pieces(block.title, 'strong'), indent)}\n${this.blocks(block.blocks, `${indent}  `)}`;
    }
  }

  #indented(of: readonly Piece[], indent: string): string {
    return this.#lines(of, WIDTH - indent.length)
      .map((text) => indent + text)
      .join('\n');
  }

  #item(phrase: Phrase, indent: string, first: boolean): string {
    const lines = this.#lines(pieces(phrase), WIDTH - indent.length - 4);
    return lines.map((text, index) => `${indent}${first && index === 0 ? '  - ' : '    '}${text}`).join('\n');
  }

  #table({ head, rows }: Table, indent: string): string {
    const cells = [
      head.map((text): Piece[] => [{ text, style: 'faint' }]),
      ...rows.map((row) => row.map((cell) => pieces(cell))),
    ];
    const widths = columnWidths(cells, WIDTH - indent.length - 2 * (head.length - 1));
    return cells.map((row) => this.#row(row, widths, indent)).join('\n');
  }

  #row(row: readonly (readonly Piece[])[], widths: readonly number[], indent: string): string {
    const wrapped = row.map((cell, index) => wrap(cell, widths[index] ?? 1));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    const lines = Array.from({ length: height }, (_, at) =>
      wrapped
        .map((cell, index) => {
          const parts = cell[at] ?? [];
          return (
            parts.map((piece) => this.#paint(piece)).join('') +
            ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(parts)))
          );
        })
        .join('  ')
        .trimEnd(),
    );
    return lines.map((text) => indent + text).join('\n');
  }

  #lines(of: readonly Piece[], columns: number): string[] {
    return wrap(of, columns).map((parts) => parts.map((piece) => this.#paint(piece)).join(''));
  }

  #paint({ text, style }: Piece): string {
    return this.#color && style !== null && text !== '' ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text;
  }
}

function pieces(phrase: Phrase, style: Style | null = null): Piece[] {
  return phrase.map((span) => piece(span, style));
}

function piece(span: Span, style: Style | null): Piece {
  // Our own backticks are for Markdown's sake.
  if (typeof span === 'string') return { text: span.replaceAll('`', ''), style };
  switch (span.kind) {
    case 'code':
    case 'foreign':
      return { text: line(cut(span.text, BUDGET.text)), style };
    case 'tone':
      return { text: span.text, style: span.tone satisfies Tone };
    case 'link':
      return { text: `${span.text} ${span.url}`, style };
  }
}

function width(of: readonly Piece[]): number {
  return of.reduce((sum, { text }) => sum + columns(text), 0);
}

/** Columns of a terminal: pictures and CJK take two, combining marks and variation selectors none. */
function columns(text: string): number {
  let sum = 0;
  for (const character of text) {
    if (/^\p{M}$/u.test(character)) continue;
    sum += /^[\p{Emoji_Presentation}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\uff01-\uff60]$/u.test(character)
      ? 2
      : 1;
  }
  return sum;
}

/** The natural widths, the widest columns narrowed until all fit. */
function columnWidths(rows: readonly (readonly (readonly Piece[])[])[], room: number): number[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(1, ...rows.map((row) => width(row[index] ?? []))));
  let excess = widths.reduce((sum, one) => sum + one, 0) - room;
  for (; excess > 0 && Math.max(...widths) > 1; excess--) {
    const widest = Math.max(...widths);
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Lines of at most `room` columns, broken at spaces where there are any. */
function wrap(of: readonly Piece[], room: number): Piece[][] {
  const lines: Piece[][] = [[]];
  let used = 0;
  const breakLine = () => {
    lines.push([]);
    used = 0;
  };
  for (const word of words(of)) {
    if (
      used > 0 &&
      used +
        columns(
          word
            .map((piece) => piece.text)
            .join('')
            .trimEnd(),
        ) >
        room
    )
      breakLine();
    for (const { text, style } of word) {
      for (const character of text) {
        const size = columns(character);
        if (used + size > room && character === ' ') continue;
        if (used + size > room && used > 0) breakLine();
        lines.at(-1)?.push({ text: character, style });
        used += size;
      }
    }
  }
  return lines.map((line) => joined(line));
}

/** Words with the space behind them, across the borders of pieces: `(` stays with the name that follows it. */
function words(of: readonly Piece[]): Piece[][] {
  const all: Piece[][] = [[]];
  for (const { text, style } of of) {
    for (const part of text.split(/(?<= )/)) {
      all.at(-1)?.push({ text: part, style });
      if (part.endsWith(' ')) all.push([]);
    }
  }
  return all;
}

/** Neighbours of one style made one again, and no space at the end. */
function joined(characters: readonly Piece[]): Piece[] {
  const pieces: { text: string; style: Style | null }[] = [];
  for (const { text, style } of characters) {
    const last = pieces.at(-1);
    if (last && last.style === style) last.text += text;
    else pieces.push({ text, style });
  }
  const last = pieces.at(-1);
  if (last) last.text = last.text.trimEnd();
  return pieces;
}

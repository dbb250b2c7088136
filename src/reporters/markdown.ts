import type { Report } from '../model/report.js';
import type { Block, Phrase, Span, Table } from './document.js';
import { code, fence, htmlCode, prose } from './escape/markdown.js';
import { cut } from './escape/visible.js';
import type { Budget } from './listing.js';
import { story, title } from './story.js';

/** GitHub refuses a comment of more than 65,536 characters; what is left is room for the marker. */
export const COMMENT_LIMIT = 65_000;

/** A job summary may hold 1 MiB. */
export const SUMMARY_LIMIT = 1024 * 1024 - 1024;

// From everything to hardly anything; the first that fits is taken. The last fits whatever the report says.
const BUDGETS: readonly Budget[] = [
  { rows: 200, targets: 50, text: 1000, snippet: 10_000 },
  { rows: 50, targets: 20, text: 400, snippet: 4000 },
  { rows: 20, targets: 10, text: 200, snippet: 2000 },
  { rows: 10, targets: 3, text: 120, snippet: 1000 },
  { rows: 5, targets: 1, text: 80, snippet: 500 },
  { rows: 5, targets: 0, text: 60, snippet: 0 },
];

/**
 * The report as GitHub-flavoured Markdown: the comment, the job summary, `report.md`.
 * `limit` is in bytes of UTF-8, which is never less than what any count of characters gives.
 */
export function markdown(report: Report, limit = COMMENT_LIMIT): string {
  let smallest = '';
  for (const budget of BUDGETS) {
    smallest = write(report, budget);
    if (Buffer.byteLength(smallest) <= limit) return smallest;
  }
  return smallest;
}

function write(report: Report, budget: Budget): string {
  const form = new MarkdownForm(budget.text);
  const headline: Block = { kind: 'heading', level: 2, phrase: title(report) };
  return `${form.blocks([headline, ...story(report, budget)])}\n`;
}

class MarkdownForm {
  readonly #longest: number;

  constructor(longest: number) {
    this.#longest = longest;
  }

  blocks(blocks: readonly Block[]): string {
    return blocks.map((block) => this.#block(block)).join('\n\n');
  }

  #block(block: Block): string {
    switch (block.kind) {
      case 'heading':
        return `${'#'.repeat(block.level)} ${this.#phrase(block.phrase)}`;
      case 'paragraph':
        return this.#phrase(block.phrase);
      case 'list':
        return block.items.map((lines) => `- ${lines.map((line) => this.#phrase(line)).join('<br>\n  ')}`).join('\n');
      case 'table':
        return this.#table(block);
      case 'snippet':
        return fence(block.text, block.language);
      case 'fold':
        // The blank lines make GitHub read Markdown again between the tags.
        return `<details><summary>${this.#summary(block.title)}</summary>\n\n${this.blocks(block.blocks)}\n\n</details>`;
    }
  }

  #table({ head, rows }: Table): string {
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    return [
      row(head),
      row(head.map(() => '---')),
      ...rows.map((cells) => row(cells.map((cell) => this.#phrase(cell)))),
    ].join('\n');
  }

  #phrase(phrase: Phrase): string {
    return phrase.map((span) => this.#span(span)).join('');
  }

  #span(span: Span): string {
    if (typeof span === 'string') return span;
    switch (span.kind) {
      case 'code':
        return code(cut(span.text, this.#longest));
      case 'foreign':
        return prose(cut(span.text, this.#longest));
      case 'tone':
        return span.tone === 'bad' ? `**${span.text}**` : span.text;
      case 'link':
        return `[${span.text}](${span.url})`;
    }
  }

  /** A `<summary>` is HTML: no Markdown is read in it. */
  #summary(phrase: Phrase): string {
    return phrase
      .map((span) => {
        if (typeof span === 'string') return span;
        return span.kind === 'code' ? htmlCode(cut(span.text, this.#longest)) : span.text;
      })
      .join('');
  }
}

/**
 * What a report says, before it has a form: `story.ts` makes it from a `Report`, each renderer writes it in its own
 * syntax. A plain string is ours and may be written as it is; everything foreign is marked and gets escaped.
 */
export type Span =
  | string
  /** A path, a request, a name: shown as code. */
  | { readonly kind: 'code'; readonly text: string }
  /** A sentence from outside; words between backticks are shown as code. */
  | { readonly kind: 'foreign'; readonly text: string }
  /** Our words that a reader must not miss, or may rely on. */
  | { readonly kind: 'tone'; readonly tone: Tone; readonly text: string }
  /** A link that was checked to be one. */
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

export type Tone = 'good' | 'bad' | 'unsure';

export type Phrase = readonly Span[];

export interface Table {
  readonly kind: 'table';
  readonly head: readonly string[];
  readonly rows: readonly (readonly Phrase[])[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3 | 4; readonly phrase: Phrase }
  | { readonly kind: 'paragraph'; readonly phrase: Phrase }
  /** Every item is one or more lines. */
  | { readonly kind: 'list'; readonly items: readonly (readonly Phrase[])[] }
  | Table
  /** Text to paste, or to read as it came. */
  | { readonly kind: 'snippet'; readonly language: string; readonly text: string }
  /** What is there for those who look for it. */
  | { readonly kind: 'fold'; readonly title: Phrase; readonly blocks: readonly Block[] };

export function code(text: string): Span {
  return { kind: 'code', text };
}

export function foreign(text: string): Span {
  return { kind: 'foreign', text };
}

export function tone(of: Tone, text: string): Span {
  return { kind: 'tone', tone: of, text };
}

export function paragraph(...phrase: Span[]): Block {
  return { kind: 'paragraph', phrase };
}

export function heading(level: 2 | 3 | 4, ...phrase: Span[]): Block {
  return { kind: 'heading', level, phrase };
}

export function fold(title: Phrase, blocks: readonly Block[]): Block {
  return { kind: 'fold', title, blocks };
}

/** `a`, `b` and `c`, at most `most` of them named. */
export function series(spans: readonly Span[], most: number): Phrase {
  const named = spans.slice(0, most);
  const rest = spans.length - named.length;
  const all = rest > 0 ? [...named, `${count(rest)} more`] : named;
  return all.flatMap((span, index) => {
    if (index === 0) return [span];
    return [index === all.length - 1 ? ' and ' : ', ', span];
  });
}

/** 98466 as `98,466`. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 finding`, `2 findings`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Milliseconds as people read them. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

import { randomUUID } from 'node:crypto';

/**
 * What a run says while it goes on. `foreign` is for text that others wrote (a build, an image): control
 * characters are shown, not sent, and a GitHub runner obeys no command in it.
 */
export interface Log {
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  foreign(text: string): void;
  /** Everything logged until `end` belongs under this title. Groups do not nest. */
  group(title: string): void;
  end(): void;
}

export type Write = (text: string) => void;

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text without any character that moves a cursor, rings, or turns the reading direction; `\xNN` stands in its place. */
export function printable(text: string): string {
  return text.replace(/\r+\n/g, '\n').replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** For a terminal or a file: plain lines, groups as headings. */
export function plainLog(write: Write, colour: boolean): Log {
  const paint = (code: string, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    info: (text) => write(`${printable(text)}\n`),
    warning: (text) => write(`${paint('33', `Warning: ${printable(text)}`)}\n`),
    error: (text) => write(`${paint('31', `Error: ${printable(text)}`)}\n`),
    foreign: (text) => write(`${printable(text).replace(/^/gm, '  | ')}\n`),
    group: (title) => write(`${paint('1', printable(title))}\n`),
    end: () => {},
  };
}

/** For a GitHub runner: workflow commands of ours, and none of anybody else's. */
export function actionsLog(write: Write): Log {
  // Of the three characters that a command's data must not hold, see the toolkit's escapeData.
  const data = (text: string) => printable(text).replaceAll('%', '%25').replaceAll('\n', '%0A');
  // A line that begins with `::` or holds `##[` is a command; a zero-width space keeps ours from being one by accident.
  const inert = (text: string) =>
    printable(text)
      .replace(/^(\s*):(?=:)/gm, '$1:\u200b')
      .replaceAll('##[', '#\u200b#[');
  return {
    info: (text) => write(`${inert(text)}\n`),
    warning: (text) => write(`::warning::${data(text)}\n`),
    error: (text) => write(`::error::${data(text)}\n`),
    foreign: (text) => {
      // The token is new each time: text that was written before it cannot know it.
      const token = randomUUID();
      write(`::stop-commands::${token}\n${inert(text)}\n::${token}::\n`);
    },
    group: (title) => write(`::group::${data(title)}\n`),
    end: () => write('::endgroup::\n'),
  };
}

/** Keeps what is said until `flush`, so that two things done at the same time are told one after the other. */
export function heldLog(log: Log): Log & { flush(): void } {
  const held: (() => void)[] = [];
  const hold =
    (say: (text: string) => void) =>
    (text: string): void => {
      held.push(() => say(text));
    };
  return {
    info: hold(log.info),
    warning: hold(log.warning),
    error: hold(log.error),
    foreign: hold(log.foreign),
    group: hold(log.group),
    end: () => held.push(log.end),
    flush: () => {
      for (const say of held.splice(0)) say();
    },
  };
}

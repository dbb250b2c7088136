import { CheckError } from '../../model/errors.js';
import { showBytes } from '../../model/name.js';

/** The user's own text in quotes: printable, on one line, its backslashes as they were written. */
export function quoted(text: string, limit = 200): string {
  return `"${printable(text.length > limit ? `${text.slice(0, limit)}…` : text)}"`;
}

/** Text that a container sent: blanks joined, shortened, and every byte that is not printable as `\xNN`. */
export function excerpt(text: string, limit = 120): string {
  // Only so much is looked at: the body may be a mebibyte.
  const short = text
    .slice(0, limit * 10)
    .replace(/\s+/g, ' ')
    .trim();
  const cut = short.length > limit || text.length > limit * 10;
  return `"${showBytes(Buffer.from(short.slice(0, limit)))}${cut ? '…' : ''}"`;
}

function printable(text: string): string {
  return text
    .split('\\')
    .map((part) => showBytes(Buffer.from(part)))
    .join('\\');
}

/** One error for one line of input, with all that is wrong with it. */
export function badLine(line: string, complaints: readonly string[]): CheckError {
  const [only, ...others] = complaints;
  const list = others.length === 0 ? ` ${only}` : complaints.map((complaint) => `\n- ${complaint}`).join('');
  return new CheckError('bad-input', `Smoke test ${quoted(line)} cannot be asked:${list}`);
}

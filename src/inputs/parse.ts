import { CheckError } from '../model/errors.js';
import { normalisePath } from '../model/places.js';
import type { AllowedPath, Layer } from '../model/target.js';

/**
 * Parsers of single values. Each gives the value, or throws a CheckError `bad-input` whose message says what
 * the value must be; the reader puts the input's name in front and collects all of them.
 */
export function complaint(message: string): CheckError {
  return new CheckError('bad-input', message);
}

/** One entry a line; blank lines and comment lines are no entries. */
export function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

export function wholeNumber(text: string, from: number, to: number, meaning: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to))
    throw complaint(`is "${text}". It must be a number from ${from} to ${to}: ${meaning}.`);
  return value;
}

export function oneOf<T extends string>(text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found === undefined) throw complaint(`is "${text}". It must be one of: ${values.join(', ')}.`);
  return found;
}

export function layers(text: string): readonly Layer[] {
  const value = oneOf(text, ['read-only', 'permissions', 'both']);
  return value === 'both' ? ['read-only', 'permissions'] : [value];
}

export function absolutePath(text: string, what: string): string {
  const path = normalisePath(text);
  if (path === null)
    throw complaint(`has the entry "${text}". It must be an absolute path in the container, such as ${what}.`);
  return path;
}

/** `path` or `path # reason`. */
export function allowedPath(line: string): AllowedPath {
  const [, path = line, reason = ''] = /^(.*?)\s+#\s*(.*)$/.exec(line) ?? [];
  return { path: absolutePath(path.trim(), "/data # the database's files"), reason: reason.trim() || null };
}

export function assignment(line: string, why: string): string {
  if (!/^[^=\s]+=/.test(line)) throw complaint(`has the entry "${line}". It must be NAME=value: ${why}.`);
  return line;
}

/** As `--tmpfs` takes it: an absolute path, with options after a colon. */
export function tmpfs(line: string): string {
  const [path = '', ...options] = line.split(':');
  const normal = absolutePath(path, '/run or /var/cache:uid=33,gid=33');
  if (normal === '/') throw complaint(`has the entry "${line}". A tmpfs over / would hide the image itself.`);
  return [normal, ...options].join(':');
}

/** As `-v` takes it: `SOURCE:/path[:options]`, or `/path` for an anonymous volume. */
export function volume(line: string): string {
  const parts = line.split(':');
  const path = parts.length === 1 ? parts[0] : parts[1];
  if (path === undefined || !path.startsWith('/') || parts.length > 3) {
    throw complaint(
      `has the entry "${line}". It must be as \`docker run -v\` takes it, such as config:/drouter/config:ro.`,
    );
  }
  return line;
}

/** Flags of `docker run` that this check sets itself, or that would take the container out of its hands. */
const RESERVED_RUN = [
  '--detach',
  '--rm',
  '--name',
  '--cidfile',
  '--read-only',
  '--tty',
  '--interactive',
  '--attach',
  '--restart',
  '--help',
];

/** The words of one line of `run-options`. */
export function runOptions(words: readonly string[]): readonly string[] {
  for (const word of words) {
    const flag = word.split('=')[0] ?? '';
    // One-letter flags can be written together: `-itP`; those without a value come first.
    if (RESERVED_RUN.includes(flag) || /^-[Pq]*[adit]/.test(word) || word === '--') {
      throw complaint(`has "${word}", which this check decides itself. Leave it out.`);
    }
    if (flag === '--env' || /^-[Pq]*e/.test(word))
      throw complaint(
        `has "${word}". Use the input \`env\`, so that no variable of the workflow gets into the container unseen.`,
      );
  }
  return words;
}

/** The words of one line of `build-options`. */
export function buildOptions(words: readonly string[]): readonly string[] {
  for (const word of words) {
    const flag = word.split('=')[0] ?? '';
    if (['--iidfile', '--quiet', '-q', '--', '--help'].includes(flag))
      throw complaint(`has "${word}", which this check decides itself. Leave it out.`);
  }
  return words;
}

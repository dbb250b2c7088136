import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import { CheckError } from '../../model/errors.js';
import type { BodyExpectation, SmokeTest, StatusExpectation } from '../../model/target.js';
import type { Answer } from '../../platform/http.js';
import { excerpt, quoted } from './complaint.js';

/** Milliseconds for a regular expression: a hostile body can make a careless one run for years. */
const PATTERN_LIMIT = 2_000;

/**
 * One line of `expect`.
 * @throws CheckError `bad-input`
 */
export function parseExpectation(line: string): BodyExpectation {
  if (line.trim() === '') {
    throw new CheckError(
      'bad-input',
      'An expectation is empty, which every body meets. Write what the body must hold.',
    );
  }
  if (/^\s*[{[]/.test(line)) return { kind: 'json', value: parseJson(line), text: line };
  const [, source, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(line) ?? [];
  if (source !== undefined && validFlags(flags))
    return { kind: 'pattern', pattern: compile(source, flags, line), text: line };
  return { kind: 'contains', text: line };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    const pattern = `/${line.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}/`;
    throw new CheckError(
      'bad-input',
      `The expectation ${quoted(line)} starts as JSON does, and is none: ${quoted(message(error))}. ` +
        `Mend the JSON; plain text that starts so is written as a regular expression: ${quoted(pattern)}.`,
    );
  }
}

function validFlags(flags: string): boolean {
  const each = new Set(flags);
  return each.size === flags.length && /^[dgimsuvy]*$/.test(flags) && !(each.has('u') && each.has('v'));
}

function compile(source: string, flags: string, line: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new CheckError(
      'bad-input',
      `The expectation ${quoted(line)} is no regular expression: ${quoted(message(error))}. ` +
        'Mend it; to look for the text itself, put a backslash before each special character.',
    );
  }
}

/**
 * `expect-status`: codes and classes with commas between them.
 * @throws CheckError `bad-input`
 */
export function parseStatus(text: string): StatusExpectation {
  const codes: number[] = [];
  const classes: number[] = [];
  const wrong: string[] = [];
  for (const part of text.split(',').map((each) => each.trim())) {
    if (/^[2-5]\d\d$/.test(part)) codes.push(Number(part));
    else if (/^[2-5]xx$/i.test(part)) classes.push(Number(part[0]));
    else wrong.push(quoted(part));
  }
  if (wrong.length > 0) {
    throw new CheckError(
      'bad-input',
      `Input "expect-status" is ${quoted(text)}, with ${wrong.join(', ')} in it. ` +
        'It must be status codes from 200 to 599 or classes from 2xx to 5xx, with commas between them: 200,204,3xx.',
    );
  }
  return { text, codes, classes };
}

/** null where the answer is what the test expects, else why not, on one line that is safe to print. */
export function meets(answer: Answer, test: SmokeTest, status: StatusExpectation): string | null {
  const body = new TextDecoder().decode(answer.body);
  const says = body === '' ? 'with an empty body' : excerpt(body);
  if (test.request.failOnStatus && answer.status >= 400) return `status ${answer.status}, which -f refuses: ${says}`;
  if (!status.codes.includes(answer.status) && !status.classes.includes(Math.floor(answer.status / 100))) {
    return `status ${answer.status} instead of ${printed(status.text)}: ${says}`;
  }
  if (test.expect === null) return null;
  const wrong = compare(test.expect, body, answer.cut);
  if (wrong === null) return null;
  const part = answer.cut ? ` (only its first ${answer.body.byteLength} bytes were read)` : '';
  return `${wrong}${part}: ${says}`;
}

function compare(expect: BodyExpectation, body: string, cut: boolean): string | null {
  switch (expect.kind) {
    case 'json':
      if (cut) return `the body is too long to be compared with ${quoted(expect.text)}`;
      return sameJson(expect, body);
    case 'pattern': {
      const found = search(expect.pattern, body);
      if (found === null)
        return `the body could not be searched for ${quoted(expect.text)} in ${PATTERN_LIMIT / 1000} s`;
      return found ? null : `the body does not match ${quoted(expect.text)}`;
    }
    case 'contains':
      return body.includes(expect.text) ? null : `the body does not contain ${quoted(expect.text)}`;
  }
}

function sameJson(expect: BodyExpectation & { kind: 'json' }, body: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return `the body is not JSON, and should be ${quoted(expect.text)}`;
  }
  return isDeepStrictEqual(value, expect.value) ? null : `the body is not ${quoted(expect.text)}`;
}

/** null where it took too long. In a context of its own only because there a running expression can be stopped. */
function search(pattern: RegExp, body: string): boolean | null {
  try {
    return Boolean(runInNewContext('body.search(pattern) >= 0', { body, pattern }, { timeout: PATTERN_LIMIT }));
  } catch {
    return null;
  }
}

function printed(text: string): string {
  return quoted(text).slice(1, -1);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

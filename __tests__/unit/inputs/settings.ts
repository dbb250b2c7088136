import { parseSmokeTest } from '../../../src/check/smoke/curl.js';
import { parseExpectation, parseStatus } from '../../../src/check/smoke/expectation.js';
import { shellWords } from '../../../src/check/smoke/words.js';
import { type RawInputs, readSettings, type Settings } from '../../../src/inputs/read.js';
import type { ForeignParsers } from '../../../src/inputs/spec.js';
import { CheckError } from '../../../src/model/errors.js';

/** The parsers of the other rooms, as app.ts hands them in. */
export const foreign: ForeignParsers = {
  words: shellWords,
  smokeTest: parseSmokeTest,
  expectation: parseExpectation,
  status: parseStatus,
};

export function settings(raw: RawInputs = {}): Settings {
  return readSettings(raw, foreign);
}

/** What is said of these inputs, a line a complaint; none where they are right. */
export function complaints(raw: RawInputs): string[] {
  try {
    settings(raw);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof CheckError) || thrown.code !== 'bad-input') throw thrown;
    return thrown.message.split('\n');
  }
}

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Report } from '../../../src/model/report.js';

const FOLDER = new URL('../../fixtures/reports/', import.meta.url);

/** The shared reports, by name. */
export const REPORTS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''));

export function report(name: string): Report {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}

/**
 * Compares with a golden file. `UPDATE_GOLDENS=1` writes it anew: then read the difference before you commit it.
 * A golden that is missing fails, so that none is made unseen.
 */
export function expectGolden(actual: string, file: string): void {
  const golden = new URL(file, FOLDER);
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(golden, actual);
  if (!existsSync(golden))
    throw new Error(`There is no ${golden.pathname}. Make it with UPDATE_GOLDENS=1, and read it.`);
  expect(actual).toBe(readFileSync(golden, 'utf8'));
}

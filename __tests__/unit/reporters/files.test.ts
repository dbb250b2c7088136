import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeJobSummary } from '../../../src/reporters/job-summary.js';
import { writeReport } from '../../../src/reporters/json.js';
import { SUMMARY_LIMIT } from '../../../src/reporters/markdown.js';
import { report } from './fixtures.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a report is written into a folder that need not exist', async () => {
  const files = await writeReport(report('fail'), join(folder, 'a', 'b'));
  expect(files).toEqual({ json: join(folder, 'a', 'b', 'report.json'), markdown: join(folder, 'a', 'b', 'report.md') });
  expect(JSON.parse(await readFile(files.json, 'utf8'))).toEqual(report('fail'));
  expect(await readFile(files.markdown, 'utf8')).toMatch(/^## ❌ `echo` is not immutable/);
});

test('the job summary keeps to what is left of its megabyte', async () => {
  const written: string[] = [];
  const append = async (text: string) => {
    written.push(text);
  };
  await writeJobSummary(report('many-paths'), append);
  await writeJobSummary(report('many-paths'), append, SUMMARY_LIMIT - 10_000);
  expect(written.map((text) => text.startsWith('## ❌'))).toEqual([true, true]);
  expect(Buffer.byteLength(written[0] ?? '')).toBeGreaterThan(10_000);
  expect(Buffer.byteLength(written[1] ?? '')).toBeLessThanOrEqual(10_001);
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../model/report.js';
import { markdown, SUMMARY_LIMIT } from './markdown.js';

/** Where the report's files stand. */
export interface ReportFiles {
  readonly json: string;
  readonly markdown: string;
}

/** The report as `report.json` holds it, valid against `src/model/report.schema.json`. */
export function json(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Writes `report.json` and `report.md` into a folder, which is made where it does not exist. */
export async function writeReport(report: Report, folder: string): Promise<ReportFiles> {
  const files = { json: join(folder, 'report.json'), markdown: join(folder, 'report.md') };
  await mkdir(folder, { recursive: true });
  await writeFile(files.json, json(report));
  await writeFile(files.markdown, markdown(report, SUMMARY_LIMIT));
  return files;
}

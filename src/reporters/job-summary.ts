import type { Report } from '../model/report.js';
import { markdown, SUMMARY_LIMIT } from './markdown.js';

/**
 * Appends the report to the job's summary. `append` writes to the file that `GITHUB_STEP_SUMMARY` names;
 * `present` is how many bytes this step has written there already, of the 1 MiB that it may.
 */
export async function writeJobSummary(
  report: Report,
  append: (text: string) => Promise<void>,
  present = 0,
): Promise<void> {
  await append(`${markdown(report, SUMMARY_LIMIT - present)}\n`);
}

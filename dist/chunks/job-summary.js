import "./rolldown-runtime.js";
import { n as SUMMARY_LIMIT, r as markdown } from "./markdown.js";

// src/reporters/job-summary.ts
/**
* Appends the report to the job's summary. `append` writes to the file that `GITHUB_STEP_SUMMARY` names;
* `present` is how many bytes this step has written there already, of the 1 MiB that it may.
*/
async function writeJobSummary(report, append, present = 0) {
	await append(`${markdown(report, SUMMARY_LIMIT - present)}\n`);
}

export { writeJobSummary };
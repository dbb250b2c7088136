// Writes what is made from other files of the repository: src/model/operations.ts from the probe's table of
// attempts, action.yml's inputs and outputs and the README's tables from src/inputs/spec.ts.
// `--check` writes nothing, names what differs, and fails.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actionSections, inputTable, loadSpec, outputTable } from './generate/inputs.mjs';
import { operationsSource } from './generate/operations.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The text between two marker lines, replaced. */
function between(text, file, marker, content, [open, close]) {
  const begin = `${open} generated: ${marker}${close}`;
  const end = `${open} end of generated: ${marker}${close}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`${file} has no place for "${marker}": it wants the lines "${begin}" and "${end}".`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}

const spec = await loadSpec(root);
const HTML = ['<!--', ' -->'];
const YAML = ['#', ''];
const files = {
  'src/model/operations.ts': async () => operationsSource(root),
  'action.yml': async (text) => between(text, 'action.yml', 'inputs and outputs', actionSections(spec), YAML),
  'README.md': async (text) =>
    between(
      between(text, 'README.md', 'inputs', inputTable(spec), HTML),
      'README.md',
      'outputs',
      outputTable(spec),
      HTML,
    ),
};

let stale = 0;
for (const [file, make] of Object.entries(files)) {
  const path = join(root, file);
  const present = await readFile(path, 'utf8').catch(() => '');
  const wanted = await make(present);
  if (wanted === present) continue;
  if (process.argv.includes('--check')) {
    stale += 1;
    console.error(`${file} is not what its sources say. Run \`npm run generate\` and commit the result.`);
  } else {
    await writeFile(path, wanted);
    console.log(`${file} written.`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';

const folder = fileURLToPath(new URL('../fixtures/scenarios', import.meta.url));

/** Compares with a file of __tests__/fixtures/scenarios; `GOLDEN=write` writes it anew. */
export async function golden(name: string, actual: string): Promise<void> {
  const file = join(folder, name);
  const text = normalised(actual);
  if (process.env.GOLDEN === 'write') {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (!existsSync(file)) throw new Error(`${file} does not exist; GOLDEN=write makes it.`);
  expect(text).toBe(await readFile(file, 'utf8'));
}

/** Without what differs from run to run, engine to engine and folder to folder. */
function normalised(text: string): string {
  return `${text
    .replaceAll(fileURLToPath(new URL('../..', import.meta.url)), 'REPOSITORY/')
    .replace(/- time: [^)]*\)/g, '- time: TIME')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'NOW')
    .replace(/sha256:[0-9a-f]{12,64}/g, 'sha256:ID')
    .replace(/\b[0-9a-f]{12}\b|\b[0-9a-f]{40}\b/g, 'ID')
    .replace(/\b\d+(\.\d+)? (ms|s)\b/g, 'N ms')
    .replace(/\b\d+ (try|tries)\b/g, 'N tries')
    .replace(/\bdocker,? (Engine )?\d+(\.\d+)+(\+\w+)?/gi, 'docker VERSION')
    .replace(/\b\d[\d,]*(?= (real )?attempts)/g, 'N')
    // On a terminal it is a table that wraps by the width of its numbers.
    .replace(/(Who attacked, and how it was refused)\n[\s\S]*?(?=\n\n)/g, '$1 WHO')
    .replace(/^.*\bE(ROFS|ACCES|PERM) \d.*$/gm, (line) => line.replace(/(?<![\w.-]|[ug]id )\d[\d,]*\b/g, 'N'))
    // Whether there is this note is a setting of the machine: kernel.yama.ptrace_scope.
    .replace(/^ *- ℹ️ Processes can open the memory[\s\S]*?on the hosts\.\n/gm, '')
    .replace(/Worth knowing: \d+ notes?/g, 'Worth knowing: N notes')
    .replace(/linux\/(amd64|arm64)/g, 'linux/ARCH')
    // Columns are as wide as the widest number.
    .replace(/(?<=\S) {2,}/g, '  ')
    .replace(/:?-{3,}:?/g, '---')
    .trimEnd()}\n`;
}

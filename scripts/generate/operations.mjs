import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The text of src/model/operations.ts, made from the table of attempts in probe/attempts.c.
 * @param {string} root the repository's folder
 * @throws {Error} where the table cannot be found
 */
export function operationsSource(root) {
  const source = readFileSync(join(root, 'probe/attempts.c'), 'utf8');
  const table = /\} attempts\[OPERATIONS\] = \{\n(.*?)\n\};/s.exec(source)?.[1] ?? '';
  const names = [...table.matchAll(/^ *\[[A-Z_]+\] = \{"([a-z-]+)",/gm)].map(([, name]) => name);
  if (names.length === 0 || names.length !== table.split('\n').length) {
    throw new Error('probe/attempts.c: the table `attempts` has to hold one row a line, `[NAME] = {"name", ...},`.');
  }
  return `// Generated from probe/attempts.c by \`npm run generate\`. Do not edit.

/** What the probe attempts, by the name it reports it under. */
export const OPERATIONS = [
${names.map((name) => `  '${name}',\n`).join('')}] as const;

export type Operation = (typeof OPERATIONS)[number];
`;
}

import { INPUT_NAMES } from './sources.js';
import { INPUTS, type InputRow } from './spec.js';

/** What `immutable-check --help` prints; made from the table of inputs. */
export function help(): string {
  const flags = INPUT_NAMES.map((name) => {
    const row: InputRow = INPUTS[name];
    const value = row.kind === 'list' ? '<entry> …' : `<${row.kind}>`;
    const preset =
      row.derived ?? (row.default.startsWith('${{') ? '$GITHUB_TOKEN' : row.default.replaceAll('\n', ', '));
    return `  --${name} ${value}\n${wrap(row.doc + (preset ? ` Default: ${preset}.` : ''), 6)}`;
  });
  return `Usage: immutable-check [flags]

Builds or takes an image, runs it read-only, asks it, and really attempts to change what nobody may change.

${flags.join('\n')}
  --version
  --help

A list takes an entry a flag: --tmpfs /run --tmpfs /tmp
Exit status: 0 pass, 1 fail, 2 error.
`;
}

function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replaceAll('`', '').split(' ')) {
    if (line !== '' && line.length + word.length + 1 > 92 - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one).join('\n');
}

// What stands in action.yml and in the README's tables, made from src/inputs/spec.ts.

/** The rows of src/inputs/spec.ts, compiled on the fly. */
export async function loadSpec(root) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: root,
    input: 'src/inputs/spec.ts',
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
}

const quote = (text) => JSON.stringify(text);

/** `inputs:` and `outputs:` of action.yml. Defaults with several lines are block scalars. */
export function actionSections({ INPUTS, OUTPUTS }) {
  const lines = ['inputs:'];
  for (const [name, row] of Object.entries(INPUTS)) {
    lines.push(`  ${name}:`, `    description: ${quote(plain(row))}`, '    required: false');
    if (row.default.includes('\n'))
      lines.push('    default: |-', ...row.default.split('\n').map((line) => `      ${line}`));
    else lines.push(`    default: ${row.default.startsWith('${{') ? row.default : quote(row.default)}`);
  }
  lines.push('outputs:');
  for (const [name, doc] of Object.entries(OUTPUTS))
    lines.push(`  ${name}:`, `    description: ${quote(doc.replaceAll('`', ''))}`);
  return lines.join('\n');
}

function plain(row) {
  const entries = row.kind === 'list' ? ' One entry a line.' : '';
  return row.doc.replaceAll('`', '').replace(', one a line.', '.') + entries;
}

/** The README's table of inputs. */
export function inputTable({ INPUTS }) {
  const rows = Object.entries(INPUTS).map(([name, row]) => {
    const preset =
      row.derived ??
      (row.default === ''
        ? ''
        : row.default
            .split('\n')
            .map((one) => `\`${one}\``)
            .join(', '));
    return `| \`${name}\` | ${row.kind}${preset ? `, ${preset}` : ''} | ${row.doc.replaceAll('|', '\\|')} |`;
  });
  return ['| input | kind, default | meaning |', '|---|---|---|', ...rows].join('\n');
}

/** The README's table of outputs. */
export function outputTable({ OUTPUTS }) {
  return [
    '| output | meaning |',
    '|---|---|',
    ...Object.entries(OUTPUTS).map(([name, doc]) => `| \`${name}\` | ${doc} |`),
  ].join('\n');
}

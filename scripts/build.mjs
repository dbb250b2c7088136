// Makes dist/: the bundled entry points, the probe for both architectures, the schema of the report, licences.
// The same sources give the same bytes; `npm test` and CI compare them with what is committed.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Bundles src/ into a folder. Returns the packages that went in. */
export async function bundle(output) {
  const { rolldown } = await import('rolldown');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const build = await rolldown({
    cwd: root,
    input: { index: 'src/action.ts', cli: 'src/cli.ts', cleanup: 'src/cleanup.ts' },
    platform: 'node',
    // Node 20 is the oldest that runs the command line tool: `await using` is rewritten for it.
    transform: { target: 'node20', define: { __VERSION__: JSON.stringify(version) } },
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    logLevel: 'warn',
    // Of the toolkit only what is called goes in: its OIDC client alone would bring a whole HTTP stack to every start.
    treeshake: { moduleSideEffects: (id) => !/node_modules\/@actions\/(core|http-client|io)\//.test(id) },
  });
  const { output: chunks } = await build.write({
    dir: output,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    minify: false,
    sourcemap: false,
    comments: { legal: false },
  });
  await build.close();
  const packages = new Set();
  for (const chunk of chunks) {
    for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
      if (name) packages.add(name);
    }
  }
  return [...packages].sort();
}

async function licences(packages) {
  const texts = [];
  for (const name of packages) {
    const folder = join(root, 'node_modules', name);
    const { license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    texts.push(
      `${name} (${license})\n\n${file ? (await readFile(join(folder, file), 'utf8')).trim() : 'No licence text is part of the package.'}\n`,
    );
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** Builds everything into `output`. Without a compiler (`probe: false`) the probe that is there stays. */
export async function build(output, { probe = true } = {}) {
  await mkdir(output, { recursive: true });
  for (const entry of await readdir(output)) if (entry !== 'probe') await rm(join(output, entry), { recursive: true });
  const packages = await bundle(output);
  await writeFile(join(output, 'licenses.txt'), await licences(packages));
  await copyFile(join(root, 'src/model/report.schema.json'), join(output, 'report.schema.json'));
  if (probe) {
    const { buildProbe } = await import('./build/probe.mjs');
    await buildProbe(join(output, 'probe'));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const flags = process.argv.slice(2);
  await build(resolve(root, flags.find((flag) => !flag.startsWith('-')) ?? 'dist'), {
    probe: !flags.includes('--no-probe'),
  });
}

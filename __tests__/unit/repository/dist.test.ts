import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';

/** dist/ is what runs in other people's workflows: it has to be what the sources make, byte by byte. */

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'immutable-check-dist-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** SHA-256 of every file below a folder, by path. */
function sums(of: string): Record<string, string> {
  const files = readdirSync(of, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(of, path), createHash('sha256').update(readFileSync(path)).digest('hex')])
      .sort(),
  );
}

/** In a process of its own: the bundler is a native module, and jest's modules are none. */
function node(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stdout}${stderr}`);
}

test('the bundle is what `npm run build` makes of the sources', () => {
  const bundled = join(folder, 'bundle');
  node('scripts/build.mjs', bundled, '--no-probe');
  const committed = Object.entries(sums(join(root, 'dist'))).filter(([path]) => !path.startsWith('probe/'));
  expect(Object.fromEntries(committed)).toEqual(sums(bundled));
});

/** The compiler that made what is committed, as probe/README.md names it; another one makes other bytes. */
function otherCompiler(): string | null {
  const { status, stdout } = spawnSync('clang', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return 'there is no clang';
  const there = /clang version (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  return there === MADE_BY ? null : `this is clang ${there}, and dist/probe was made by ${MADE_BY}`;
}

const MADE_BY = '14.0.6';
const other = otherCompiler();
if (other) console.warn(`dist/probe is not rebuilt: ${other}.`);

describe('the probe', () => {
  (other ? test.skip : test)(`is what clang ${MADE_BY} makes of the sources, from any folder`, () => {
    const built = join(folder, 'probe');
    node('scripts/build/probe.mjs', built);
    expect(sums(join(root, 'dist/probe'))).toEqual(sums(built));
  });

  test('has the checksums that stand beside it, and may be executed', () => {
    const { SHA256SUMS: _, ...files } = sums(join(root, 'dist/probe'));
    const lines = readFileSync(join(root, 'dist/probe/SHA256SUMS'), 'utf8').trim().split('\n');
    expect(Object.fromEntries(lines.map((line) => line.split('  ').reverse()))).toEqual(files);
    expect(Object.keys(files).sort()).toEqual(['linux-amd64', 'linux-arm64']);
    for (const name of Object.keys(files)) expect(statSync(join(root, 'dist/probe', name)).mode & 0o777).toBe(0o755);
  });
});

test('action.yml starts what is there', () => {
  const action = readFileSync(join(root, 'action.yml'), 'utf8');
  const started = [...action.matchAll(/^ {2}(?:main|pre|post): (.+)$/gm)].map(([, path]) => path ?? '');
  expect(started).toEqual(['dist/index.js', 'dist/cleanup.js']);
  for (const path of started) expect(statSync(join(root, path)).isFile()).toBe(true);
});

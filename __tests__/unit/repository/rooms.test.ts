import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/**
 * The linter keeps the directions of docs/architecture.md: here each room is given what it may not import, and what it
 * may. The files are planted in a folder of their own, under this repository's configuration.
 */

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'immutable-check-rooms-'));
const planted = new Map<string, string>();
let refusals: ReadonlySet<string> = new Set();
afterAll(() => rmSync(folder, { recursive: true }));

/** Plants a file beside `path` that imports `from`; gives where. Before the linter runs. */
function plant(path: string, from: string): string {
  const at = join(dirname(path), `planted${planted.size}.ts`);
  planted.set(at, from);
  mkdirSync(join(folder, dirname(at)), { recursive: true });
  writeFileSync(join(folder, at), `export * from '${from}';\n`);
  return at;
}

beforeAll(() => {
  copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(
    process.execPath,
    [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '--only=style/noRestrictedImports', '.'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  refusals = new Set([...planted.keys()].filter((at) => stdout.includes(`"${at}"`)));
});

const PACKAGES = ['@actions/core', '@actions/exec', '@actions/github', 'undici'];
const ENTRIES = ['app', 'action', 'cli', 'cleanup'];

/** For each room a file in it, how deep it is, and what it may not and may import. */
const rooms: [string, string, string[], string[]][] = [
  ['src/model/x.ts', '..', ['check/check', 'inputs/read', 'reporters/json', 'engines/engine', 'platform/log'], []],
  [
    'src/model/judge/x.ts',
    '../..',
    ['check/check', 'inputs/read', 'reporters/json', 'engines/engine', 'platform/log'],
    ['model/places'],
  ],
  ['src/platform/x.ts', '..', ['check/check', 'inputs/read', 'reporters/json', 'engines/engine', 'model/errors'], []],
  [
    'src/inputs/x.ts',
    '..',
    ['check/check', 'check/smoke/curl', 'reporters/json', 'engines/engine', 'platform/log'],
    ['model/errors'],
  ],
  [
    'src/reporters/x.ts',
    '..',
    ['check/check', 'inputs/read', 'engines/engine', 'engines/docker/docker'],
    ['model/report', 'platform/log'],
  ],
  ['src/reporters/escape/x.ts', '../..', ['check/check', 'inputs/read', 'engines/engine'], ['model/name']],
  ['src/engines/x.ts', '..', ['check/check', 'inputs/read', 'reporters/json'], ['model/errors', 'platform/exec']],
  [
    'src/engines/docker/x.ts',
    '../..',
    ['check/check', 'inputs/read', 'reporters/json'],
    ['model/errors', 'platform/exec', 'engines/engine'],
  ],
  [
    'src/check/x.ts',
    '..',
    ['inputs/read', 'reporters/json', 'platform/exec', 'engines/docker/docker', 'engines/index'],
    ['model/errors', 'engines/engine', 'check/smoke/smoke'],
  ],
  [
    'src/check/attack/x.ts',
    '../..',
    ['inputs/read', 'reporters/json', 'platform/exec', 'engines/docker/docker'],
    ['model/errors', 'engines/engine'],
  ],
  [
    'src/check/smoke/x.ts',
    '../..',
    ['inputs/read', 'reporters/json', 'engines/engine', 'engines/docker/docker'],
    ['model/errors', 'platform/http'],
  ],
];

describe.each(rooms)('%s', (path, up, above, below) => {
  const packages = path.startsWith('src/platform/') ? [] : PACKAGES;
  const wrong = [...[...above, ...ENTRIES].map((name) => `${up}/${name}.js`), ...packages].map((from) =>
    plant(path, from),
  );
  const right = [
    ...below.map((name) => `${up}/${name}.js`),
    'node:path',
    ...(packages.length === 0 ? PACKAGES : []),
  ].map((from) => plant(path, from));

  test('may not import what stands beside or above it', () => {
    expect(wrong.filter((at) => !refusals.has(at)).map((at) => planted.get(at))).toEqual([]);
  });

  test('may import what stands below it', () => {
    expect(right.filter((at) => refusals.has(at)).map((at) => planted.get(at))).toEqual([]);
  });
});

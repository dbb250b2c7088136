import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../../src/model/rules.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

test('what is generated is what its sources say', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});

test('every rule has its section in docs/rules.md, and no section is without its rule', () => {
  const sections = [...read('docs/rules.md').matchAll(/^## `?([a-z-]+)`?$/gm)].map(([, id]) => id);
  expect(sections.sort()).toEqual(Object.keys(RULES).sort());
});

test('every rule that a finding names is in the catalogue, and every one there is used', () => {
  const used = new Set<string>();
  for (const file of readdirSync(`${root}src/model/judge`)) {
    const source = read(`src/model/judge/${file}`);
    for (const id of Object.keys(RULES)) if (source.includes(`'${id}'`)) used.add(id);
  }
  expect([...used].sort()).toEqual(Object.keys(RULES).sort());
});

describe('the version', () => {
  const { version } = JSON.parse(read('package.json'));

  test('stands in package.json, and the lock file says the same', () => {
    const lock = JSON.parse(read('package-lock.json'));
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
  });

  test('and nowhere else in the sources', () => {
    const tracked = spawnSync('git', ['ls-files', 'src', 'scripts', 'probe', 'action.yml'], {
      cwd: root,
      encoding: 'utf8',
    }).stdout.split('\n');
    expect(tracked.length).toBeGreaterThan(50);
    const literal = new RegExp(`["'\`]v?${version.replaceAll('.', '\\.')}["'\`]`);
    expect(tracked.filter((file) => file !== '' && literal.test(readIfThere(file)))).toEqual([]);
  });

  test('is what the command line tells', () => {
    const { stdout } = spawnSync(process.execPath, ['dist/cli.js', '--version'], { cwd: root, encoding: 'utf8' });
    expect(stdout).toBe(`${version}\n`);
  });
});

function readIfThere(file: string): string {
  try {
    return read(file);
  } catch {
    return '';
  }
}

test('the lock file holds no address of a registry: whoever installs uses their own', () => {
  const lock = JSON.parse(read('package-lock.json'));
  const packages = Object.entries<{ resolved?: string; integrity?: string; link?: boolean }>(lock.packages);
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, one]) => one.resolved !== undefined).map(([name]) => name)).toEqual([]);
  expect(packages.filter(([name, one]) => name !== '' && !one.integrity && !one.link).map(([name]) => name)).toEqual(
    [],
  );
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { archive, holdsSomething } from '../../../../src/engines/docker/archive.js';

const folder = mkdtempSync(join(tmpdir(), 'immutable-check-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (name: string, size: number, mode: number) => ({ name, content: Buffer.alloc(size, 'x'), mode });

test('tar lists what was put in', () => {
  const written = archive([
    entry('probe', 70_000, 0o111),
    entry('empty', 0, 0o644),
    entry('block', 512, 0o555),
    entry('n'.repeat(100), 1, 0o600),
  ]);
  expect(written.length % 512).toBe(0);
  const { stdout, status, stderr } = spawnSync('tar', ['-tvf', '-', '--numeric-owner', '--utc'], { input: written });
  expect([status, stderr.toString()]).toEqual([0, '']);
  const lines = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  expect(lines.map(([mode, owner, size, , , name]) => [mode, owner, size, name])).toEqual([
    ['---x--x--x', '0/0', '70000', 'probe'],
    ['-rw-r--r--', '0/0', '0', 'empty'],
    ['-r-xr-xr-x', '0/0', '512', 'block'],
    ['-rw-------', '0/0', '1', 'n'.repeat(100)],
  ]);
});

test('tar takes out the same bytes', () => {
  const content = Buffer.from([0, 1, 2, 255, 10, 13, ...Buffer.from('end')]);
  const read = execFileSync('tar', ['-xOf', '-', 'a'], { input: archive([{ name: 'a', content, mode: 0o644 }]) });
  expect(read).toEqual(content);
});

describe('whether an archive holds something, by its beginning', () => {
  const made = (name: string, make: (path: string) => void): Uint8Array => {
    const path = join(folder, name);
    make(path);
    return execFileSync('tar', ['-cf', '-', '-C', folder, name]);
  };
  test.each<[string, (path: string) => void, boolean]>([
    ['an empty directory', (path) => mkdirSync(path), false],
    ['a file', (path) => writeFileSync(path, 'x'), true],
    ['an empty file', (path) => writeFileSync(path, ''), true],
    [
      'a directory with a file',
      (path) => {
        mkdirSync(path);
        writeFileSync(join(path, 'x'), '');
      },
      true,
    ],
    ['a directory with an empty one', (path) => mkdirSync(join(path, 'x'), { recursive: true }), true],
  ])('%s', (name, make, something) => {
    const whole = made(name.replaceAll(' ', '-'), make);
    expect(holdsSomething(whole)).toBe(something);
    expect(holdsSomething(whole.subarray(0, 3 * 512))).toBe(something);
  });
});

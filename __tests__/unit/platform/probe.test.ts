import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ProbeDamaged, readProbe } from '../../../src/platform/probe.js';

let folder = '';
let at: URL;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'immutable-check-probe-'));
  at = pathToFileURL(`${folder}/`);
  put({ 'linux-amd64': 'amd', 'linux-arm64': 'arm' });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Ships these files with their sums, or with others. */
function put(files: Record<string, string>, sums: Record<string, string> = files, separator = '  '): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const lines = Object.entries(sums).map(
    ([name, content]) => `${createHash('sha256').update(content).digest('hex')}${separator}${name}\n`,
  );
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

test.each([
  ['linux/amd64', 'amd'],
  ['linux/arm64', 'arm'],
  ['linux/arm64/v8', 'arm'],
])('the probe for %s', async (platform, content) => {
  expect(Buffer.from(await readProbe(at, platform)).toString()).toBe(content);
});

test('sums of binary mode are sums, too', async () => {
  put({ 'linux-amd64': 'amd' }, undefined, ' *');
  await expect(readProbe(at, 'linux/amd64')).resolves.toBeDefined();
});

test.each<[string, string, () => void, RegExp]>([
  [
    'another probe',
    'linux/amd64',
    () => put({ 'linux-amd64': 'evil' }, { 'linux-amd64': 'amd' }),
    /not the one that was shipped: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/,
  ],
  ['a shortened one', 'linux/amd64', () => put({ 'linux-amd64': '' }, { 'linux-amd64': 'amd' }), /not the one/],
  [
    'that of the other platform',
    'linux/arm64',
    () => put({ 'linux-arm64': 'amd' }, { 'linux-arm64': 'arm' }),
    /not the one/,
  ],
  ['no probe', 'linux/amd64', () => rmSync(join(folder, 'linux-amd64')), /cannot be read .*Reinstall/],
  ['no sums', 'linux/amd64', () => rmSync(join(folder, 'SHA256SUMS')), /SHA256SUMS cannot be read/],
  ['sums without it', 'linux/amd64', () => put({}, { other: 'x' }), /no probe for the platform "linux\/amd64"/],
  [
    'a sum that is none',
    'linux/amd64',
    () => writeFileSync(join(folder, 'SHA256SUMS'), 'abc  linux-amd64\n'),
    /no probe/,
  ],
  ['another platform', 'linux/s390x', () => {}, /linux\/amd64 and linux\/arm64 can be checked/],
  ['another system', 'windows/amd64', () => {}, /no probe for the platform "windows\/amd64"/],
  ['a way out of the folder', '../linux/amd64', () => {}, /no probe/],
])('%s is refused', async (_, platform, change, message) => {
  change();
  const refusal = readProbe(at, platform);
  await expect(refusal).rejects.toThrow(message);
  await expect(refusal).rejects.toBeInstanceOf(ProbeDamaged);
});

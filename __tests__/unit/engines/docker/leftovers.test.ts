import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Client } from '../../../../src/engines/docker/client.js';
import { Leftovers } from '../../../../src/engines/docker/leftovers.js';

const folder = mkdtempSync(join(tmpdir(), 'immutable-check-leftovers-'));
let scripts = 0;
afterAll(() => rmSync(folder, { recursive: true }));

const aborted = AbortSignal.abort(new Error('cancelled'));

/** What one run made on an engine that is this shell script, and the calls that the engine was asked. */
function leftovers(script = '', signal = new AbortController().signal) {
  const program = join(folder, `docker-${scripts++}`);
  writeFileSync(program, `#!/bin/sh\necho "$*" >> ${program}.calls\n${script}\n`);
  chmodSync(program, 0o755);
  return {
    of: new Leftovers(new Client(program, signal), 'r1'),
    calls: () => (existsSync(`${program}.calls`) ? readFileSync(`${program}.calls`, 'utf8').trim().split('\n') : []),
  };
}

const LOOK = [
  'ps --all --quiet --filter label=immutable-check.run=r1',
  'volume ls --quiet --filter label=immutable-check.run=r1',
];

describe('close', () => {
  test('asks the engine nothing where nothing was made', async () => {
    const { of, calls } = leftovers();
    expect(await of.close()).toEqual([]);
    expect(calls()).toEqual([]);
  });

  test('waits for what was begun, containers before volumes, and looks no further', async () => {
    const { of, calls } = leftovers('[ "$1" = rm ] && sleep 0.2; echo "$1 done" >> $0.calls');
    of.expect('c');
    of.expect('v');
    of.removeContainer('c');
    of.removeVolume('v');
    expect(await of.close()).toEqual([]);
    expect(calls()).toEqual(['rm --force --volumes c', 'rm done', 'volume rm --force v', 'volume done']);
  });

  test('removes in a check that was cancelled, too', async () => {
    const { of, calls } = leftovers('', aborted);
    of.expect('c');
    of.removeContainer('c');
    expect(await of.close()).toEqual([]);
    expect(calls()).toEqual(['rm --force --volumes c']);
  });

  test.each<[string, (of: Leftovers) => void]>([
    ['was expected and not removed', (of) => of.expect('c')],
    ['may have been made under another name', (of) => of.doubt()],
    [
      'could not be removed',
      (of) => {
        of.expect('bad');
        of.removeContainer('bad');
      },
    ],
  ])('looks by its label for what %s', async (_, make) => {
    const { of, calls } = leftovers('case "$*" in *bad) exit 1;; "ps "*) echo 0123; echo 4567;; esac');
    make(of);
    expect(await of.close()).toEqual([]);
    expect(calls().filter((call) => !call.endsWith('bad'))).toEqual([
      LOOK[0],
      'rm --force --volumes 0123 4567',
      LOOK[1],
    ]);
  });

  test('a volume waits for the containers before it, also for those that fail', async () => {
    const { of, calls } = leftovers('[ "$1" = rm ] && exit 1; exit 0');
    of.expect('c');
    of.removeContainer('c');
    of.removeVolume('v');
    await of.close();
    expect(calls().slice(0, 2)).toEqual(['rm --force --volumes c', 'volume rm --force v']);
  });
});

describe('removeAll', () => {
  test('looks for this run’s label alone', async () => {
    const { of, calls } = leftovers();
    expect(await of.removeAll()).toEqual([]);
    expect(calls()).toEqual(LOOK);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'what could not be removed',
      'case "$1" in ps) echo 0123;; rm) echo "device busy" >&2; exit 1;; esac',
      ['device busy.'],
    ],
    ['what could not be looked for', 'echo "no engine" >&2; exit 1', ['no engine.', 'no engine.']],
  ])('tells %s, and never throws', async (_, script, told) => {
    expect(await leftovers(script).of.removeAll()).toEqual(told);
  });

  test('tells of an engine whose program is gone', async () => {
    const of = new Leftovers(new Client('immutable-check-no-such-program', new AbortController().signal), 'r1');
    const told = await of.removeAll();
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('ENOENT');
    of.expect('c');
    of.removeContainer('c');
    expect(await of.close()).toHaveLength(2);
  });
});

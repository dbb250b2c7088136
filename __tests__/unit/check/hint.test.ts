import { expect, test } from '@jest/globals';
import { explain, hintAt } from '../../../src/check/hint.js';
import { container, execution, helper } from './laboratory.js';

const socket = (family: string, address: string, port: number) => ({ family, address, port });

test.each<[string, ReturnType<typeof socket>[], number | null, RegExp | null]>([
  ['nothing', [], 80, /Nothing listens/],
  ['another port', [socket('4', '0.0.0.0', 81), socket('6', '::', 81)], 80, /Nothing listens on port 80, but on 81:/],
  ['loopback', [socket('4', '127.0.0.1', 80)], 80, /127\.0\.0\.1 only/],
  ['loopback of IPv6', [socket('6', '::1', 80)], 80, /::1 only/],
  ['both loopbacks', [socket('4', '127.0.0.53', 80), socket('6', '::1', 80)], 80, /only/],
  ['one address of IPv6', [socket('6', 'fd00::1', 80)], 80, /IPv6/],
  ['everywhere', [socket('4', '0.0.0.0', 80)], 80, null],
  ['everywhere, by IPv6', [socket('6', '::', 80)], 80, null],
  ['loopback and everywhere', [socket('4', '127.0.0.1', 80), socket('4', '0.0.0.0', 80)], 80, null],
])('%s', (_, sockets, port, words) => {
  if (words) expect(explain(sockets, port)).toMatch(words);
  else expect(explain(sockets, port)).toBeNull();
});

test('the probe’s lines are read', async () => {
  const run = (output: string, exitCode = 0) =>
    hintAt(container({ run: () => execution(output, exitCode) }), helper, 80);
  expect(await run('H\t4\t127.0.0.1\t80\n')).toMatch(/127\.0\.0\.1 only/);
  expect(await run('H\t4\t0.0.0.0\t80\n')).toBeNull();
  expect(await run('', 1)).toBeNull();
  expect(await run('nonsense\n')).toMatch(/Nothing listens/);
});

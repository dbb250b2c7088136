import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { type Asking, ask } from '../../../../src/check/smoke/ask.js';
import { parseSmokeTest } from '../../../../src/check/smoke/curl.js';
import { parseExpectation, parseStatus } from '../../../../src/check/smoke/expectation.js';
import { HttpFailure, type HttpRequest } from '../../../../src/platform/http.js';

type Reply = number | string | Error | { hangs: true };

/** A world with a clock of its own, where every answer takes one millisecond. The last reply is given for ever. */
function world(replies: Reply[], more: Partial<Asking> = {}) {
  let time = 0;
  const pauses: number[] = [];
  const sent: HttpRequest[] = [];
  const controller = new AbortController();
  const how: Asking = {
    address: () => ({ host: '127.0.0.1', port: 1 }),
    timeout: 60_000,
    repeat: 1,
    ended: () => null,
    signal: controller.signal,
    now: () => time,
    sleep: async (ms) => {
      pauses.push(ms);
      time += ms;
    },
    send: async (request) => {
      sent.push(request);
      const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? 200;
      if (typeof reply === 'object' && 'hangs' in reply) {
        time += request.timeout;
        throw new HttpFailure('time-out', `no whole answer within ${request.timeout / 1000} s`);
      }
      time += 1;
      if (reply instanceof Error) throw reply;
      const status = typeof reply === 'number' ? reply : 200;
      return {
        status,
        statusText: '',
        headers: [],
        body: Buffer.from(typeof reply === 'string' ? reply : ''),
        cut: false,
      };
    },
    ...more,
  };
  return { how, pauses, sent, controller };
}

const REFUSED = new HttpFailure('not-yet', 'connection refused');
const ROOT = { request: parseSmokeTest('/'), expect: null };
const OK = parseStatus('2xx');

describe('asking', () => {
  test('once is enough where the first answer is right', async () => {
    const { how, pauses } = world([200]);
    expect(await ask(ROOT, OK, how)).toEqual({ passed: true, status: 200, attempts: 1, ms: 1, reason: null });
    expect(pauses).toEqual([]);
  });

  test('goes on through everything that a program that starts may answer', async () => {
    const { how, pauses } = world([REFUSED, REFUSED, 503, new HttpFailure('not-http', 'x'), 'wrong', 404, 'right']);
    const test = { ...ROOT, expect: parseExpectation('right') };
    expect(await ask(test, OK, how)).toMatchObject({ passed: true, status: 200, attempts: 7, reason: null });
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160]);
  });

  test('pauses a quarter of a second at most, and ends when the time is over', async () => {
    const { how, pauses } = world([REFUSED, 500, REFUSED], { timeout: 2_000 });
    const asked = await ask(ROOT, OK, how);
    expect(asked).toMatchObject({ passed: false, status: null, reason: 'connection refused' });
    expect(asked.ms).toBe(2_000);
    expect(Math.max(...pauses)).toBe(250);
  });

  test('asks once even without any time', async () => {
    expect(await ask(ROOT, OK, world([REFUSED], { timeout: 0 }).how)).toMatchObject({ passed: false, attempts: 1 });
  });

  test('survives an answer that hangs', async () => {
    const { how, sent } = world([{ hangs: true }, 200]);
    expect(await ask(ROOT, OK, how)).toMatchObject({ passed: true, attempts: 2 });
    expect(sent[0]?.timeout).toBe(10_000);
  });

  test('gives a request what --max-time says, and never more than what is left', async () => {
    const test = { ...ROOT, request: parseSmokeTest('curl -m 30 localhost') };
    const { how, sent } = world([{ hangs: true }], { timeout: 50_000 });
    expect(await ask(test, OK, how)).toMatchObject({ passed: false, reason: 'no whole answer within 30 s' });
    expect(sent.map((request) => request.timeout)).toEqual([30_000, 19_995]);
  });

  test('tells the reason before the one that only the end of time made', async () => {
    const { how } = world([503, { hangs: true }], { timeout: 3_000 });
    expect(await ask(ROOT, OK, how)).toMatchObject({
      passed: false,
      status: 503,
      attempts: 2,
      reason: /status 503/,
    } as object);
  });

  test('stops where the program has ended, after a last try', async () => {
    const state = ['running', 'ended'];
    const ended = () => (state.shift() === 'running' ? null : 'it exited with code 3');
    const asked = await ask(ROOT, OK, world([REFUSED], { ended }).how);
    expect(asked).toMatchObject({ passed: false, attempts: 2, reason: 'it exited with code 3; connection refused' });
    expect(await ask(ROOT, OK, world([200], { ended: () => 'it exited' }).how)).toMatchObject({ passed: true });
  });

  test('asks as often as it shall, and every answer must pass', async () => {
    expect(await ask(ROOT, OK, world([503, 200], { repeat: 5 }).how)).toMatchObject({ passed: true, attempts: 6 });
    const { how, pauses } = world([503, 200, 200, 500, 200], { repeat: 5 });
    expect(await ask(ROOT, OK, how)).toMatchObject({
      passed: false,
      status: 500,
      attempts: 4,
      reason: /answer 3 of 5: status 500/,
    } as object);
    expect(pauses).toHaveLength(1);
    const slow = world([200], { repeat: 1_000, timeout: 10 });
    expect(await ask(ROOT, OK, slow.how)).toMatchObject({
      passed: false,
      reason: 'only 10 of 1000 answers came in 0.01 s',
    });
  });

  test('is cancelled by the signal, with its reason', async () => {
    const { how, controller } = world([REFUSED], {});
    const reason = new Error('cancelled by the user');
    const sleeping: Asking = { ...how, sleep: async () => controller.abort(reason) };
    await expect(ask(ROOT, OK, sleeping)).rejects.toBe(reason);
    await expect(ask(ROOT, OK, how)).rejects.toBe(reason);
  });

  test("rejects with what is no answer's fault", async () => {
    await expect(ask(ROOT, OK, world([new TypeError('ours')]).how)).rejects.toThrow('ours');
  });
});

describe('a real server', () => {
  test('that starts late and warms up', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.writeHead(asked < 3 ? 503 : 200).end('Immutable');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    setTimeout(() => server.listen(port, '127.0.0.1'), 200);
    const how: Asking = {
      address: () => ({ host: '127.0.0.1', port }),
      timeout: 20_000,
      repeat: 2,
      ended: () => null,
      signal: new AbortController().signal,
    };
    const result = await ask({ ...ROOT, expect: parseExpectation('Immutable') }, OK, how);
    expect(result).toMatchObject({ passed: true, status: 200 });
    expect(result.attempts).toBeGreaterThan(4);
    expect(asked).toBe(4);
    await new Promise((resolve) => server.close(resolve));
  });

  test('that nobody started, cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    setTimeout(() => controller.abort(reason), 100);
    const asking = ask(ROOT, OK, {
      address: () => ({ host: '127.0.0.1', port: 1 }),
      timeout: 20_000,
      repeat: 1,
      ended: () => null,
      signal: controller.signal,
    });
    await expect(asking).rejects.toBe(reason);
  });
});

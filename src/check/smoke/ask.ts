import { setTimeout as pause } from 'node:timers/promises';
import type { SmokeTest, StatusExpectation } from '../../model/target.js';
import type { send } from '../../platform/http.js';
import { type Address, type Exchanged, exchange } from './exchange.js';
import { meets } from './expectation.js';

export interface Asked {
  readonly passed: boolean;
  /** Of the answer that decided; null where none came. */
  readonly status: number | null;
  readonly attempts: number;
  readonly ms: number;
  readonly reason: string | null;
}

export interface Asking {
  readonly address: Address;
  /** Milliseconds in all, the repetitions too. */
  readonly timeout: number;
  /** How often it is asked once it has passed, the first pass counted; every answer must pass. */
  readonly repeat: number;
  /** Why the program cannot answer any more ("it exited with code 3"), null while it may. */
  readonly ended: () => string | null;
  /** Cancelled: the promise is rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly send?: typeof send;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** One request's share where `--max-time` gives none, so that an answer that hangs is not the end. */
const REQUEST_LIMIT = 10_000;
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 250;

/**
 * Asks from the first moment until the answer is what it should be, the time is over, or the program has ended.
 * Every other answer is asked for again: a program that warms up may answer 503, or not at all.
 */
export async function ask(test: SmokeTest, status: StatusExpectation, how: Asking): Promise<Asked> {
  const { signal, timeout, repeat, sleep = sleepFor, now = () => performance.now() } = how;
  signal.throwIfAborted();
  const line = { address: how.address, send: how.send ?? (await import('../../platform/http.js')).send, now, signal };
  const start = now();
  let attempts = 0;
  let passes = 0;
  let last: { status: number | null; reason: string | null } = { status: null, reason: null };

  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    // Looked at before asking: the program's last words count.
    const ended = how.ended();
    const left = timeout - (now() - start);
    const limit = Math.max(1, Math.ceil(Math.min(test.request.maxTime ?? REQUEST_LIMIT, left)));
    const exchanged = await exchange(test.request, limit, line);
    attempts++;
    const reason = judge(exchanged, test, status);
    if (reason === null) {
      passes++;
      last = { status: statusOf(exchanged), reason: null };
      if (passes >= repeat) return asked(true, null);
      if (now() - start >= timeout)
        return asked(false, `only ${passes} of ${repeat} answers came in ${timeout / 1000} s`);
      wait = 0;
      continue;
    }
    // A request that only the end of all time cut short says less than the answer before it.
    const cutShort = exchanged.kind === 'none' && exchanged.timedOut && limit >= left && last.reason !== null;
    if (!cutShort || passes > 0) last = { status: statusOf(exchanged), reason };
    if (passes > 0) return asked(false, `answer ${passes + 1} of ${repeat}: ${reason}`);
    if (ended !== null) return asked(false, `${ended}; ${last.reason}`);
    const pauseFor = Math.min(wait, timeout - (now() - start));
    if (pauseFor <= 0) return asked(false, last.reason);
    await sleep(pauseFor, signal);
    signal.throwIfAborted();
    if (now() - start >= timeout) return asked(false, last.reason);
  }

  function asked(passed: boolean, reason: string | null): Asked {
    return { passed, status: last.status, attempts, ms: Math.round(now() - start), reason };
  }
}

function judge(exchanged: Exchanged, test: SmokeTest, status: StatusExpectation): string | null {
  return exchanged.kind === 'none' ? exchanged.reason : meets(exchanged.answer, test, status);
}

function statusOf(exchanged: Exchanged): number | null {
  return exchanged.kind === 'none' ? null : exchanged.answer.status;
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; whoever sleeps looks at the signal, which has the right reason.
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

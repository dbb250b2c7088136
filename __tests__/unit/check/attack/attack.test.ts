import { describe, expect, test } from '@jest/globals';
import { attack, attackAlone, attackAsRoot } from '../../../../src/check/attack/attack.js';
import { attackArguments } from '../../../../src/check/attack/probe.js';
import type { Container, ExecUser, Execution } from '../../../../src/engines/engine.js';
import { CheckError } from '../../../../src/model/errors.js';
import { Places, policyPlaces } from '../../../../src/model/places.js';
import { container, execution, helper, living, probeSays, refused, rootLiving, user } from '../laboratory.js';

const plan = { protectedPaths: ['/'], places: new Places(policyPlaces(['/'], [])), untouched: [] };
const who = { user: { uid: 1000, gid: 0 }, root: { uid: 0, gid: 0 } };
const asRoot = 'I\t0\t0\t0\t00000000a80425fb\t0';
const tally = 'T\tcreate\tEROFS\t5\t/';

interface Call {
  readonly argv: readonly string[];
  readonly as: ExecUser | undefined;
  readonly input: string;
}

/** A container in which the probe answers by these functions, the first that gives something. */
function answering(...answers: ((call: Call) => string | number | null)[]): { container: Container; calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    container: container({
      run: (argv, how = {}) => {
        const input = how.input === 'open' ? 'open' : Buffer.from(how.input ?? '').toString();
        const call = { argv, as: how.as, input };
        calls.push(call);
        for (const answer of answers) {
          const given = answer(call);
          if (typeof given === 'number') return execution('', given, 'no');
          if (given !== null) return execution(given);
        }
        return execution('', 1, 'nobody answers');
      },
    }),
  };
}

/** For those who are not asked again: whether they were is another test's question. */
const ask = async () => {};
const first = (output: string) => (call: Call) => (call.as === undefined ? output : null);
const as = (uid: number, output: string | number) => (call: Call) =>
  call.as?.uid === uid && !call.argv.includes('--as') ? output : null;
const become = (output: string | number) => (call: Call) => (call.argv.includes('--as') ? output : null);
const identities = (outcome: Awaited<ReturnType<typeof attack>>) =>
  outcome.attacks.map(({ result }) => result.identity.uid);
const codes = (outcome: Awaited<ReturnType<typeof attack>>) => outcome.errors.map(({ code }) => code);

describe('arguments of the probe', () => {
  const places = new Places([
    ...policyPlaces(['/', '/data/conf'], [{ path: '/cache', reason: null }]),
    { path: '/data', kind: 'declared-mount' },
    { path: '/tmp', kind: 'declared-tmpfs' },
  ]);
  test('what is open is skipped, what is persistent not touched, paths come last', () => {
    const given = attackArguments(helper, { protectedPaths: ['/', '/data/conf'], places, untouched: ['/data'] }, [
      '--x',
    ]);
    const skipped = given.flatMap((word, at) => (word === '--skip' ? [given[at + 1]] : []));
    expect(given.slice(0, 2)).toEqual(['/.h/probe', 'attack']);
    expect(skipped.sort()).toEqual(['/cache', '/tmp']);
    expect(given.slice(given.indexOf('--untouched'))).toEqual([
      '--untouched',
      '/data',
      '--control',
      '/.w',
      '--refusal',
      '/.h',
      '--thorough',
      '--x',
      '--',
      '/',
      '/data/conf',
    ]);
  });

  test('a protected path is never skipped, whatever is declared there', () => {
    const over = new Places([...policyPlaces(['/etc'], []), { path: '/etc', kind: 'declared-tmpfs' }]);
    const given = attackArguments(helper, { ...plan, places: over, protectedPaths: ['/etc'] });
    expect(given.filter((word) => word === '/etc')).toHaveLength(1);
  });
});

describe('who attacks', () => {
  test('one identity: one run', async () => {
    const { container: at, calls } = answering(first(refused()));
    expect(identities(await attack(at, helper, plan, ask))).toEqual([1000]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.argv).toEqual(expect.arrayContaining(['--if-living', '--watch', '--thorough']));
    expect(calls[0]?.input).toBe('open');
  });

  test('a process of another identity: a run as that', async () => {
    const { container: at, calls } = answering(
      first(refused(rootLiving)),
      as(0, probeSays(asRoot, rootLiving, living, tally)),
    );
    const outcome = await attack(at, helper, plan, ask);
    expect(identities(outcome)).toEqual([1000, 0]);
    expect(codes(outcome)).toEqual([]);
    expect(calls.map((call) => call.as)).toEqual([undefined, who.root]);
  });

  test('one that is seen only at the end of another’s run', async () => {
    const late = 'L\t33\t33\t-\t0000000000000000';
    const { container: at } = answering(
      first(refused(rootLiving)),
      as(0, probeSays(asRoot, rootLiving, late, tally)),
      as(33, probeSays('I\t33\t33\t-\t0000000000000000\t0', tally)),
    );
    expect(identities(await attack(at, helper, plan, ask))).toEqual([1000, 0, 33]);
  });

  test('nobody lives as the container’s own user: its attack does not count', async () => {
    const { container: at } = answering(first(probeSays(asRoot, living, 'Q\tidle')), as(1000, refused()));
    expect(identities(await attack(at, helper, plan, ask))).toEqual([1000]);
  });

  test('the engine gives other groups: root becomes exactly that identity', async () => {
    const { container: at, calls } = answering(
      first(probeSays(asRoot, rootLiving, living, tally)),
      as(1000, probeSays('I\t1000\t0\t0,27\t0000000000000000\t0', living, tally)),
      become(refused()),
    );
    const outcome = await attack(at, helper, plan, ask);
    expect(identities(outcome)).toEqual([0, 1000]);
    expect(calls.at(-1)).toMatchObject({ as: who.root, argv: expect.arrayContaining(['1000:0:0:0000000000000000']) });
  });

  test.each<[string, string | number]>([
    ['root may not', 5],
    ['it is still another', probeSays('I\t1000\t0\t27\t0000000000000000\t0', tally)],
  ])('nobody can become it (%s): an error, never silence', async (_, answer) => {
    const { container: at } = answering(
      first(probeSays(asRoot, rootLiving, living, tally)),
      as(1000, probeSays('I\t1000\t0\t0,27\t0000000000000000\t0', tally)),
      become(answer),
    );
    const outcome = await attack(at, helper, plan, ask);
    expect(identities(outcome)).toEqual([0]);
    expect(codes(outcome)).toEqual(['identity-not-taken']);
  });

  test('nobody is seen at all', async () => {
    const { container: at } = answering(first(probeSays(user, tally)));
    expect(codes(await attack(at, helper, plan, ask))).toEqual(['probe-unfinished']);
  });

  test('more than sixteen', async () => {
    const many = Array.from({ length: 17 }, (_, at) => `L\t${2000 + at}\t0\t-\t0000000000000000`);
    const { container: at } = answering(first(refused(...many)), ({ as: who }) =>
      who ? probeSays(`I\t${who.uid}\t0\t-\t0000000000000000\t0`, tally) : null,
    );
    expect(codes(await attack(at, helper, plan, ask))).toEqual(['identity-not-taken']);
  });

  test.each([1, 126, 137])('a probe that ends with %s is unfinished', async (exitCode) => {
    const { container: at } = answering(() => exitCode);
    const { attacks, errors } = await attack(at, helper, plan, ask);
    expect(attacks).toEqual([]);
    expect(errors[0]).toMatchObject({ code: 'probe-unfinished', message: expect.stringContaining(`${exitCode}`) });
    expect((await attackAlone(execution('', exitCode))).errors[0]?.code).toBe('probe-unfinished');
  });
});

describe('directories that cannot be listed', () => {
  const list = (output: string | number) => (call: Call) => (call.argv[1] === 'list' ? output : null);
  const byName = (output: string) => (call: Call) => (call.argv.includes('--by-name') ? output : null);

  test('root lists them, and they are attacked by name', async () => {
    const names = '/a/x\0/a/y\0';
    const { container: at, calls } = answering(
      list(names),
      byName(probeSays(user, 'S\topen-write\t/a/x', 'T\topen-write\tOK\t1\t/')),
      first(refused('D\t/a')),
    );
    const outcome = await attack(at, helper, plan, ask);
    const [only] = outcome.attacks;
    expect(only?.result.unlisted).toEqual([]);
    expect(only?.result.observations).toMatchObject([{ path: '/a/x', operation: 'open-write' }]);
    expect(only?.result.tallies).toHaveLength(2);
    expect(calls.map((call) => call.argv[1])).toEqual(['attack', 'list', 'attack']);
    expect(calls[1]).toMatchObject({ as: who.root, argv: ['/.h/probe', 'list', '--stdin'], input: '/a\0' });
    expect(calls[2]?.input).toBe(names);
  });

  test('also those whose names are no UTF-8, which go by standard input as they are', async () => {
    const given: (Uint8Array | 'open' | undefined)[] = [];
    const at = container({
      run: (argv, how = {}) => {
        given.push(how.input);
        if (argv[1] === 'list') return execution(Buffer.from('/\xff/a\0', 'latin1'));
        return execution(argv.includes('--by-name') ? probeSays(user, tally) : refused('D\t/\\xff', 'D\t/b\\x5cc'));
      },
    });
    const outcome = await attack(at, helper, plan, ask);
    expect(outcome.attacks[0]?.result.unlisted).toEqual([]);
    expect(given.map((input) => (input instanceof Uint8Array ? Buffer.from(input).toString('latin1') : input))).toEqual(
      ['open', '/\xff\0/b\\c\0', '/\xff/a\0'],
    );
  });

  test.each<[string, string, string | number, string]>([
    ['root cannot list them', 'D\t/a', 4, refused()],
    ['the attack by name was another’s', 'D\t/a', '', probeSays(asRoot, tally)],
  ])('%s: they stay unlisted', async (_, line, listed, answer) => {
    const { container: at } = answering(list(listed), byName(answer), first(refused(line)));
    expect((await attack(at, helper, plan, ask)).attacks[0]?.result.unlisted).toHaveLength(1);
  });
});

/** What a run says until everything is attempted, and what it adds when its watch is ended. */
function watching(before: readonly string[], after: readonly string[], ended = () => {}): Execution {
  const head = ['P\t1', ...before, 'Y\tattacked'];
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    output: (async function* () {
      yield Buffer.from(`${head.join('\n')}\n`);
      await over;
      yield Buffer.from(`${[...after, `E\t${head.length + after.length}\t0`].join('\n')}\n`);
    })(),
    done: over.then(() => ({ exitCode: 0, stderr: '' })),
    endInput: () => {
      ended();
      end();
    },
  };
}

describe('while the program is asked again', () => {
  const worker = 'L\t33\t33\t-\t0000000000000000';
  const workerSays = (...more: string[]) => probeSays('I\t33\t33\t-\t0000000000000000\t0', worker, ...more, tally);
  const before = [user, living, tally];

  /** A container whose first run watches; `later` is what it sees meanwhile, and whoever else attacks gets `others`. */
  function watched(later: readonly string[], others: (call: Call) => string | number | null, head = before) {
    const order: string[] = [];
    const at = container({
      run: (argv, how = {}) => {
        if (how.input === 'open') {
          order.push('first');
          return watching(head, later, () => order.push('watched'));
        }
        order.push(`attack ${how.as?.uid ?? 'self'}`);
        const answer = others({ argv, as: how.as, input: '' });
        return typeof answer === 'number' ? execution('', answer, 'no') : execution(answer ?? '');
      },
    });
    return { at, order, asking: async () => void order.push('ask') };
  }

  test('who lives only then is seen, attacked, and it is asked once more', async () => {
    const { at, order, asking } = watched([worker], as(33, workerSays('S\tcreate\t/www')));
    const outcome = await attack(at, helper, plan, asking);
    expect(identities(outcome)).toEqual([1000, 33]);
    expect(codes(outcome)).toEqual([]);
    expect(outcome.attacks[1]?.result.observations).toMatchObject([{ path: '/www' }]);
    expect(order).toEqual(['first', 'ask', 'watched', 'attack 33', 'ask']);
  });

  test('nobody new: it is asked once', async () => {
    const { at, order, asking } = watched([living], () => 1);
    expect(identities(await attack(at, helper, plan, asking))).toEqual([1000]);
    expect(order).toEqual(['first', 'ask', 'watched']);
  });

  test('who lives before and then is attacked once, and before it is asked', async () => {
    const { at, order, asking } = watched([worker], as(33, workerSays()), [...before, worker]);
    expect(identities(await attack(at, helper, plan, asking))).toEqual([1000, 33]);
    expect(order).toEqual(['first', 'attack 33', 'ask', 'watched']);
  });

  test('nobody lives as the container’s own user: it watches all the same', async () => {
    const head = [asRoot, living, 'Q\tidle'];
    const { at, order, asking } = watched(
      [worker],
      ({ as: who }) => (who?.uid === 33 ? workerSays() : refused()),
      head,
    );
    expect(identities(await attack(at, helper, plan, asking))).toEqual([1000, 33]);
    expect(order).toEqual(['first', 'attack 1000', 'ask', 'watched', 'attack 33', 'ask']);
  });

  test('who cannot be become is an error also then', async () => {
    const { at, asking } = watched([worker], () => workerSays().replaceAll('33', '34'));
    const outcome = await attack(at, helper, plan, asking);
    expect(identities(outcome)).toEqual([1000]);
    expect(codes(outcome)).toEqual(['identity-not-taken']);
  });

  test.each<[string, readonly string[], () => Promise<void>, string]>([
    ['another identity’s run fails', [...before, worker], ask, 'probe-unfinished'],
    [
      'it cannot be asked',
      before,
      async () => {
        throw new CheckError('engine-failed', 'gone');
      },
      'engine-failed',
    ],
  ])('%s: what the first run found stays found', async (_, head, asking, code) => {
    const { at, order } = watched([living], () => 1, [...head, 'S\tcreate\t/etc', 'T\tcreate\tOK\t1\t/']);
    const outcome = await attack(at, helper, plan, asking);
    expect(identities(outcome)).toEqual([1000]);
    expect(outcome.attacks[0]?.result.observations).toMatchObject([{ path: '/etc' }]);
    expect(codes(outcome)).toEqual([code]);
    expect(order.at(-1)).toBe('watched');
  });

  test('lines that are damaged before it watches: it is ended, and not waited for', async () => {
    const { at, order, asking } = watched([], () => 1, ['nonsense', ...before]);
    const { attacks, errors } = await attack(at, helper, plan, asking);
    expect(attacks).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(['probe-unfinished']);
    expect(order).toEqual(['first', 'watched']);
  });

  test.each<[string, readonly string[]]>([
    ['does not end as it has to', ['X\tnonsense']],
    ['says twice that it attacked', ['Y\tattacked']],
  ])('a watch that %s is unfinished', async (_, later) => {
    const { at, asking } = watched(later, () => 1);
    const { attacks, errors } = await attack(at, helper, plan, asking);
    expect(attacks).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(['probe-unfinished']);
  });
});

describe('somebody enters as root', () => {
  test('in a run of its own', async () => {
    const { container: at, calls } = answering(as(0, probeSays(asRoot, tally)));
    expect((await attackAsRoot(at, helper, plan))?.result.identity.uid).toBe(0);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.argv).not.toContain('--if-living');
  });

  test('or cannot: nothing is to be told', async () => {
    expect(await attackAsRoot(answering(as(0, 126)).container, helper, plan)).toBeNull();
  });
});

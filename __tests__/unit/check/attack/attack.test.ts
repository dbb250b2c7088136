import { describe, expect, test } from '@jest/globals';
import { attack, attackAlone, attackArguments } from '../../../../src/check/attack/attack.js';
import type { Container, ExecUser } from '../../../../src/engines/engine.js';
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
        const call = { argv, as: how.as, input: Buffer.from(how.input ?? '').toString() };
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
    expect(skipped.sort()).toEqual(['/.h', '/.w', '/cache', '/tmp']);
    expect(given.slice(given.indexOf('--untouched'))).toEqual(['--untouched', '/data', '--x', '--', '/', '/data/conf']);
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
    expect(identities(await attack(at, helper, plan))).toEqual([1000]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.argv).toContain('--if-living');
  });

  test('a process of another identity: a run as that', async () => {
    const { container: at, calls } = answering(
      first(refused(rootLiving)),
      as(0, probeSays(asRoot, rootLiving, living, tally)),
    );
    const outcome = await attack(at, helper, plan);
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
    expect(identities(await attack(at, helper, plan))).toEqual([1000, 0, 33]);
  });

  test('nobody lives as the container’s own user: its attack does not count', async () => {
    const { container: at } = answering(first(probeSays(asRoot, living, 'Q\tidle')), as(1000, refused()));
    expect(identities(await attack(at, helper, plan))).toEqual([1000]);
  });

  test('the engine gives other groups: root becomes exactly that identity', async () => {
    const { container: at, calls } = answering(
      first(probeSays(asRoot, rootLiving, living, tally)),
      as(1000, probeSays('I\t1000\t0\t0,27\t0000000000000000\t0', living, tally)),
      become(refused()),
    );
    const outcome = await attack(at, helper, plan);
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
    const outcome = await attack(at, helper, plan);
    expect(identities(outcome)).toEqual([0]);
    expect(codes(outcome)).toEqual(['identity-not-taken']);
  });

  test('nobody is seen at all', async () => {
    const { container: at } = answering(first(probeSays(user, tally)));
    expect(codes(await attack(at, helper, plan))).toEqual(['probe-unfinished']);
  });

  test('more than sixteen', async () => {
    const many = Array.from({ length: 17 }, (_, at) => `L\t${2000 + at}\t0\t-\t0000000000000000`);
    const { container: at } = answering(first(refused(...many)));
    expect(codes(await attack(at, helper, plan))).toEqual(['identity-not-taken']);
  });

  test.each([1, 126, 137])('a probe that ends with %s is unfinished', async (exitCode) => {
    const { container: at } = answering(() => exitCode);
    const { attacks, errors } = await attack(at, helper, plan);
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
    const outcome = await attack(at, helper, plan);
    const [only] = outcome.attacks;
    expect(only?.result.unlisted).toEqual([]);
    expect(only?.result.observations).toMatchObject([{ path: '/a/x', operation: 'open-write' }]);
    expect(only?.result.tallies).toHaveLength(2);
    expect(calls.map((call) => call.argv[1])).toEqual(['attack', 'list', 'attack']);
    expect(calls[1]).toMatchObject({ as: who.root, argv: ['/.h/probe', 'list', '/a'] });
    expect(calls[2]?.input).toBe(names);
  });

  test.each<[string, string, string | number, string]>([
    ['root cannot list them', 'D\t/a', 4, refused()],
    ['the name is no UTF-8', 'D\t/\\xff', '', refused()],
    ['the attack by name was another’s', 'D\t/a', '', probeSays(asRoot, tally)],
  ])('%s: they stay unlisted', async (_, line, listed, answer) => {
    const { container: at } = answering(list(listed), byName(answer), first(refused(line)));
    expect((await attack(at, helper, plan)).attacks[0]?.result.unlisted).toHaveLength(1);
  });
});

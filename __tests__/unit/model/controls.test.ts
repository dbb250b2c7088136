import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeControls } from '../../../src/model/judge/controls.js';
import type { AttackResult, Control } from '../../../src/model/observation.js';
import type { Layer } from '../../../src/model/target.js';
import { judge } from '../../../src/model/verdict.js';
import { attacked, CONTROLS, layer, observation, policy, result, root, tally, user } from './evidence.js';

const code = (controls: readonly Control[]) => judgeControls(result(['/'], { controls }))?.code ?? null;
const name = ({ kind, operation }: Control) => `${operation} in the ${kind} place`;
const except = (left: Control) => CONTROLS.filter((one) => one !== left);

test('a probe that sees what there is', () => {
  expect(code(CONTROLS)).toBeNull();
});

test('one that was asked for nothing has proven nothing', () => {
  expect(code([])).toBe('control-failed');
});

describe.each(CONTROLS.map((control) => [name(control), control] as const))('%s', (_, control) => {
  test('that is missing', () => {
    expect(code(except(control))).toBe('control-failed');
  });

  test.each(['OK', 'EROFS', 'EACCES', 'EPERM', 'ENOSYS', 'EINVAL', 'ENOENT', 'ok', ''])('that says "%s"', (answer) => {
    const right = control.kind === 'writable' ? 'OK' : 'EROFS';
    expect(code([...except(control), { ...control, answer }])).toBe(answer === right ? null : 'control-failed');
  });

  test('is not stood in for by the other place’s', () => {
    const other = control.kind === 'writable' ? 'read-only' : 'writable';
    expect(code([...except(control), { ...control, kind: other }])).toBe('control-failed');
  });
});

test('what not every filesystem knows is not asked for', () => {
  const more = (['setxattr', 'regain', 'via-root', 'via-descriptor'] as const).map(
    (operation) => ({ kind: 'writable', operation, answer: 'ENOTSUP' }) as const,
  );
  expect(code([...CONTROLS, ...more])).toBeNull();
});

test('the message names who, what came, what should have, and what to do', () => {
  const controls = CONTROLS.map((one) => (one.kind === 'writable' ? { ...one, answer: 'EPERM' } : one));
  const message = judgeControls(result(['/'], { identity: root, controls }))?.message ?? '';
  expect(message).toContain('as uid 0, gid 0');
  expect(message).toContain('create in the writable place: EPERM instead of OK');
  expect(message).toContain('seccomp');
  // Four of them: more say nothing more.
  expect(message.match(/instead of/g)).toHaveLength(4);
  expect(judgeControls(result(['/'], { controls: [] }))?.message).toContain('create in the writable place: no answer');
});

describe('in the verdict', () => {
  const blind: Partial<AttackResult> = { controls: [] };
  test('an error with its cause first, be the paths as they may', () => {
    const { verdict, error } = judge(policy(), { volumes: [] }, [layer('read-only', { attack: blind })], []);
    expect(verdict).toBe('error');
    expect(error?.code).toBe('control-failed');
  });

  test('what could be changed all the same is a fail', () => {
    const attack = { ...blind, observations: [observation('/etc/x')] };
    expect(judge(policy(), { volumes: [] }, [layer('read-only', { attack })], []).verdict).toBe('fail');
  });

  test('one blind identity of several, and one in a layer that is not required', () => {
    const attacks = attacked(result(['/']), result(['/'], { identity: root, ...blind }));
    expect(judge(policy(), { volumes: [] }, [layer('read-only', { attacks })], []).verdict).toBe('error');
    const both = policy({ layers: ['read-only', 'permissions'] });
    const evidence = [layer('read-only'), layer('permissions', { attack: blind })];
    expect(judge(both, { volumes: [] }, evidence, []).verdict).toBe('error');
  });

  test('of somebody who enters as root they decide nothing', () => {
    const entered = { result: result(['/'], { identity: root, ...blind }), ms: 1 };
    expect(judge(policy(), { volumes: [] }, [layer('read-only', { entered })], []).verdict).toBe('pass');
  });
});

describe('by random evidence', () => {
  const answers = fc.constantFrom('OK', 'EROFS', 'EACCES', 'EPERM', 'ENOSYS', 'EINVAL');
  const operations = fc.constantFrom(...new Set(CONTROLS.map(({ operation }) => operation)));
  const said = fc.uniqueArray(
    fc.record({
      kind: fc.constantFrom('writable' as const, 'read-only' as const),
      operation: operations,
      answer: answers,
    }),
    { selector: ({ kind, operation }) => `${kind} ${operation}` },
  );
  /** All of them right but for those that are left out or answered otherwise. */
  const nearly = fc
    .tuple(fc.subarray([...CONTROLS], { minLength: 1 }), answers, fc.boolean())
    .map(([wrong, answer, gone]) =>
      CONTROLS.flatMap((one): Control[] => (wrong.includes(one) ? (gone ? [] : [{ ...one, answer }]) : [one])),
    );
  const right = (controls: readonly Control[]) =>
    CONTROLS.every((wanted) =>
      controls.some(
        (one) => one.kind === wanted.kind && one.operation === wanted.operation && one.answer === wanted.answer,
      ),
    );
  const layers = fc.constantFrom<readonly Layer[]>(['read-only'], ['permissions'], ['read-only', 'permissions']);

  test('no attack passes whose controls are not right, wherever it stands', () => {
    fc.assert(
      fc.property(fc.oneof(said, nearly), layers, fc.nat(3), fc.nat(), (controls, planned, others, at) => {
        fc.pre(!right(controls));
        const blind = result(['/'], { controls });
        const evidence = planned.map((which, index) => {
          const attacks = Array.from({ length: others }, () => result(['/'], { identity: user }));
          if (index === at % planned.length) attacks.splice(at % (attacks.length + 1), 0, blind);
          else attacks.push(result(['/']));
          return layer(which, { attacks: attacked(...attacks) });
        });
        const asked = policy({ layers: planned, require: [planned[0] ?? 'read-only'] });
        expect(judge(asked, { volumes: [] }, evidence, []).verdict).toBe('error');
      }),
      { numRuns: 1000 },
    );
  });

  test('and those whose controls are right do', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CONTROLS], { minLength: CONTROLS.length }), (controls) => {
        const attack = { controls, tallies: [tally('/')] };
        expect(judge(policy(), { volumes: [] }, [layer('read-only', { attack })], []).verdict).toBe('pass');
      }),
      { numRuns: 100 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { judgeMounts, judgeWays } from '../../../src/model/judge/ways.js';
import type { AttackResult, MountAttempt } from '../../../src/model/observation.js';
import { judge } from '../../../src/model/verdict.js';
import { attacked, layer, policy, result, root, user } from './evidence.js';

const attempt = (where: MountAttempt['where'], answer = 'OK', changed: Partial<MountAttempt> = {}): MountAttempt => ({
  operation: 'remount',
  answer,
  where,
  path: '/',
  ...changed,
});
const mountsOf = (attack: Partial<AttackResult>, required = true) =>
  judgeMounts(layer('read-only', { attack }), required);

describe('mounts', () => {
  test.each<[string, Partial<AttackResult>, boolean]>([
    ['nothing was attempted', {}, false],
    ['all were refused', { mountAttempts: [attempt('container', 'EPERM'), attempt('own-namespace', 'EPERM')] }, false],
    ['a filter ended who asked', { mountAttempts: [attempt('container', 'KILLED')] }, false],
    ['only in a user namespace', { mountAttempts: [attempt('user-namespace')] }, false],
    ['in a namespace of its own', { mountAttempts: [attempt('own-namespace')] }, true],
    ['in the container', { mountAttempts: [attempt('container')] }, true],
    ['they are not what they were', { mountsChanged: true }, true],
  ])('%s', (_, attack, changeable) => {
    const told = mountsOf(attack);
    expect(told.map(({ rule, level }) => [rule, level])).toEqual(changeable ? [['mounts-changeable', 'error']] : []);
    expect(mountsOf(attack, false).map(({ level }) => level)).toEqual(changeable ? ['note'] : []);
    const { verdict } = judge(policy(), { volumes: [] }, [layer('read-only', { attack })], []);
    expect(verdict).toBe(changeable ? 'fail' : 'pass');
  });

  test('are told with who, how, and the capability that it takes', () => {
    const mountAttempts = [
      attempt('own-namespace', 'OK', { path: '/app' }),
      attempt('own-namespace', 'OK', { operation: 'tmpfs', path: '/app' }),
      attempt('own-namespace', 'EPERM', { operation: 'umount', path: '/data' }),
      attempt('user-namespace', 'OK', { operation: 'bind', path: '/srv' }),
    ];
    const [told] = mountsOf({ identity: root, mountAttempts });
    expect(told).toMatchObject({ path: '/app', fix: expect.stringContaining('CAP_SYS_ADMIN') });
    expect(told?.message).toContain('remount /app, tmpfs /app. What');
    expect(told?.message).toContain('as uid 0, gid 0');
    expect(told?.message).not.toMatch(/umount|bind/);
  });

  test('by each identity that can, and by no other', () => {
    const able = { mountAttempts: [attempt('container')] };
    const attacks = attacked(result(['/']), result(['/'], { identity: root, ...able }));
    const told = judgeMounts(layer('read-only', { attacks }), true);
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toContain('uid 0');
  });

  test('by who only enters as root they are not judged', () => {
    const entered = { result: result(['/'], { identity: root, mountAttempts: [attempt('container')] }), ms: 1 };
    expect(judgeMounts(layer('read-only', { entered }), true)).toEqual([]);
  });
});

describe('other ways', () => {
  const ways = (attack: Partial<AttackResult>) =>
    judgeWays([layer('read-only', { attack }), layer('permissions', { attack })]);
  test.each<[string, Partial<AttackResult>, string[]]>([
    ['none', {}, []],
    ['a user namespace that is refused', { mountAttempts: [attempt('user-namespace', 'EPERM')] }, []],
    ['a user namespace', { mountAttempts: [attempt('user-namespace')] }, ['user-namespace']],
    ['the container’s own mounts are another rule’s', { mountAttempts: [attempt('container')] }, []],
    ['memory that is refused', { memory: [{ answer: 'EACCES', count: 4 }] }, []],
    [
      'memory',
      {
        memory: [
          { answer: 'EACCES', count: 4 },
          { answer: 'OK', count: 1 },
        ],
      },
      ['process-memory'],
    ],
  ])('%s: a note at most, one for all layers', (_, attack, expected) => {
    const told = ways(attack);
    expect(told.map(({ rule }) => rule)).toEqual(expected);
    for (const { level, message } of told) {
      expect(level).toBe('note');
      expect(message.match(/uid 1000/g)).toHaveLength(1);
    }
  });

  test('name all who can', () => {
    const able = { memory: [{ answer: 'OK', count: 1 }] };
    const attacks = attacked(
      result(['/'], able),
      result(['/'], { identity: root, ...able }),
      result(['/'], { identity: { ...user, uid: 7 } }),
    );
    const [told] = judgeWays([layer('read-only', { attacks })]);
    expect(told?.message).toMatch(/uid 1000.*; uid 0/);
    expect(told?.message).not.toContain('uid 7');
  });

  test('never decide', () => {
    const attack = { mountAttempts: [attempt('user-namespace')], memory: [{ answer: 'OK', count: 1 }] };
    const { verdict, findings } = judge(policy(), { volumes: [] }, [layer('read-only', { attack })], []);
    expect(verdict).toBe('pass');
    expect(findings.map(({ rule }) => rule).sort()).toEqual(['process-memory', 'user-namespace']);
  });
});

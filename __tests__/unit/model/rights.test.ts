import { describe, expect, test } from '@jest/globals';
import type { MountRequest } from '../../../src/model/evidence.js';
import { judgeAliases } from '../../../src/model/judge/aliases.js';
import { judgeAttack } from '../../../src/model/judge/attack.js';
import { judgeMounts } from '../../../src/model/judge/ways.js';
import { judge } from '../../../src/model/verdict.js';
import { layer, policy, smoke } from './evidence.js';

const mount = (
  path: string,
  source: string,
  writable: boolean,
  kind: MountRequest['kind'] = 'volume',
): MountRequest => ({
  path,
  source,
  writable,
  kind,
  declared: true,
});

describe('what is mounted twice', () => {
  test.each<[string, MountRequest[], boolean]>([
    ['a volume, writable elsewhere', [mount('/app/c', 'cfg', false), mount('/scratch', 'cfg', true)], true],
    ['another volume', [mount('/app/c', 'cfg', false), mount('/scratch', 'other', true)], false],
    ['both read-only', [mount('/app/c', 'cfg', false), mount('/scratch', 'cfg', false)], false],
    [
      'a folder whose parent is writable',
      [mount('/app/c', '/srv/c', false, 'bind'), mount('/x', '/srv', true, 'bind')],
      true,
    ],
    ['a folder beside it', [mount('/app/c', '/srv/c', false, 'bind'), mount('/x', '/srv/cd', true, 'bind')], false],
    ['nothing that is protected', [mount('/y', 'cfg', false), mount('/scratch', 'cfg', true)], false],
    ['above what is protected', [mount('/', 'cfg', false), mount('/scratch', 'cfg', true)], true],
  ])('%s', (_, mounts, found) => {
    const seen = layer('read-only', { protect: ['/app'], mounts });
    expect(judgeAliases(seen, true).map(({ rule, level }) => [rule, level])).toEqual(
      found ? [['writable-mount', 'error']] : [],
    );
    expect(judgeAliases(seen, false).every(({ level }) => level === 'note')).toBe(true);
  });
});

test('a container that is given rights over mounts fails, whoever lives in it now', () => {
  const seen = layer('read-only', { powers: ['CAP_SYS_ADMIN'] });
  expect(judgeMounts(seen, true).map(({ rule, level }) => [rule, level])).toEqual([['mounts-changeable', 'error']]);
  expect(judge(policy(), { volumes: [] }, [seen], []).verdict).toBe('fail');
  expect(judge(policy(), { volumes: [] }, [layer('read-only', { smoke: seen.smoke })], []).verdict).toBe('pass');
  expect(smoke('read-only', 'before-attack').passed).toBe(true);
});

describe('rights that make modes meaningless', () => {
  const identity = (capabilities: string, uid = 1000) => ({ uid, gid: uid, groups: [], capabilities });
  test.each<[string, ReturnType<typeof identity>, boolean]>([
    ['CAP_CHOWN', identity('0000000000000001'), true],
    ['CAP_SETFCAP', identity('0000000080000000'), true],
    ['CAP_NET_BIND_SERVICE', identity('0000000000000400'), false],
    ['none', identity('0000000000000000'), false],
    ['of root, who is attacked as such', identity('0000000000000001', 0), false],
  ])('%s', (_, who, found) => {
    const rules = (which: 'read-only' | 'permissions') =>
      judgeAttack(layer(which, { attack: { identity: who } }), true, []).filter(
        ({ rule, path }) => rule === 'writable-under-permissions' && path === null,
      );
    expect(rules('permissions')).toHaveLength(found ? 1 : 0);
    expect(rules('read-only')).toHaveLength(0);
  });
});

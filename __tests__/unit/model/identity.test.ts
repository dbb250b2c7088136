import { describe, expect, test } from '@jest/globals';
import { describeIdentity, distinctIdentities, type Identity, sameRights } from '../../../src/model/identity.js';

const user: Identity = { uid: 1000, gid: 0, groups: [0, 27], capabilities: '0000000000000000' };
const capabilities = (...bits: number[]) =>
  bits
    .reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n)
    .toString(16)
    .padStart(16, '0');

describe('equal rights', () => {
  test.each<[string, Partial<Identity>, boolean]>([
    ['nothing differs', {}, true],
    ['another user', { uid: 1001 }, false],
    ['another group', { gid: 1 }, false],
    ['fewer groups', { groups: [0] }, false],
    ['other groups', { groups: [0, 28] }, false],
    ['NET_BIND_SERVICE, which writes nothing', { capabilities: capabilities(10) }, true],
    ['KILL and NET_RAW', { capabilities: capabilities(5, 13) }, true],
    ['DAC_OVERRIDE', { capabilities: capabilities(1) }, false],
    ['CHOWN', { capabilities: capabilities(0) }, false],
    ['FOWNER', { capabilities: capabilities(3) }, false],
    ['SETUID, which becomes somebody else', { capabilities: capabilities(7) }, false],
    ['SYS_ADMIN', { capabilities: capabilities(21) }, false],
    ['a bit that no kernel has yet', { capabilities: capabilities(63) }, true],
  ])('%s', (_, changed, same) => {
    expect(sameRights(user, { ...user, ...changed })).toBe(same);
    expect(sameRights({ ...user, ...changed }, user)).toBe(same);
  });
});

test('identities with equal rights are one, the first that was seen', () => {
  const bind = { ...user, capabilities: capabilities(10) };
  const other = { ...user, uid: 33 };
  expect(distinctIdentities([user, bind, other, user])).toEqual([user, other]);
});

test.each<[Identity, string]>([
  [user, 'uid 1000, gid 0, groups 27'],
  [{ ...user, groups: [0] }, 'uid 1000, gid 0'],
  [{ ...user, groups: [], capabilities: capabilities(1, 7, 10) }, 'uid 1000, gid 0, capabilities DAC_OVERRIDE,SETUID'],
])('is described', (identity, words) => {
  expect(describeIdentity(identity)).toBe(words);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AttackLines } from '../../../../src/check/attack/lines.js';
import { CheckError } from '../../../../src/model/errors.js';
import type { AttackResult } from '../../../../src/model/observation.js';

const BODY = [
  'P\t1',
  'I\t1000\t0\t0,27\t0000000000000000\t1',
  'L\t0\t0\t-\t00000000a80425fb',
  'M\t/\toverlay\toverlay\t/\tro,relatime\trw,lowerdir=a:b',
  'M\t/my\\x20data\text4\t/dev/vda\t/volumes/x\trw,nosuid\trw',
  'R\t/alias\t/app',
  'N\t/nope',
  'S\tcreate\t/app/a\\x20b',
  'U\topen-write\tETXTBSY\t/app/busy',
  'U\tchmod\tEIO\t/app/busy',
  'Z\t/app/busy',
  'U\topen-write\tETXTBSY\t/app/running',
  'K\tcreate\t/app/link\t/tmp/x',
  'X\tsetuid\t0\t0\t/bin/su',
  'D\t/app/\\xff\\x0a',
  'W\tOK\t/tmp',
  'W\tEROFS\t/data',
  'W\tENOENT\t/proc',
  'C\twritable\tcreate\tOK',
  'C\tread-only\tcreate\tEROFS',
  'F\tmemory\tEACCES\t2',
  'V\t/closed/x',
  'G\tremount\tEPERM\tcontainer\t/',
  'G\tbind\tKILLED\tuser-namespace\t/a\\x20b',
  'A\tchanged',
  'Y\tattacked',
  'T\tcreate\tOK\t1\t/app',
  'T\tdelete\tCOVERED\t7\t/app',
];

const bytes = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
const ended = (lines: readonly string[], omitted = 0) => bytes([...lines, `E\t${lines.length}\t${omitted}`]);

function read(...chunks: readonly Uint8Array[]): AttackResult {
  const lines = new AttackLines();
  for (const chunk of chunks) lines.add(chunk);
  return lines.result();
}

function codeOf(...chunks: readonly Uint8Array[]): string {
  try {
    read(...chunks);
    return 'none';
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    return thrown.code;
  }
}

test('every kind of line becomes what it says', () => {
  expect(read(ended(BODY, 3))).toEqual({
    identity: { uid: 1000, gid: 0, groups: [0, 27], capabilities: '0000000000000000' },
    noNewPrivileges: true,
    living: [{ uid: 0, gid: 0, groups: [], capabilities: '00000000a80425fb' }],
    mounts: [
      {
        path: '/',
        type: 'overlay',
        source: 'overlay',
        root: '/',
        options: ['ro', 'relatime', 'rw', 'lowerdir=a:b'],
        readOnly: true,
      },
      {
        path: '/my data',
        type: 'ext4',
        source: '/dev/vda',
        root: '/volumes/x',
        options: ['rw', 'nosuid'],
        readOnly: false,
      },
    ],
    realPaths: [{ path: '/alias', real: '/app' }],
    missing: ['/nope'],
    observations: [
      { operation: 'create', path: '/app/a b', outcome: { kind: 'succeeded' } },
      {
        operation: 'open-write',
        path: '/app/busy',
        outcome: { kind: 'inconclusive', reason: 'open-write: ETXTBSY, chmod: EIO' },
      },
    ],
    links: [{ operation: 'create', path: '/app/link', target: '/tmp/x' }],
    privileged: [{ kind: 'setuid', uid: 0, gid: 0, path: '/bin/su' }],
    unlisted: [{ path: '/app/\\xff\\x0a', raw: Uint8Array.from([...Buffer.from('/app/'), 0xff, 0x0a]) }],
    places: [
      { path: '/tmp', outcome: { kind: 'succeeded' } },
      { path: '/data', outcome: { kind: 'blocked', errno: 'EROFS' } },
      { path: '/proc', outcome: { kind: 'inconclusive', reason: 'ENOENT' } },
    ],
    tallies: [
      { operation: 'create', answer: 'OK', count: 1, path: '/app' },
      { operation: 'delete', answer: 'COVERED', count: 7, path: '/app' },
    ],
    omitted: 3,
    idle: false,
    controls: [
      { kind: 'writable', operation: 'create', answer: 'OK' },
      { kind: 'read-only', operation: 'create', answer: 'EROFS' },
    ],
    mountAttempts: [
      { operation: 'remount', answer: 'EPERM', where: 'container', path: '/' },
      { operation: 'bind', answer: 'KILLED', where: 'user-namespace', path: '/a b' },
    ],
    mountsChanged: true,
    memory: [{ answer: 'EACCES', count: 2 }],
    unknown: ['/closed/x'],
  });
});

test('the end of the attack is known as it comes', () => {
  const lines = new AttackLines();
  const [protocol = '', identity = ''] = BODY;
  lines.add(bytes([protocol, identity, 'Q\tidle']));
  expect(lines.attacked).toBe(false);
  lines.add(Buffer.from('Y\tattac'));
  expect(lines.attacked).toBe(false);
  lines.add(Buffer.from('ked\n'));
  expect(lines.attacked).toBe(true);
  lines.add(bytes(['L\t7\t7\t-\t0000000000000000', 'E\t5\t0']));
  expect(lines.result().living.map(({ uid }) => uid)).toEqual([7]);
});

test('what a run without the flags does not say is empty', () => {
  expect(read(ended(BODY.slice(0, 2)))).toMatchObject({
    controls: [],
    mountAttempts: [],
    mountsChanged: false,
    memory: [],
    unknown: [],
  });
});

test('an idle run says so', () => {
  expect(read(ended([BODY[0] ?? '', BODY[1] ?? '', 'Q\tidle'])).idle).toBe(true);
});

describe('a run counts as unfinished', () => {
  const [protocol = '', identity = ''] = BODY;
  test.each<[string, Uint8Array]>([
    ['without anything', new Uint8Array()],
    ['without a closing line', bytes(BODY)],
    ['where the number of lines disagrees', bytes([...BODY, `E\t${BODY.length + 1}\t0`])],
    ['where a line was lost', bytes([...BODY.slice(0, -1), `E\t${BODY.length}\t0`])],
    ['where something follows the closing line', Buffer.concat([ended(BODY), bytes(['S\tcreate\t/x'])])],
    ['with another protocol', ended(['P\t2', identity])],
    ['without its identity', ended([protocol])],
    ['with two identities', ended([protocol, identity, identity])],
    ['with an unknown kind', ended([...BODY, 'B\t/x'])],
    ['with a kind that every object has', ended([...BODY, 'constructor\t/x'])],
    ['with too few fields', ended([...BODY, 'S\tcreate'])],
    ['with an unknown operation', ended([...BODY, 'S\trename\t/x'])],
    ['with a path that is none', ended([...BODY, 'S\tcreate\tx'])],
    ['with a malformed tally', ended([...BODY, 'T\tcreate\tOK\t-1\t/app'])],
    ['with a tally twice', ended([...BODY, 'T\tcreate\tOK\t2\t/app'])],
    ['with an answer that is none', ended([...BODY, 'T\tcreate\tok\t2\t/app'])],
    ['with an operation on mounts that is none', ended([...BODY, 'G\tmove\tEPERM\tcontainer\t/'])],
    ['with a namespace that is none', ended([...BODY, 'G\tbind\tEPERM\thost\t/'])],
    ['with a control of another kind', ended([...BODY, 'C\tclosed\tcreate\tOK'])],
    ['with a control twice', ended([...BODY, 'C\twritable\tcreate\tOK'])],
    ['with a control whose answer is none', ended([...BODY, 'C\twritable\tmkdir\tCOVERED'])],
    ['with memory counted twice', ended([...BODY, 'F\tmemory\tEACCES\t1'])],
    ['with memory of another kind', ended([...BODY, 'F\tother\tOK\t1'])],
    ['with two ends of the attack', ended([...BODY, 'Y\tattacked'])],
    ['with another word for the end of the attack', ended(['P\t1', identity, 'Y\tx'])],
    ['with raw bytes', ended([...BODY, 'S\tcreate\t/\xff'])],
    ['with an overflow', ended([...BODY, 'O\tliving'])],
    ['with a line of more than 64 KB', ended([...BODY, `S\tcreate\t/${'a'.repeat(65536)}`])],
  ])('%s', (_, output) => {
    expect(codeOf(output)).toBe('probe-unfinished');
  });

  test('truncated at any byte', () => {
    const whole = ended(BODY);
    for (let length = 0; length < whole.length; length++)
      expect(codeOf(whole.subarray(0, length))).toBe('probe-unfinished');
    expect(codeOf(whole)).toBe('none');
  });
});

test('it does not matter where the bytes are cut, nor that their memory is used again', () => {
  const whole = ended(BODY);
  const expected = read(whole);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 8 }), (cuts) => {
      const lines = new AttackLines();
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
      for (let index = 1; index < at.length; index++) {
        const chunk = Uint8Array.from(whole.subarray(at[index - 1], at[index]));
        lines.add(chunk);
        chunk.fill(0);
      }
      expect(lines.result()).toEqual(expected);
    }),
  );
});

test('garbage never throws anything but a CheckError', () => {
  const token = fc.oneof(
    fc.constantFrom(
      'P',
      'I',
      'L',
      'R',
      'M',
      'N',
      'S',
      'U',
      'Z',
      'K',
      'X',
      'D',
      'W',
      'T',
      'Q',
      'O',
      'E',
      'Y',
      'C',
      'G',
      'A',
      'F',
      'V',
      'attacked',
      'changed',
      'memory',
      'remount',
      'container',
      'writable',
      '1',
      '0',
      '/x',
      'create',
      'OK',
      'EIO',
      '-',
      'idle',
      '\t',
      '\t',
      '\t',
      '\n',
      '\\x0',
      '\\xzz',
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(token), (tokens) => {
      expect(['probe-unfinished', 'none']).toContain(codeOf(Buffer.from(tokens.join(''))));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), (chunks) => {
      expect(codeOf(...chunks)).toBe('probe-unfinished');
    }),
  );
});

test('a changed byte in the middle is damage, or another statement, but never a fault', () => {
  const whole = ended(BODY);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Uint8Array.from(whole);
      changed[at] = byte;
      expect(['probe-unfinished', 'none']).toContain(codeOf(changed));
    }),
    { numRuns: 2000 },
  );
});

test('endless lines do not fill the memory', () => {
  const lines = new AttackLines();
  const chunk = Buffer.alloc(1024 * 1024, 'a');
  const before = process.memoryUsage().rss;
  for (let megabytes = 0; megabytes < 300; megabytes++) lines.add(chunk);
  expect(() => lines.result()).toThrow('64 KB');
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actionsLog, heldLog, type Log, plainLog, printable } from '../../../src/platform/log.js';

function heard(say: (log: Log) => void, make = actionsLog): string {
  let text = '';
  say(
    make((part) => {
      text += part;
    }),
  );
  return text;
}

const COMMANDS = [
  'warning',
  'error',
  'group',
  'endgroup',
  'stop-commands',
  'set-env',
  'add-path',
  'add-mask',
  'save-state',
  'debug',
];

/**
 * The commands that a runner sees in what a step prints: actions/runner, src/Runner.Worker/ActionCommandManager.cs
 * and src/Runner.Common/ActionCommand.cs. Names are known in any case; .NET ends lines at \r, too.
 */
function obeyed(output: string): string[] {
  const commands: string[] = [];
  let stopToken: string | null = null;
  const known = (name: string) =>
    [...COMMANDS, ...(stopToken === null ? [] : [stopToken])].includes(name.toLowerCase());
  for (const line of output.split(/\r\n|\r|\n/)) {
    const trimmed = line.replace(/^[\s\u0085]+/, '');
    const end = trimmed.indexOf('::', 2);
    let [name, data] =
      trimmed.startsWith('::') && end >= 0
        ? [trimmed.slice(2, end).split(' ')[0] ?? '', trimmed.slice(end + 2)]
        : ['', ''];
    if (!known(name)) {
      const at = line.indexOf('##[');
      const close = line.indexOf(']', at);
      [name, data] =
        at >= 0 && close >= 0 ? [line.slice(at + 3, close).split(' ')[0] ?? '', line.slice(close + 1)] : ['', ''];
    }
    if (!known(name)) continue;
    if (stopToken !== null) {
      if (name.toLowerCase() === stopToken) stopToken = null;
      continue;
    }
    if (name.toLowerCase() === 'stop-commands') stopToken = data.toLowerCase();
    else commands.push(name.toLowerCase());
  }
  if (stopToken !== null) commands.push('never resumed');
  return commands;
}

test('the model of the runner obeys', () => {
  expect(obeyed('::error::x\n  ::Warning file=a::x\nx ##[group]y\n::what::x')).toEqual(['error', 'warning', 'group']);
  expect(obeyed('::stop-commands::T\n::error::x\n##[error]\n::t::\n::debug::x')).toEqual(['debug']);
  expect(obeyed('a\r::error::x')).toEqual(['error']);
});

const evil = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '##[',
        '#',
        '[',
        ']',
        ' ',
        '\n',
        '\r',
        '\r\n',
        '\t',
        '\u2028',
        '\u0085',
        '\u000b',
        '\ufeff',
        '%0A',
        '\u001b[',
      ),
      fc.constantFrom(...COMMANDS),
      fc.constantFrom(...COMMANDS.flatMap((name) => [`::${name}::`, `##[${name}]`, `\n ::${name} file=x::`])),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  )
  .map((parts) => parts.join(''));

describe('a runner obeys nothing that is not ours', () => {
  const cases: [keyof Pick<Log, 'info' | 'foreign' | 'warning' | 'error' | 'group'>, string[]][] = [
    ['info', []],
    ['foreign', []],
    ['warning', ['warning']],
    ['error', ['error']],
    ['group', ['group']],
  ];
  test.each(cases)('in %s', (how, ours) => {
    fc.assert(
      fc.property(evil, (text) => {
        expect(obeyed(heard((log) => log[how](text)))).toEqual(ours);
      }),
      { numRuns: 3000 },
    );
  });

  test('one after the other, in the middle of a group', () => {
    fc.assert(
      fc.property(fc.array(evil, { maxLength: 6 }), (texts) => {
        const output = heard((log) => {
          log.group('x');
          for (const text of texts) {
            log.foreign(text);
            log.info(text);
          }
          log.end();
        });
        expect(obeyed(output)).toEqual(['group', 'endgroup']);
      }),
      { numRuns: 1000 },
    );
  });

  test('the token that ends the silence is new each time', () => {
    const tokens = [
      ...heard((log) => {
        log.foreign('a');
        log.foreign('b');
      }).matchAll(/stop-commands::(\S+)/g),
    ].map(([, token]) => token);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('what is said is still to be read', () => {
  expect(heard((log) => log.warning('100%\nof it'))).toBe('::warning::100%25%0Aof it\n');
  expect(heard((log) => log.info('a :: b'))).toBe('a :: b\n');
  expect(heard((log) => log.foreign('line 1\r\nline 2'))).toMatch(/^::stop-commands::(\S+)\nline 1\nline 2\n::\1::\n$/);
  expect(heard((log) => log.end())).toBe('::endgroup::\n');
});

test.each<[string, string]>([
  ['a\tb\nc', 'a\tb\nc'],
  ['a\r\nb\r\r\nc', 'a\nb\nc'],
  ['10%\r20%', '10%\\x0d20%'],
  ['\u001b[2J\u0007\u0000', '\\x1b[2J\\x07\\x00'],
  ['\u009b31m', '\\x9b31m'],
  ['a\u202eb\u2066', 'a\\u202eb\\u2066'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['é 🐳 …', 'é 🐳 …'],
])('%j is printed as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('nothing printable moves a cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

describe('in a terminal', () => {
  const plain = (say: (log: Log) => void, colour = false) => heard(say, (write) => plainLog(write, colour));
  test.each<[(log: Log) => void, string, string]>([
    [(log) => log.info('a\u001bb'), 'a\\x1bb\n', 'a\\x1bb\n'],
    [(log) => log.warning('w'), 'Warning: w\n', '\u001b[33mWarning: w\u001b[0m\n'],
    [(log) => log.error('e\u001b'), 'Error: e\\x1b\n', '\u001b[31mError: e\\x1b\u001b[0m\n'],
    [(log) => log.foreign('a\nb\u001b'), '  | a\n  | b\\x1b\n', '  | a\n  | b\\x1b\n'],
    [(log) => log.group('g'), 'g\n', '\u001b[1mg\u001b[0m\n'],
    [(log) => log.end(), '', ''],
  ])('%s', (say, without, withColour) => {
    expect(plain(say)).toBe(without);
    expect(plain(say, true)).toBe(withColour);
  });
});

test('a held log says all, in order, when it is flushed, and once', () => {
  const said: string[] = [];
  const note =
    (kind: string) =>
    (text = '') =>
      said.push(`${kind} ${text}`.trim());
  const log = heldLog({
    info: note('info'),
    warning: note('warning'),
    error: note('error'),
    foreign: note('foreign'),
    group: note('group'),
    end: note('end'),
  });
  log.group('1');
  log.info('2');
  log.foreign('3');
  log.warning('4');
  log.error('5');
  log.end();
  expect(said).toEqual([]);
  log.flush();
  expect(said).toEqual(['group 1', 'info 2', 'foreign 3', 'warning 4', 'error 5', 'end']);
  log.flush();
  expect(said).toHaveLength(6);
});

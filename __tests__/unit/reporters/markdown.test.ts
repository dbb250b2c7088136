import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Report, TargetReport } from '../../../src/model/report.js';
import { COMMENT_LIMIT, markdown, SUMMARY_LIMIT } from '../../../src/reporters/markdown.js';
import { terminal } from '../../../src/reporters/terminal.js';
import { REPORTS, report } from './fixtures.js';

function target(name: string): TargetReport {
  const [first] = report(name).targets;
  if (!first) throw new Error(`${name} has no target`);
  return first;
}

/** Every text of a report, put through a function. */
function everyText(value: unknown, change: (text: string) => string, path: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((one) => everyText(one, change, path));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, everyText(one, change, [...path, name])]),
    );
  }
  const fixed = [
    'verdict',
    'layer',
    'layers',
    'require',
    'phase',
    'rule',
    'level',
    'change',
    'readOnly',
    'permissions',
    'capabilities',
  ];
  return typeof value === 'string' && !fixed.includes(path.at(-1) ?? '') ? change(value) : value;
}

describe('the first line', () => {
  test.each(REPORTS)('of %s shows its verdict and no other', (name) => {
    const mark = { pass: '✅', fail: '❌', error: '⚠️' }[report(name).verdict];
    expect(markdown(report(name)).split('\n')[0]).toMatch(new RegExp(`^## ${mark} `));
    expect(terminal(report(name), false).trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${mark} `));
  });

  test('is never better than the worst that is said', () => {
    const lying: Report = { ...report('fail'), verdict: 'pass' };
    expect(markdown(lying)).toMatch(/^## ❌/);
    expect(markdown({ ...report('pass'), verdict: 'error' })).toMatch(/^## ⚠️ The check as a whole/);
  });

  test('a pass without an attempt does not claim immutability', () => {
    const idle = { ...report('pass'), targets: [{ ...target('pass'), attack: [] }] };
    expect(markdown(idle).split('\n')[0]).not.toContain('is immutable');
  });

  test('what succeeded in a layer that decides is not passed over', () => {
    const attack = target('pass').attack.map((run) => ({ ...run, succeeded: 3, inconclusive: 2 }));
    const line = markdown({ ...report('pass'), targets: [{ ...target('pass'), attack }] }).split('\n')[0];
    expect(line).toContain('3 succeeded');
    expect(line).not.toContain('none succeeded');
  });
});

describe('does it work', () => {
  test('a test that is missing after the attack is no "Yes"', () => {
    const smoke = target('pass').smoke.filter((result) => result.phase === 'before-attack');
    const cut = { ...report('error'), targets: [{ ...target('error'), smoke }] };
    expect(markdown(cut)).toContain('### Does it work read-only? Not proven');
  });

  test('the other layer alone proves nothing of it', () => {
    const smoke = target('pass').smoke.filter((result) => result.layer === 'permissions');
    const policy = { ...target('pass').policy, layers: ['permissions'], require: ['permissions'] } as const;
    expect(markdown({ ...report('pass'), targets: [{ ...target('pass'), smoke, policy }] })).toContain(
      'read-only? Not tested',
    );
  });
});

describe('can anyone change it', () => {
  const text = (readOnly: string, permissions: string, require: readonly string[]) => {
    const paths = [{ path: '/a', readOnly, permissions, examples: [] }];
    const policy = { ...target('pass').policy, require };
    return markdown({ ...report('pass'), targets: [{ ...target('pass'), paths, policy }] } as never);
  };

  test.each([
    ['mount', 'writable', ['read-only'], 'No'],
    ['mount', 'writable', ['read-only', 'permissions'], '**Yes**'],
    ['inconclusive', 'permissions', ['read-only'], 'Could not be told'],
    ['not-tested', 'permissions', ['read-only'], 'Could not be told'],
    ['mount', 'not-tested', ['permissions'], 'Could not be told'],
    ['mount', 'permissions', [], 'Could not be told'],
  ])('%s and %s, %j required: %s', (readOnly, permissions, require, answer) => {
    expect(text(readOnly, permissions, require)).toContain(`### Can anyone change it? ${answer}\n`);
  });
});

describe('the limit', () => {
  const big = (name: string, times: number): Report => {
    const targets = Array.from({ length: times }, (_, index) => ({ ...target(name), name: `image-${index}` }));
    return { ...report(name), targets };
  };

  test.each([
    ['hostile', 500],
    ['many-paths', 40],
    ['fail', 2000],
  ])('%s × %d fits, keeps its verdict and its folds whole', (name, times) => {
    const text = markdown(big(name, times));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text).toMatch(/^## ❌/);
    const tags = shape(text).join(' ');
    expect(tags.match(/<details/g)?.length).toBe(tags.match(/<\/details/g)?.length);
    expect(text).toContain('more');
  });

  test('texts of a megabyte everywhere fit as well', () => {
    for (const filler of [
      'x'.repeat(1_000_000),
      '`'.repeat(1_000_000),
      '\u0001😀|'.repeat(300_000),
      '@a\n'.repeat(300_000),
    ]) {
      const huge = everyText(report('fail'), () => filler) as Report;
      expect(Buffer.byteLength(markdown(huge))).toBeLessThanOrEqual(COMMENT_LIMIT);
    }
  });

  test('a hundred thousand rows are counted, the worst of them shown', () => {
    const paths = Array.from({ length: 100_000 }, (_, index) => ({
      path: `/p/${index}`,
      readOnly: index === 77_777 ? ('writable' as const) : ('mount' as const),
      permissions: 'not-tested' as const,
      examples: [],
    }));
    const text = markdown({ ...report('fail'), targets: [{ ...target('fail'), paths }] });
    expect(text).toContain('| `/p/77777` | **can be changed** |');
    expect(text).toContain('… and 99,990 more');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_LIMIT);
  });

  test('a job summary has room for more', () => {
    const long = big('many-paths', 10);
    expect(Buffer.byteLength(markdown(long, SUMMARY_LIMIT))).toBeGreaterThan(COMMENT_LIMIT);
  });
});

describe('whatever an image says', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '@everyone',
      '`',
      '``',
      '|',
      '<b>',
      '-->',
      '<!-- x -->',
      '</details>',
      '\n',
      '\r\n## x',
      '#1',
      '::error::x',
      '##[error]',
      '\\',
      '$',
      '\u001b[31m',
      '\u202e',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const text = fc.array(nasty, { maxLength: 8 }).map((parts) => parts.join(''));

  test('Markdown keeps its lines and its tags', () => {
    const plain = shape(markdown(everyText(report('fail'), () => 'x') as Report));
    fc.assert(
      fc.property(
        text.filter((one) => /^[^\r\n\u2028\u2029]*\S/.test(one)),
        (one) => {
          // One line each, so that no text to paste comes with a fix.
          const line = `x${one.replace(/[\r\n\u2028\u2029]/g, ' ')}`;
          expect(shape(markdown(everyText(report('fail'), () => line) as Report))).toEqual(plain);
        },
      ),
    );
  });

  test('no line of a job’s log is a command to the runner, and only our colours colour', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (one, color) => {
        const output = terminal(everyText(report('fail'), () => one) as Report, color);
        for (const line of output.split('\n')) expect(line).not.toMatch(/^\s*::|##\[/);
        expect(output.replace(/\u001b\[(?:0|1|2|31|32|33)m/g, '')).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
        );
      }),
    );
  });
});

/** What a renderer of Markdown makes of it, without the words: lines by kind, cells by number, tags. */
function shape(text: string): string[] {
  // From left to right: a backslash escapes outside of code, and is itself inside.
  const inert = /\\[\\`*_[\]~]|`[^`]*`/g;
  let fence: string | null = null;
  const shapes: string[] = [];
  for (const line of text.split('\n')) {
    if (fence !== null) {
      if (line === fence) fence = null;
      continue;
    }
    const opened = /^(`{3,})[a-z]*$/.exec(line);
    if (opened) fence = opened[1] ?? null;
    const bare = line.replace(inert, '');
    const tags = bare.match(/<\/?[a-z!]+/g)?.filter((tag) => !/code/.test(tag)) ?? [];
    const cells = line.startsWith('|') ? line.split('|').length : 0;
    shapes.push(`${/^(#+ |- |\||```)?/.exec(line)?.[0]?.slice(0, 3)} ${cells} ${tags.join(' ')}`);
  }
  return shapes;
}

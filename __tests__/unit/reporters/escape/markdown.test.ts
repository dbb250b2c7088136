import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { code, fence, htmlCode, prose, text } from '../../../../src/reporters/escape/markdown.js';

const foreign = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '`',
        '``',
        '|',
        '\\',
        '<',
        '>',
        '&',
        '@',
        'a@b.c',
        '#1',
        'GH-1',
        '://',
        'www.',
        '$',
        '*',
        '_',
        '~',
        '[x](y)',
        '![',
        '\n',
        '\r',
        '<!--',
        '-->',
        ' ',
        '&#8203;',
        '&lt;',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const GAP = '&#8203;';

function expectInertText(written: string): void {
  expect(written).not.toMatch(/[\r\n<>|$]/);
  // Every entity is ours.
  expect(written.replace(/&(amp|lt|gt|#124|#36|#8203);/g, '')).not.toContain('&');
  // Every character of markup stands behind its own backslash.
  expect(written.replace(/\\[\\`*_[\]~#+=.)-]/g, '')).not.toMatch(/[\\`*_[\]~]/);
  expect(written.replaceAll(`@${GAP}`, '')).not.toContain('@');
  expect(written.replaceAll(GAP, '\0').replace(/&#\d+;/g, '')).not.toMatch(/#\d|GH-\d|:\/\/|www\./i);
}

describe('text', () => {
  test('nothing in it comes to life', () => {
    fc.assert(
      fc.property(foreign, (one) => expectInertText(text(one))),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['@everyone', `@${GAP}everyone`],
    ['see #12 and GH-12', `see #${GAP}12 and GH-${GAP}12`],
    ['https://evil.example', `https:${GAP}//evil.example`],
    ['a\nb', 'a b'],
    ['<!-- x -->', '&lt;!-- x --&gt;'],
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['plain words, as they are: /etc/nginx.conf (30%)', 'plain words, as they are: /etc/nginx.conf (30%)'],
  ])('%j', (one, written) => expect(text(one)).toBe(written));
});

describe('code', () => {
  test('is one span or one element, whatever is in it', () => {
    fc.assert(
      fc.property(foreign, (one) => {
        const written = code(one);
        if (written.startsWith('`')) expect(written).toMatch(/^`[^`|\n]*`$/);
        else expectElement(written);
        expectElement(htmlCode(one));
      }),
      { numRuns: 1000 },
    );
  });

  test('is readable where it can be', () => expect(code('/etc/a_b*.conf @x')).toBe('`/etc/a_b*.conf @x`'));

  function expectElement(written: string): void {
    const inside = /^<code>(.*)<\/code>$/s.exec(written)?.[1];
    expect(inside).toBeDefined();
    expect(inside?.replace(/&#\d+;/g, '')).not.toMatch(/[`|<>&@\\*_[\]~$\r\n]|:\/\//);
  }
});

describe('prose', () => {
  test('names between backticks become code', () => {
    expect(prose('mount `/a|b` or `/c`, @x')).toBe(`mount <code>/a&#124;b</code> or \`/c\`, @${GAP}x`);
  });

  test('outside of code it is text', () => {
    fc.assert(
      fc.property(foreign, (one) => {
        const outside = prose(one)
          .replace(/(?<!\\)(?:\\\\)*`[^`]+`/g, '')
          .replace(/<code>.*?<\/code>/g, '');
        expectInertText(outside);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('fence', () => {
  test('no line inside can close it', () => {
    fc.assert(
      fc.property(foreign, (one) => {
        const [opening = '', ...rest] = fence(one).split('\n');
        expect(opening).toMatch(/^`{3,}$/);
        const closing = rest.pop();
        expect(closing).toBe(opening);
        for (const line of rest) expect(line).not.toContain(opening);
      }),
    );
  });

  test('keeps what is to be pasted', () => expect(fence('a:\n  - b', 'yaml')).toBe('```yaml\na:\n  - b\n```'));
});

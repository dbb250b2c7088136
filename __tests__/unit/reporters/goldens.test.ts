import { describe, expect, test } from '@jest/globals';
import { json } from '../../../src/reporters/json.js';
import { markdown } from '../../../src/reporters/markdown.js';
import { terminal } from '../../../src/reporters/terminal.js';
import { expectGolden, REPORTS, report } from './fixtures.js';

describe.each(REPORTS)('%s', (name) => {
  test('as Markdown', () => expectGolden(markdown(report(name)), `${name}.md`));
  test('for a terminal', () => expectGolden(terminal(report(name), false), `${name}.txt`));
  test('as JSON, losing nothing', () => expect(JSON.parse(json(report(name)))).toEqual(report(name)));
});

test('colour changes nothing but colour', () => {
  const plain = terminal(report('fail'), false);
  const coloured = terminal(report('fail'), true);
  expect(coloured).toContain('\u001b[31m');
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

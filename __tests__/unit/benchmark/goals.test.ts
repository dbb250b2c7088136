import { expect, test } from '@jest/globals';
import { judge } from '../../../scripts/benchmark/goals.mjs';
import { staticImports } from '../../../scripts/benchmark/size.mjs';

test('goals are judged by the figures that were taken', () => {
  const cases = {
    echo: {
      contestants: [
        { key: 'read-only', times: 1.5 },
        { key: 'both', times: 2.3 },
      ],
    },
  };
  expect(judge({ cases }).map(({ what, met }) => [what, met])).toEqual([
    ['echo, layers: read-only', true],
    ['echo, layers: both', false],
  ]);
});

test('a goal that is a least is met from there on', () => {
  const cases = { tree: { contestants: [{ key: 'read-only', perSecond: 299_999 }] } };
  expect(judge({ cases })).toMatchObject([{ met: false, limit: 'at least 300,000 attempts a second' }]);
});

test('nothing measured, nothing judged', () => {
  expect(judge({ cases: {} })).toEqual([]);
});

test('what a module loads at once is what it imports statically', () => {
  const text = [
    'import "./a.js";',
    'import { t as x } from "./b.js";',
    'import fs from "node:fs";',
    'export { y } from "./c.js";',
    'const later = () => import("./d.js");',
    'const text = "import ./e.js";',
  ].join('\n');
  expect(staticImports(text)).toEqual(['./a.js', './b.js', './c.js']);
});

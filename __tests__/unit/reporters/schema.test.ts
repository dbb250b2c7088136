import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPERATIONS } from '../../../src/model/operations.js';
import type { Report } from '../../../src/model/report.js';
import { RULES } from '../../../src/model/rules.js';
import { REPORTS, report } from './fixtures.js';

const schema = JSON.parse(readFileSync(new URL('../../../src/model/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

function faults(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

test.each(REPORTS)('%s is valid', (name) => expect(faults(report(name))).toEqual([]));

test('a report without a verdict, or with more than is described, is not', () => {
  const { verdict, ...without } = report('pass');
  expect(verdict).toBe('pass');
  expect(faults(without)).not.toEqual([]);
  expect(faults({ ...report('pass'), more: 1 })).not.toEqual([]);
  expect(faults(null)).not.toEqual([]);
});

describe('every object is closed, and every property is needed', () => {
  // Taken from the fixtures themselves, so that a new property is tried as well.
  const objects = REPORTS.flatMap((name) => pathsOf(report(name)).map((path) => [name, path.join('/')] as const));
  const kinds = new Map(objects.map((one) => [one[1].replace(/\d+/g, '0'), one]));

  test.each([...kinds.values()])('%s %s', (name, joined) => {
    const path = joined === '' ? [] : joined.split('/');
    const added = report(name);
    Object.assign(at(added, path), { surprise: true });
    // `blocked` maps names of errors to numbers: a name that is none, with what is no number, is refused too.
    expect(faults(added)).not.toEqual([]);
    if (path.at(-1) === 'blocked') return;
    for (const property of Object.keys(at(added, path)).filter((one) => one !== 'surprise')) {
      const removed = report(name);
      delete at(removed, path)[property];
      expect(faults(removed)).not.toEqual([]);
      const wrong = report(name);
      at(wrong, path)[property] = { not: 'this' };
      expect(faults(wrong)).not.toEqual([]);
    }
  });
});

test('every rule and every operation can be told', () => {
  const valid: Report = report('fail');
  for (const rule of Object.keys(RULES)) expect(faults(changed(valid, 'findings', { rule }))).toEqual([]);
  for (const operation of OPERATIONS) expect(operation).toMatch(/^[a-z][a-z-]*$/);
  expect(faults(changed(valid, 'findings', { rule: 'Not A Rule' }))).not.toEqual([]);
  expect(faults(changed(valid, 'findings', { level: 'fatal' }))).not.toEqual([]);
  expect(faults(changed(valid, 'paths', { readOnly: 'protected' }))).not.toEqual([]);
});

test('everything that a reader may ask about is described', () => {
  const bare = walk(schema.properties).concat(walk(schema.$defs));
  expect(bare).toEqual([]);
});

type Node = Record<string, unknown>;

function changed(valid: Report, list: 'findings' | 'paths', change: object): unknown {
  const copy = structuredClone(valid) as unknown as { targets: Record<string, object[]>[] };
  Object.assign(copy.targets[0]?.[list]?.[0] ?? {}, change);
  return copy;
}

/** Where the objects of a value stand. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]));
  return Array.isArray(value) ? below : [path, ...below];
}

function at(value: unknown, path: readonly string[]): Node {
  return path.reduce((node: unknown, step) => (node as Node)[step], value) as Node;
}

/** Properties that have neither a description nor a reference to one. */
function walk(properties: Node, above = ''): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const node = property as Node;
    const here = node.description || node.$ref ? [] : [`${above}/${name}`];
    const inside = (node.properties ?? (node.items as Node | undefined)?.properties) as Node | undefined;
    return name === 'identity' && node.$ref ? [] : [...here, ...(inside ? walk(inside, `${above}/${name}`) : [])];
  });
}

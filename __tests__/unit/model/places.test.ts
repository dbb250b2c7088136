import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBelow, isWithin, normalisePath, type PlaceKind, Places, policyPlaces } from '../../../src/model/places.js';

test.each<[string, string, boolean, boolean]>([
  ['/', '/', true, false],
  ['/a', '/', true, true],
  ['/a', '/a', true, false],
  ['/a/b', '/a', true, true],
  ['/ab', '/a', false, false],
  ['/', '/a', false, false],
])('%s in %s', (path, ancestor, within, below) => {
  expect([isWithin(path, ancestor), isBelow(path, ancestor)]).toEqual([within, below]);
});

test.each<[string, string | null]>([
  ['/', '/'],
  ['/a/', '/a'],
  ['//a///b', '/a/b'],
  ['/a/./b/.', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/..', '/'],
  ['/..', null],
  ['/a/../..', null],
  ['a', null],
  ['', null],
  ['./a', null],
  ['/...', '/...'],
])('%s is %s', (written, path) => {
  expect(normalisePath(written)).toBe(path);
});

test('a normalised path stays as it is', () => {
  const part = fc.constantFrom('', '.', '..', 'a', 'b', '.c');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = normalisePath(`/${parts.join('/')}`);
      if (path !== null) expect(normalisePath(path)).toBe(path);
    }),
  );
});

describe('places', () => {
  const places = new Places([
    ...policyPlaces(['/', '/srv/app'], [{ path: '/data', reason: null }]),
    { path: '/srv/app', kind: 'declared-tmpfs' },
    { path: '/srv', kind: 'declared-mount' },
    { path: '/dev', kind: 'provided' },
    { path: '/data', kind: 'declared-mount' },
  ]);
  test.each<[string, PlaceKind]>([
    ['/', 'protected'],
    ['/etc/x', 'protected'],
    ['/database', 'protected'],
    ['/data/x', 'allowed'],
    ['/srv', 'declared-mount'],
    ['/srv/other', 'declared-mount'],
    ['/srv/app', 'protected'],
    ['/srv/app/x', 'protected'],
    ['/dev/shm', 'provided'],
  ])('%s is %s', (path, kind) => {
    expect(places.of(path)?.kind).toBe(kind);
    expect(places.mayChange(path)).toBe(kind !== 'protected');
  });

  test('who protects', () => {
    expect(places.protector('/srv/app/x')).toBe('/srv/app');
    expect(places.protector('/etc')).toBe('/');
    expect(places.protector('/data')).toBeNull();
    expect(new Places([]).of('/x')).toBeNull();
    expect(places.protectedPaths().sort()).toEqual(['/', '/srv/app']);
  });

  test('what an attack leaves out, holds no protected path at its top', () => {
    expect(places.open().sort()).toEqual(['/data', '/data', '/dev', '/srv']);
  });

  test('by any order of the same places, the same one decides', () => {
    const path = fc.constantFrom('/', '/a', '/a/b', '/ab', '/a/b/c');
    const place = fc.record({ path, kind: fc.constantFrom<PlaceKind>('protected', 'allowed', 'provided') });
    fc.assert(
      fc.property(fc.array(place), path, (list, at) => {
        const forward = new Places(list);
        const backward = new Places([...list].reverse());
        expect(forward.mayChange(at)).toBe(backward.mayChange(at));
        expect(forward.of(at)?.path).toBe(backward.of(at)?.path);
      }),
    );
  });
});

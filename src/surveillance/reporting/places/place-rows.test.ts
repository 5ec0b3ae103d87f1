import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Place } from './place.ts';
import { readPlaces, type PlaceRow } from './place-rows.ts';

const row = (number: number, cells: Readonly<Record<string, string>>): PlaceRow => ({
  row: number,
  cells: { name: cells['code'] ?? '', ...cells },
});
const rows = (...lines: readonly (readonly [code: string, parent: string])[]): readonly PlaceRow[] =>
  lines.map(([code, parent], at) => row(at + 2, { code, parent }));
const held = (...lines: readonly (readonly [code: string, parent: string])[]): readonly Place[] =>
  lines.map(([code, parent], at) => ({
    id: at + 1,
    code,
    name: code,
    kind: 'area',
    parentId: undefined,
    parent: parent || undefined,
    level: parent ? 1 : 0,
    point: undefined,
    population: undefined,
    validFrom: undefined,
    validUntil: undefined,
  }));
const refusals = (given: readonly PlaceRow[], before: readonly Place[] = []): readonly string[] =>
  readPlaces(given, before).rejections.map(({ row: number, role, code }) => `${number} ${role} ${code}`);

describe('a place is refused', () => {
  test('for its own cells, and the others are taken in', () => {
    const given = [
      row(2, { code: '' }),
      row(3, { code: 'x'.repeat(61) }),
      row(4, { code: 'A', name: '' }),
      row(5, { code: 'B', latitude: '91', longitude: '0' }),
      row(6, { code: 'C', latitude: '1' }),
      row(7, { code: 'D', population: '-5' }),
      row(8, { code: 'E', level: 'x' }),
      row(9, { code: 'F', kind: 'planet' }),
      row(10, { code: 'G', since: '2020-02-30' }),
      row(11, { code: 'H', since: '2021-01-01', until: '2020-01-01' }),
      row(12, { code: 'I' }),
    ];
    expect(refusals(given)).toEqual([
      '2 code code-missing',
      '3 code code-too-long',
      '4 name name-missing',
      '5 latitude latitude-wrong',
      '6 latitude point-incomplete',
      '7 population population-wrong',
      '8 level level-wrong',
      '9 kind kind-unknown',
      '10 since date-wrong',
      '11 until dates-reversed',
    ]);
    expect(readPlaces(given, []).differing.map(({ code }) => code)).toEqual(['I']);
  });
  test('when it lies in itself, alone or by way of others; what only lies in such a place is refused for that', () => {
    const given = rows(['A', 'A'], ['B', 'C'], ['C', 'D'], ['D', 'B'], ['E', 'D'], ['F', '']);
    expect(refusals(given)).toEqual([
      '2 parent parent-cycle',
      '3 parent parent-cycle',
      '4 parent parent-cycle',
      '5 parent parent-cycle',
      '6 parent parent-rejected',
    ]);
  });
  test('when the circle closes through a place that is held', () => {
    expect(refusals(rows(['A', 'B']), held(['A', ''], ['B', 'A']))).toEqual(['2 parent parent-cycle']);
  });
  test('when the place above is unknown, or was itself refused', () => {
    const given = [
      ...rows(['A', ''], ['B', 'ZZ'], ['C', 'B']),
      row(5, { code: 'D', level: 'x' }),
      row(6, { code: 'E', parent: 'D' }),
    ];
    expect(refusals(given)).toEqual([
      '3 parent parent-unknown',
      '4 parent parent-rejected',
      '5 level level-wrong',
      '6 parent parent-rejected',
    ]);
  });
  test('when the file says two things about it; the same said twice counts once', () => {
    const given = [...rows(['A', ''], ['B', 'A'], ['B', 'A']), row(5, { code: 'A', name: 'Other', parent: '' })];
    expect(refusals(given)).toEqual([
      '2 code repeated-differently',
      '3 parent parent-rejected',
      '5 code repeated-differently',
    ]);
  });
  test('when its level is not below that of the place above', () => {
    const given = [
      row(2, { code: 'A', level: '2' }),
      row(3, { code: 'B', parent: 'A', level: '2' }),
      row(4, { code: 'C', parent: 'B' }),
    ];
    expect(refusals(given)).toEqual(['3 level level-not-below', '4 parent parent-rejected']);
  });
});

describe('places', () => {
  test('may stand before the one they lie in, and are saved after it', () => {
    const { differing } = readPlaces(rows(['C', 'B'], ['B', 'A'], ['A', '']), []);
    expect(differing.map(({ code, level }) => [code, level])).toEqual([
      ['A', 0],
      ['B', 1],
      ['C', 2],
    ]);
  });
  test('that hang, all of them, from one code that no row describes have that code as their top, once', () => {
    const reading = readPlaces(rows(['JP-01', 'JP'], ['JP-02', 'JP']), []);
    expect([reading.impliedTop, reading.added, reading.rejections]).toEqual(['JP', 3, []]);
    expect(refusals(rows(['JP-01', 'JP'], ['JP-02', 'JQ']))).toHaveLength(2);
    expect(refusals(rows(['XX-01', 'XX']), held(['AA', '']))).toEqual(['2 parent parent-unknown']);
  });
  test('sent again change nothing, and a column that is missing leaves what is held', () => {
    const before = held(['A', ''], ['B', 'A']);
    expect(readPlaces(rows(['A', ''], ['B', 'A']), before)).toMatchObject({ added: 0, changed: 0, unchanged: 2 });
    const renamed = readPlaces([{ row: 2, cells: { code: 'B', name: 'Bee' } }], before);
    expect(renamed.differing).toMatchObject([{ code: 'B', name: 'Bee', parent: 'A', level: 1 }]);
  });

  test('of any file: what is saved is a forest, each after its parent, and every row is saved, unchanged or refused', () => {
    const code = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', '');
    const line = fc.tuple(code, code);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.subarray(['A', 'B', 'C']), (lines, roots) => {
        const before = held(...roots.map((root) => [root, ''] as const));
        const given = rows(...lines);
        const { differing, unchanged, rejections, impliedTop } = readPlaces(given, before);
        expect(differing.length - (impliedTop === undefined ? 0 : 1) + unchanged + rejections.length).toBe(
          given.length,
        );
        // Oracle: apply them one by one; a parent must be there already, and following parents must end.
        const parents = new Map(before.map((place) => [place.code, place.parent]));
        for (const place of differing) {
          expect(place.parent === undefined || parents.has(place.parent)).toBe(true);
          parents.set(place.code, place.parent);
        }
        for (const start of parents.keys()) {
          let at = parents.get(start);
          for (let steps = 0; at !== undefined; steps++) {
            expect(steps).toBeLessThan(20);
            at = parents.get(at);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
  test('are judged in one pass, also when fifty thousand of them lie in each other in a circle', () => {
    const many = Array.from({ length: 50_000 }, (_, at): readonly [string, string] => [
      `p${at}`,
      `p${(at + 1) % 50_000}`,
    ]);
    expect(refusals(rows(...many))).toHaveLength(50_000);
    expect(readPlaces(rows(['top', ''], ...many.map(([code]) => [code, 'top'] as const)), []).added).toBe(50_001);
  });
});

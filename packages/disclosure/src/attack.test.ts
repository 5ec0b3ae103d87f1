import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attack, type Finding, type HeldCell } from './attack.ts';

const shown = (atoms: string, value: number): HeldCell => ({ atoms: atoms.split(' '), value });
const withheld = (atoms: string, below = 5): HeldCell => ({ atoms: atoms.split(' '), below });

describe('the attack finds', () => {
  test('the one withheld cell beside a published total', () => {
    expect(attack([shown('a b c', 20), shown('a', 9), withheld('b'), shown('c', 8)])).toEqual([
      { cell: 2, value: 3, by: 'elimination' },
    ]);
  });

  test('a day that a week and its other days give away', () => {
    const days = ['1', '2', '3', '4', '5', '6', '7'];
    const held = [...days.slice(1).map((day) => shown(day, 6)), withheld('1'), shown(days.join(' '), 38)];
    expect(attack(held)).toEqual([{ cell: 6, value: 2, by: 'elimination' }]);
  });

  test('a difference of two kinds of week that overlap', () => {
    // Sunday to Saturday against Monday to Sunday: the two Sundays at the ends differ by what the weeks differ.
    expect(attack([shown('s0 m t', 30), shown('m t s1', 28), shown('s0', 5), withheld('s1')])).toEqual([
      { cell: 3, value: 3, by: 'elimination' },
    ]);
  });

  test('what no single sum shows but several together do', () => {
    expect(attack([shown('a b', 10), shown('b c', 12), shown('a c', 8), withheld('a'), withheld('b', 10)])).toEqual([
      { cell: 3, value: 3, by: 'elimination' },
      { cell: 4, value: 7, by: 'elimination' },
    ]);
  });

  test('two withheld cells that are together as little or as much as they can be', () => {
    expect(attack([shown('a b', 2), withheld('a'), withheld('b')]).map(({ value, by }) => [value, by])).toEqual([
      [1, 'bounds'],
      [1, 'bounds'],
    ]);
    expect(attack([shown('a b', 8), withheld('a'), withheld('b')]).map(({ value }) => value)).toEqual([4, 4]);
  });

  test('a cell that an earlier version of another one gives away', () => {
    const held = [shown('a', 7), shown('a b', 10), withheld('a'), withheld('b')];
    expect(attack(held)).toContainEqual({ cell: 3, value: 3, by: 'elimination' });
  });

  test('a withheld cell of many parts inside a published one', () => {
    expect(attack([withheld('a c'), shown('a b c', 1), withheld('b c')]).map(({ value }) => value)).toEqual([1, 1]);
  });

  test('a cell whose minimum leaves one value', () => {
    expect(attack([shown('a b', 9), withheld('a', 2)])).toEqual([{ cell: 1, value: 1, by: 'bounds' }]);
  });
});

describe('the attack finds nothing', () => {
  test('in cells that do not touch each other', () => {
    expect(attack([shown('a', 20), withheld('b'), withheld('c'), shown('d', 0)])).toEqual([]);
  });

  test('where two cells are withheld and their sum leaves room', () => {
    expect(attack([shown('a b c', 20), withheld('a'), withheld('b'), shown('c', 15)])).toEqual([]);
  });

  test('in what a cell was before it was withheld: that is not what it is now', () => {
    expect(attack([shown('a', 7), withheld('a')])).toEqual([]);
  });

  test('in a withheld cell that has been published since', () => {
    expect(attack([withheld('a'), shown('a', 9)])).toEqual([]);
  });

  test('where what is held contradicts itself', () => {
    expect(attack([shown('a b', 1), withheld('a'), withheld('b')]).filter(({ by }) => by === 'bounds')).toEqual([]);
  });
});

/** A hidden table of small numbers over a few atoms, and random sums of it, published or withheld. */
const scene = fc
  .tuple(
    fc.array(fc.nat(4), { minLength: 2, maxLength: 4 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), fc.boolean()), { minLength: 1, maxLength: 6 }),
  )
  .map(([truth, masks]) => {
    const seen = new Set<number>();
    const held = masks.flatMap(([mask, isShown]): HeldCell[] => {
      const members = truth.flatMap((_, at) => ((mask >> at) & 1 ? [at] : []));
      const bits = members.reduce((sum, at) => sum | (1 << at), 0);
      const value = members.reduce((sum, at) => sum + (truth[at] ?? 0), 0);
      if (members.length === 0 || seen.has(bits)) return [];
      seen.add(bits);
      const atoms = members.map(String);
      return [!isShown && value > 0 && value < 5 ? { atoms, below: 5 } : { atoms, value }];
    });
    return { truth, held };
  });

/** Every table that agrees with what is held. */
function worlds(count: number, held: readonly HeldCell[], most: number): number[][] {
  const all = (left: number): number[][] =>
    left === 0
      ? [[]]
      : all(left - 1).flatMap((world) => Array.from({ length: most + 1 }, (_, value) => [...world, value]));
  return all(count).filter((world) =>
    held.every((cell) => {
      const sum = cell.atoms.reduce((total, atom) => total + (world[Number(atom)] ?? 0), 0);
      return 'value' in cell ? sum === cell.value : sum >= 1 && sum < cell.below;
    }),
  );
}

/** Over the rationals, with fractions of BigInt: is the row a combination of the others? */
function isCombination(rows: readonly (readonly number[])[], target: readonly number[]): boolean {
  return rankOf([...rows, target]) === rankOf(rows);
}
function rankOf(rows: readonly (readonly number[])[]): number {
  const matrix = rows.map((row) => row.map(BigInt));
  let rank = 0;
  for (let column = 0; column < (matrix[0]?.length ?? 0); column++) {
    const pivot = matrix.findIndex((row, at) => at >= rank && row[column] !== 0n);
    if (pivot < 0) continue;
    [matrix[rank], matrix[pivot]] = [matrix[pivot]!, matrix[rank]!];
    const head = matrix[rank]!;
    for (let at = rank + 1; at < matrix.length; at++) {
      const factor = matrix[at]![column]!;
      matrix[at] = matrix[at]!.map((each, position) => each * head[column]! - factor * head[position]!);
    }
    rank++;
  }
  return rank;
}

describe('against every table that is possible', () => {
  test('each finding is the truth, and no other table agrees with what is held', () => {
    fc.assert(
      fc.property(scene, ({ truth, held }) => {
        const possible = worlds(truth.length, held, 8);
        for (const { cell, value } of attack(held)) {
          const sums = possible.map((world) =>
            held[cell]!.atoms.reduce((sum, atom) => sum + (world[Number(atom)] ?? 0), 0),
          );
          expect(new Set(sums)).toEqual(new Set([value]));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whatever linear algebra over the rationals determines is found', () => {
    fc.assert(
      fc.property(scene, ({ truth, held }) => {
        const rowOf = (cell: HeldCell): number[] => truth.map((_, at) => (cell.atoms.includes(String(at)) ? 1 : 0));
        const shownRows = held.filter((cell) => 'value' in cell).map(rowOf);
        const found = new Set(attack(held).map((finding: Finding) => finding.cell));
        const determined = held.flatMap((cell, at) =>
          'below' in cell && isCombination(shownRows, rowOf(cell)) ? [at] : [],
        );
        expect(determined.filter((at) => !found.has(at))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('more knowledge never makes what elimination found go away', () => {
    fc.assert(
      fc.property(scene, ({ held }) => {
        const before = new Set(
          attack(held.slice(0, -1))
            .filter(({ by }) => by === 'elimination')
            .map(({ cell }) => cell),
        );
        const after = new Set(attack(held).map(({ cell }) => cell));
        for (const cell of before) expect(after).toContain(cell);
      }),
      { numRuns: 300 },
    );
  });
});

test('a country of 400 districts, seven days, weeks and a total is tested in seconds', () => {
  const districts = Array.from({ length: 400 }, (_, at) => at);
  const days = [1, 2, 3, 4, 5, 6, 7];
  const held: HeldCell[] = [
    ...districts.flatMap((district) =>
      days.map((day): HeldCell =>
        (district + day) % 3 === 0 ? withheld(`${district}/${day}`) : shown(`${district}/${day}`, 10),
      ),
    ),
    ...districts.map((district) => shown(days.map((day) => `${district}/${day}`).join(' '), 60)),
  ];
  const started = performance.now();
  const found = attack(held);
  expect(performance.now() - started).toBeLessThan(10_000);
  // Each district hides two or three of its days; two of sum 10 stay hidden, none can be told.
  expect(found).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { boundsOf, type Sum } from './bounds.ts';
import { openSolver } from './solver.ts';

const shown = (atoms: string, value: number): Sum => ({ atoms: atoms.split(' '), least: value, most: value });
const small = (atoms: string, minimum = 5): Sum => ({ atoms: atoms.split(' '), least: 1, most: minimum - 1 });

/** Of each sum that is not shown. */
async function ranges(sums: readonly Sum[]): Promise<string[]> {
  const asked = sums.flatMap(({ least, most }, sum) => (least === most ? [] : [{ sum, floor: 0, cap: 99 }]));
  using solver = openSolver(60_000);
  return (await boundsOf(solver, sums, asked)).map((range) => (range ? `${range.least}-${range.most}` : 'none'));
}

describe('bounds are exact', () => {
  test('for the one withheld cell beside a published total', async () => {
    expect(await ranges([shown('a b c', 20), shown('a', 9), small('b'), shown('c', 8)])).toEqual(['3-3']);
  });
  test('for a day that a week and its other days give away', async () => {
    const others = ['2', '3', '4', '5', '6', '7'].map((day) => shown(day, 6));
    expect(await ranges([...others, small('1'), shown('1 2 3 4 5 6 7', 38)])).toEqual(['2-2']);
  });
  test('for two kinds of week that overlap', async () => {
    expect(await ranges([shown('s0 m t', 30), shown('m t s1', 28), shown('s0', 5), small('s1')])).toEqual(['3-3']);
  });
  test('for what no single sum shows but several together do', async () => {
    expect(await ranges([shown('a b', 10), shown('b c', 12), shown('a c', 8), small('a'), small('b', 10)])).toEqual([
      '3-3',
      '7-7',
    ]);
  });
  test('for what follows only because counts are whole and not negative', async () => {
    expect(await ranges([shown('a1 a2 a3', 8), small('a0 a3'), shown('a0 a1 a2', 5)])).toEqual(['3-3']);
    expect(await ranges([shown('a b', 2), small('a'), small('b')])).toEqual(['1-1', '1-1']);
    expect(await ranges([shown('a b', 8), small('a'), small('b')])).toEqual(['4-4', '4-4']);
    expect(await ranges([small('a c'), shown('a b c', 1), small('b c')])).toEqual(['1-1', '1-1']);
  });
  test('where there is room', async () => {
    expect(await ranges([shown('a b c', 20), small('a'), small('b'), shown('c', 15)])).toEqual(['1-4', '1-4']);
    expect(await ranges([shown('a b', 3), small('a'), small('b')])).toEqual(['1-2', '1-2']);
  });
  test('and there are none where what is known contradicts itself', async () => {
    expect(await ranges([shown('a b', 1), small('a'), small('b')])).toEqual(['none', 'none']);
  });
});

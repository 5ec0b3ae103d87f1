import { describe, expect, it } from 'vitest';
import type { Period } from '../period.ts';
import {
  parseStoredPeriod,
  protectColumns,
  type Knowledge,
  type KnownIndicator,
  type ReleasedColumn,
} from './ledger.ts';

const week = (label: string): Period => parseStoredPeriod('iso-week', label);
const w10 = week('2026-W10');

/** A country AA of two provinces, the first of two districts, the second with one clinic; what is counted now, by indicator, place and label of the period. */
function know(
  counts: Readonly<Record<string, number>>,
  indicators: Readonly<Record<string, KnownIndicator>> = {},
): Knowledge {
  const places = { AA: null, AA1: 'AA', AA2: 'AA', AA11: 'AA1', AA12: 'AA1', clinic: 'AA2' };
  const plain = { periodKind: 'iso-week', aggregation: 'sum', parts: [] } as const;
  return {
    parents: new Map(Object.entries(places)),
    indicators: new Map([['measles', plain], ['cholera', plain], ...Object.entries(indicators)]),
    count: (indicator, place, { label }) => counts[`${indicator} ${place} ${label}`] ?? null,
  };
}

const column = (cells: ReleasedColumn['cells'], change: Partial<ReleasedColumn> = {}): ReleasedColumn => ({
  recipient: 'b',
  indicator: 'measles',
  level: 1,
  period: w10,
  minimumCount: 5,
  cells,
  ...change,
});

/** What is let out of one more column. */
async function release(held: readonly ReleasedColumn[], next: ReleasedColumn, knowledge: Knowledge) {
  const [released] = await protectColumns(held, [next], knowledge);
  return released === 'barred' ? 'barred' : released?.cells;
}

describe('the ledger of what was let out', () => {
  const now = know({ 'measles AA 2026-W10': 63, 'measles AA1 2026-W10': 60, 'measles AA2 2026-W10': 3 });

  it('keeps a country’s total from one recipient when another holds all provinces but a withheld one', async () => {
    const held = [column({ AA1: 60, AA2: 'withheld' })];
    const country = column({ AA: 63 }, { recipient: 'c', level: 0 });
    expect(await release(held, country, now)).toEqual({ AA: 'withheld' });
  });

  it('withholds another province where everybody has read the country’s total', async () => {
    const held = [column({ AA: 63 }, { recipient: null, level: 0, minimumCount: 1 })];
    expect(await release(held, column({ AA1: 60, AA2: 3 }), now)).toEqual({ AA1: 'withheld', AA2: 'withheld' });
  });

  it('gives other diseases and other weeks as they are', async () => {
    const held = [column({ AA1: 60, AA2: 'withheld' })];
    const other = know({ 'measles AA 2026-W11': 63, 'cholera AA 2026-W10': 63 });
    const change = { recipient: 'c', level: 0 };
    expect(await release(held, column({ AA: 63 }, { ...change, period: week('2026-W11') }), other)).toEqual({ AA: 63 });
    expect(await release(held, column({ AA: 63 }, { ...change, indicator: 'cholera' }), other)).toEqual({ AA: 63 });
  });

  it('takes a province that was counted by itself, otherwise than its districts, for no sum of them', async () => {
    const apart = know({ 'measles AA1 2026-W10': 70, 'measles AA11 2026-W10': 60, 'measles AA12 2026-W10': 3 });
    const held = [column({ AA11: 60, AA12: 'withheld' }, { level: 2 })];
    expect(await release(held, column({ AA1: 70 }, { recipient: 'c' }), apart)).toEqual({ AA1: 70 });
  });

  it('lets a number stand until it has moved by the minimum: the difference would be a small count', async () => {
    const held = [column({ AA1: 60 })];
    expect(await release(held, column({ AA1: 62 }), know({ 'measles AA1 2026-W10': 62 }))).toEqual({ AA1: 60 });
    expect(await release(held, column({ AA1: 62 }, { recipient: 'c' }), know({ 'measles AA1 2026-W10': 62 }))).toEqual({
      AA1: 60,
    });
    expect(await release(held, column({ AA1: 65 }), know({ 'measles AA1 2026-W10': 65 }))).toEqual({ AA1: 65 });
  });

  it('lets no other numbers tell together that one which stands has moved: then one of those stands as well', async () => {
    const moved = know({ 'measles AA 2026-W10': 86, 'measles AA1 2026-W10': 65, 'measles AA2 2026-W10': 21 });
    const districts = column({ AA1: 60, AA2: 20 });
    const country = { recipient: 'c', level: 0 };
    const again = await release([districts, column({ AA: 80 }, country)], column({ AA1: 65, AA2: 21 }), moved);
    expect(again).toEqual({ AA1: 65, AA2: 20 });
    const held = [districts, column({ AA: 80 }, country), column({ AA1: 65, AA2: 20 })];
    expect(await release(held, column({ AA: 86 }, country), moved)).toEqual({ AA: 80 });
    expect(await release([districts, column({ AA1: 65, AA2: 20 })], column({ AA: 86 }, country), moved)).toEqual({
      AA: 'withheld',
    });
  });

  it('lets no parts tell that a total has moved which was told under a laxer minimum and stands under theirs', async () => {
    const held = [column({ AA: 15 }, { recipient: null, level: 0, minimumCount: 1 })];
    const later = know({ 'measles AA 2026-W10': 20, 'measles AA1 2026-W10': 10, 'measles AA2 2026-W10': 10 });
    const next = [
      column({ AA: 20 }, { level: 0, minimumCount: 10 }),
      column({ AA1: 10, AA2: 10 }, { minimumCount: 10 }),
    ];
    const released = await protectColumns(held, next, later);
    const cells = Object.assign(
      {},
      ...released.map((each) => (each === 'barred' ? {} : each.cells)),
    ) as ReleasedColumn['cells'];
    expect(cells['AA']).toBe(15);
    expect([cells['AA1'], cells['AA2']]).not.toEqual([10, 10]);
  });

  it('applies the strictest minimum under which anybody was given a count', async () => {
    const held = [column({ AA1: 'withheld' }, { minimumCount: 10 })];
    const next = column({ AA1: 4 }, { recipient: 'c', minimumCount: 3 });
    expect(await release(held, next, know({ 'measles AA1 2026-W10': 4 }))).toEqual({ AA1: 'withheld' });
  });

  it('lets nobody take the sum of indicators apart', async () => {
    const all: KnownIndicator = { periodKind: 'iso-week', aggregation: 'sum', parts: ['measles', 'cholera'] };
    const counted = know({ 'measles AA1 2026-W10': 2, 'cholera AA1 2026-W10': 60, 'all AA1 2026-W10': 62 }, { all });
    const held = [column({ AA1: 'withheld' }), column({ AA1: 60 }, { indicator: 'cholera' })];
    expect(await release(held, column({ AA1: 62 }, { indicator: 'all' }), counted)).toEqual({ AA1: 'withheld' });
  });

  it('lets nobody take a month apart by its weeks, nor a week by its days', async () => {
    const monthly: KnownIndicator = { periodKind: 'month', aggregation: 'sum', parts: ['measles'] };
    const february = parseStoredPeriod('month', '2026-02');
    const weeks = ['2026-W06', '2026-W07', '2026-W08', '2026-W09'];
    const counts = {
      'monthly AA1 2026-02': 212,
      ...Object.fromEntries(weeks.map((each, at) => [`measles AA1 ${each}`, [60, 70, 80, 2][at]!])),
    };
    const held = weeks.map((each, at) =>
      column({ AA1: [60, 70, 80, 'withheld' as const][at]! }, { period: week(each) }),
    );
    const around = [column({ AA1: 0 }, { period: week('2026-W05') })];
    const knowledge = know({ ...counts, 'measles AA1 2026-W05': 0 }, { monthly });
    expect(
      await release([...held, ...around], column({ AA1: 212 }, { indicator: 'monthly', period: february }), knowledge),
    ).toEqual({ AA1: 'withheld' });
  });

  it('keeps back the number of the only clinic of a province whose small number was withheld, and the other way about', async () => {
    const counted = know({
      'measles AA 2026-W10': 40,
      'measles AA1 2026-W10': 37,
      'measles AA2 2026-W10': 3,
      'measles clinic 2026-W10': 3,
    });
    const everybody = { recipient: null, level: 2, minimumCount: 1 };
    const provinces = column({ AA1: 37, AA2: 'withheld' });
    expect(await release([provinces], column({ clinic: 3 }, everybody), counted)).toEqual({ clinic: 'withheld' });
    const withheld = column({ clinic: 'withheld' }, { level: 2 });
    expect(await release([withheld], column({ AA2: 3 }, { ...everybody, level: 1 }), counted)).toEqual({
      AA2: 'withheld',
    });
  });

  it('tells nobody less than it was told before', async () => {
    const held = [column({ AA1: 3 }, { minimumCount: 1 }), column({ AA1: 'withheld' }, { recipient: 'c' })];
    expect(await release(held, column({ AA1: 3 }, { minimumCount: 1 }), know({ 'measles AA1 2026-W10': 3 }))).toEqual({
      AA1: 3,
    });
  });

  it('keeps apart what nobody reported, zero, and what is withheld', async () => {
    const counted = know({ 'measles AA1 2026-W10': 0, 'measles AA11 2026-W10': 0 });
    expect(await release([], column({ AA1: 0, AA2: null }), counted)).toEqual({ AA1: 0, AA2: null });
  });
});

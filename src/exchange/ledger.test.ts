import { describe, expect, it } from 'vitest';
import { findLedgerFault, parseStoredPeriod, type ReleasedColumn } from './ledger.ts';

const column = (
  kind: string,
  label: string,
  cells: ReleasedColumn['cells'],
  change: Partial<ReleasedColumn> = {},
): ReleasedColumn => ({
  indicator: 'measles',
  level: 1,
  period: parseStoredPeriod(kind, label),
  minimumCount: 5,
  cells,
  ...change,
});

const days = (label: string): string[] =>
  ['01', '02', '03', '04', '05', '06', '07', '08']
    .map((day) => `2026-06-${day}`)
    .slice(...(label === 'iso' ? [0, 7] : [1, 8]));

describe('the release ledger refuses', () => {
  it('a second level of the same indicator and days', () => {
    const held = [column('iso-week', '2026-W23', { A: 9 })];
    expect(findLedgerFault(held, [column('iso-week', '2026-W23', { AA: 9 }, { level: 2 })])).toBe('another-level-held');
    expect(findLedgerFault(held, [column('month', '2026-06', { AA: 40 }, { level: 0 })])).toBe('another-level-held');
  });

  it('a week that, beside its days, tells the one day that was withheld', () => {
    const held = days('iso').map((day, at) => column('day', day, { A: at === 3 ? 'withheld' : 6 }));
    expect(findLedgerFault(held, [column('iso-week', '2026-W23', { A: 39 })])).toBe('re-identification');
  });

  it('a day that, beside the week and its other days, would tell an earlier withheld one', () => {
    const week = column('iso-week', '2026-W23', { A: 36 });
    const held = [
      week,
      ...days('iso')
        .slice(0, 5)
        .map((day) => column('day', day, { A: 6 })),
      column('day', '2026-06-06', { A: 'withheld' }),
    ];
    expect(findLedgerFault(held, [column('day', '2026-06-07', { A: 'withheld' })])).toBeUndefined();
    expect(findLedgerFault(held, [column('day', '2026-06-07', { A: 5 })])).toBe('re-identification');
  });

  it('two kinds of week that differ by two days, of which one is known', () => {
    const held = [column('iso-week', '2026-W23', { A: 30 }), column('day', '2026-06-07', { A: 'withheld' })];
    // The MMWR week runs from 31 May to 6 June, the ISO week from 1 to 7 June.
    expect(
      findLedgerFault([...held, column('day', '2026-05-31', { A: 6 })], [column('mmwr-week', '2026-W22', { A: 33 })]),
    ).toBe('re-identification');
  });
});

describe('the release ledger lets pass', () => {
  it('weeks one after the other, with their withheld cells, and later versions of each', () => {
    const held = [
      column('iso-week', '2026-W22', { A: 'withheld', B: 12 }),
      column('iso-week', '2026-W23', { A: 7, B: 'withheld' }),
    ];
    expect(findLedgerFault(held, [column('iso-week', '2026-W24', { A: 8, B: 9 })])).toBeUndefined();
    expect(findLedgerFault(held, [column('iso-week', '2026-W22', { A: 6, B: 12 })])).toBeUndefined();
    expect(findLedgerFault(held, [column('iso-week', '2026-W23', { A: 'withheld', B: 5 })])).toBeUndefined();
  });

  it('another level of another indicator, or of other days', () => {
    const held = [column('iso-week', '2026-W23', { A: 9 })];
    expect(
      findLedgerFault(held, [column('iso-week', '2026-W23', { AA: 9 }, { level: 2, indicator: 'cholera' })]),
    ).toBeUndefined();
    expect(findLedgerFault(held, [column('iso-week', '2026-W24', { AA: 9 }, { level: 2 })])).toBeUndefined();
  });
});

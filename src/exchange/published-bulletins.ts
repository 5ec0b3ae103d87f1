/**
 * What a bulletin tells everybody is let out like any other count: it may not tell, beside what anybody was given before, what was withheld there; and
 * no table that leaves later may tell, beside it, what is withheld in that one. How small a number of its own the office publishes is
 * for the office to say: only where an agreement set a minimum for a count, that holds here as well.
 */
import { getHostedParty } from '../acts/store.ts';
import type { LettingOut, Verdict } from '../surveillance/bulletins/figures.ts';
import { requireParty } from '../surveillance/person.ts';
import type { ReleasedColumn } from './ledger.ts';
import { protectAgainstLedger } from './letting-out.ts';
import * as store from './store.ts';

type Figures = Parameters<LettingOut['judge']>[1];

export const bulletinLettingOut: LettingOut = {
  async judge(work, figures) {
    const { tx } = work;
    const own = await getHostedParty(tx.db, requireParty(work));
    // Until the end of the transaction, so that what was judged is still true when it is written down.
    await store.lockReleases(tx, own.did);
    const columns = toColumns(figures);
    const released = await protectAgainstLedger(tx.db, columns);
    return figures.map((figure): Verdict => {
      const column = released[columns.findIndex((each) => holds(each, figure))];
      return column === undefined || column === 'barred' ? 'withheld' : (column.cells[figure.place] ?? 'withheld');
    });
  },
  writeDown: (work, figures) => store.insertReleased(work.tx, requireParty(work), null, toColumns(figures)),
};

/** A draft and the numbers of today may say two things of one cell: then it takes two columns. */
function toColumns(figures: Figures): readonly ReleasedColumn[] {
  const columns: (ReleasedColumn & { cells: Record<string, number> })[] = [];
  for (const figure of figures) {
    const { indicator, level, period, place, value } = figure;
    const column = columns.find((each) => isSameColumn(each, figure) && (each.cells[place] ?? value) === value);
    if (column) column.cells[place] = value;
    else columns.push({ recipient: null, indicator, level, period, minimumCount: 1, cells: { [place]: value } });
  }
  return columns;
}

const isSameColumn = (column: ReleasedColumn, { indicator, level, period }: Figures[number]): boolean =>
  column.indicator === indicator && column.level === level && column.period.label === period.label;

const holds = (column: ReleasedColumn, figure: Figures[number]): boolean =>
  isSameColumn(column, figure) && column.cells[figure.place] === figure.value;

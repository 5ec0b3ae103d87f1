/** The table that a recipient is to get of a period: what is due, has changed, and may be let out beside everything that was let out before. */
import { isTooSoon } from '../agreement/terms.ts';
import type { Work } from '../house.ts';
import type { Did } from '../ids.ts';
import { endOf, type Period } from '../period.ts';
import type { Table } from './act-types.ts';
import { readCounts, type CountedColumn } from './counts.ts';
import type { FlowDecision, FlowRefusal } from './decision.ts';
import { cellsOf, type ReleasedColumn } from './ledger.ts';
import { protectAgainstLedger } from './letting-out.ts';
import * as store from './store.ts';

/** A body is stored and sent whole; larger tables are refused rather than cut. */
const tableLimitBytes = 500_000;

export interface TableWanted {
  readonly to: Did;
  readonly period: Period;
  readonly level: number;
}

export interface BuiltTable {
  /** Undefined: nothing of it may leave. */
  readonly body: Table | undefined;
  readonly fault: FlowRefusal['reason'] | undefined;
}

/** Undefined: there is nothing to say now. With a fault and a body, some columns were barred and the others may leave. */
export async function buildTable(
  { tx }: Work,
  { to, period, level }: TableWanted,
  decision: FlowDecision,
): Promise<BuiltTable | undefined> {
  const { minimumCount, indicators, purposes, article } = decision;
  const counts = await readCounts(tx.db, indicators, level, period);
  const latest = await store.listLatestGiven(tx.db, to, indicators, level, period);
  const due = counts.columns.filter(
    (column) => isDue(column, period, tx.now) && mayBeGivenNow(latest.get(column.indicator), tx.now),
  );
  const asked = due.map(({ indicator, values }): ReleasedColumn => {
    const cells = cellsOf(counts.places, values);
    return { recipient: to, indicator, level, period, minimumCount, cells };
  });
  const isNews = asked.map(({ cells }, at) => {
    const before = latest.get(due[at]!.indicator);
    return before ? !isSameColumn(before.cells, cells) : Object.values(cells).some((value) => value !== null);
  });
  const released = await protectAgainstLedger(
    tx.db,
    asked.filter((_, at) => isNews[at]),
  );
  const columns = due
    .filter((_, at) => isNews[at])
    .flatMap(({ indicator, reports }, at) => {
      const column = released[at];
      if (column === undefined || column === 'barred') return [];
      const before = latest.get(indicator);
      if (before && isSameColumn(before.cells, column.cells)) return [];
      return [
        { indicator, values: counts.places.map(({ code }) => column.cells[code] ?? null), reports: [...reports] },
      ];
    });
  const fault = released.includes('barred') ? 're-identification' : undefined;
  if (columns.length === 0 || article === null) return fault && { body: undefined, fault };
  const body: Table = {
    content: 'table',
    to,
    article,
    purposes: [...purposes],
    level,
    minimumCount,
    period: { kind: period.kind, label: period.label },
    places: counts.places.map(({ code, name }) => ({ code, name })),
    columns,
  };
  return JSON.stringify(body).length > tableLimitBytes
    ? { body: undefined, fault: 'table-too-large' }
    : { body, fault };
}

/** Once everybody has reported, or when the forms' deadline has passed; where no form asks for it, when the period is over. */
function isDue({ dueAt, isComplete }: CountedColumn, period: Period, now: Date): boolean {
  if (dueAt !== undefined && dueAt <= now) return true;
  const isOver = new Date(`${endOf(period)}T00:00:00Z`).getTime() + dayMs <= now.getTime();
  return isOver && (dueAt === undefined || isComplete);
}

const dayMs = 86_400_000;

/** A correction waits until the version before it is proven, and then for the next day. What was erased is not given to the same recipient again. */
function mayBeGivenNow(latest: store.LatestGiven | undefined, now: Date): boolean {
  if (!latest) return true;
  return !latest.isErased && latest.confirmedAt !== undefined && !isTooSoon(latest.confirmedAt, now);
}

function isSameColumn(a: ReleasedColumn['cells'], b: ReleasedColumn['cells']): boolean {
  const said = (cells: ReleasedColumn['cells']): readonly string[] =>
    Object.keys(cells).filter((place) => cells[place] !== null);
  return said(a).length === said(b).length && said(a).every((place) => a[place] === b[place]);
}

/**
 * What may be let out of a party's counts beside everything that was let out before, and the writing down of it. Whoever lets counts out - in a table, a
 * warning, a bulletin - asks here first and writes down here what it was, in one transaction, under one lock.
 */
import type { Reader, Tx } from '../db/database.ts';
import type { ActId, PartyId } from '../ids.ts';
import { endOf, startOf, type Period, type PlainDate } from '../period.ts';
import type { SignalBody, Table, WarningBody } from './act-types.ts';
import { listFamily, readKnowledge } from './knowledge.ts';
import { cellsOf, parseStoredPeriod, protectColumns, type ReleasedColumn } from './ledger.ts';
import * as store from './store.ts';

/** Of each column, in order, what may be let out of it; `barred`: nothing of it, not even that something is withheld. */
export async function protectAgainstLedger(
  reader: Reader,
  next: readonly ReleasedColumn[],
): Promise<readonly (ReleasedColumn | 'barred')[]> {
  if (next.length === 0) return [];
  const family = await listFamily(
    reader,
    next.map(({ indicator }) => indicator),
  );
  const held = await listTouching(
    reader,
    family,
    next.map(({ period }) => period),
  );
  const periods = [...held, ...next].map(({ period }) => period);
  return protectColumns(held, next, await readKnowledge(reader, family, periods));
}

/** Weeks touch the months they lie in, and those the weeks at their ends: until nothing more is reached. */
async function listTouching(
  reader: Reader,
  family: readonly string[],
  periods: readonly Period[],
): Promise<readonly ReleasedColumn[]> {
  let [first, last] = spanOf(periods);
  for (;;) {
    const held = await store.listReleased(reader, family, [first, last]);
    const [earliest, latest] = spanOf([...periods, ...held.map(({ period }) => period)]);
    if (earliest >= first && latest <= last) return held;
    [first, last] = [earliest, latest];
  }
}

function spanOf(periods: readonly Period[]): readonly [PlainDate, PlainDate] {
  const starts = periods.map(startOf).toSorted();
  const ends = periods.map(endOf).toSorted();
  const [first, last] = [starts[0], ends.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('no period');
  return [first, last];
}

/** What a body lets out, as the ledger keeps it. */
export function columnsOf(
  body: Table | SignalBody | WarningBody,
  minimumCount: number,
): readonly Omit<ReleasedColumn, 'recipient'>[] {
  if (body.period === null) return [];
  const period = parseStoredPeriod(body.period.kind, body.period.label);
  const { level } = body;
  if ('columns' in body)
    return body.columns.map(({ indicator, values }) => ({
      indicator,
      level,
      period,
      minimumCount,
      cells: cellsOf(body.places, values),
    }));
  // A warning that says no number says nothing of the count.
  if (body.cases === null) return [];
  return [{ indicator: body.indicator, level, period, minimumCount, cells: { [body.place.code]: body.cases } }];
}

export async function writeDown(
  tx: Tx,
  party: PartyId,
  act: ActId,
  body: Table | SignalBody | WarningBody,
  minimumCount: number,
): Promise<void> {
  const recipients = typeof body.to === 'string' ? [body.to] : body.to;
  const columns = columnsOf(body, minimumCount);
  await store.insertReleased(
    tx,
    party,
    act,
    recipients.flatMap((recipient) => columns.map((column) => ({ ...column, recipient }))),
  );
}

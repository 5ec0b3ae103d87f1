import type { Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import { readRows, rejectRows } from '../import/rows.ts';
import type { FileToTakeIn } from '../import/take-in.ts';
import type { Counts } from '../import/take-in-reports.ts';
import { readIndicators } from './indicator-rows.ts';
import { usualDueHours } from './indicator.ts';
import * as store from './store.ts';

/** With the sets that its rows name: one that is new has its code as its name and the usual deadline, until somebody decides. */
export async function takeInIndicators(tx: Tx, party: PartyId, file: FileToTakeIn): Promise<Counts> {
  const { rows, broken } = await readRows('indicators', file.pieces, file.mapping);
  await store.lockIndicators(tx, party);
  const sets = await store.listSets(tx.db);
  const reading = readIndicators(rows, {
    indicators: await store.listIndicators(tx.db),
    reported: await store.listReportedIndicatorIds(tx.db),
    sets: new Map(sets.map(({ code, periodKind }) => [code, periodKind])),
  });
  await store.saveIndicators(tx, party, reading.differing);
  const entries = await store.listIndicatorEntries(tx.db);
  for (const [code, members] of reading.members) {
    const ids = members.flatMap((member) => entries.get(member)?.id ?? []);
    const periodKind = entries.get(members[0] ?? '')?.kind ?? 'iso-week';
    const id =
      sets.find((set) => set.code === code)?.id ??
      (await store.saveSet(tx, party, { code, name: code, periodKind, dueHours: usualDueHours, timeZone: 'UTC' }));
    await store.addMembers(tx, party, id, ids);
  }
  const rejections = [...broken, ...reading.rejections];
  rejectRows(file.rejections, file.mapping, rejections);
  const { added, changed, unchanged } = reading;
  return { accepted: added, changed, unchanged, empty: 0, rejected: rejections.length };
}

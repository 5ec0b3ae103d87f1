/**
 * A file of reports into observations. The file streams through this process into a temporary table; everything after that is a few
 * statements over whole sets. Nothing counts before COMMIT: a crash anywhere leaves at most an unused file among the attachments.
 */
import type { Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import { periodOf, plainDateAt } from '../../../period.ts';
import * as observations from '../observations/store.ts';
import type { Mapping } from './mapping.ts';
import { openReportRows, type Directory, type Rejection } from './report-rows.ts';
import type { Rejections } from './rejections.ts';
import { openSeriesBatch } from './series-batch.ts';
import { readTable } from './table.ts';

/** Every value of a file is in exactly one of these. */
export interface Counts {
  /** New: nothing was held for this place, indicator and period. */
  readonly accepted: number;
  readonly changed: number;
  /** Already held, or said twice in the file. */
  readonly unchanged: number;
  readonly empty: number;
  readonly rejected: number;
}

export interface ReportsFile {
  readonly submission: number;
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly mapping: Mapping;
  readonly directory: Directory;
  readonly rejections: Rejections;
  readonly onProgress?: ((values: number) => void) | undefined;
}

export async function takeInReports(tx: Tx, party: PartyId, file: ReportsFile): Promise<Counts> {
  const { submission, pieces, mapping, directory, rejections, onProgress } = file;
  let empty = 0;
  let rejected = 0;
  const reject = ({ row, column, code, period, place, indicator, value }: Rejection, values: number): void => {
    rejected += values;
    rejections.add({ row, column, code, fields: { period, place, indicator, value } });
  };

  await observations.createIncoming(tx);
  const batch = openSeriesBatch(tx, party);
  const sink = { onValue: batch.add, onEmpty: () => void empty++, onRejection: reject };
  const today = plainDateAt(tx.now, 'UTC');
  await readTable(
    pieces,
    mapping,
    (header) => openReportRows(header, mapping, directory, today, sink),
    async () => {
      await rejections.flush();
      await batch.send(false);
      onProgress?.(batch.count);
    },
  );
  await batch.send(true);

  let contradictory = 0;
  await observations.removeRepeated(tx, async (values) => {
    contradictory += values.length;
    for (const { row, indicator, place, period, value } of values) {
      const kind = directory.indicators.get(indicator)?.kind ?? 'day';
      const { label } = periodOf(kind, period);
      const column = mapping.columns['value'] ?? '';
      reject({ row, column, code: 'repeated-differently', period: label, place, indicator, value: String(value) }, 1);
    }
    await rejections.flush();
  });

  await observations.insertSubmissionSeries(tx, party, submission, batch.spans());
  const changes = await observations.mergeObservations(tx, party, submission, observations.incomingTable);
  await observations.recordChanges(tx, party, submission, changes);
  const accepted = changes.reduce((sum, change) => sum + change.accepted, 0);
  const changed = changes.reduce((sum, change) => sum + change.changed, 0);
  return { accepted, changed, unchanged: batch.count - contradictory - accepted - changed, empty, rejected };
}

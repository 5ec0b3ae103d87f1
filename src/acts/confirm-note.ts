import { formatNote, parseNote } from '@reciproca/tlog/note';
import type { Reader } from '../db/database.ts';
import type { CopyKeepers } from './legal-time.ts';
import * as store from './store.ts';

/** One checkpoint of our log with every confirmation it has; undefined when it has none. Each row carries the log's own lines and one keeper's. */
export async function mergeCosignatures(reader: Reader, logId: number, size: number): Promise<string | undefined> {
  const rows = await reader
    .selectFrom('cosignatures')
    .select('note')
    .where('log_id', '=', logId)
    .where('size', '=', size)
    .orderBy('time')
    .execute();
  return mergeNotes(rows.map(({ note }) => note));
}

/** Notes of one text, each with the log's own lines and one keeper's behind them. */
export function mergeNotes(whole: readonly string[]): string | undefined {
  const [first, ...others] = whole.map((note) => parseNote(note));
  if (!first) return undefined;
  const isNew = others.flatMap((note) => note.signatures.slice(-1));
  return formatNote({ text: first.text, signatures: [...first.signatures, ...isNew] });
}

/** Sizes of our log that cover this index and that enough of these keepers have confirmed, smallest first. */
export async function confirmedSizesAfter(
  reader: Reader,
  logId: number,
  index: number,
  keepers: CopyKeepers,
): Promise<number[]> {
  const rows = await reader
    .selectFrom('cosignatures')
    .select('size')
    .where('log_id', '=', logId)
    .where('size', '>', index)
    .where(
      'keeper',
      'in',
      keepers.keepers.map(({ vkey }) => vkey),
    )
    .groupBy('size')
    .having((having) => having(having.fn.count('keeper').distinct(), '>=', keepers.k))
    .orderBy('size')
    .limit(16)
    .execute();
  return rows.map((row) => row.size);
}

/** What `/log/checkpoint` serves: the latest one, whether confirmed yet or not. */
export async function loadCheckpoint(reader: Reader): Promise<string | undefined> {
  const log = await store.findOwnLog(reader);
  if (!log || log.checkpoint === null) return undefined;
  return (await mergeCosignatures(reader, log.id, log.provenSize)) ?? log.checkpoint;
}

/** A log as this node holds it, our own or a peer's, for the audit: its leaves were rebuilt to the signed root when they were taken in (acts/follow.ts). */
import { rootAt } from '../acts/mirror.ts';
import { parseBody } from '../acts/body.ts';
import { findProof } from '../acts/proof.ts';
import { parseCheckpoint } from '@reciproca/tlog/checkpoint';
import { equalHashes, leafHash, type Hash } from '@reciproca/tlog/hash';
import { appendLeaves, emptyFrontier, frontierRoot } from '@reciproca/tlog/merkle';
import { parseNote } from '@reciproca/tlog/note';
import type { Reader } from '../db/database.ts';
import type { House } from '../house.ts';
import type { LogSource, SourceEntry } from './audit.ts';
import * as store from './store.ts';

type LogRow = Awaited<ReturnType<typeof store.listLogs>>[number];
type LeafRow = Awaited<ReturnType<typeof store.readLeaves>>[number];

const batch = 512;

export function openHeldLog(house: House, log: LogRow): LogSource {
  const read = <T>(run: (reader: Reader) => Promise<T>): Promise<T> => house.database.read('node', run);
  const roots = new Map<number, Hash>();
  return {
    origin: log.origin,
    size: log.processed,
    async *readEntries(start) {
      let frontier = start === 0 ? emptyFrontier : undefined;
      for (let from = start; from < log.processed; from += batch) {
        const rows = await read((reader) =>
          store.readLeaves(reader, log.id, from, Math.min(from + batch, log.processed)),
        );
        const entries = rows.map((row) => toEntry(log, row));
        frontier &&= appendLeaves(
          frontier,
          entries.map(({ leaf }) => leaf),
        );
        yield* entries;
      }
      // What was rebuilt when it was taken in may have been damaged since: that is ours to mend, and says nothing of whose log it is.
      if (frontier && !equalHashes(frontierRoot(frontier), await signedRoot(house, log)))
        throw new Error(`the copy of ${log.origin} that is held here does not lead to the root that the log signed`);
    },
    async *readChains(chains) {
      for (const chain of chains) {
        const [party = '', subject = ''] = chain.split(' ');
        for (const row of await read((reader) =>
          store.readLeaves(reader, log.id, 0, log.processed, { party, subject }),
        ))
          yield toEntry(log, row);
      }
    },
    async rootAt(size) {
      const root = roots.get(size) ?? (await rootAt(house, log, size));
      if (roots.size > 1_000) roots.clear();
      roots.set(size, root);
      return root;
    },
    async findPublicBody({ id }) {
      const row = await read((reader) => store.findPublicBody(reader, id));
      if (row?.erased_by != null) return { state: 'erased' };
      if (!row?.is_public || !row.body || !row.salt) return { state: 'missing' };
      return { state: 'given', value: parseBody(row.body), opened: { salt: row.salt, bytes: row.body } };
    },
    findProof: (act) => read((reader) => findProof(reader, act)),
  };
}

/** Of the entries processed so far: the checkpoint's own, or an earlier one that its tiles lead to. */
async function signedRoot(house: House, log: LogRow): Promise<Hash> {
  const checkpoint = log.checkpoint === null ? undefined : parseCheckpoint(parseNote(log.checkpoint).text);
  return checkpoint?.size === log.processed ? checkpoint.root : rootAt(house, log, log.processed);
}

function toEntry(log: LogRow, row: LeafRow): SourceEntry {
  const entry = row.raw ?? row.jws;
  if (!entry) throw new Error(`entry ${row.index} of ${log.origin} has neither an act nor bytes`);
  const isItsPlace = row.log_id === log.id && row.log_index === row.index;
  return {
    index: row.index,
    entry,
    leaf: leafHash(entry),
    ...(isItsPlace && { seenAtMs: row.received_at?.getTime(), signature: signatureOf(row) }),
  };
}

/** What was found when the act was taken in, by acts/signer.ts. Bytes that differ from the act's own are looked at again. */
function signatureOf({ raw, standing, standing_reason: reason }: LeafRow): SourceEntry['signature'] {
  if (raw !== null || standing === null || standing === 'new') return undefined;
  if (reason === 'key-not-valid' || reason === 'signature-invalid') return reason;
  return standing === 'accepted' || standing === 'equivocal' ? 'valid' : undefined;
}

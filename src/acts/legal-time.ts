/**
 * Clocks prove nothing. The legal time of number n is what copy-keepers, named by the instrument and other than the log's own operator, say of
 * the first checkpoint that the host publishes as covering it: the k-th smallest of their times.
 */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { equalHashes } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import type { Work } from '../house.ts';
import type { ActId } from '../ids.ts';
import { rootAt } from './mirror.ts';
import * as store from './store.ts';

export interface CopyKeepers {
  readonly vkeys: readonly string[];
  readonly k: number;
}

/** Unix seconds, or undefined when the checkpoint does not prove a time for this entry: wrong log, too small, too few keepers, another history. */
export async function legalTimeOf(
  work: Work,
  keepers: CopyKeepers,
  entry: ActId,
  note: string,
): Promise<number | undefined> {
  const act = await store.findAct(work.tx.db, entry);
  const log = act && (await store.findLog(work.tx.db, act.log_id));
  if (!log || act.log_index === null) return undefined;
  const opened = openConfirmed(note, log, keepers.vkeys);
  if (!opened || opened.size <= act.log_index || opened.size > log.proven_size) return undefined;
  if (!equalHashes(opened.root, await rootAt(work.house, log, opened.size))) return undefined;
  return kthSmallest(opened.timesS, keepers.k);
}

interface Log {
  readonly vkey: string;
  readonly cosigner_vkey: string;
}

export function openConfirmed(note: string, log: Log, keepers: readonly string[]) {
  const others = [...new Set(keepers)].filter((vkey) => vkey !== log.cosigner_vkey);
  try {
    const { size, root, cosignatures } = openCheckpoint(
      note,
      [makeNoteVerifier(parseVkey(log.vkey))],
      others.map((vkey) => makeCosignatureVerifier(parseVkey(vkey))),
    );
    return { size, root, timesS: cosignatures.map((cosignature) => cosignature.timeS) };
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

export function kthSmallest(times: readonly number[], k: number): number | undefined {
  return [...times].sort((a, b) => a - b)[k - 1];
}

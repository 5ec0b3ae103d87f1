/**
 * Clocks prove nothing. The legal time of number n is what copy-keepers, named by the instrument and other than the log's own operator, say of
 * the first checkpoint that the host publishes as covering it: the k-th smallest of their times. A keeper is who its own log says it is: a key
 * counts for an operator only when entry 0 of that operator's log names it. Later numbers have no earlier time.
 */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { equalHashes } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import type { Work } from '../house.ts';
import type { ActId, Did } from '../ids.ts';
import { rootAt } from './mirror.ts';
import * as store from './store.ts';

export interface CopyKeeper {
  readonly operator: Did;
  readonly vkey: string;
}

export interface CopyKeepers {
  readonly keepers: readonly CopyKeeper[];
  readonly k: number;
}

/** The keys with which an operator confirms, by entry 0 of its log; undefined when its log has not been read. */
export type KeeperKeys = (operator: Did) => ReadonlySet<string> | undefined;

/** A text in which somebody's key stands under somebody else's name. */
export const namesFalseKeeper = (keepers: readonly CopyKeeper[], keysOf: KeeperKeys): boolean =>
  keepers.some(({ operator, vkey }) => keysOf(operator)?.has(vkey) === false);

/** As far as two honest keepers' clocks may be ahead of ours. */
export const futureToleranceS = 600;

/** `keeper-unknown`: a keeper confirmed it whose log is not read here. `time-in-future`: our clock, or theirs, is wrong. Both may pass. */
export type LegalTime = { readonly unixSeconds: number } | { readonly wait: 'keeper-unknown' | 'time-in-future' };

/** Undefined when the checkpoint does not prove a time for this entry: wrong log, too small, too few keepers, another history. */
export async function legalTimeOf(
  work: Work,
  keepers: CopyKeepers,
  entry: ActId,
  note: string,
): Promise<LegalTime | undefined> {
  const act = await store.findAct(work.tx.db, entry);
  const log = act && (await store.findLog(work.tx.db, act.log_id));
  if (!log || act.log_index === null) return undefined;
  const opened = openConfirmed(note, log, keepers.keepers);
  if (!opened || opened.size <= act.log_index || opened.size > log.proven_size) return undefined;
  if (!equalHashes(opened.root, await rootAt(work.house, log, opened.size))) return undefined;
  return timeIn(opened, keepers.k, await store.loadKeeperKeys(work.tx.db), Math.floor(work.tx.now.getTime() / 1000));
}

/** The same for whoever reads it: those who take part, and auditors. */
export function timeIn(
  { confirmations }: Pick<Confirmed, 'confirmations'>,
  k: number,
  keysOf: KeeperKeys,
  nowS: number,
): LegalTime | undefined {
  const counting = confirmations.filter(({ keeper }) => keysOf(keeper.operator)?.has(keeper.vkey) !== false);
  const unixSeconds = kthSmallest(
    counting.map(({ timeS }) => timeS),
    k,
  );
  if (unixSeconds === undefined) return undefined;
  if (counting.some(({ keeper }) => keysOf(keeper.operator) === undefined)) return { wait: 'keeper-unknown' };
  return unixSeconds > nowS + futureToleranceS ? { wait: 'time-in-future' } : { unixSeconds };
}

/** `times`: the legal times there are, by number. */
export const isInOrder = (times: ReadonlyMap<number, number>, n: number, unixSeconds: number): boolean =>
  [...times].every(([other, time]) => (other < n ? time <= unixSeconds : other > n ? time >= unixSeconds : true));

interface Log {
  readonly operator: Did;
  readonly vkey: string;
}

export interface Confirmed {
  readonly size: number;
  readonly root: Uint8Array;
  readonly confirmations: readonly { readonly keeper: CopyKeeper; readonly timeS: number }[];
}

/** A checkpoint of this log with the confirmations of these keepers; its own operator is none. Undefined when the log did not sign it. */
export function openConfirmed(note: string, log: Log, keepers: readonly CopyKeeper[]): Confirmed | undefined {
  // An operator that is named twice, or behind a party it hosts, confirms once.
  const others = new Map(
    keepers.filter(({ operator }) => operator !== log.operator).map((keeper) => [keeper.operator, keeper]),
  );
  try {
    const keys = [...others.values()].map((keeper) => ({ keeper, key: parseVkey(keeper.vkey) }));
    const { size, root, cosignatures } = openCheckpoint(
      note,
      [makeNoteVerifier(parseVkey(log.vkey))],
      keys.map(({ key }) => makeCosignatureVerifier(key)),
    );
    const confirmations = cosignatures.flatMap(({ name, keyId, timeS }) => {
      const found = keys.find(({ key }) => key.name === name && key.id === keyId);
      return found ? [{ keeper: found.keeper, timeS }] : [];
    });
    return { size, root, confirmations };
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function kthSmallest(times: readonly number[], k: number): number | undefined {
  return [...times].sort((a, b) => a - b)[k - 1];
}

/**
 * Who else holds the very state of a log that one has been shown. A copy-keeper counts when its own log was read, so that its key is the one that its
 * entry 0 names, and when it is not the log's own operator. Whoever holds another state shows that the log has two histories.
 */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { equalHashes, formatHash } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier, parseNote } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { LogFault, type RemoteLog } from './remote-log.ts';

export interface Copy {
  /** Name of the keeper's key. */
  readonly name: string;
  /** When it confirmed this state. Undefined: its own log was not read, so its line is not checked. */
  readonly at: Date | undefined;
}

/** Lines on the checkpoint itself, and what each of the other nodes read says it has confirmed. Throws LogFault on another history. */
export async function findCopies(log: RemoteLog, others: readonly RemoteLog[]): Promise<readonly Copy[]> {
  const keepers = others.filter(({ operator }) => operator !== log.operator);
  const copies = new Map<string, Copy>();
  for (const { name } of parseNote(log.note).signatures)
    if (name !== log.origin) copies.set(name, { name, at: undefined });
  for (const keeper of keepers) {
    const notes = [log.note, await keeper.findView(log.origin)];
    for (const note of notes) {
      const copy = note === undefined ? undefined : await readCopy(log, keeper, note);
      const known = copy && copies.get(copy.name)?.at;
      if (copy && (known === undefined || (copy.at && copy.at < known))) copies.set(copy.name, copy);
    }
  }
  return [...copies.values()];
}

async function readCopy(log: RemoteLog, keeper: RemoteLog, note: string): Promise<Copy | undefined> {
  let seen;
  try {
    seen = openCheckpoint(
      note,
      [makeNoteVerifier(parseVkey(log.vkey))],
      [makeCosignatureVerifier(parseVkey(keeper.cosigner))],
    );
  } catch (error) {
    // What the log has not signed says nothing of it.
    if (error instanceof TlogError) return undefined;
    throw error;
  }
  if (seen.size <= log.size && !equalHashes(seen.root, await log.rootAt(seen.size)))
    throw new LogFault(
      `${log.origin}: shows another history than to ${keeper.origin}, which confirmed ${seen.size} entries with root ${formatHash(seen.root)}`,
    );
  const [cosignature] = seen.cosignatures;
  if (seen.size !== log.size || !cosignature) return undefined;
  return { name: cosignature.name, at: new Date(cosignature.timeS * 1000) };
}

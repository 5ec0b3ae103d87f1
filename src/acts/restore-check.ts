/**
 * A restored old backup must never fork the log. Before a process signs its first checkpoint, it compares the latest one with what its
 * peers have confirmed of it. One consistent answer suffices: a peer that holds less, or has confirmed nothing yet, is consistent. A peer
 * that holds more, or another history, closes the log: it can be read and refilled (`restore --recover`), not continued. While nobody
 * answers, acts are saved and wait, unless an administrator attests that nothing was restored. A node without peers is exempt.
 */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { equalHashes } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { originHash } from '@reciproca/tlog/witness';
import type { Reader } from '../db/database.ts';
import type { House, Work } from '../house.ts';
import type { AccountId } from '../ids.ts';
import { dial, PeerUnreachable } from '../network/dial.ts';
import { problem } from '../problem.ts';
import { rootAt } from './mirror.ts';
import { findOwnLog } from './store.ts';

export type CheckResult = 'consistent' | 'no-answer' | 'peer-holds-more' | 'another-history';

const patienceMs = 3_000;

export async function checkAgainstPeers(house: House): Promise<CheckResult> {
  const { own, peers, attestedSize } = await house.database.read('node', async (reader) => ({
    own: await reader.selectFrom('logs').selectAll().where('is_own', '=', true).executeTakeFirst(),
    peers: await listPairedLogs(reader),
    attestedSize: (
      await reader
        .selectFrom('restore_attestations')
        .select((select) => select.fn.max('size').as('size'))
        .executeTakeFirst()
    )?.size,
  }));
  if (!own || own.checkpoint === null || peers.length === 0) return 'consistent';
  const results = await Promise.all(peers.map((peer) => askPeer(house, own, peer)));
  const contradiction = results.find((result) => result === 'peer-holds-more' || result === 'another-history');
  if (contradiction) return contradiction;
  if (results.includes('consistent')) return 'consistent';
  return attestedSize === own.proven_size ? 'consistent' : 'no-answer';
}

/** Not those that are only observed: they do not know us. */
export async function listPairedLogs(reader: Reader) {
  return reader
    .selectFrom('logs')
    .selectAll()
    .where('is_own', '=', false)
    .where('id', 'in', (query) =>
      query
        .selectFrom('pairings')
        .select((pairing) => pairing.ref('log_id').$notNull().as('log_id'))
        .where('log_id', 'is not', null),
    )
    .orderBy('id')
    .execute();
}

type Log = Awaited<ReturnType<typeof listPairedLogs>>[number];

async function askPeer(house: House, own: Log, peer: Log): Promise<CheckResult> {
  try {
    const answer = await dial(`${peer.url}/witness/${originHash(own.origin)}/checkpoint`, {
      timeoutMs: patienceMs,
      limitBytes: 64_000,
    });
    if (answer.status === 404) return 'consistent';
    if (answer.status !== 200) return 'no-answer';
    const held = openCheckpoint(answer.body, [makeNoteVerifier(parseVkey(own.vkey))]);
    if (held.size > own.proven_size) return 'peer-holds-more';
    return equalHashes(held.root, await rootAt(house, own, held.size)) ? 'consistent' : 'another-history';
  } catch (error) {
    // What is not signed by our own log key proves nothing against us.
    if (error instanceof PeerUnreachable || error instanceof TlogError) return 'no-answer';
    throw error;
  }
}

/** For the log as it is now: after another start with a log of another size, the question comes up again. */
export async function attestNoRestore({ tx, house }: Work, account: AccountId): Promise<void> {
  const own = await findOwnLog(tx.db);
  if (!own) throw problem.notSetUp({});
  if (own.closedReason !== null) throw problem.readOnly({ reason: own.closedReason });
  await tx.db
    .insertInto('restore_attestations')
    .values({ at: tx.now, account_id: account, size: own.provenSize })
    .execute();
  await tx.audit('log.attested-no-restore', { size: own.provenSize });
  tx.onCommit(() => house.journal.run());
}

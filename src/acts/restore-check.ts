/**
 * A restored old backup must never fork the log. Before a process signs its first checkpoint, it asks every node that it follows what that one has
 * confirmed of this log. More than it has, or another history, closes the log: it can be read and refilled (`restore --recover`), not continued. The same
 * question is asked when a peer refuses to confirm what we have signed (confirm.ts).
 *
 * One consistent answer suffices: less, or, from a node that knows us, nothing. A node knows us when we are paired, or when it has confirmed this log
 * before; what a node that is merely observed does not hold says nothing. While nobody who knows us answers, acts are saved and wait, unless an
 * administrator attests that nothing was restored. A node that nobody knows is exempt.
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
import { parseAddress } from '../network/address.ts';
import { dial, PeerUnreachable } from '../network/dial.ts';
import { problem } from '../problem.ts';
import { rootAt } from './mirror.ts';
import { findOwnLog } from './store.ts';

type Contradiction = 'peer-holds-more' | 'another-history';
export type CheckResult = 'consistent' | 'no-answer' | Contradiction;

const patienceMs = 3_000;

export async function checkAgainstPeers(house: House): Promise<CheckResult> {
  const { own, peers, attestedSize } = await house.database.read('node', async (reader) => ({
    own: await findOwnLog(reader),
    peers: await listPeersToAsk(reader),
    attestedSize: (
      await reader
        .selectFrom('restore_attestations')
        .select((select) => select.fn.max('size').as('size'))
        .executeTakeFirst()
    )?.size,
  }));
  if (!own || own.checkpoint === null) return 'consistent';
  const results = await Promise.all(peers.map((peer) => askPeer(house, peer)));
  const contradiction = results.find(isContradiction);
  if (contradiction) return contradiction;
  if (results.includes('consistent') || !peers.some(({ knowsUs }) => knowsUs)) return 'consistent';
  return attestedSize === own.provenSize ? 'consistent' : 'no-answer';
}

export const isContradiction = (result: CheckResult): result is Contradiction =>
  result === 'peer-holds-more' || result === 'another-history';

/** Every log that is followed here, its node being asked for what it holds of ours. */
export async function listPeersToAsk(reader: Reader) {
  return reader
    .selectFrom('logs')
    .selectAll()
    .select((select) =>
      select
        .or([
          select.exists(select.selectFrom('pairings').select('log_id').whereRef('pairings.log_id', '=', 'logs.id')),
          select.exists(
            select
              .selectFrom('cosignatures')
              .innerJoin('logs as own', 'own.id', 'cosignatures.log_id')
              .select('cosignatures.size')
              .where('own.is_own', '=', true)
              .whereRef('cosignatures.keeper', '=', 'logs.cosigner_vkey'),
          ),
        ])
        .$castTo<boolean>()
        .as('knowsUs'),
    )
    .where('is_own', '=', false)
    .orderBy('id')
    .execute();
}

/** Only what our own log key has signed says anything: nobody can close this log by claiming to hold more of it. */
export async function askPeer(
  house: House,
  peer: { readonly url: string; readonly knowsUs: boolean },
): Promise<CheckResult> {
  const origin = parseAddress(house.config.publicUrl).logOrigin;
  try {
    const answer = await dial(`${peer.url}/witness/${originHash(origin)}/checkpoint`, {
      timeoutMs: patienceMs,
      limitBytes: 64_000,
    });
    if (answer.status === 404) return peer.knowsUs ? 'consistent' : 'no-answer';
    if (answer.status !== 200) return 'no-answer';
    // Read after the answer: another process of this node may have signed what the peer has just confirmed.
    const own = await house.database.read('node', getOwnRow);
    const held = openCheckpoint(answer.body, [makeNoteVerifier(parseVkey(own.vkey))]);
    if (held.size > own.proven_size) return 'peer-holds-more';
    return equalHashes(held.root, await rootAt(house, own, held.size)) ? 'consistent' : 'another-history';
  } catch (error) {
    if (error instanceof PeerUnreachable || error instanceof TlogError) return 'no-answer';
    throw error;
  }
}

const getOwnRow = (reader: Reader) =>
  reader.selectFrom('logs').selectAll().where('is_own', '=', true).executeTakeFirstOrThrow();

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

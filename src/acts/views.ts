/**
 * Nobody may show auditors another history than partners. Whoever follows the same log compares: each round asks a peer what it has confirmed of every
 * other log followed here (the monitoring end point of C2SP tlog-witness) and holds it against the copy kept here. Two states that the log has signed
 * and that cannot both be true are kept as evidence, whatever becomes of the log; nothing more is taken from it or confirmed for it, and the
 * observatory shows the contradiction. A state larger than ours is kept and compared when our copy has grown past it, so that a log cannot
 * stay unseen by keeping us one entry behind. What we ourselves have confirmed is a view like any other.
 */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { equalHashes } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { originHash } from '@reciproca/tlog/witness';
import type { House } from '../house.ts';
import { work as doWork } from '../house.ts';
import { dial } from '../network/dial.ts';
import { closeForFork } from './follow.ts';
import { rootAt } from './mirror.ts';
import * as store from './store.ts';

const noteLimitBytes = 64_000;
/** Asked again after this long, though our own copy has not grown. */
const restMs = 10 * 60_000;

type Log = NonNullable<Awaited<ReturnType<typeof store.findLog>>>;

/** What this peer has confirmed of the logs of others, and what we have confirmed of its own. */
export async function compareViews(house: House, peerLogId: number): Promise<void> {
  const { logs, views, own } = await house.database.read('node', async (reader) => ({
    logs: (await store.listPeerLogs(reader)).filter((log) => log.closed_reason === null),
    views: await reader.selectFrom('peer_views').selectAll().where('peer_log_id', '=', peerLogId).execute(),
    own: await reader.selectFrom('witnessed').select(['origin', 'note']).execute(),
  }));
  const peer = logs.find(({ id }) => id === peerLogId);
  if (!peer) return;
  const ours = own.find(({ origin }) => origin === peer.origin);
  if (ours) await compare(house, peer, ours.note);
  const nowMs = house.clock.now().getTime();
  for (const log of logs) {
    if (log.id === peerLogId) continue;
    const known = views.find((view) => view.log_id === log.id);
    const isFresh = known?.compared_size === log.proven_size && known.compared_at.getTime() > nowMs - restMs;
    if (!isFresh) await compareWithPeer(house, peer, log, known?.note ?? undefined);
  }
}

async function compareWithPeer(house: House, peer: Log, log: Log, kept: string | undefined): Promise<void> {
  const before = kept === undefined ? 'alike' : await compare(house, log, kept);
  const answer = await dial(`${peer.url}/witness/${originHash(log.origin)}/checkpoint`, { limitBytes: noteLimitBytes });
  // It does not follow that log, or has confirmed nothing of it.
  const note = answer.status === 200 ? Buffer.from(answer.body).toString('utf8') : undefined;
  const now = note === undefined ? 'alike' : await compare(house, log, note);
  const larger = before === 'larger' ? kept : now === 'larger' ? note : undefined;
  await doWork(house, 'node', { system: 'federation' }, async ({ tx }) => {
    const row = { compared_size: log.proven_size, compared_at: tx.now, note: larger ?? null };
    await tx.db
      .insertInto('peer_views')
      .values({ log_id: log.id, peer_log_id: peer.id, ...row })
      .onConflict((conflict) => conflict.columns(['log_id', 'peer_log_id']).doUpdateSet(row))
      .execute();
  });
}

/** `alike` also where nothing is shown: what the log itself has not signed says nothing of it. */
async function compare(house: House, log: Log, note: string): Promise<'alike' | 'larger' | 'forked'> {
  let seen;
  try {
    seen = openCheckpoint(note, [makeNoteVerifier(parseVkey(log.vkey))]);
  } catch (error) {
    if (error instanceof TlogError) return 'alike';
    throw error;
  }
  if (seen.size > log.proven_size) return 'larger';
  if (equalHashes(seen.root, await rootAt(house, log, seen.size))) return 'alike';
  house.log.error('a log has shown two histories', { log: log.origin, size: seen.size });
  await closeForFork(house, log, note);
  return 'forked';
}

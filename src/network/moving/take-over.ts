/**
 * A hosted party leaves its host: the node it goes to reads the party's public history from the old host, or from any node that holds a copy of that
 * host's log when the host is down or unwilling, and continues it with an act signed by the party's recovery key. The old host is asked for nothing.
 *
 *   1. know    the old log by its entry 0, and the logs of those the party deals with.   Followed from now on; harmless.
 *   2. follow  them to their signed checkpoints, with public bodies.                     Taken up again from where it stopped.
 *   3. open    the party here, with a new act key; `party.move/1` is saved.              One transaction.
 *   4. tell    everybody whose log is followed (hint.ts).                                Run again: what is done is found done, and they are told.
 */
import { readBundle } from '@reciproca/tlog/bundle';
import { TILE_WIDTH } from '@reciproca/tlog/tile';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { originHash } from '@reciproca/tlog/witness';
import { fetchBodies } from '../../acts/bodies.ts';
import { byNode, draftAct, saveAct } from '../../acts/declare.ts';
import { followLog } from '../../acts/follow.ts';
import { generateSigningKey } from '../../acts/keys.ts';
import type { RecoveryKey } from '../../acts/recovery-key.ts';
import { recoveryHashOf } from '../../acts/signer.ts';
import { partyMove } from '../../acts/spine-types.ts';
import { findLog, findOwnLog, findParty } from '../../acts/store.ts';
import { work as doWork, type House, type Work } from '../../house.ts';
import type { Did, PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import { parseAddress, urlOfDid } from '../address.ts';
import { dial } from '../dial.ts';
import { readMove, sendHints } from './hint.ts';
import { knowLog, readOpening, type Opening } from '../known-log.ts';

export interface TakeOver {
  readonly did: Did;
  readonly recoveryKey: RecoveryKey;
  /** A node that holds a copy of the old host's log. Undefined: the old host itself. */
  readonly copyAt: string | undefined;
  /** Nodes of other parties that this one deals with. */
  readonly others: readonly string[];
  /** Its short name here; undefined: the one it had. */
  readonly slug: string | undefined;
}

export interface TakenOver {
  readonly id: PartyId;
  readonly did: Did;
  /** Entries of the old host's log that were read. */
  readonly fromSize: number;
  /** Addresses of nodes that know of the move now. */
  readonly told: readonly string[];
}

export async function takeOver(house: House, request: TakeOver): Promise<TakenOver> {
  const { did, copyAt } = request;
  const oldHost = parseAddress(urlOfDid(hostOf(did)));
  if (oldHost.url === house.config.publicUrl) throw problem.cannotPair({ reason: 'itself' });
  const base =
    copyAt === undefined ? oldHost.url : `${parseAddress(copyAt).url}/mirror/${originHash(oldHost.logOrigin)}`;
  const logId = await follow(house, base);
  for (const url of request.others) await follow(house, parseAddress(url).url);
  const opened = await doWork(house, 'node', { system: 'command-line' }, (work) => openHere(work, logId, request));
  await house.journal.run();
  const { jws, fromSize } = await findMove(house, did);
  return { ...opened, did, fromSize, told: await sendHints(house, jws) };
}

/** `did:web:host:p:slug` was opened by `did:web:host`; a party that ran a node of its own, by itself. */
function hostOf(did: Did): Did {
  const at = did.indexOf(':p:');
  return (at < 0 ? did : did.slice(0, at)) as Did;
}

async function follow(house: House, base: string): Promise<number> {
  const opening = await fetchOpening(base);
  const own = parseAddress(house.config.publicUrl);
  if (parseAddress(opening.url).isLocal !== own.isLocal) throw problem.cannotPair({ reason: 'local-and-public' });
  const id = await doWork(house, 'node', { system: 'command-line' }, ({ tx }) => knowLog(tx, opening));
  await followLog(house, id, base);
  // As anybody: what is public.
  await fetchBodies(house, id, async () => ({ status: 401, body: new Uint8Array() }), base);
  return id;
}

/** Entry 0 as the log itself has it. It is believed once the whole log has been verified with the key it names (followLog). */
async function fetchOpening(base: string): Promise<Opening> {
  const note = await dial(`${base}/log/checkpoint`, { limitBytes: 64_000 });
  const size = Number(Buffer.from(note.body).toString('utf8').split('\n')[1]);
  if (note.status !== 200 || !Number.isSafeInteger(size) || size < 1) throw problem.peerUnreachable({ peer: base });
  try {
    const first = { level: 'entries', index: 0, width: Math.min(TILE_WIDTH, size) } as const;
    const [entry] = await readBundle(first, async (path) => {
      const answer = await dial(`${base}/log/${path}`, { limitBytes: 20_000_000 });
      return answer.status === 200 ? answer.body : undefined;
    });
    return readOpening(entry ?? new Uint8Array());
  } catch (error) {
    if (error instanceof TlogError) throw problem.peerAnswerInvalid({ peer: base, reason: error.message }, error);
    throw error;
  }
}

async function openHere(
  work: Work,
  logId: number,
  { did, recoveryKey, slug }: TakeOver,
): Promise<{ readonly id: PartyId }> {
  const { tx, house } = work;
  const own = await findOwnLog(tx.db);
  if (!own) throw problem.notSetUp({});
  const party = await findParty(tx.db, did);
  if (!party) throw problem.notFound({ what: 'party' });
  if (recoveryHashOf(recoveryKey.x) !== party.recovery_hash)
    throw problem.recoveryKeyInvalid({ reason: 'another-party' });
  if (party.is_hosted) return { id: party.id };
  const old = await findLog(tx.db, logId);
  if (!old) throw problem.notFound({ what: 'log' });
  await tx.db
    .updateTable('parties')
    .set({ is_hosted: true, is_operator: false, slug: slug ?? party.slug })
    .where('id', '=', party.id)
    .execute();
  const key = generateSigningKey();
  await house.journal.keyring.store(tx, 'act', key, party.id);
  const declaration = {
    type: partyMove,
    party,
    subject: party.subject,
    summary: { recoveryKey: recoveryKey.x, key: key.x, from: old.origin, fromSize: old.proven_size, to: own.origin },
    assurance: byNode,
  };
  await saveAct(work, declaration, await draftAct(work, declaration), recoveryKey);
  await tx.audit('party.taken-over', { party: party.id, from: old.origin, fromSize: old.proven_size });
  return { id: party.id };
}

async function findMove(house: House, did: Did): Promise<{ readonly jws: Buffer; readonly fromSize: number }> {
  const rows = await house.database.read('node', (reader) =>
    reader
      .selectFrom('acts')
      .innerJoin('logs', 'logs.id', 'acts.log_id')
      .select(['acts.jws', 'acts.id'])
      .where('logs.is_own', '=', true)
      .where('acts.party', '=', did)
      .where('acts.type', '=', partyMove.name)
      .orderBy('saved_order', 'desc')
      .executeTakeFirstOrThrow(),
  );
  return { jws: rows.jws, fromSize: readMove(rows.jws).fromSize };
}

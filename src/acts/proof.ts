/**
 * Proof that copy-keepers hold an act: its leaf, the path to the root, and a checkpoint that enough keepers of the instrument it stands
 * under have cosigned (C2SP tlog-proof). Made by the author's node as confirmations come, given with the body or asked for later, and
 * verified by the receiver against the author's log key and the keepers that the receiver itself reads from the instrument.
 */
import { leafHash } from '@reciproca/tlog/hash';
import { proveInclusion, verifyInclusion } from '@reciproca/tlog/merkle';
import { formatProof, MAX_PROOF_BYTES, parseProof } from '@reciproca/tlog/proof';
import { TlogError } from '@reciproca/tlog/tlog-error';
import type { Reader } from '../db/database.ts';
import type { House, Work } from '../house.ts';
import { work as doWork } from '../house.ts';
import type { ActId } from '../ids.ts';
import { dial } from '../network/dial.ts';
import { confirmedSizesAfter, mergeCosignatures } from './confirm-note.ts';
import { parseAct } from './jws.ts';
import { openConfirmed, timeIn, type CopyKeepers } from './legal-time.ts';
import { hashReaderOf } from './mirror.ts';
import type { Payload } from './payload.ts';
import type { Protocol } from './protocol.ts';
import * as store from './store.ts';

const proofsPerRound = 16;

/** Nothing to wait for before this: an act of ours under an instrument gets its proof when keepers have confirmed it. */
export async function awaitProof(work: Work, act: ActId): Promise<void> {
  await work.tx.db
    .insertInto('act_proofs')
    .values({ act, proof: null, confirmed_at: null, asked_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findProof(reader: Reader, act: ActId): Promise<string | undefined> {
  const row = await reader.selectFrom('act_proofs').select('proof').where('act', '=', act).executeTakeFirst();
  return row?.proof ?? undefined;
}

async function keepersOf(
  reader: Reader,
  protocol: Protocol,
  under: Payload['under'],
): Promise<CopyKeepers | undefined> {
  const subject = under && (await store.findSubject(reader, under.instrument));
  const procedure = subject && protocol.findProcedure(subject.kind);
  return subject?.state == null ? undefined : procedure?.copyKeepers(subject.state);
}

/** Our own log has been confirmed further: proofs for what waited. A crash before the commit leaves them to the next confirmation. */
export async function recordProofs(work: Work): Promise<void> {
  const { tx, house } = work;
  const pending = await tx.db
    .selectFrom('act_proofs')
    .innerJoin('acts', 'acts.id', 'act_proofs.act')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select([
      'acts.id',
      'acts.jws',
      'acts.log_index as index',
      'logs.id as logId',
      'logs.is_own',
      'logs.proven_size',
      'logs.vkey',
      'logs.operator',
    ])
    .where('act_proofs.proof', 'is', null)
    .where('logs.is_own', '=', true)
    .where('acts.log_index', 'is not', null)
    .orderBy('acts.log_index')
    .execute();
  for (const row of pending) {
    const { index } = row;
    const keepers = await keepersOf(tx.db, house.journal.protocol, parseAct(row.jws).payload.under);
    if (!keepers || index === null) continue;
    for (const size of await confirmedSizesAfter(tx.db, row.logId, index, keepers)) {
      const note = await mergeCosignatures(tx.db, row.logId, size);
      const opened = note === undefined ? undefined : openConfirmed(note, row, keepers.keepers);
      const time = opened && timeIn(opened, keepers.k, await store.loadKeeperKeys(tx.db), nowS(work));
      if (note === undefined || time === undefined || 'wait' in time) continue;
      const log = { id: row.logId, is_own: row.is_own, proven_size: row.proven_size };
      const path = await proveInclusion(index, size, hashReaderOf(house, log));
      await keepProof(work, row.id, formatProof({ index, path, note }), time.unixSeconds);
      break;
    }
  }
}

async function keepProof(work: Work, id: ActId, proof: string, confirmedAt: number): Promise<void> {
  const { tx, house } = work;
  await tx.db
    .insertInto('act_proofs')
    .values({ act: id, proof, confirmed_at: confirmedAt, asked_at: null })
    .onConflict((conflict) => conflict.column('act').doUpdateSet({ proof, confirmed_at: confirmedAt }))
    .execute();
  const row = await store.findAct(tx.db, id);
  if (!row || row.log_index === null || row.standing !== 'accepted') return;
  const received = { id, payload: parseAct(row.jws).payload, logId: row.log_id, logIndex: row.log_index };
  await house.journal.protocol.findReceiver(row.type)?.confirmed?.(work, received);
}

const nowS = ({ tx }: Work): number => Math.floor(tx.now.getTime() / 1000);

/** Unix seconds, or undefined when this is no proof of this act: another leaf, log or index, too few of the keepers, not in the form. */
async function verifyActProof(work: Work, id: ActId, proof: string): Promise<number | undefined> {
  const { db: reader } = work.tx;
  const { protocol } = work.house.journal;
  const act = await store.findAct(reader, id);
  const log = act && (await store.findLog(reader, act.log_id));
  const keepers = act && (await keepersOf(reader, protocol, parseAct(act.jws).payload.under));
  if (!act || !log || !keepers) return undefined;
  try {
    const { index, path, note } = parseProof(proof);
    const opened = openConfirmed(note, log, keepers.keepers);
    if (!opened || index !== act.log_index) return undefined;
    verifyInclusion(leafHash(act.jws), index, opened, path);
    const time = timeIn(opened, keepers.k, await store.loadKeeperKeys(reader), nowS(work));
    return time && 'unixSeconds' in time ? time.unixSeconds : undefined;
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

/** True when it is one, and kept from now on. */
export async function takeProof(work: Work, id: ActId, proof: string): Promise<boolean> {
  const confirmedAt = await verifyActProof(work, id, proof);
  if (confirmedAt === undefined) return false;
  await keepProof(work, id, proof, confirmedAt);
  return true;
}

/** Asks the node behind a log for proofs that were pending when the bodies came, those not asked for longest first. */
export async function fetchProofs(house: House, logId: number): Promise<void> {
  const { url, acts } = await house.database.read('node', async (reader) => ({
    url: (await store.findLog(reader, logId))?.url,
    acts: await reader
      .selectFrom('act_proofs')
      .innerJoin('acts', 'acts.id', 'act_proofs.act')
      .select('acts.id')
      .where('act_proofs.proof', 'is', null)
      .where('acts.log_id', '=', logId)
      .orderBy('act_proofs.asked_at', (order) => order.asc().nullsFirst())
      .limit(proofsPerRound)
      .execute(),
  }));
  for (const { id } of acts) {
    const answer = await dial(`${url}/log/proof/${id}`, { limitBytes: MAX_PROOF_BYTES });
    await doWork(house, 'node', { system: 'federation' }, async (work) => {
      const isProven = answer.status === 200 && (await takeProof(work, id, Buffer.from(answer.body).toString('utf8')));
      if (!isProven)
        await work.tx.db.updateTable('act_proofs').set({ asked_at: work.tx.now }).where('act', '=', id).execute();
    });
  }
}

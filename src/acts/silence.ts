/**
 * What it takes to show that a host has fallen silent (host-move.ts): the acts that wait for its decision, and the last state of its log, confirmed
 * anew by copy-keepers. They cosign the same state again for whoever asks, as long as the host has shown them no newer one (C2SP tlog-witness).
 */
import { cosignatureTimeS, makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { parseVkey } from '@reciproca/tlog/key';
import { formatNote, parseNote, parseSignatures, verifySignatures } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { formatAddCheckpoint } from '@reciproca/tlog/witness';
import type { Reader } from '../db/database.ts';
import type { House } from '../house.ts';
import { work as doWork } from '../house.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { dial } from '../network/dial.ts';
import { confirmedSizesAfter, mergeCosignatures, mergeNotes } from './confirm-note.ts';
import type { CopyKeepers } from './legal-time.ts';
import type { Protocol } from './protocol.ts';
import * as store from './store.ts';

const patienceMs = 7 * 86_400_000;
/** A keeper that confirmed this state within a day is not asked again. */
const restS = 86_400;

export interface WaitingAct {
  readonly id: ActId;
  readonly party: Did;
  readonly subject: SubjectId;
  readonly host: Did;
  readonly logId: number;
  readonly logIndex: number;
  readonly receivedAt: Date;
}

/** Accepted acts of sequenced types that no host has decided on, oldest first. */
export async function listWaiting(reader: Reader, protocol: Protocol, subject?: SubjectId): Promise<WaitingAct[]> {
  let query = reader
    .selectFrom('acts')
    .innerJoin('subjects', 'subjects.id', 'acts.subject')
    .select([
      'acts.id',
      'acts.party',
      'acts.subject',
      'acts.log_id as logId',
      'acts.log_index as logIndex',
      'acts.received_at as receivedAt',
      'subjects.host',
    ])
    .where('acts.standing', '=', 'accepted')
    .where(
      'acts.type',
      'in',
      protocol.types.filter((type) => type.sequenced).map((type) => type.name),
    )
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('subject_steps as step')
            .select('step.n')
            .whereRef('step.act', '=', 'acts.id')
            .where('step.kind', '!=', 'timed'),
        ),
      ),
    )
    .orderBy('acts.log_index');
  if (subject !== undefined) query = query.where('acts.subject', '=', subject);
  const rows = await query.execute();
  return rows.flatMap((row) => (row.logIndex === null ? [] : [{ ...row, logIndex: row.logIndex }]));
}

/** Confirmed checkpoints of the author's log that cover the act, smallest first. */
export async function listFirstNotes(reader: Reader, act: WaitingAct, keepers: CopyKeepers): Promise<string[]> {
  const sizes = await confirmedSizesAfter(reader, act.logId, act.logIndex, keepers);
  const notes = await Promise.all(sizes.map((size) => mergeCosignatures(reader, act.logId, size)));
  return notes.filter((note) => note !== undefined);
}

/** The host's states that keepers confirmed anew, largest first. */
export async function listSilentNotes(reader: Reader, hostLogId: number): Promise<string[]> {
  const rows = await reader
    .selectFrom('silence_confirmations')
    .select(['size', 'note'])
    .where('log_id', '=', hostLogId)
    .orderBy('size', 'desc')
    .orderBy('time')
    .execute();
  const sizes = [...new Set(rows.map(({ size }) => size))];
  return sizes.map((size) => mergeNotes(rows.filter((row) => row.size === size).map(({ note }) => note)) ?? '');
}

/** Asks this keeper, for every host that leaves an act of a party hosted here waiting, whether it knows a newer state of the host's log. */
export async function confirmSilence(house: House, keeperLogId: number): Promise<void> {
  const nowMs = house.clock.now().getTime();
  const { keeper, hosts } = await house.database.read('node', async (reader) => ({
    keeper: await store.findLog(reader, keeperLogId),
    hosts: await listSilentHosts(house, reader, nowMs),
  }));
  for (const host of hosts) {
    if (!keeper || host.operator === keeper.operator || host.checkpoint === null) continue;
    const known = await house.database.read('node', (reader) =>
      reader
        .selectFrom('silence_confirmations')
        .select('time')
        .where('log_id', '=', host.id)
        .where('size', '=', host.proven_size)
        .where('keeper', '=', keeper.cosigner_vkey)
        .executeTakeFirst(),
    );
    if (known && known.time > nowMs / 1000 - restS) continue;
    const answer = await dial(`${keeper.url}/witness/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: formatAddCheckpoint({ oldSize: host.proven_size, proof: [], note: host.checkpoint }),
      limitBytes: 64_000,
    });
    // Anything else: it does not follow the host, or knows another state of its log. Then there is no such proof from it.
    if (answer.status === 200) await keep(house, host, keeper.cosigner_vkey, answer.body);
  }
}

async function listSilentHosts(house: House, reader: Reader, nowMs: number) {
  const waiting = await listWaiting(reader, house.journal.protocol);
  const hosted = new Set(
    (await reader.selectFrom('parties').select('did').where('is_hosted', '=', true).execute()).map(({ did }) => did),
  );
  const hosts = waiting
    .filter((act) => hosted.has(act.party) && !hosted.has(act.host) && act.receivedAt.getTime() <= nowMs - patienceMs)
    .map(({ host }) => host);
  if (hosts.length === 0) return [];
  return reader
    .selectFrom('parties')
    .innerJoin('logs', 'logs.id', 'parties.log_id')
    .selectAll('logs')
    .where('parties.did', 'in', [...new Set(hosts)])
    .execute();
}

interface Host {
  readonly id: number;
  readonly proven_size: number;
  readonly checkpoint: string | null;
}

async function keep(house: House, host: Host, keeper: string, lines: Uint8Array): Promise<void> {
  const { text, signatures } = parseNote(host.checkpoint ?? '');
  let line;
  try {
    [line] = verifySignatures(text, parseSignatures(lines), [makeCosignatureVerifier(parseVkey(keeper))]);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
  }
  if (!line) return;
  const row = { time: cosignatureTimeS(line.signature), note: formatNote({ text, signatures: [...signatures, line] }) };
  await doWork(house, 'node', { system: 'federation' }, ({ tx }) =>
    tx.db
      .insertInto('silence_confirmations')
      .values({ log_id: host.id, size: host.proven_size, keeper, ...row })
      .onConflict((conflict) => conflict.columns(['log_id', 'size', 'keeper']).doUpdateSet(row))
      .execute(),
  );
}

import { sql } from 'kysely';
import type { Reader, Tx } from '../db/database.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { instrumentProcedure, type InstrumentState } from './instrument.ts';

export interface StoredInstrument {
  readonly id: SubjectId;
  readonly host: Did;
  readonly state: InstrumentState;
  readonly headN: number;
  readonly frozenReason: string | null;
}

interface SubjectColumns {
  id: SubjectId;
  host: Did;
  state: unknown;
  head_n: number;
  frozen_reason: string | null;
}

function toInstrument(row: SubjectColumns): StoredInstrument {
  // The projection is written by the fold alone (acts/sequence.ts) and checked by `replay --check`.
  return {
    id: row.id,
    host: row.host,
    state: row.state as InstrumentState,
    headN: row.head_n,
    frozenReason: row.frozen_reason,
  };
}

export async function listInstruments(reader: Reader): Promise<StoredInstrument[]> {
  const rows = await reader
    .selectFrom('subjects')
    .select(['id', 'host', 'state', 'head_n', 'frozen_reason'])
    .where('kind', '=', instrumentProcedure.kind)
    .where('state', 'is not', null)
    .orderBy('opened_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toInstrument);
}

export async function findInstrument(reader: Reader, id: SubjectId): Promise<StoredInstrument | undefined> {
  const row = await reader
    .selectFrom('subjects')
    .select(['id', 'host', 'state', 'head_n', 'frozen_reason'])
    .where('id', '=', id)
    .where('kind', '=', instrumentProcedure.kind)
    .where('state', 'is not', null)
    .executeTakeFirst();
  return row && toInstrument(row);
}

/** By the random half of its id, which alone is unique. */
export async function findInstrumentByKey(reader: Reader, key: string): Promise<StoredInstrument | undefined> {
  const row = await reader
    .selectFrom('subjects')
    .select(['id', 'host', 'state', 'head_n', 'frozen_reason'])
    .where(sql<string>`right(id, 22)`, '=', key)
    .where('kind', '=', instrumentProcedure.kind)
    .where('state', 'is not', null)
    .executeTakeFirst();
  return row && toInstrument(row);
}

/**
 * Acts of these types that are here and have no number yet. Our own counts from the moment it is saved: nobody has to be convinced of it. One whose person's
 * proof is still on the way has no number until that is here, and what it takes away is taken away.
 */
export async function listUnnumbered(reader: Reader, subject: SubjectId, types: readonly string[]) {
  return reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select(['acts.id', 'acts.jws'])
    .where('acts.subject', '=', subject)
    .where('acts.type', 'in', [...types])
    .where((where) =>
      where.or([
        where('acts.standing', '=', 'accepted'),
        where.and([where('acts.standing', '=', 'new'), where('logs.is_own', '=', true)]),
        where.and([where('acts.standing', '=', 'held'), where('acts.standing_reason', '=', 'assertion-missing')]),
      ]),
    )
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('subject_steps as step').select('step.n').whereRef('step.act', '=', 'acts.id')),
      ),
    )
    .orderBy('acts.saved_order')
    .execute();
}

/** Saved here, and not yet taken up by our own log. */
export async function listUnlogged(reader: Reader, type: string, parties: readonly Did[]) {
  if (parties.length === 0) return [];
  return reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select('acts.jws')
    .where('acts.type', '=', type)
    .where('acts.party', 'in', [...parties])
    .where('acts.standing', '=', 'new')
    .where('logs.is_own', '=', true)
    .orderBy('acts.saved_order')
    .execute();
}

/** The keys under which operators confirm others' logs. */
export async function listCosigners(reader: Reader) {
  return reader.selectFrom('logs').select(['operator', 'cosigner_vkey']).execute();
}

export async function listKnownParties(reader: Reader) {
  return reader
    .selectFrom('parties')
    .select(['id', 'did', 'name', 'is_operator'])
    .orderBy('name')
    .orderBy('did')
    .execute();
}

export interface StepRecord {
  readonly act: ActId;
  readonly type: string;
  readonly party: Did;
  readonly kind: 'act' | 'refused' | undefined;
  readonly n: number | undefined;
  readonly reason: string | undefined;
  readonly savedAt: Date;
  readonly logIndex: number | undefined;
  readonly origin: string;
  /** Legal time of the number, Unix seconds. */
  readonly legalTime: number | undefined;
  /** Copies besides the log's own operator that cover the act, with the time each states. */
  readonly confirmedBy: readonly { readonly keeper: string; readonly time: number }[];
  readonly standing: string;
}

/** Every act on the instrument, in the order it was taken in here, with how far each has come. */
export async function listActs(reader: Reader, subject: SubjectId, types: readonly string[]): Promise<StepRecord[]> {
  const rows = await reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .leftJoin('subject_steps as step', (join) =>
      join.onRef('step.act', '=', 'acts.id').on('step.kind', 'in', ['act', 'refused']),
    )
    .leftJoin('subject_steps as time', (join) => join.onRef('time.act', '=', 'acts.id').on('time.kind', '=', 'timed'))
    .select([
      'acts.id as act',
      'acts.type',
      'acts.party',
      'acts.received_at',
      'acts.log_index',
      'acts.log_id',
      'acts.standing',
      'logs.origin',
      'step.kind',
      'step.n',
      'step.reason',
      'time.legal_time',
    ])
    .where('acts.subject', '=', subject)
    .where('acts.type', 'in', [...types])
    .orderBy('acts.saved_order')
    .orderBy('time.position')
    .execute()
    .then(firstOfEach);
  const confirmations = await listFirstConfirmations(reader, subject, types);
  return rows.map((row) => ({
    act: row.act,
    type: row.type,
    party: row.party,
    kind: row.kind === 'act' || row.kind === 'refused' ? row.kind : undefined,
    n: row.n ?? undefined,
    reason: row.reason ?? undefined,
    savedAt: row.received_at,
    logIndex: row.log_index ?? undefined,
    origin: row.origin,
    legalTime: row.legal_time ?? undefined,
    confirmedBy: confirmations.get(row.act) ?? [],
    standing: row.standing,
  }));
}

/** A host may state the legal time of one number twice; the first statement is the one that counts. */
function firstOfEach<Row extends { readonly act: ActId }>(rows: readonly Row[]): Row[] {
  const first = new Map<ActId, Row>();
  for (const row of rows) if (!first.has(row.act)) first.set(row.act, row);
  return [...first.values()];
}

/** Of each act and keeper the smallest tree that covers the act: what was confirmed later says nothing more. */
async function listFirstConfirmations(reader: Reader, subject: SubjectId, types: readonly string[]) {
  const { rows } = await sql<{ act: ActId; keeper: string; time: number }>`select distinct on (acts.id, keeper)
      acts.id as act, keeper, time
    from acts join cosignatures on cosignatures.log_id = acts.log_id and cosignatures.size > acts.log_index
    where acts.subject = ${subject} and acts.type = any(${[...types]})
    order by acts.id, keeper, size`.execute(reader);
  return Map.groupBy(rows, ({ act }) => act);
}

declare module '../db/schema.ts' {
  interface Tables {
    community_answers: { party: Did; purpose: string; answer: 'agreed' | 'refused'; act: ActId };
  }
}

export async function saveCommunityAnswer(
  tx: Tx,
  answer: { party: Did; purpose: string; answer: 'agreed' | 'refused'; act: ActId },
): Promise<void> {
  await tx.db
    .insertInto('community_answers')
    .values(answer)
    .onConflict((conflict) =>
      conflict.columns(['party', 'purpose']).doUpdateSet({ answer: answer.answer, act: answer.act }),
    )
    .execute();
}

export async function forgetCommunityAnswer(tx: Tx, act: ActId): Promise<void> {
  await tx.db.deleteFrom('community_answers').where('act', '=', act).execute();
}

/** The answers that count, oldest first. */
export async function listAcceptedAnswers(reader: Reader, party: Did, type: string) {
  return reader
    .selectFrom('acts')
    .select(['id', 'jws'])
    .where('party', '=', party)
    .where('type', '=', type)
    .where('standing', '=', 'accepted')
    .orderBy('saved_order')
    .execute();
}

export async function listCommunityAnswers(reader: Reader, communities: readonly Did[]) {
  if (communities.length === 0) return [];
  return reader
    .selectFrom('community_answers')
    .selectAll()
    .where('party', 'in', [...communities])
    .execute();
}

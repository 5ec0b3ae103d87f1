import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../db/database.ts';
import type { AccountId, ActId, Did, PartyId, SubjectId } from '../ids.ts';
import { problem } from '../problem.ts';

export type Standing = 'new' | 'accepted' | 'held' | 'refused' | 'equivocal';

interface LogsTable {
  id: Generated<number>;
  origin: string;
  url: string;
  operator: Did;
  vkey: string;
  cosigner_vkey: string;
  transport_key: string;
  is_own: boolean;
  size: Generated<number>;
  proven_size: Generated<number>;
  checkpoint: string | null;
  processed: Generated<number>;
  closed_reason: string | null;
}

interface PartiesTable {
  id: PartyId;
  did: Did;
  slug: string;
  is_hosted: boolean;
  is_operator: boolean;
  kind: string;
  name: string;
  country: string | null;
  languages: string[];
  log_id: number;
  subject: SubjectId;
  recovery_hash: string;
}

interface ActsTable {
  id: ActId;
  saved_order: Generated<number>;
  log_id: number;
  log_index: number | null;
  jws: Buffer;
  type: string;
  party: Did;
  subject: SubjectId;
  prev: ActId | null;
  commitment: string;
  received_at: Date;
  standing: Generated<Standing>;
  standing_reason: string | null;
}

interface ActBodiesTable {
  act: ActId;
  commitment: string;
  salt: Buffer | null;
  body: Buffer | null;
  is_public: boolean;
  audience: Generated<Did[]>;
  readers: Generated<PartyId[]>;
  release_on: string | null;
  erased_by: ActId | null;
}

interface SubjectsTable {
  id: SubjectId;
  kind: string;
  host: Did;
  opening_act: ActId;
  head_n: Generated<number>;
  head_act: ActId | null;
  frozen_reason: string | null;
  state: unknown;
  opened_at: Date;
}

export type SubjectStep = SubjectStepsTable;

interface SubjectStepsTable {
  subject: SubjectId;
  position: number;
  kind: 'act' | 'refused' | 'timed' | 'moved';
  n: number;
  act: ActId;
  entry: ActId;
  legal_time: number | null;
  reason: string | null;
}

declare module '../db/schema.ts' {
  interface Tables {
    logs: LogsTable;
    parties: PartiesTable;
    act_keys: { party: Did; kid: string; x: string; log_id: number; valid_from: number; revoked_from: number | null };
    private_keys: {
      purpose: KeyPurpose;
      kid: string;
      party_id: PartyId | null;
      sealed: Buffer;
      stored_order: Generated<number>;
    };
    acts: ActsTable;
    act_heads: { party: Did; subject: SubjectId; act: ActId };
    log_leaves: { log_id: number; index: number; leaf_hash: Buffer; act: ActId | null; raw: Buffer | null };
    act_bodies: ActBodiesTable;
    erasures: { commitment: string; act: ActId };
    prepared_acts: {
      id: ActId;
      party_id: PartyId;
      account_id: AccountId;
      payload: Buffer;
      salt: Buffer;
      body: Buffer;
      declaration: string;
      expires_at: Date;
    };
    act_assertions: { act: ActId; assertion: Buffer };
    subjects: SubjectsTable;
    subject_steps: SubjectStepsTable;
    equivocations: { party: Did; subject: SubjectId; prev: string; first_act: ActId; second_act: ActId };
    cosignatures: { log_id: number; size: number; keeper: string; time: number; note: string };
    log_forks: { log_id: number; held_note: string; other_note: string; found_at: Date };
    witnessed: { origin: string; size: number; root: Buffer; note: string };
    restore_attestations: { at: Date; account_id: AccountId; size: number };
    wanted_bodies: { act: ActId; log_id: number; state: 'wanted' | 'not-now' | 'awaited' };
    peer_views: {
      log_id: number;
      peer_log_id: number;
      compared_size: number;
      compared_at: Date;
      note: string | null;
    };
    silence_confirmations: { log_id: number; size: number; keeper: string; time: number; note: string };
    act_proofs: { act: ActId; proof: string | null; confirmed_at: number | null; asked_at: Date | null };
  }
}

export type KeyPurpose = 'act' | 'log' | 'cosign' | 'transport';

export interface OwnLog {
  readonly id: number;
  readonly origin: string;
  readonly size: number;
  readonly provenSize: number;
  readonly checkpoint: string | null;
  readonly closedReason: string | null;
}

export async function findOwnLog(reader: Reader): Promise<OwnLog | undefined> {
  return reader
    .selectFrom('logs')
    .select(['id', 'origin', 'size', 'proven_size as provenSize', 'checkpoint', 'closed_reason as closedReason'])
    .where('is_own', '=', true)
    .executeTakeFirst();
}

export async function findLog(reader: Reader, id: number) {
  return reader.selectFrom('logs').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findLogByOrigin(reader: Reader, origin: string) {
  return reader.selectFrom('logs').selectAll().where('origin', '=', origin).executeTakeFirst();
}

export async function listPeerLogs(reader: Reader) {
  return reader.selectFrom('logs').selectAll().where('is_own', '=', false).orderBy('id').execute();
}

/** By operator, the keys with which it confirms, as entry 0 of each log followed here names them. */
export async function loadKeeperKeys(reader: Reader): Promise<(operator: Did) => ReadonlySet<string> | undefined> {
  const rows = await reader.selectFrom('logs').select(['operator', 'cosigner_vkey']).execute();
  const keys = new Map<Did, Set<string>>();
  for (const { operator, cosigner_vkey: vkey } of rows) keys.set(operator, (keys.get(operator) ?? new Set()).add(vkey));
  return (operator) => keys.get(operator);
}

/** Moves of this party from log to log. */
export async function listMoves(reader: Reader, party: Did) {
  return reader
    .selectFrom('acts')
    .select('jws')
    .where('party', '=', party)
    .where('type', '=', 'party.move/1')
    .where('standing', '=', 'accepted')
    .execute();
}

export async function findParty(reader: Reader, did: Did) {
  return reader.selectFrom('parties').selectAll().where('did', '=', did).executeTakeFirst();
}

/** Of the parties that this node knows. */
export async function namesOf(reader: Reader, dids: readonly Did[]): Promise<ReadonlyMap<Did, string>> {
  if (dids.length === 0) return new Map();
  const rows = await reader
    .selectFrom('parties')
    .select(['did', 'name'])
    .where('did', 'in', [...new Set(dids)])
    .execute();
  return new Map(rows.map(({ did, name }) => [did, name]));
}

/** Its node alone speaks for a party: one that has moved away is hosted here no more. */
export async function getHostedParty(reader: Reader, id: PartyId) {
  const party = await reader
    .selectFrom('parties')
    .selectAll()
    .where('id', '=', id)
    .where('is_hosted', '=', true)
    .executeTakeFirst();
  if (!party) throw problem.notAllowed({ needs: 'party' });
  return party;
}

/** The party that runs this node; undefined before set-up. */
export async function findOperator(reader: Reader) {
  return reader
    .selectFrom('parties')
    .selectAll()
    .where('is_hosted', '=', true)
    .where('is_operator', '=', true)
    .executeTakeFirst();
}

export async function isOperator(reader: Reader, id: PartyId): Promise<boolean> {
  return (await findOperator(reader))?.id === id;
}

export async function listHostedAmong(reader: Reader, dids: readonly Did[]): Promise<PartyId[]> {
  if (dids.length === 0) return [];
  const rows = await reader
    .selectFrom('parties')
    .select('id')
    .where('is_hosted', '=', true)
    .where('did', 'in', [...dids])
    .execute();
  return rows.map((row) => row.id);
}

/** Waits for anyone else who is making this author's next act on this subject. */
export async function lockHead(tx: Tx, party: Did, subject: SubjectId): Promise<ActId | null> {
  const { rows } = await sql<{ head: ActId | null }>`select lock_act_head(${party}, ${subject}) as head`.execute(tx.db);
  return rows[0]?.head ?? null;
}

export async function moveHead(tx: Tx, party: Did, subject: SubjectId, act: ActId): Promise<void> {
  await tx.db
    .insertInto('act_heads')
    .values({ party, subject, act })
    .onConflict((conflict) => conflict.columns(['party', 'subject']).doUpdateSet({ act }))
    .execute();
}

export interface NewAct {
  readonly id: ActId;
  readonly logId: number;
  readonly logIndex: number | null;
  readonly jws: Uint8Array;
  readonly type: string;
  readonly party: Did;
  readonly subject: SubjectId;
  readonly prev: ActId | null;
  readonly commitment: string;
}

/** False when the act is already here: receiving twice changes nothing. */
export async function insertAct(tx: Tx, act: NewAct): Promise<boolean> {
  const result = await tx.db
    .insertInto('acts')
    .values({
      id: act.id,
      log_id: act.logId,
      log_index: act.logIndex,
      jws: Buffer.from(act.jws),
      type: act.type,
      party: act.party,
      subject: act.subject,
      prev: act.prev,
      commitment: act.commitment,
      received_at: tx.now,
      standing_reason: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** An act of our own with its body and its author's new head, in one statement. */
export async function insertDeclared(tx: Tx, act: NewAct, body: NewBody): Promise<void> {
  const jws = Buffer.from(act.jws);
  const bytes = Buffer.from(body.bytes);
  await sql`with act as (
      insert into acts (id, log_id, jws, type, party, subject, prev, commitment, received_at)
      values (${act.id}, ${act.logId}, ${jws}, ${act.type}, ${act.party}, ${act.subject}, ${act.prev}, ${act.commitment}, ${tx.now})
    ), head as (
      insert into act_heads (party, subject, act) values (${act.party}, ${act.subject}, ${act.id})
      on conflict (party, subject) do update set act = excluded.act
    )
    insert into act_bodies (act, commitment, salt, body, is_public, audience, readers, release_on)
    values (${body.act}, ${body.commitment}, ${Buffer.from(body.salt)}, ${bytes}, ${body.isPublic},
      ${[...body.audience]}::text[], ${[...body.readers]}::uuid[], ${body.releaseOn})`.execute(tx.db);
}

export async function setStanding(tx: Tx, id: ActId, standing: Standing, reason: string | null): Promise<void> {
  await tx.db.updateTable('acts').set({ standing, standing_reason: reason }).where('id', '=', id).execute();
}

export async function findAct(reader: Reader, id: ActId) {
  return reader.selectFrom('acts').selectAll().where('id', '=', id).executeTakeFirst();
}

export type ActRow = NonNullable<Awaited<ReturnType<typeof findAct>>>;

/** An act with what judging it asks about, read in one statement: on the way of an ordinary act every round trip counts. */
export interface ActCase extends ActRow {
  /** Another act by the same author, on the same subject, after the same predecessor. */
  readonly rival: ActId | null;
  /** Its author once signed two such acts on this subject. */
  readonly is_blocked: boolean;
  /** Of the act it names as its predecessor, when that is here and one of the same author's on the same subject. */
  readonly previous_standing: Standing | null;
  /** Other acts on this subject are held, and may have waited for this one. */
  readonly has_held: boolean;
  readonly has_body: boolean;
  /** Null also when it was erased. */
  readonly body: Buffer | null;
}

export async function findCase(reader: Reader, id: ActId): Promise<ActCase | undefined> {
  const { rows } = await sql<ActCase>`select acts.*, previous.standing as previous_standing,
      act_bodies.act is not null as has_body, act_bodies.body,
      (select id from acts as rival where rival.subject = acts.subject and rival.party = acts.party
         and rival.prev is not distinct from acts.prev and rival.id <> acts.id
         and rival.standing in ('accepted', 'held', 'equivocal') order by rival.saved_order limit 1) as rival,
      exists (select from equivocations where party = acts.party and subject = acts.subject) as is_blocked,
      exists (select from acts as held where held.subject = acts.subject and held.standing = 'held' and held.id <> acts.id) as has_held
    from acts
    left join acts as previous
      on previous.id = acts.prev and previous.party = acts.party and previous.subject = acts.subject
    left join act_bodies on act_bodies.act = acts.id
    where acts.id = ${id}`.execute(reader);
  return rows[0];
}

/** Where an act stands, and in which bytes: whoever likes can sign the same payload. */
export type ActPlace = Pick<ActRow, 'log_id' | 'jws'> & { readonly log_index: number };

/** To its author's own leaf. The leaf at which it was seen first keeps its bytes: the root of that log covers them. */
export async function moveAct(tx: Tx, act: ActRow, place: ActPlace): Promise<ActRow> {
  if (act.log_index !== null)
    await tx.db
      .updateTable('log_leaves')
      .set({ raw: act.jws })
      .where('log_id', '=', act.log_id)
      .where('index', '=', act.log_index)
      .execute();
  const row = { ...place, standing: 'new' as const, standing_reason: null };
  await tx.db.updateTable('acts').set(row).where('id', '=', act.id).execute();
  return { ...act, ...row };
}

export interface NewBody {
  readonly act: ActId;
  readonly commitment: string;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
  readonly isPublic: boolean;
  readonly audience: readonly Did[];
  readonly readers: readonly PartyId[];
  readonly releaseOn: string | null;
}

export async function insertBody(tx: Tx, body: NewBody): Promise<void> {
  await tx.db
    .insertInto('act_bodies')
    .values({
      act: body.act,
      commitment: body.commitment,
      salt: Buffer.from(body.salt),
      body: Buffer.from(body.bytes),
      is_public: body.isPublic,
      audience: [...body.audience],
      readers: [...body.readers],
      release_on: body.releaseOn,
      erased_by: null,
    })
    .onConflict((conflict) => conflict.column('act').doNothing())
    .execute();
}

/** Undefined when there is none here; `body` null when it was erased. Row-level security hides what the scope may not read. */
export async function findBody(reader: Reader, act: ActId) {
  return reader.selectFrom('act_bodies').selectAll().where('act', '=', act).executeTakeFirst();
}

/** Salt and bytes of those bodies that may be read. */
export async function loadOpenedBodies(reader: Reader, acts: readonly ActId[]) {
  const rows =
    acts.length === 0
      ? []
      : await reader
          .selectFrom('act_bodies')
          .select(['act', 'salt', 'body'])
          .where('act', 'in', [...acts])
          .execute();
  return new Map(rows.flatMap(({ act, salt, body }) => (salt && body ? [[act, { salt, bytes: body }] as const] : [])));
}

/**
 * An erasure reaches the act of its own author, and what others committed to in the same words afterwards. So nobody erases what another stated first,
 * and nobody keeps it by repeating it.
 */
export async function isErased(reader: Reader, act: ActId): Promise<boolean> {
  const { rows } = await sql`select from acts as target
    join erasures on erasures.commitment = target.commitment
    join acts as eraser on eraser.id = erasures.act
    join acts as own on own.commitment = target.commitment and own.party = eraser.party and own.subject = eraser.subject
    where target.id = ${act} and own.saved_order <= target.saved_order limit 1`.execute(reader);
  return rows.length > 0;
}

/** The acts that the erasure reaches: their bodies, salts and persons' proofs are gone, and asked for no more. */
export async function eraseBodies(tx: Tx, commitment: string, eraser: ActId): Promise<ActId[]> {
  await tx.db
    .insertInto('erasures')
    .values({ commitment, act: eraser })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await tx.db.selectFrom('acts').select('id').where('commitment', '=', commitment).execute();
  const reached: ActId[] = [];
  for (const { id } of rows) if (await isErased(tx.db, id)) reached.push(id);
  if (reached.length === 0) return [];
  await tx.db
    .updateTable('act_bodies')
    .set({ body: null, salt: null, erased_by: eraser })
    .where('act', 'in', reached)
    .where('erased_by', 'is', null)
    .execute();
  await tx.db.deleteFrom('act_assertions').where('act', 'in', reached).execute();
  await tx.db.deleteFrom('wanted_bodies').where('act', 'in', reached).execute();
  return reached;
}

// Any constant of our own.
const takingInLock = 0x5245_4349;

/**
 * One transaction at a time takes in what logs bring, or states what follows from it: two that met the same subjects in different orders would
 * wait for each other for ever. Taken before anything of a subject is written; a second time in one transaction it costs nothing.
 */
export async function lockTakingIn(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${takingInLock})`.execute(tx.db);
}

/** Up to `limit`: more need not be counted. */
export async function countHeld(reader: Reader, party: Did, limit: number): Promise<number> {
  const held = reader.selectFrom('acts').select('id').where('party', '=', party).where('standing', '=', 'held');
  const { n } = await reader
    .selectFrom(held.limit(limit).as('held'))
    .select((select) => select.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

/** Held acts that name this one as their predecessor: two at most count, for the second contradicts the first. */
export async function listHeldAfter(reader: Reader, subject: SubjectId, prev: ActId): Promise<ActId[]> {
  const rows = await reader
    .selectFrom('acts')
    .select('id')
    .where('subject', '=', subject)
    .where('prev', '=', prev)
    .where('standing', '=', 'held')
    .orderBy('log_id')
    .orderBy('log_index')
    .execute();
  return rows.map(({ id }) => id);
}

type KnownTypes = readonly { readonly name: string }[];

/** Held acts that wait for something of their subject, or for a release that knows their type: not those that wait for one act only. */
export async function listHeldForSubject(reader: Reader, id: SubjectId, types: KnownTypes): Promise<ActId[]> {
  const { rows } = await sql<{ id: ActId }>`select acts.id from acts left join subjects on subjects.id = acts.subject
    where acts.subject = ${id} and acts.standing = 'held' and case standing_reason
      when 'predecessor-missing' then false
      when 'type-unknown' then acts.type = any(${types.map(({ name }) => name)})
      when 'subject-unknown' then subjects.id is not null
      when 'subject-not-open' then subjects.state is not null
      else true end
    order by acts.log_id, acts.log_index`.execute(reader);
  return rows.map((row) => row.id);
}

/** What waits for another log to be read, for a clock or for a release: nothing that arrives for the subject itself would bring it on. */
export async function listSubjectsWaitingForLogs(reader: Reader, types: KnownTypes): Promise<SubjectId[]> {
  const { rows } = await sql<{ subject: SubjectId }>`select distinct subject from acts where standing = 'held' and (
      standing_reason in ('keeper-unknown', 'time-in-future', 'host-log-unread')
      or (standing_reason = 'type-unknown' and type = any(${types.map(({ name }) => name)}))
    )`.execute(reader);
  return rows.map(({ subject }) => subject);
}

export async function lockSubject(tx: Tx, id: SubjectId) {
  return tx.db.selectFrom('subjects').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

export async function findSubject(reader: Reader, id: SubjectId) {
  return reader.selectFrom('subjects').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function insertSubject(
  tx: Tx,
  subject: { id: SubjectId; kind: string; host: Did; openingAct: ActId },
): Promise<void> {
  await tx.db
    .insertInto('subjects')
    .values({
      id: subject.id,
      kind: subject.kind,
      host: subject.host,
      opening_act: subject.openingAct,
      head_act: null,
      frozen_reason: null,
      state: null,
      opened_at: tx.now,
    })
    .execute();
}

export async function updateSubject(
  tx: Tx,
  id: SubjectId,
  change: {
    host?: Did;
    head_n?: number;
    head_act?: ActId | null;
    state?: string | null;
    frozen_reason?: string | null;
  },
): Promise<void> {
  await tx.db.updateTable('subjects').set(change).where('id', '=', id).execute();
}

/** Every step, in order. */
export async function listSteps(reader: Reader, subject: SubjectId) {
  return reader.selectFrom('subject_steps').selectAll().where('subject', '=', subject).orderBy('position').execute();
}

/** Every step, in order, with the place of the entry that made it. */
export async function listStepPlaces(reader: Reader, subject: SubjectId) {
  return reader
    .selectFrom('subject_steps as step')
    .innerJoin('acts as entry', 'entry.id', 'step.entry')
    .select(['step.kind', 'step.n', 'step.act', 'entry.log_id as logId', 'entry.log_index as logIndex'])
    .where('step.subject', '=', subject)
    .orderBy('step.position')
    .execute();
}

export async function findStepOf(reader: Reader, act: ActId) {
  return reader
    .selectFrom('subject_steps')
    .selectAll()
    .where('act', '=', act)
    .where('kind', '!=', 'timed')
    .executeTakeFirst();
}

export async function appendStep(tx: Tx, step: Omit<SubjectStepsTable, 'position'>): Promise<void> {
  await tx.db
    .insertInto('subject_steps')
    .values({
      ...step,
      position: sql<number>`(select coalesce(max(position), 0) + 1 from subject_steps where subject = ${step.subject})`,
    })
    .execute();
}

export async function findKey(reader: Reader, party: Did, kid: string, logId: number) {
  return reader
    .selectFrom('act_keys')
    .selectAll()
    .where('party', '=', party)
    .where('kid', '=', kid)
    .where('log_id', '=', logId)
    .executeTakeFirst();
}

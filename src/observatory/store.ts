import { sql } from 'kysely';
import type { Reader, Tx } from '../db/database.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import type { JudgedFlow } from './flows.ts';
import type { Question } from './questions.ts';

interface ObservedFlowsTable {
  act: ActId;
  log_id: number;
  log_index: number;
  kind: 'dispatch' | 'warning';
  party: Did;
  instrument: SubjectId | null;
  confirmed_at: number | null;
  in_force: JudgedFlow['inForce'];
  terms: JudgedFlow['terms']['state'];
  article: string | null;
  reason: string | null;
  release_on: string;
  answers: unknown;
}

interface OpenQuestionsTable {
  id: string;
  kind: string;
  origin: string;
  parties: Did[];
  acts: ActId[];
  subject: SubjectId | null;
  details: unknown;
  found_at: Date;
  settled_at: Date | null;
}

declare module '../db/schema.ts' {
  interface Tables {
    observed_logs: { log_id: number; size: number; checked_at: Date };
    observed_flows: ObservedFlowsTable;
    open_questions: OpenQuestionsTable;
    question_answers: { act: ActId; question: string; party: Did };
  }
}

export async function listLogs(reader: Reader) {
  return reader.selectFrom('logs').selectAll().orderBy('is_own', 'desc').orderBy('origin').execute();
}

/** Leaves as they stand in the log: the act's bytes, or what stands there instead. */
export async function readLeaves(
  reader: Reader,
  logId: number,
  from: number,
  until: number,
  chain?: { readonly party: string; readonly subject: string },
) {
  let query = reader
    .selectFrom('log_leaves as leaf')
    .leftJoin('acts', 'acts.id', 'leaf.act')
    .select([
      'leaf.index',
      'leaf.raw',
      'acts.jws',
      'acts.log_id',
      'acts.log_index',
      'acts.received_at',
      'acts.standing',
      'acts.standing_reason',
    ])
    .where('leaf.log_id', '=', logId)
    .where('leaf.index', '>=', from)
    .where('leaf.index', '<', until);
  if (chain)
    query = query.where('acts.party', '=', chain.party as Did).where('acts.subject', '=', chain.subject as SubjectId);
  return query.orderBy('leaf.index').execute();
}

export async function findPublicBody(reader: Reader, act: ActId) {
  return reader
    .selectFrom('act_bodies')
    .select(['body', 'salt', 'erased_by', 'is_public'])
    .where('act', '=', act)
    .executeTakeFirst();
}

/** Changes whenever something has arrived that a judgement could depend on. */
export async function fingerprintOfHeld(reader: Reader): Promise<string> {
  const { rows } = await sql<{ fingerprint: string }>`select concat_ws(' ',
    (select string_agg(concat(id, ':', processed, ':', closed_reason), ',' order by id) from logs),
    (select count(*) from act_bodies where is_public and body is not null),
    (select count(*) from act_proofs where proof is not null),
    (select count(*) from log_forks)) as fingerprint`.execute(reader);
  return rows[0]?.fingerprint ?? '';
}

export async function listForks(reader: Reader) {
  return reader
    .selectFrom('log_forks')
    .innerJoin('logs', 'logs.id', 'log_forks.log_id')
    .select([
      'logs.id',
      'logs.origin',
      'logs.operator',
      'held_note as heldNote',
      'other_note as otherNote',
      'found_at as foundAt',
    ])
    .orderBy('found_at')
    .execute();
}

export async function listObservedLogs(reader: Reader) {
  return reader.selectFrom('observed_logs').selectAll().execute();
}

/** Subjects of a kind as they stand here, newest first. */
export async function listStates(reader: Reader, kind: string) {
  return reader
    .selectFrom('subjects')
    .select(['id', 'state'])
    .where('kind', '=', kind)
    .where('state', 'is not', null)
    .orderBy('opened_at', 'desc')
    .orderBy('id')
    .execute();
}

export async function saveObservedLog(tx: Tx, logId: number, size: number): Promise<void> {
  const row = { size, checked_at: tx.now };
  await tx.db
    .insertInto('observed_logs')
    .values({ log_id: logId, ...row })
    .onConflict((conflict) => conflict.column('log_id').doUpdateSet(row))
    .execute();
}

export async function saveFlow(tx: Tx, logId: number, flow: JudgedFlow): Promise<void> {
  const { terms } = flow;
  const row = {
    confirmed_at: flow.confirmedAtS ?? null,
    in_force: flow.inForce,
    terms: terms.state,
    article: 'article' in terms ? (terms.article ?? null) : null,
    reason: 'reason' in terms ? terms.reason : null,
    answers: JSON.stringify(flow.answers.map(({ kind, act, party }) => ({ kind, act, party }))),
  };
  await tx.db
    .insertInto('observed_flows')
    .values({
      act: flow.id,
      log_id: logId,
      log_index: flow.index,
      kind: flow.kind,
      party: flow.party,
      instrument: flow.instrument ?? null,
      release_on: flow.releaseOn,
      ...row,
    })
    .onConflict((conflict) => conflict.column('act').doUpdateSet(row))
    .execute();
}

/** What a third party needs to judge a flow: asked for in the rounds, like the receivers' own. */
export async function wantProofs(tx: Tx, acts: readonly ActId[]): Promise<void> {
  if (acts.length === 0) return;
  await tx.db
    .insertInto('act_proofs')
    .values(acts.map((act) => ({ act, proof: null, confirmed_at: null, asked_at: null })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listFlowRows(reader: Reader) {
  return reader
    .selectFrom('observed_flows')
    .select(['act', 'confirmed_at', 'in_force', 'terms', 'article', 'reason', 'answers'])
    .execute();
}

export interface FlowRow extends ObservedFlowsTable {
  readonly origin: string;
  readonly is_own: boolean;
}

/** Newest first, those whose proof is pending before all; `after` is the last act of the page before. */
export async function listFlows(
  reader: Reader,
  limit: number,
  choice: { readonly instrument?: SubjectId | undefined; readonly after?: ActId | undefined } = {},
): Promise<FlowRow[]> {
  let query = reader
    .selectFrom('observed_flows as flow')
    .innerJoin('logs', 'logs.id', 'flow.log_id')
    .selectAll('flow')
    .select(['logs.origin', 'logs.is_own']);
  if (choice.instrument !== undefined) query = query.where('instrument', '=', choice.instrument);
  const last =
    choice.after === undefined
      ? undefined
      : await reader
          .selectFrom('observed_flows')
          .select('confirmed_at')
          .where('act', '=', choice.after)
          .executeTakeFirst();
  if (last && choice.after !== undefined) {
    const time = last.confirmed_at ?? Number.MAX_SAFE_INTEGER;
    query = query.where(
      sql<boolean>`(-coalesce(confirmed_at, ${Number.MAX_SAFE_INTEGER}::bigint), act) > (-(${time}::bigint), ${choice.after})`,
    );
  }
  return query
    .orderBy(sql`-coalesce(confirmed_at, ${Number.MAX_SAFE_INTEGER}::bigint)`)
    .orderBy('act')
    .limit(limit)
    .execute();
}

/** The questions of this moment: new ones are found now, those that are gone are settled, those that come back begin anew. */
export async function saveQuestions(tx: Tx, questions: readonly Question[]): Promise<void> {
  const known = new Map(
    (await tx.db.selectFrom('open_questions').select(['id', 'settled_at']).execute()).map((row) => [
      row.id,
      row.settled_at,
    ]),
  );
  for (const { id, kind, origin, parties, acts, subject, details } of questions) {
    if (known.get(id) === null) continue;
    await tx.db
      .insertInto('open_questions')
      .values({
        id,
        kind,
        origin,
        parties: [...parties],
        acts: [...acts],
        subject: subject ?? null,
        details: JSON.stringify(details),
        found_at: tx.now,
        settled_at: null,
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ found_at: tx.now, settled_at: null }))
      .execute();
  }
  const open = new Set(questions.map(({ id }) => id));
  const gone = [...known].filter(([id, settledAt]) => settledAt === null && !open.has(id)).map(([id]) => id);
  if (gone.length > 0)
    await tx.db.updateTable('open_questions').set({ settled_at: tx.now }).where('id', 'in', gone).execute();
}

export type QuestionRow = OpenQuestionsTable;

export async function listQuestions(
  reader: Reader,
  choice: { readonly settled: boolean; readonly limit: number },
): Promise<QuestionRow[]> {
  return reader
    .selectFrom('open_questions')
    .selectAll()
    .where('settled_at', choice.settled ? 'is not' : 'is', null)
    .orderBy('found_at', 'desc')
    .orderBy('id')
    .limit(choice.limit)
    .execute();
}

export async function findQuestion(reader: Reader, id: string): Promise<QuestionRow | undefined> {
  return reader.selectFrom('open_questions').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function saveAnswer(
  tx: Tx,
  answer: { readonly act: ActId; readonly question: string; readonly party: Did },
): Promise<void> {
  await tx.db
    .insertInto('question_answers')
    .values(answer)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** In the order of their author's log. The text is gone where it was erased. */
export async function listAnswers(reader: Reader, question: string) {
  return reader
    .selectFrom('question_answers as answer')
    .innerJoin('acts', 'acts.id', 'answer.act')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .leftJoin('act_bodies as body', 'body.act', 'answer.act')
    .select([
      'answer.act',
      'answer.party',
      'body.body',
      'acts.log_index as index',
      'logs.origin',
      'logs.is_own as isOwn',
      'acts.received_at as at',
    ])
    .where('question', '=', question)
    .orderBy('acts.saved_order')
    .execute();
}

export interface ActPlace {
  readonly id: ActId;
  readonly type: string;
  readonly party: Did;
  readonly index: number | null;
  readonly origin: string;
  readonly isOwn: boolean;
}

export async function findPlaces(reader: Reader, acts: readonly ActId[]): Promise<ReadonlyMap<ActId, ActPlace>> {
  if (acts.length === 0) return new Map();
  const rows = await reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select(['acts.id', 'acts.type', 'acts.party', 'acts.log_index as index', 'logs.origin', 'logs.is_own as isOwn'])
    .where('acts.id', 'in', [...acts])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

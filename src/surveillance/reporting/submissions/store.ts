import { sql, type Generated, type Selectable } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, PartyId } from '../../../ids.ts';
import type { Content, Mapping } from '../import/mapping.ts';
import type { Counts } from '../import/take-in-reports.ts';
import type { Stored } from './attachments.ts';
import type { Submission, SubmissionKind, SubmissionState } from './submission.ts';

interface SubmissionsTable {
  id: Generated<number>;
  party_id: PartyId;
  kind: SubmissionKind;
  content: Content | null;
  state: SubmissionState;
  source: string;
  received_at: Date;
  known_at: Date | null;
  sender_account: AccountId | null;
  sender: string | null;
  media_type: string;
  file_name: string | null;
  size_bytes: number;
  sha256: Buffer;
  raw: Buffer | null;
  mapping: unknown;
  accepted: Generated<number>;
  changed: Generated<number>;
  unchanged: Generated<number>;
  empty: Generated<number>;
  rejected: Generated<number>;
  rejections_sha256: Buffer | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    submissions: SubmissionsTable;
  }
}

export interface NewSubmission extends Stored {
  readonly kind: SubmissionKind;
  readonly content?: Content | undefined;
  readonly state: 'waiting' | 'applied';
  readonly source: string;
  readonly senderAccount?: AccountId | undefined;
  readonly sender?: string | undefined;
  readonly mediaType: string;
  readonly fileName?: string | undefined;
  /** Undefined: the bytes are in the attachment store. */
  readonly raw?: Buffer | undefined;
  readonly counts?: Counts | undefined;
}

/** One report at a time; ends with the transaction. */
export async function lockReport(tx: Tx, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`report ${key}`}, 0))`.execute(tx.db);
}

/** Received now; known now too, when it is applied at once. */
export async function insertSubmission(tx: Tx, party: PartyId, submission: NewSubmission): Promise<number> {
  const { id } = await tx.db
    .insertInto('submissions')
    .values({
      party_id: party,
      kind: submission.kind,
      content: submission.content ?? null,
      state: submission.state,
      source: submission.source,
      received_at: tx.now,
      known_at: submission.state === 'applied' ? tx.now : null,
      sender_account: submission.senderAccount ?? null,
      sender: submission.sender ?? null,
      media_type: submission.mediaType,
      file_name: submission.fileName ?? null,
      size_bytes: submission.sizeBytes,
      sha256: submission.sha256,
      raw: submission.raw ?? null,
      mapping: null,
      ...submission.counts,
      rejections_sha256: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

const withoutRaw = [
  'submissions.id',
  'submissions.kind',
  'submissions.content',
  'submissions.state',
  'submissions.source',
  'submissions.received_at',
  'submissions.known_at',
  'submissions.sender_account',
  'submissions.sender',
  'submissions.media_type',
  'submissions.file_name',
  'submissions.size_bytes',
  'submissions.sha256',
  'submissions.mapping',
  'submissions.accepted',
  'submissions.changed',
  'submissions.unchanged',
  'submissions.empty',
  'submissions.rejected',
  'submissions.rejections_sha256',
] as const;
type Column = (typeof withoutRaw)[number] extends `submissions.${infer Name}` ? Name & keyof SubmissionsTable : never;

const selectSubmissions = (reader: Reader) =>
  reader
    .selectFrom('submissions')
    .leftJoin('accounts', 'accounts.id', 'submissions.sender_account')
    .select(withoutRaw)
    .select('accounts.name as sender_name');

function toSubmission(
  row: Pick<Selectable<SubmissionsTable>, Column> & { readonly sender_name?: string | null },
): Submission {
  const { accepted, changed, unchanged, empty, rejected } = row;
  return {
    id: row.id,
    kind: row.kind,
    content: row.content ?? undefined,
    state: row.state,
    source: row.source,
    receivedAt: row.received_at,
    knownAt: row.known_at ?? undefined,
    senderAccount: row.sender_account ?? undefined,
    sender: row.sender_name ?? row.sender ?? undefined,
    mediaType: row.media_type,
    fileName: row.file_name ?? undefined,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    mapping: (row.mapping as Mapping | null) ?? undefined,
    counts: { accepted, changed, unchanged, empty, rejected },
    rejectionsSha256: row.rejections_sha256 ?? undefined,
  };
}

export async function findSubmission(reader: Reader, id: number): Promise<Submission | undefined> {
  const row = await selectSubmissions(reader).where('submissions.id', '=', id).executeTakeFirst();
  return row && toSubmission(row);
}

/** Whoever would read it too waits until it has been read. */
export async function lockSubmission(tx: Tx, id: number): Promise<Submission | undefined> {
  const row = await tx.db
    .selectFrom('submissions')
    .select(withoutRaw)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toSubmission(row);
}

export async function findRaw(reader: Reader, id: number): Promise<Buffer | undefined> {
  const row = await reader.selectFrom('submissions').select('raw').where('id', '=', id).executeTakeFirst();
  return row?.raw ?? undefined;
}

/** The latest first. */
export async function listSubmissions(
  reader: Reader,
  filter: { readonly before?: number | undefined; readonly sender?: AccountId | undefined; readonly limit: number },
): Promise<readonly Submission[]> {
  let query = selectSubmissions(reader).where('submissions.kind', '<>', 'rumour');
  if (filter.before !== undefined) query = query.where('submissions.id', '<', filter.before);
  if (filter.sender !== undefined) query = query.where('sender_account', '=', filter.sender);
  return (await query.orderBy('submissions.id', 'desc').limit(filter.limit).execute()).map(toSubmission);
}

export interface Outcome {
  readonly state: SubmissionState;
  readonly mapping: Mapping;
  readonly counts: Counts;
  readonly rejections: Stored | undefined;
}

export async function saveOutcome(tx: Tx, id: number, { state, mapping, counts, rejections }: Outcome): Promise<void> {
  await tx.db
    .updateTable('submissions')
    .set({
      state,
      known_at: state === 'applied' ? tx.now : null,
      mapping: JSON.stringify(mapping),
      ...counts,
      rejections_sha256: rejections?.sha256 ?? null,
    })
    .where('id', '=', id)
    .execute();
}

export async function saveCounts(tx: Tx, id: number, counts: Counts): Promise<void> {
  await tx.db
    .updateTable('submissions')
    .set({ ...counts })
    .where('id', '=', id)
    .execute();
}

/** Before observations refer to it: from now on it is known. */
export async function markApplied(tx: Tx, id: number): Promise<void> {
  await tx.db.updateTable('submissions').set({ state: 'applied', known_at: tx.now }).where('id', '=', id).execute();
}

export async function setAside(tx: Tx, id: number): Promise<void> {
  await tx.db.updateTable('submissions').set({ state: 'set-aside' }).where('id', '=', id).execute();
}

export interface SeriesOfSubmission {
  readonly indicator: string;
  readonly names: Readonly<Record<string, string>>;
  readonly place: string;
  readonly placeName: string;
  readonly accepted: number;
  readonly changed: number;
  readonly firstPeriod: string;
  readonly lastPeriod: string;
}

/** What a submission changed, most first. */
export async function listSeriesOf(
  reader: Reader,
  submission: number,
  limit: number,
): Promise<readonly SeriesOfSubmission[]> {
  const { rows } =
    await sql<SeriesOfSubmission>`select indicators.code as indicator, names, places.code as place, places.name as "placeName",
      accepted, changed, first_period as "firstPeriod", last_period as "lastPeriod"
    from submission_series join series on series.id = series_id
    join indicators on indicators.id = indicator_id join places on places.id = place_id
    where submission_id = ${submission} and accepted + changed > 0
    order by changed desc, accepted desc, indicators.code, places.code limit ${limit}`.execute(reader);
  return rows;
}

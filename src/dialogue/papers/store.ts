import { sql } from 'kysely';
import type { PartyKind } from '../../acts/spine-types.ts';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, DecisionId, MemberId, OrganisationId, PaperId, PartyId, SpaceId } from '../../ids.ts';
import { textEventSchema, type TextEvent } from '../../text/event.ts';
import type { Paper, PaperKind, PaperState } from './paper.ts';

interface PapersTable {
  id: PaperId;
  party_id: PartyId;
  space_id: SpaceId;
  slug: string;
  kind: PaperKind;
  title: string;
  language: string;
  state: PaperState;
  held_by: DecisionId | null;
  answers: Readonly<Record<string, string>>;
  signing_until: Date | null;
  opened_at: Date;
  published_at: Date | null;
  published_text: Buffer | null;
  act: string | null;
}

interface SignaturesTable {
  id: string;
  paper_id: PaperId;
  party_id: PartyId;
  member_id: MemberId | null;
  organisation_id: OrganisationId | null;
  recorded_by: AccountId | null;
  signed_at: Date;
  withdrawn_at: Date | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    papers: PapersTable;
    text_events: { paper_id: PaperId; n: number; party_id: PartyId; event: unknown; at: Date };
    paper_signatures: SignaturesTable;
  }
}

const columns = [
  'id',
  'space_id',
  'slug',
  'kind',
  'title',
  'language',
  'state',
  'held_by',
  'answers',
  'signing_until',
  'opened_at',
  'published_at',
  'act',
] as const;

const toPaper = (row: Pick<PapersTable, (typeof columns)[number]>): Paper => ({
  id: row.id,
  space: row.space_id,
  slug: row.slug,
  kind: row.kind,
  title: row.title,
  language: row.language,
  state: row.state,
  heldBy: row.held_by ?? undefined,
  answers: row.answers,
  signingUntil: row.signing_until ?? undefined,
  openedAt: row.opened_at,
  publishedAt: row.published_at ?? undefined,
  act: row.act ?? undefined,
});

export async function insertPaper(
  tx: Tx,
  party: PartyId,
  paper: Pick<Paper, 'id' | 'space' | 'slug' | 'kind' | 'title' | 'language'>,
): Promise<void> {
  const { id, space, slug, kind, title, language } = paper;
  await tx.db
    .insertInto('papers')
    .values({
      id,
      slug,
      kind,
      title,
      language,
      party_id: party,
      space_id: space,
      state: 'open',
      held_by: null,
      answers: sql`'{}'::jsonb`,
      signing_until: null,
      opened_at: tx.now,
      published_at: null,
      published_text: null,
      act: null,
    })
    .execute();
}

export async function findPaper(reader: Reader, id: PaperId): Promise<Paper | undefined> {
  const row = await reader.selectFrom('papers').select(columns).where('id', '=', id).executeTakeFirst();
  return row && toPaper(row);
}

export async function findPaperBySlug(reader: Reader, slug: string): Promise<Paper | undefined> {
  const row = await reader.selectFrom('papers').select(columns).where('slug', '=', slug).executeTakeFirst();
  return row && toPaper(row);
}

/** Whoever writes waits here for whoever writes: events of one text have one order. */
export async function lockPaper(tx: Tx, id: PaperId): Promise<Paper | undefined> {
  const row = await tx.db.selectFrom('papers').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toPaper(row);
}

/** The latest first. */
export async function listPapers(reader: Reader, space: SpaceId, limit = 100): Promise<Paper[]> {
  const rows = await reader
    .selectFrom('papers')
    .select(columns)
    .where('space_id', '=', space)
    .orderBy('opened_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toPaper);
}

export async function listPastDeadline(reader: Reader, now: Date): Promise<PaperId[]> {
  const rows = await reader
    .selectFrom('papers')
    .select('id')
    .where('state', '=', 'signing')
    .where('signing_until', '<=', now)
    .execute();
  return rows.map(({ id }) => id);
}

export async function findPublishedText(reader: Reader, id: PaperId): Promise<Buffer | undefined> {
  const row = await reader.selectFrom('papers').select('published_text').where('id', '=', id).executeTakeFirst();
  return row?.published_text ?? undefined;
}

/** Undefined lets the text go again. */
export async function setHeldBy(tx: Tx, id: PaperId, decision: DecisionId | undefined): Promise<void> {
  await tx.db
    .updateTable('papers')
    .set({ held_by: decision ?? null })
    .where('id', '=', id)
    .execute();
}

const json = (answers: Readonly<Record<string, string>>) =>
  sql<Record<string, string>>`${JSON.stringify(answers)}::jsonb`;

export async function setSigning(tx: Tx, id: PaperId, until: Date, answers: Paper['answers']): Promise<void> {
  await tx.db
    .updateTable('papers')
    .set({ state: 'signing', signing_until: until, answers: json(answers) })
    .where('id', '=', id)
    .execute();
}

export async function setPublished(
  tx: Tx,
  id: PaperId,
  published: { readonly text: Buffer; readonly act: string; readonly answers: Paper['answers'] },
): Promise<void> {
  await tx.db
    .updateTable('papers')
    .set({
      state: 'published',
      held_by: null,
      published_at: tx.now,
      published_text: published.text,
      act: published.act,
      answers: json(published.answers),
    })
    .where('id', '=', id)
    .execute();
}

// The text

/** What cannot be read any more stops here: a text is never shown in part. */
export async function listEvents(reader: Reader, id: PaperId): Promise<TextEvent[]> {
  const rows = await reader.selectFrom('text_events').select('event').where('paper_id', '=', id).orderBy('n').execute();
  return rows.map(({ event }) => textEventSchema.parse(event));
}

export async function insertEvents(
  tx: Tx,
  party: PartyId,
  id: PaperId,
  before: number,
  events: readonly TextEvent[],
): Promise<void> {
  await tx.db
    .insertInto('text_events')
    .values(
      events.map((event, index) => ({
        paper_id: id,
        n: before + index + 1,
        party_id: party,
        event: sql`${JSON.stringify(event)}::jsonb`,
        at: tx.now,
      })),
    )
    .execute();
}

// Sign-ons

export interface Signature {
  readonly id: string;
  readonly member: MemberId | undefined;
  readonly name: string | undefined;
  readonly organisation:
    | {
        readonly id: OrganisationId;
        readonly name: string;
        readonly kind: PartyKind;
        readonly country: string | null;
        readonly did: string | null;
      }
    | undefined;
  readonly at: Date;
}

/** Those that stand, in their order. */
export async function listSignatures(reader: Reader, paper: PaperId): Promise<Signature[]> {
  const rows = await reader
    .selectFrom('paper_signatures')
    .leftJoin('members', 'members.id', 'paper_signatures.member_id')
    .leftJoin('organisations', 'organisations.id', 'paper_signatures.organisation_id')
    .select([
      'paper_signatures.id',
      'paper_signatures.member_id',
      'paper_signatures.organisation_id',
      'paper_signatures.signed_at',
      'members.name',
      'members.erased_at',
      'organisations.name as organisation',
      'organisations.kind',
      'organisations.country',
      'organisations.did',
    ])
    .where('paper_id', '=', paper)
    .where('withdrawn_at', 'is', null)
    .orderBy('signed_at')
    .orderBy('paper_signatures.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    member: row.member_id ?? undefined,
    name: row.erased_at === null ? (row.name ?? undefined) : undefined,
    organisation:
      row.organisation_id === null
        ? undefined
        : {
            id: row.organisation_id,
            name: row.organisation ?? '',
            kind: row.kind ?? 'civil-society',
            country: row.country,
            did: row.did,
          },
    at: row.signed_at,
  }));
}

/** False when it stands already. */
export async function insertSignature(
  tx: Tx,
  row: Omit<SignaturesTable, 'signed_at' | 'withdrawn_at'>,
): Promise<boolean> {
  const result = await tx.db
    .insertInto('paper_signatures')
    .values({ ...row, signed_at: tx.now, withdrawn_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function withdrawSignature(tx: Tx, paper: PaperId, id: string): Promise<boolean> {
  const result = await tx.db
    .updateTable('paper_signatures')
    .set({ withdrawn_at: tx.now })
    .where('paper_id', '=', paper)
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Takes a list of members in: all of it, or nothing. */
import { sql } from 'kysely';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import { newMemberId, newOrganisationId } from '../../ids.ts';
import { plainDateAt } from '../../period.ts';
import {
  memberColumns,
  memberTableLimits,
  readMemberRows,
  requiredMemberColumns,
  type MemberDefaults,
  type MemberRow,
} from './import-rows.ts';
import { requireSecretariat } from './member.ts';
import { readNamedRows, type RowFault } from './named-rows.ts';
import { requireParty } from './party.ts';
import { listOrganisationKinds } from './store.ts';

export interface ImportResult {
  readonly read: number;
  readonly added: number;
  /** Here already, or gone at their own wish: nothing of theirs was changed. */
  readonly known: number;
  readonly faults: readonly RowFault[];
}

/**
 * The secretariat vouches that these people belong to the network already; they get no mail that asks them, and whatever they did not agree to
 * themselves is not agreed. `isTrial` does everything and then adds nobody.
 */
export async function importMembers(
  work: Work & Caller,
  pieces: AsyncIterable<Uint8Array>,
  defaults: MemberDefaults,
  isTrial: boolean,
): Promise<ImportResult> {
  requireSecretariat(work);
  const { rows, faults: unreadable } = await readNamedRows(
    pieces,
    memberColumns,
    requiredMemberColumns,
    memberTableLimits,
  );
  const { members, faults } = readMemberRows(rows, defaults, await listOrganisationKinds(work.tx.db));
  const all = [...unreadable, ...faults].toSorted((a, b) => a.row - b.row);
  const known = await countKnown(work, members);
  const counts = { read: rows.length + unreadable.length, known, faults: all };
  if (isTrial || all.length > 0) return { ...counts, added: isTrial && all.length === 0 ? members.length - known : 0 };
  await addOrganisations(work, members);
  const added = await addMembers(work, members);
  await work.tx.audit('member.import', { read: counts.read, added });
  return { ...counts, added };
}

const pieceRows = 2000;

function* piecesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += pieceRows) yield items.slice(at, at + pieceRows);
}

async function countKnown({ tx }: Work, members: readonly MemberRow[]): Promise<number> {
  let known = 0;
  for (const piece of piecesOf(members)) {
    const { count } = await tx.db
      .selectFrom('members')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('email', '=', sql<string>`any(${piece.map(({ email }) => email)}::text[])`)
      .executeTakeFirstOrThrow();
    known += count;
  }
  return known;
}

async function addOrganisations(work: Work, members: readonly MemberRow[]): Promise<void> {
  const party = requireParty(work);
  const named = new Map(
    members.flatMap((member) =>
      member.organisation === undefined
        ? []
        : [[member.organisation.toLowerCase(), { ...member, name: member.organisation }] as const],
    ),
  );
  for (const piece of piecesOf([...named.values()]))
    await work.tx.db
      .insertInto('organisations')
      .values(
        piece.map(({ name, constituency, country }) => ({
          id: newOrganisationId(),
          party_id: party,
          name,
          kind: constituency,
          country: country ?? null,
          did: null,
          website: null,
          revision: 1,
          created_at: work.tx.now,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

async function addMembers(work: Work, members: readonly MemberRow[]): Promise<number> {
  const { tx } = work;
  const party = requireParty(work);
  const joinedOn = plainDateAt(tx.now, 'UTC');
  let added = 0;
  for (const piece of piecesOf(members)) {
    const rows = JSON.stringify(piece.map((member) => ({ ...member, id: newMemberId() })));
    const { numAffectedRows } = await sql`
      insert into members (id, party_id, email, name, language, time_zone, organisation_id, constituency, country, about, digest, mail_state,
        joined_on, confirmed_at, revision)
      select given.id, ${party}, given.email, given.name, given.language, given."timeZone", organisations.id, given.constituency, given.country,
        given.about, given.digest, 'active', ${joinedOn}, ${tx.now}, 1
      from jsonb_to_recordset(${rows}::jsonb) as given (id uuid, email text, name text, language text, "timeZone" text, organisation text,
        constituency text, country text, about text, digest text)
      left join organisations on lower(organisations.name) = lower(given.organisation)
      on conflict on constraint members_email_key do nothing`.execute(tx.db);
    added += Number(numAffectedRows ?? 0n);
  }
  return added;
}

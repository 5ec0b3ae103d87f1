import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import { encodeIntArray } from '../import/int-arrays.ts';
import type { Contact } from './unit-rows.ts';

declare module '../../../db/schema.ts' {
  interface Tables {
    place_contacts: {
      id: Generated<number>;
      party_id: PartyId;
      place_id: number;
      name: string;
      phone: string | null;
      email: string | null;
    };
    expected_reports: {
      place_id: number;
      set_id: number;
      party_id: PartyId;
      since: PlainDate;
      until: PlainDate | null;
    };
  }
}

export interface Expectation {
  readonly placeId: number;
  readonly setId: number;
  readonly since: PlainDate;
  readonly until: PlainDate | undefined;
}

export async function listExpectations(reader: Reader, set?: number): Promise<readonly Expectation[]> {
  let query = reader
    .selectFrom('expected_reports')
    .select(['place_id as placeId', 'set_id as setId', 'since', 'until']);
  if (set !== undefined) query = query.where('set_id', '=', set);
  const rows = await query.orderBy('place_id').orderBy('set_id').execute();
  return rows.map(({ until, ...row }) => ({ ...row, until: until ?? undefined }));
}

export async function saveExpectations(tx: Tx, party: PartyId, expectations: readonly Expectation[]): Promise<void> {
  if (expectations.length === 0) return;
  const given = expectations.map(({ placeId, setId, since, until }) => ({
    place_id: placeId,
    set_id: setId,
    since,
    until: until ?? null,
  }));
  await sql`insert into expected_reports (place_id, set_id, party_id, since, until)
    select place_id, set_id, ${party}, since, until
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (place_id integer, set_id integer, since date, until date)
    on conflict (place_id, set_id) do update set since = excluded.since, until = excluded.until`.execute(tx.db);
}

export async function removeExpectations(tx: Tx, place: number, sets: readonly number[]): Promise<void> {
  if (sets.length === 0) return;
  await tx.db.deleteFrom('expected_reports').where('place_id', '=', place).where('set_id', 'in', sets).execute();
}

/** In the order to try them. */
export async function listContacts(
  reader: Reader,
  places: readonly number[],
): Promise<ReadonlyMap<number, readonly Contact[]>> {
  const rows = await reader
    .selectFrom('place_contacts')
    .select(['place_id as placeId', 'name', 'phone', 'email'])
    .where('place_id', '=', sql<number>`any(${encodeIntArray(Int32Array.from(places))}::int4[])`)
    .orderBy('id')
    .execute();
  const contacts = rows.map(({ phone, email, ...row }) => ({
    ...row,
    phone: phone ?? undefined,
    email: email ?? undefined,
  }));
  return Map.groupBy(contacts, ({ placeId }) => placeId);
}

/** These and no others. */
export async function replaceContacts(
  tx: Tx,
  party: PartyId,
  contacts: readonly { readonly placeId: number; readonly contacts: readonly Contact[] }[],
): Promise<void> {
  const places = encodeIntArray(Int32Array.from(contacts, ({ placeId }) => placeId));
  await sql`delete from place_contacts where place_id = any(${places}::int4[])`.execute(tx.db);
  const given = contacts.flatMap(({ placeId, contacts: people }) =>
    people.map(({ name, phone, email }) => ({ place_id: placeId, name, phone: phone ?? null, email: email ?? null })),
  );
  await sql`insert into place_contacts (party_id, place_id, name, phone, email)
    select ${party}, place_id, name, phone, email
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (place_id integer, name text, phone text, email text)`.execute(
    tx.db,
  );
}

import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import type { Geometry } from '../../../ui/map-geometry.ts';
import { encodeIntArray } from '../import/int-arrays.ts';
import type { PlaceEntry } from '../import/report-rows.ts';
import type { Place, PlaceDescription, PlaceKind } from './place.ts';

interface PlacesTable {
  id: Generated<number>;
  party_id: PartyId;
  code: string;
  name: string;
  kind: PlaceKind;
  parent_id: number | null;
  level: number;
  latitude: number | null;
  longitude: number | null;
  population: number | null;
  shape: unknown;
  valid_from: PlainDate | null;
  valid_until: PlainDate | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    places: PlacesTable;
    place_neighbours: { place_id: number; neighbour_id: number; party_id: PartyId };
  }
}

const selectPlaces = (reader: Reader) =>
  reader
    .selectFrom('places')
    .leftJoin('places as above', 'above.id', 'places.parent_id')
    .select([
      'places.id',
      'places.code',
      'places.name',
      'places.kind',
      'places.parent_id as parentId',
      'above.code as parent',
      'places.level',
      'places.latitude',
      'places.longitude',
      'places.population',
      'places.valid_from as validFrom',
      'places.valid_until as validUntil',
    ]);

type PlaceRow = Awaited<ReturnType<ReturnType<typeof selectPlaces>['execute']>>[number];

function toPlace(row: PlaceRow): Place {
  const { latitude, longitude } = row;
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    kind: row.kind,
    parentId: row.parentId ?? undefined,
    parent: row.parent ?? undefined,
    level: row.level,
    point: latitude === null || longitude === null ? undefined : { latitude, longitude },
    population: row.population ?? undefined,
    validFrom: row.validFrom ?? undefined,
    validUntil: row.validUntil ?? undefined,
  };
}

/** All of a party's places, without their shapes, by name. */
export async function listPlaces(reader: Reader): Promise<readonly Place[]> {
  return (await selectPlaces(reader).orderBy('places.name').orderBy('places.code').execute()).map(toPlace);
}

export async function findPlace(reader: Reader, code: string): Promise<Place | undefined> {
  const row = await selectPlaces(reader).where('places.code', '=', code).executeTakeFirst();
  return row && toPlace(row);
}

/** By code, as much as reading a file of reports needs. */
export async function listPlaceEntries(reader: Reader): Promise<ReadonlyMap<string, PlaceEntry>> {
  const rows = await reader.selectFrom('places').select(['code', 'id', 'valid_from', 'valid_until']).execute();
  return new Map(
    rows.map(({ code, id, valid_from: from, valid_until: until }) => [
      code,
      { id, validFrom: from ?? undefined, validUntil: until ?? undefined },
    ]),
  );
}

export async function listShapes(
  reader: Reader,
): Promise<readonly { readonly code: string; readonly level: number; readonly shape: Geometry | undefined }[]> {
  const rows = await reader
    .selectFrom('places')
    .select(['code', 'level', 'shape'])
    .where('shape', 'is not', null)
    .execute();
  return rows.map(({ code, level, shape }) => ({ code, level, shape: (shape as Geometry | null) ?? undefined }));
}

export async function listShapesOf(reader: Reader, places: readonly number[]): Promise<ReadonlyMap<number, Geometry>> {
  const rows = await reader
    .selectFrom('places')
    .select(['id', 'shape'])
    .where('id', '=', sql<number>`any(${encodeIntArray(Int32Array.from(places))}::int4[])`)
    .where('shape', 'is not', null)
    .execute();
  return new Map(rows.map(({ id, shape }) => [id, shape as Geometry]));
}

// A statement with a hundred thousand places would be one message of many megabytes.
const placesInOneStatement = 2000;

/** Parents first, or held already. A place without a shape keeps the one it has. */
export async function savePlaces(tx: Tx, party: PartyId, places: readonly PlaceDescription[]): Promise<void> {
  for (let at = 0; at < places.length; at += placesInOneStatement) {
    const batch = places.slice(at, at + placesInOneStatement).map((place) => ({
      code: place.code,
      name: place.name,
      kind: place.kind,
      level: place.level,
      latitude: place.point?.latitude ?? null,
      longitude: place.point?.longitude ?? null,
      population: place.population ?? null,
      shape: place.shape ?? null,
      valid_from: place.validFrom ?? null,
      valid_until: place.validUntil ?? null,
      parent: place.parent ?? null,
    }));
    await sql`insert into places (party_id, code, name, kind, level, latitude, longitude, population, shape, valid_from, valid_until)
      select ${party}, code, name, kind, level, latitude, longitude, population, nullif(shape, 'null'::jsonb), valid_from, valid_until
      from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as given (code text, name text, kind text, level smallint,
        latitude double precision, longitude double precision, population integer, shape jsonb, valid_from date, valid_until date)
      on conflict (party_id, code) do update set name = excluded.name, kind = excluded.kind, level = excluded.level,
        latitude = excluded.latitude, longitude = excluded.longitude, population = excluded.population,
        shape = coalesce(excluded.shape, places.shape), valid_from = excluded.valid_from, valid_until = excluded.valid_until`.execute(
      tx.db,
    );
    await sql`update places set parent_id = above.id
      from jsonb_to_recordset(${JSON.stringify(batch.map(({ code, parent }) => ({ code, parent })))}::jsonb) as given (code text, parent text)
      left join places as above on above.code = given.parent and above.party_id = ${party}
      where places.code = given.code and places.party_id = ${party} and places.parent_id is distinct from above.id`.execute(
      tx.db,
    );
  }
}

/** Pairs of ids; those held already stay. Returns how many are new. */
export async function addNeighbours(
  tx: Tx,
  party: PartyId,
  pairs: readonly (readonly [number, number])[],
): Promise<number> {
  const [low, high] = [pairs.map(([a, b]) => Math.min(a, b)), pairs.map(([a, b]) => Math.max(a, b))].map((ids) =>
    encodeIntArray(Int32Array.from(ids)),
  );
  const { numAffectedRows } = await sql`insert into place_neighbours (place_id, neighbour_id, party_id)
    select low, high, ${party} from unnest(${low}::int4[], ${high}::int4[]) as pair (low, high)
    on conflict (place_id, neighbour_id) do nothing`.execute(tx.db);
  return Number(numAffectedRows ?? 0n);
}

export async function countNeighbours(reader: Reader): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ id: number; count: number }>`select id, count(*)::integer as count from (
      select place_id as id from place_neighbours union all select neighbour_id from place_neighbours
    ) as ends group by id`.execute(reader);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

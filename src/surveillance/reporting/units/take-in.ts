import type { Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import { plainDateAt } from '../../../period.ts';
import * as indicators from '../indicators/store.ts';
import { readRows, rejectRows } from '../import/rows.ts';
import type { FileToTakeIn } from '../import/take-in.ts';
import type { Counts } from '../import/take-in-reports.ts';
import type { Place, PlaceDescription } from '../places/place.ts';
import * as places from '../places/store.ts';
import * as store from './store.ts';
import { readUnits, type UnitDescription } from './unit-rows.ts';

/**
 * A unit is a place that owes reports. One whose code is a place already is that place; any other becomes a facility in the place
 * it names. Its contact, when the file gives one, takes the place of those held.
 */
export async function takeInUnits(tx: Tx, party: PartyId, file: FileToTakeIn): Promise<Counts> {
  const { rows, broken } = await readRows('units', file.pieces, file.mapping);
  const held = new Map((await places.listPlaces(tx.db)).map((place) => [place.code, place]));
  const sets = new Map((await indicators.listSets(tx.db)).map(({ code, id }) => [code, id]));
  const { units, rejections } = readUnits(rows, { places: held, sets: new Set(sets.keys()) });

  const moved = units.flatMap((unit) => describePlace(unit, held) ?? []);
  await places.savePlaces(tx, party, moved);
  const ids = await places.listPlaceEntries(tx.db);
  const idOf = (unit: UnitDescription): number => ids.get(unit.code)?.id ?? 0;

  const expected = new Map(
    (await store.listExpectations(tx.db)).map((each) => [`${each.placeId} ${each.setId}`, each]),
  );
  const today = plainDateAt(tx.now, 'UTC');
  const wanted = units.flatMap((unit) =>
    unit.expects.map(({ set, since }) => {
      const key = { placeId: idOf(unit), setId: sets.get(set) ?? 0 };
      const before = expected.get(`${key.placeId} ${key.setId}`);
      return { unit, before, wish: { ...key, since: since ?? before?.since ?? today, until: undefined } };
    }),
  );
  const owed = wanted.filter(({ before, wish }) => before?.since !== wish.since || before.until !== undefined);
  await store.saveExpectations(
    tx,
    party,
    owed.map(({ wish }) => wish),
  );

  const contacts = await store.listContacts(tx.db, units.map(idOf));
  const reachable = units.filter(({ contact }) => contact !== undefined);
  const called = reachable.filter((unit) => {
    const [before, ...others] = contacts.get(idOf(unit)) ?? [];
    const { contact } = unit;
    return (
      others.length > 0 ||
      before?.name !== contact?.name ||
      before?.phone !== contact?.phone ||
      before?.email !== contact?.email
    );
  });
  await store.replaceContacts(
    tx,
    party,
    called.map((unit) => ({ placeId: idOf(unit), contacts: unit.contact ? [unit.contact] : [] })),
  );

  const touched = new Set([
    ...moved.map(({ code }) => code),
    ...owed.map(({ unit }) => unit.code),
    ...called.map(({ code }) => code),
  ]);
  const accepted = units.filter(({ code }) => !held.has(code)).length;
  const all = [...broken, ...rejections];
  rejectRows(file.rejections, file.mapping, all);
  return {
    accepted,
    changed: touched.size - accepted,
    unchanged: units.length - touched.size,
    empty: 0,
    rejected: all.length,
  };
}

/** Undefined: it is held already, just so. */
function describePlace(unit: UnitDescription, held: ReadonlyMap<string, Place>): PlaceDescription | undefined {
  const before = held.get(unit.code);
  const parent = unit.place ?? before?.parent;
  if (before && before.name === unit.name && before.parent === parent) return undefined;
  const above = parent === undefined ? undefined : held.get(parent);
  const fresh = { point: undefined, population: undefined, validFrom: undefined, validUntil: undefined } as const;
  const known = before ?? { ...fresh, kind: 'facility' as const, level: Math.min(20, (above?.level ?? -1) + 1) };
  return {
    code: unit.code,
    name: unit.name,
    parent,
    kind: known.kind,
    level: known.level,
    point: known.point,
    population: known.population,
    shape: undefined,
    validFrom: known.validFrom,
    validUntil: known.validUntil,
  };
}

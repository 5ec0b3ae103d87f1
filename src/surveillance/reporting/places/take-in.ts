import type { Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import { checkColumns } from '../import/mapping.ts';
import { readRows, rejectRows, type RowRejection } from '../import/rows.ts';
import type { FileToTakeIn } from '../import/take-in.ts';
import type { Counts } from '../import/take-in-reports.ts';
import { FileError } from '../import/text-stream.ts';
import { findNeighbours, listProperties, readDocument, readGeojson } from './geojson.ts';
import { readPlaces, type PlaceRow } from './place-rows.ts';
import * as store from './store.ts';

export async function takeInPlaces(tx: Tx, party: PartyId, file: FileToTakeIn): Promise<Counts> {
  const { rows, broken } = await readPlaceRows(file);
  const held = await store.listPlaces(tx.db);
  const reading = readPlaces(rows, held);
  await store.savePlaces(tx, party, reading.differing);
  if (reading.differing.some(({ shape }) => shape)) {
    const idOf = await store.listPlaceEntries(tx.db);
    const pairs = findNeighbours(await store.listShapes(tx.db));
    await store.addNeighbours(
      tx,
      party,
      pairs.map(([a, b]) => [idOf.get(a)?.id ?? 0, idOf.get(b)?.id ?? 0] as const),
    );
  }
  const rejections = [...broken, ...reading.rejections];
  rejectRows(file.rejections, file.mapping, rejections);
  const { added, changed, unchanged } = reading;
  return { accepted: added, changed, unchanged, empty: 0, rejected: rejections.length };
}

interface PlaceRows {
  readonly rows: readonly PlaceRow[];
  readonly broken: readonly RowRejection[];
}

async function readPlaceRows({ pieces, mapping, mediaType }: FileToTakeIn): Promise<PlaceRows> {
  if (mediaType !== 'application/geo+json') return readRows('places', pieces, mapping);
  const document = await readDocument(pieces);
  checkColumns('places', listProperties(document), mapping.columns);
  const rows = readGeojson(document, mapping.columns);
  if (!rows) throw new FileError('not-geojson');
  return { rows, broken: [] };
}

export async function takeInNeighbours(tx: Tx, party: PartyId, file: FileToTakeIn): Promise<Counts> {
  const { rows, broken } = await readRows('neighbours', file.pieces, file.mapping);
  const idOf = await store.listPlaceEntries(tx.db);
  const rejections: RowRejection[] = [...broken];
  const pairs: (readonly [number, number])[] = [];
  for (const row of rows) {
    const [place, neighbour] = [idOf.get(row.cells['place'] ?? ''), idOf.get(row.cells['neighbour'] ?? '')];
    if (!place) rejections.push({ ...row, role: 'place', code: 'place-unknown' });
    else if (!neighbour) rejections.push({ ...row, role: 'neighbour', code: 'place-unknown' });
    else if (place.id === neighbour.id) rejections.push({ ...row, role: 'neighbour', code: 'own-neighbour' });
    else pairs.push([place.id, neighbour.id]);
  }
  const added = await store.addNeighbours(tx, party, pairs);
  rejectRows(file.rejections, file.mapping, rejections);
  return { accepted: added, changed: 0, unchanged: pairs.length - added, empty: 0, rejected: rejections.length };
}

/** A file of any content into the tables it is about. All of it in the caller's transaction. */
import type { Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import { takeInIndicators } from '../indicators/take-in.ts';
import * as indicators from '../indicators/store.ts';
import { takeInNeighbours, takeInPlaces } from '../places/take-in.ts';
import * as places from '../places/store.ts';
import { takeInUnits } from '../units/take-in.ts';
import type { Content, Mapping } from './mapping.ts';
import type { Rejections } from './rejections.ts';
import { takeInReports, type Counts } from './take-in-reports.ts';

export interface FileToTakeIn {
  readonly submission: number;
  readonly content: Content;
  readonly mediaType: string;
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly mapping: Mapping;
  readonly rejections: Rejections;
  readonly onProgress?: ((values: number) => void) | undefined;
}

export async function takeIn(tx: Tx, party: PartyId, file: FileToTakeIn): Promise<Counts> {
  switch (file.content) {
    case 'places':
      return takeInPlaces(tx, party, file);
    case 'neighbours':
      return takeInNeighbours(tx, party, file);
    case 'units':
      return takeInUnits(tx, party, file);
    case 'indicators':
      return takeInIndicators(tx, party, file);
    case 'reports': {
      const directory = {
        places: await places.listPlaceEntries(tx.db),
        indicators: await indicators.listIndicatorEntries(tx.db),
      };
      return takeInReports(tx, party, { ...file, directory });
    }
  }
}

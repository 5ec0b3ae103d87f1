import type { Work } from '../../../house.ts';
import { plainDateAt, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { requireParty } from '../../person.ts';
import * as indicators from '../indicators/store.ts';
import * as places from '../places/store.ts';
import * as store from './store.ts';
import type { Contact } from './unit-rows.ts';

export interface UnitGiven {
  readonly code: string;
  readonly contacts: readonly Contact[];
  /** Codes of the forms that the place owes; any other it owes no longer. */
  readonly forms: readonly string[];
  /** For forms that are new to it; undefined: from now on. */
  readonly since: PlainDate | undefined;
}

export async function saveUnit(work: Work, unit: UnitGiven): Promise<void> {
  const { tx } = work;
  const party = requireParty(work);
  const place = await places.findPlace(tx.db, unit.code);
  if (!place) throw problem.notFound({ what: 'place' });
  const sets = await indicators.listSets(tx.db);
  const wanted = unit.forms.map((form) => sets.find(({ code }) => code === form));
  if (wanted.includes(undefined))
    throw problem.inputInvalid({ fields: [{ path: 'forms', code: 'not-a-choice', message: 'not-a-choice' }] });
  const wantedIds = wanted.flatMap((set) => set?.id ?? []);
  const held = (await store.listExpectations(tx.db)).filter(({ placeId }) => placeId === place.id);
  const since = unit.since ?? plainDateAt(tx.now, 'UTC');
  const fresh = wantedIds.filter((id) => !held.some(({ setId }) => setId === id));
  await store.saveExpectations(
    tx,
    party,
    fresh.map((setId) => ({ placeId: place.id, setId, since, until: undefined })),
  );
  await store.removeExpectations(
    tx,
    place.id,
    held.map(({ setId }) => setId).filter((id) => !wantedIds.includes(id)),
  );
  await store.replaceContacts(tx, party, [{ placeId: place.id, contacts: unit.contacts }]);
  await tx.audit('unit.change', { place: place.code, forms: unit.forms });
}

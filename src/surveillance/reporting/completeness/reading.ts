/** Completeness of one form, with the names and contacts that a person needs to act on it. */
import type { Reader } from '../../../db/database.ts';
import { parsePeriod, periodOf, plainDateAt, shiftPeriod, startOf, type Period } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import type { IndicatorSet } from '../indicators/indicator.ts';
import * as indicators from '../indicators/store.ts';
import { byName } from '../places/order.ts';
import type { Place } from '../places/place.ts';
import * as places from '../places/store.ts';
import { plantTree } from '../places/tree.ts';
import * as units from '../units/store.ts';
import type { Contact } from '../units/unit-rows.ts';
import { latestDue, measureCompleteness, type Completeness, type UnitReport } from './completeness.ts';
import * as store from './store.ts';

export interface UnitReading extends UnitReport {
  readonly place: Place;
  /** From the top down to the place it lies in. */
  readonly above: readonly Place[];
  readonly contacts: readonly Contact[];
}

export interface CompletenessReading {
  readonly set: IndicatorSet;
  readonly sets: readonly IndicatorSet[];
  readonly period: Period;
  readonly under: Place | undefined;
  readonly completeness: Completeness;
  readonly units: readonly UnitReading[];
  /** Places that others lie in: by which the units can be narrowed down. */
  readonly areas: readonly Place[];
}

export interface CompletenessQuestion {
  /** Codes; undefined: the first form, the latest period due, all places. */
  readonly set?: string | undefined;
  readonly period?: string | undefined;
  readonly under?: string | undefined;
}

/** A year of weeks is more than a page shows; a quarter shows whether something has changed. */
const periodsBack = 12;

/** Undefined while no form is set up. */
export async function readCompleteness(
  reader: Reader,
  question: CompletenessQuestion,
  now: Date,
): Promise<CompletenessReading | undefined> {
  const sets = await indicators.listSets(reader);
  const set = question.set === undefined ? sets[0] : sets.find(({ code }) => code === question.set);
  if (!set) {
    if (question.set === undefined) return undefined;
    throw problem.notFound({ what: 'form' });
  }
  const current = periodOf(set.periodKind, plainDateAt(now, set.timeZone));
  const period = question.period === undefined ? latestDue(set, current, now) : parseQuestioned(set, question.period);
  const all = await places.listPlaces(reader);
  const tree = plantTree(all);
  const under = question.under === undefined ? undefined : all.find(({ code }) => code === question.under);
  if (question.under !== undefined && !under) throw problem.notFound({ what: 'place' });
  const within = under && new Set(tree.within(under.id).map(({ id }) => id));
  const owing = (await units.listExpectations(reader, set.id)).filter(({ placeId }) => within?.has(placeId) ?? true);
  const first = startOf(shiftPeriod(period, -periodsBack));
  const received = await store.listReceived(reader, set.id, first, startOf(period));
  const completeness = measureCompleteness({ deadline: set, period, back: periodsBack, units: owing, received, now });
  const contacts = await units.listContacts(
    reader,
    owing.map(({ placeId }) => placeId),
  );
  const described = completeness.units.flatMap((report): readonly UnitReading[] => {
    const place = tree.find(report.placeId);
    return place ? [{ ...report, place, above: tree.above(place.id), contacts: contacts.get(place.id) ?? [] }] : [];
  });
  const areas = all.filter(({ id }) => tree.childrenOf(id).length > 0).toSorted(byName);
  return { set, sets, period, under, completeness, units: inOrder(described), areas };
}

function parseQuestioned(set: IndicatorSet, text: string): Period {
  const parsed = parsePeriod(set.periodKind, text);
  if (parsed.error !== undefined)
    throw problem.inputInvalid({ fields: [{ path: 'period', code: parsed.error, message: parsed.error }] });
  return parsed.value;
}

/** The order of urgency, and among equals that of a list of names. */
function inOrder(units: readonly UnitReading[]): readonly UnitReading[] {
  return units
    .map((unit, at) => ({ unit, at }))
    .toSorted((a, b) => {
      const isEqual = a.unit.status === b.unit.status && a.unit.silentPeriods === b.unit.silentPeriods;
      return isEqual ? byName(a.unit.place, b.unit.place) : a.at - b.at;
    })
    .map(({ unit }) => unit);
}

/**
 * What a session costs the climate if people come as they registered, if all come, if whoever would have to fly stays at home, and where it would cost
 * least. From countries only: a country stands for its principal city, and nobody who travels inside the country of the meeting is counted. Sums are
 * given to two figures, so that one more registration does not tell from where; nothing is told of fewer than five travellers.
 */
import { bestHub, distanceKm, tripCarbon, type Place } from './carbon.ts';
import { leastPeople } from './funnel.ts';
import { placeOfCountry } from './zone-places.ts';

export interface FromCountry {
  /** Undefined: not said. They count like the mean of the others. */
  readonly country: string | undefined;
  readonly inPerson: boolean;
  readonly people: number;
}

export interface MeetingPlace extends Place {
  readonly country: string;
}

export const scenarios = ['registered', 'all-in-person', 'hybrid', 'all-remote'] as const;
export type Scenario = (typeof scenarios)[number];

export interface ScenarioCarbon {
  readonly scenario: Scenario;
  /** Tonnes CO2e, there and back with nights; null: fewer than five would travel. */
  readonly tonnes: number | null;
  readonly kg: number;
}

export interface CarbonComparison {
  readonly scenarios: readonly ScenarioCarbon[];
  /** Where all together would travel least; undefined where it is here, or nobody may be told. */
  readonly hub: { readonly country: string; readonly tonnes: number } | undefined;
}

/** A day on the train. Beyond it, people fly. */
const groundKm = 700;
const nightsAway = 2;

function travelKg(from: string, meeting: MeetingPlace): { readonly kg: number; readonly flies: boolean } | undefined {
  const home = placeOfCountry(from);
  if (!home) return undefined;
  if (from === meeting.country) return { kg: 0, flies: false };
  const flies = distanceKm(home, meeting) > groundKm;
  const trip = tripCarbon({
    from: home,
    to: meeting,
    mode: flies ? 'flight' : 'rail',
    nights: nightsAway,
    country: meeting.country,
  });
  return { kg: trip.travelKg + trip.hotelKg, flies };
}

export function compareCarbon(people: readonly FromCountry[], meeting: MeetingPlace): CarbonComparison {
  const inPerson = people.filter((group) => group.inPerson);
  const ground = (group: FromCountry): boolean =>
    group.country !== undefined && travelKg(group.country, meeting)?.flies === false;
  const sumOf = (some: readonly FromCountry[], at: MeetingPlace = meeting): ScenarioCarbon['kg'] | null => {
    const known = some.flatMap(({ country, people: count }) => {
      const travel = country === undefined ? undefined : travelKg(country, at);
      return travel ? [{ kg: travel.kg * count, count }] : [];
    });
    const counted = known.reduce((sum, { count }) => sum + count, 0);
    if (counted < leastPeople) return null;
    const all = some.reduce((sum, { people: count }) => sum + count, 0);
    return (known.reduce((sum, { kg }) => sum + kg, 0) * all) / counted;
  };
  const given = (scenario: Scenario, kg: number | null): ScenarioCarbon => ({
    scenario,
    kg: kg ?? 0,
    tonnes: kg === null ? null : twoFigures(kg / 1000),
  });
  const all = sumOf(people);
  return {
    scenarios: [
      given('registered', sumOf(inPerson)),
      given('all-in-person', all),
      given('hybrid', sumOf(people.filter(ground))),
      // Nobody travels, however few they are.
      given('all-remote', 0),
    ],
    hub: all === null ? undefined : findHub(people, meeting, sumOf),
  };
}

function findHub(
  people: readonly FromCountry[],
  meeting: MeetingPlace,
  sumOf: (some: readonly FromCountry[], at: MeetingPlace) => number | null,
): CarbonComparison['hub'] {
  const homes = people.flatMap(({ country, people: count }) => {
    const place = country === undefined ? undefined : placeOfCountry(country);
    return place ? Array.from({ length: count }, () => place) : [];
  });
  // A country is named only where five people or more are at home: the hub must not tell that somebody comes from there.
  const hubs = [...new Set(homes)].filter((home) => homes.filter((other) => other === home).length >= leastPeople);
  const hub = bestHub(hubs, homes);
  const kg = hub && hub.country !== meeting.country ? sumOf(people, hub) : null;
  return hub && kg !== null ? { country: hub.country, tonnes: twoFigures(kg / 1000) } : undefined;
}

const twoFigures = (value: number): number => Number(value.toPrecision(2));

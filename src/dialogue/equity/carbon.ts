/**
 * What it costs the climate that people travel to meet, beside meeting otherwise. Factors: UK Government GHG Conversion Factors for Company
 * Reporting 2024 (DESNZ), kg CO2e for each passenger and kilometre, economy class where there are classes, international factors where
 * there are several. Those of flights contain the 8 % of detours already, so distances are great circles and nothing is added.
 */

export const factorYear = 2024;

export const travelModes = ['flight', 'rail', 'international-rail', 'coach', 'bus', 'taxi'] as const;
export type TravelMode = (typeof travelModes)[number];

/** With the effects of flying beyond CO2 (70 % more), as the source advises; and without. */
export const flightKgPerKm = { withIndirect: 0.13465, direct: 0.07948 } as const;

const groundKgPerKm: Readonly<Record<Exclude<TravelMode, 'flight'>, number>> = {
  rail: 0.03546,
  'international-rail': 0.00446,
  coach: 0.02717,
  bus: 0.10846,
  taxi: 0.14861,
};

/** For each room and night, by country; where the source has none, the median of those it has. */
const hotelKgPerNight: Readonly<Record<string, number>> = {
  AE: 63.8,
  AU: 35,
  BE: 12.2,
  BR: 8.7,
  CA: 7.4,
  CH: 6.6,
  CL: 27.6,
  CN: 53.5,
  CO: 14.7,
  CR: 4.7,
  DE: 13.2,
  EG: 44.2,
  ES: 7,
  FR: 6.7,
  GB: 10.4,
  HK: 51.5,
  ID: 62.7,
  IN: 58.9,
  IT: 14.3,
  JO: 68.9,
  JP: 39,
  KR: 55.8,
  MV: 152.2,
  MX: 19.3,
  MY: 61.5,
  NL: 14.8,
  OM: 90.3,
  PH: 54.3,
  PT: 19,
  QA: 86.2,
  RU: 24.2,
  SA: 106.4,
  SG: 24.5,
  TH: 43.4,
  TR: 32.1,
  US: 16.1,
  VN: 38.5,
  ZA: 51.4,
};

export interface Place {
  /** Degrees, WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
}

/** Mean radius of the Earth, IUGG. The great circle differs from the ellipsoid by at most half a percent. */
const earthRadiusKm = 6371.0088;

export function distanceKm(from: Place, to: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [a, b] = [radians(from.latitude), radians(to.latitude)];
  const haversine =
    Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

export interface Trip {
  readonly from: Place;
  readonly to: Place;
  readonly mode: TravelMode;
  readonly nights: number;
  /** ISO 3166-1 alpha-2, of the hotel. */
  readonly country: string;
}

export interface TripCarbon {
  readonly kmBothWays: number;
  readonly travelKg: number;
  readonly hotelKg: number;
  /** Of the factors: they change every year, and figures of two years are not compared. */
  readonly factorYear: number;
  /** The source has no figure for hotels of this country. */
  readonly isHotelAssumed: boolean;
}

/** There and back, in kg CO2e. */
export function tripCarbon({ from, to, mode, nights, country }: Trip): TripCarbon {
  const kmBothWays = 2 * distanceKm(from, to);
  const perKm = mode === 'flight' ? flightKgPerKm.withIndirect : groundKgPerKm[mode];
  const perNight = hotelKgPerNight[country];
  return {
    kmBothWays,
    travelKg: kmBothWays * perKm,
    hotelKg: nights * (perNight ?? medianHotelKg),
    factorYear,
    isHotelAssumed: perNight === undefined && nights > 0,
  };
}

const medianHotelKg = ((): number => {
  const sorted = Object.values(hotelKgPerNight).toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
})();

/** The one of these places to which all together travel the least kilometres: a hub, for asking "what if we met there". */
export function bestHub<Hub extends Place>(hubs: readonly Hub[], people: readonly Place[]): Hub | undefined {
  const total = (hub: Hub): number => people.reduce((sum, person) => sum + distanceKm(person, hub), 0);
  return hubs.toSorted((a, b) => total(a) - total(b))[0];
}

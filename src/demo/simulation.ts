/**
 * Five years of weekly reports of an invented country: seasonal, unevener than chance alone, some late, some corrected, some never sent, and an
 * outbreak that has crossed the border in the last weeks. Pure and seeded: the same seed and week give the same reports.
 */
import { shiftPeriod, startOf, type Period } from '../period.ts';
import { toCsv, type Country, type CountryName, type District, type Facility } from './countries.ts';
import { diseases, type Disease } from './diseases.ts';
import { openRandom, type Random } from './random.ts';

export type Week = Period<'iso-week'>;

export interface ReportRow {
  readonly week: Week;
  readonly facility: string;
  readonly indicator: string;
  readonly value: number;
}

/** What one week brought in: on time, and after the deadline (late reports and corrections of earlier numbers). */
export interface Arrivals {
  readonly week: Week;
  readonly onTime: readonly ReportRow[];
  readonly late: readonly ReportRow[];
}

export interface Reports {
  /** Everything before the weeks that are told one by one. */
  readonly history: readonly ReportRow[];
  readonly recent: readonly Arrivals[];
  /** Codes of the facilities that have not reported the last whole week. */
  readonly silent: readonly string[];
}

export const simulatedWeeks = 260;
/** As far back as the page of completeness looks. */
export const recentWeeks = 13;
export const silentFacilities = 3;

export interface Outbreak {
  readonly indicator: string;
  /** Codes of districts of either country. */
  readonly district: string;
  /** Expected cases of consecutive weeks, the last of them `endsBefore` weeks before the last whole one; negative: after it. */
  readonly cases: readonly number[];
  readonly endsBefore: number;
}

/** Where the outbreak began, where it went inside the country, and where it came to beyond the border. */
export interface BorderStory {
  readonly origin: District;
  readonly second: District;
  readonly beyond: District;
  readonly outbreaks: readonly Outbreak[];
}

/** Of the districts on the border, the one in the middle: its neighbours on both sides tell the story. */
export function tellBorderStory(countries: Readonly<Record<CountryName, Country>>): BorderStory {
  const { Ambria, Sorell } = countries;
  const find = (country: Country, code: string): District | undefined =>
    country.districts.find((district) => district.code === code);
  const onBorder = Ambria.districts.filter(({ neighbours }) => neighbours.some((code) => find(Sorell, code)));
  const middle = Ambria.districts.reduce((sum, { cell }) => sum + cell.centre[1], 0) / Ambria.districts.length;
  const origin = onBorder.toSorted(
    (a, b) => Math.abs(a.cell.centre[1] - middle) - Math.abs(b.cell.centre[1] - middle),
  )[0];
  const around = origin?.neighbours ?? [];
  const second =
    around.flatMap((code) => find(Ambria, code) ?? []).find((district) => onBorder.includes(district)) ??
    around.flatMap((code) => find(Ambria, code) ?? [])[0];
  const beyond = around.flatMap((code) => find(Sorell, code) ?? [])[0];
  if (!origin || !second || !beyond) throw new Error('the drawn countries share no border');
  const far = [Ambria.districts[0], Sorell.districts.at(-1)];
  return {
    origin,
    second,
    beyond,
    outbreaks: [
      { indicator: 'measles', district: origin.code, cases: [2, 4, 8, 17, 30, 44, 52], endsBefore: -1 },
      { indicator: 'measles', district: second.code, cases: [2, 7, 15, 24], endsBefore: -1 },
      { indicator: 'measles', district: beyond.code, cases: [3, 11, 19], endsBefore: -1 },
      // Long over: what a curve of five years also shows.
      ...far.flatMap((district) =>
        district
          ? [{ indicator: 'cholera', district: district.code, cases: [2, 9, 21, 30, 24, 13, 6, 2], endsBefore: 110 }]
          : [],
      ),
      { indicator: 'measles', district: second.code, cases: [3, 8, 15, 22, 18, 9, 4], endsBefore: 160 },
    ],
  };
}

const neverSent = 0.03;
/** A facility that fell silent for a while: chance each week, and for how many. */
const breakChance = 0.001;
const longestBreakWeeks = 10;
const lateShare = 0.12;
const correctedShare = 0.04;

/** Who reports as soon as the week is over. */
const earlyShare = 0.7;

export interface Span {
  /** The latest week whose deadline has passed. */
  readonly lastWhole: Week;
  /** A week is over that need not be reported yet: some have done so. */
  readonly hasEarlyWeek: boolean;
}

export function simulateReports(
  country: Country,
  outbreaks: readonly Outbreak[],
  { lastWhole, hasEarlyWeek }: Span,
  seed: string,
): Reports {
  const early = hasEarlyWeek ? 1 : 0;
  const weeks = Array.from({ length: simulatedWeeks + early }, (_, at) =>
    shiftPeriod(lastWhole, at + 1 - simulatedWeeks),
  );
  const inStory = new Set(outbreaks.filter(({ endsBefore }) => endsBefore <= 0).map(({ district }) => district));
  const silent = chooseSilent(country, inStory, openRandom(`${seed} ${country.code} silent`));
  const history: ReportRow[] = [];
  const recent = weeks
    .slice(-recentWeeks - early)
    .map((week) => ({ week, onTime: [] as ReportRow[], late: [] as ReportRow[] }));
  for (const facility of country.facilities) {
    const random = openRandom(`${seed} ${facility.code}`);
    const district = country.districts.find(({ code }) => code === facility.district);
    if (!district) continue;
    let silentUntil = -1;
    for (const [at, week] of weeks.entries()) {
      const weeksBefore = simulatedWeeks - 1 - at;
      const isLast = weeksBefore <= 0;
      const rows = diseases.map((disease): ReportRow => ({
        week,
        facility: facility.code,
        indicator: disease.code,
        value: countCases(random, disease, district, facility, week, weeksBefore, outbreaks),
      }));
      const [missing, pause, late, corrected] = [
        random.uniform(),
        random.uniform(),
        random.uniform(),
        random.uniform(),
      ];
      // Recent weeks stay whole: their gaps are the silent facilities of the story.
      if (pause < breakChance && weeksBefore > 2 * recentWeeks)
        silentUntil = at + Math.ceil((pause / breakChance) * longestBreakWeeks);
      if (weeksBefore < 0 && missing > earlyShare) continue;
      if (
        isLast
          ? silent.includes(facility.code)
          : at <= silentUntil || (missing < neverSent && weeksBefore >= recentWeeks)
      )
        continue;
      const arrivals = recent[recentWeeks - 1 - weeksBefore];
      if (!arrivals) history.push(...rows);
      else if (!isLast && late < lateShare) arrivals.late.push(...rows);
      else {
        // Of some reports the first version said fewer: the rest came with the correction.
        const first =
          !isLast && corrected < correctedShare
            ? rows.map((row) => ({ ...row, value: Math.floor(row.value * 0.8) }))
            : rows;
        arrivals.onTime.push(...first);
        arrivals.late.push(...rows.filter((row, position) => row.value !== first[position]?.value));
      }
    }
  }
  return { history, recent, silent };
}

function chooseSilent({ facilities }: Country, inStory: ReadonlySet<string>, random: Random): readonly string[] {
  const candidates = facilities
    .filter(({ district }) => !inStory.has(district))
    .map(({ code }) => ({ code, lot: random.uniform() }));
  return candidates
    .toSorted((a, b) => a.lot - b.lot)
    .slice(0, silentFacilities)
    .map(({ code }) => code);
}

function countCases(
  random: Random,
  disease: Disease,
  district: District,
  facility: Facility,
  week: Week,
  weeksBefore: number,
  outbreaks: readonly Outbreak[],
): number {
  const people = district.population * facility.share;
  // The day of the year, as an angle; weeks of 2020-W53 fall where they belong.
  const start = startOf(week);
  const dayOfYear = (Date.parse(start) - Date.parse(`${start.slice(0, 4)}-01-01`)) / 86_400_000;
  const angle = 2 * Math.PI * (dayOfYear / 365.25 - disease.season.peakWeek / 52.18);
  const usual = (people / 100_000) * disease.weeklyPer100k * Math.exp(disease.season.strength * Math.cos(angle));
  const expected = outbreaks
    .filter((outbreak) => outbreak.indicator === disease.code && outbreak.district === district.code)
    .reduce((sum, { cases, endsBefore }) => sum + (cases[cases.length - 1 - (weeksBefore - endsBefore)] ?? 0), 0);
  return random.negativeBinomial(usual, disease.size) + random.poisson(expected * facility.share);
}

/** As a facility's own system would export it. */
export function reportsCsv(rows: readonly ReportRow[]): string {
  return toCsv([
    ['week', 'facility', 'disease', 'cases'],
    ...rows.map(({ week, facility, indicator, value }) => [week.label, facility, indicator, value]),
  ]);
}

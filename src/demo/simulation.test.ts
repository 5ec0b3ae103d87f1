import { describe, expect, test } from 'vitest';
import { parsePeriod, shiftPeriod } from '../period.ts';
import { findNeighbours } from '../surveillance/reporting/places/geojson.ts';
import { phoneForm } from '../surveillance/reporting/units/unit-rows.ts';
import { icd10Form, icd11Form } from '../surveillance/reporting/indicators/indicator.ts';
import { countryNames, drawCountries } from './countries.ts';
import { diseases } from './diseases.ts';
import { openRandom } from './random.ts';
import {
  recentWeeks,
  reportsCsv,
  silentFacilities,
  simulateReports,
  simulatedWeeks,
  tellBorderStory,
  type Week,
} from './simulation.ts';

const parsed = parsePeriod('iso-week', '2026-W46');
if (parsed.error !== undefined) throw new Error(parsed.error);
const lastWeek: Week = parsed.value;
const span = { lastWhole: lastWeek, hasEarlyWeek: false };
const countries = drawCountries('test');
const story = tellBorderStory(countries);
const reports = simulateReports(countries.Ambria, story.outbreaks, span, 'test');
const all = [...reports.history, ...reports.recent.flatMap(({ onTime, late }) => [...onTime, ...late])];

describe('random numbers', () => {
  test('have the mean and the variance that were asked for', () => {
    const random = openRandom('moments');
    const draws = Array.from({ length: 20_000 }, () => random.negativeBinomial(6, 2));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / (draws.length - 1);
    // Standard error of the mean 0.035; variance of the negative binomial: 6 + 36 / 2.
    expect(Math.abs(mean - 6)).toBeLessThan(0.14);
    expect(Math.abs(variance - 24)).toBeLessThan(2);
  });

  test('are the same for the same seed and others for another', () => {
    const draw = (seed: string) => Array.from({ length: 5 }, openRandom(seed).uniform);
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });
});

describe('the island', () => {
  test.each(['test', 'reciproca', 'x', 'y', 'z'])(
    'drawn from %s: the product finds exactly the neighbours that the drawing knows',
    (seed) => {
      const drawn = drawCountries(seed);
      const districts = countryNames.flatMap((name) => drawn[name].districts);
      expect(districts.length).toBe(40);
      const found = findNeighbours(
        districts.map(({ code, cell }) => ({ code, level: 2, shape: { type: 'Polygon', coordinates: [cell.ring] } })),
      );
      const known = districts.flatMap(({ code, neighbours }) =>
        neighbours.filter((other) => code < other).map((other) => [code, other]),
      );
      expect(found.map((pair) => [...pair].toSorted().join(' ')).toSorted()).toEqual(
        known.map((pair) => pair.join(' ')).toSorted(),
      );
    },
  );

  test('its districts fill it without a gap: their areas add up to the area inside the coast', () => {
    const areaOf = (ring: readonly (readonly number[])[]) =>
      ring
        .slice(1)
        .reduce((sum, [x = 0, y = 0], at) => sum + ((ring[at]?.[0] ?? 0) * y - x * (ring[at]?.[1] ?? 0)) / 2, 0);
    const districts = countryNames.flatMap((name) => countries[name].districts);
    const areas = districts.map(({ cell }) => areaOf(cell.ring));
    expect(Math.min(...areas)).toBeGreaterThan(0);
    // Edges that only one district has are the coast.
    const edges = new Map<string, number>();
    const coast: number[] = [];
    const eachEdge = (visit: (a: readonly number[], b: readonly number[]) => void) =>
      districts.forEach(({ cell: { ring } }) => ring.slice(1).forEach((b, at) => visit(ring[at] ?? b, b)));
    const key = (a: readonly number[], b: readonly number[]) => [a.join(), b.join()].toSorted().join(' ');
    eachEdge((a, b) => edges.set(key(a, b), (edges.get(key(a, b)) ?? 0) + 1));
    eachEdge(
      (a, b) => edges.get(key(a, b)) === 1 && coast.push(((a[0] ?? 0) * (b[1] ?? 0) - (b[0] ?? 0) * (a[1] ?? 0)) / 2),
    );
    expect(areas.reduce((sum, area) => sum + area, 0)).toBeCloseTo(
      coast.reduce((sum, part) => sum + part, 0),
      6,
    );
    expect([...edges.values()].every((owners) => owners <= 2)).toBe(true);
  });

  test('each facility has a contact of its own and a number that is kept for fiction', () => {
    const facilities = countryNames.flatMap((name) => countries[name].facilities);
    expect(facilities.length).toBe(80);
    expect(new Set(facilities.map(({ contact }) => contact)).size).toBe(80);
    expect(new Set(facilities.map(({ phone }) => phone)).size).toBe(80);
    for (const { phone } of facilities) {
      expect(phone).toMatch(/^\+44 1632 960\d{3}$/);
      expect(phone).toMatch(phoneForm);
    }
  });

  test('the codes of its diseases have the form the product takes', () => {
    for (const { icd10, icd11 } of diseases) {
      expect(icd10).toMatch(icd10Form);
      expect(icd11).toMatch(icd11Form);
    }
  });
});

describe('the reports', () => {
  test('are the same for the same seed, as bytes', () => {
    const again = simulateReports(countries.Ambria, story.outbreaks, span, 'test');
    expect(reportsCsv(again.history)).toBe(reportsCsv(reports.history));
    expect(again.silent).toEqual(reports.silent);
  });

  test('three facilities are silent in the last week, and only they', () => {
    expect(reports.silent.length).toBe(silentFacilities);
    const last = reports.recent.at(-1);
    const reported = new Set([...(last?.onTime ?? []), ...(last?.late ?? [])].map(({ facility }) => facility));
    expect(
      countries.Ambria.facilities
        .filter(({ code }) => !reported.has(code))
        .map(({ code }) => code)
        .toSorted(),
    ).toEqual([...reports.silent].toSorted());
  });

  test('of a week that is over and not due yet, some have come; the whole weeks stay as they are', () => {
    const early = simulateReports(countries.Ambria, story.outbreaks, { ...span, hasEarlyWeek: true }, 'test');
    const last = early.recent.at(-1);
    expect([last?.week.label, early.recent.length]).toEqual([shiftPeriod(lastWeek, 1).label, recentWeeks + 1]);
    const share = new Set(last?.onTime.map(({ facility }) => facility)).size / 40;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.95);
    expect(reportsCsv(early.recent.at(-2)?.onTime ?? [])).toBe(reportsCsv(reports.recent.at(-1)?.onTime ?? []));
  });

  test('what is missing has no row; some reports are late, some are corrected', () => {
    const whole = simulatedWeeks * countries.Ambria.facilities.length * diseases.length;
    const keys = new Set(all.map(({ week, facility, indicator }) => `${week.label} ${facility} ${indicator}`));
    expect(keys.size).toBeLessThan(whole);
    expect(keys.size).toBeGreaterThan(whole * 0.9);
    expect(all.length).toBeGreaterThan(keys.size);
    expect(reports.recent.length).toBe(recentWeeks);
    expect(reports.recent.slice(0, -1).every(({ late }) => late.length > 0)).toBe(true);
  });

  test('the outbreak begins in one district, goes on to the next and crosses the border', () => {
    const sumOf = (rows: readonly (typeof all)[number][], district: string, back: number) =>
      rows
        .filter(
          ({ week, facility, indicator }) =>
            indicator === 'measles' &&
            facility.startsWith(district) &&
            week.label === shiftPeriod(lastWeek, -back).label,
        )
        .reduce((sum, { value }) => sum + value, 0);
    expect(sumOf(all, story.origin.code, 0)).toBeGreaterThan(25);
    expect(sumOf(all, story.origin.code, 20)).toBeLessThan(6);
    expect(sumOf(all, story.second.code, 0)).toBeGreaterThan(6);
    const beyond = simulateReports(countries.Sorell, story.outbreaks, span, 'test');
    const rows = beyond.recent.flatMap(({ onTime, late }) => [...onTime, ...late]);
    expect(sumOf(rows, story.beyond.code, 0)).toBeGreaterThan(4);
    expect(story.origin.neighbours).toContain(story.beyond.code);
  });

  test('counts vary more than chance alone would make them', () => {
    const counts = all
      .filter(({ indicator, facility }) => indicator === 'ili' && facility === countries.Ambria.facilities[0]?.code)
      .map(({ value }) => value);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    expect(variance / mean).toBeGreaterThan(2);
  });
});

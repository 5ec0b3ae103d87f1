/**
 * Where, and since when, are there more cases than elsewhere? The prospective scan of @reciproca/detect over the areas that report an
 * indicator. Its simulations are done in parts, each from its own seed, so that it shows how far it is; a cluster's p value is its rank
 * among all of them.
 */
import { scanSpaceTime, type ScanInput } from '@reciproca/detect/scan';
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import type { House } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { periodKinds, periodOf, shiftPeriod, startOf, type PeriodKind } from '../../period.ts';
import type { Geometry } from '../../ui/map-geometry.ts';
import { toCounts } from '../signals/counts.ts';
import type { PlaceShape } from '../signals/reported.ts';
import * as reported from '../signals/reported/store.ts';
import type { Steps } from './steps.ts';

export const clusterTask = z.object({ indicator: z.int(), model: z.enum(['poisson', 'permutation']) });
export type ClusterTask = z.output<typeof clusterTask>;

/** Periods scanned, of which a cluster may last the last eight (days: four weeks; months: three). */
const scanned = { day: 120, 'iso-week': 52, 'mmwr-week': 52, month: 36 } as const satisfies Record<PeriodKind, number>;
export const longestCluster = { day: 28, 'iso-week': 8, 'mmwr-week': 8, month: 3 } as const satisfies Record<
  PeriodKind,
  number
>;
const parts = 9;
const replicatesPerPart = 111;

const found = z.object({
  places: z.array(z.int()),
  firstPeriod: z.int(),
  observed: z.number(),
  expected: z.number(),
  relativeRisk: z.number(),
  /** Simulated data sets whose best cluster is at least as unlikely. */
  atLeast: z.int(),
});
const partFound = z.array(found);

export const clusterResult = z.union([
  z.object({ nothing: z.literal(true) }),
  z.object({
    kind: z.enum(periodKinds),
    from: z.string(),
    until: z.string(),
    areas: z.int(),
    cases: z.number(),
    /** Areas that could not take part, by name. */
    leftOut: z.array(z.string()),
    /** What cases are held against in the Poisson model. */
    baseline: z.enum(['people', 'past', 'none']),
    byNeighbours: z.boolean(),
    clusters: z.array(
      z.object({
        places: z.array(z.int()),
        since: z.string(),
        observed: z.number(),
        expected: z.number(),
        relativeRisk: z.number().nullable(),
        pValue: z.number(),
      }),
    ),
  }),
]);

export async function clusterSteps(house: House, party: PartyId, stored: unknown): Promise<Steps> {
  const task = clusterTask.parse(stored);
  const data = await house.database.read({ party }, (reader) => load(reader, task));
  return {
    count: parts,
    async compute(step) {
      if (!data) return [];
      const { clusters } = scanSpaceTime(data.input, {
        model: task.model,
        maxDuration: Math.min(longestCluster[data.kind], data.periods),
        replicates: replicatesPerPart,
        seed: step + 1,
        mostClusters: 5,
      });
      return clusters.map(({ areas, pValue, relativeRisk, ...cluster }): z.input<typeof found> => ({
        places: areas.map((area) => data.areas[area]?.id ?? 0),
        firstPeriod: cluster.firstPeriod,
        observed: cluster.observed,
        expected: cluster.expected,
        relativeRisk: Number.isFinite(relativeRisk) ? relativeRisk : 0,
        atLeast: Math.round(pValue * (replicatesPerPart + 1)) - 1,
      }));
    },
    combine(steps): z.input<typeof clusterResult> {
      if (!data) return { nothing: true };
      const all = steps.map((step) => partFound.parse(step));
      const same = (a: z.output<typeof found>, b: z.output<typeof found>): boolean =>
        a.firstPeriod === b.firstPeriod && a.places.join() === b.places.join();
      return {
        ...data.facts,
        clusters: (all[0] ?? []).map((cluster) => {
          const counts = all.flatMap((part) => part.find((each) => same(each, cluster))?.atLeast ?? []);
          return {
            places: cluster.places,
            since: shiftPeriod(data.first, cluster.firstPeriod).label,
            observed: cluster.observed,
            expected: cluster.expected,
            relativeRisk: cluster.relativeRisk === 0 ? null : cluster.relativeRisk,
            pValue: (1 + counts.reduce((sum, count) => sum + count, 0)) / (counts.length * replicatesPerPart + 1),
          };
        }),
      };
    },
  };
}

/** Undefined where there is nothing to scan: fewer than three areas, or no case. */
async function load(reader: Reader, { indicator: id, model }: ClusterTask) {
  const indicator = (await reported.listIndicators(reader, [id])).get(id);
  const latest = (await reported.listLatestPeriods(reader, [id])).get(id);
  if (!indicator || latest === undefined) return undefined;
  const kind = indicator.periodKind;
  const last = periodOf(kind, latest);
  const first = shiftPeriod(last, 1 - scanned[kind]);
  const reporting = (await reported.listReportingAreas(reader, id, startOf(first))).map(({ area }) => area);
  const shapes = await reported.listShapes(reader, reporting);
  const values = await reported.listValues(reader, id, reporting, startOf(first), startOf(last));
  const rows = new Map(
    shapes.map((shape) => [shape.id, toCounts(first, last, values.get(shape.id)?.byPeriod, undefined).values] as const),
  );
  const centres = new Map(
    shapes.flatMap((shape) => (shape.geometry ? [[shape.id, centreOf(shape.geometry)] as const] : [])),
  );
  const byNeighbours = centres.size < shapes.length / 2;
  const neighbours = byNeighbours
    ? await reported.listNeighbours(reader, reporting)
    : new Map<number, readonly number[]>();
  const takesPart = ({ id: area }: PlaceShape): boolean =>
    (byNeighbours ? neighbours.has(area) : centres.has(area)) &&
    (model === 'poisson' || (rows.get(area) ?? []).every((value) => value !== undefined));
  const areas = shapes.filter(takesPart);
  const counts = areas.map(({ id: area }) => rows.get(area) ?? []);
  const cases = counts.flat().reduce<number>((sum, value) => sum + (value ?? 0), 0);
  if (areas.length < 3 || cases === 0) return undefined;
  const hasPeople = areas.every(({ population }) => population !== undefined && population > 0);
  const input: ScanInput = {
    places: byNeighbours
      ? { neighbours: areas.map(({ id: area }) => positionsOf(areas, neighbours.get(area) ?? [])) }
      : { coordinates: areas.map(({ id: area }) => centres.get(area) ?? { latitude: 0, longitude: 0 }) },
    counts,
    ...(model === 'permutation'
      ? {}
      : { baseline: areas.map(({ population }, i) => (hasPeople ? (population ?? 1) : usual(counts[i] ?? [], kind))) }),
  };
  return {
    kind,
    first,
    periods: scanned[kind],
    areas,
    input,
    facts: {
      kind,
      from: first.label,
      until: last.label,
      areas: areas.length,
      cases,
      leftOut: shapes.filter((shape) => !areas.includes(shape)).map(({ name }) => name),
      baseline: model === 'permutation' ? ('none' as const) : hasPeople ? ('people' as const) : ('past' as const),
      byNeighbours,
    },
  };
}

const positionsOf = (areas: readonly PlaceShape[], ids: readonly number[]): readonly number[] =>
  ids.map((id) => areas.findIndex((area) => area.id === id)).filter((position) => position >= 0);

/** Where nobody knows how many people live: what the area reported on average before the periods that a cluster may last. */
function usual(counts: readonly (number | undefined)[], kind: PeriodKind): number {
  const before = counts
    .slice(0, Math.max(1, counts.length - longestCluster[kind]))
    .filter((value) => value !== undefined);
  return Math.max(0.1, before.reduce((sum, value) => sum + value, 0) / Math.max(1, before.length));
}

/** Middle of the extent of its largest ring: near enough to order areas by distance. */
export function centreOf(geometry: Geometry): { readonly latitude: number; readonly longitude: number } {
  const rings =
    geometry.type === 'Point'
      ? [[geometry.coordinates]]
      : geometry.type === 'MultiPoint'
        ? [geometry.coordinates]
        : geometry.type === 'Polygon'
          ? geometry.coordinates.slice(0, 1)
          : geometry.coordinates.map((polygon) => polygon[0] ?? []);
  const extents = rings.map((ring) => {
    const [xs, ys] = [ring.map(([x]) => x ?? 0), ring.map(([, y]) => y ?? 0)];
    const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return { size: (east - west) * (north - south), longitude: (west + east) / 2, latitude: (south + north) / 2 };
  });
  const largest = extents.reduce((best, each) => (each.size > best.size ? each : best));
  return { latitude: largest.latitude, longitude: largest.longitude };
}

/**
 * Prospective space-time scan (Kulldorff 2001, J R Stat Soc A 164:61-72; permutation model: Kulldorff et al. 2005, PLoS Med
 * 2:e59): of all cylinders - an area with its nearest neighbours, over the last 1..maxDuration periods - the one whose cases
 * are least likely by chance. Its p value is its rank among the best cylinders of simulated data, so that having looked
 * everywhere is allowed for.
 *
 *  - 'poisson': cases against a baseline (people at risk, or expected counts), given their total.
 *  - 'permutation': no baseline; cases against what the totals of places and of periods would give. A rise everywhere at
 *    once is no cluster.
 *
 * The simulations come from a seed: the same data and seed give the same p values.
 */
import { requireOneOf, requireWhole, requireWithin } from './control.ts';
import { DetectError } from './errors.ts';
import { createRandom, drawIndex, type Random } from './random.ts';

export type Places =
  /** Points in a plane, in any one unit. */
  | { readonly centroids: readonly { readonly x: number; readonly y: number }[] }
  /** Degrees; distances along the globe. */
  | { readonly coordinates: readonly { readonly latitude: number; readonly longitude: number }[] }
  /** For each area the areas beside it; distance is the number of borders crossed. */
  | { readonly neighbours: readonly (readonly number[])[] };

export interface ScanInput {
  readonly places: Places;
  /** Cases of each area in each period, oldest first, the last period is now. Undefined, in the Poisson model only, is a cell not reported. */
  readonly counts: readonly (readonly (number | undefined)[])[];
  /** Poisson model: people at risk or expected cases of each area, for all periods or for each. */
  readonly baseline?: readonly (number | readonly number[])[] | undefined;
}

export interface ScanControl {
  readonly model: 'poisson' | 'permutation';
  readonly maxDuration?: number;
  /** Largest share of the baseline (permutation: of the cases) that a zone may hold. */
  readonly maxShare?: number;
  /** Largest number of areas in a zone. */
  readonly maxAreas?: number;
  /** Simulated data sets; the smallest possible p value is 1 / (replicates + 1). */
  readonly replicates?: number;
  readonly seed?: number;
  /** Clusters reported at most; later ones share no area with earlier ones. */
  readonly mostClusters?: number;
}

export interface ScanCluster {
  /** The area in the middle first, then by distance. */
  readonly areas: readonly number[];
  readonly firstPeriod: number;
  readonly observed: number;
  readonly expected: number;
  /** Risk inside over risk outside. */
  readonly relativeRisk: number;
  readonly logLikelihoodRatio: number;
  readonly pValue: number;
}

export interface ScanResult {
  readonly clusters: readonly ScanCluster[];
  readonly cases: number;
  readonly zones: number;
}

/** Zones times durations that one scan will hold in memory. */
const MOST_CYLINDERS = 8_000_000;
const EARTH_RADIUS_KM = 6371;

export function scanSpaceTime(input: ScanInput, control: ScanControl): ScanResult {
  const { model, maxShare = 0.5, replicates = 999, seed = 1, mostClusters = 10 } = control;
  const areas = input.counts.length;
  const periods = input.counts[0]?.length ?? 0;
  const maxDuration = control.maxDuration ?? Math.max(1, Math.min(8, Math.floor(periods / 2)));
  const maxAreas = control.maxAreas ?? areas;
  requireOneOf('control.model', model, ['poisson', 'permutation']);
  requireWhole('control.replicates', replicates, 0, 1_000_000);
  requireWhole('control.mostClusters', mostClusters, 1);
  requireWithin('control.maxShare', maxShare, 1e-9, 1);
  if (areas === 0 || periods === 0) return { clusters: [], cases: 0, zones: 0 };
  requireWhole('control.maxDuration', maxDuration, 1, periods);
  requireWhole('control.maxAreas', maxAreas, 1, areas);
  const cells = readCells(input, model, periods);
  if (cells.total === 0) return { clusters: [], cases: 0, zones: 0 };

  const cylinders = buildCylinders(input.places, cells, { maxDuration, maxShare, maxAreas });
  const found = findBestByCentre(cylinders, sumRecent(cells.counts, maxDuration), cells.total);
  const ranked = found.toSorted((a, b) => b.ratio - a.ratio || a.centre - b.centre);

  const simulate =
    model === 'poisson' ? multinomialSimulator(cells, maxDuration) : permutationSimulator(cells, maxDuration);
  const random = createRandom(seed);
  const maxima = new Float64Array(replicates);
  const recent = Array.from({ length: maxDuration }, () => new Float64Array(areas));
  for (let i = 0; i < replicates; i++) {
    simulate(random, recent);
    maxima[i] = findMaximum(cylinders, recent, cells.total);
  }
  maxima.sort();

  const clusters: ScanCluster[] = [];
  const taken = new Set<number>();
  for (const { centre, size, duration, ratio, observed, expected } of ranked) {
    if (clusters.length === mostClusters || !(ratio > 0)) break;
    const members = Array.from(cylinders.order[centre]!.subarray(0, size));
    if (members.some((area) => taken.has(area))) continue;
    for (const area of members) taken.add(area);
    clusters.push({
      areas: members,
      firstPeriod: periods - duration,
      observed,
      expected,
      relativeRisk: observed / expected / ((cells.total - observed) / (cells.total - expected)),
      logLikelihoodRatio: ratio,
      pValue: (1 + countAtLeast(maxima, ratio)) / (replicates + 1),
    });
  }
  return { clusters, cases: cells.total, zones: cylinders.zones };
}

/** Cases and expected cases by area and period. */
interface Cells {
  readonly counts: readonly Float64Array[];
  readonly expected: readonly Float64Array[];
  readonly total: number;
}

function readCells(input: ScanInput, model: 'poisson' | 'permutation', periods: number): Cells {
  let total = 0;
  const counts = input.counts.map((row, area) => {
    if (row.length !== periods) throw new DetectError('length-mismatch', `counts[${area}]`, row.length);
    return Float64Array.from(row, (count, t) => {
      if (count === undefined) {
        if (model === 'permutation') throw new DetectError('count-not-a-number', `counts[${area}][${t}]`);
        return 0;
      }
      if (!Number.isInteger(count) || count < 0)
        throw new DetectError('count-negative', `counts[${area}][${t}]`, count);
      total += count;
      return count;
    });
  });
  if (model === 'permutation') {
    const byArea = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
    const byPeriod = Array.from({ length: periods }, (_, t) => counts.reduce((sum, row) => sum + row[t]!, 0));
    return {
      counts,
      total,
      expected: byArea.map((sum) => Float64Array.from(byPeriod, (cases) => (sum * cases) / total)),
    };
  }
  const baseline = input.baseline;
  if (baseline === undefined) throw new DetectError('population-required', 'baseline');
  if (baseline.length !== counts.length) throw new DetectError('length-mismatch', 'baseline', baseline.length);
  let people = 0;
  const raw = counts.map((row, area) => {
    const given = baseline[area]!;
    return row.map((_, t) => {
      // Where nothing was reported nobody was at risk of being counted.
      if (input.counts[area]![t] === undefined) return 0;
      const value = typeof given === 'number' ? given : given[t];
      if (value === undefined || !(Number.isFinite(value) && value >= 0))
        throw new DetectError('population-invalid', `baseline[${area}]`, value ?? 'missing');
      people += value;
      return value;
    });
  });
  for (const [area, row] of counts.entries())
    for (const [t, count] of row.entries())
      if (count > 0 && raw[area]![t] === 0) throw new DetectError('population-invalid', `baseline[${area}]`, 0);
  return { counts, total, expected: raw.map((row) => row.map((value) => (value * total) / people)) };
}

interface Cylinders {
  /** For each area the others by distance, itself first, as far as its largest zone goes. */
  readonly order: readonly Int32Array[];
  /** For each centre and number of areas: whether that is a zone (equal distances belong together). */
  readonly ends: readonly Uint8Array[];
  /** Expected cases by centre, number of areas - 1 and duration - 1, and the logarithms that the ratio needs. */
  readonly expected: readonly Float64Array[];
  readonly logInside: readonly Float64Array[];
  readonly logOutside: readonly Float64Array[];
  readonly durations: number;
  readonly zones: number;
}

function buildCylinders(
  places: Places,
  cells: Cells,
  limits: { readonly maxDuration: number; readonly maxShare: number; readonly maxAreas: number },
): Cylinders {
  const areas = cells.counts.length;
  const distances = measureDistances(places, areas);
  const weights = cells.expected.map((row) => row.reduce((sum, value) => sum + value, 0));
  const order: Int32Array[] = [];
  const ends: Uint8Array[] = [];
  let zones = 0;
  for (let centre = 0; centre < areas; centre++) {
    const row = distances(centre);
    const sorted = Int32Array.from(row.keys())
      .filter((area) => Number.isFinite(row[area]!))
      .sort((a, b) => row[a]! - row[b]! || a - b);
    let weight = 0;
    let size = 0;
    const isEnd: number[] = [];
    while (size < Math.min(sorted.length, limits.maxAreas)) {
      weight += weights[sorted[size]!]!;
      if (size > 0 && weight > limits.maxShare * cells.total) break;
      const next = sorted[size + 1];
      isEnd.push(next === undefined || row[next]! > row[sorted[size]!]! ? 1 : 0);
      size++;
    }
    // Areas at one distance that do not all fit are left out together.
    while (size > 1 && isEnd[size - 1] === 0) size--;
    isEnd[0] = 1;
    order.push(sorted.slice(0, size));
    ends.push(Uint8Array.from(isEnd.slice(0, size)));
    zones += ends[centre]!.reduce((sum, end) => sum + end, 0);
  }
  const durations = limits.maxDuration;
  if (order.reduce((sum, { length }) => sum + length, 0) * durations > MOST_CYLINDERS)
    throw new DetectError('control-out-of-range', 'control.maxAreas', limits.maxAreas);
  const recent = sumRecent(cells.expected, durations);
  const expected = order.map((row) => {
    const sums = new Float64Array(row.length * durations);
    for (let d = 0; d < durations; d++) {
      let sum = 0;
      for (const [i, area] of row.entries()) {
        sum += recent[d]![area]!;
        sums[i * durations + d] = sum;
      }
    }
    return sums;
  });
  return {
    order,
    ends,
    expected,
    logInside: expected.map((row) => row.map(Math.log)),
    logOutside: expected.map((row) => row.map((value) => Math.log(cells.total - value))),
    durations,
    zones,
  };
}

function measureDistances(places: Places, areas: number): (centre: number) => Float64Array {
  const requireLength = (length: number): void => {
    if (length !== areas) throw new DetectError('length-mismatch', 'places', length);
  };
  if ('centroids' in places) {
    const { centroids } = places;
    requireLength(centroids.length);
    for (const [i, { x, y }] of centroids.entries())
      if (!Number.isFinite(x + y)) throw new DetectError('input-malformed', `places.centroids[${i}]`);
    return (centre) =>
      Float64Array.from(centroids, ({ x, y }) => Math.hypot(x - centroids[centre]!.x, y - centroids[centre]!.y));
  }
  if ('coordinates' in places) {
    const { coordinates } = places;
    requireLength(coordinates.length);
    for (const [i, { latitude, longitude }] of coordinates.entries()) {
      requireWithin(`places.coordinates[${i}].latitude`, latitude, -90, 90);
      requireWithin(`places.coordinates[${i}].longitude`, longitude, -360, 360);
    }
    return (centre) => Float64Array.from(coordinates, (point) => greatCircleKm(coordinates[centre]!, point));
  }
  const { neighbours } = places;
  requireLength(neighbours.length);
  for (const [i, row] of neighbours.entries())
    for (const other of row) requireWhole(`places.neighbours[${i}]`, other, 0, areas - 1);
  const both = neighbours.map((row) => new Set(row));
  for (const [i, row] of neighbours.entries()) for (const other of row) both[other]!.add(i);
  return (centre) => countBorders(both, centre);
}

function greatCircleKm(
  a: { readonly latitude: number; readonly longitude: number },
  b: { readonly latitude: number; readonly longitude: number },
): number {
  const radians = Math.PI / 180;
  const dLatitude = (b.latitude - a.latitude) * radians;
  const dLongitude = (b.longitude - a.longitude) * radians;
  const h =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLongitude / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Borders between the centre and every area; infinite where no way leads. */
function countBorders(neighbours: readonly ReadonlySet<number>[], centre: number): Float64Array {
  const distance = new Float64Array(neighbours.length).fill(Number.POSITIVE_INFINITY);
  distance[centre] = 0;
  let ring = [centre];
  for (let steps = 1; ring.length > 0; steps++) {
    const next: number[] = [];
    for (const area of ring)
      for (const other of neighbours[area]!)
        if (distance[other] === Number.POSITIVE_INFINITY) {
          distance[other] = steps;
          next.push(other);
        }
    ring = next;
  }
  return distance;
}

/** Sums over the last 1..durations periods, by duration and area. */
function sumRecent(rows: readonly Float64Array[], durations: number): Float64Array[] {
  const periods = rows[0]?.length ?? 0;
  const sums = Array.from({ length: durations }, () => new Float64Array(rows.length));
  for (const [area, row] of rows.entries()) {
    let sum = 0;
    for (let d = 0; d < durations; d++) {
      sum += row[periods - 1 - d]!;
      sums[d]![area] = sum;
    }
  }
  return sums;
}

interface Best {
  readonly centre: number;
  readonly size: number;
  readonly duration: number;
  readonly ratio: number;
  readonly observed: number;
  readonly expected: number;
}

function findBestByCentre(cylinders: Cylinders, recent: readonly Float64Array[], total: number): Best[] {
  const { order, ends, expected, durations } = cylinders;
  return order.map((row, centre) => {
    let best: Best = { centre, size: 1, duration: 1, ratio: 0, observed: 0, expected: 0 };
    for (let d = 0; d < durations; d++) {
      let observed = 0;
      for (const [i, area] of row.entries()) {
        observed += recent[d]![area]!;
        if (ends[centre]![i] === 0) continue;
        const ratio = ratioAt(cylinders, centre, i * durations + d, observed, total);
        if (ratio > best.ratio)
          best = {
            centre,
            size: i + 1,
            duration: d + 1,
            ratio,
            observed,
            expected: expected[centre]![i * durations + d]!,
          };
      }
    }
    return best;
  });
}

function findMaximum(cylinders: Cylinders, recent: readonly Float64Array[], total: number): number {
  const { order, ends, expected, durations } = cylinders;
  let largest = 0;
  for (let centre = 0; centre < order.length; centre++) {
    const row = order[centre]!;
    const isEnd = ends[centre]!;
    const means = expected[centre]!;
    for (let d = 0; d < durations; d++) {
      const counts = recent[d]!;
      let observed = 0;
      for (let i = 0; i < row.length; i++) {
        observed += counts[row[i]!]!;
        const at = i * durations + d;
        if (isEnd[i] === 0 || observed <= means[at]!) continue;
        const ratio = ratioAt(cylinders, centre, at, observed, total);
        if (ratio > largest) largest = ratio;
      }
    }
  }
  return largest;
}

/** Log likelihood ratio of a cylinder with more cases than expected; 0 otherwise. */
function ratioAt(cylinders: Cylinders, centre: number, at: number, observed: number, total: number): number {
  if (observed <= cylinders.expected[centre]![at]!) return 0;
  const rest = total - observed;
  const inside = observed * (Math.log(observed) - cylinders.logInside[centre]![at]!);
  return rest === 0 ? inside : inside + rest * (Math.log(rest) - cylinders.logOutside[centre]![at]!);
}

type Simulator = (random: Random, recent: readonly Float64Array[]) => void;

/** All cases thrown anew on the cells in proportion to their expected counts. Only the recent cells are kept. */
function multinomialSimulator(cells: Cells, durations: number): Simulator {
  const areas = cells.counts.length;
  const periods = cells.counts[0]!.length;
  const cumulative = new Float64Array(durations * areas);
  let sum = 0;
  for (let d = 0; d < durations; d++)
    for (let area = 0; area < areas; area++) {
      sum += cells.expected[area]![periods - 1 - d]! / cells.total;
      cumulative[d * areas + area] = sum;
    }
  return (random, recent) => {
    for (const row of recent) row.fill(0);
    for (let i = 0; i < cells.total; i++) {
      const u = random();
      if (u >= sum) continue;
      const cell = findCell(cumulative, u);
      const d = Math.floor(cell / areas);
      recent[d]![cell - d * areas] = recent[d]![cell - d * areas]! + 1;
    }
    accumulate(recent);
  };
}

/** The periods of all cases shuffled among them: each place and each period keeps its number of cases. */
function permutationSimulator(cells: Cells, durations: number): Simulator {
  const places = new Int32Array(cells.total);
  const ages = new Int32Array(cells.total);
  let at = 0;
  for (const [area, row] of cells.counts.entries())
    for (const [t, count] of row.entries())
      for (let i = 0; i < count; i++) {
        places[at] = area;
        ages[at] = row.length - 1 - t;
        at++;
      }
  return (random, recent) => {
    for (const row of recent) row.fill(0);
    for (let i = 0; i < ages.length; i++) {
      const other = i + drawIndex(random, ages.length - i);
      const age = ages[other]!;
      ages[other] = ages[i]!;
      ages[i] = age;
      if (age < durations) recent[age]![places[i]!] = recent[age]![places[i]!]! + 1;
    }
    accumulate(recent);
  };
}

function accumulate(recent: readonly Float64Array[]): void {
  for (let d = 1; d < recent.length; d++) {
    const [longer, shorter] = [recent[d]!, recent[d - 1]!];
    for (let area = 0; area < longer.length; area++) longer[area] = longer[area]! + shorter[area]!;
  }
}

function findCell(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many of the sorted values reach the given one; rounding in the last digits counts as reaching. */
function countAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  const limit = value - 1e-9 * Math.abs(value);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! >= limit) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

/**
 * k-means with many seeded starts (k-means++, Arthur & Vassilvitskii 2007), keeping the best grouping in which no group is smaller than
 * allowed. Works on cells, places where one or more people stand, so that ten thousand people cost no more than a few hundred.
 */
import { createRandom, type Random, splitSeed } from './random.ts';

export interface Cells {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** People in the cell. */
  readonly mass: Float64Array;
}

export interface Centres {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

const exactUpTo = 400;
const cellsAcross = 22;
const reachInDeviations = 3;
const mostSteps = 40;

/** Up to 400 people each stand alone; more are gathered on a grid of three standard deviations around the middle. */
export function gatherCells(x: Float64Array, y: Float64Array): Cells {
  if (x.length <= exactUpTo) {
    // By place, not by name: renaming people changes nothing.
    const order = [...x.keys()].sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
    return {
      x: Float64Array.from(order, (at) => x[at]!),
      y: Float64Array.from(order, (at) => y[at]!),
      mass: new Float64Array(x.length).fill(1),
    };
  }
  const [columnOf, rowOf] = [gridOf(x), gridOf(y)];
  const sums = Array.from({ length: 3 }, () => new Float64Array(cellsAcross * cellsAcross));
  const [sumX, sumY, mass] = sums as [Float64Array, Float64Array, Float64Array];
  for (let at = 0; at < x.length; at++) {
    const cell = columnOf(x[at]!) * cellsAcross + rowOf(y[at]!);
    sumX[cell]! += x[at]!;
    sumY[cell]! += y[at]!;
    mass[cell]! += 1;
  }
  const filled = [...mass.keys()].filter((cell) => mass[cell]! > 0);
  return {
    x: Float64Array.from(filled, (cell) => sumX[cell]! / mass[cell]!),
    y: Float64Array.from(filled, (cell) => sumY[cell]! / mass[cell]!),
    mass: Float64Array.from(filled, (cell) => mass[cell]!),
  };
}

export interface Grouping {
  readonly centres: Centres;
  /** Group of each cell. */
  readonly labels: Int32Array;
  /** Sum of squared distances to the centres. */
  readonly inertia: number;
}

export interface StartSettings {
  readonly k: number;
  readonly starts: number;
  readonly seed: number;
  readonly smallest: number;
}

/** Undefined where no start led to groups that are all large enough. */
export function groupCells(cells: Cells, { k, starts, seed, smallest }: StartSettings): Grouping | undefined {
  let best: Grouping | undefined;
  for (let start = 0; start < starts; start++) {
    const centres = seedCentres(cells, k, createRandom(splitSeed(seed, start)));
    if (centres === undefined) return undefined;
    const { grouping, masses } = settle(cells, centres);
    if (masses.some((mass) => mass < smallest)) continue;
    if (best === undefined || grouping.inertia < best.inertia) best = grouping;
  }
  return best;
}

/** The nearest centre of each place. */
export function assignNearest(x: Float64Array, y: Float64Array, centres: Centres): Int32Array {
  const labels = new Int32Array(x.length);
  for (let at = 0; at < x.length; at++) {
    let least = Number.POSITIVE_INFINITY;
    for (let group = 0; group < centres.x.length; group++) {
      const dx = x[at]! - centres.x[group]!;
      const dy = y[at]! - centres.y[group]!;
      const squared = dx * dx + dy * dy;
      if (squared < least) {
        least = squared;
        labels[at] = group;
      }
    }
  }
  return labels;
}

function gridOf(values: Float64Array): (value: number) => number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const low = mean - reachInDeviations * deviation;
  const width = (2 * reachInDeviations * deviation) / cellsAcross;
  return (value) => (width === 0 ? 0 : Math.max(0, Math.min(cellsAcross - 1, Math.floor((value - low) / width))));
}

function seedCentres({ x, y, mass }: Cells, k: number, random: Random): Centres | undefined {
  const centres = { x: new Float64Array(k), y: new Float64Array(k) };
  const chance = mass.slice();
  const distance = new Float64Array(x.length).fill(Number.POSITIVE_INFINITY);
  for (let group = 0; group < k; group++) {
    let left = random() * chance.reduce((sum, each) => sum + each, 0);
    if (left <= 0) return undefined;
    let chosen = -1;
    for (let at = 0; at < chance.length; at++) {
      if (chance[at] === 0) continue;
      chosen = at;
      left -= chance[at]!;
      if (left < 0) break;
    }
    centres.x[group] = x[chosen]!;
    centres.y[group] = y[chosen]!;
    for (let at = 0; at < x.length; at++) {
      const squared = (x[at]! - x[chosen]!) ** 2 + (y[at]! - y[chosen]!) ** 2;
      if (squared < distance[at]!) distance[at] = squared;
      chance[at] = mass[at]! * distance[at]!;
    }
  }
  return centres;
}

function settle(cells: Cells, centres: Centres): { readonly grouping: Grouping; readonly masses: Float64Array } {
  const { x, y, mass } = cells;
  const k = centres.x.length;
  const labels = new Int32Array(x.length).fill(-1);
  const [sumX, sumY, masses] = [new Float64Array(k), new Float64Array(k), new Float64Array(k)];
  let inertia = 0;
  for (let step = 0; step < mostSteps; step++) {
    let hasMoved = false;
    inertia = 0;
    sumX.fill(0);
    sumY.fill(0);
    masses.fill(0);
    for (let at = 0; at < x.length; at++) {
      let group = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let each = 0; each < k; each++) {
        const dx = x[at]! - centres.x[each]!;
        const dy = y[at]! - centres.y[each]!;
        const squared = dx * dx + dy * dy;
        if (squared < least) {
          least = squared;
          group = each;
        }
      }
      if (labels[at] !== group) {
        labels[at] = group;
        hasMoved = true;
      }
      const weight = mass[at]!;
      inertia += weight * least;
      sumX[group]! += weight * x[at]!;
      sumY[group]! += weight * y[at]!;
      masses[group]! += weight;
    }
    if (!hasMoved) break;
    for (let each = 0; each < k; each++) {
      if (masses[each] === 0) continue;
      centres.x[each] = sumX[each]! / masses[each]!;
      centres.y[each] = sumY[each]! / masses[each]!;
    }
  }
  return { grouping: { centres, labels, inertia }, masses };
}

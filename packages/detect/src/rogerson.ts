/**
 * CUSUM of Rogerson & Yamada 2004 (Stat Med 23:2195-2214) for a mean that changes with time: the increments of each period are
 * scaled so that one decision interval h serves all of them. h is chosen for an average run length in control; it comes from a
 * table, or is computed here from the Markov chain of Brook & Evans (1972).
 */
import { requireOneOf, requirePositive, requireWhole, requireWithin, resolveChartRange } from './control.ts';
import { poissonCdf } from './distributions/counts.ts';
import { DetectError } from './errors.ts';
import { fitHarmonicMean } from './harmonic-mean.ts';
import { cannotJudge, type Detection, type IndexRange } from './result.ts';
import { countAt, type Series } from './series.ts';
import { describeTraining, noTraining } from './training.ts';

export interface RogersonControl {
  /**
   * In-control mean of each period of the range (binomial: probability). When not given, a yearly wave fitted to what lies
   * before the range; Poisson only.
   */
  readonly theta0t?: readonly number[] | undefined;
  /** Change to detect: theta + s sqrt(theta); binomial: the odds times s. */
  readonly s?: number;
  /** Average run length in control; used when no table is given. */
  readonly ARL0?: number;
  /** Decision interval for each in-control mean. */
  readonly hValues?: readonly { readonly theta0: number; readonly h: number }[] | undefined;
  readonly distribution?: 'poisson' | 'binomial';
  /** Trials of each period, for the binomial. */
  readonly nt?: readonly number[] | undefined;
  /** Fast initial response: start, and restart after an alarm, at h / 2. */
  readonly FIR?: boolean;
  /** After an alarm the sum restarts at no more than limit * h; negative: it is not reset. */
  readonly limit?: number;
  /** Decimals of the reference value k. */
  readonly digits?: number;
}

export function detectRogerson(series: Series, control: RogersonControl, range?: IndexRange): Detection[] {
  const { s = 1, ARL0 = 500, hValues, distribution = 'poisson', nt, FIR = false, digits = 1 } = control;
  const limit = FIR ? 0.5 : (control.limit ?? -1);
  const { first, last } = resolveChartRange(series, range);
  requirePositive('control.s', s);
  requirePositive('control.ARL0', ARL0);
  requireOneOf('control.distribution', distribution, ['poisson', 'binomial']);
  requireWithin('control.limit', limit, -1e9, 1e9);
  requireWhole('control.digits', digits, 0, 6);
  const theta0t = control.theta0t ?? fitTheta(series, first, last);
  if (theta0t === undefined) {
    const detections: Detection[] = [];
    for (let t = first; t <= last; t++)
      detections.push(
        cannotJudge(t, countAt(series, t), 'at-least', [{ code: 'history-too-short', needs: 4, has: first }]),
      );
    return detections;
  }
  if (theta0t.length !== last - first + 1) throw new DetectError('length-mismatch', 'control.theta0t', theta0t.length);
  for (const [i, theta] of theta0t.entries())
    requireWithin(`control.theta0t[${i}]`, theta, Number.MIN_VALUE, distribution === 'binomial' ? 1 - 1e-12 : 1e9);
  if (distribution === 'binomial' && hValues === undefined) throw new DetectError('input-malformed', 'control.hValues');
  if (distribution === 'binomial' && nt?.length !== theta0t.length)
    throw new DetectError('length-mismatch', 'control.nt', nt?.length ?? 0);

  const shifted = (theta: number): number =>
    distribution === 'poisson' ? theta + s * Math.sqrt(theta) : (s * theta) / (1 - theta + s * theta);
  const computed = memoise((theta: number): number =>
    decisionInterval(theta, roundReference(poissonReference(theta, shifted(theta)), digits), ARL0),
  );
  const interval = (theta: number): number =>
    hValues === undefined ? computed(roundTheta(theta)) : nearestInterval(hValues, theta);
  const mean = theta0t.reduce((sum, theta) => sum + theta, 0) / theta0t.length;
  const h = interval(mean);
  const training = control.theta0t === undefined ? describeTraining(series, first) : noTraining;
  const detections: Detection[] = [];
  let sum = FIR ? h / 2 : 0;
  let alarmBefore = false;
  for (const [i, theta] of theta0t.entries()) {
    const t = first + i;
    const observed = countAt(series, t);
    const trials = nt?.[i] ?? 1;
    const k = roundReference(
      distribution === 'poisson'
        ? poissonReference(theta, shifted(theta))
        : binomialReference(theta, shifted(theta), trials),
      digits,
    );
    const scale = h / interval(theta);
    if (alarmBefore && limit >= 0) sum = Math.min(sum, limit * h);
    const threshold = Math.max(0, Math.ceil((h - sum) / scale + k));
    if (observed === undefined) {
      detections.push({ ...cannotJudge(t, observed, 'at-least', [{ code: 'current-missing' }]), threshold });
      continue;
    }
    sum = Math.max(0, sum + scale * (observed - k));
    alarmBefore = sum >= h;
    detections.push({
      ...cannotJudge(t, observed, 'at-least', training.warnings),
      reference: training.reference,
      alarm: alarmBefore,
      expected: distribution === 'poisson' ? theta : theta * trials,
      threshold,
      score: sum,
      scoreLimit: h,
    });
  }
  return detections;
}

function fitTheta(series: Series, first: number, last: number): number[] | undefined {
  const model = { harmonics: 1, trend: false, phase: 0, alpha: 0 };
  const fit = fitHarmonicMean(series, model, first, first, last);
  return fit === undefined ? undefined : Array.from(fit.means);
}

/**
 * Average run length from zero of the Poisson CUSUM with decision interval h and reference value k. The sum lives on a lattice
 * of step `unit`, and the expected number of periods solves (I - R) L = 1. Exact when h, k and 1 are multiples of the
 * unit; above 1 the counts are taken in steps of the unit too.
 */
export function averageRunLength(h: number, k: number, theta: number, unit: number): number {
  const states = Math.round(h / unit);
  const K = Math.round(k / unit);
  const half = unit > 1 ? unit / 2 : 1e-9;
  // P(Y - k <= move), the chance that the sum moves by at most so many steps.
  const reached = Float64Array.from({ length: 2 * states + 1 }, (_, i) =>
    poissonCdf(Math.floor((i - states + K) * unit + half), theta),
  );
  const reach = (move: number): number => reached[move + states]!;
  const rows: Float64Array[] = [];
  for (let i = 0; i < states; i++) {
    const row = new Float64Array(states + 1);
    row[0] = -reach(-i);
    for (let j = 1; j < states; j++) row[j] = reach(j - i - 1) - reach(j - i);
    row[i] = row[i]! + 1;
    row[states] = 1;
    rows.push(row);
  }
  return solveFirst(rows);
}

/** Smallest multiple of the lattice step whose average run length reaches arl0. */
function decisionInterval(theta: number, k: number, arl0: number): number {
  const unit = latticeStep(theta);
  let high = 8;
  while (averageRunLength(high * unit, k, theta, unit) < arl0) {
    high *= 2;
    if (high > 1024) throw new DetectError('control-out-of-range', 'control.ARL0', arl0);
  }
  let low = 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (averageRunLength(middle * unit, k, theta, unit) < arl0) low = middle;
    else high = middle;
  }
  return high * unit;
}

/** Intervals are computed for means a tenth, or two per cent, apart. */
function roundTheta(theta: number): number {
  if (theta < 5) return Math.max(0.1, Math.round(theta * 10) / 10);
  return Math.exp(Math.round(Math.log(theta) * 50) / 50);
}

/** A tenth for small means, so fine as the reference value; coarser for large ones, at about a twentieth of the spread. */
function latticeStep(theta: number): number {
  const sd = Math.sqrt(theta);
  if (sd < 2.5) return 0.1;
  if (sd < 10) return 0.5;
  return Math.max(1, Math.round(sd / 20));
}

function nearestInterval(table: readonly { readonly theta0: number; readonly h: number }[], theta: number): number {
  let best = table[0];
  for (const row of table)
    if (best !== undefined && Math.abs(row.theta0 - theta) < Math.abs(best.theta0 - theta)) best = row;
  if (best === undefined) throw new DetectError('input-malformed', 'control.hValues');
  return best.h;
}

function poissonReference(theta0: number, theta1: number): number {
  return (theta1 - theta0) / (Math.log(theta1) - Math.log(theta0));
}

function binomialReference(theta0: number, theta1: number, trials: number): number {
  return (
    (-trials * (Math.log(1 - theta1) - Math.log(1 - theta0))) /
    (Math.log(theta1 * (1 - theta0)) - Math.log(theta0 * (1 - theta1)))
  );
}

/** Rounded, but never to a whole or half number: the lattice of sums would become too coarse. */
function roundReference(k: number, digits: number): number {
  const scale = 10 ** digits;
  const rounded = Math.round(k * scale);
  const coarse = rounded % scale === 0 || 2 * (rounded % scale) === scale;
  if (!coarse) return rounded / scale;
  const fraction = ((k - Math.floor(k)) * scale) % 1;
  return Math.round((fraction < 0.5 ? k + 0.5 / scale : k - 0.5 / scale) * scale) / scale;
}

/** First unknown of a square system whose last column is the right-hand side; Gauss with partial pivots. */
function solveFirst(rows: Float64Array[]): number {
  const n = rows.length;
  for (let j = n - 1; j >= 0; j--) {
    let pivot = j;
    for (let i = 0; i <= j; i++) if (Math.abs(rows[i]![j]!) > Math.abs(rows[pivot]![j]!)) pivot = i;
    const found = rows[pivot]!;
    rows[pivot] = rows[j]!;
    rows[j] = found;
    for (let i = 0; i < j; i++) {
      const row = rows[i]!;
      const factor = row[j]! / found[j]!;
      if (factor === 0) continue;
      for (let c = 0; c < j; c++) row[c] = row[c]! - factor * found[c]!;
      row[n] = row[n]! - factor * found[n]!;
    }
  }
  return rows[0]![n]! / rows[0]![0]!;
}

function memoise(of: (value: number) => number): (value: number) => number {
  const known = new Map<number, number>();
  return (value) => {
    const found = known.get(value) ?? of(value);
    known.set(value, found);
    return found;
  };
}

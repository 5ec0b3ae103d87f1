/**
 * Hidden Markov model of counts (Le Strat & Carrat 1999, Stat Med 18:3463-3478): Poisson counts whose mean depends on an unseen
 * state, on the season and on a trend. The alarm is raised when the most probable path of states ends in the highest one.
 * Fitted by expectation-maximisation from states cut at quantiles; the chain starts in the lowest state. The likelihood may
 * have several maxima, so that other optimisers can end elsewhere.
 */
import { requireWhole, resolveRange } from './control.ts';
import { logGamma } from './distributions/stirling.ts';
import { fitGlm } from './glm.ts';
import { cannotJudge, type Detection, type IndexRange } from './result.ts';
import { countAt, type Series } from './series.ts';

export interface HiddenMarkovControl {
  /** Last periods that the model is fitted to, the one under test included; -1 for all. */
  readonly Mtilde?: number;
  readonly noStates?: number;
  readonly trend?: boolean;
  readonly noHarmonics?: number;
  /** Season and trend are the same in all states. */
  readonly covEffectEqual?: boolean;
}

interface Model {
  /** Mean of each period in each state. */
  readonly means: readonly Float64Array[];
  readonly transition: readonly Float64Array[];
}

const MOST_ITERATIONS = 200;
const TOLERANCE = 1e-8;

export function detectHiddenMarkov(series: Series, control: HiddenMarkovControl, range?: IndexRange): Detection[] {
  const { Mtilde: mTilde = -1, noStates = 2, trend = true, noHarmonics = 1, covEffectEqual = false } = control;
  requireWhole('control.noStates', noStates, 2, 10);
  requireWhole('control.noHarmonics', noHarmonics, 0, 26);
  if (mTilde !== -1) requireWhole('control.Mtilde', mTilde, 2);
  const { first, last } = resolveRange(series, range);
  const needs = noStates * (2 * noHarmonics + (trend ? 3 : 2)) + noStates * noStates;
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) {
    const observed = countAt(series, t);
    const start = mTilde === -1 ? 0 : Math.max(0, t - mTilde + 1);
    const indexes: number[] = [];
    for (let i = start; i <= t; i++) if (countAt(series, i) !== undefined) indexes.push(i);
    if (observed === undefined || indexes.length <= needs) {
      detections.push(
        cannotJudge(t, observed, 'at-least', [
          observed === undefined
            ? { code: 'current-missing' }
            : { code: 'history-too-short', needs, has: indexes.length },
        ]),
      );
      continue;
    }
    const counts = Float64Array.from(indexes, (i) => series.values[i]!);
    const covariates = designCovariates(indexes, series.periodsPerYear, trend, noHarmonics);
    const model = fit(counts, covariates, noStates, covEffectEqual);
    if (model === undefined) {
      detections.push(cannotJudge(t, observed, 'at-least', [{ code: 'not-converged' }]));
      continue;
    }
    const state = lastState(counts, model);
    detections.push({
      ...cannotJudge(t, observed, 'at-least', []),
      alarm: state === noStates - 1,
      expected: model.means[0]![counts.length - 1]!,
      score: state,
      scoreLimit: noStates - 1,
      reference: indexes.map((index) => ({ index, weight: 1 })),
    });
  }
  return detections;
}

function designCovariates(
  indexes: readonly number[],
  periodsPerYear: number,
  trend: boolean,
  harmonics: number,
): Float64Array[] {
  const columns: Float64Array[] = [];
  const middle = indexes[Math.floor(indexes.length / 2)] ?? 0;
  if (trend) columns.push(Float64Array.from(indexes, (i) => (i - middle) / periodsPerYear));
  for (let j = 1; j <= harmonics; j++) {
    columns.push(Float64Array.from(indexes, (i) => Math.cos((2 * j * Math.PI * i) / periodsPerYear)));
    columns.push(Float64Array.from(indexes, (i) => Math.sin((2 * j * Math.PI * i) / periodsPerYear)));
  }
  return columns;
}

function fit(
  counts: Float64Array,
  covariates: readonly Float64Array[],
  states: number,
  equalEffects: boolean,
): Model | undefined {
  const n = counts.length;
  const sorted = counts.toSorted();
  const groups = Array.from({ length: states }, (_, s) =>
    sorted.subarray(Math.floor((s * n) / states), Math.floor(((s + 1) * n) / states)),
  );
  let means: Float64Array[] = groups.map((group) => {
    const level = Math.max(0.1, group.reduce((sum, count) => sum + count, 0) / group.length);
    return new Float64Array(n).fill(level);
  });
  // One unit of time of a chain that leaves each state at rate 1/2.
  const leave = (1 - Math.exp(-1)) / states;
  let transition: Float64Array[] = means.map((_, from) =>
    Float64Array.from(means, (__, to) => (from === to ? 1 - leave * (states - 1) : leave)),
  );
  let before = Number.NEGATIVE_INFINITY;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { probability, moves, logLikelihood } = smooth(counts, { means, transition });
    if (Number.isNaN(logLikelihood)) return undefined;
    if (Math.abs(logLikelihood - before) < TOLERANCE * Math.abs(logLikelihood)) break;
    before = logLikelihood;
    transition = moves.map((row) => {
      const total = row.reduce((sum, value) => sum + value, 0);
      return total > 0 ? row.map((value) => value / total) : row.map(() => 1 / states);
    });
    means = equalEffects
      ? maximiseTogether(counts, covariates, probability)
      : probability.map((weights) => maximiseAlone(counts, covariates, weights));
  }
  return { means, transition };
}

function maximiseAlone(counts: Float64Array, covariates: readonly Float64Array[], weights: Float64Array): Float64Array {
  const columns = [new Float64Array(counts.length).fill(1), ...covariates];
  return fitGlm({ counts, columns, priorWeights: weights.map((weight) => Math.max(weight, 1e-12)) }).fitted;
}

function maximiseTogether(
  counts: Float64Array,
  covariates: readonly Float64Array[],
  probability: readonly Float64Array[],
): Float64Array[] {
  const n = counts.length;
  const states = probability.length;
  const repeat = (column: Float64Array): Float64Array => {
    const all = new Float64Array(n * states);
    for (let s = 0; s < states; s++) all.set(column, s * n);
    return all;
  };
  const intercepts = probability.map((_, s) => new Float64Array(n * states).fill(1, s * n, (s + 1) * n));
  const priorWeights = new Float64Array(n * states);
  for (const [s, weights] of probability.entries())
    priorWeights.set(
      weights.map((weight) => Math.max(weight, 1e-12)),
      s * n,
    );
  const { fitted } = fitGlm({
    counts: repeat(counts),
    columns: [...intercepts, ...covariates.map(repeat)],
    priorWeights,
  });
  return probability.map((_, s) => fitted.slice(s * n, (s + 1) * n));
}

interface Smoothed {
  readonly probability: readonly Float64Array[];
  readonly moves: readonly Float64Array[];
  readonly logLikelihood: number;
}

/** Forward-backward with scaling; the first period is in state 0. */
function smooth(counts: Float64Array, { means, transition }: Model): Smoothed {
  const n = counts.length;
  const states = means.length;
  const emission = (t: number): Float64Array => {
    const logs = Float64Array.from(means, (mean) => logPoisson(counts[t]!, mean[t]!));
    return logs;
  };
  const forward: Float64Array[] = [];
  const likelihoods: Float64Array[] = [];
  let logLikelihood = 0;
  for (let t = 0; t < n; t++) {
    const logs = emission(t);
    const largest = Math.max(...logs);
    const likelihood = logs.map((value) => Math.exp(value - largest));
    const previous = forward[t - 1];
    const row = new Float64Array(states);
    for (let to = 0; to < states; to++) {
      let reach = to === 0 ? 1 : 0;
      if (previous !== undefined) {
        reach = 0;
        for (let from = 0; from < states; from++) reach += previous[from]! * transition[from]![to]!;
      }
      row[to] = reach * likelihood[to]!;
    }
    const total = row.reduce((sum, value) => sum + value, 0);
    logLikelihood += Math.log(total) + largest;
    forward.push(row.map((value) => value / total));
    likelihoods.push(likelihood);
  }
  const probability = means.map(() => new Float64Array(n));
  const moves = means.map(() => new Float64Array(states));
  let backward = new Float64Array(states).fill(1);
  for (let t = n - 1; t >= 0; t--) {
    const joint = forward[t]!.map((value, s) => value * backward[s]!);
    const total = joint.reduce((sum, value) => sum + value, 0);
    for (let s = 0; s < states; s++) probability[s]![t] = joint[s]! / total;
    if (t === 0) break;
    const next = new Float64Array(states);
    const pairs = means.map(() => new Float64Array(states));
    let pairTotal = 0;
    for (let from = 0; from < states; from++)
      for (let to = 0; to < states; to++) {
        const reach = transition[from]![to]! * likelihoods[t]![to]! * backward[to]!;
        next[from] = next[from]! + reach;
        const pair = forward[t - 1]![from]! * reach;
        pairs[from]![to] = pair;
        pairTotal += pair;
      }
    for (let from = 0; from < states; from++)
      for (let to = 0; to < states; to++) moves[from]![to] = moves[from]![to]! + pairs[from]![to]! / pairTotal;
    const scale = Math.max(...next);
    backward = next.map((value) => value / scale);
  }
  return { probability, moves, logLikelihood };
}

/** End of the most probable path (Viterbi). */
function lastState(counts: Float64Array, { means, transition }: Model): number {
  let scores = means.map((mean, s) => (s === 0 ? logPoisson(counts[0]!, mean[0]!) : Number.NEGATIVE_INFINITY));
  for (let t = 1; t < counts.length; t++) {
    const previous = scores;
    scores = means.map((mean, to) => {
      const reach = previous.map((score, from) => score + Math.log(transition[from]![to]!));
      return Math.max(...reach) + logPoisson(counts[t]!, mean[t]!);
    });
  }
  return scores.indexOf(Math.max(...scores));
}

function logPoisson(count: number, mean: number): number {
  return count * Math.log(mean) - mean - logGamma(count + 1);
}

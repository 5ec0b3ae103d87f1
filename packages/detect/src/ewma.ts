/**
 * Exponentially weighted moving average of standardised counts (Roberts 1959; for Poisson counts Borror, Champ & Rigdon 1998, J
 * Qual Technol 30:352-361): z_t = (1 - lambda) z_{t-1} + lambda x_t with x_t = (y_t - m_t) / sqrt(phi m_t). The alarm is
 * raised when z exceeds L of its own standard deviations, which grow with the first periods. Small lambda sees slow rises.
 */
import { requireOneOf, requirePositive, requireWithin, resolveChartRange } from './control.ts';
import { fitHarmonicMean } from './harmonic-mean.ts';
import { cannotJudge, type Detection, type IndexRange, type Warning } from './result.ts';
import { countAt, type Series } from './series.ts';
import { describeTraining, noTraining } from './training.ts';

export interface EwmaControl {
  /** Weight of the newest count. */
  readonly lambda?: number;
  /** Width of the limit in standard deviations. */
  readonly L?: number;
  /** In-control mean: a number, 'glm' for a yearly wave fitted to what lies before the range, otherwise the mean of that. */
  readonly m?: number | 'glm' | undefined;
  /** 'estimated' widens the limit by the overdispersion of what lies before the range. */
  readonly dispersion?: 'poisson' | 'estimated';
}

export function detectEwma(series: Series, control: EwmaControl, range?: IndexRange): Detection[] {
  const { lambda = 0.3, L = 3, m, dispersion = 'estimated' } = control;
  requireWithin('control.lambda', lambda, 1e-6, 1);
  requirePositive('control.L', L);
  requireOneOf('control.dispersion', dispersion, ['poisson', 'estimated']);
  if (typeof m === 'number') requirePositive('control.m', m);
  const { first, last } = resolveChartRange(series, range);
  const means = learnMeans(series, m, first, last);
  const phi = means === undefined || dispersion === 'poisson' ? 1 : overdispersion(series, means, first);
  const training = typeof m === 'number' && dispersion === 'poisson' ? noTraining : describeTraining(series, first);
  const detections: Detection[] = [];
  let z = 0;
  let steps = 0;
  for (let t = first; t <= last; t++) {
    const observed = countAt(series, t);
    const mean = means?.[t];
    if (mean === undefined || !(mean > 0)) {
      const warning: Warning = mean === 0 ? { code: 'all-zero' } : { code: 'history-too-short', needs: 1, has: first };
      detections.push(cannotJudge(t, observed, 'more-than', [warning]));
      continue;
    }
    steps++;
    // Summed weights of all counts so far, squared.
    const variance = (lambda / (2 - lambda)) * (1 - (1 - lambda) ** (2 * steps));
    const limit = L * Math.sqrt(variance);
    const sd = Math.sqrt(phi * mean);
    const threshold = Math.max(0, mean + (sd * (limit - (1 - lambda) * z)) / lambda);
    if (observed === undefined) {
      detections.push({ ...cannotJudge(t, observed, 'more-than', [{ code: 'current-missing' }]), threshold });
      continue;
    }
    z = (1 - lambda) * z + (lambda * (observed - mean)) / sd;
    detections.push({
      ...cannotJudge(t, observed, 'more-than', training.warnings),
      reference: training.reference,
      alarm: z > limit,
      expected: mean,
      threshold,
      score: z,
      scoreLimit: limit,
    });
  }
  return detections;
}

/** Means of all periods up to the last, the training ones included. */
function learnMeans(
  series: Series,
  m: number | 'glm' | undefined,
  first: number,
  last: number,
): Float64Array | undefined {
  if (typeof m === 'number') return new Float64Array(last + 1).fill(m);
  if (m === 'glm')
    return fitHarmonicMean(series, { harmonics: 1, trend: false, phase: 0, alpha: 0 }, first, 0, last)?.means;
  let cases = 0;
  let known = 0;
  for (let t = 0; t < first; t++) {
    const count = countAt(series, t);
    if (count === undefined) continue;
    cases += count;
    known++;
  }
  return known === 0 ? undefined : new Float64Array(last + 1).fill(cases / known);
}

function overdispersion(series: Series, means: Float64Array, trainingLength: number): number {
  let sum = 0;
  let known = 0;
  for (let t = 0; t < trainingLength; t++) {
    const count = countAt(series, t);
    if (count === undefined || !(means[t]! > 0)) continue;
    sum += (count - means[t]!) ** 2 / means[t]!;
    known++;
  }
  return known < 2 ? 1 : Math.max(1, sum / (known - 1));
}

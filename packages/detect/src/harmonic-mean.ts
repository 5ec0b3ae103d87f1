/**
 * In-control mean of the CUSUM and GLR charts: log mu = intercept [+ trend] + cosine and sine waves of the year, Poisson
 * (alpha = 0) or negative binomial with variance mu + alpha mu^2; alpha undefined estimates it.
 */
import { fitGlm, SMALLEST_MEAN } from './glm.ts';
import { fitNegativeBinomialGlm } from './negative-binomial-glm.ts';
import type { Series } from './series.ts';

export interface HarmonicModel {
  readonly harmonics: number;
  readonly trend: boolean;
  readonly alpha: number | undefined;
  /** Added to the position, counted from 1, to give the time of the waves. */
  readonly phase: number;
}

export interface HarmonicFit {
  readonly means: Float64Array;
  readonly coefficients: Float64Array;
  /** The alpha used. */
  readonly alpha: number;
}

/** Fits periods 0..trainingLength-1 and predicts first..last. Undefined when there is too little to fit. */
export function fitHarmonicMean(
  series: Series,
  model: HarmonicModel,
  trainingLength: number,
  first: number,
  last: number,
): HarmonicFit | undefined {
  const known: number[] = [];
  for (let i = 0; i < trainingLength; i++) if (!Number.isNaN(series.values[i])) known.push(i);
  const terms = 1 + (model.trend ? 1 : 0) + 2 * model.harmonics;
  if (known.length <= terms) return undefined;
  const counts = Float64Array.from(known, (i) => series.values[i]!);
  const rows = known.map((i) => designRow(model, series.periodsPerYear, i));
  const columns = Array.from({ length: terms }, (_, j) => Float64Array.from(rows, (row) => row[j]!));
  const fitted = ((): { coefficients: Float64Array; alpha: number } | undefined => {
    if (model.alpha === undefined) {
      const fit = fitNegativeBinomialGlm(counts, columns);
      return fit === undefined ? undefined : { coefficients: fit.glm.coefficients, alpha: 1 / fit.theta };
    }
    const theta = model.alpha === 0 ? undefined : 1 / model.alpha;
    return { coefficients: fitGlm({ counts, columns, theta }).coefficients, alpha: model.alpha };
  })();
  if (fitted === undefined || fitted.coefficients.some(Number.isNaN)) return undefined;
  const means = new Float64Array(last - first + 1);
  for (let i = first; i <= last; i++) {
    const row = designRow(model, series.periodsPerYear, i);
    const link = row.reduce((sum, value, j) => sum + value * fitted.coefficients[j]!, 0);
    means[i - first] = Math.max(Math.exp(link), SMALLEST_MEAN);
  }
  return { means, ...fitted };
}

function designRow(model: HarmonicModel, periodsPerYear: number, index: number): number[] {
  const t = index + 1 + model.phase;
  const row = model.trend ? [1, t] : [1];
  for (let s = 1; s <= model.harmonics; s++) {
    const angle = (2 * s * Math.PI * t) / periodsPerYear;
    row.push(Math.cos(angle), Math.sin(angle));
  }
  return row;
}

/**
 * Bayes system of the RKI (Riebler 2004; Hoehle 2007, Comput Stat 22): reference counts are Poisson with a Jeffreys prior on the
 * mean, so the next count is negative binomial; the bound is its 1 - alpha quantile. Bayes 1: b = 0, w = 6, actY;
 * Bayes 2: b = 1, w = 6, actY; Bayes 3: b = 2, w = 4, without actY.
 */
import { requireProbability, resolveRange } from './control.ts';
import { negativeBinomialQuantile, negativeBinomialTail } from './distributions/counts.ts';
import { cannotJudge, type Detection, type IndexRange } from './result.ts';
import { countAt, type Series } from './series.ts';
import { collectWindow, planWindow, type WindowControl } from './window-reference.ts';

export interface BayesControl extends WindowControl {
  /** One-sided. */
  readonly alpha?: number;
}

export function detectBayes(series: Series, control: BayesControl, range?: IndexRange): Detection[] {
  const plan = planWindow(control, { b: 0, w: 6, actY: true });
  const alpha = control.alpha ?? 0.05;
  requireProbability('control.alpha', alpha);
  const { first, last } = resolveRange(series, range);
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) {
    const { counts, reference, missing, warnings } = collectWindow(series, plan, t);
    const observed = countAt(series, t);
    if (counts.length === 0 || (plan.compat === 'paper' && missing > counts.length)) {
      detections.push({ ...cannotJudge(t, observed, 'more-than', warnings), reference });
      continue;
    }
    const size = counts.reduce((sum, count) => sum + count, 0.5);
    const p = counts.length / (counts.length + 1);
    const q = 1 / (counts.length + 1);
    const threshold = negativeBinomialQuantile(1 - alpha, size, p, q);
    detections.push({
      index: t,
      observed,
      alarm: observed === undefined ? undefined : observed > threshold,
      expected: size / counts.length,
      threshold,
      raisedWhen: 'more-than',
      pValue: observed === undefined ? undefined : negativeBinomialTail(observed, size, p, q),
      score: undefined,
      scoreLimit: undefined,
      reference,
      warnings,
    });
  }
  return detections;
}

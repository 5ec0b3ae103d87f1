/**
 * RKI system: the mean of the reference counts plus two standard deviations, or for means up to 20 the upper limit of a
 * 95 % Poisson interval from the table below. RKI 1: b = 0, w = 6, actY; RKI 2: b = 1, w = 6, actY; RKI 3: b = 2, w = 4.
 */
import { resolveRange } from './control.ts';
import { cannotJudge, type Detection, type IndexRange, type Warning } from './result.ts';
import { countAt, type Series } from './series.ts';
import { collectWindow, planWindow, type WindowControl } from './window-reference.ts';

/** Upper limits for means 0..20, as in R `surveillance`. */
const POISSON_UPPER = [
  3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633, 19.05, 20.335, 21.364, 22.945,
  23.762, 25.4, 26.306, 27.735, 28.966, 30.017,
] as const;

export function detectRki(series: Series, control: WindowControl, range?: IndexRange): Detection[] {
  const plan = planWindow(control, { b: 2, w: 4, actY: false });
  const { first, last } = resolveRange(series, range);
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) {
    const { counts, reference, missing, warnings } = collectWindow(series, plan, t);
    const observed = countAt(series, t);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const threshold = upperLimit(mean, counts);
    const tooFew = plan.compat === 'r' ? missing > 0 : missing > counts.length;
    if (counts.length === 0 || tooFew || threshold === undefined) {
      detections.push({ ...cannotJudge(t, observed, 'more-than', warnings), reference });
      continue;
    }
    const noVariation: Warning[] = threshold === mean ? [{ code: 'no-variation' }] : [];
    detections.push({
      ...cannotJudge(t, observed, 'more-than', [...warnings, ...noVariation]),
      alarm: observed === undefined ? undefined : observed > threshold,
      expected: mean,
      threshold,
      reference,
    });
  }
  return detections;
}

function upperLimit(mean: number, counts: readonly number[]): number | undefined {
  if (!(mean > 20)) return POISSON_UPPER[Math.floor(mean)];
  const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
  return counts.length < 2 ? undefined : mean + 2 * Math.sqrt(squares / (counts.length - 1));
}

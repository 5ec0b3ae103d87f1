import type { Compat } from './control.ts';
import { requireOneOf, requireWhole } from './control.ts';
import { DetectError } from './errors.ts';
import type { ReferencePeriod, Warning } from './result.ts';
import { pastSeasonIndexes } from './seasonal-reference.ts';
import type { Series } from './series.ts';

/** The reference periods that the Bayes and the RKI systems share. */
export interface WindowControl {
  /** Years back. */
  readonly b?: number;
  /** Periods before the one under test, and to either side of the same season in past years. */
  readonly w?: number;
  /** Use the periods just before the one under test. */
  readonly actY?: boolean;
  readonly compat?: Compat;
}

export interface WindowPlan {
  readonly b: number;
  readonly w: number;
  readonly actY: boolean;
  readonly compat: Compat;
}

export function planWindow(control: WindowControl, defaults: Required<Omit<WindowControl, 'compat'>>): WindowPlan {
  const plan = {
    b: control.b ?? defaults.b,
    w: control.w ?? defaults.w,
    actY: control.actY ?? defaults.actY,
    compat: control.compat ?? 'paper',
  };
  requireWhole('control.b', plan.b, 0, 100);
  requireWhole('control.w', plan.w, plan.actY ? 1 : 0, 182);
  requireOneOf('control.compat', plan.compat, ['r', 'paper']);
  // R answers that it does not know.
  if (plan.b === 0 && !plan.actY && plan.compat === 'paper')
    throw new DetectError('control-out-of-range', 'control.actY', false);
  return plan;
}

export interface WindowReference {
  readonly counts: readonly number[];
  readonly reference: readonly ReferencePeriod[];
  readonly missing: number;
  readonly warnings: readonly Warning[];
}

/** R counts whole cycles back even on dated series; the default goes by date. */
export function collectWindow(series: Series, plan: WindowPlan, t: number): WindowReference {
  const { b, w, actY, compat } = plan;
  const indexes: number[] = [];
  if (actY) for (let i = t - w; i < t; i++) indexes.push(i);
  if (compat === 'r') {
    for (let year = 1; year <= b; year++)
      for (let i = t - year * series.periodsPerYear - w; i <= t - year * series.periodsPerYear + w; i++)
        indexes.push(i);
  } else indexes.push(...pastSeasonIndexes(series, t, b, w));
  const wanted = (actY ? w : 0) + b * (2 * w + 1);
  if (indexes.some((index) => index < 0) || indexes.length < wanted) {
    const needs = b * series.periodsPerYear + w;
    return { counts: [], reference: [], missing: wanted, warnings: [{ code: 'history-too-short', needs, has: t }] };
  }
  const used = indexes.filter((index) => index < t || compat === 'r');
  const known = used.filter((index) => !Number.isNaN(series.values[index]));
  const counts = known.map((index) => series.values[index] ?? Number.NaN);
  const missing = used.length - known.length;
  const warnings: Warning[] = [];
  if (Number.isNaN(series.values[t])) warnings.push({ code: 'current-missing' });
  if (missing > 0) warnings.push({ code: 'reference-missing', periods: missing });
  if (counts.every((count) => count === 0)) warnings.push({ code: 'all-zero' });
  return { counts, reference: known.map((index) => ({ index, weight: 1 })), missing, warnings };
}

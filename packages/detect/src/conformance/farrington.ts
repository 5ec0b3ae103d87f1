import { asNumber, asNumbers, controlOf, flagOf, type GoldenCase, limit54Of, textOf } from './case.ts';
import type { Comparison } from './compare.ts';
import {
  compareDetections,
  compareField,
  definedNumbers,
  P_VALUE_FLOOR,
  rangeOf,
  seriesOf,
  tieAt,
} from './series-case.ts';
import { detectEars, type EarsControl } from '../ears.ts';
import {
  createFlexibleWorkspace,
  evaluateFlexible,
  type FarringtonFlexibleControl,
  type FlexibleOutcome,
  planFarringtonFlexible,
  prepareSeries,
  type ThresholdMethod,
} from '../farrington-flexible.ts';
import { fitFarrington } from '../farrington.ts';
import type { SeasonalGlm } from '../seasonal-glm.ts';
import type { PowerTransformation } from '../power-transformation.ts';

export function compareEars(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const given: EarsControl = {
    method: textOf(control, 'method', 'C1') as EarsControl['method'],
    compat: 'r',
    ...definedNumbers(control, ['baseline', 'minSigma', 'alpha']),
  };
  return compareDetections(golden, detectEars(seriesOf(golden), given, rangeOf(golden)));
}

export function compareFarringtonFlexible(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const plan = planFarringtonFlexible({
    ...definedNumbers(control, [
      'b',
      'w',
      'weightsThreshold',
      'alpha',
      'pThresholdTrend',
      'noPeriods',
      'pastWeeksNotIncluded',
    ]),
    reweight: flagOf(control, 'reweight', true),
    trend: flagOf(control, 'trend', true),
    populationOffset: flagOf(control, 'populationOffset', false),
    powertrans: textOf(control, 'powertrans', '2/3') as PowerTransformation,
    thresholdMethod: textOf(control, 'thresholdMethod', 'delta') as ThresholdMethod,
    limit54: limit54Of(control),
    compat: 'r',
  } satisfies FarringtonFlexibleControl);
  const { first, last } = rangeOf(golden);
  const prepared = prepareSeries(seriesOf(golden), plan);
  const workspace = createFlexibleWorkspace(plan, prepared.series.values.length);
  const outcomes: FlexibleOutcome[] = [];
  const isAlone: boolean[] = [];
  for (let k = first; k <= last; k++) {
    evaluateFlexible(plan, prepared, workspace, k);
    outcomes.push({ ...workspace.outcome });
    isAlone.push(plan.reweight && plan.noPeriods > 1 && hasLoneRow(workspace.glm, plan.noPeriods));
  }
  const fitted = (of: (outcome: FlexibleOutcome) => number) =>
    outcomes.map((outcome) => (outcome.state === 'fitted' ? of(outcome) : undefined));
  const theirs = (name: string) => asNumbers(golden.fields[name] ?? [], name);
  const errors = theirs('pred_se');
  const fits = theirs('pred_fit');
  // A constant past is fitted perfectly; whether it has a trend, and which, is then decided by rounding alone.
  const perfect = (i: number) =>
    Math.abs(errors[i] ?? 1) <= 1e-6 * Math.max(1, Math.abs(fits[i] ?? 0)) ? 'perfect fit' : undefined;
  // The only week of its season has leverage 1 and residual 0 / 0: in R rounding decides whether it counts at all.
  const alone = (i: number) => (isAlone[i] === true ? 'only week of its season' : undefined);
  const threshold = fitted((outcome) => outcome.threshold);
  const compared = [
    ...compareField(golden, 'upperbound', threshold),
    ...compareField(
      golden,
      'alarm',
      outcomes.map(({ alarm }) => asNumber(alarm)),
      { tie: (i) => tieAt(golden, first + i, threshold[i]) },
    ),
    ...compareField(
      golden,
      'expected',
      outcomes.map((outcome) => (outcome.state === 'fitted' ? outcome.expected : 0)),
    ),
    ...compareField(
      golden,
      'score',
      fitted((outcome) => outcome.score),
      // A bound beyond all counts makes the score a rounding error.
      { floor: 1e-9 },
    ),
    ...compareField(
      golden,
      'pvalue',
      fitted((outcome) => outcome.pValue),
      { floor: P_VALUE_FLOOR },
    ),
    ...compareField(
      golden,
      'phiVector',
      fitted((outcome) => outcome.phi),
    ),
    ...compareField(
      golden,
      'trend',
      fitted((outcome) => (outcome.trend ? 1 : 0)),
      { tie: perfect },
    ),
    ...compareField(
      golden,
      'trendVector',
      fitted((outcome) => outcome.slope),
      { tie: perfect },
    ),
    ...compareField(
      golden,
      'pred_fit',
      fitted((outcome) => outcome.fit),
    ),
    ...compareField(
      golden,
      'pred_se',
      fitted((outcome) => outcome.standardError),
      { tie: perfect },
    ),
    ...(plan.thresholdMethod === 'delta'
      ? []
      : [
          ...compareField(
            golden,
            'mu0Vector',
            fitted(({ fit, standardError }) =>
              Math.exp(plan.thresholdMethod === 'nbPlugin' ? fit : fit + plan.quantile * standardError),
            ),
          ),
        ]),
  ];
  return compared.map((comparison) => ({ ...comparison, tie: (i) => comparison.tie?.(i) ?? alone(i) }));
}

function hasLoneRow(glm: SeasonalGlm, seasons: number): boolean {
  const rows = Array.from({ length: seasons }, () => 0);
  for (let r = 0; r < glm.runs; r++) rows[glm.runLevel[r]!]! += glm.runLast[r]! - glm.runFirst[r]! + 1;
  return rows.includes(1);
}

export function compareFarrington(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const range = rangeOf(golden);
  const series = seriesOf(golden);
  const fits = fitFarrington(
    series,
    {
      ...definedNumbers(control, ['b', 'w', 'alpha']),
      reweight: flagOf(control, 'reweight', true),
      trend: flagOf(control, 'trend', true),
      limit54: limit54Of(control),
      powertrans: textOf(control, 'powertrans', '2/3') as PowerTransformation,
      populationOffset: textOf(control, 'fitFun', '').endsWith('populationOffset'),
      compat: 'r',
    },
    range,
  );
  // A constant past is fitted perfectly, and rounding alone decides whether it has a trend.
  const constant = (i: number): string | undefined => {
    const counts = fits[i]?.detection.reference.map(({ index }) => series.values[index]) ?? [];
    return counts.every((count) => count === counts[0]) ? 'perfect fit' : undefined;
  };
  const compared = [
    ...compareDetections(
      golden,
      fits.map(({ detection }) => detection),
    ),
    ...compareField(
      golden,
      'trend',
      fits.map(({ trend }) => (trend ? 1 : 0)),
    ),
    ...compareField(
      golden,
      'expected',
      fits.map(({ detection }) => detection.expected),
    ),
    ...compareField(
      golden,
      'median',
      fits.map(({ detection }) => detection.expected),
    ),
    ...compareField(
      golden,
      'phi',
      fits.map(({ phi }) => phi),
    ),
    ...compareField(
      golden,
      'se_fit',
      fits.map(({ standardError }) => standardError),
    ),
    ...compareField(
      golden,
      'quantile_of_observed',
      fits.map(({ quantileOfObserved }) => quantileOfObserved),
      { floor: P_VALUE_FLOOR },
    ),
  ];
  return compared.map((comparison) => ({ ...comparison, tie: (i) => comparison.tie?.(i) ?? constant(i) }));
}

import {
  asNumber,
  asNumbers,
  asStrings,
  controlOf,
  type GoldenCase,
  type GoldenNumber,
  optionalNumber,
} from './conformance-case.ts';
import type { Comparison } from './conformance-compare.ts';
import { detectEars, type EarsControl } from './ears.ts';
import {
  createFlexibleWorkspace,
  evaluateFlexible,
  type FarringtonFlexibleControl,
  type FlexibleOutcome,
  planFarringtonFlexible,
  prepareSeries,
  type ThresholdMethod,
} from './farrington-flexible.ts';
import { fitFarrington } from './farrington.ts';
import type { PowerTransformation } from './power-transformation.ts';
import type { Detection, IndexRange } from './result.ts';
import { createSeries, type PeriodKind, type Series } from './series.ts';

/** From a reference case to the pairs of values that have to agree. */
export type Adapter = (golden: GoldenCase) => readonly Comparison[];

const EXACT = 1e-6;

/** A p value has digits at any size; only what underflows in R may differ. */
const P_VALUE_FLOOR = 1e-300;

export const adapters: Readonly<Record<string, Adapter>> = {
  earsC: compareEars,
  farringtonFlexible: compareFarringtonFlexible,
  farrington: compareFarrington,
};

function compareEars(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const given: EarsControl = {
    method: String(control['method']) as EarsControl['method'],
    compat: 'r',
    ...definedNumbers(control, ['baseline', 'minSigma', 'alpha']),
  };
  return compareDetections(golden, detectEars(seriesOf(golden), given, rangeOf(golden)));
}

function compareFarringtonFlexible(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const limit = asNumbers(control['limit54'], 'limit54');
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
    reweight: control['reweight'] !== false,
    trend: control['trend'] !== false,
    populationOffset: control['populationOffset'] === true,
    powertrans: String(control['powertrans']) as PowerTransformation,
    thresholdMethod: String(control['thresholdMethod']) as ThresholdMethod,
    limit54: [limit[0] ?? 5, limit[1] ?? 4],
    compat: 'r',
  } satisfies FarringtonFlexibleControl);
  const { first, last } = rangeOf(golden);
  const prepared = prepareSeries(seriesOf(golden), plan);
  const workspace = createFlexibleWorkspace(plan, prepared.series.values.length);
  const outcomes: FlexibleOutcome[] = [];
  for (let k = first; k <= last; k++) {
    evaluateFlexible(plan, prepared, workspace, k);
    outcomes.push({ ...workspace.outcome });
  }
  const fitted = (of: (outcome: FlexibleOutcome) => number) =>
    outcomes.map((outcome) => (outcome.state === 'fitted' ? of(outcome) : undefined));
  const theirs = (name: string) => asNumbers(golden.fields[name], name);
  const errors = theirs('pred_se');
  const fits = theirs('pred_fit');
  // A constant past is fitted perfectly; whether it has a trend, and which, is then decided by rounding alone.
  const perfect = (i: number) =>
    Math.abs(errors[i] ?? 1) <= 1e-6 * Math.max(1, Math.abs(fits[i] ?? 0)) ? 'perfect fit' : undefined;
  const threshold = fitted((outcome) => outcome.threshold);
  const values = (what: string, ours: readonly GoldenNumber[], extra: Partial<Comparison> = {}): Comparison => ({
    what,
    ours,
    theirs: theirs(what),
    tolerance: EXACT,
    ...extra,
  });
  return [
    values('upperbound', threshold),
    values(
      'alarm',
      outcomes.map(({ alarm }) => asNumber(alarm)),
      { tie: (i) => tieAt(golden, first + i, threshold[i]) },
    ),
    values(
      'expected',
      outcomes.map((outcome) => (outcome.state === 'fitted' ? outcome.expected : 0)),
    ),
    values(
      'score',
      fitted((outcome) => outcome.score),
    ),
    values(
      'pvalue',
      fitted((outcome) => outcome.pValue),
      { floor: P_VALUE_FLOOR },
    ),
    values(
      'phiVector',
      fitted((outcome) => outcome.phi),
    ),
    values(
      'trend',
      fitted((outcome) => (outcome.trend ? 1 : 0)),
      { tie: perfect },
    ),
    values(
      'trendVector',
      fitted((outcome) => outcome.slope),
      { tie: perfect },
    ),
    values(
      'pred_fit',
      fitted((outcome) => outcome.fit),
    ),
    values(
      'pred_se',
      fitted((outcome) => outcome.standardError),
      { tie: perfect },
    ),
    ...(plan.thresholdMethod === 'delta'
      ? []
      : [
          values(
            'mu0Vector',
            fitted(({ fit, standardError }) =>
              Math.exp(plan.thresholdMethod === 'nbPlugin' ? fit : fit + plan.quantile * standardError),
            ),
          ),
        ]),
  ];
}

function compareFarrington(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const limit = asNumbers(control['limit54'], 'limit54');
  const range = rangeOf(golden);
  const fits = fitFarrington(
    seriesOf(golden),
    {
      ...definedNumbers(control, ['b', 'w', 'alpha']),
      reweight: control['reweight'] !== false,
      trend: control['trend'] !== false,
      limit54: [limit[0] ?? 5, limit[1] ?? 4],
      powertrans: String(control['powertrans']) as PowerTransformation,
      populationOffset: String(control['fitFun']).endsWith('populationOffset'),
      compat: 'r',
    },
    range,
  );
  const theirs = (name: string) => asNumbers(golden.fields[name], name);
  const values = (what: string, ours: readonly GoldenNumber[], floor = 1e-12): Comparison => ({
    what,
    ours,
    theirs: theirs(what),
    tolerance: EXACT,
    floor,
  });
  return [
    ...compareDetections(
      golden,
      fits.map(({ detection }) => detection),
    ),
    values(
      'trend',
      fits.map(({ trend }) => (trend ? 1 : 0)),
    ),
    values(
      'expected',
      fits.map(({ detection }) => detection.expected),
    ),
    values(
      'median',
      fits.map(({ detection }) => detection.expected),
    ),
    values(
      'phi',
      fits.map(({ phi }) => phi),
    ),
    values(
      'se_fit',
      fits.map(({ standardError }) => standardError),
    ),
    values(
      'quantile_of_observed',
      fits.map(({ quantileOfObserved }) => quantileOfObserved),
      P_VALUE_FLOOR,
    ),
  ];
}

/** Bound and alarm, which every method has. */
function compareDetections(golden: GoldenCase, detections: readonly Detection[]): Comparison[] {
  const thresholds = detections.map(({ threshold }) => threshold);
  return [
    {
      what: 'upperbound',
      ours: thresholds,
      theirs: asNumbers(golden.fields['upperbound'], 'upperbound'),
      tolerance: EXACT,
    },
    {
      what: 'alarm',
      ours: detections.map(({ alarm }) => asNumber(alarm)),
      theirs: asNumbers(golden.fields['alarm'], 'alarm'),
      tolerance: 0,
      tie: (i) => tieAt(golden, rangeOf(golden).first + i, thresholds[i]),
    },
  ];
}

/** A count on the very bound: which side it falls is decided by rounding. */
function tieAt(golden: GoldenCase, index: number, threshold: GoldenNumber): string | undefined {
  const observed = asNumbers(golden.fields['observed'], 'observed')[index];
  if (observed === undefined || threshold === undefined || Number.isInteger(threshold)) return undefined;
  return Math.abs(observed - threshold) <= 1e-9 * Math.max(1, Math.abs(threshold)) ? 'count on the bound' : undefined;
}

function seriesOf(golden: GoldenCase): Series {
  const { fields } = golden;
  const frequency = asNumber(fields['freq']) ?? 52;
  const kind: PeriodKind = frequency === 12 ? 'month' : frequency === 365 ? 'day' : 'week';
  const dated = fields['epochAsDate'] === true && fields['epoch'] !== null;
  const population = fields['population'];
  return createSeries({
    kind,
    periodsPerYear: frequency,
    start: dated ? asStrings(fields['epoch'], 'epoch')[0] : undefined,
    counts: asNumbers(fields['observed'], 'observed'),
    population:
      population === undefined || population === null
        ? undefined
        : asNumbers(population, 'population').map((people) => (people === 0 ? undefined : people)),
  });
}

function rangeOf(golden: GoldenCase): IndexRange {
  const [first, last] = asNumbers(golden.fields['range'], 'range');
  if (first === undefined || last === undefined) throw new Error('range is missing');
  return { first: first - 1, last: last - 1 };
}

function definedNumbers<K extends string>(
  record: Readonly<Record<string, unknown>>,
  names: readonly K[],
): { readonly [name in K]?: number } {
  const found: { [name in K]?: number } = {};
  for (const name of names) {
    const value = optionalNumber(record, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

import { DetectError } from '../errors.ts';
import type { Detection, IndexRange } from '../result.ts';
import { createSeries, type PeriodKind, type Series } from '../series.ts';
import { asNumber, asNumbers, asStrings, type GoldenCase, type GoldenNumber, optionalNumber } from './case.ts';
import type { Comparison } from './compare.ts';

/** Relative difference allowed between two deterministic values. */
export const EXACT = 1e-6;

/** A p value has digits at any size; only what underflows in R may differ. */
export const P_VALUE_FLOOR = 1e-300;

/** Nothing when the case does not have the field; bound and alarm it has to have. */
export function compareField(
  golden: GoldenCase,
  what: string,
  ours: readonly GoldenNumber[],
  extra: Partial<Comparison> = {},
): Comparison[] {
  const theirs = golden.fields[what];
  if (theirs === undefined || theirs === null) return [];
  return [{ what, ours, theirs: asNumbers(theirs, what), tolerance: EXACT, ...extra }];
}

/** Bound and alarm, which every method has. */
export function compareDetections(
  golden: GoldenCase,
  detections: readonly Detection[],
  tolerance = EXACT,
): Comparison[] {
  const thresholds = detections.map(({ threshold }) => threshold);
  return [
    {
      what: 'upperbound',
      ours: thresholds,
      theirs: asNumbers(golden.fields['upperbound'], 'upperbound'),
      tolerance,
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
export function tieAt(golden: GoldenCase, index: number, threshold: GoldenNumber): string | undefined {
  const observed = asNumbers(golden.fields['observed'], 'observed')[index];
  if (observed === undefined || threshold === undefined || Number.isInteger(threshold)) return undefined;
  return Math.abs(observed - threshold) <= 1e-9 * Math.max(1, Math.abs(threshold)) ? 'count on the bound' : undefined;
}

export function seriesOf(golden: GoldenCase): Series {
  const { fields } = golden;
  for (const result of ['upperbound', 'alarm'])
    if (fields[result] === undefined) throw new Error(`${result} is missing`);
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

export function rangeOf(golden: GoldenCase): IndexRange {
  const [first, last] = asNumbers(golden.fields['range'], 'range');
  if (first === undefined || last === undefined) throw new Error('range is missing');
  const { length } = asNumbers(golden.fields['observed'], 'observed');
  if (last > length) throw new DetectError('range-outside-series', 'range[1]', last);
  return { first: first - 1, last: last - 1 };
}

export function definedNumbers<K extends string>(
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

/**
 * Rules as people write them in a surveillance guideline, each as plain data: "1 suspected case", "3 cases in 28 days",
 * "at least twice the mean of the last 3 weeks", "more than the 3rd quartile of the same weeks of 5 years",
 * "10 per 100,000". `compare` says whether reaching the value is enough; there is no default, because the two are mixed up
 * in practice.
 *
 * A window always ends with the period under test and includes it. A mean or quantile of the past never includes it.
 * A missing period is unknown, not zero: a window whose known part already reaches the value is an alarm, otherwise it is
 * not judged.
 */
import { requireOneOf, requirePositive, requireWhole, requireWithin, resolveRange } from './control.ts';
import { DetectError } from './errors.ts';
import {
  cannotJudge,
  type Comparison,
  comparisons,
  type Detection,
  type IndexRange,
  isRaised,
  type Warning,
} from './result.ts';
import { pastSeasonIndexes } from './seasonal-reference.ts';
import { countAt, populationAt, type Series } from './series.ts';

export type Rule = RuleShape & {
  /** The rule is meant for places of this size only: "5 cases where fewer than 30,000 people live". */
  readonly population?: PopulationBound | undefined;
};

export interface PopulationBound {
  readonly compare: (typeof populationComparisons)[number];
  readonly people: number;
}
export const populationComparisons = ['at-least', 'more-than', 'at-most', 'less-than'] as const;

type RuleShape =
  /** "1 suspected case" */
  | { readonly kind: 'cases'; readonly compare: Comparison; readonly cases: number }
  /** "n in a rolling window of d days"; a series of weeks takes whole weeks only. */
  | {
      readonly kind: 'cases-in-window';
      readonly compare: Comparison;
      readonly cases: number;
      readonly windowDays: number;
    }
  /** "twice the mean of the last 3 weeks" */
  | {
      readonly kind: 'times-recent-mean';
      readonly compare: Comparison;
      readonly factor: number;
      readonly periods: number;
      readonly minimumCases?: number | undefined;
    }
  /** "above the 3rd quartile of the same weeks of 5 years", `halfWindow` periods to either side of each. */
  | {
      readonly kind: 'quantile-of-past-years';
      readonly compare: Comparison;
      readonly quantile: number;
      readonly years: number;
      readonly halfWindow: number;
      readonly minimumCases?: number | undefined;
    }
  /** "more than 2 standard deviations above the mean of the same weeks of 5 years" */
  | {
      readonly kind: 'deviations-from-past-years';
      readonly compare: Comparison;
      readonly deviations: number;
      readonly years: number;
      readonly halfWindow: number;
      readonly minimumCases?: number | undefined;
    }
  /** "10 per 100,000 in a week"; without `windowDays` one period. */
  | {
      readonly kind: 'rate-per-100k';
      readonly compare: Comparison;
      readonly ratePer100k: number;
      readonly windowDays?: number | undefined;
      readonly minimumCases?: number | undefined;
    }
  /** "doubling over 3 weeks": each of the last `periods` periods against the one before it (1, 2, 4 for factor 2). */
  | {
      readonly kind: 'successive-growth';
      readonly compare: Comparison;
      readonly factor: number;
      readonly periods: number;
      readonly minimumCases?: number | undefined;
    };
export type RuleKind = Rule['kind'];

const RULE_FIELDS: Readonly<Record<RuleKind, readonly string[]>> = {
  cases: ['cases'],
  'cases-in-window': ['cases', 'windowDays'],
  'times-recent-mean': ['factor', 'periods', 'minimumCases'],
  'quantile-of-past-years': ['quantile', 'years', 'halfWindow', 'minimumCases'],
  'deviations-from-past-years': ['deviations', 'years', 'halfWindow', 'minimumCases'],
  'rate-per-100k': ['ratePer100k', 'windowDays', 'minimumCases'],
  'successive-growth': ['factor', 'periods', 'minimumCases'],
};

/** A rule from stored or received JSON. Throws DetectError naming the field. */
export function parseRule(input: unknown): Rule {
  if (typeof input !== 'object' || input === null) throw new DetectError('input-malformed', 'rule');
  const record: Readonly<Record<string, unknown>> = { ...input };
  const kind = record['kind'];
  if (!isRuleKind(kind)) throw new DetectError('control-unknown', 'rule.kind', String(kind));
  for (const field of Object.keys(record))
    if (!['kind', 'compare', 'population'].includes(field) && !RULE_FIELDS[kind].includes(field))
      throw new DetectError('control-unknown', `rule.${field}`);
  const compare = comparisons.find((comparison) => comparison === record['compare']);
  if (compare === undefined) throw new DetectError('control-out-of-range', 'rule.compare', String(record['compare']));
  const number = (field: string): number => {
    const value = record[field];
    if (typeof value !== 'number') throw new DetectError('input-malformed', `rule.${field}`);
    return value;
  };
  const optional = (field: string): { [field: string]: number } =>
    record[field] === undefined || record[field] === null ? {} : { [field]: number(field) };
  const shape = ((): RuleShape => {
    switch (kind) {
      case 'cases':
        return { kind, compare, cases: number('cases') };
      case 'cases-in-window':
        return { kind, compare, cases: number('cases'), windowDays: number('windowDays') };
      case 'times-recent-mean':
      case 'successive-growth':
        return { kind, compare, factor: number('factor'), periods: number('periods'), ...optional('minimumCases') };
      case 'quantile-of-past-years':
        return {
          kind,
          compare,
          quantile: number('quantile'),
          years: number('years'),
          halfWindow: number('halfWindow'),
          ...optional('minimumCases'),
        };
      case 'deviations-from-past-years':
        return {
          kind,
          compare,
          deviations: number('deviations'),
          years: number('years'),
          halfWindow: number('halfWindow'),
          ...optional('minimumCases'),
        };
      case 'rate-per-100k':
        return {
          kind,
          compare,
          ratePer100k: number('ratePer100k'),
          ...optional('windowDays'),
          ...optional('minimumCases'),
        };
    }
  })();
  const population = parsePopulation(record['population']);
  const rule: Rule = population === undefined ? shape : { ...shape, population };
  requireSensible(rule);
  return rule;
}

function parsePopulation(input: unknown): PopulationBound | undefined {
  if (input === undefined || input === null) return undefined;
  if (typeof input !== 'object') throw new DetectError('input-malformed', 'rule.population');
  const record: Readonly<Record<string, unknown>> = { ...input };
  const compare = populationComparisons.find((comparison) => comparison === record['compare']);
  if (compare === undefined) throw new DetectError('control-out-of-range', 'rule.population.compare');
  const people = record['people'];
  if (typeof people !== 'number') throw new DetectError('input-malformed', 'rule.population.people');
  return { compare, people };
}

export function detectRule(series: Series, rule: Rule, range?: IndexRange): Detection[] {
  requireSensible(rule);
  const { first, last } = resolveRange(series, range);
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) detections.push(evaluateRule(series, rule, t));
  return detections;
}

function evaluateRule(series: Series, rule: Rule, t: number): Detection {
  const shaped = evaluateShape(series, rule, t);
  // Nothing is nothing unusual: twice a mean of zero is zero, and no case reaches it.
  const found: Detection = shaped.alarm === true && shaped.observed === 0 ? { ...shaped, alarm: false } : shaped;
  if (rule.population === undefined) return found;
  const people = populationAt(series, t);
  if (people === undefined) {
    const known = found.warnings.some(({ code }) => code === 'population-missing');
    return {
      ...found,
      alarm: undefined,
      warnings: known ? found.warnings : [...found.warnings, { code: 'population-missing' }],
    };
  }
  if (isWithin(people, rule.population)) return found;
  return { ...found, alarm: false, warnings: [...found.warnings, { code: 'not-meant-for-population' }] };
}

function isWithin(people: number, bound: PopulationBound): boolean {
  switch (bound.compare) {
    case 'at-least':
      return people >= bound.people;
    case 'more-than':
      return people > bound.people;
    case 'at-most':
      return people <= bound.people;
    case 'less-than':
      return people < bound.people;
  }
}

function evaluateShape(series: Series, rule: Rule, t: number): Detection {
  switch (rule.kind) {
    case 'cases':
      return judgeSum(series, rule.compare, rule.cases, 1, t);
    case 'cases-in-window':
      return judgeSum(series, rule.compare, rule.cases, periodsIn(series, rule.windowDays), t);
    case 'rate-per-100k':
      return judgeRate(series, rule, rule.windowDays === undefined ? 1 : periodsIn(series, rule.windowDays), t);
    case 'times-recent-mean':
      return judgeRecentMean(series, rule, t);
    case 'quantile-of-past-years':
      return judgePastYears(series, rule, t, (past) => {
        const threshold = interpolateQuantile(past, rule.quantile);
        return { expected: interpolateQuantile(past, 0.5), threshold };
      });
    case 'deviations-from-past-years':
      return judgePastYears(series, rule, t, (past) => {
        if (past.length < 2) return undefined;
        const expected = mean(past);
        const variance = past.reduce((sum, value) => sum + (value - expected) ** 2, 0) / (past.length - 1);
        return { expected, threshold: expected + rule.deviations * Math.sqrt(variance) };
      });
    case 'successive-growth':
      return judgeGrowth(series, rule, t);
  }
}

interface WindowSum {
  readonly known: number;
  readonly missing: number;
  readonly warnings: readonly Warning[];
}

function sumWindow(series: Series, periods: number, t: number): WindowSum {
  let known = 0;
  let missing = 0;
  for (let i = Math.max(0, t - periods + 1); i <= t; i++) {
    const count = countAt(series, i);
    if (count === undefined) missing++;
    else known += count;
  }
  const warnings: Warning[] = [];
  if (countAt(series, t) === undefined) warnings.push({ code: 'current-missing' });
  if (missing > 0 && periods > 1) warnings.push({ code: 'reference-missing', periods: missing });
  const outside = Math.max(0, periods - t - 1);
  if (outside > 0) warnings.push({ code: 'history-too-short', needs: periods - 1, has: t });
  return { known, missing: missing + outside, warnings };
}

/** A window with a gap is a lower bound: enough to raise an alarm, not enough to deny one. */
function judgeLowerBound(value: number, complete: boolean, compare: Comparison, limit: number): boolean | undefined {
  const raised = isRaised(value, compare, limit);
  return raised || complete ? raised : undefined;
}

function judgeSum(series: Series, compare: Comparison, limit: number, periods: number, t: number): Detection {
  const window = sumWindow(series, periods, t);
  const nothingKnown = window.missing === periods;
  return {
    ...cannotJudge(t, nothingKnown ? undefined : window.known, compare, window.warnings),
    alarm: nothingKnown ? undefined : judgeLowerBound(window.known, window.missing === 0, compare, limit),
    threshold: limit,
  };
}

function judgeRate(
  series: Series,
  rule: Extract<Rule, { kind: 'rate-per-100k' }>,
  periods: number,
  t: number,
): Detection {
  const window = sumWindow(series, periods, t);
  const people = populationAt(series, t);
  if (people === undefined || window.missing === periods)
    return {
      ...cannotJudge(
        t,
        undefined,
        rule.compare,
        people === undefined ? [...window.warnings, { code: 'population-missing' }] : window.warnings,
      ),
      threshold: rule.ratePer100k,
    };
  const rate = (window.known * 100_000) / people;
  const needs = rule.minimumCases ?? 0;
  const enough = window.known >= needs;
  const few: Warning[] = enough ? [] : [{ code: 'too-few-recent-cases', needs, has: window.known }];
  const alarm = judgeLowerBound(rate, window.missing === 0, rule.compare, rule.ratePer100k);
  return {
    ...cannotJudge(t, rate, rule.compare, [...window.warnings, ...few]),
    // With too few known cases and a gap, the missing ones decide.
    alarm: enough || alarm === false ? alarm : window.missing === 0 ? false : undefined,
    threshold: rule.ratePer100k,
  };
}

function judgeRecentMean(series: Series, rule: Extract<Rule, { kind: 'times-recent-mean' }>, t: number): Detection {
  const observed = countAt(series, t);
  if (t < rule.periods)
    return cannotJudge(t, observed, rule.compare, [{ code: 'history-too-short', needs: rule.periods, has: t }]);
  const indexes = Array.from({ length: rule.periods }, (_, i) => t - rule.periods + i);
  return judgeReference(series, rule, t, indexes, rule.periods, (past) => {
    const expected = mean(past);
    return { expected, threshold: rule.factor * expected };
  });
}

function judgePastYears(
  series: Series,
  rule: Extract<Rule, { kind: 'quantile-of-past-years' | 'deviations-from-past-years' }>,
  t: number,
  limits: (past: readonly number[]) => { expected: number; threshold: number } | undefined,
): Detection {
  const wanted = rule.years * (2 * rule.halfWindow + 1);
  const indexes = pastSeasonIndexes(series, t, rule.years, rule.halfWindow).filter((i) => i < t);
  if (indexes.length < wanted)
    return cannotJudge(t, countAt(series, t), rule.compare, [
      { code: 'history-too-short', needs: series.periodsPerYear * rule.years + rule.halfWindow, has: t },
    ]);
  return judgeReference(series, rule, t, indexes, wanted, limits);
}

/** Known reference periods stand for the missing ones while they are at least half. */
function judgeReference(
  series: Series,
  rule: { readonly compare: Comparison; readonly minimumCases?: number | undefined },
  t: number,
  indexes: readonly number[],
  wanted: number,
  limits: (past: readonly number[]) => { expected: number; threshold: number } | undefined,
): Detection {
  const observed = countAt(series, t);
  const known = indexes.filter((index) => countAt(series, index) !== undefined);
  const past = known.map((index) => countAt(series, index) ?? 0);
  const reference = known.map((index) => ({ index, weight: 1 }));
  const warnings: Warning[] = [];
  if (observed === undefined) warnings.push({ code: 'current-missing' });
  if (past.length < wanted) warnings.push({ code: 'reference-missing', periods: wanted - past.length });
  if (past.length > 0 && past.every((count) => count === 0)) warnings.push({ code: 'all-zero' });
  const found = 2 * past.length >= wanted ? limits(past) : undefined;
  if (found === undefined) return { ...cannotJudge(t, observed, rule.compare, warnings), reference };
  const enough = observed !== undefined && observed >= (rule.minimumCases ?? 0);
  if (observed !== undefined && !enough)
    warnings.push({ code: 'too-few-recent-cases', needs: rule.minimumCases ?? 0, has: observed });
  return {
    ...cannotJudge(t, observed, rule.compare, warnings),
    alarm: observed === undefined ? undefined : enough && isRaised(observed, rule.compare, found.threshold),
    expected: found.expected,
    threshold: found.threshold,
    reference,
  };
}

function judgeGrowth(series: Series, rule: Extract<Rule, { kind: 'successive-growth' }>, t: number): Detection {
  const observed = countAt(series, t);
  if (t < rule.periods - 1)
    return cannotJudge(t, observed, rule.compare, [{ code: 'history-too-short', needs: rule.periods - 1, has: t }]);
  const window = sumWindow(series, rule.periods, t);
  const before = countAt(series, t - 1);
  if (observed === undefined || window.missing > 0) return cannotJudge(t, observed, rule.compare, window.warnings);
  const reference = [];
  let grows = true;
  for (let i = t - rule.periods + 1; i < t; i++) {
    reference.push({ index: i, weight: 1 });
    const [earlier, later] = [countAt(series, i) ?? 0, countAt(series, i + 1) ?? 0];
    // Anything grows from zero without end, so nothing has doubled.
    grows &&= earlier > 0 && isRaised(later, rule.compare, rule.factor * earlier);
  }
  const minimumCases = rule.minimumCases ?? 0;
  const warnings: Warning[] =
    observed < minimumCases ? [{ code: 'too-few-recent-cases', needs: minimumCases, has: observed }] : [];
  return {
    ...cannotJudge(t, observed, rule.compare, warnings),
    alarm: grows && observed >= minimumCases,
    expected: before,
    threshold: before === undefined ? undefined : rule.factor * before,
    reference,
  };
}

/** Linear between order statistics (Hyndman & Fan type 7, the one of spreadsheets and R). */
function interpolateQuantile(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * quantile;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function periodsIn(series: Series, windowDays: number): number {
  if (series.kind === 'day') return windowDays;
  if (series.kind === 'week' && windowDays % 7 === 0) return windowDays / 7;
  throw new DetectError('period-not-supported', 'rule.windowDays', windowDays);
}

function requireSensible(rule: Rule): void {
  requireOneOf('rule.compare', rule.compare, comparisons);
  if ('cases' in rule) requireWhole('rule.cases', rule.cases, rule.compare === 'at-least' ? 1 : 0);
  if ('windowDays' in rule && rule.windowDays !== undefined) requireWhole('rule.windowDays', rule.windowDays, 1, 3660);
  if ('factor' in rule) requirePositive('rule.factor', rule.factor);
  if ('periods' in rule) requireWhole('rule.periods', rule.periods, rule.kind === 'successive-growth' ? 2 : 1, 3660);
  if ('years' in rule) requireWhole('rule.years', rule.years, 1, 100);
  if ('halfWindow' in rule) requireWhole('rule.halfWindow', rule.halfWindow, 0, 100);
  if ('quantile' in rule) requireWithin('rule.quantile', rule.quantile, 0, 1);
  if ('deviations' in rule) requireWithin('rule.deviations', rule.deviations, 0);
  if ('ratePer100k' in rule) requirePositive('rule.ratePer100k', rule.ratePer100k);
  if (rule.population !== undefined) requirePositive('rule.population.people', rule.population.people);
  if ('minimumCases' in rule && rule.minimumCases !== undefined)
    requireWhole('rule.minimumCases', rule.minimumCases, 0);
}

function isRuleKind(kind: unknown): kind is RuleKind {
  return typeof kind === 'string' && Object.hasOwn(RULE_FIELDS, kind);
}

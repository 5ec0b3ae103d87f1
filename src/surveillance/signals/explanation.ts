/** Why a signal was raised, in one plain sentence of the reader's language. Stored are numbers and the method; the words are made here, whenever they are read. */
import type { Rule } from '@reciproca/detect/rules';
import type { Comparison, Warning } from '@reciproca/detect/result';
import type { Period, PeriodKind } from '../../period.ts';
import { formatPercent, formatPeriod, type Conventions } from '../../ui/format.ts';
import type { View } from '../../ui/view.ts';
import type { Method, Range } from './method.ts';
import type { RankReason } from './triage.ts';

/** A language and its conventions; a View is one. */
export type Words = Conventions & Pick<View, 't'>;

export interface AlarmFacts {
  readonly indicator: string;
  readonly place: string;
  readonly period: Period;
  readonly observed: number;
  readonly range: Range | undefined;
  readonly expected: number | undefined;
  readonly threshold: number | undefined;
  readonly raisedWhen: Comparison;
  readonly pValue: number | undefined;
  readonly score: number | undefined;
  readonly scoreLimit: number | undefined;
  readonly warnings: readonly Warning[];
  readonly method: Method;
}

/** A count stays whole; a mean, rate or limit gets one decimal, two where it is small. */
function round(value: number): number {
  const decimals = Math.abs(value) < 1 ? 100 : 10;
  return Math.round(value * decimals) / decimals;
}

/** Two digits, never more exact than a probability of this kind is; below one in a million only that. */
export function formatProbability({ locale, digits }: Conventions, p: number): string {
  const tag = locale === 'ar' ? `ar-u-nu-${digits ?? 'latn'}` : locale;
  const number = new Intl.NumberFormat(tag, { maximumSignificantDigits: p < 0.095 ? 1 : 2, maximumFractionDigits: 6 });
  return p < 1e-6 ? `< ${number.format(1e-6)}` : `= ${number.format(p)}`;
}

/** The same for a cell of a table, without the sign of equality. */
export const writeProbability = (words: Conventions, p: number): string =>
  formatProbability(words, p).replace(/^= /, '');

export function explainAlarm(words: Words, alarm: AlarmFacts): string {
  const { t } = words;
  const { method, range, threshold, raisedWhen } = alarm;
  const rule = describeMethod(words, method, alarm.period.kind);
  const common = {
    indicator: alarm.indicator,
    place: alarm.place,
    period: formatPeriod(words, alarm.period),
    count: round(alarm.observed),
    rule,
  };
  if (method.method !== 'rule')
    return t('signals.why-statistic', {
      ...common,
      facts: statisticFacts(words, alarm).reduce((first, second) => t('signals.clauses', { first, second })),
      method: nameOfMethod(words, method),
    });
  if (method.rule.kind === 'cases') return t('signals.why-rule', common);
  if (method.rule.kind === 'cases-in-window')
    return t('signals.why-window', { ...common, days: t('signals.days', { count: method.rule.windowDays }) });
  if (method.rule.kind === 'rate-per-100k') return t('signals.why-rate', common);
  const level = t(`signals.level-${raisedWhen}`, { threshold: round(threshold ?? 0) });
  if (range === undefined) return t('signals.why-level', { ...common, level });
  const [lower, upper] = [round(range.lower), round(range.upper)];
  return lower === upper
    ? t('signals.why-usual-one', { ...common, level, upper })
    : t('signals.why-usual', { ...common, level, lower, upper });
}

/** "12 expected from the same time of year in the past 5 years", "the alarm begins above 22", "p = 0.0004", "3 past outbreaks weighted down". */
function statisticFacts(words: Words, alarm: AlarmFacts): readonly string[] {
  const { t } = words;
  const { expected, threshold, raisedWhen, pValue, score, scoreLimit, warnings, method } = alarm;
  const facts: string[] = [];
  if (expected !== undefined) {
    const basis = basisOf(words, method, alarm.period.kind);
    facts.push(
      basis === undefined
        ? t('signals.fact-expected', { expected: round(expected) })
        : t('signals.fact-expected-from', { expected: round(expected), basis }),
    );
  }
  if (threshold !== undefined)
    facts.push(t('signals.fact-level', { level: t(`signals.level-${raisedWhen}`, { threshold: round(threshold) }) }));
  if (pValue !== undefined) facts.push(t('signals.fact-p', { p: formatProbability(words, pValue) }));
  else if (score !== undefined && scoreLimit !== undefined)
    facts.push(t('signals.fact-score', { score: round(score), limit: round(scoreLimit) }));
  const down = warnings.reduce(
    (sum, warning) => sum + (warning.code === 'past-outbreaks-weighted-down' ? warning.periods : 0),
    0,
  );
  if (down > 0) facts.push(t('signals.fact-weighted', { count: down }));
  return facts.length > 0 ? facts : [t('signals.fact-none')];
}

/** What the expectation is learnt from; undefined where it is simply what lies before. */
function basisOf(words: Words, method: Method, kind: PeriodKind): string | undefined {
  const { t } = words;
  switch (method.method) {
    case 'ears':
      return t('signals.basis-before', { before: before(words, method.control.baseline ?? 7, kind) });
    case 'farrington-flexible':
    case 'farrington':
    case 'boda':
    case 'cdc':
      return t('signals.basis-years', { years: t('signals.past-years', { count: method.control.b ?? 5 }) });
    case 'bayes':
    case 'rki': {
      const b = method.control.b ?? (method.method === 'rki' ? 2 : 0);
      return b === 0
        ? t('signals.basis-before', { before: before(words, method.control.w ?? 6, kind) })
        : t('signals.basis-years', { years: t('signals.past-years', { count: b }) });
    }
    case 'moving-epidemic':
      return t('signals.basis-seasons');
    case 'rule':
    case 'cusum':
    case 'glr':
    case 'outbreak-p':
    case 'rogerson':
    case 'ewma':
    case 'hidden-markov':
      return undefined;
  }
}

/** Its name alone. */
export function nameOfMethod({ t }: Words, method: Exclude<Method, { method: 'rule' }>): string {
  return method.method === 'ears' ? `EARS ${method.control.method}` : t(`methods.name-${method.method}`);
}

/** The method as people write it: "twice the mean of the 3 weeks before". */
export function describeMethod(words: Words, method: Method, kind: PeriodKind): string {
  const { t } = words;
  if (method.method !== 'rule') {
    const name = nameOfMethod(words, method);
    const basis = basisOf(words, method, kind);
    const variant = variantOf(words, method);
    const full = variant === undefined ? name : t('signals.rule-variant', { method: name, variant });
    return basis === undefined
      ? t('signals.rule-follows', { method: full })
      : t('signals.rule-from', { method: full, basis });
  }
  const { rule } = method;
  const text = describeRule(words, rule, kind);
  const withMinimum =
    'minimumCases' in rule && rule.minimumCases !== undefined && rule.minimumCases > 1
      ? t('signals.rule-with-minimum', { rule: text, count: rule.minimumCases })
      : text;
  return rule.population === undefined
    ? withMinimum
    : t(`signals.rule-people-${rule.population.compare}`, { rule: withMinimum, people: rule.population.people });
}

/** The setting that most tells two uses of a statistic apart: its own name in the paper, with its value. */
function variantOf(words: Words, method: Exclude<Method, { method: 'rule' }>): string | undefined {
  switch (method.method) {
    case 'farrington-flexible':
      return `${method.control.thresholdMethod ?? 'delta'}, alpha ${method.control.alpha ?? 0.05}`;
    case 'ears':
      return method.control.alpha === undefined ? undefined : `alpha ${method.control.alpha}`;
    case 'farrington':
    case 'bayes':
    case 'boda':
      return `alpha ${method.control.alpha ?? 0.05}`;
    case 'cdc':
      return `alpha ${method.control.alpha ?? 0.025}`;
    case 'cusum':
      return `${method.control.trans ?? 'standard'}, k ${method.control.k ?? 1.04}, h ${method.control.h ?? 2.26}`;
    case 'glr':
      return `c.ARL ${method.control['c.ARL'] ?? 5}, ${words.t(method.control.alpha === 0 ? 'methods.poisson' : 'methods.negative-binomial')}`;
    case 'ewma':
      return `lambda ${method.control.lambda ?? 0.3}, L ${method.control.L ?? 3}`;
    case 'rogerson':
      return `ARL0 ${method.control.ARL0 ?? 500}`;
    case 'outbreak-p':
      return `k ${method.control.k ?? 100}`;
    case 'rki':
    case 'moving-epidemic':
    case 'hidden-markov':
      return undefined;
  }
}

function describeRule(words: Words, rule: Rule, kind: PeriodKind): string {
  const { t } = words;
  switch (rule.kind) {
    case 'cases':
      return t(`signals.rule-cases-${rule.compare}`, { count: rule.cases });
    case 'cases-in-window':
      return t(`signals.rule-window-${rule.compare}`, {
        count: rule.cases,
        days: t('signals.days', { count: rule.windowDays }),
      });
    case 'times-recent-mean':
      return t(`signals.rule-mean-${rule.compare}`, { factor: rule.factor, before: before(words, rule.periods, kind) });
    case 'quantile-of-past-years':
      return t(`signals.rule-quantile-${rule.compare}`, {
        share: formatPercent(words, rule.quantile),
        years: t('signals.past-years', { count: rule.years }),
      });
    case 'deviations-from-past-years':
      return t(`signals.rule-deviations-${rule.compare}`, {
        deviations: rule.deviations,
        years: t('signals.past-years', { count: rule.years }),
      });
    case 'rate-per-100k':
      return rule.windowDays === undefined
        ? t(`signals.rule-rate-${rule.compare}`, { rate: rule.ratePer100k })
        : t(`signals.rule-rate-window-${rule.compare}`, {
            rate: rule.ratePer100k,
            days: t('signals.days', { count: rule.windowDays }),
          });
    case 'successive-growth':
      return t(`signals.rule-growth-${rule.compare}`, { factor: rule.factor, count: rule.periods - 1 });
  }
}

/** "of the 7 weeks before": in the case that "mean" and "expected" ask for. */
function before(words: Words, periods: number, kind: PeriodKind): string {
  switch (kind) {
    case 'day':
      return words.t('signals.before-days', { count: periods });
    case 'iso-week':
    case 'mmwr-week':
      return words.t('signals.before-weeks', { count: periods });
    case 'month':
      return words.t('signals.before-months', { count: periods });
  }
}

/** What should make a reader careful, in words; what the sentence says already is left out. */
export function explainWarnings({ t }: Words, warnings: readonly Warning[]): readonly string[] {
  return warnings.flatMap((warning) => {
    switch (warning.code) {
      case 'past-outbreaks-weighted-down':
      case 'not-meant-for-population':
        return [];
      case 'reference-missing':
        return [t('signals.missing-reference', { count: warning.periods })];
      case 'history-too-short':
        return [t('methods.warning-history-too-short', { needs: warning.needs, has: warning.has })];
      case 'too-few-recent-cases':
        return [t('methods.warning-too-few-recent-cases', { needs: warning.needs })];
      case 'reference-date-missing':
        return [t('methods.warning-reference-date-missing', { date: warning.date })];
      case 'current-missing':
      case 'population-missing':
      case 'all-zero':
      case 'no-variation':
      case 'not-converged':
      case 'trend-dropped':
      case 'overflow':
        return [t(`methods.warning-${warning.code}`)];
    }
  });
}

/** Why a signal stands where it stands in the list. */
export function explainRank(words: Words, reason: RankReason): string {
  const { t } = words;
  switch (reason.code) {
    case 'immediate':
      return t('signals.rank-immediate');
    case 'told':
      return t('signals.rank-told');
    case 'evidence':
      return t('signals.rank-evidence', { p: formatProbability(words, reason.pValue) });
    case 'excess':
      return t('signals.rank-excess', { units: reason.units });
    case 'over-limit':
      return t('signals.rank-over-limit', { times: reason.times });
    case 'neighbours':
      return t('signals.rank-neighbours', { count: reason.count });
    case 'persisting':
      return t('signals.rank-persisting', { count: reason.periods });
  }
}

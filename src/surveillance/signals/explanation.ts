/** Why a signal was raised, in one plain sentence of the reader's language. Stored are numbers and the method; the words are made here, whenever they are read. */
import type { Rule } from '@reciproca/detect/rules';
import type { Comparison } from '@reciproca/detect/result';
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
  readonly threshold: number | undefined;
  readonly raisedWhen: Comparison;
  readonly method: Method;
}

/** A count stays whole; a mean, rate or limit gets one decimal, two where it is small. */
function round(value: number): number {
  const decimals = Math.abs(value) < 1 ? 100 : 10;
  return Math.round(value * decimals) / decimals;
}

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
  if (method.kind === 'rule' && method.rule.kind === 'cases') return t('signals.why-rule', common);
  if (method.kind === 'rule' && method.rule.kind === 'cases-in-window')
    return t('signals.why-window', { ...common, days: t('signals.days', { count: method.rule.windowDays }) });
  if (method.kind === 'rule' && method.rule.kind === 'rate-per-100k') return t('signals.why-rate', common);
  const level = t(`signals.level-${raisedWhen}`, { threshold: round(threshold ?? 0) });
  if (range === undefined) return t('signals.why-level', { ...common, level });
  const [lower, upper] = [round(range.lower), round(range.upper)];
  return lower === upper
    ? t('signals.why-usual-one', { ...common, level, upper })
    : t('signals.why-usual', { ...common, level, lower, upper });
}

/** The method as people write it: "twice the mean of the 3 weeks before". */
export function describeMethod(words: Words, method: Method, kind: PeriodKind): string {
  if (method.kind === 'ears')
    return words.t('signals.rule-ears', {
      method: `EARS ${method.variant}`,
      before: before(words, method.baseline, kind),
    });
  const { rule } = method;
  const text = describeRule(words, rule, kind);
  return 'minimumCases' in rule && rule.minimumCases !== undefined && rule.minimumCases > 1
    ? words.t('signals.rule-with-minimum', { rule: text, count: rule.minimumCases })
    : text;
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

/** Why a signal stands where it stands in the list. */
export function explainRank(words: Words, reason: RankReason): string {
  const { t } = words;
  switch (reason.code) {
    case 'immediate':
      return t('signals.rank-immediate');
    case 'told':
      return t('signals.rank-told');
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

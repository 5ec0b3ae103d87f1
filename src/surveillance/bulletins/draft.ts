/**
 * The first text of a weekly bulletin, in the language asked for: what arrived, what was counted, which events are open, what became of the
 * signals. It is a beginning; a person edits and publishes it. Because a bulletin is public, a signal that nobody has verified is
 * only counted: no disease and no place of it is named.
 */
import type { Period } from '../../period.ts';
import { formatDate, formatDateRange, formatNumber, formatPercent, formatPeriod } from '../../ui/format.ts';
import { endOf, startOf, type PlainDate } from '../../period.ts';
import type { Words } from '../signals/explanation.ts';
import { formatMarkup, type Block } from './markup.ts';

export interface Completeness {
  readonly expected: number;
  readonly received: number;
  readonly onTime: number;
}

export interface WeekFacts {
  readonly office: string;
  readonly period: Period;
  /** Undefined: nobody is expected to report, so nothing can be said. */
  readonly completeness: Completeness | undefined;
  readonly totals: readonly IndicatorTotal[];
  readonly events: readonly EventNote[];
  /** Sentences of the signals of this week that a person has verified. */
  readonly verified: readonly string[];
  readonly signals: {
    readonly raised: number;
    readonly verified: number;
    readonly discarded: number;
    readonly open: number;
  };
}

export interface IndicatorTotal {
  readonly name: string;
  /** Undefined: no place reported. */
  readonly count: number | undefined;
  readonly before: number | undefined;
  readonly placesReported: number;
  readonly places: number;
}

export interface EventNote {
  readonly title: string;
  readonly since: PlainDate;
  readonly isNew: boolean;
  readonly isClosed: boolean;
}

export interface BulletinText {
  readonly title: string;
  readonly text: string;
}

export function draftBulletin(words: Words, facts: WeekFacts): BulletinText {
  const { t } = words;
  const { period, office } = facts;
  const week = formatPeriod(words, period);
  const blocks: readonly Block[] = [
    paragraph(t('bulletins.intro', { office, week, days: formatDateRange(words, startOf(period), endOf(period)) })),
    heading(t('bulletins.reports')),
    paragraph(completenessText(words, facts.completeness)),
    heading(t('bulletins.counted')),
    list(facts.totals.map((total) => totalText(words, total))) ?? paragraph(t('bulletins.counted-nothing')),
    heading(t('bulletins.events')),
    list(facts.events.map((event) => eventText(words, event))) ?? paragraph(t('bulletins.events-none')),
    heading(t('bulletins.signals')),
    paragraph(
      [
        t('bulletins.signals-raised', { count: facts.signals.raised }),
        t('bulletins.signals-verified', { count: facts.signals.verified }),
        t('bulletins.signals-discarded', { count: facts.signals.discarded }),
        t('bulletins.signals-open', { count: facts.signals.open }),
      ].join(' '),
    ),
    ...(facts.verified.length === 0 ? [] : [list(facts.verified) ?? paragraph('')]),
  ];
  return { title: t('bulletins.title-of', { office, week }), text: formatMarkup(blocks) };
}

const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
const paragraph = (line: string): Block => ({ kind: 'paragraph', lines: [line] });
const list = (items: readonly string[]): Block | undefined =>
  items.length === 0 ? undefined : { kind: 'list', items };

function completenessText(words: Words, completeness: Completeness | undefined): string {
  if (completeness === undefined || completeness.expected === 0) return words.t('bulletins.completeness-unknown');
  const { expected, received, onTime } = completeness;
  return words.t('bulletins.completeness', {
    received,
    expected,
    share: formatPercent(words, received / expected),
    onTime,
    onTimeShare: formatPercent(words, onTime / expected),
  });
}

function totalText(words: Words, { name, count, before, placesReported, places }: IndicatorTotal): string {
  const { t } = words;
  if (count === undefined) return t('bulletins.total-missing', { indicator: name });
  return t('bulletins.total', {
    indicator: name,
    cases: formatNumber(words, count),
    before: before === undefined ? t('bulletins.before-missing') : formatNumber(words, before),
    reported: placesReported,
    places,
  });
}

function eventText(words: Words, { title, since, isNew, isClosed }: EventNote): string {
  const values = { title, date: formatDate(words, since) };
  if (isClosed) return words.t('bulletins.event-closed', values);
  return words.t(isNew ? 'bulletins.event-new' : 'bulletins.event-open', values);
}

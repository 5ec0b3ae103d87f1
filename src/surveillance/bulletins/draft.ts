/**
 * The first text of a weekly bulletin, in the language asked for: what arrived, what was counted, which events are open, what became of the
 * signals. It is a beginning; a person edits and publishes it. Because a bulletin is public, a signal that nobody has verified is
 * only counted: no disease and no place of it is named.
 */
import type { Period } from '../../period.ts';
import { formatDate, formatDateRange, formatNumber, formatPercent, formatPeriod } from '../../ui/format.ts';
import { endOf, startOf, type PlainDate } from '../../period.ts';
import type { Words } from '../signals/explanation.ts';
import type { DraftedSentence, Figure, Verdict } from './figures.ts';
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
  /** Signals of this week that a person has verified. */
  readonly verified: readonly SignalNote[];
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
  readonly now: Figure | undefined;
  readonly before: Figure | undefined;
  /** Of the reports that were due, how many stand behind it. Null: no form says that any was. */
  readonly reports: { readonly received: number; readonly expected: number } | null;
  /** Areas that report by themselves. */
  readonly placesReported: number;
  readonly places: number;
}

export interface SignalNote {
  readonly title: string;
  readonly sentence: string;
  /** The count that the sentence tells; `several`: it tells one that is made up of several periods; undefined: it tells none. */
  readonly figure: Figure | 'several' | undefined;
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

export interface BulletinDraft extends BulletinText {
  readonly drafted: readonly DraftedSentence[];
}

/** Every count that a draft would tell. */
export const figuresOf = ({ totals, verified }: WeekFacts): readonly Figure[] => [
  ...totals.flatMap(({ now, before }) => [now ?? [], before ?? []].flat()),
  ...verified.flatMap(({ figure }) => (typeof figure === 'object' ? figure : [])),
];

/** `mayTell`: what may be told of each of `figuresOf`. */
export function draftBulletin(
  words: Words,
  facts: WeekFacts,
  mayTell: ReadonlyMap<Figure, Verdict> = new Map(),
): BulletinDraft {
  const { t } = words;
  const { period, office } = facts;
  const totals = facts.totals.map((total) => totalText(words, total, mayTell));
  const verified = facts.verified.map((note) => signalText(words, note, mayTell));
  const week = formatPeriod(words, period);
  const blocks: readonly Block[] = [
    paragraph(t('bulletins.intro', { office, week, days: formatDateRange(words, startOf(period), endOf(period)) })),
    heading(t('bulletins.reports')),
    paragraph(completenessText(words, facts.completeness)),
    heading(t('bulletins.counted')),
    list(totals.map(({ sentence }) => sentence)) ?? paragraph(t('bulletins.counted-nothing')),
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
    ...[list(verified.map(({ sentence }) => sentence)) ?? []].flat(),
  ];
  return {
    title: t('bulletins.title-of', { office, week }),
    text: formatMarkup(blocks),
    drafted: [...totals, ...verified],
  };
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

function totalText(
  words: Words,
  { name, now, before, reports, placesReported, places }: IndicatorTotal,
  mayTell: ReadonlyMap<Figure, Verdict>,
): DraftedSentence {
  const { t } = words;
  if (now === undefined) return { sentence: t('bulletins.total-missing', { indicator: name }), told: [] };
  const cases = tellable(now, mayTell);
  if (cases === undefined) return { sentence: t('bulletins.total-withheld', { indicator: name }), told: [] };
  const earlier = before && tellable(before, mayTell);
  const numbers = {
    indicator: name,
    cases: formatNumber(words, cases.value),
    before:
      before === undefined
        ? t('bulletins.before-missing')
        : earlier === undefined
          ? t('bulletins.before-withheld')
          : formatNumber(words, earlier.value),
  };
  return {
    sentence: reports
      ? t('bulletins.total-of-reports', { ...numbers, ...reports })
      : t('bulletins.total', { ...numbers, reported: placesReported, places }),
    told: [cases, ...(earlier ? [earlier] : [])],
  };
}

function signalText(
  words: Words,
  { title, sentence, figure }: SignalNote,
  mayTell: ReadonlyMap<Figure, Verdict>,
): DraftedSentence {
  if (figure === undefined) return { sentence, told: [] };
  if (figure !== 'several' && tellable(figure, mayTell)?.value === figure.value) return { sentence, told: [figure] };
  return { sentence: words.t('bulletins.signal-without-number', { title }), told: [] };
}

/** A number that was given before and stands is told again rather than today's: the difference would be a small count. */
function tellable(figure: Figure, mayTell: ReadonlyMap<Figure, Verdict>): Figure | undefined {
  const verdict = mayTell.get(figure) ?? figure.value;
  return verdict === 'withheld' ? undefined : { ...figure, value: verdict };
}

function eventText(words: Words, { title, since, isNew, isClosed }: EventNote): string {
  const values = { title, date: formatDate(words, since) };
  if (isClosed) return words.t('bulletins.event-closed', values);
  return words.t(isNew ? 'bulletins.event-new' : 'bulletins.event-open', values);
}

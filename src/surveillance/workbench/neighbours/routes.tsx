import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { plainDateAt } from '../../../period.ts';
import type { WaitingSource } from '../../../start/waiting.ts';
import { Actions, ButtonForm } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Status } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { describePeriod, periodAnswer } from '../../signals/answers.ts';
import { explainAlarm, explainRank, type Words } from '../../signals/explanation.ts';
import { signalsCrumb } from '../../signals/pages.tsx';
import { nameIn } from '../../signals/reported.ts';
import { office } from '../../signals/routes.tsx';
import { wordsOf } from '../../signals/words.ts';
import { purposeName } from '../pages.tsx';
import { receivedValue } from '../routes.tsx';
import type { ReceivedAlarm, WatchReader } from './watch.ts';

const path = '/signals/neighbours';

const alarmAnswer = z.object({
  title: z.string(),
  giver: z.string(),
  purpose: z.string(),
  /** Of this office, when it knows the indicator under the same code. */
  indicator: z.int().nullable(),
  isImmediate: z.boolean(),
  place: z.object({ code: z.string(), name: z.string() }),
  period: periodAnswer,
  observed: z.number(),
  expected: z.number().nullable(),
  threshold: z.number().nullable(),
  pValue: z.number().nullable(),
  sentence: z.string(),
  reasons: z.array(z.string()),
  curvePath: z.string(),
});

const watchAnswer = z.object({
  series: z.int(),
  notJudged: z.int(),
  outdated: z.int(),
  heldBack: z.int(),
  alarms: z.array(alarmAnswer),
  mayTakeUp: z.boolean(),
});
type WatchAnswer = z.output<typeof watchAnswer>;
type AlarmAnswer = z.output<typeof alarmAnswer>;

function describeAlarm(words: Words, alarm: ReceivedAlarm, reasons: readonly string[]): z.input<typeof alarmAnswer> {
  const { source, purpose, place, method, judgement } = alarm;
  const indicator = alarm.indicator
    ? nameIn(words.locale, alarm.indicator.names, alarm.indicator.code)
    : source.indicator;
  const of = receivedValue(source.giver, source.indicator, purpose);
  return {
    title: words.t('signals.title-of', { indicator, place: place.name }),
    giver: source.giverName,
    purpose,
    indicator: alarm.indicator?.id ?? null,
    isImmediate: alarm.isImmediate,
    place,
    period: describePeriod(judgement.period),
    observed: judgement.observed,
    expected: judgement.expected ?? null,
    threshold: judgement.threshold ?? null,
    pValue: judgement.pValue ?? null,
    sentence: explainAlarm(words, { ...judgement, indicator, place: place.name, method }),
    reasons: [...reasons],
    curvePath: `/curves/received?of=${encodeURIComponent(of)}&place=${encodeURIComponent(place.code)}`,
  };
}

async function readWatch(watch: WatchReader, reading: Reading & Caller): Promise<z.input<typeof watchAnswer>> {
  const words = wordsOf(reading);
  const { alarms, ...counts } = await watch(reading.reader, plainDateAt(reading.house.clock.now(), 'UTC'));
  return {
    ...counts,
    alarms: alarms.map(({ candidate, reasons }) =>
      describeAlarm(
        words,
        candidate,
        reasons.map((reason) => explainRank(words, reason)),
      ),
    ),
    mayTakeUp: reading.viewer.roles.has('officer'),
  };
}

function watchPage(answer: WatchAnswer, view: View): Page {
  const { t } = view;
  const { alarms, series, notJudged, outdated, heldBack } = answer;
  return {
    title: t('workbench.watch-title'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('workbench.watch-lead')}</p>
        <p>
          {t('workbench.watch-series', { count: series })}{' '}
          {notJudged > 0 ? t('workbench.watch-not-judged', { count: notJudged }) : null}{' '}
          {outdated > 0 ? t('workbench.watch-outdated', { count: outdated }) : null}{' '}
          {heldBack > 0 ? t('workbench.watch-held-back', { count: heldBack }) : null}
        </p>
        {alarms.length === 0 && series > notJudged ? <p>{t('workbench.watch-none')}</p> : null}
        <div class="signals">
          {alarms.map((alarm) => (
            <Listed view={view} alarm={alarm} mayTakeUp={answer.mayTakeUp} />
          ))}
        </div>
        <Actions>
          <a href="/workbench">{t('workbench.title')}</a>
        </Actions>
      </>
    ),
  };
}

function Listed(props: { readonly view: View; readonly alarm: AlarmAnswer; readonly mayTakeUp: boolean }) {
  const { view, alarm, mayTakeUp } = props;
  const { t } = view;
  const from = t('workbench.received-from', { giver: alarm.giver });
  return (
    <article class="signal">
      <h2>
        <a href={alarm.curvePath}>
          <Name>{alarm.title}</Name>
        </a>{' '}
        <Status tone="neutral">{from}</Status>{' '}
        {alarm.isImmediate ? <Status tone="danger">{t('signals.immediate')}</Status> : null}
      </h2>
      <p>{alarm.sentence}</p>
      <p class="soft">
        {alarm.reasons.join(' ')} {t('workbench.received-purpose', { purpose: purposeName(view, alarm.purpose) })}
      </p>
      {mayTakeUp ? (
        <ButtonForm
          view={view}
          action="/signals/new"
          label={t('workbench.watch-take-up')}
          hidden={{
            attempt: randomUUID(),
            summary: [from, alarm.title, alarm.sentence].reduce((first, second) =>
              t('signals.clauses', { first, second }),
            ),
            ...(alarm.indicator === null ? {} : { indicator: String(alarm.indicator) }),
          }}
        />
      ) : null}
    </article>
  );
}

export function neighbourWatchEndpoints(watch: WatchReader): readonly Endpoint[] {
  return [
    read({
      path,
      summary: 'Series that neighbours gave which are above what is usual in their latest period, with the reasons',
      for: office,
      answer: watchAnswer,
      handle: (reading) => readWatch(watch, reading),
      page: watchPage,
    }),
  ];
}

/** Looked at by officers, after what their own places say. */
export function neighbourWatchWaiting(watch: WatchReader): WaitingSource {
  return async (reading) => {
    if (!reading.viewer.roles.has('officer')) return [];
    const { alarms } = await readWatch(watch, reading);
    if (alarms.length === 0) return [];
    const { t } = wordsOf(reading);
    return [
      {
        code: 'neighbours-in-alarm',
        order: 45,
        title: t('workbench.watch-waiting'),
        path,
        total: alarms.length,
        items: alarms.map(({ title, curvePath, sentence }) => ({
          title,
          path: curvePath,
          detail: sentence,
          due: undefined,
        })),
      },
    ];
  };
}

/** Of the events: clocks that run or have run out, notifications due, corrective actions due. */
import { plainDateAt, addDays } from '../../period.ts';
import type { WaitingItem, WaitingSource } from '../../start/waiting.ts';
import { wordsOf } from '../signals/words.ts';
import { eventPath } from './answers.ts';
import { readEvents, type EventReading } from './reading.ts';
import { intervals, type IntervalState } from './seven-one-seven.ts';
import { listTasksDue } from './store.ts';

const soonDays = 7;

export const eventsWaiting: WaitingSource = async (reading) => {
  if (!reading.viewer.roles.has('officer')) return [];
  const { t } = wordsOf(reading);
  const today = plainDateAt(reading.house.clock.now(), 'UTC');
  const events = (await readEvents(reading.reader, today)).filter(({ closed }) => closed === undefined);
  const clocks = events.flatMap((event) =>
    intervals.flatMap((interval): readonly WaitingItem[] => {
      const due = dueOf(event.clocks[interval]);
      if (due === undefined) return [];
      return [{ title: event.title, path: eventPath(event.id), detail: t(`events.waiting-${interval}`), due }];
    }),
  );
  const notifications = events.flatMap((event) => annex2Item(event, t));
  const tasks = (await listTasksDue(reading.reader, addDays(today, soonDays))).map(
    ({ event, what, owner, dueOn }): WaitingItem => ({
      title: what,
      path: eventPath(event),
      detail: t('events.waiting-owner', { owner }),
      due: new Date(`${dueOn}T23:59:59Z`),
    }),
  );
  const sorted = (items: readonly WaitingItem[]): readonly WaitingItem[] =>
    items.toSorted((a, b) => (a.due?.getTime() ?? Infinity) - (b.due?.getTime() ?? Infinity));
  return [
    {
      code: 'events-ihr',
      order: 10,
      title: t('events.waiting-ihr'),
      path: '/events',
      total: notifications.length,
      items: sorted(notifications),
    },
    {
      code: 'events-clocks',
      order: 25,
      title: t('events.waiting-clocks'),
      path: '/events',
      total: clocks.length,
      items: sorted(clocks),
    },
    {
      code: 'events-tasks',
      order: 50,
      title: t('events.waiting-tasks'),
      path: '/events',
      total: tasks.length,
      items: sorted(tasks),
    },
  ];
};

/** The end of the last day on which the target can still be met; for an interval that has ended, nothing waits. */
function dueOf(interval: IntervalState): Date | undefined {
  if (interval.state === 'running' || (interval.state === 'missed' && interval.days === undefined))
    return new Date(`${interval.deadline}T23:59:59Z`);
  return undefined;
}

function annex2Item(event: EventReading, t: ReturnType<typeof wordsOf>['t']): readonly WaitingItem[] {
  const { assessBy, notifyBy, reassessBy } = event.annex2Clocks;
  const item = (due: Date | undefined, detail: string): readonly WaitingItem[] =>
    due === undefined ? [] : [{ title: event.title, path: eventPath(event.id), detail, due }];
  return [
    ...item(assessBy, t('events.waiting-assess')),
    ...item(notifyBy, t('events.waiting-notify-who')),
    ...item(reassessBy, t('events.waiting-reassess')),
  ];
}

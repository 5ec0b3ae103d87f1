/** Of the signals: those to triage, to verify, to decide after monitoring, and to assess. */
import type { WaitingGroup, WaitingSource } from '../../start/waiting.ts';
import { plainDateAt } from '../../period.ts';
import { describeSignal } from './answers.ts';
import { promptHours } from './life-cycle.ts';
import { readWorklist, type SignalReading } from './reading.ts';
import { wordsOf } from './words.ts';

const hourMs = 3_600_000;

export const signalsWaiting: WaitingSource = async (reading) => {
  if (!reading.viewer.roles.has('officer')) return [];
  const now = reading.house.clock.now();
  const words = wordsOf(reading);
  const { fresh, taken } = await readWorklist(reading.reader, now);
  const today = plainDateAt(now, 'UTC');
  const group = (
    code: string,
    order: number,
    title: string,
    path: string,
    signals: readonly SignalReading[],
    due: (signal: SignalReading) => Date | undefined,
  ): WaitingGroup => ({
    code,
    order,
    title,
    path,
    total: signals.length,
    items: signals.map((signal) => {
      const { title, path, sentence } = describeSignal(words, signal);
      return { title, path, detail: sentence, due: due(signal) };
    }),
  });
  const since = (signal: SignalReading): Date =>
    new Date((signal.triagedAt ?? signal.raisedAt).getTime() + promptHours * hourMs);
  const overdue = taken.filter(
    ({ status, monitorUntil }) => status === 'monitoring' && monitorUntil !== undefined && monitorUntil <= today,
  );
  const { t } = words;
  return [
    group(
      'signals-new',
      20,
      t('signals.waiting-new'),
      '/signals',
      fresh.listed.map(({ candidate }) => candidate.signal),
      (signal) => new Date(signal.raisedAt.getTime() + promptHours * hourMs),
    ),
    group(
      'signals-to-verify',
      30,
      t('signals.waiting-to-verify'),
      '/signals/all?status=to-verify',
      taken.filter(({ status }) => status === 'to-verify'),
      since,
    ),
    group(
      'signals-monitored',
      40,
      t('signals.waiting-monitored'),
      '/signals/all?status=monitoring',
      overdue,
      ({ monitorUntil }) => (monitorUntil === undefined ? undefined : new Date(`${monitorUntil}T00:00:00Z`)),
    ),
    group(
      'signals-verified',
      35,
      t('signals.waiting-verified'),
      '/signals/all?status=verified',
      taken.filter(({ status }) => status === 'verified' || status === 'assessed'),
      () => undefined,
    ),
  ];
};

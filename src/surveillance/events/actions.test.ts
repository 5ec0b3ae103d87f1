import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import { addDays, plainDateAt, type PlainDate } from '../../period.ts';
import * as signalActions from '../signals/actions.ts';
import { findSignal, listEventSignals } from '../signals/reading.ts';
import type { SignalId } from '../signals/signal.ts';
import * as actions from './actions.ts';
import type { EventId } from './event.ts';
import { findEvent, findVerifiedEvent, type EventReading } from './reading.ts';
import { responseActionCodes } from './seven-one-seven.ts';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
});
afterAll(async () => country[Symbol.asyncDispose]());

const noAnswer: signalActions.Answer = async () => {};
const told: EventId[] = [];
const onVerified: actions.OnVerified = async (_work, id) => void told.push(id);
const today = (): PlainDate => plainDateAt(country.clock.now(), 'UTC');

const scope = { likelihood: 'likely', consequence: 'major', confidence: 'medium' } as const;

async function assessed(signal?: SignalId): Promise<SignalId> {
  const id =
    signal ??
    (await country.actAs('amina', (work) =>
      signalActions.recordSignal(work, { summary: 'a call', indicatorId: undefined, placeId: undefined }),
    ));
  await country.actAs('amina', async (work) => {
    await signalActions.takeStep(work, id, { step: 'accept', why: 'plausible' }, noAnswer);
    await signalActions.takeStep(work, id, { step: 'verify', why: 'seen' }, noAnswer);
    await signalActions.assessRisk(work, id, {
      question: 'Will it spread?',
      hazard: 'known',
      exposure: 'market',
      context: 'rain',
      scopes: { national: scope, regional: scope, global: scope },
      reassessOn: undefined,
    });
  });
  return id;
}

const openOne = async (signal?: SignalId): Promise<EventId> => {
  const id = await assessed(signal);
  return country.actAs('amina', (work) =>
    actions.openEvent(work, id, { title: 'Outbreak', why: 'many cases' }, onVerified),
  );
};

const eventOf = async (id: EventId): Promise<EventReading> => {
  const event = await country.house.database.read({ party: country.parties.north.id }, (reader) =>
    findEvent(reader, id, today()),
  );
  if (!event) throw new RangeError('no event');
  return event;
};

describe('refused', () => {
  test('an event opened by a job, even when every step before it was a person’s; and nobody is told', async () => {
    const signal = await assessed();
    told.length = 0;
    const asJob = country.house.database.transact({ party: country.parties.north.id }, { system: 'jobs' }, (tx) =>
      actions.openEvent({ house: country.house, tx }, signal, { title: 'x', why: 'x' }, onVerified),
    );
    await expect(asJob).rejects.toMatchObject({ code: 'person-needed' });
    expect(told).toEqual([]);
  });

  test('an event from a signal that nobody has verified and assessed', async () => {
    const signal = await country.actAs('amina', (work) =>
      signalActions.recordSignal(work, { summary: 'a call', indicatorId: undefined, placeId: undefined }),
    );
    told.length = 0;
    const attempt = () =>
      country.actAs('amina', (work) => actions.openEvent(work, signal, { title: 'x', why: 'x' }, onVerified));
    await expect(attempt()).rejects.toMatchObject({ code: 'step-not-allowed', details: { status: 'new' } });
    await country.actAs('amina', (work) =>
      signalActions.takeStep(work, signal, { step: 'accept', why: 'plausible' }, noAnswer),
    );
    await country.actAs('amina', (work) =>
      signalActions.takeStep(work, signal, { step: 'verify', why: 'seen' }, noAnswer),
    );
    await expect(attempt()).rejects.toMatchObject({ code: 'step-not-allowed', details: { status: 'verified' } });
    expect(told).toEqual([]);
    expect(
      await country.house.database.read({ party: country.parties.north.id }, (reader) =>
        findVerifiedEvent(reader, signal as string as EventId),
      ),
    ).toBeUndefined();
  });

  test('an event whose warning cannot be recorded: it is not opened either', async () => {
    const signal = await assessed();
    const fails = country.actAs('amina', (work) =>
      actions.openEvent(work, signal, { title: 'x', why: 'x' }, () => Promise.reject(new Error('the log is full'))),
    );
    await expect(fails).rejects.toThrow('the log is full');
    const after = await country.house.database.read({ party: country.parties.north.id }, (reader) =>
      findSignal(reader, signal),
    );
    expect([after?.status, after?.eventId]).toEqual(['assessed', undefined]);
  });

  test('a date that has not come anywhere on earth, and one that turns the order around', async () => {
    const id = await openOne();
    const put = (milestone: 'emergence' | 'detection' | 'notification', on: PlainDate) =>
      country.actAs('amina', (work) => actions.recordMilestone(work, id, { milestone, on, source: 'register' }));
    await expect(put('detection', addDays(today(), 2))).rejects.toMatchObject({
      details: { fields: [{ path: 'on', code: 'events.date-future' }] },
    });
    await put('notification', addDays(today(), -3)).catch(() => undefined);
    await put('detection', addDays(today(), -5));
    await put('notification', addDays(today(), -4));
    await expect(put('emergence', addDays(today(), -4))).rejects.toMatchObject({
      details: { fields: [{ path: 'on', code: 'events.date-order' }] },
    });
    await expect(put('notification', addDays(today(), -6))).rejects.toMatchObject({
      details: { fields: [{ code: 'events.date-order' }] },
    });
  });

  test('anything that changes a closed event but its dates and findings', async () => {
    const id = await openOne();
    await country.actAs('amina', (work) =>
      actions.closeEvent(work, id, { outcome: 'controlled', lessons: 'report sooner', why: 'no case for 42 days' }),
    );
    const answers = { answer: 'no', reason: 'x' } as const;
    const annex2 = country.actAs('amina', (work) =>
      actions.assessAnnex2(work, id, {
        list: 'other',
        answers: {
          'serious-impact': answers,
          unusual: answers,
          'international-spread': answers,
          'travel-trade': answers,
        },
      }),
    );
    await expect(annex2).rejects.toMatchObject({ code: 'step-not-allowed' });
    await expect(
      country.actAs('amina', (work) => actions.closeEvent(work, id, { outcome: 'ended', lessons: 'x', why: 'x' })),
    ).rejects.toMatchObject({ code: 'step-not-allowed' });
    const another = await assessed();
    await expect(
      country.actAs('amina', (work) => actions.joinEvent(work, another, id, 'the same', onVerified)),
    ).rejects.toMatchObject({ code: 'step-not-allowed' });
    await country.actAs('amina', (work) =>
      actions.recordFinding(work, id, {
        during: 'detect',
        kind: 'bottleneck',
        code: 'clinical-suspicion',
        note: 'seen late',
      }),
    );
  });
});

describe('an event', () => {
  test('is opened by a named person, told once in the same transaction, and proposes the dates that its signal knows', async () => {
    await country.reportQuietYear('measles');
    await country.report('measles', 2, country.lastWeek, 40);
    await country.detect();
    const { signals } = (await country.as('amina', '/api/signals/all')).json() as {
      signals: readonly { id: SignalId; title: string }[];
    };
    const signal = signals.find(({ title }) => title === 'Measles, Birch');
    country.clock.advance(86_400_000);
    told.length = 0;
    const id = await openOne(signal?.id);
    expect(told).toEqual([id]);
    const event = await eventOf(id);
    // Emergence is the last day of the week in alarm; it was found the day after, and taken up one day later.
    expect(event.dates).toMatchObject({ emergence: '2026-03-01', detection: '2026-03-02', notification: '2026-03-03' });
    expect([event.clocks.detect, event.clocks.notify]).toEqual([
      { state: 'met', days: 1 },
      { state: 'met', days: 1 },
    ]);
    expect(event.clocks.respond).toMatchObject({ state: 'running', daysLeft: 7 });
    const shared = await country.house.database.read({ party: country.parties.north.id }, (reader) =>
      findVerifiedEvent(reader, id),
    );
    expect(shared).toMatchObject({
      id,
      openedBy: country.accounts.amina,
      isClosed: false,
      indicator: { code: 'measles' },
      place: { code: 'AA12', level: 2 },
      reports: [{ observed: 40, period: country.lastWeek }],
      risk: { national: 'high', regional: 'high', global: 'high' },
    });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  test('whose response is not complete on day 8 is missed without anybody touching it', async () => {
    const id = await openOne();
    await country.actAs('amina', (work) =>
      actions.recordMilestone(work, id, { milestone: 'detection', on: today(), source: 'call' }),
    );
    await country.actAs('amina', (work) =>
      actions.recordMilestone(work, id, { milestone: 'notification', on: today(), source: 'call' }),
    );
    country.clock.advance(7 * 86_400_000);
    expect((await eventOf(id)).clocks.respond).toMatchObject({ state: 'running', daysLeft: 0 });
    country.clock.advance(86_400_000);
    expect((await eventOf(id)).clocks).toMatchObject({
      respond: { state: 'missed', days: undefined },
      overall: 'missed',
    });
    for (const action of responseActionCodes)
      await country.actAs('amina', (work) =>
        actions.recordAction(
          work,
          id,
          action,
          action === 'laboratory'
            ? { state: 'not-applicable', reason: 'no sample could be taken' }
            : { state: 'done', on: today() },
        ),
      );
    expect((await eventOf(id)).clocks.respond).toMatchObject({ state: 'missed', days: 8 });
  });

  test('keeps every date and answer that was replaced, with who entered it', async () => {
    const id = await openOne();
    for (const [back, source] of [
      [3, 'register'],
      [4, 'laboratory'],
    ] as const)
      await country.actAs('amina', (work) =>
        actions.recordMilestone(work, id, { milestone: 'detection', on: addDays(today(), -back), source }),
      );
    const { milestoneEntries, dates } = await eventOf(id);
    expect(dates.detection).toBe(addDays(today(), -4));
    expect(
      milestoneEntries
        .filter(({ value }) => value.milestone === 'detection')
        .map(({ value, by }) => [value.source, by]),
    ).toEqual([
      ['laboratory', 'Amina'],
      ['register', 'Amina'],
      ['', 'Amina'],
    ]);
  });

  test('with two unknown answers says what to find out by when; notified, its clock stops', async () => {
    const id = await openOne();
    const answer = (given: 'yes' | 'no' | 'unknown') => ({ answer: given, reason: 'because' });
    const assess = (serious: 'yes' | 'no' | 'unknown') =>
      country.actAs('amina', (work) =>
        actions.assessAnnex2(work, id, {
          list: 'other',
          answers: {
            'serious-impact': answer(serious),
            unusual: answer('yes'),
            'international-spread': answer('no'),
            'travel-trade': answer('no'),
          },
        }),
      );
    expect((await eventOf(id)).annex2Clocks.assessBy).toEqual(new Date(country.clock.now().getTime() + 48 * 3_600_000));
    await assess('unknown');
    expect((await eventOf(id)).annex2[0]?.decision).toEqual({
      outcome: 'cannot-exclude',
      unknown: ['serious-impact'],
      reassessBy: new Date(country.clock.now().getTime() + 24 * 3_600_000),
    });
    await assess('yes');
    expect((await eventOf(id)).annex2Clocks.notifyBy).toEqual(new Date(country.clock.now().getTime() + 24 * 3_600_000));
    await country.actAs('amina', (work) =>
      actions.recordMilestone(work, id, { milestone: 'who-notified', on: today(), source: 'focal point' }),
    );
    expect((await eventOf(id)).annex2Clocks).toEqual({
      assessBy: undefined,
      notifyBy: undefined,
      reassessBy: undefined,
    });
    expect((await eventOf(id)).annex2).toHaveLength(2);
  });

  test('takes other signals in, and closes them with itself', async () => {
    const id = await openOne();
    const second = await assessed();
    told.length = 0;
    await country.actAs('amina', (work) => actions.joinEvent(work, second, id, 'the same market', onVerified));
    expect(told).toEqual([id]);
    await country.actAs('amina', (work) =>
      actions.closeEvent(work, id, { outcome: 'controlled', lessons: 'report sooner', why: 'no more cases' }),
    );
    const signals = await country.house.database.read({ party: country.parties.north.id }, (reader) =>
      listEventSignals(reader, id),
    );
    expect(signals.map(({ status }) => status)).toEqual(['closed', 'closed']);
    expect((await eventOf(id)).closed).toMatchObject({ by: 'Amina', outcome: 'controlled', lessons: 'report sooner' });
  });
});

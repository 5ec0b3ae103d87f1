import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, daysBetween, type PlainDate } from '../../period.ts';
import {
  evaluateSevenOneSeven,
  responseActionCodes,
  summarise,
  type ActionState,
  type ActionStates,
  type IntervalState,
} from './seven-one-seven.ts';

const day = (text: string): PlainDate => text as PlainDate;
const emergence = day('2026-03-01');

function allDone(on: PlainDate): ActionStates {
  return Object.fromEntries(responseActionCodes.map((code) => [code, { state: 'done', on }]));
}

const dateAround = fc.integer({ min: -12, max: 30 }).map((days) => addDays(emergence, days));
const unsureDate = fc.option(dateAround, { nil: undefined });
const action: fc.Arbitrary<ActionState> = fc.oneof(
  dateAround.map((on): ActionState => ({ state: 'done', on })),
  fc.constant<ActionState>({ state: 'not-done' }),
  fc.constant<ActionState>({ state: 'not-applicable', reason: 'no laboratory confirms this' }),
);
const actions: fc.Arbitrary<ActionStates> = fc
  .array(fc.option(action, { nil: undefined }), { minLength: 7, maxLength: 7 })
  .map((states) => Object.fromEntries(responseActionCodes.map((code, position) => [code, states[position]])));

describe('7-1-7', () => {
  test('an early response without completion is running on day 7 and missed on day 8, without a click', () => {
    const dates = { emergence, detection: emergence, notification: emergence };
    const on = (days: number): IntervalState =>
      evaluateSevenOneSeven(dates, { investigation: { state: 'done', on: emergence } }, addDays(emergence, days))
        .respond;
    expect(on(0)).toEqual({ state: 'running', deadline: '2026-03-08', daysLeft: 7 });
    expect(on(7)).toEqual({ state: 'running', deadline: '2026-03-08', daysLeft: 0 });
    expect(on(8)).toEqual({ state: 'missed', days: undefined, deadline: '2026-03-08' });
  });

  test('a negative interval is a data error to resolve, never met', () => {
    const result = evaluateSevenOneSeven(
      { emergence, detection: addDays(emergence, -1), notification: addDays(emergence, -1) },
      allDone(emergence),
      addDays(emergence, 30),
    );
    expect(result.detect).toEqual({ state: 'data-error', days: -1 });
    expect(result.overall).toBe('data-error');
  });

  test('an unknown emergence leaves detection not assessable and still judges notification and response', () => {
    const result = evaluateSevenOneSeven(
      { detection: emergence, notification: addDays(emergence, 1) },
      allDone(addDays(emergence, 8)),
      addDays(emergence, 40),
    );
    expect(result.detect.state).toBe('not-assessable');
    expect(result.notify).toEqual({ state: 'met', days: 1 });
    expect(result.respond).toEqual({ state: 'met', days: 7 });
    expect(result.overall).toBe('not-assessable');
  });

  test('actions that do not apply are left out of the completion date, and the rest decide it', () => {
    const done = allDone(addDays(emergence, 3));
    const late: ActionStates = { ...done, laboratory: { state: 'done', on: addDays(emergence, 20) } };
    const excused: ActionStates = { ...done, laboratory: { state: 'not-applicable', reason: 'chemical' } };
    const dates = { emergence, detection: emergence, notification: emergence };
    const today = addDays(emergence, 40);
    expect(evaluateSevenOneSeven(dates, late, today).respond).toEqual({
      state: 'missed',
      days: 20,
      deadline: '2026-03-08',
    });
    expect(evaluateSevenOneSeven(dates, excused, today).respond).toEqual({ state: 'met', days: 3 });
    expect(evaluateSevenOneSeven(dates, late, today).responseStarted).toBe('2026-03-04');
  });

  test('each interval agrees with the definition written out', () => {
    // After the toolkit's wording, with days counted from numbers rather than by the code under test.
    const expected = (
      start: PlainDate | undefined,
      end: PlainDate | undefined,
      target: number,
      today: PlainDate,
      withoutStart: string,
    ): string => {
      if (start === undefined) return withoutStart;
      const number = (date: PlainDate): number => Date.parse(date) / 86_400_000;
      if (end === undefined) return number(today) - number(start) > target ? 'missed' : 'running';
      if (number(end) < number(start)) return 'data-error';
      return number(end) - number(start) > target ? 'missed' : 'met';
    };
    fc.assert(
      fc.property(
        unsureDate,
        unsureDate,
        unsureDate,
        actions,
        dateAround,
        (emerged, detection, notification, states, today) => {
          const result = evaluateSevenOneSeven({ emergence: emerged, detection, notification }, states, today);
          expect(result.detect.state).toBe(expected(emerged, detection, 7, today, 'not-assessable'));
          expect(result.notify.state).toBe(expected(detection, notification, 1, today, 'waiting'));
          const applicable = responseActionCodes
            .map((code) => states[code])
            .filter((each) => each?.state !== 'not-applicable');
          const dates = applicable.flatMap((each) => (each?.state === 'done' ? [each.on] : []));
          const last = dates.length === applicable.length ? dates.toSorted().at(-1) : undefined;
          expect(result.respond.state).toBe(
            applicable.length === 0 ? 'not-assessable' : expected(notification, last, 7, today, 'waiting'),
          );
          const three = [result.detect, result.notify, result.respond];
          expect(result.overall === 'met').toBe(three.every(({ state }) => state === 'met'));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a missed clock never becomes anything else by waiting', () => {
    fc.assert(
      fc.property(
        unsureDate,
        unsureDate,
        unsureDate,
        actions,
        dateAround,
        fc.nat(400),
        (emerged, detection, notification, states, today, more) => {
          const dates = { emergence: emerged, detection, notification };
          const now = evaluateSevenOneSeven(dates, states, today);
          const later = evaluateSevenOneSeven(dates, states, addDays(today, more));
          for (const interval of ['detect', 'notify', 'respond'] as const)
            if (now[interval].state !== 'running') expect(later[interval]).toEqual(now[interval]);
            else expect(later[interval].state).toBe(now[interval].daysLeft < more ? 'missed' : 'running');
        },
      ),
    );
  });

  test('a review counts shares and medians of what has ended, and leaves running clocks and wrong dates out', () => {
    const at = (detected: number): ReturnType<typeof evaluateSevenOneSeven> =>
      evaluateSevenOneSeven(
        { emergence, detection: addDays(emergence, detected), notification: addDays(emergence, detected) },
        allDone(addDays(emergence, Math.max(0, detected))),
        addDays(emergence, 60),
      );
    const { detect, all } = summarise([at(2), at(4), at(9), at(-1)]);
    expect(detect).toEqual({ assessed: 3, met: 2, medianDays: 4 });
    expect(all).toEqual({ assessed: 3, met: 2, medianDays: undefined });
    expect(summarise([]).detect).toEqual({ assessed: 0, met: 0, medianDays: undefined });
    expect(daysBetween(emergence, addDays(emergence, 9))).toBe(9);
  });
});

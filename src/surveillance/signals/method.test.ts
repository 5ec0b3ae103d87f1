import { noufailySettings } from '@reciproca/detect/farrington-flexible';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { periodKinds, periodOf, shiftPeriod, type Period, type PlainDate } from '../../period.ts';
import { defaultMethod, historyNeeded, judge, parseMethod, suits, type Judgement, type Method } from './method.ts';

const week: Period = periodOf('iso-week', '2024-01-01' as PlainDate);
const ordinary = defaultMethod({ isImmediate: false });
const immediate = defaultMethod({ isImmediate: true });

const rule = (of: Extract<Method, { method: 'rule' }>['rule']): Method => ({ method: 'rule', rule: of });

const methods: readonly Method[] = [
  ordinary,
  immediate,
  { method: 'ears', control: { method: 'C3', baseline: 7, alpha: 0.025, minSigma: 0.5 } },
  rule({ kind: 'cases-in-window', compare: 'at-least', cases: 3, windowDays: 28 }),
  rule({ kind: 'times-recent-mean', compare: 'at-least', factor: 2, periods: 3, minimumCases: 3 }),
  rule({ kind: 'quantile-of-past-years', compare: 'more-than', quantile: 0.75, years: 5, halfWindow: 1 }),
  rule({ kind: 'deviations-from-past-years', compare: 'more-than', deviations: 2, years: 3, halfWindow: 2 }),
  rule({ kind: 'successive-growth', compare: 'at-least', factor: 2, periods: 3, minimumCases: 5 }),
  { method: 'farrington-flexible', control: { ...noufailySettings, alpha: 0.01 } },
  { method: 'farrington', control: { alpha: 0.01 } },
  { method: 'bayes', control: { b: 2, w: 4, actY: false } },
  { method: 'rki', control: { b: 0, w: 6, actY: true } },
  { method: 'cdc', control: {} },
  { method: 'cusum', control: { trans: 'rossi' } },
  { method: 'glr', control: { 'c.ARL': 5 } },
  { method: 'outbreak-p', control: {} },
  { method: 'rogerson', control: { ARL0: 500 } },
  { method: 'ewma', control: { m: 'glm' } },
  { method: 'moving-epidemic', control: {} },
];

describe('watching an indicator', () => {
  test('what is not a known method is refused, naming the field', () => {
    for (const wrong of [
      undefined,
      {},
      { method: 'ears', control: { method: 'C4' } },
      { method: 'ears', control: { method: 'C1', baseline: 1 } },
      { method: 'ears', control: { method: 'C1', alpha: 0 } },
      { method: 'farrington-flexible', control: { alfa: 0.01 } },
      { method: 'rule', rule: { kind: 'cases', cases: 3 } },
      { method: 'rule', rule: { kind: 'cases', compare: 'at-least', cases: 0 } },
    ])
      expect(() => parseMethod(wrong)).toThrowError(expect.objectContaining({ name: 'DetectError' }) as Error);
  });

  test('a stored method is read back as it was', () => {
    for (const method of methods) expect(parseMethod(JSON.parse(JSON.stringify(method)))).toEqual(method);
  });

  test('one case of a disease for immediate notification is an alarm, without any history', () => {
    const [only] = judge(immediate, { first: week, values: [1] }, 1);
    expect(only).toMatchObject({ alarm: true, observed: 1, threshold: 1, range: undefined });
  });

  test('one case after silent weeks is no alarm by default, and a cluster is', () => {
    const quiet = Array.from({ length: 10 }, () => 0);
    const alarmAt = (count: number): boolean | undefined =>
      judge(ordinary, { first: week, values: [...quiet, count] }, 1)[0]?.alarm;
    expect([alarmAt(1), alarmAt(3), alarmAt(4)]).toEqual([false, false, true]);
  });

  test('a week without a report cannot be judged, which is not "no alarm"', () => {
    const values = [...Array.from({ length: 12 }, () => 2), undefined];
    expect(judge(ordinary, { first: week, values }, 1)[0]?.alarm).toBeUndefined();
  });

  test('the usual range comes from the weeks compared with, and never reaches past the limit', () => {
    const values = [9, 0, 1, 2, 3, 3, 4, 5, 30];
    const [last] = judge(
      { method: 'ears', control: { method: 'C1', baseline: 7, alpha: 0.001, minSigma: 1 } },
      { first: week, values },
      1,
    );
    // The seven weeks before are 0 1 2 3 3 4 5: the middle four fifths are 1 to 4 of them.
    expect(last).toMatchObject({ alarm: true, observed: 30, range: { lower: 1, upper: 4 } });
    fc.assert(
      fc.property(
        fc.constantFrom(...methods),
        fc.array(fc.option(fc.nat(60), { nil: undefined }), { minLength: 1, maxLength: 330 }),
        (method, counts) => {
          for (const { range, threshold } of judge(method, { first: week, values: counts }, 5)) {
            if (range === undefined) continue;
            expect(range.lower).toBeLessThanOrEqual(range.upper);
            expect(range.upper).toBeLessThanOrEqual(threshold ?? Infinity);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('the history that is loaded is enough: more of it changes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...methods),
        fc.constantFrom(...periodKinds),
        fc.array(fc.nat(40), { minLength: 600, maxLength: 700 }),
        (method, kind, counts) => {
          if (!suits(method, kind) || (kind === 'day' && historyNeeded(method, kind) > 500)) return;
          const first = periodOf(kind, '2010-01-04' as PlainDate);
          const kept = historyNeeded(method, kind) + 4;
          const whole = judge(method, { first, values: counts }, 4);
          const short = judge(
            method,
            { first: shiftPeriod(first, counts.length - kept), values: counts.slice(-kept) },
            4,
          );
          // Sums over the same numbers in another order end in other last digits.
          const rounded = (judgements: readonly Judgement[]): unknown =>
            JSON.parse(
              JSON.stringify(judgements, (_, value: unknown) =>
                typeof value === 'number' ? Number(value.toPrecision(8)) : value,
              ),
            );
          expect(rounded(short)).toEqual(rounded(whole));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a rule about days does not suit months', () => {
    const window = rule({ kind: 'cases-in-window', compare: 'at-least', cases: 3, windowDays: 30 });
    expect(periodKinds.map((kind) => suits(window, kind))).toEqual([true, false, false, false]);
    expect(suits(methods[3] ?? ordinary, 'iso-week')).toBe(true);
    expect(suits(ordinary, 'month')).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { periodOf, shiftPeriod, startOf, type PlainDate } from '../../period.ts';
import { absorb, type Change, type CoveredPeriod, type Standing } from './absorb.ts';
import type { Judgement } from './method.ts';
import type { SignalId } from './signal.ts';

const first = periodOf('iso-week', '2026-03-02' as PlainDate);
const start = new Date('2026-03-30T00:00:00Z');
const later = (days: number): Date => new Date(start.getTime() + days * 86_400_000);

function judgement(week: number, observed: number | undefined, limit = 10): Judgement {
  return {
    period: shiftPeriod(first, week),
    observed,
    alarm: observed === undefined ? undefined : observed > limit,
    expected: 4,
    range: { lower: 2, upper: 6 },
    threshold: limit,
    raisedWhen: 'more-than',
    pValue: undefined,
    score: undefined,
    scoreLimit: undefined,
    reference: [],
    warnings: [],
  };
}

interface Kept {
  readonly endedAt: Date | undefined;
  readonly alarms: ReadonlyMap<PlainDate, Omit<CoveredPeriod, 'signal'>>;
}

/** What the store does with the changes, in memory: signals in the order they were raised, the last one standing. */
class Shelf {
  readonly signals: { endedAt: Date | undefined; alarms: Map<PlainDate, { observed: number; holds: boolean }> }[] = [];

  standing(): Standing | undefined {
    const covered = new Map<PlainDate, CoveredPeriod>();
    this.signals.forEach(({ alarms }, index) => {
      for (const [period, alarm] of alarms)
        if (alarm.observed >= (covered.get(period)?.observed ?? -1))
          covered.set(period, { signal: String(index) as SignalId, ...alarm });
    });
    const last = this.signals.at(-1);
    return (
      last && { signal: String(this.signals.length - 1) as SignalId, endedAt: last.endedAt, isMember: false, covered }
    );
  }

  detect(judgements: readonly Judgement[], now: Date): readonly Change[] {
    const changes = absorb(judgements, this.standing(), now);
    for (const change of changes)
      if (change.kind === 'raise')
        this.signals.push({
          endedAt: undefined,
          alarms: new Map(
            change.alarms.map((alarm) => [startOf(alarm.period), { observed: alarm.observed, holds: true }]),
          ),
        });
      else if (change.kind === 'record')
        this.signals[Number(change.signal)]?.alarms.set(startOf(change.alarm.period), {
          observed: change.alarm.observed,
          holds: change.holds,
        });
      else {
        const alarm = this.signals[Number(change.signal)]?.alarms.get(change.period);
        if (alarm) alarm.holds = false;
      }
    return changes;
  }

  end(now: Date): void {
    const last = this.signals.at(-1);
    if (last) last.endedAt ??= now;
  }

  kept(): readonly Kept[] {
    return structuredClone(this.signals);
  }
}

const reports = fc.array(fc.option(fc.nat(25), { nil: undefined }), { minLength: 1, maxLength: 8 });
const toJudgements = (counts: readonly (number | undefined)[]): readonly Judgement[] =>
  counts.map((count, week) => judgement(week, count));
type Happening = { readonly counts: readonly (number | undefined)[]; readonly days: number; readonly ends: boolean };
const history: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({ counts: reports, days: fc.nat(12), ends: fc.boolean() }),
  { maxLength: 10 },
);

describe('what a new judgement does to what stands there', () => {
  test('detection twice over the same reports changes nothing the second time', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        const shelf = new Shelf();
        let day = 0;
        for (const { counts, days, ends } of happenings) {
          day += days;
          shelf.detect(toJudgements(counts), later(day));
          const before = shelf.kept();
          expect(shelf.detect(toJudgements(counts), later(day))).toEqual([]);
          expect(shelf.kept()).toEqual(before);
          if (ends) shelf.end(later(day));
        }
      }),
    );
  });

  test('there is never more than one open signal, and none is raised within seven days of the end of another', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        const shelf = new Shelf();
        let day = 0;
        for (const { counts, days, ends } of happenings) {
          day += days;
          const ended = shelf.signals.at(-1)?.endedAt;
          const raised = shelf.detect(toJudgements(counts), later(day)).some(({ kind }) => kind === 'raise');
          expect(shelf.signals.filter(({ endedAt }) => endedAt === undefined).length).toBeLessThanOrEqual(1);
          if (raised && ended) expect(later(day).getTime() - ended.getTime()).toBeGreaterThanOrEqual(7 * 86_400_000);
          if (ends) shelf.end(later(day));
        }
      }),
    );
  });

  test('an alarm that was dealt with does not come back when the silence ends; a higher number for the same week does', () => {
    const shelf = new Shelf();
    shelf.detect([judgement(0, 12)], later(0));
    shelf.end(later(1));
    expect(shelf.detect([judgement(0, 12), judgement(1, 14)], later(3)).map(({ kind }) => kind)).toEqual(['record']);
    expect(shelf.detect([judgement(0, 12), judgement(1, 14), judgement(2, 5)], later(9))).toEqual([]);
    expect(shelf.detect([judgement(0, 40), judgement(1, 14)], later(10))).toMatchObject([
      { kind: 'raise', alarms: [{ observed: 40 }] },
    ]);
  });

  test('a correction below the limit keeps the alarm on record and says that it no longer holds', () => {
    const shelf = new Shelf();
    shelf.detect([judgement(0, 12)], later(0));
    expect(shelf.detect([judgement(0, 3)], later(1))).toMatchObject([{ kind: 'record', holds: false }]);
    expect(shelf.detect([judgement(0, 12)], later(2))).toMatchObject([{ kind: 'record', holds: true }]);
    expect(shelf.detect([judgement(0, undefined)], later(3))).toEqual([
      { kind: 'withdraw', signal: '0', period: '2026-03-02' },
    ]);
    expect(shelf.signals).toHaveLength(1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutToCapacity } from './capacity.ts';
import { rank, type Candidate } from './triage.ts';

const base: Candidate = {
  id: 'a',
  isImmediate: false,
  isToldByPerson: false,
  observed: 12,
  usual: 4,
  limit: 8,
  pValue: undefined,
  neighbours: 0,
  alarmPeriods: 1,
  raisedAt: new Date('2026-03-27T08:00:00Z'),
};

const candidate: fc.Arbitrary<Candidate> = fc.record({
  id: fc.uuid(),
  isImmediate: fc.boolean(),
  isToldByPerson: fc.boolean(),
  observed: fc.option(fc.nat(500), { nil: undefined }),
  usual: fc.option(fc.nat(300), { nil: undefined }),
  limit: fc.option(fc.nat(300), { nil: undefined }),
  pValue: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  neighbours: fc.nat(6),
  alarmPeriods: fc.nat(8),
  raisedAt: fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
});
const candidates = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 40 });

const order = (...given: readonly Candidate[]): readonly string[] => rank(given).map(({ candidate: { id } }) => id);

describe('triage', () => {
  test('a disease for immediate notification comes first, even with one case beside a large outbreak', () => {
    const single = { ...base, id: 'immediate', isImmediate: true, observed: 1, usual: 1 };
    expect(order({ ...base, observed: 900 }, single)).toEqual(['immediate', 'a']);
  });

  test('more cases above the usual, more neighbours and more periods in alarm never lower the place', () => {
    fc.assert(
      fc.property(candidate, fc.nat(50), fc.nat(3), fc.nat(3), (given, cases, neighbours, periods) => {
        const more = {
          ...given,
          observed: given.observed === undefined ? undefined : given.observed + cases,
          neighbours: given.neighbours + neighbours,
          alarmPeriods: given.alarmPeriods + periods,
        };
        const [before] = rank([given]);
        const [after] = rank([more]);
        expect(after?.score ?? 0).toBeGreaterThanOrEqual(before?.score ?? 0);
      }),
    );
  });

  test('the order does not depend on the order in which signals came from the database', () => {
    fc.assert(
      fc.property(
        candidates.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
        ),
        ([given, shuffled]) => {
          expect(rank(shuffled)).toEqual(rank(given));
        },
      ),
    );
  });

  test('the reasons say what the place was given for', () => {
    const [ranked] = rank([{ ...base, isImmediate: true, isToldByPerson: true, neighbours: 2, alarmPeriods: 3 }]);
    expect(ranked?.reasons).toEqual([
      { code: 'immediate' },
      { code: 'told' },
      { code: 'excess', units: 4 },
      { code: 'neighbours', count: 2 },
      { code: 'persisting', periods: 3 },
    ]);
  });
});

describe('the stated capacity of the office', () => {
  const immediate = ({ isImmediate }: Candidate): boolean => isImmediate;

  test('the list stops there and the rest is counted', () => {
    const twelve = Array.from({ length: 12 }, (_, n) => ({ ...base, id: String(n) }));
    const { listed, overflow } = cutToCapacity(twelve, { perWeek: 10, used: 3 }, immediate);
    expect([listed.length, overflow.length]).toEqual([7, 5]);
  });

  test('no disease for immediate notification is ever cut, and nothing is lost', () => {
    fc.assert(
      fc.property(candidates, fc.option(fc.nat(20), { nil: undefined }), fc.nat(20), (given, perWeek, used) => {
        const { listed, overflow } = cutToCapacity(given, { perWeek, used }, immediate);
        expect(overflow.some(immediate)).toBe(false);
        expect([...listed, ...overflow].toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          given.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        );
        if (perWeek !== undefined)
          expect(listed.length).toBeLessThanOrEqual(Math.max(perWeek - used, given.filter(immediate).length, 0));
      }),
    );
  });

  test('an office that has not said what it can do sees everything', () => {
    expect(cutToCapacity([base], { perWeek: undefined, used: 99 }, immediate).overflow).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  annex2Answers,
  annex2Clocks,
  annex2Criteria,
  annex2Table,
  decideAnnex2,
  proposeAnnex2List,
  type Annex2Answer,
  type Annex2Input,
  type Annex2List,
} from './ihr-annex2.ts';

const at = new Date('2026-03-27T10:00:00Z');

const answersOf = (four: readonly Annex2Answer[]): Annex2Input => ({
  'serious-impact': four[0] ?? 'unknown',
  unusual: four[1] ?? 'unknown',
  'international-spread': four[2] ?? 'unknown',
  'travel-trade': four[3] ?? 'unknown',
});

const four = fc.array(fc.constantFrom(...annex2Answers), { minLength: 4, maxLength: 4 });

describe('IHR Annex 2', () => {
  test('two unknown answers cannot exclude: it says what to find out and by when', () => {
    expect(decideAnnex2('other', answersOf(['no', 'unknown', 'unknown', 'no']), at)).toEqual({
      outcome: 'cannot-exclude',
      unknown: ['unusual', 'international-spread'],
      reassessBy: new Date('2026-03-28T10:00:00Z'),
    });
  });

  test('one case of a disease of the first list is notified whatever the answers', () => {
    fc.assert(
      fc.property(four, (given) => {
        expect(decideAnnex2('always-notify', answersOf(given), at)).toEqual({ outcome: 'notify', because: 'listed' });
      }),
    );
  });

  test('for every other event the outcome follows from the counts alone, over all 81 answers', () => {
    let met = 0;
    for (const list of ['always-assess', 'other'] as const satisfies readonly Annex2List[])
      for (let n = 0; n < 81; n++) {
        const given = [0, 1, 2, 3].map((place) => annex2Answers[Math.floor(n / 3 ** place) % 3] ?? 'no');
        const count = (answer: Annex2Answer): number => given.filter((each) => each === answer).length;
        const { outcome } = decideAnnex2(list, answersOf(given), at);
        const expected = count('yes') >= 2 ? 'notify' : 4 - count('no') >= 2 ? 'cannot-exclude' : 'not-now';
        expect(outcome).toBe(expected);
        met++;
      }
    expect(met).toBe(162);
  });

  test('learning an unknown answer never turns "not now" into anything else', () => {
    fc.assert(
      fc.property(
        four,
        fc.constantFrom(...annex2Criteria),
        fc.constantFrom('yes' as const, 'no' as const),
        (given, which, learnt) => {
          const before = answersOf(given);
          if (before[which] !== 'unknown' || decideAnnex2('other', before, at).outcome !== 'not-now') return;
          expect(decideAnnex2('other', { ...before, [which]: learnt }, at).outcome).toBe('not-now');
        },
      ),
    );
  });

  test('the clocks: 48 hours to assess, 24 to notify, 24 to assess again, and none after "not now"', () => {
    const hours = (count: number): Date => new Date(at.getTime() + count * 3_600_000);
    expect(annex2Clocks(at, []).assessBy).toEqual(hours(48));
    const after = (four: readonly Annex2Answer[]): ReturnType<typeof annex2Clocks> =>
      annex2Clocks(at, [{ at, decision: decideAnnex2('other', answersOf(four), at) }]);
    expect(after(['yes', 'yes', 'no', 'no']).notifyBy).toEqual(hours(24));
    expect(after(['unknown', 'yes', 'no', 'no']).reassessBy).toEqual(hours(24));
    expect(after(['no', 'no', 'no', 'unknown'])).toEqual({
      assessBy: undefined,
      notifyBy: undefined,
      reassessBy: undefined,
    });
  });

  test('assessing again gives no more time; taking the answer back does, when it is given anew', () => {
    const hours = (count: number): Date => new Date(at.getTime() + count * 3_600_000);
    const assessed = (count: number, four: readonly Annex2Answer[]) => ({
      at: hours(count),
      decision: decideAnnex2('other', answersOf(four), hours(count)),
    });
    const yes = ['yes', 'yes', 'no', 'no'] as const;
    const no = ['no', 'no', 'no', 'no'] as const;
    expect(annex2Clocks(at, [assessed(60, yes), assessed(20, yes), assessed(0, yes)]).notifyBy).toEqual(hours(24));
    expect(annex2Clocks(at, [assessed(60, yes), assessed(20, no), assessed(0, yes)]).notifyBy).toEqual(hours(84));
  });

  test('a list is proposed from either code, and an unknown disease is no listed one', () => {
    expect(proposeAnnex2List({ icd10: 'A80.1', icd11: undefined })).toBe('always-notify');
    expect(proposeAnnex2List({ icd10: undefined, icd11: '1a00' })).toBe('always-assess');
    expect(proposeAnnex2List({ icd10: 'A92.4', icd11: undefined })).toBe('always-assess');
    for (const written of ['A923', 'a92.3', ' A92.30 ', 'A92 3'])
      expect(proposeAnnex2List({ icd10: written, icd11: undefined })).toBe('always-assess');
    expect(proposeAnnex2List({ icd10: 'A92.5', icd11: undefined })).toBe('other');
    expect(proposeAnnex2List({ icd10: 'B05', icd11: '1F03' })).toBe('other');
    expect(proposeAnnex2List({ icd10: undefined, icd11: undefined })).toBe('other');
    const codes = annex2Table.entries.flatMap(({ icd10 }) => icd10);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

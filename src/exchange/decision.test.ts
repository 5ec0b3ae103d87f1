import { describe, expect, it } from 'vitest';
import { ambria, documentWith, signedSteps, sorell, tarn, weeklyTable } from '../../test/support/instruments.ts';
import { fold } from '../acts/protocol.ts';
import { instrumentProcedure } from '../agreement/instrument.ts';
import type { StandingInstrument } from '../agreement/standing.ts';
import type { Term } from '../agreement/document.ts';
import type { SubjectId } from '../ids.ts';
import { decideRequest, decideToTakeIn, decideUnder, standingRefusal, summarise } from './decision.ts';

const signedAt = Date.parse('2026-03-02T09:00:00Z') / 1000;
const now = new Date('2026-03-03T00:00:00Z');

function instrument(terms: readonly Term[], change: Partial<StandingInstrument> = {}): StandingInstrument {
  const state = fold(instrumentProcedure, signedSteps(documentWith(terms), signedAt));
  if (!state) throw new RangeError('no state');
  return {
    id: `${ambria}/${'x'.repeat(22)}` as SubjectId,
    host: ambria,
    headN: 3,
    frozenReason: null,
    isFrozen: false,
    state,
    ...change,
  };
}

const request = {
  content: 'table',
  from: ambria,
  to: sorell,
  indicator: 'measles',
  level: 1,
  purpose: 'public-health-surveillance',
} as const;
const nobodyAnswered = new Map();

describe('a record of a decision', () => {
  it('says what was asked, at which number, and which article answered', () => {
    expect(decideUnder(instrument([weeklyTable]), request, now, nobodyAnswered)).toEqual({
      instrument: `${ambria}/${'x'.repeat(22)}`,
      n: 3,
      at: now.toISOString(),
      request,
      article: 'art-1',
      minimumCount: 5,
      refusal: null,
    });
    expect(decideUnder(instrument([weeklyTable]), { ...request, level: 2 }, now, nobodyAnswered).refusal).toEqual({
      reason: 'level-not-agreed',
      article: 'art-1',
      rule: null,
    });
    expect(
      decideUnder(instrument([weeklyTable], { isFrozen: true }), request, now, nobodyAnswered).refusal?.reason,
    ).toBe('frozen');
  });
});

describe('the receiver', () => {
  it('allows a minute between two clocks at entry into force, and no more', () => {
    const before = (seconds: number): Date => new Date((signedAt + 3 - seconds) * 1000);
    const inForce = instrument([weeklyTable]);
    expect(decideToTakeIn(inForce, request, before(59), nobodyAnswered).refusal).toBeNull();
    expect(decideToTakeIn(inForce, request, before(62), nobodyAnswered).refusal?.reason).toBe('not-in-force');
    expect(decideUnder(inForce, request, before(59), nobodyAnswered).refusal?.reason).toBe('not-in-force');
    expect(standingRefusal(inForce, ambria, sorell, before(59))).toBeUndefined();
    expect(standingRefusal(inForce, ambria, sorell, before(62))?.reason).toBe('not-in-force');
  });

  it('takes nothing from or for somebody who is no party, whatever it is', () => {
    expect(standingRefusal(instrument([weeklyTable]), tarn, sorell, now)?.reason).toBe('not-a-party');
    expect(standingRefusal(instrument([weeklyTable]), ambria, ambria, now)?.reason).toBe('not-a-party');
  });
});

describe('several decisions together', () => {
  const decide = (indicator: string, purpose: string, terms: readonly Term[]) =>
    decideUnder(instrument(terms), { ...request, indicator, purpose }, now, nobodyAnswered);
  const terms: readonly Term[] = [
    { ...weeklyTable, purposes: ['public-health-surveillance', 'research'], minimumCount: 5 },
    { ...weeklyTable, indicators: ['cholera'], minimumCount: 8 },
  ];

  it('flow for the purposes that every indicator is permitted for, with the strictest minimum', () => {
    const records = ['measles', 'cholera', 'rabies'].flatMap((indicator) =>
      ['public-health-surveillance', 'research'].map((purpose) => decide(indicator, purpose, terms)),
    );
    expect(summarise(records)).toMatchObject({
      indicators: ['measles', 'cholera'],
      purposes: ['public-health-surveillance'],
      minimumCount: 8,
      refusal: undefined,
    });
  });

  it('name a purpose once, however many receivers it is for', () => {
    const record = decide('measles', 'research', terms);
    expect(summarise([record, record]).purposes).toEqual(['research']);
  });

  it('are refused with the first reason when nothing is permitted, and when there was nothing to decide', () => {
    expect(summarise([decide('rabies', 'research', terms)]).refusal?.reason).toBe('indicator-not-agreed');
    expect(summarise([]).refusal?.reason).toBe('no-agreement');
  });
});

describe('a request', () => {
  const other = instrument([{ ...weeklyTable, indicators: ['cholera'] }]);

  it('is permitted when one of the agreements between the two permits it', () => {
    expect(decideRequest([other, instrument([weeklyTable])], request, now, nobodyAnswered)).toMatchObject({
      refusal: null,
      article: 'art-1',
    });
  });

  it('is refused by the floor before any agreement is read', () => {
    expect(
      decideRequest([instrument([weeklyTable])], { ...request, purpose: 'immigration' }, now, nobodyAnswered),
    ).toEqual({ reason: 'floor', article: null, rule: 'forbidden-purpose' });
    expect(decideRequest([], { ...request, purpose: 'model-training' }, now, nobodyAnswered)).toMatchObject({
      rule: 'community-must-agree',
    });
    expect(decideRequest([], { ...request, purpose: 'anything' }, now, nobodyAnswered)).toMatchObject({
      reason: 'purpose-unknown',
    });
  });

  it('is refused with the article that came nearest, or because there is no agreement', () => {
    expect(decideRequest([other], request, now, nobodyAnswered)).toMatchObject({
      refusal: { reason: 'indicator-not-agreed', article: 'art-1' },
    });
    expect(decideRequest([other], { ...request, content: 'line-list' }, now, nobodyAnswered)).toMatchObject({
      refusal: { reason: 'content-not-agreed' },
    });
    expect(decideRequest([], request, now, nobodyAnswered)).toMatchObject({ reason: 'no-agreement' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actOf, ambria, documentWith, signedSteps, sorell, tarn, weeklyTable } from '../../test/support/instruments.ts';
import type { Did } from '../ids.ts';
import type { InstrumentDocument } from './document.ts';
import { applyStep, fold, type FoldAct, type Step } from '../acts/protocol.ts';
import { acceptAmendment, amend, propose, ratify, refuse, revise, sign, withdraw } from './act-types.ts';
import { boundFrom, boundUntil, entryIntoForce, startNotices, statusAt, textInForceAt } from './entry-into-force.ts';
import { instrumentProcedure, type InstrumentState } from './instrument.ts';
import { allowedSteps } from './steps.ts';

const document = documentWith([weeklyTable]);
const opening = () => actOf(propose, ambria, {}, document);

function stateAfter(steps: readonly Step[]): InstrumentState {
  const state = fold(instrumentProcedure, steps);
  if (!state) throw new Error('no state');
  return state;
}

const act = (n: number, foldAct: FoldAct): Step => ({ kind: 'act', n, act: foldAct });
const timed = (n: number, unixSeconds: number): Step => ({ kind: 'timed', n, unixSeconds });
const second = (seconds: number): Date => new Date(seconds * 1000);

/** By somebody who is no party. */
const keptOutside = {
  keepers: [{ operator: 'did:web:keeper.example' as Did, vkey: `keeper.example/confirm+00000000+${'A'.repeat(44)}` }],
  k: 1,
};

describe('an instrument refuses', () => {
  const proposed = opening();
  const state = stateAfter([act(1, proposed)]);
  const version = proposed.id;

  it.each([
    ['a stranger', actOf(sign, tarn, { version, consent: 'definitive' }), 'not-a-party'],
    [
      'a signature on another text',
      actOf(sign, sorell, { version: 'x'.repeat(43), consent: 'definitive' }),
      'text-has-moved-on',
    ],
    ['a ratification of what was not signed', actOf(ratify, sorell, { version }), 'nothing-to-ratify'],
    ['a withdrawal by who is not bound', actOf(withdraw, sorell), 'not-bound'],
    ['an amendment before all have signed', actOf(amend, sorell, { base: version }, document), 'not-signed-by-all'],
    ['a revision of an older text', actOf(revise, sorell, { base: 'x'.repeat(43) }, document), 'text-has-moved-on'],
    [
      'a revision with another party',
      actOf(revise, sorell, { base: version }, documentWith([], { parties: [ambria, tarn] })),
      'parties-changed',
    ],
    [
      'a revision that permits a forbidden purpose',
      actOf(revise, sorell, { base: version }, documentWith([{ ...weeklyTable, purposes: ['immigration'] }])),
      'below-the-floor',
    ],
    [
      'a revision that permits model training',
      actOf(revise, sorell, { base: version }, documentWith([{ ...weeklyTable, purposes: ['model-training'] }])),
      'below-the-floor',
    ],
    ['an acceptance of no amendment', actOf(acceptAmendment, sorell, { amendment: version }), 'amendment-unknown'],
  ])('%s', (_words, attempt, reason) => {
    expect(instrumentProcedure.refuses(state, attempt)).toBe(reason);
  });

  it('an opening below the floor, or without a text', () => {
    expect(
      instrumentProcedure.refusesOpening(
        actOf(propose, ambria, {}, documentWith([{ ...weeklyTable, purposes: ['insurance'] }])),
      ),
    ).toBe('below-the-floor');
    expect(instrumentProcedure.refusesOpening(actOf(propose, ambria, {}, { title: 'x' }))).toBe('text-malformed');
    expect(instrumentProcedure.refusesOpening(actOf(propose, tarn, {}, document))).toBe('not-a-party');
  });

  it('a signature weaker than the text asks for', () => {
    const strict = stateAfter([
      act(1, actOf(propose, ambria, {}, documentWith([weeklyTable], { assurance: 'passkey' }))),
    ]);
    const on = strict.versions[0]?.act;
    expect(
      instrumentProcedure.refuses(strict, actOf(sign, sorell, { version: on, consent: 'definitive' }, {}, 'session')),
    ).toBe('assurance-too-low');
    expect(
      instrumentProcedure.refuses(strict, actOf(sign, sorell, { version: on, consent: 'definitive' }, {}, 'passkey')),
    ).toBeUndefined();
  });

  it('a text that a term permits what the floor forbids, though it may forbid it', () => {
    const forbidding = documentWith([weeklyTable, { ...weeklyTable, effect: 'forbid', purposes: ['insurance'] }]);
    expect(instrumentProcedure.refusesOpening(actOf(propose, ambria, {}, forbidding))).toBeUndefined();
  });
});

describe('entry into force', () => {
  it('waits for independent confirmation, whatever anyone’s clock says', () => {
    const unconfirmed = signedSteps(document, 1_000_000).filter((step) => step.kind === 'act');
    const state = stateAfter(unconfirmed);
    expect(entryIntoForce(state)).toBeUndefined();
    expect(statusAt(state, second(9_999_999_999))).toBe('unconfirmed');
  });

  it('happens at the legal time of the consent that fulfils the rule', () => {
    const state = stateAfter(signedSteps(document, 1_000_000));
    expect(entryIntoForce(state)).toEqual(second(1_000_003));
    expect(statusAt(state, second(1_000_002))).toBe('awaiting-date');
    expect(statusAt(state, second(1_000_003))).toBe('in-force');
  });

  it('counts delays in whole days of UTC', () => {
    const state = stateAfter(
      signedSteps(
        documentWith([weeklyTable], { entryIntoForce: { rule: { consents: 2 }, delayDays: 30 } }),
        Date.UTC(2026, 0, 15, 14, 30) / 1000,
      ),
    );
    expect(entryIntoForce(state)).toEqual(new Date(Date.UTC(2026, 1, 14)));
  });

  it('of a signature subject to ratification comes with the ratification', () => {
    const proposed = opening();
    const steps = [
      act(1, proposed),
      act(2, actOf(sign, ambria, { version: proposed.id, consent: 'subject-to-ratification' })),
      act(3, actOf(sign, sorell, { version: proposed.id, consent: 'definitive' })),
      timed(2, 2000),
      timed(3, 3000),
    ];
    expect(statusAt(stateAfter(steps), second(9000))).toBe('signed');
    const ratified = stateAfter([...steps, act(4, actOf(ratify, ambria, { version: proposed.id })), timed(4, 5000)]);
    expect(entryIntoForce(ratified)).toEqual(second(5000));
    expect(boundFrom(ratified, sorell)).toEqual(second(5000));
  });

  it('follows its rule like an independent reading of it', () => {
    const rule = fc.letrec((tie) => ({
      rule: fc.oneof(
        { maxDepth: 3 },
        fc.record({ consents: fc.integer({ min: 1, max: 3 }) }),
        fc.record({ consentOf: fc.constantFrom(ambria, sorell) }),
        fc.record({ notBefore: fc.constantFrom('1970-01-01', '1970-01-03', '1970-01-09') }),
        fc.record({ all: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
      ),
    })).rule;
    // The oracle asks, second by second of a fortnight cut in hours, whether the rule holds: no cleverness about instants.
    const holds = (given: unknown, times: Record<string, number>, at: number): boolean => {
      const [key, value] = Object.entries(given as Record<string, unknown>)[0] ?? [];
      if (key === 'all') return (value as unknown[]).every((inner) => holds(inner, times, at));
      if (key === 'any') return (value as unknown[]).some((inner) => holds(inner, times, at));
      if (key === 'consents') return Object.values(times).filter((time) => time <= at).length >= (value as number);
      if (key === 'consentOf') return (times[value as string] ?? Infinity) <= at;
      return Date.parse(`${value as string}T00:00:00Z`) / 1000 <= at;
    };
    fc.assert(
      fc.property(rule, fc.integer({ min: 0, max: 335 }), fc.integer({ min: 0, max: 335 }), (given, first, other) => {
        const proposed = actOf(
          propose,
          ambria,
          {},
          documentWith([], { entryIntoForce: { rule: given as never, delayDays: 0 } }),
        );
        const times = { [ambria]: first * 3600, [sorell]: other * 3600 };
        const state = stateAfter([
          act(1, proposed),
          act(2, actOf(sign, ambria, { version: proposed.id, consent: 'definitive' })),
          act(3, actOf(sign, sorell, { version: proposed.id, consent: 'definitive' })),
          timed(2, first * 3600),
          timed(3, other * 3600),
        ]);
        const hours = Array.from({ length: 14 * 24 }, (_, hour) => hour * 3600);
        const expected = hours.find(
          (at) => holds(given, times, at) && (at >= Math.min(...Object.values(times)) || onlyDates(given)),
        );
        const actual = entryIntoForce(state);
        // A rule of dates alone is fulfilled before anybody consents; then nobody is bound and nothing can flow.
        if (onlyDates(given)) return;
        expect(actual === undefined ? undefined : actual.getTime() / 1000).toBe(expected);
      }),
    );
    function onlyDates(given: unknown): boolean {
      return !/consent/.test(JSON.stringify(given)) || holds(given, {}, 14 * 86_400);
    }
  });
});

describe('ending and amending', () => {
  const signed = signedSteps(document, 1_000_000);

  it('without notice, a withdrawal binds on receipt', () => {
    const state = stateAfter([...signed, act(4, actOf(withdraw, sorell))]);
    expect(statusAt(state, second(1_000_004))).toBe('ended');
  });

  it('with notice, it needs its legal time, and the notice runs in whole days', () => {
    const steps = signedSteps(documentWith([weeklyTable], { withdrawalNoticeDays: 10 }), 1_000_000);
    const withdrawn = [...steps, act(4, actOf(withdraw, sorell))];
    expect(boundUntil(stateAfter(withdrawn), sorell)).toBeUndefined();
    const state = stateAfter([...withdrawn, timed(4, Date.UTC(1970, 0, 20, 5) / 1000)]);
    expect(boundUntil(state, sorell)).toEqual(new Date(Date.UTC(1970, 0, 30)));
    expect(statusAt(state, new Date(Date.UTC(1970, 0, 29)))).toBe('in-force');
    expect(statusAt(state, new Date(Date.UTC(1970, 0, 30)))).toBe('ended');
  });

  it('an amendment binds when all have accepted it, from the last confirmed acceptance', () => {
    const base = fold(instrumentProcedure, signed)?.versions[0]?.act;
    const other = documentWith([{ ...weeklyTable, minimumCount: 10 }]);
    const amendment = actOf(amend, ambria, { base }, other);
    const steps = [
      ...signed,
      act(4, amendment),
      timed(4, 2_000_000),
      act(5, actOf(acceptAmendment, sorell, { amendment: amendment.id })),
    ];
    expect(textInForceAt(stateAfter(steps), second(3_000_000)).act).toBe(base);
    const accepted = stateAfter([...steps, timed(5, 2_500_000)]);
    expect(textInForceAt(accepted, second(2_499_999)).act).toBe(base);
    expect(textInForceAt(accepted, second(2_500_000)).act).toBe(amendment.id);
  });

  it('an amendment below the floor is refused, citing it', () => {
    const base = fold(instrumentProcedure, signed)?.versions[0]?.act;
    const attempt = actOf(amend, ambria, { base }, documentWith([{ ...weeklyTable, purposes: ['model-training'] }]));
    expect(instrumentProcedure.refuses(stateAfter(signed), attempt)).toBe('below-the-floor');
  });
});

describe('what no party can do to another', () => {
  const t = Date.UTC(2026, 0, 1) / 1000;
  const days = (count: number): Date => second(t + count * 86_400);
  const three = (changes: Parameters<typeof documentWith>[1] = {}) =>
    documentWith([weeklyTable], { parties: [ambria, sorell, tarn], copyKeepers: keptOutside, ...changes });
  const signedBy = (text: InstrumentDocument, ...parties: readonly Did[]): readonly Step[] => {
    const proposed = actOf(propose, ambria, {}, text);
    const acts = [
      proposed,
      ...parties.map((party) =>
        actOf(sign, party, { version: proposed.id, consent: 'definitive' }, {}, text.assurance),
      ),
    ];
    return acts.flatMap((each, index) => [act(index + 1, each), timed(index + 1, t + index + 1)]);
  };
  /** As a host would: what the fold refuses fails the test. */
  const go = (before: readonly Step[], ...attempts: readonly (readonly [FoldAct, number | undefined])[]) => {
    let state = stateAfter(before);
    let n = before.filter((step) => step.kind === 'act').length;
    for (const [attempt, unixSeconds] of attempts) {
      expect(instrumentProcedure.refuses(state, attempt)).toBeUndefined();
      state = applyStep(instrumentProcedure, state, act(++n, attempt));
      if (unixSeconds !== undefined) state = applyStep(instrumentProcedure, state, timed(n, unixSeconds));
    }
    return state;
  };
  const base = (steps: readonly Step[]): string => stateAfter(steps).versions[0]?.act ?? '';
  const minimumAt = (state: InstrumentState, at: Date) =>
    textInForceAt(state, at).document.articles[0]?.terms[0]?.minimumCount;

  it('bind it, while its notice runs, to a text that it never accepted; or make the notice longer', () => {
    const signed = signedBy(documentWith([weeklyTable], { withdrawalNoticeDays: 90 }), ambria, sorell);
    const worse = documentWith([{ ...weeklyTable, minimumCount: 1 }], { withdrawalNoticeDays: 3660 });
    const state = go(
      signed,
      [actOf(withdraw, ambria), t + 100],
      [actOf(amend, sorell, { base: base(signed) }, worse), t + 200],
    );
    expect(minimumAt(state, days(30))).toBe(5);
    expect(boundUntil(state, ambria)).toEqual(days(90));
    expect(statusAt(state, days(89))).toBe('in-force');
    expect(statusAt(state, days(90))).toBe('ended');
  });

  describe('replace, while its notice runs, the keepers that date it', () => {
    const others = {
      keepers: [
        { operator: 'did:web:friend.example' as Did, vkey: `friend.example/confirm+00000000+${'B'.repeat(44)}` },
      ],
      k: 1,
    };
    const signed = signedBy(documentWith([weeklyTable], { withdrawalNoticeDays: 90 }), ambria, sorell);
    const named = documentWith([weeklyTable], { copyKeepers: others });
    const amendment = actOf(amend, sorell, { base: base(signed) }, named);
    const keepersOf = (state: InstrumentState) => instrumentProcedure.copyKeepers(state);
    const agreed = keepersOf(stateAfter(signed));

    it('by an amendment after the notice, or by one that waited for it', () => {
      const notice = actOf(withdraw, ambria);
      for (const dated of [undefined, t + 100]) {
        expect(keepersOf(go(signed, [notice, dated], [amendment, t + 200]))).toEqual(agreed);
        expect(keepersOf(go(signed, [amendment, t + 50], [notice, dated]))).toEqual(agreed);
      }
    });

    it('nor build further ones on them; but once it is gone, or has agreed, they are changed', () => {
      const left: [FoldAct, number][] = [
        [actOf(withdraw, ambria), t + 100],
        [amendment, t + 200],
      ];
      const further = actOf(amend, sorell, { base: amendment.id }, documentWith([weeklyTable]));
      const accepted = [actOf(acceptAmendment, ambria, { amendment: further.id }), t + 400] as const;
      expect(keepersOf(go(signed, ...left, [further, t + 300], accepted))).toEqual(agreed);
      const notYet = days(90).getTime() / 1000 - 1;
      expect(keepersOf(go(signed, ...left, [further, notYet]))).toEqual(agreed);
      const again = actOf(amend, sorell, { base: amendment.id }, named);
      expect(keepersOf(go(signed, ...left, [again, notYet + 1]))).toEqual(others);
      const joined = actOf(acceptAmendment, ambria, { amendment: amendment.id });
      expect(keepersOf(go(signed, ...left, [joined, t + 300]))).toEqual(others);
    });

    it('and set neither lower what others sign with, nor higher what it accepts with', () => {
      const passkeys = documentWith([weeklyTable], { withdrawalNoticeDays: 90, assurance: 'person-key' });
      const strict = three({ withdrawalNoticeDays: 90, assurance: 'passkey' });
      const before = signedBy(strict, ambria, sorell);
      const lower = actOf(amend, sorell, { base: base(before) }, { ...strict, assurance: 'session' }, 'passkey');
      const refusal = actOf(refuse, tarn, { version: base(before) });
      const state = go(
        before,
        [refusal, t + 90],
        [actOf(withdraw, ambria, {}, {}, 'passkey'), t + 100],
        [lower, t + 200],
      );
      const next = actOf(amend, sorell, { base: lower.id }, strict, 'session');
      expect(instrumentProcedure.refuses(state, next)).toBe('assurance-too-low');
      const higher = actOf(amend, sorell, { base: base(signed) }, passkeys);
      const raised = go(signed, [actOf(withdraw, ambria), t + 100], [higher, t + 200]);
      const accept = actOf(acceptAmendment, ambria, { amendment: higher.id });
      expect(instrumentProcedure.refuses(raised, accept)).toBeUndefined();
      const third = actOf(amend, sorell, { base: higher.id }, passkeys);
      expect(instrumentProcedure.refuses(raised, third)).toBe('assurance-too-low');
    });
  });

  it('refuse it a say in what binds it until it is gone', () => {
    const signed = signedBy(three({ withdrawalNoticeDays: 90 }), ambria, sorell, tarn);
    const amendment = actOf(
      amend,
      sorell,
      { base: base(signed) },
      three({ articles: documentWith([{ ...weeklyTable, minimumCount: 9 }]).articles }),
    );
    const given: [FoldAct, number][] = [
      [actOf(withdraw, ambria), t + 100],
      [amendment, t + 200],
      [actOf(acceptAmendment, tarn, { amendment: amendment.id }), t + 300],
    ];
    expect(minimumAt(go(signed, ...given), days(30))).toBe(5);
    expect(minimumAt(go(signed, ...given), days(91))).toBe(9);
    const agreed = go(signed, ...given, [actOf(acceptAmendment, ambria, { amendment: amendment.id }), t + 400]);
    expect(minimumAt(agreed, days(30))).toBe(9);
  });

  it('count a consent that was taken back before there was anything in force', () => {
    const signed = signedBy(three({ entryIntoForce: { rule: { consents: 3 }, delayDays: 0 } }), ambria, sorell);
    const proposed = base(signed);
    const state = go(
      signed,
      [actOf(withdraw, ambria), t + 50],
      [actOf(sign, tarn, { version: proposed, consent: 'definitive' }), t + 1000],
    );
    expect(entryIntoForce(state)).toBeUndefined();
    const late = go(
      signedBy(three({ entryIntoForce: { rule: { consents: 3 }, delayDays: 30 } }), ambria, sorell, tarn),
      [actOf(withdraw, ambria), t + 86_400],
    );
    expect(entryIntoForce(late)).toBeUndefined();
    expect(boundUntil(late, ambria)).toEqual(days(1));
  });

  it('change a text of passkeys by sessions', () => {
    const text = documentWith([weeklyTable], { assurance: 'passkey' });
    const signed = signedBy(text, ambria, sorell);
    const by = (assurance: 'session' | 'passkey') =>
      actOf(amend, sorell, { base: base(signed) }, documentWith([weeklyTable]), assurance);
    expect(instrumentProcedure.refuses(stateAfter(signed), by('session'))).toBe('assurance-too-low');
    const amendment = by('passkey');
    const state = go(signed, [amendment, t + 50]);
    const accept = actOf(acceptAmendment, ambria, { amendment: amendment.id }, {}, 'session');
    expect(instrumentProcedure.refuses(state, accept)).toBe('assurance-too-low');
  });

  it('undo one amendment by another on the same text', () => {
    const signed = signedBy(document, ambria, sorell);
    const [first, other] = [20, 3].map((minimumCount) =>
      actOf(amend, ambria, { base: base(signed) }, documentWith([{ ...weeklyTable, minimumCount }])),
    );
    const state = go(
      signed,
      [first!, t + 10],
      [other!, t + 20],
      [actOf(acceptAmendment, sorell, { amendment: first!.id }), t + 30],
    );
    expect(instrumentProcedure.refuses(state, actOf(acceptAmendment, sorell, { amendment: other!.id }))).toBe(
      'text-has-moved-on',
    );
    expect(minimumAt(state, days(1))).toBe(20);
    expect(allowedSteps(state, 'in-force', sorell)).not.toContain('accept-amendment');
  });

  it('change how the instrument enters into force once it was signed', () => {
    const signed = signedBy(document, ambria, sorell);
    const later = documentWith([weeklyTable], { entryIntoForce: { rule: { consents: 2 }, delayDays: 900 } });
    expect(instrumentProcedure.refuses(stateAfter(signed), actOf(amend, ambria, { base: base(signed) }, later))).toBe(
      'entry-into-force-changed',
    );
  });

  it('end the negotiation of a new text by having refused an old one, or hold up those who agreed by refusing', () => {
    const proposed = actOf(propose, ambria, {}, document);
    const revised = actOf(revise, ambria, { base: proposed.id }, documentWith([weeklyTable], { title: 'New' }));
    const state = stateAfter([act(1, proposed), act(2, revised)]);
    expect(instrumentProcedure.refuses(state, actOf(refuse, sorell, { version: proposed.id }))).toBe(
      'text-has-moved-on',
    );
    const signed = signedBy(three(), ambria, sorell);
    const amended = go(
      signed,
      [actOf(refuse, tarn, { version: base(signed) }), t + 50],
      [actOf(amend, ambria, { base: base(signed) }, three({ title: 'Amended' })), t + 60],
    );
    expect(amended.amendments).toHaveLength(1);
  });

  it('hold it by never dating its notice', () => {
    const signed = signedBy(documentWith([weeklyTable], { withdrawalNoticeDays: 30 }), ambria, sorell);
    const undated = go(signed, [actOf(withdraw, sorell), undefined]);
    expect(statusAt(undated, days(3650))).toBe('in-force');
    const confirmed = startNotices(undated, new Map([[sorell, t + 100]]));
    expect(boundUntil(confirmed, sorell)).toEqual(days(30));
    const dated = go(signed, [actOf(withdraw, sorell), t + 2 * 86_400]);
    expect(startNotices(dated, new Map([[sorell, t + 100]]))).toEqual(dated);
  });

  it('be bound to nobody', () => {
    const signed = signedBy(three(), ambria, sorell);
    const state = go(signed, [actOf(withdraw, sorell), t + 30]);
    expect(statusAt(state, second(t + 29))).toBe('in-force');
    expect(statusAt(state, second(t + 100))).toBe('ended');
  });
});

describe('dates', () => {
  it('a date in the rule is a date, and no delay is added to it', () => {
    const text = documentWith([weeklyTable], {
      entryIntoForce: { rule: { all: [{ consents: 2 }, { notBefore: '2026-07-01' }] }, delayDays: 30 },
    });
    expect(entryIntoForce(stateAfter(signedSteps(text, Date.UTC(2026, 0, 1) / 1000)))).toEqual(new Date('2026-07-01'));
  });
  it('a withdrawal without a date yet says nothing about the time before it', () => {
    const state = stateAfter([...signedSteps(document, 1_000_000), act(4, actOf(withdraw, sorell))]);
    expect(boundUntil(state, sorell)).toEqual(second(1_000_003));
  });
  it('who consents to an amended text is bound by it, and undoes nothing', () => {
    const text = documentWith([weeklyTable], { parties: [ambria, sorell, tarn], copyKeepers: keptOutside });
    const amended = { ...text, articles: documentWith([{ ...weeklyTable, minimumCount: 9 }]).articles };
    const proposed = actOf(propose, ambria, {}, text);
    const on = { version: proposed.id };
    const amendment = actOf(amend, ambria, { base: proposed.id }, amended);
    const before = stateAfter([
      act(1, proposed),
      act(2, actOf(sign, ambria, { ...on, consent: 'definitive' })),
      act(3, actOf(sign, sorell, { ...on, consent: 'definitive' })),
      act(4, actOf(sign, tarn, { ...on, consent: 'subject-to-ratification' })),
      act(5, amendment),
      act(6, actOf(acceptAmendment, sorell, { amendment: amendment.id })),
      ...[2, 3, 5, 6].map((n) => timed(n, n * 1000)),
    ]);
    expect(instrumentProcedure.refuses(before, actOf(ratify, tarn, on))).toBe('text-has-moved-on');
    const ratified = applyStep(instrumentProcedure, before, act(7, actOf(ratify, tarn, { version: amendment.id })));
    for (const state of [before, ratified]) expect(textInForceAt(state, second(9000)).act).toBe(amendment.id);
  });
});

describe('whatever delegates try, in whatever order', () => {
  const parties = [ambria, sorell] as const;

  /** Plays random attempts; the host takes up what the fold does not refuse. */
  const attempts = fc.array(
    fc.record({
      party: fc.constantFrom(...parties, tarn),
      what: fc.integer({ min: 0, max: 7 }),
      at: fc.integer({ min: 1, max: 50 }),
    }),
    { maxLength: 25 },
  );

  function play(tries: readonly { party: Did; what: number; at: number }[]): {
    steps: Step[];
    states: InstrumentState[];
  } {
    const proposed = opening();
    const steps: Step[] = [act(1, proposed)];
    let state = stateAfter(steps);
    const states = [state];
    for (const { party, what, at } of tries) {
      const version = state.versions.at(-1)?.act;
      const candidates = [
        actOf(sign, party, { version, consent: 'definitive' }),
        actOf(sign, party, { version, consent: 'subject-to-ratification' }),
        actOf(ratify, party, { version }),
        actOf(refuse, party, { version }),
        actOf(withdraw, party),
        actOf(revise, party, { base: version }, document),
        actOf(amend, party, { base: version }, document),
        actOf(acceptAmendment, party, { amendment: state.amendments.at(-1)?.act ?? version }),
      ];
      const attempt = candidates[what];
      if (!attempt || instrumentProcedure.refuses(state, attempt) !== undefined) continue;
      const n = steps.filter((step) => step.kind === 'act').length + 1;
      for (const step of [act(n, attempt), timed(n, n * 100 + at)]) {
        steps.push(step);
        state = applyStep(instrumentProcedure, state, step);
      }
      states.push(state);
    }
    return { steps, states };
  }

  it('folding all steps at once gives the state that was reached step by step, through JSON', () => {
    fc.assert(
      fc.property(attempts, (tries) => {
        const { steps, states } = play(tries);
        expect(
          JSON.parse(JSON.stringify(fold(instrumentProcedure, JSON.parse(JSON.stringify(steps)) as Step[]))),
        ).toEqual(JSON.parse(JSON.stringify(states.at(-1))));
      }),
    );
  });

  it('nobody is bound who did not consent, and a stranger is never offered a step', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 0, max: 5000 }), (tries, at) => {
        for (const state of play(tries).states) {
          for (const party of parties) {
            const consented =
              state.signatures[party]?.consent === 'definitive' || state.ratifications[party] !== undefined;
            if (!consented) expect(boundFrom(state, party)).toBeUndefined();
          }
          expect(allowedSteps(state, statusAt(state, second(at)), tarn)).toEqual([]);
        }
      }),
    );
  });
});

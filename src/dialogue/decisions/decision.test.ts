import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choices, decide, methods, refusesRule, type DecisionRule, type Position } from './decision.ts';

const hour = (count: number): Date => new Date(Date.UTC(2026, 2, 2, count));
const rule = (over: Partial<DecisionRule> = {}): DecisionRule => ({
  method: 'consensus',
  opensAt: hour(0),
  closesAt: hour(72),
  entitled: ['a', 'b', 'c'],
  quorum: 2,
  ...over,
});
const says = (by: string, choice: Position['choice'], at = 1): Position => ({ by, choice, reason: 'so', at: hour(at) });
const stateAt = (over: Partial<DecisionRule>, stated: readonly Position[], at = 72) =>
  decide(rule(over), stated, hour(at)).state;

test('a rule under which nobody could decide, or be heard in time, is none', () => {
  expect(refusesRule(rule())).toBeUndefined();
  expect(refusesRule(rule({ closesAt: hour(0) }))).toBe('ends-before-it-begins');
  expect(refusesRule(rule({ method: 'silence', closesAt: hour(71) }))).toBe('silence-too-short');
  expect(refusesRule(rule({ entitled: [] }))).toBe('nobody-entitled');
  expect(refusesRule(rule({ entitled: ['a', 'a'], quorum: 2 }))).toBe('quorum-too-large');
});

describe('not counted are', () => {
  test('observers, positions before it opened and after it closed, and all but the latest of each', () => {
    const outcome = decide(
      rule(),
      [
        says('observer', 'object'),
        says('a', 'object', -1),
        says('a', 'agree', 2),
        says('b', 'object', 3),
        says('b', 'agree', 4),
        says('c', 'object', 72),
      ],
      hour(100),
    );
    expect(outcome).toMatchObject({ state: 'adopted', counts: { agree: 2, object: 0 }, silent: ['c'], objections: [] });
  });
  test('what is said later than the instant one asks for', () => {
    expect(decide(rule(), [says('a', 'agree', 50)], hour(10)).counts.agree).toBe(0);
  });
});

describe('a silence procedure', () => {
  test('adopts when nobody said anything', () => {
    expect(stateAt({ method: 'silence' }, [], 71)).toBe('open');
    expect(stateAt({ method: 'silence' }, [], 72)).toBe('adopted');
  });
  test('is broken by one who is entitled, at once and for good', () => {
    expect(stateAt({ method: 'silence' }, [says('a', 'object', 5)], 6)).toBe('broken');
    expect(stateAt({ method: 'silence' }, [says('a', 'object', 5)], 900)).toBe('broken');
    expect(stateAt({ method: 'silence' }, [says('observer', 'object', 5)])).toBe('adopted');
    expect(stateAt({ method: 'silence' }, [says('a', 'object', 5), says('a', 'agree', 20)])).toBe('adopted');
  });
});

describe('consensus and consent', () => {
  test('fail by one objection, and without a quorum', () => {
    for (const method of ['consensus', 'consent'] as const) {
      expect(stateAt({ method }, [says('a', 'agree'), says('b', 'object')])).toBe('not-adopted');
      expect(stateAt({ method }, [says('a', 'agree')])).toBe('no-quorum');
      expect(stateAt({ method }, [says('a', 'agree'), says('b', 'stand-aside')])).toBe('adopted');
    }
  });
  test('differ where nobody wants it', () => {
    const indifferent = [says('a', 'stand-aside'), says('b', 'abstain')];
    expect(stateAt({ method: 'consensus' }, indifferent)).toBe('not-adopted');
    expect(stateAt({ method: 'consent' }, indifferent)).toBe('adopted');
  });
});

test('a sense check decides nothing', () => {
  expect(stateAt({ method: 'sense-check' }, [says('a', 'agree'), says('b', 'agree')])).toBe('closed');
});

test('whoever is not entitled changes nothing, whatever the method, whenever it is asked', () => {
  const position = fc.record({
    by: fc.constantFrom('a', 'b', 'c', 'x', 'y'),
    choice: fc.constantFrom(...choices),
    reason: fc.constant('so'),
    at: fc.integer({ min: -5, max: 80 }).map(hour),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...methods),
      fc.array(position, { maxLength: 12 }),
      fc.integer({ min: -5, max: 90 }),
      (method, stated, at) => {
        const entitled = stated.filter(({ by }) => ['a', 'b', 'c'].includes(by));
        expect(decide(rule({ method }), stated, hour(at))).toEqual(decide(rule({ method }), entitled, hour(at)));
      },
    ),
  );
});

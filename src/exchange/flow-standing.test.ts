import { describe, expect, it } from 'vitest';
import { standingOf, type FlowFacts } from './flow-standing.ts';

const at = new Date('2026-03-02T09:00:00Z');
const after = (hours: number): Date => new Date(at.getTime() + hours * 3_600_000);
const receipt = (matches = true) => ({ receiver: 'b', kind: 'receipt', matches }) as const;
const flow = (change: Partial<FlowFacts> = {}): FlowFacts => ({
  direction: 'out',
  content: 'table',
  isRefused: false,
  at,
  isLogged: true,
  isConfirmed: true,
  isPublishedOtherwise: false,
  receivers: ['b'],
  answers: [],
  ...change,
});

describe('a question is open', () => {
  it('when no proof has come after a day, for what left and for what arrived', () => {
    expect(standingOf(flow({ content: 'warning', isConfirmed: false, answers: [receipt()] }), after(25))).toEqual({
      state: 'proof-pending',
      openQuestion: 'no-proof',
    });
    expect(standingOf(flow({ isConfirmed: false }), after(25))).toEqual({
      state: 'awaits-confirmation',
      openQuestion: 'no-proof',
    });
    expect(standingOf(flow({ direction: 'in', content: 'warning', isConfirmed: false }), after(25))).toEqual({
      state: 'proof-pending',
      openQuestion: 'no-proof',
    });
  });

  it('when a confirmed table has no receipt after a day', () => {
    expect(standingOf(flow(), after(25))).toEqual({ state: 'on-its-way', openQuestion: 'no-receipt' });
  });

  it('at once, when the receipt is of something else than what was sent', () => {
    expect(standingOf(flow({ answers: [receipt(false)] }), after(0))).toEqual({
      state: 'received',
      openQuestion: 'receipt-differs',
    });
  });
});

describe('no question is open', () => {
  it.each([
    ['refused here', flow({ isRefused: true, isLogged: false, isConfirmed: false }), 'refused-here'],
    ['refused there', flow({ answers: [{ receiver: 'b', kind: 'refusal', matches: null }] }), 'refused-there'],
    ['received', flow({ answers: [receipt()] }), 'received'],
    ['not taken in', flow({ direction: 'in', isRefused: true, isConfirmed: false }), 'refused-here'],
    ['taken in', flow({ direction: 'in' }), 'taken-in'],
    ['a warning outside every agreement', flow({ direction: 'in', content: 'warning', isRefused: true }), 'taken-in'],
  ] as const)('about what was %s, however long ago', (_, facts, state) => {
    expect(standingOf(facts, after(1000))).toEqual({ state, openQuestion: null });
  });

  it('within the first day', () => {
    expect(standingOf(flow({ isConfirmed: false }), after(23)).openQuestion).toBeNull();
    expect(standingOf(flow(), after(23)).openQuestion).toBeNull();
    expect(standingOf(flow({ isLogged: false, isConfirmed: false }), after(23))).toEqual({
      state: 'saved',
      openQuestion: null,
    });
  });

  it('until every receiver has answered, a flow is on its way', () => {
    expect(standingOf(flow({ receivers: ['b', 'c'], answers: [receipt()] }), after(1)).state).toBe('on-its-way');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedSteps,
  isOpen,
  isVerified,
  nextStatus,
  signalStatuses,
  signalSteps,
  type SignalStatus,
  type SignalStep,
} from './life-cycle.ts';

const status = fc.constantFrom(...signalStatuses);
const step = fc.constantFrom(...signalSteps);

/** The same rules told step by step instead of status by status, from the description of the WHO EWARS work flow. */
function mayBeTaken(given: SignalStatus, taken: SignalStep): boolean {
  switch (taken) {
    case 'accept':
    case 'set-aside':
      return given === 'new';
    case 'mark-duplicate':
      return given === 'new' || given === 'to-verify';
    case 'discard':
    case 'verify':
      return given === 'to-verify' || given === 'monitoring';
    case 'monitor':
      return given === 'to-verify' || given === 'monitoring' || given === 'assessed';
    case 'assess':
      return isVerified(given) && given !== 'closed';
    case 'open-event':
      return given === 'assessed';
    case 'close':
      return given === 'assessed' || given === 'event';
    case 'reopen':
      return !isOpen(given) && given !== 'closed';
  }
}

describe('the life of a signal', () => {
  test('a step is offered exactly where the work flow has it', () => {
    fc.assert(
      fc.property(status, step, (given, taken) => {
        expect(nextStatus(given, taken) !== undefined).toBe(mayBeTaken(given, taken));
        expect(allowedSteps(given).includes(taken)).toBe(mayBeTaken(given, taken));
      }),
      { numRuns: 1000 },
    );
  });

  test('no way leads to an event that does not pass triage, verification and a risk assessment, in this order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (wishes) => {
        let now: SignalStatus = 'new';
        const taken: SignalStep[] = [];
        for (const wish of wishes) {
          const next = nextStatus(now, wish);
          if (next === undefined) continue;
          taken.push(wish);
          now = next;
        }
        if (now !== 'event') return;
        const opened = taken.lastIndexOf('open-event');
        const assessed = taken.lastIndexOf('assess', opened);
        const verified = taken.lastIndexOf('verify', assessed);
        const triaged = Math.max(taken.lastIndexOf('accept', verified), taken.lastIndexOf('reopen', verified));
        expect([triaged, verified, assessed, opened]).toSatisfy(
          ([a = -1, b = -1, c = -1, d = -1]: readonly number[]) => a >= 0 && a < b && b < c && c < d,
        );
      }),
      { numRuns: 5000 },
    );
  });

  test('every status but the end of a closed signal has a way on, and every status can be reached', () => {
    expect(signalStatuses.filter((each) => allowedSteps(each).length === 0)).toEqual(['closed']);
    const reached = new Set<SignalStatus>(['new']);
    for (const from of reached) for (const taken of allowedSteps(from)) reached.add(nextStatus(from, taken) ?? from);
    expect([...reached].sort()).toEqual([...signalStatuses].sort());
  });
});

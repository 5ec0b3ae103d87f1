import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Did } from '../ids.ts';
import { futureToleranceS, timeIn, type KeeperKeys } from './legal-time.ts';

const now = 2_000_000_000;
const keeper = (at: number) => ({ operator: `did:web:keeper${at}.example` as Did, vkey: `keeper${at}` });
const known: KeeperKeys = (operator) => new Set([operator.slice('did:web:'.length, -'.example'.length)]);
const confirmedAt = (times: readonly number[]) => times.map((timeS, at) => ({ keeper: keeper(at), timeS }));

describe('the legal time of a number', () => {
  it('is the k-th smallest time, in whatever order the confirmations stand: at least k keepers had seen it by then', () => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: now }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 9 }), (seen, k) => {
        const result = timeIn({ confirmations: confirmedAt(seen) }, k, known, now);
        if (k > seen.length) {
          expect(result).toBeUndefined();
          return;
        }
        if (!result || !('unixSeconds' in result)) throw new Error('no time');
        // Counted, not sorted: independently of how it is computed.
        expect(seen.filter((time) => time <= result.unixSeconds)).toHaveLength(k);
        expect(seen).toContain(result.unixSeconds);
        expect(timeIn({ confirmations: confirmedAt(seen).toReversed() }, k, known, now)).toEqual(result);
      }),
    );
  });

  it('takes k keepers that lie to be put earlier, and more than the others less k to be put later', () => {
    const honest = [1_000, 1_001, 1_002];
    const withLiars = (liars: readonly number[], k: number) =>
      timeIn({ confirmations: confirmedAt([...honest, ...liars]) }, k, known, now);
    expect(withLiars([1], 2)).toEqual({ unixSeconds: 1_000 });
    expect(withLiars([1, 1], 2)).toEqual({ unixSeconds: 1 });
    expect(withLiars([now - 1], 2)).toEqual({ unixSeconds: 1_001 });
  });

  it('does not count a key that the operator’s own log does not name, and waits for a log that is not read here', () => {
    const confirmations = confirmedAt([1_000, 2_000]);
    const falseFirst: KeeperKeys = (operator) =>
      operator === keeper(0).operator ? new Set(['another']) : known(operator);
    expect(timeIn({ confirmations }, 1, falseFirst, now)).toEqual({ unixSeconds: 2_000 });
    expect(timeIn({ confirmations }, 2, falseFirst, now)).toBeUndefined();
    const unread: KeeperKeys = (operator) => (operator === keeper(1).operator ? undefined : known(operator));
    expect(timeIn({ confirmations }, 1, unread, now)).toEqual({ wait: 'keeper-unknown' });
  });

  it('is no time that has not come yet, beyond what honest clocks differ by', () => {
    const at = (timeS: number) => timeIn({ confirmations: confirmedAt([timeS]) }, 1, known, now);
    expect(at(now + futureToleranceS)).toEqual({ unixSeconds: now + futureToleranceS });
    expect(at(now + futureToleranceS + 1)).toEqual({ wait: 'time-in-future' });
  });
});

import { describe, expect, test } from 'vitest';
import { parsePeriod } from '../../period.ts';
import { judge, type Counts, type Method } from '../signals/method.ts';
import { candidatesFor, compareOn } from './comparison.ts';

const first = parsePeriod('iso-week', '2021-W01').value;
if (!first) throw new Error('not a week');
const counts: Counts = {
  first,
  values: Array.from({ length: 170 }, (_, week) =>
    Math.round(9 + 5 * Math.cos((2 * Math.PI * week) / 52) + ((week * 7) % 5)),
  ),
  population: undefined,
};
const settings = { series: 1, outbreaks: 1, smallest: 4, largest: 4, withSlow: true };

describe('a comparison', () => {
  test('offers the moving epidemic method for weeks, and slow detectors only when asked', () => {
    const ids = (kind: 'iso-week' | 'month', withSlow: boolean) =>
      candidatesFor(kind, [], withSlow).map(({ id }) => id);
    expect(ids('iso-week', false)).toContain('moving-epidemic');
    expect(ids('month', false)).not.toContain('moving-epidemic');
    expect(ids('iso-week', false)).not.toContain('hidden-markov');
    expect(ids('iso-week', true)).toEqual(expect.arrayContaining(['hidden-markov', 'boda', 'rogerson']));
  });

  test('with a slow detector lets others have their turn after each period, and says what it says of the year at once', async () => {
    const method: Method = { method: 'hidden-markov', control: { Mtilde: 60, trend: false, noHarmonics: 0 } };
    let turns = 0;
    const { candidates } = await compareOn(counts, 0, [{ id: 'slow', method }], settings, async () => void turns++);
    expect(turns).toBe(2 * 52);
    const atOnce = judge(method, counts, 52).map(({ alarm }) => (alarm === undefined ? '-' : alarm ? '1' : '0'));
    expect(candidates[0]?.without).toBe(atOnce.join(''));
  }, 60_000);
});

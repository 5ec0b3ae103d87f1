import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consolidate, type TestedSeries } from './consolidate.ts';
import { controlFalseDiscovery } from './false-discovery.ts';
import { cannotJudge } from './result.ts';

function tested(
  place: string,
  observed: number,
  expected: number,
  pValue: number | undefined,
  more: Partial<TestedSeries> = {},
): TestedSeries {
  const detection = {
    ...cannotJudge(9, observed, 'more-than', []),
    alarm: observed > 2 * expected,
    expected,
    threshold: 2 * expected,
    pValue,
  };
  return { series: `${place}/measles`, place, disease: 'measles', detection, consequence: 1, ...more };
}

/** nation > north > town, village; nation > south */
const parentOf = new Map([
  ['north', 'nation'],
  ['south', 'nation'],
  ['town', 'north'],
  ['village', 'north'],
]);
const leaders = (items: readonly TestedSeries[], open: { signal: string; series: string[] }[] = []) =>
  consolidate(items, parentOf, open).raised.map(({ leader, members }) => [
    leader.place,
    members.map(({ place }) => place),
  ]);

describe('consolidation refuses', () => {
  it('two series of one name, which an open signal could not tell apart', () => {
    const item = tested('town', 9, 1, 1e-5);
    expect(() => consolidate([item, item], parentOf, [])).toThrow(
      expect.objectContaining({ code: 'input-malformed', field: 'tested[1].series' }),
    );
  });

  it('a consequence that is not positive', () => {
    expect(() => consolidate([tested('town', 9, 1, 1e-5, { consequence: 0 })], parentOf, [])).toThrow(
      expect.objectContaining({ field: 'tested[0].consequence' }),
    );
  });
});

describe('a place and a place inside it', () => {
  it('raise one signal, led by the inner place when it holds the excess', () => {
    expect(
      leaders([tested('nation', 60, 20, 1e-6), tested('north', 45, 8, 1e-7), tested('town', 40, 2, 1e-8)]),
    ).toEqual([['town', ['nation', 'north']]]);
  });

  it('and by the outer one when the excess is spread', () => {
    expect(
      leaders([tested('north', 60, 20, 1e-6), tested('town', 14, 5, 1e-4), tested('village', 13, 5, 1e-4)]),
    ).toEqual([['north', ['town', 'village']]]);
  });

  it('are joined across a place between them that is quiet', () => {
    expect(leaders([tested('nation', 90, 20, 1e-6), tested('village', 13, 5, 1e-4)])).toEqual([
      ['nation', ['village']],
    ]);
  });

  it('are two signals for two diseases', () => {
    const cholera = tested('north', 20, 2, 1e-6, { disease: 'cholera', series: 'north/cholera' });
    expect(leaders([tested('town', 40, 2, 1e-8), cholera])).toHaveLength(2);
  });

  it('survive a hierarchy that bites its own tail', () => {
    const ring = new Map([
      ['a', 'b'],
      ['b', 'a'],
    ]);
    const items = [tested('a', 9, 1, 1e-5), tested('b', 9, 1, 1e-5)];
    expect(consolidate(items, ring, []).raised.map(({ leader }) => leader.place)).toEqual(['a', 'b']);
  });
});

describe('an open signal', () => {
  it('takes the alarm instead of a second one being raised', () => {
    const item = tested('town', 40, 2, 1e-8);
    const found = consolidate([item], parentOf, [{ signal: 's1', series: [item.series] }]);
    expect(found.raised).toEqual([]);
    expect(found.continuing).toEqual([{ signal: 's1', tested: item }]);
  });
});

describe('false discoveries', () => {
  it('withdraw a weak alarm among many tests, and say so', () => {
    const quiet = Array.from({ length: 200 }, (_, i) => tested(`quiet${i}`, 1, 1, 0.02 + i / 210));
    const weak = tested('town', 9, 4, 0.01);
    const { raised, withdrawn } = consolidate([...quiet, weak], parentOf, []);
    expect(raised).toEqual([]);
    expect(withdrawn).toEqual([weak]);
  });

  it('do not touch a rule that counts cases', () => {
    const quiet = Array.from({ length: 200 }, (_, i) => tested(`quiet${i}`, 1, 1, 0.02 + i / 210));
    expect(leaders([...quiet, tested('town', 3, 1, undefined)])).toEqual([['town', []]]);
  });

  it('are limited by the step-up rule of Benjamini and Hochberg', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (pValues) => {
        const { stands } = controlFalseDiscovery(pValues, 0.2);
        const sorted = pValues.toSorted((a, b) => a - b);
        let limit = -1;
        for (const [i, p] of sorted.entries()) if (p <= (0.2 * (i + 1)) / sorted.length) limit = p;
        expect(stands).toEqual(pValues.map((p) => p <= limit));
      }),
    );
  });

  it('of missing tests are none', () => {
    expect(controlFalseDiscovery([undefined, 0.01], 0.05)).toEqual({
      adjusted: [undefined, 0.01],
      stands: [false, true],
    });
  });
});

it('a grave disease with less evidence can stand before a mild one with more', () => {
  const mild = tested('south', 40, 10, 1e-4);
  const grave = tested('town', 6, 2, 1e-3, { consequence: 5 });
  const { raised } = consolidate([mild, grave], parentOf, []);
  expect(raised.map(({ leader }) => leader.place)).toEqual(['town', 'south']);
  expect(raised[0]).toMatchObject({ evidence: 3, consequence: 5, rank: 15 });
});

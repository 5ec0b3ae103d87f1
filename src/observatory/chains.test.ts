import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { judgeAside, openChains, type ChainLink } from './chains.ts';

const link = (id: string, prev: string | null, chain = 'one'): ChainLink => ({
  id: id as ActId,
  prev: prev as ActId | null,
  party: 'did:web:ambria.example' as Did,
  subject: `did:web:ambria.example/${chain}` as SubjectId,
  origin: 'ambria.example/log',
  index: 0,
});

function findings(links: readonly ChainLink[]) {
  const chains = openChains();
  for (const each of links) chains.take(each);
  const { missing, contradicting } = judgeAside(chains.listAside(), links);
  return {
    missing: missing.map(({ id }) => id),
    contradicting: contradicting.map(({ link: { id }, rival }) => [id, rival].sort().join(' ')),
  };
}

describe('chains of acts', () => {
  it('are sound in their order, and in any other in which all of them arrive', () => {
    const chain = Array.from({ length: 6 }, (_, n) => link(`act${n}`, n === 0 ? null : `act${n - 1}`));
    fc.assert(
      fc.property(fc.shuffledSubarray(chain, { minLength: chain.length }), (links) => {
        expect(findings(links)).toEqual({ missing: [], contradicting: [] });
      }),
    );
  });

  it('name what is missing: an act whose predecessor nobody has shown', () => {
    expect(findings([link('a', null), link('c', 'b'), link('d', 'c')])).toEqual({ missing: ['c'], contradicting: [] });
  });

  it('name both acts that follow the same one, whichever came first, also at the beginning', () => {
    expect(findings([link('a', null), link('b', 'a'), link('c', 'a')]).contradicting).toEqual(['b c']);
    expect(findings([link('a', null), link('b', null)]).contradicting).toEqual(['a b']);
  });

  it('take an act that stands in the log twice for one', () => {
    expect(findings([link('a', null), link('b', 'a'), link('b', 'a'), link('a', null)])).toEqual({
      missing: [],
      contradicting: [],
    });
  });

  // The oracle looks at all acts at once: a predecessor nobody has, two different acts after one place.
  it('are judged as one would who sees all of them at once', () => {
    const acts = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: -1, max: 8 }), fc.constantFrom('one', 'two')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(acts, (drawn) => {
        const links = drawn.map(([id, prev, chain]) =>
          link(`${chain}-${id}-${prev}`, prev < 0 ? null : `${chain}-${prev}-${prev - 1}`, chain),
        );
        const found = findings(links);
        const known = new Set(links.map(({ id }) => id));
        const orphans = new Set(links.filter(({ prev }) => prev !== null && !known.has(prev)).map(({ id }) => id));
        const rivals = links.some((one) =>
          links.some((other) => one.id !== other.id && one.subject === other.subject && one.prev === other.prev),
        );
        expect(new Set(found.missing)).toEqual(orphans);
        expect(found.contradicting.length > 0).toBe(rivals);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRing, type Membership } from './ring.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const memberships = fc.array(fc.record({ network: name, member: name }), { maxLength: 14 });

/** Another way to ask: with that membership taken in, can all networks still be put in an order in which each stands above its members? */
function canBeOrdered(edges: readonly Membership[]): boolean {
  let left = [...new Set(edges.flatMap(({ network, member }) => [network, member]))];
  for (;;) {
    const below = new Set(edges.filter(({ network }) => left.includes(network)).map(({ member }) => member));
    const top = left.filter((each) => !below.has(each));
    if (left.length === 0) return true;
    if (top.length === 0) return false;
    left = left.filter((each) => !top.includes(each));
  }
}

/** Taken in one after the other, as a network would. */
const grow = (wished: readonly Membership[]): readonly Membership[] =>
  wished.reduce<Membership[]>(
    (known, next) => (findRing(known, next.network, next.member) ? known : [...known, next]),
    [],
  );

describe('a ring of networks', () => {
  it('is of one, of two, and of many', () => {
    expect(findRing([], 'a', 'a')).toEqual(['a']);
    expect(findRing([{ network: 'b', member: 'a' }], 'a', 'b')).toEqual(['b', 'a']);
    const chain = [
      { network: 'b', member: 'c' },
      { network: 'c', member: 'd' },
      { network: 'd', member: 'a' },
    ];
    expect(findRing(chain, 'a', 'b')).toEqual(['b', 'c', 'd', 'a']);
    expect(findRing(chain, 'b', 'a')).toBeUndefined();
  });

  it('is refused exactly when the networks could no longer be put in an order', () => {
    fc.assert(
      fc.property(memberships, name, name, (wished, network, member) => {
        const known = grow(wished);
        expect(canBeOrdered(known)).toBe(true);
        expect(findRing(known, network, member) === undefined).toBe(canBeOrdered([...known, { network, member }]));
      }),
    );
  });

  it('ends on what others stated, even where that has rings already', () => {
    fc.assert(
      fc.property(memberships, name, name, (known, network, member) => {
        const way = findRing(known, network, member);
        for (const [index, at] of (way ?? []).entries())
          if (index > 0) expect(known).toContainEqual({ network: way?.[index - 1], member: at });
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attack, type HeldCell } from '../../disclosure/src/attack.ts';
import { listRows } from './conversations.fixture.ts';
import { type Breakdown, openSizes, openStatements } from './floor.ts';
import type { Count } from './tally.ts';
import { collectVotes, type Vote, type VoteMatrix } from './vote-matrix.ts';

/** Groups by the participants' numbers: `declare('region', [[0, 1], [2]])`. */
function divide(
  matrix: VoteMatrix,
  kind: string,
  groupOfNumber: (number: number) => number,
  groups: number,
): Breakdown {
  return {
    kind,
    groups: Array.from({ length: groups }, (_, group) => `${kind} ${group}`),
    groupOf: Int32Array.from(matrix.participants, (id) => groupOfNumber(Number(id.slice(1)))),
  };
}

function ballot(votes: readonly Vote[]): VoteMatrix {
  return collectVotes(votes.map((vote, who) => ({ participant: `p${who}`, statement: 's', vote })));
}

const seen = (counts: readonly (Count | undefined)[]): (number | undefined)[] => counts.map((count) => count?.seen);

describe('withheld are', () => {
  test('all counts of a statement on which four people voted', () => {
    const matrix = ballot([1, 1, 1, -1]);
    expect(openStatements(matrix, [divide(matrix, 'g', () => 0, 1)])).toEqual([
      { total: undefined, breakdowns: [{ groups: [undefined], others: undefined }] },
    ]);
  });

  test('a group of two, and the smallest other one that would give it away', () => {
    const matrix = ballot(Array.from({ length: 20 }, (_, who): Vote => (who % 2 === 0 ? 1 : -1)));
    const [statement] = openStatements(matrix, [divide(matrix, 'g', (who) => (who < 2 ? 0 : who < 9 ? 1 : 2), 3)]);
    expect(seen(statement!.breakdowns[0]!.groups)).toEqual([undefined, undefined, 11]);
    expect(statement!.breakdowns[0]!.others).toMatchObject({ seen: 9 });
  });

  test('two groups of three who all agree, together with one that does not', () => {
    const votes = Array.from({ length: 30 }, (_, who): Vote => (who < 6 ? 1 : who % 2 === 0 ? 1 : -1));
    const matrix = ballot(votes);
    const [statement] = openStatements(matrix, [
      divide(matrix, 'g', (who) => (who < 3 ? 0 : who < 6 ? 1 : who < 16 ? 2 : 3), 4),
    ]);
    expect(seen(statement!.breakdowns[0]!.groups)).toEqual([undefined, undefined, undefined, 14]);
  });

  test('a group that two breakdowns together would give away', () => {
    // Region 0 is constituency 0 and the two people of constituency 1; each breakdown alone hides them among six others.
    const matrix = ballot(Array.from({ length: 30 }, (_, who): Vote => (who % 2 === 0 ? 1 : -1)));
    const constituency = divide(matrix, 'c', (who) => (who < 10 ? 0 : who < 12 ? 1 : who < 16 ? -1 : 2), 3);
    const region = divide(matrix, 'r', (who) => (who < 12 ? 0 : 1), 2);
    const [alone] = openStatements(matrix, [constituency]);
    expect(seen(alone!.breakdowns[0]!.groups)).toEqual([10, undefined, 14]);
    const [both] = openStatements(matrix, [constituency, region]);
    const [byConstituency, byRegion] = both!.breakdowns.map(({ groups }) => seen(groups));
    expect(byConstituency![0] === 10 && byRegion![0] === 12).toBe(false);
  });

  test('sizes, by the same rules', () => {
    const matrix = ballot(Array.from({ length: 20 }, (): Vote => 1));
    expect(openSizes(20, [divide(matrix, 'g', (who) => (who < 2 ? 0 : who < 9 ? 1 : 2), 3)])).toEqual([
      [undefined, undefined, 11],
    ]);
  });

  test('a floor below five is refused', () => {
    expect(() => openStatements(ballot([1]), [], 4)).toThrow(expect.objectContaining({ code: 'minimum-too-small' }));
  });
});

/** Up to 40 people, one statement, and two or three ways in which they are divided, one of them almost like another. */
const scene = fc
  .record({
    votes: fc.array(fc.constantFrom<Vote>(1, 1, 0, -1), { minLength: 5, maxLength: 40 }),
    divisions: fc.array(fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 40, maxLength: 40 }), {
      minLength: 1,
      maxLength: 2,
    }),
    moved: fc.array(fc.nat(39), { maxLength: 4 }),
  })
  .map(({ votes, divisions, moved }) => {
    const matrix = ballot(votes);
    const sorted = divisions.map((list, at) => (at === 0 ? [...list].sort((a, b) => a - b) : list));
    const twin = sorted[0]!.map((group, who) => (moved.includes(who) ? (group + 1) % 4 : group));
    const breakdowns = [...sorted, twin].map((list, at) => divide(matrix, `kind ${at}`, (who) => list[who]!, 4));
    return { matrix, breakdowns };
  });

/** Everything that leaves, as sums over people: `pick` is what is counted. */
function heldCells(
  { matrix, breakdowns }: { matrix: VoteMatrix; breakdowns: readonly Breakdown[] },
  pick: (count: Count) => number,
): { readonly held: HeldCell[]; readonly hidden: number[] } {
  const [statement] = openStatements(matrix, breakdowns);
  const people = listRows(matrix).map(({ participant }) => participant);
  const held: HeldCell[] = [];
  const hidden: number[] = [];
  if (statement!.total !== undefined) held.push({ atoms: people, value: pick(statement!.total) });
  for (const [at, { groupOf, groups }] of breakdowns.entries()) {
    const open = statement!.breakdowns[at]!;
    const membersOf = (group: number): string[] => people.filter((_, row) => groupOf[row] === group);
    const withheld = [...groups.keys(), -1].filter((group) => open.groups[group] === undefined);
    if (open.others !== undefined) {
      const rest = people.filter((_, row) => groupOf[row]! < 0 || open.groups[groupOf[row]!] === undefined);
      const declared = people.filter((_, row) => groupOf[row]! >= 0 && open.groups[groupOf[row]!] === undefined);
      // Who declared nothing counts among the others only where they are too few to stand alone.
      const atoms = open.others.seen === rest.length ? rest : declared;
      expect(atoms).toHaveLength(open.others.seen);
      held.push({ atoms, value: pick(open.others) });
    }
    for (const group of groups.keys()) {
      const count = open.groups[group];
      if (count !== undefined) held.push({ atoms: membersOf(group), value: pick(count) });
    }
    for (const group of withheld) {
      const members = membersOf(group);
      if (members.length === 0 || members.length >= 5) continue;
      hidden.push(held.length);
      held.push({ atoms: members, below: 5 });
    }
  }
  return { held, hidden };
}

describe('an attacker who holds everything that was opened', () => {
  test('computes nothing about a group of fewer than five', () => {
    fc.assert(
      fc.property(scene, (given) => {
        for (const pick of [(count: Count) => count.seen, (count: Count) => count.agrees]) {
          const { held, hidden } = heldCells(given, pick);
          const found = attack(held).filter(({ by, cell }) => by === 'elimination' && hidden.includes(cell));
          expect(found).toEqual([]);
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('subtracting what is shown from the total leaves nobody, or five who did not all vote alike', () => {
    fc.assert(
      fc.property(scene, ({ matrix, breakdowns }) => {
        const [{ total, breakdowns: open }] = openStatements(matrix, breakdowns) as [
          ReturnType<typeof openStatements>[number],
        ];
        if (total === undefined) return;
        for (const [at, { groups }] of open.entries()) {
          const undeclared = listRows(matrix).filter((_, row) => breakdowns[at]!.groupOf[row]! < 0).length;
          const rest = (pick: (count: Count) => number): number =>
            pick(total) - groups.reduce((sum, count) => sum + (count ? pick(count) : 0), 0);
          const left = rest((count) => count.seen);
          const isMixed =
            [
              rest((c) => c.agrees),
              rest((c) => c.disagrees),
              left - rest((c) => c.agrees) - rest((c) => c.disagrees),
            ].filter((count) => count > 0).length > 1;
          const isTotalMixed =
            [total.agrees, total.disagrees, total.seen - total.agrees - total.disagrees].filter((count) => count > 0)
              .length > 1;
          expect(left === 0 || left >= 5).toBe(true);
          // People who declared nothing are no group: they may have voted alike.
          if (left > undeclared && isTotalMixed && undeclared < 5) expect(isMixed).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('is told no count of fewer than five', () => {
    fc.assert(
      fc.property(scene, ({ matrix, breakdowns }) => {
        for (const { total, breakdowns: open } of openStatements(matrix, breakdowns))
          for (const count of [total, ...open.flatMap(({ groups, others }) => [...groups, others])])
            expect(count === undefined || count.seen === 0 || count.seen >= 5).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

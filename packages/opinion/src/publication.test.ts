import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consensusPerGroup, groupInformedConsensus } from './consensus.ts';
import { listRows, plant } from './conversations.fixture.ts';
import type { Breakdown } from './floor.ts';
import { drawPicture, outlineOf } from './picture.ts';
import { publish, publishPicture } from './publication.ts';
import { report } from './report.ts';
import { analyseRobust } from './robust.ts';
import { collectVotes, type VoteMatrix } from './vote-matrix.ts';

const planted = plant({ people: 120, statements: 30, groups: 2, difference: 1.2, share: 0.5, seed: 6 });

function publishAll(matrix: VoteMatrix, declared: readonly Breakdown[] = []): ReturnType<typeof publish> {
  const isLeftOut = new Uint8Array(matrix.statements.length);
  return publish({ matrix, isLeftOut, analysis: analyseRobust({ matrix, isLeftOut }), declared });
}

const constituencies = (matrix: VoteMatrix): Breakdown => ({
  kind: 'constituency',
  groups: ['government', 'academia', 'civil society', 'patients'],
  // Three patients, the others in thirds; every tenth person declares nothing.
  groupOf: Int32Array.from(matrix.participants, (_, row) => (row < 3 ? 3 : row % 10 === 9 ? -1 : row % 3)),
});

describe('consensus over declared constituencies', () => {
  const { matrix } = planted;
  const breakdown = constituencies(matrix);
  const { statements, declaredSizes } = publishAll(matrix, [breakdown]);

  test('is the product a naive loop gives over the classes shown', () => {
    for (const { declared } of statements) {
      const { consensus, groups, others } = declared[0]!;
      let product = 1;
      const classes = [...groups, others].filter((count) => count !== undefined);
      for (const { agrees, seen } of classes) product *= (agrees + 1) / (seen + 2);
      expect(consensus!.product).toBeCloseTo(product, 12);
      expect(consensus!.perGroup).toBeCloseTo(product ** (1 / classes.length), 12);
    }
  });

  test('counts those votes that the files hold', () => {
    for (const { id, declared } of statements)
      for (const [group, count] of declared[0]!.groups.entries()) {
        if (count === undefined) continue;
        const own = listRows(matrix).filter(
          ({ statement, participant }) =>
            statement === id && breakdown.groupOf[matrix.participants.indexOf(participant)] === group,
        );
        expect(count).toEqual({
          agrees: own.filter(({ vote }) => vote === 1).length,
          disagrees: own.filter(({ vote }) => vote === -1).length,
          seen: own.length,
        });
      }
  });

  test('gives neither the votes nor the number of three patients', () => {
    expect(declaredSizes[0]!.groups.find(({ name }) => name === 'patients')!.size).toBeUndefined();
    for (const { declared } of statements) expect(declared[0]!.groups[3]).toBeUndefined();
    const shown = declaredSizes[0]!.groups.reduce((sum, { size }) => sum + (size ?? 0), 0);
    expect(matrix.participants.length - shown).toBeGreaterThanOrEqual(5);
  });
});

test('consensus per group does not change when every group is there twice', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map(([agrees, disagrees, passes]) => ({
          agrees,
          disagrees,
          seen: agrees + disagrees + passes,
        })),
        { minLength: 1, maxLength: 6 },
      ),
      (counts) => {
        expect(consensusPerGroup([...counts, ...counts])).toBeCloseTo(consensusPerGroup(counts)!, 10);
        expect(groupInformedConsensus(counts)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

describe('what is published', () => {
  test('holds no participant', () => {
    const text = JSON.stringify(publishAll(planted.matrix));
    for (const id of planted.matrix.participants) expect(text).not.toContain(`"${id}"`);
  });

  test('names what a representative statement rests on: counts that are open', () => {
    const { groups, statements } = publishAll(planted.matrix);
    expect(groups).toHaveLength(2);
    for (const { id, representative } of groups)
      for (const one of representative) {
        const inside = statements[one.statement]!.found.groups[id]!;
        expect(one.trials).toBe(inside.seen);
        expect(one.othersTrials).toBe(statements[one.statement]!.total!.seen - inside.seen);
      }
  });

  test('sets no group apart by what is not significant', () => {
    const { groups } = publishAll(planted.matrix);
    for (const { representative } of groups)
      for (const { ratioTest, probabilityTest, isBestAgree } of representative) {
        expect(Math.min(ratioTest, probabilityTest)).toBeGreaterThan(1.2816);
        expect(isBestAgree).toBe(false);
      }
  });

  test('about a conversation of four people is nothing', () => {
    const { matrix } = plant({ people: 4, statements: 8, groups: 1, difference: 0, share: 1, seed: 1 });
    const published = publishAll(matrix);
    expect(published.participants).toBeUndefined();
    for (const { total, priority, place, found } of published.statements)
      expect([total, priority, place, found.consensus]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('the map', () => {
  const places = fc
    .array(
      fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: -1, max: 1 })),
      {
        maxLength: 120,
      },
    )
    .map((list) => ({
      plane: { x: Float64Array.from(list, ([x]) => x), y: Float64Array.from(list, ([, y]) => y) },
      groupOf: Int32Array.from(list, ([, , group]) => group),
    }));
  const sizesOf = (groupOf: Int32Array): number[] =>
    [0, 1].map((group) => groupOf.filter((each) => each === group).length);

  test('shows patches of at least five people, and all people of a group of five or more', () => {
    fc.assert(
      fc.property(places, ({ plane, groupOf }) => {
        const sizes = sizesOf(groupOf);
        const picture = drawPicture(plane, groupOf, sizes);
        for (const { group, patches } of picture.groups) {
          for (const { people } of patches) expect(people).toBeGreaterThanOrEqual(5);
          const sum = patches.reduce((total, { people }) => total + people!, 0);
          expect(sum).toBe(sizes[group]! >= 5 ? sizes[group] : 0);
        }
      }),
    );
  });

  test('moving one person moves no patch but by a fifth of the way, or to another division', () => {
    // Twenty people on a line: each patch is the mean of its people, never somebody's own place.
    const x = Float64Array.from({ length: 20 }, (_, at) => at ** 2);
    const picture = drawPicture({ x, y: new Float64Array(20) }, new Int32Array(20), [20]);
    for (const patch of picture.groups[0]!.patches) expect([...x]).not.toContain(patch.x);
  });

  test('says nothing of how many where the size is withheld', () => {
    const { matrix } = planted;
    const isLeftOut = new Uint8Array(matrix.statements.length);
    const analysis = analyseRobust({ matrix, isLeftOut });
    const publication = publish({ matrix, isLeftOut, analysis });
    const hidden = { ...publication, groups: publication.groups.map((group) => ({ ...group, size: undefined })) };
    for (const { patches } of publishPicture(analysis, hidden).groups)
      for (const { people } of patches) expect(people).toBeUndefined();
  });

  test('outlines hold every point, turn one way, and have corners that are points', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ x: fc.integer({ min: -9, max: 9 }), y: fc.integer({ min: -9, max: 9 }) })),
        (points) => {
          const hull = outlineOf(points);
          for (const corner of hull) expect(points).toContainEqual(corner);
          if (hull.length < 3) return;
          for (const [at, a] of hull.entries()) {
            const b = hull[(at + 1) % hull.length]!;
            for (const { x, y } of points)
              expect((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});

describe('a report', () => {
  test.for(['compat', 'robust'] as const)(
    '%s: becomes JSON and back without a loss, and explains each consensus',
    (engine) => {
      const found = report(engine, { matrix: planted.matrix });
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
      for (const { consensus, because } of found.statements)
        if (consensus !== null)
          expect(because.consensus.reduce((product, { factor }) => product * factor, 1)).toBeCloseTo(consensus, 12);
      expect(found.participants).toHaveLength(planted.matrix.participants.length);
    },
  );

  test('moderated and meta statements are named as such', () => {
    const statements = [
      { id: 's0', moderation: -1, isMeta: false, text: 'out' },
      { id: 's1', moderation: 1, isMeta: true, text: 'about you' },
    ] as const;
    const [out, meta] = report('robust', { matrix: collectVotes(listRows(planted.matrix)), statements }).statements;
    expect(out).toMatchObject({ id: 's0', isModeratedOut: true, priority: null, x: null });
    expect(meta).toMatchObject({ id: 's1', isMeta: true, priority: 49, x: null });
  });
});

import { createReadStream } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFixture, fixturesAvailable } from '../../../test/support/fixtures.ts';
import { needs } from '../../../test/support/needs.ts';
import { adjustedRand } from './agreement.ts';
import { anyVotes, listRows, plant } from './conversations.fixture.ts';
import { readStatements, readVotes } from './polis-export.ts';
import { findLeftOut } from './report.ts';
import { analyseRobust, type RobustAnalysis } from './robust.ts';
import { collectVotes, type VoteMatrix } from './vote-matrix.ts';

const analyse = (matrix: VoteMatrix): RobustAnalysis =>
  analyseRobust({ matrix, isLeftOut: new Uint8Array(matrix.statements.length) });

describe('no stable groups is the answer', () => {
  test.for([
    { people: 60, statements: 40, share: 0.7 },
    { people: 300, statements: 60, share: 0.4 },
    { people: 800, statements: 100, share: 0.2 },
  ])('to $people people who vote at random', (size) => {
    for (const seed of [1, 2, 3]) {
      const { matrix } = plant({ ...size, groups: 1, difference: 0, seed });
      expect(analyse(matrix)).toMatchObject({ groups: [], noGroups: 'notStable' });
    }
  });

  test('to thirty people, however they differ', () => {
    const { matrix } = plant({ people: 30, statements: 40, groups: 2, difference: 3, share: 0.9, seed: 1 });
    expect(analyse(matrix)).toMatchObject({ groups: [], noGroups: 'tooFewPeople' });
  });

  test('to a crowd of one mind', () => {
    const rows = Array.from({ length: 100 }, (_, who) => who).flatMap((who) =>
      Array.from({ length: 10 }, (_, what) => ({ participant: `p${who}`, statement: `s${what}`, vote: 1 as const })),
    );
    expect(analyse(collectVotes(rows))).toMatchObject({ groups: [], noGroups: 'groupsTooSmall' });
  });

  test('to a crowd with four outliers, whom no division may set apart', () => {
    const rows = Array.from({ length: 100 }, (_, who) => who).flatMap((who) =>
      Array.from({ length: 10 }, (_, what) => ({
        participant: `p${who}`,
        statement: `s${what}`,
        vote: who < 4 ? (-1 as const) : (1 as const),
      })),
    );
    expect(analyse(collectVotes(rows)).groups).toEqual([]);
  });
});

describe('groups that are there', () => {
  test.for([
    { groups: 2, people: 120, difference: 1 },
    { groups: 3, people: 240, difference: 1.5 },
  ])('$groups of them are found, as planted', ({ groups, people, difference }) => {
    const { matrix, groupOf } = plant({ people, statements: 60, groups, difference, share: 0.6, seed: 3 });
    const found = analyse(matrix);
    expect(found.groups).toHaveLength(groups);
    expect(adjustedRand(found.groupOf, groupOf)).toBeGreaterThan(0.95);
    expect(found.isSeparate).toBe(true);
    expect(found.shown!.predictionStrength).toBeGreaterThan(0.9);
  });

  test('are all at least five people and one in twenty', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { matrix } = plant({ people: 150, statements: 40, groups: 4, difference: 1.2, share: 0.5, seed });
      const found = analyse(matrix);
      for (const { id, size } of found.groups) {
        expect(size).toBeGreaterThanOrEqual(found.smallestGroup);
        expect(found.groupOf.filter((group) => group === id)).toHaveLength(size);
      }
    }
  });
});

describe('nothing depends on', () => {
  const planted = plant({ people: 90, statements: 30, groups: 2, difference: 1, share: 0.5, seed: 8 });
  const whole = analyse(planted.matrix);

  test('the order in which votes were written down', () => {
    const again = analyse(collectVotes(listRows(planted.matrix).reverse()));
    expect(again).toEqual(whole);
  });

  test('the names of people and statements', () => {
    // Other names, so another order of rows and columns: the sums differ in their last bits.
    const renamed = listRows(planted.matrix).map(({ participant, statement, vote }) => ({
      participant: `q${1000 - Number(participant.slice(1))}`,
      statement: `t${1000 - Number(statement.slice(1))}`,
      vote,
    }));
    const matrix = collectVotes(renamed);
    const again = analyse(matrix);
    const back = planted.matrix.participants.map((id) => matrix.participants.indexOf(`q${1000 - Number(id.slice(1))}`));
    expect(
      adjustedRand(
        back.map((row) => again.groupOf[row]!),
        whole.groupOf,
      ),
    ).toBe(1);
    for (const [row, other] of back.entries())
      expect(Math.abs(again.plane.x[other]!)).toBeCloseTo(Math.abs(whole.plane.x[row]!), 8);
  });

  test('statements that are left out, whatever was voted on them', () => {
    const { matrix } = planted;
    const shouted = collectVotes([
      ...listRows(matrix),
      ...matrix.participants.map((participant, at) => ({
        participant,
        statement: 's999',
        vote: at % 2 === 0 ? (1 as const) : (-1 as const),
      })),
    ]);
    const isLeftOut = Uint8Array.from(shouted.statements, (id) => (id === 's999' ? 1 : 0));
    const again = analyseRobust({ matrix: shouted, isLeftOut });
    expect(again.groupOf).toEqual(whole.groupOf);
    for (const [row, x] of whole.plane.x.entries()) expect(again.plane.x[row]).toBeCloseTo(x, 10);
  });
});

test('any votes give finite places', () => {
  fc.assert(
    fc.property(anyVotes(), (rows) => {
      const { plane } = analyse(collectVotes(rows));
      for (const value of [...plane.x, ...plane.y, plane.noise, ...plane.spread])
        expect(value).toSatisfy(Number.isFinite);
    }),
  );
});

test('who voted little stands nearer to the middle than the same people with all their votes', () => {
  const { matrix } = plant({ people: 200, statements: 40, groups: 2, difference: 1.5, share: 0.8, seed: 5 });
  const rows = listRows(matrix);
  // Everybody has a twin who stopped after three votes.
  const votes = new Map<string, number>();
  const twins = rows.flatMap((row) => {
    const cast = (votes.get(row.participant) ?? 0) + 1;
    votes.set(row.participant, cast);
    return cast > 3 ? [] : [{ ...row, participant: `twin-${row.participant}` }];
  });
  const both = collectVotes([...rows, ...twins]);
  const { x } = analyse(both).plane;
  const distance = (isTwin: boolean): number =>
    both.participants.reduce((sum, id, row) => sum + (id.startsWith('twin') === isTwin ? Math.abs(x[row]!) : 0), 0);
  expect(distance(true)).toBeLessThan(0.9 * distance(false));
});

needs(fixturesAvailable, 'the fixtures (RECIPROCA_FIXTURES)')('of published conversations', () => {
  test.for([
    { folder: 'vtaiwan.uberx', groups: 2 },
    // Polis shows eight people as a group here. Four fifths of the participants give other groups (research: 0.23).
    { folder: 'bg2050-volunteers', groups: 0 },
  ])('$folder has $groups stable groups', async ({ folder, groups }) => {
    const open = (name: string): ReturnType<typeof createReadStream> =>
      createReadStream(findFixture(`data/opinion/${folder}/${name}.csv`));
    const matrix = await readVotes(open('votes'));
    const isLeftOut = findLeftOut(matrix, await readStatements(open('comments')));
    expect(analyseRobust({ matrix, isLeftOut }).groups).toHaveLength(groups);
  });
});

/** Everything that leaves of one statement, in the hands of somebody who subtracts and combines. */
import { attack, type HeldCell } from '@reciproca/disclosure/attack';
import { analyseRobust } from '@reciproca/opinion/robust';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CountryGroups } from '../../../network/members/groups.ts';
import type { Choice } from '../voting/choice.ts';
import { declaredGroups, resultContent, type Count, type ResultContent } from './content.ts';
import { csvRows } from './csv.ts';
import { describeResult, divide, matrixOf, type Declared } from './describe.ts';
import { byConsensus, consensusOf } from './order.ts';

const place = (country: string, whoRegion: CountryGroups['whoRegion'], incomeGroup: CountryGroups['incomeGroup']) =>
  [country, { country, whoRegion, incomeGroup, year: 2026 }] as const;
const countries = new Map([
  place('KE', 'AFR', 'lower-middle'),
  place('MW', 'AFR', 'low'),
  place('DE', 'EUR', 'high'),
  place('IN', 'SEAR', 'lower-middle'),
]);

interface Person {
  readonly vote: Choice;
  readonly declared: Declared;
}

const person: fc.Arbitrary<Person> = fc.record({
  vote: fc.constantFrom<Choice>(1, 1, 0, -1),
  declared: fc.record({
    constituency: fc.constantFrom('government', 'academia', 'community', 'union'),
    country: fc.constantFrom('KE', 'MW', 'DE', 'IN', undefined),
  }),
});

const idOf = (at: number): string => `member-${at}`;

function describePeople(people: readonly Person[]): ResultContent {
  const votes = people.map(({ vote }, at) => ({ member: idOf(at) as never, number: 1, vote }));
  const matrix = matrixOf(votes, [1, 2]);
  const analysis = analyseRobust({ matrix, isLeftOut: new Uint8Array(2) });
  const declared = divide(matrix, new Map(people.map((each, at) => [idOf(at), each.declared])), countries);
  return describeResult({ matrix, analysis, declared, year: 2026 });
}

/** What each number runs over, by this test's own account of who belongs where. */
function heldCells(people: readonly Person[], content: ResultContent, pick: (count: Count) => number) {
  const everybody = people.map((_, at) => idOf(at));
  const [statement] = content.statements;
  const held: HeldCell[] = [];
  const hidden: number[] = [];
  if (statement?.total) held.push({ atoms: everybody, value: pick(statement.total) });
  for (const { kind, groups, others } of statement?.declared ?? []) {
    const groupOf = ({ declared: { constituency, country = '' } }: Person): string | undefined =>
      ({
        constituency,
        region: countries.get(country)?.whoRegion,
        income: countries.get(country)?.incomeGroup,
      })[kind];
    const membersOf = (name: string): string[] => everybody.filter((_, at) => groupOf(people[at]!) === name);
    const names: readonly string[] = declaredGroups[kind];
    const open = new Set(names.filter((_, group) => groups[group] != null));
    for (const [group, name] of names.entries()) {
      const count = groups[group];
      const atoms = membersOf(name);
      if (count != null) held.push({ atoms, value: pick(count) });
      else if (atoms.length > 0 && atoms.length < 5) {
        hidden.push(held.length);
        held.push({ atoms, below: 5 });
      }
    }
    if (others === null) continue;
    const declared = everybody.filter(
      (_, at) => groupOf(people[at]!) !== undefined && !open.has(groupOf(people[at]!)!),
    );
    const rest = everybody.filter((_, at) => !open.has(groupOf(people[at]!) ?? ''));
    held.push({ atoms: others.seen === rest.length ? rest : declared, value: pick(others) });
  }
  return { held, hidden };
}

describe('what is published', () => {
  test('lets nobody compute anything about a group of fewer than five', () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 45 }), (people) => {
        const content = describePeople(people);
        for (const pick of [(count: Count) => count.seen, (count: Count) => count.agrees]) {
          const { held, hidden } = heldCells(people, content, pick);
          expect(attack(held).filter(({ by, cell }) => by === 'elimination' && hidden.includes(cell))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('holds no count of one to four people, in no group, size, patch or row of the table, and nobody’s id', () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 45 }), (people) => {
        const content = describePeople(people);
        expect(resultContent.parse(JSON.parse(JSON.stringify(content)))).toEqual(content);
        const isOpen = (size: number | null | undefined): boolean => size == null || size === 0 || size >= 5;
        expect(isOpen(content.participants)).toBe(true);
        for (const { groups } of content.declaredSizes) for (const { size } of groups) expect(isOpen(size)).toBe(true);
        for (const { total, declared } of content.statements)
          for (const count of [total, ...declared.flatMap(({ groups, others }) => [...groups, others])])
            expect(isOpen(count?.seen)).toBe(true);
        for (const { people: size } of content.picture?.ungrouped ?? []) expect(isOpen(size)).toBe(true);
        for (const row of csvRows({ result: content, words: [] })) expect(isOpen(row[10] as number | null)).toBe(true);
        expect(JSON.stringify(content)).not.toContain('member-');
      }),
      { numRuns: 200 },
    );
  });
});

test('a large constituency does not outvote a small one', () => {
  const of = (constituency: Declared['constituency'], count: number, vote: Choice): Person[] =>
    Array.from({ length: count }, () => ({ vote, declared: { constituency, country: undefined } }));
  const votes = [
    // Statement 1: forty officials for it, ten from communities against it. Statement 2: two thirds of both for it.
    ...[...of('government', 40, 1), ...of('community', 10, -1)].map((each, at) => ({ ...each, at, number: 1 })),
    ...[
      ...of('government', 27, 1),
      ...of('government', 13, -1),
      ...of('community', 7, 1),
      ...of('community', 3, -1),
    ].map((each, at) => ({ ...each, at, number: 2 })),
  ];
  const matrix = matrixOf(
    votes.map(({ at, number, vote }) => ({ member: idOf(at) as never, number, vote })),
    [1, 2],
  );
  const declared = new Map(votes.map(({ at, declared: said }) => [idOf(at), said]));
  const content = describeResult({
    matrix,
    analysis: analyseRobust({ matrix, isLeftOut: new Uint8Array(2) }),
    declared: divide(matrix, declared, countries),
    year: 2026,
  });
  const [first, second] = byConsensus(content);
  expect([first?.number, second?.number]).toEqual([2, 1]);
  // By hand: √((28/42) · (8/12)) and √((41/42) · (1/12)).
  expect(consensusOf(first!)).toBeCloseTo(Math.sqrt((28 / 42) * (8 / 12)), 12);
  expect(consensusOf(second!)).toBeCloseTo(Math.sqrt((41 / 42) * (1 / 12)), 12);
});

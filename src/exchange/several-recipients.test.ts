/**
 * Random histories of what a country lets out: tables to several recipients at several levels and minima, of two diseases and their sum, bulletins for
 * everybody, late reports in between. Then all who were given anything put together what they hold, and attack it with a method that shares
 * nothing with the one that protected it (packages/disclosure/src/attack.ts).
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attack, type HeldCell } from '@reciproca/disclosure/attack';
import { parseStoredPeriod, protectColumns, type Knowledge, type ReleasedColumn } from './ledger.ts';

const places = ['AA', 'AA1', 'AA2', 'AA11', 'AA12', 'AA21', 'AA22', 'AA23'] as const;
const districts = places.filter((code) => code.length === 4);
const diseases = ['measles', 'cholera'] as const;
const week = parseStoredPeriod('iso-week', '2026-W10');

/** Cases by disease and district. */
type Truth = ReadonlyMap<string, number>;

/** What a count is the sum of, told apart from the ledger's own reckoning. */
const atomsOf = (indicator: string, place: string): readonly string[] =>
  diseases
    .filter((disease) => indicator === 'all' || indicator === disease)
    .flatMap((disease) => districts.filter((code) => code.startsWith(place)).map((code) => `${disease} ${code}`));
const countIn = (truth: Truth, indicator: string, place: string): number =>
  atomsOf(indicator, place).reduce((sum, atom) => sum + (truth.get(atom) ?? 0), 0);

function knowledgeOf(truth: Truth): Knowledge {
  const kind = { periodKind: 'iso-week', aggregation: 'sum' } as const;
  return {
    parents: new Map(places.map((code) => [code, code === 'AA' ? null : code.slice(0, -1)])),
    indicators: new Map([
      ['measles', { ...kind, parts: [] }],
      ['cholera', { ...kind, parts: [] }],
      ['all', { ...kind, parts: [...diseases] }],
    ]),
    count: (indicator, place) => countIn(truth, indicator, place),
  };
}

const releaseStep = fc.record({
  kind: fc.constant('release' as const),
  recipient: fc.constantFrom('b', 'c', 'd'),
  indicators: fc.subarray(['measles', 'cholera', 'all'], { minLength: 1 }),
  level: fc.constantFrom(0, 1, 2),
  minimum: fc.constantFrom(3, 5, 10),
});
const bulletinStep = fc.record({
  kind: fc.constant('bulletin' as const),
  indicators: fc.subarray(['measles', 'cholera', 'all'], { minLength: 1 }),
});
const lateStep = fc.record({
  kind: fc.constant('late' as const),
  atom: fc.constantFrom(...atomsOf('all', 'AA')),
  more: fc.integer({ min: 1, max: 12 }),
});
const count = fc.oneof(fc.nat(4), fc.nat(4), fc.integer({ min: 5, max: 60 }));
const start = fc.array(count, { minLength: 10, maxLength: 10 });

type ValueOf<A> = A extends fc.Arbitrary<infer V> ? V : never;
type Step = ValueOf<typeof releaseStep> | ValueOf<typeof bulletinStep> | ValueOf<typeof lateStep>;

function columnsOf(step: Exclude<Step, { kind: 'late' }>, truth: Truth): readonly ReleasedColumn[] {
  const isBulletin = step.kind === 'bulletin';
  const level = isBulletin ? 0 : step.level;
  return step.indicators.map((indicator) => ({
    recipient: isBulletin ? null : step.recipient,
    indicator,
    level,
    period: week,
    minimumCount: isBulletin ? 1 : step.minimum,
    cells: Object.fromEntries(
      places.filter((code) => code.length - 2 === level).map((code) => [code, countIn(truth, indicator, code)]),
    ),
  }));
}

interface Said {
  readonly indicator: string;
  readonly place: string;
  readonly minimum: number;
  readonly value: number | 'withheld';
}

const listSaid = (columns: readonly ReleasedColumn[]): readonly Said[] =>
  columns.flatMap(({ indicator, minimumCount, cells }) =>
    Object.entries(cells).flatMap(([place, value]) =>
      value === null ? [] : [{ indicator, place, minimum: minimumCount, value }],
    ),
  );
const keyOf = ({ indicator, place }: Said): string => atomsOf(indicator, place).join();

/**
 * What all readers together work out, of small counts that were only ever withheld, and of counts that have moved by less than the minimum since their number
 * was given. Numbers that do not hold any more say nothing of today.
 */
function workOut(said: readonly Said[], truth: Truth): readonly string[] {
  const strictest = new Map<string, number>();
  const latest = new Map<string, number>();
  for (const each of said) {
    strictest.set(keyOf(each), Math.max(each.minimum, strictest.get(keyOf(each)) ?? 1));
    if (each.value !== 'withheld') latest.set(keyOf(each), each.value);
  }
  const now = ({ indicator, place }: Said): number => countIn(truth, indicator, place);
  const shown = new Set(said.filter((each) => each.value === now(each)).map(keyOf));
  const isSmall = (each: Said): boolean => now(each) > 0 && now(each) < (strictest.get(keyOf(each)) ?? 1);
  const hasMoved = (each: Said): boolean =>
    !isSmall(each) && Math.abs(now(each) - (latest.get(keyOf(each)) ?? Infinity)) < (strictest.get(keyOf(each)) ?? 1);
  const isSecret = (each: Said): boolean => !shown.has(keyOf(each)) && (isSmall(each) || hasMoved(each));
  const held = said.flatMap((each): { readonly each: Said; readonly cell: HeldCell }[] => {
    const atoms = atomsOf(each.indicator, each.place);
    if (each.value === now(each)) return [{ each, cell: { atoms, value: each.value } }];
    if (!isSecret(each)) return [];
    return [{ each, cell: { atoms, below: isSmall(each) ? (strictest.get(keyOf(each)) ?? 1) : Infinity } }];
  });
  return attack(held.map(({ cell }) => cell)).flatMap(({ cell, value }) => {
    const found = held[cell]!.each;
    // A minimum of two leaves one value by the rule itself.
    const isTold = (strictest.get(keyOf(found)) ?? 1) > 2 && value === now(found);
    return isTold ? [keyOf(found)] : [];
  });
}

async function play(values: readonly number[], steps: readonly Step[]): Promise<void> {
  const truth = new Map(atomsOf('all', 'AA').map((atom, at) => [atom, values[at] ?? 0]));
  const held: ReleasedColumn[] = [];
  /** What could be worked out before anybody had asked for its protection, or when reports that came late changed what held. */
  const openBefore = new Set<string>();
  for (const step of steps) {
    if (step.kind === 'late') {
      truth.set(step.atom, (truth.get(step.atom) ?? 0) + step.more);
      for (const key of workOut(listSaid(held), truth)) openBefore.add(key);
      continue;
    }
    const next = columnsOf(step, truth);
    const asIfWithheld = listSaid(next).map((each): Said => ({ ...each, value: 'withheld' }));
    for (const each of asIfWithheld) for (const key of workOut([...listSaid(held), each], truth)) openBefore.add(key);
    const released = await protectColumns(held, next, knowledgeOf(truth));
    for (const column of released) if (column !== 'barred') held.push(column);
    expect(workOut(listSaid(held), truth).filter((key) => !openBefore.has(key))).toEqual([]);
  }
  expectVersionsApart(held);
}

/** Of one cell, two numbers that followed each other differ by no small count. */
function expectVersionsApart(held: readonly ReleasedColumn[]): void {
  const latest = new Map<string, { readonly value: number; readonly minimum: number }>();
  for (const each of listSaid(held)) {
    const before = latest.get(keyOf(each));
    const minimum = Math.max(each.minimum, before?.minimum ?? 1);
    if (each.value === 'withheld') continue;
    if (before && before.value !== each.value)
      expect(Math.abs(before.value - each.value)).toBeGreaterThanOrEqual(before.minimum);
    latest.set(keyOf(each), { value: each.value, minimum });
  }
}

test('what several recipients, and everybody by bulletins, hold together tells no small count', async () => {
  const steps = fc.array(fc.oneof(releaseStep, releaseStep, bulletinStep), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(start, steps, (values, list) => play(values, list)),
    { numRuns: 100 },
  );
}, 300_000);

test('nor when late reports change the counts in between, and tables are given again', async () => {
  const steps = fc.array(fc.oneof(releaseStep, releaseStep, bulletinStep, lateStep), { minLength: 4, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(start, steps, (values, list) => play(values, list)),
    { numRuns: 100 },
  );
}, 300_000);

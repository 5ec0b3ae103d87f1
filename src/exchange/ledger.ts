/**
 * One ledger of everything a party has let out of its counts: to each recipient, in public, in warnings; every version, period and level. What
 * is to leave is laid on top of all of it, because recipients may put together what they hold (SECURITY.md, promise iv).
 *
 * An atom is one indicator at one place on one day, so that days, both kinds of week and months meet, as do districts and provinces, and
 * an indicator and those it was declared the sum of. Small counts are withheld, and with them whatever would tell them (packages/disclosure).
 *
 * Versions: a number that was let out once stands until the count has moved by the minimum or more. Else the difference of two versions
 * would be the small count of whoever reported late. Nor may other numbers, taken together, tell that it has moved: then one of those stands as well.
 */
import { protect, type Count, type GivenCount } from '@reciproca/disclosure/protect';
import { addDays, endOf, parsePeriod, startOf, type Period, type PlainDate } from '../period.ts';

export interface ReleasedColumn {
  /** Null: everybody. */
  readonly recipient: string | null;
  readonly indicator: string;
  readonly level: number;
  readonly period: Period;
  readonly minimumCount: number;
  /** By place code. Null: it was said that nobody reported. */
  readonly cells: Readonly<Record<string, number | 'withheld' | null>>;
}

/** What the party itself knows now. */
export interface Knowledge {
  /** Of each place, area or facility, by code: what it lies in. */
  readonly parents: ReadonlyMap<string, string | null>;
  readonly indicators: ReadonlyMap<string, KnownIndicator>;
  /** Null: nobody reported. */
  count(indicator: string, place: string, period: Period): number | null;
}

export interface KnownIndicator {
  readonly periodKind: Period['kind'];
  readonly aggregation: 'sum' | 'highest' | 'none';
  /** Codes of the indicators that it was declared the sum of. */
  readonly parts: readonly string[];
}

/** `next` as it is counted, small cells and all. Of each column, what may be let out of it, or that nothing of it may. */
export async function protectColumns(
  held: readonly ReleasedColumn[],
  next: readonly ReleasedColumn[],
  knowledge: Knowledge,
): Promise<readonly (ReleasedColumn | 'barred')[]> {
  const atoms = openAtoms([...held, ...next], knowledge);
  const versions = listVersions(held);
  const strictest = openMinima([...held, ...next]);
  const given = held.flatMap((column) =>
    Object.entries(column.cells).map(([place, value]): GivenCount => {
      const { indicator, period } = column;
      // Also of what is asked for now: a number that was told under a laxer minimum may stand beside what is given under this one.
      const minimum = strictest(cellKey(indicator, place, period));
      const now = knowledge.count(indicator, place, period);
      return { atoms: atoms(indicator, place, period), value: now ?? 0, minimum, said: saidBy(value, now, minimum) };
    }),
  );
  const asked: (Count & { readonly column: number; readonly place: string; readonly before: number | undefined })[] =
    [];
  const columns = next.map((column, at) => {
    const { indicator, period } = column;
    const cells: Record<string, number | 'withheld' | null> = {};
    for (const [place, value] of Object.entries(column.cells)) {
      const key = cellKey(indicator, place, period);
      const minimum = strictest(key);
      const count = { atoms: atoms(indicator, place, period), minimum };
      if (value === null) given.push({ ...count, value: 0, said: 'shown' });
      const standing = typeof value === 'number' ? standingNumber(versions.of(key), value, minimum) : undefined;
      // Nobody is told anew what was told before.
      const isOld = standing !== undefined || versions.isHeldBy(column.recipient, key, value);
      if (typeof value === 'number' && !isOld)
        asked.push({ ...count, value, column: at, place, before: versions.of(key).at(-1) });
      cells[place] = standing ?? value;
    }
    return { ...column, cells };
  });
  const { isShown, isBarred } = await protect(given, asked);
  const barred = new Set<number>();
  asked.forEach(({ column, place, value, minimum, before }, at) => {
    if (isBarred[at]) barred.add(column);
    // What was let out before tells nothing anew.
    if (!isShown[at]) columns[column]!.cells[place] = value >= minimum && before !== undefined ? before : 'withheld';
  });
  return columns.map((column, at) => (barred.has(at) ? 'barred' : column));
}

/** What was said then, seen from what is known now. What has moved on since says nothing of today. */
function saidBy(value: number | 'withheld' | null, now: number | null, minimum: number): GivenCount['said'] {
  if (value === 'withheld') return 'withheld';
  if (value === now) return 'shown';
  if (value === null || now === null || Math.abs(value - now) >= minimum) return 'nothing';
  return { least: Math.max(0, value - minimum + 1), most: value + minimum - 1, given: value };
}

/** The number that was given last, while what is known now differs from any that was given by less than the minimum. */
function standingNumber(given: readonly number[], value: number, minimum: number): number | undefined {
  const latest = given.at(-1);
  if (latest === undefined || latest === value) return undefined;
  return given.some((each) => each !== value && Math.abs(each - value) < minimum) ? latest : undefined;
}

const cellKey = (indicator: string, place: string, { kind, label }: Period): string =>
  `${indicator} ${kind} ${label} ${place}`;

function listVersions(held: readonly ReleasedColumn[]) {
  const numbers = new Map<string, number[]>();
  const latest = new Map<string, number | 'withheld' | null>();
  for (const { recipient, indicator, period, cells } of held)
    for (const [place, value] of Object.entries(cells)) {
      const key = cellKey(indicator, place, period);
      latest.set(`${key} ${recipient}`, value);
      if (typeof value === 'number') numbers.set(key, [...(numbers.get(key) ?? []), value]);
    }
  return {
    isHeldBy: (recipient: string | null, key: string, value: number | 'withheld' | null): boolean =>
      typeof value === 'number' && latest.get(`${key} ${recipient}`) === value,
    of: (key: string): readonly number[] => numbers.get(key) ?? [],
  };
}

/** The strictest minimum under which anybody was given a cell, or is to be, holds for everybody. */
function openMinima(columns: readonly ReleasedColumn[]): (key: string) => number {
  const minima = new Map<string, number>();
  for (const { indicator, period, minimumCount, cells } of columns)
    for (const place of Object.keys(cells)) {
      const key = cellKey(indicator, place, period);
      minima.set(key, Math.max(minimumCount, minima.get(key) ?? 1));
    }
  return (key) => minima.get(key) ?? 1;
}

type Atoms = (indicator: string, place: string, period: Period) => readonly string[];

function openAtoms(columns: readonly ReleasedColumn[], knowledge: Knowledge): Atoms {
  const isMixed = new Set(columns.map(({ period }) => period.kind)).size > 1;
  const inside = Map.groupBy(knowledge.parents.keys(), (code) => knowledge.parents.get(code) ?? null);
  /** Places in which lies one that is told of: only these need to be taken apart. */
  const isCut = new Set<string>();
  for (const { cells } of columns)
    for (const code of Object.keys(cells))
      for (let at = knowledge.parents.get(code); at && !isCut.has(at); at = knowledge.parents.get(at)) isCut.add(at);
  const leavesOf = (place: string): readonly string[] =>
    isCut.has(place) ? (inside.get(place) ?? []).flatMap(leavesOf) : [place];
  /** A place or indicator that was counted by itself, otherwise than its parts, is no sum of them. */
  const isSum = (whole: number | null, parts: readonly (number | null)[]): boolean =>
    (whole ?? 0) === parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);

  const atomsOf: Atoms = (indicator, place, period) => {
    const known = knowledge.indicators.get(indicator);
    const isOwnKind = known?.periodKind === period.kind;
    const count = (code: string, at: string): number | null => knowledge.count(code, at, period);
    const parts = known?.parts ?? [];
    const isOfOneKind = parts.every((part) => knowledge.indicators.get(part)?.periodKind === period.kind);
    // Over different rhythms it cannot be checked; whoever declared it is believed.
    if (
      parts.length > 0 &&
      (!isOfOneKind ||
        isSum(
          count(indicator, place),
          parts.map((part) => count(part, place)),
        ))
    )
      return parts.flatMap((part) => atomsOf(part, place, period));
    const leaves = known?.aggregation === 'sum' ? leavesOf(place) : [place];
    const isMade =
      !isOwnKind ||
      isSum(
        count(indicator, place),
        leaves.map((leaf) => count(indicator, leaf)),
      );
    const days = isMixed ? daysOf(period) : [period.label];
    return (isMade ? leaves : [place]).flatMap((leaf) => days.map((day) => `${indicator} ${leaf} ${day}`));
  };
  return atomsOf;
}

/** One column of a table as the ledger keeps it. */
export function cellsOf(
  places: readonly { readonly code: string }[],
  values: readonly (number | null | 'withheld')[],
): Record<string, number | 'withheld' | null> {
  return Object.fromEntries(places.map(({ code }, at) => [code, values[at] ?? null]));
}

function daysOf(period: Period): PlainDate[] {
  const days: PlainDate[] = [];
  for (let day = startOf(period); day <= endOf(period); day = addDays(day, 1)) days.push(day);
  return days;
}

export function parseStoredPeriod(kind: string, label: string): Period {
  const parsed =
    kind === 'day' || kind === 'iso-week' || kind === 'mmwr-week' || kind === 'month'
      ? parsePeriod(kind, label)
      : undefined;
  if (parsed?.value === undefined) throw new TypeError(`not a period: ${kind} ${label}`);
  return parsed.value;
}

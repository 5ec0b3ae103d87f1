/**
 * What can be worked out about sums of unknown counts: for each sum asked about, the least and the most that it can be in any table of whole,
 * non-negative numbers that agrees with everything known. Integer programming by HiGHS, and every answer is checked in whole numbers: a bound
 * is only reported when there is a table that reaches it. A solver that errs, or gives up, makes the range narrower, never wider, so that whoever
 * protects counts by this withholds more, not less.
 */
import type { Model, Search, Solver } from './solver.ts';

/** A sum of atoms, each of which stands once, known to lie between the two. */
export interface Sum {
  readonly atoms: readonly string[];
  readonly least: number;
  readonly most: number;
}

export interface Question {
  /** Position of the sum that is asked about. */
  readonly sum: number;
  /** What lies below and above these is of no interest, and reported as these. */
  readonly floor: number;
  readonly cap: number;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** What may be as large as one likes is looked for up to here. */
const farAway = 1_000_000;

const roundingError = 1e-5;

/** Undefined where no table was found at all. */
export async function boundsOf(
  solver: Solver,
  sums: readonly Sum[],
  questions: readonly Question[],
): Promise<readonly (Range | undefined)[]> {
  if (questions.length === 0) return [];
  const { rows, columns } = toRows(sums);
  const found: (Range | undefined)[] = questions.map(() => undefined);
  const note = (table: readonly number[]): void => {
    questions.forEach(({ sum, floor, cap }, at) => {
      const value = Math.min(Math.max(totalOf(rows[sum]!, table), floor), cap);
      const before = found[at];
      found[at] = before
        ? { least: Math.min(before.least, value), most: Math.max(before.most, value) }
        : { least: value, most: value };
    });
  };
  solver.load({ rows, columns });
  /** The least or most of these together, as far as anybody wants to know. One table often answers many questions. */
  const search = async (asked: readonly number[], sense: Search['sense']): Promise<void> => {
    const cost = new Float64Array(columns);
    for (const at of asked) for (const column of rows[questions[at]!.sum]!.columns) cost[column] = 1;
    const limits = asked.map((at) => {
      const { sum } = questions[at]!;
      const { least, most } = rows[sum]!;
      return { row: sum, most: Math.min(most, Math.max(least, farAway)) };
    });
    // In most tables the best real numbers are whole, and found much sooner; else the whole ones are looked for.
    for (const isWhole of [false, true]) {
      const table = readTable(await solver.search({ cost, sense, limits, isWhole }), rows, columns);
      if (table) return note(table);
    }
  };
  const everything = questions.map((_, at) => at);
  await search(everything, 'least');
  await search(everything, 'most');
  for (const at of everything) {
    const { floor, cap } = questions[at]!;
    if ((found[at]?.least ?? Infinity) > floor) await search([at], 'least');
    if ((found[at]?.most ?? -Infinity) < cap) await search([at], 'most');
  }
  return found;
}

type Row = Model['rows'][number];

function toRows(sums: readonly Sum[]): Model {
  const numberOfAtom = new Map<string, number>();
  const sumsOfAtom: number[][] = [];
  sums.forEach(({ atoms }, sum) => {
    for (const atom of atoms) {
      const number = numberOfAtom.get(atom) ?? numberOfAtom.size;
      numberOfAtom.set(atom, number);
      (sumsOfAtom[number] ??= []).push(sum);
    }
  });
  // Atoms that no sum tells apart are one column.
  const columnOf = new Map<string, number>();
  const columns = sums.map((): number[] => []);
  for (const list of sumsOfAtom) {
    const key = list.join(' ');
    if (columnOf.has(key)) continue;
    const column = columnOf.size;
    columnOf.set(key, column);
    for (const sum of list) columns[sum]!.push(column);
  }
  return {
    rows: sums.map(({ least, most }, at) => ({ columns: columns[at]!, least, most })),
    columns: columnOf.size,
  };
}

function readTable(
  values: ArrayLike<number> | undefined,
  rows: readonly Row[],
  columns: number,
): readonly number[] | undefined {
  if (values?.length !== columns) return undefined;
  const table = Array.from(values, Math.round);
  const isWhole = table.every((value, column) => value >= 0 && Math.abs(value - values[column]!) < roundingError);
  const agrees = rows.every((row) => {
    const total = totalOf(row, table);
    return total >= row.least && total <= row.most;
  });
  return isWhole && agrees ? table : undefined;
}

const totalOf = ({ columns }: Row, table: readonly number[]): number =>
  columns.reduce((sum, column) => sum + table[column]!, 0);

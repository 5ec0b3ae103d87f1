/**
 * What can be worked out about sums of unknown counts: for each sum asked about, the least and the most that it can be in any table of whole,
 * non-negative numbers that agrees with everything known. Integer programming by HiGHS, and every answer is checked in whole numbers: a bound
 * is only reported when there is a table that reaches it. A solver that errs, or gives up, makes the range narrower, never wider, so that whoever
 * protects counts by this withholds more, not less.
 */
import highsModule, { type Highs } from 'highs';

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

/** Enough for a component of some ten thousand cells; whatever takes longer counts as not found. */
const patienceSeconds = 20;

// Its types describe the CommonJS build, where the loader is `default` of what is imported here.
const loadHighs = highsModule as unknown as (typeof highsModule)['default'];

let runtime: Promise<Highs> | undefined;

/** Undefined where no table was found at all. */
export async function boundsOf(
  sums: readonly Sum[],
  questions: readonly Question[],
): Promise<readonly (Range | undefined)[]> {
  if (questions.length === 0) return [];
  runtime ??= loadHighs();
  const highs = await runtime;
  try {
    return solve(highs, sums, questions);
  } catch (error) {
    // A WebAssembly instance that has stopped once stays broken.
    runtime = undefined;
    throw error;
  }
}

interface Row {
  readonly columns: readonly number[];
  readonly least: number;
  readonly most: number;
}

function solve(highs: Highs, sums: readonly Sum[], questions: readonly Question[]): (Range | undefined)[] {
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
  highs.withModel(modelOf(highs, rows, columns), (model) => {
    model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0, time_limit: patienceSeconds });
    const { minimize, maximize } = highs.constants.objectiveSense;
    const all = { kind: 'range', from: 0, to: columns - 1 } as const;
    /** The least or most of these together, as far as anybody wants to know. One table often answers many questions. */
    const search = (asked: readonly number[], sense: typeof minimize): void => {
      const cost = new Float64Array(columns);
      for (const at of asked) for (const column of rows[questions[at]!.sum]!.columns) cost[column] = 1;
      model.changeColsCost(all, cost);
      model.changeObjectiveSense(sense);
      for (const at of asked) {
        const { sum } = questions[at]!;
        const { least, most } = rows[sum]!;
        model.changeRowBounds(sum, least, Math.min(most, Math.max(least, farAway)));
      }
      const run = (): readonly number[] | undefined => {
        model.zeroAllClocks();
        model.raw.run();
        return readTable(model.raw.getSolution().value?.colValue, rows, columns);
      };
      // In most tables the best real numbers are whole, and found much sooner; else the whole ones are looked for.
      let table = run();
      if (!table) {
        const { integer } = highs.constants.variableType;
        model.changeColsIntegrality(all, new Int32Array(columns).fill(integer));
        table = run();
        model.clearIntegrality();
      }
      for (const at of asked) {
        const { sum } = questions[at]!;
        model.changeRowBounds(sum, rows[sum]!.least, rows[sum]!.most);
      }
      if (table) note(table);
    };
    const everything = questions.map((_, at) => at);
    search(everything, minimize);
    search(everything, maximize);
    for (const at of everything) {
      const { floor, cap } = questions[at]!;
      if ((found[at]?.least ?? Infinity) > floor) search([at], minimize);
      if ((found[at]?.most ?? -Infinity) < cap) search([at], maximize);
    }
  });
  return found;
}

function toRows(sums: readonly Sum[]): { readonly rows: readonly Row[]; readonly columns: number } {
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

function modelOf(highs: Highs, rows: readonly Row[], columns: number) {
  const starts = [0];
  for (const row of rows) starts.push(starts.at(-1)! + row.columns.length);
  const indices = rows.flatMap((row) => row.columns);
  return {
    numCols: columns,
    numRows: rows.length,
    colCost: new Float64Array(columns),
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(highs.infinity),
    rowLower: rows.map(({ least }) => least),
    rowUpper: rows.map(({ most }) => (most === Infinity ? highs.infinity : most)),
    matrix: {
      format: 'csr' as const,
      numRows: rows.length,
      numCols: columns,
      starts,
      indices,
      values: indices.map(() => 1),
    },
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

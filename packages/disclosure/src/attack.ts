/**
 * The re-identification test: what somebody who holds these cells can work out about the withheld ones.
 *
 * Each cell is the sum of unknown non-negative whole numbers, its atoms. Two attacks, over everything that touches each other:
 *
 * - Linear. A withheld cell whose row of atoms is a combination of published rows is determined. Elimination modulo a prime, the idea of
 *   Langsrud's GaussSuppression (2024): a row is independent modulo p exactly when it is over the rationals, unless p divides a minor of
 *   the matrix. For matrices of 0 and 1 as sparse as these nobody has to fear that.
 * - Bounds. Each sum bounds its parts and each part its sum; repeated until nothing moves. Finds, for instance, that of two withheld
 *   cells which are together 2 each is 1, and that what belongs to a zero is zero.
 *
 * Cells of the same atoms are versions of one cell, oldest first. What was published earlier may be believed still to hold, so it counts
 * as published in the linear attack on every other cell; about its own cell it only says what that was before.
 */

export type HeldCell = { readonly atoms: readonly string[] } & (
  | { readonly value: number }
  /** Withheld: known to be at least 1 and below this. */
  | { readonly below: number }
);

export interface Finding {
  /** Position in what was given to `attack`: the latest version of the cell. */
  readonly cell: number;
  readonly value: number;
  readonly by: 'elimination' | 'bounds';
}

export function attack(held: readonly HeldCell[]): readonly Finding[] {
  const cells = mergeVersions(held);
  const findings: Finding[] = [];
  for (const component of connect(cells)) {
    // Alone, a withheld cell says nothing but its bounds.
    const isOpen = component.some(({ below }) => below !== undefined);
    if (isOpen) findings.push(...attackComponent(component));
  }
  return findings.sort((a, b) => a.cell - b.cell);
}

interface Cell {
  readonly position: number;
  /** Atoms, later classes of atoms that no cell tells apart. */
  readonly parts: readonly number[];
  /** The latest version, unless that is withheld. */
  readonly value: number | undefined;
  readonly below: number | undefined;
  /** Published before it was withheld. */
  readonly earlier: number | undefined;
}

function mergeVersions(held: readonly HeldCell[]): Cell[] {
  const atomNumbers = new Map<string, number>();
  const numberOf = (atom: string): number => {
    const known = atomNumbers.get(atom) ?? atomNumbers.size;
    atomNumbers.set(atom, known);
    return known;
  };
  const cells = new Map<string, Cell>();
  held.forEach((cell, position) => {
    const parts = [...new Set(cell.atoms.map(numberOf))].sort((a, b) => a - b);
    if (parts.length === 0) return;
    const key = parts.join(' ');
    const before = cells.get(key);
    cells.set(key, {
      position,
      parts,
      value: 'value' in cell ? cell.value : undefined,
      below: 'below' in cell ? cell.below : undefined,
      earlier: 'value' in cell ? undefined : (before?.value ?? before?.earlier),
    });
  });
  return [...cells.values()];
}

/** Cells that share atoms, directly or through others; atoms that no cell of a component tells apart become one. */
function connect(cells: readonly Cell[]): Cell[][] {
  const cellsOfAtom = new Map<number, number[]>();
  cells.forEach(({ parts }, index) => {
    for (const atom of parts) {
      const list = cellsOfAtom.get(atom);
      if (list) list.push(index);
      else cellsOfAtom.set(atom, [index]);
    }
  });
  const root = cells.map((_, index) => index);
  const find = (index: number): number => {
    let at = index;
    while (root[at] !== at) {
      root[at] = root[root[at]!]!;
      at = root[at]!;
    }
    return at;
  };
  for (const [first, ...others] of cellsOfAtom.values()) for (const other of others) root[find(other)] = find(first!);

  const classes = new Map<string, number>();
  const classOfAtom = new Map<number, number>();
  for (const [atom, list] of cellsOfAtom) {
    const key = list.join(' ');
    const known = classes.get(key) ?? classes.size;
    classes.set(key, known);
    classOfAtom.set(atom, known);
  }
  const components = new Map<number, Cell[]>();
  cells.forEach((cell, index) => {
    const parts = [...new Set(cell.parts.map((atom) => classOfAtom.get(atom)!))];
    const component = components.get(find(index));
    if (component) component.push({ ...cell, parts });
    else components.set(find(index), [{ ...cell, parts }]);
  });
  return [...components.values()];
}

function attackComponent(component: readonly Cell[]): Finding[] {
  const found = new Map<number, Finding>();
  if (component.length > 1) {
    const published = component.filter(({ value, earlier }) => value !== undefined || earlier !== undefined);
    const basis = eliminate(published);
    for (const cell of component) {
      if (cell.below === undefined) continue;
      const known = cell.earlier === undefined ? basis : eliminate(published.filter((other) => other !== cell));
      const value = determine(known, cell);
      if (value !== undefined) found.set(cell.position, { cell: cell.position, value, by: 'elimination' });
    }
  }
  for (const { position, value } of tighten(component))
    if (!found.has(position)) found.set(position, { cell: position, value, by: 'bounds' });
  return [...found.values()];
}

// The largest prime below 2^26: products of two residues stay exact in a double.
const prime = 67_108_859;

type Row = Map<number, number>;
interface Equation {
  readonly row: Row;
  readonly sum: number;
}
/** By pivot, in the order of their making: an equation holds no pivot of an older one, perhaps some of younger ones. */
type Basis = Map<number, Equation>;

const modulo = (value: number): number => ((value % prime) + prime) % prime;

function inverse(value: number): number {
  let [low, high, x, y] = [value, prime, 1, 0];
  while (low > 1) {
    const quotient = Math.floor(high / low);
    [low, high] = [high - quotient * low, low];
    [x, y] = [y - quotient * x, x];
  }
  return modulo(x);
}

function eliminate(published: readonly Cell[]): Basis {
  const basis: Basis = new Map();
  for (const { parts, value, earlier } of published) {
    const reduced = reduce(basis, { row: new Map(parts.map((part) => [part, 1])), sum: modulo(value ?? earlier ?? 0) });
    const [first] = reduced.row;
    if (!first) continue;
    const [pivot, coefficient] = first;
    const factor = inverse(coefficient);
    const row: Row = new Map([...reduced.row].map(([part, each]) => [part, modulo(each * factor)]));
    basis.set(pivot, { row, sum: modulo(reduced.sum * factor) });
  }
  return basis;
}

/** Takes multiples of the basis away until no pivot is left. From the oldest to the youngest, none comes back. */
function reduce(basis: Basis, equation: Equation): Equation {
  const row: Row = new Map(equation.row);
  let { sum } = equation;
  for (const [pivot, known] of basis) {
    const factor = row.get(pivot);
    if (factor === undefined) continue;
    for (const [part, coefficient] of known.row) {
      const left = modulo((row.get(part) ?? 0) - modulo(factor * coefficient));
      if (left === 0) row.delete(part);
      else row.set(part, left);
    }
    sum = modulo(sum - modulo(factor * known.sum));
  }
  return { row, sum };
}

/** The value of a cell that the published ones determine. */
function determine(basis: Basis, cell: Cell): number | undefined {
  const { row, sum } = reduce(basis, { row: new Map(cell.parts.map((part) => [part, 1])), sum: 0 });
  return row.size === 0 ? modulo(-sum) : undefined;
}

const mostRounds = 200;

interface Sum {
  readonly position: number;
  readonly isWithheld: boolean;
  readonly parts: ReadonlySet<number>;
  least: number;
  most: number;
}

/** Withheld cells whose bounds meet. Empty when the cells contradict each other: then nothing follows from them. */
function tighten(component: readonly Cell[]): { readonly position: number; readonly value: number }[] {
  const sums = component.map(({ parts, value, below, position }): Sum => {
    const isWithheld = below !== undefined;
    return { parts: new Set(parts), position, isWithheld, least: value ?? 1, most: value ?? (below ?? 2) - 1 };
  });
  // A part is a sum of itself.
  const single = new Map(
    [...new Set(component.flatMap(({ parts }) => parts))].map((part) => [
      part,
      { least: 0, most: Number.POSITIVE_INFINITY },
    ]),
  );
  const lowOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + single.get(part)!.least, 0);
  const highOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + single.get(part)!.most, 0);
  const sumsOfPart = new Map<number, Sum[]>();
  for (const sum of sums) for (const part of sum.parts) sumsOfPart.set(part, [...(sumsOfPart.get(part) ?? []), sum]);
  const nested = sums.flatMap((inner) => {
    const parts = [...inner.parts];
    const around = (sumsOfPart.get(parts[0] ?? -1) ?? []).filter(
      (outer) => outer !== inner && parts.every((part) => outer.parts.has(part)),
    );
    return around.map((outer) => ({ inner, outer, rest: [...outer.parts].filter((part) => !inner.parts.has(part)) }));
  });
  let moved = true;
  const narrow = (bounds: { least: number; most: number }, least: number, most: number): void => {
    if (least <= bounds.least && most >= bounds.most) return;
    bounds.least = Math.max(bounds.least, least);
    bounds.most = Math.min(bounds.most, most);
    moved = true;
  };
  for (let round = 0; moved && round < mostRounds; round++) {
    moved = false;
    for (const sum of sums) {
      const parts = [...sum.parts];
      narrow(sum, lowOf(parts), highOf(parts));
      for (const part of parts) {
        const others = parts.filter((other) => other !== part);
        narrow(single.get(part)!, sum.least - highOf(others), sum.most - lowOf(others));
      }
    }
    for (const { inner, outer, rest } of nested) {
      narrow(inner, outer.least - highOf(rest), outer.most - lowOf(rest));
      narrow(outer, inner.least + lowOf(rest), inner.most + highOf(rest));
    }
    if ([...sums, ...single.values()].some(({ least, most }) => least > most)) return [];
  }
  return sums.flatMap(({ isWithheld, position, least, most }) =>
    isWithheld && least === most ? [{ position, value: least }] : [],
  );
}

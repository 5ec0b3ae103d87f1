/** Adjusted Rand index (Hubert & Arabie 1985): 1 for the same partition, about 0 for two that have nothing to do with each other. */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (count: number): number => (count * (count - 1)) / 2;
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  const add = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let at = 0; at < a.length; at++) {
    add(cells, `${a[at]} ${b[at]}`);
    add(rows, a[at]!);
    add(columns, b[at]!);
  }
  const sum = (counts: ReadonlyMap<unknown, number>): number => {
    let total = 0;
    for (const count of counts.values()) total += pairs(count);
    return total;
  };
  const [both, inRows, inColumns] = [sum(cells), sum(rows), sum(columns)];
  const expected = pairs(a.length) === 0 ? 0 : (inRows * inColumns) / pairs(a.length);
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

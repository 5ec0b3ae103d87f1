/**
 * Which indicators are declared to be sums of others. Whoever holds a sum and all its parts but one can work that one out, so what leaves is
 * protected over all of them together (src/exchange/ledger.ts). Nothing is part of itself, over however many steps: the ledger
 * follows parts down to the last.
 */

/** Codes in one cell of a table, separated as people separate them. */
export const splitCodes = (text: string): readonly string[] =>
  [...new Set(text.split(/[\s,;|+]+/).filter((code) => code !== ''))].toSorted();

/** Those that would be a part of themselves. */
export function findCircular(partsOf: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const isCircular = (code: string): boolean => {
    const below = new Set(partsOf.get(code));
    for (const part of below) for (const deeper of partsOf.get(part) ?? []) below.add(deeper);
    return below.has(code);
  };
  return new Set([...partsOf.keys()].filter(isCircular));
}

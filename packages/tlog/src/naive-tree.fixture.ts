/** RFC 6962 section 2.1 as it is written there, recursively over all entries: the oracle of the property tests. */
import { createHash } from 'node:crypto';

export function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  const [first] = entries;
  if (first === undefined) return createHash('sha256').digest();
  if (entries.length === 1) return createHash('sha256').update(Uint8Array.of(0)).update(first).digest();
  const k = naiveSplit(entries.length);
  return naiveNode(naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

/** PATH(m, D[n]) */
export function naivePath(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = naiveSplit(entries.length);
  return m < k
    ? [...naivePath(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

/** PROOF(m, D[n]) for 0 < m <= n */
export function naiveProof(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  return naiveSubproof(m, entries, true);
}

function naiveSubproof(m: number, entries: readonly Uint8Array[], complete: boolean): Uint8Array[] {
  const n = entries.length;
  if (m === n) return complete ? [] : [naiveRoot(entries)];
  const k = naiveSplit(n);
  return m <= k
    ? [...naiveSubproof(m, entries.slice(0, k), complete), naiveRoot(entries.slice(k))]
    : [...naiveSubproof(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}

function naiveNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The largest power of two smaller than n. */
function naiveSplit(n: number): number {
  return 2 ** Math.ceil(Math.log2(n) - 1);
}

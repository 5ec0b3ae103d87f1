import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Hash, leafHash } from './hash.ts';
import {
  appendLeaves,
  completeSubtrees,
  emptyFrontier,
  frontierRoot,
  type HashReader,
  proveConsistency,
  proveInclusion,
  readFrontier,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
import { entriesUpTo, flipBit } from './memory-log.fixture.ts';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.fixture.ts';
import { refusal } from './refusal.fixture.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Answers every node from the entries below it, with the oracle. */
function readFrom(entries: readonly Uint8Array[]): HashReader {
  return (nodes) =>
    nodes.map(({ level, index }) => naiveRoot(entries.slice(index * 2 ** level, (index + 1) * 2 ** level)));
}

function treeOf(entries: readonly Uint8Array[]): TreeHead {
  return { size: entries.length, root: naiveRoot(entries) };
}

const sizes = fc.integer({ min: 1, max: 80 });
const sizeAndIndex = sizes.chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
const twoSizes = sizes.chain((newSize) =>
  fc.record({ newSize: fc.constant(newSize), oldSize: fc.integer({ min: 1, max: newSize }) }),
);
const randomHash: fc.Arbitrary<Hash> = fc.uint8Array({ minLength: 32, maxLength: 32 });
const invalidInclusion = refusal('inclusion.invalid');
const invalidConsistency = refusal('consistency.invalid');

describe('inclusion', () => {
  test('a proof for another leaf, index or root, with a bit flipped, a hash dropped, added or exchanged is refused', async () => {
    await fc.assert(
      fc.asyncProperty(sizeAndIndex, fc.nat(), randomHash, async ({ size, index }, pick, stranger) => {
        const entries = entriesUpTo(size);
        const tree = treeOf(entries);
        const leaf = naiveRoot(entries.slice(index, index + 1));
        const proof = await proveInclusion(index, size, readFrom(entries));
        const refused = (call: () => void) => expect(call).toThrow(invalidInclusion);

        refused(() => verifyInclusion(flipBit(leaf, pick % 256), index, tree, proof));
        refused(() => verifyInclusion(leaf, index, { size, root: flipBit(tree.root, pick % 256) }, proof));
        refused(() => verifyInclusion(leaf, size, tree, proof));
        refused(() => verifyInclusion(leaf, -1, tree, proof));
        refused(() => verifyInclusion(leaf, index + 0.5, tree, proof));
        for (let other = 0; other < size; other += 1) {
          if (other !== index) refused(() => verifyInclusion(leaf, other, tree, proof));
        }
        refused(() => verifyInclusion(leaf, index, tree, [...proof, stranger]));
        refused(() => verifyInclusion(leaf, index, tree, [stranger, ...proof]));
        for (const i of proof.keys()) {
          refused(() => verifyInclusion(leaf, index, tree, proof.toSpliced(i, 1)));
          refused(() => verifyInclusion(leaf, index, tree, proof.toSpliced(i, 1, stranger)));
          refused(() =>
            verifyInclusion(leaf, index, tree, proof.toSpliced(i, 1, flipBit(proof[i] ?? leaf, pick % 256))),
          );
        }
      }),
    );
  });

  test('proofs are those of the recursive definition, and verify', async () => {
    await fc.assert(
      fc.asyncProperty(sizeAndIndex, async ({ size, index }) => {
        const entries = entriesUpTo(size);
        const proof = await proveInclusion(index, size, readFrom(entries));
        expect(proof).toEqual(naivePath(index, entries));
        verifyInclusion(leafHash(entries[index] ?? new Uint8Array()), index, treeOf(entries), proof);
      }),
    );
  });

  test('a path that fits the root but not the size is refused', () => {
    const [a, b] = entriesUpTo(2).map(leafHash);
    if (a === undefined || b === undefined) throw new Error('two leaves');
    const { root } = treeOf(entriesUpTo(2));
    verifyInclusion(b, 1, { size: 2, root }, [a]);
    expect(() => verifyInclusion(b, 0, { size: 1, root }, [a])).toThrow(refusal('inclusion.invalid'));
    expect(() => verifyInclusion(a, 0, { size: 3, root }, [b])).toThrow(refusal('inclusion.invalid'));
  });

  test('a leaf outside the tree is refused before anything is read', async () => {
    const unread: HashReader = () => expect.unreachable();
    for (const [index, size] of [
      [0, 0],
      [5, 5],
      [-1, 5],
      [0.5, 5],
      [0, LARGEST + 1],
    ] as const) {
      await expect(proveInclusion(index, size, unread)).rejects.toEqual(refusal('range.invalid'));
    }
  });

  test('sizes beyond 32 bits keep their precision', async () => {
    const requested: number[] = [];
    const fake: HashReader = (nodes) =>
      nodes.map(({ level, index }) => {
        requested.push(index * 2 ** level);
        return leafHash(Buffer.from(`${level}/${index}`));
      });
    const proof = await proveInclusion(LARGEST - 1, LARGEST, fake);
    // 2^53 - 1 leaves: the last one sits alone below 52 complete subtrees.
    expect(proof).toHaveLength(52);
    expect(Math.max(...requested)).toBeLessThan(LARGEST);
    const leaf = leafHash(Buffer.from('last'));
    const root = proof.reduce(
      (right, left) => appendLeaves({ size: 1, hashes: [left] }, [right]).hashes[0] ?? right,
      leaf,
    );
    verifyInclusion(leaf, LARGEST - 1, { size: LARGEST, root }, proof);
    expect(() => verifyInclusion(leaf, LARGEST - 2, { size: LARGEST, root }, proof)).toThrow(invalidInclusion);
  });
});

describe('consistency', () => {
  test('a proof for other sizes or roots, with a bit flipped, a hash dropped, added or exchanged is refused', async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, fc.nat(), randomHash, async ({ oldSize, newSize }, pick, stranger) => {
        const entries = entriesUpTo(newSize);
        const [older, newer] = [treeOf(entries.slice(0, oldSize)), treeOf(entries)];
        const proof = await proveConsistency(oldSize, newSize, readFrom(entries));
        const refused = (call: () => void) => expect(call).toThrow(invalidConsistency);

        refused(() => verifyConsistency({ ...older, root: flipBit(older.root, pick % 256) }, newer, proof));
        refused(() => verifyConsistency(older, { ...newer, root: flipBit(newer.root, pick % 256) }, proof));
        refused(() => verifyConsistency(older, newer, [...proof, stranger]));
        refused(() => verifyConsistency(older, newer, [stranger, ...proof]));
        for (const i of proof.keys()) {
          refused(() => verifyConsistency(older, newer, proof.toSpliced(i, 1)));
          refused(() => verifyConsistency(older, newer, proof.toSpliced(i, 1, stranger)));
          refused(() =>
            verifyConsistency(older, newer, proof.toSpliced(i, 1, flipBit(proof[i] ?? stranger, pick % 256))),
          );
        }
        if (oldSize < newSize) refused(() => verifyConsistency(newer, older, proof));
      }),
    );
  });

  test('a proof that fits the roots but not the sizes is refused', () => {
    const entries = entriesUpTo(8);
    const [older, newer] = [treeOf(entries.slice(0, 4)), treeOf(entries)];
    const proof = naiveProof(4, entries);
    verifyConsistency(older, newer, proof);
    expect(() => verifyConsistency(older, { ...newer, size: 16 }, proof)).toThrow(refusal('consistency.invalid'));
    expect(() => verifyConsistency({ ...older, size: 2 }, newer, proof)).toThrow(refusal('consistency.invalid'));
    expect(() => verifyConsistency({ ...older, size: 8 }, { ...newer, size: 9 }, [])).toThrow(
      refusal('consistency.invalid'),
    );
  });

  test('a log that rewrote an entry cannot be shown to extend its past', async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, fc.nat(), async ({ oldSize, newSize }, pick) => {
        const entries = entriesUpTo(newSize);
        const rewritten = entries.with(pick % oldSize, Buffer.from('rewritten'));
        const proof = await proveConsistency(oldSize, newSize, readFrom(rewritten));
        expect(() => verifyConsistency(treeOf(entries.slice(0, oldSize)), treeOf(rewritten), proof)).toThrow(
          invalidConsistency,
        );
      }),
    );
  });

  test('proofs are those of the recursive definition, and verify', async () => {
    await fc.assert(
      fc.asyncProperty(twoSizes, async ({ oldSize, newSize }) => {
        const entries = entriesUpTo(newSize);
        const proof = await proveConsistency(oldSize, newSize, readFrom(entries));
        expect(proof).toEqual(naiveProof(oldSize, entries));
        verifyConsistency(treeOf(entries.slice(0, oldSize)), treeOf(entries), proof);
      }),
    );
  });

  test('everything extends the empty tree, with an empty proof and no other', () => {
    const [empty, tree] = [treeOf([]), treeOf(entriesUpTo(3))];
    verifyConsistency(empty, tree, []);
    verifyConsistency(empty, empty, []);
    expect(() => verifyConsistency(empty, tree, [tree.root])).toThrow(invalidConsistency);
    expect(() => verifyConsistency({ size: 0, root: tree.root }, tree, [])).toThrow(invalidConsistency);
    expect(() => verifyConsistency(empty, { size: 0, root: tree.root }, [])).toThrow(invalidConsistency);
    expect(() => verifyConsistency(tree, empty, [])).toThrow(invalidConsistency);
  });

  test('sizes that are not whole numbers up to 2^53-1 are refused', async () => {
    const unread: HashReader = () => expect.unreachable();
    for (const [oldSize, newSize] of [
      [6, 5],
      [-1, 5],
      [0.5, 5],
      [1, LARGEST + 1],
      [Number.NaN, 5],
    ] as const) {
      await expect(proveConsistency(oldSize, newSize, unread)).rejects.toEqual(refusal('range.invalid'));
      const { root } = treeOf([]);
      expect(() => verifyConsistency({ size: oldSize, root }, { size: newSize, root }, [])).toThrow(invalidConsistency);
    }
  });
});

describe('growing', () => {
  test('a frontier that grew in steps has the root of the recursive definition', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 8 }), (steps) => {
        const entries = entriesUpTo(steps.reduce((sum, step) => sum + step, 0));
        let frontier = emptyFrontier;
        for (const step of steps) {
          const { size } = frontier;
          frontier = appendLeaves(frontier, entries.slice(size, size + step).map(leafHash));
        }
        expect(frontier.size).toBe(entries.length);
        expect(frontierRoot(frontier)).toEqual(naiveRoot(entries));
      }),
    );
  });

  test('a frontier read back from stored hashes goes on where the first one stopped', async () => {
    const entries = entriesUpTo(45);
    const frontier = await readFrontier(37, readFrom(entries.slice(0, 37)));
    expect(frontierRoot(appendLeaves(frontier, entries.slice(37).map(leafHash)))).toEqual(naiveRoot(entries));
  });

  test('a frontier with too few hashes for its size is refused', () => {
    expect(() => appendLeaves({ size: 3, hashes: [] }, [leafHash(Buffer.from('a'))])).toThrow(refusal('range.invalid'));
  });

  test('complete subtrees cover a range without gap or overlap, each aligned to its width and as large as can be', () => {
    const range = fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(range, ([start, end]) => {
        let position = start;
        const nodes = completeSubtrees(start, end);
        for (const [i, { level, index }] of nodes.entries()) {
          expect(index * 2 ** level).toBe(position);
          position += 2 ** level;
          const next = nodes[i + 1];
          expect(next?.level === level && index % 2 === 0).toBe(false);
        }
        expect(position).toBe(end);
      }),
    );
  });
});

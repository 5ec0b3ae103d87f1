/**
 * The Merkle tree of RFC 6962 section 2.1, with the verification algorithms of RFC 9162 section 2.1.
 *
 * Sizes and indices go up to 2^53-1, so halving and parity are done by arithmetic: bit operators would cut them to 32 bits.
 * A verifier throws instead of answering false: a caller who forgets to look cannot accept a bad proof.
 */
import { isSize } from './decimal.ts';
import { emptyRoot, equalHashes, type Hash, nodeHash } from './hash.ts';
import { TlogError } from './tlog-error.ts';

export type TreeHead = { readonly size: number; readonly root: Hash };

/** The root of the complete subtree over leaves [index * 2^level, (index + 1) * 2^level). */
export type NodeId = { readonly level: number; readonly index: number };

/** Answers with one hash per node, in the order asked. Who reads from untrusted storage verifies before answering. */
export type HashReader = (nodes: readonly NodeId[]) => readonly Hash[] | Promise<readonly Hash[]>;

type Range = { readonly start: number; readonly end: number };

/** The largest complete, aligned subtrees that cover leaves [start, end), from left to right. */
export function completeSubtrees(start: number, end: number): NodeId[] {
  if (!isSize(start) || !isSize(end) || start > end) throw new TlogError('range.invalid', 'not a range of leaves');
  const nodes: NodeId[] = [];
  for (let position = start; position < end;) {
    let level = 0;
    let width = 1;
    while (position % (2 * width) === 0 && 2 * width <= end - position) {
      level += 1;
      width *= 2;
    }
    nodes.push({ level, index: position / width });
    position += width;
  }
  return nodes;
}

/** Joins the hashes of the complete subtrees of a tree, which shrink from left to right, into its root. */
export function joinSubtrees(hashes: readonly Hash[]): Hash {
  return hashes.length === 0 ? emptyRoot() : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** What must be remembered of a tree so that it can grow: its complete subtrees, largest first. */
export type Frontier = { readonly size: number; readonly hashes: readonly Hash[] };

export const emptyFrontier: Frontier = { size: 0, hashes: [] };

export function appendLeaves(frontier: Frontier, leafHashes: Iterable<Hash>): Frontier {
  const hashes = [...frontier.hashes];
  let size = frontier.size;
  for (const leaf of leafHashes) {
    let node = leaf;
    for (let rest = size; isOdd(rest); rest = half(rest)) {
      const left = hashes.pop();
      if (left === undefined) throw new TlogError('range.invalid', 'the frontier lacks a subtree of its size');
      node = nodeHash(left, node);
    }
    hashes.push(node);
    size += 1;
  }
  return { size, hashes };
}

export function frontierRoot(frontier: Frontier): Hash {
  return joinSubtrees(frontier.hashes);
}

export async function readFrontier(size: number, readHashes: HashReader): Promise<Frontier> {
  return { size, hashes: await readHashes(completeSubtrees(0, size)) };
}

/** PATH(index, D[size]) of RFC 6962 section 2.1.1, from the leaf's sibling up to the root's child. */
export async function proveInclusion(index: number, size: number, readHashes: HashReader): Promise<Hash[]> {
  if (!isSize(index) || !isSize(size) || index >= size)
    throw new TlogError('range.invalid', 'no such leaf in this tree');
  const siblings: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const split = start + largestPowerOfTwoBelow(end - start);
    if (index < split) {
      siblings.push({ start: split, end });
      end = split;
    } else {
      siblings.push({ start, end: split });
      start = split;
    }
  }
  return readRanges(siblings.reverse(), readHashes);
}

/** PROOF(oldSize, D[newSize]) of RFC 6962 section 2.1.2. It is empty from the empty tree and between equal sizes. */
export async function proveConsistency(oldSize: number, newSize: number, readHashes: HashReader): Promise<Hash[]> {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) {
    throw new TlogError('range.invalid', 'the old tree is larger than the new one');
  }
  if (oldSize === 0 || oldSize === newSize) return [];
  const ranges: Range[] = [];
  let start = 0;
  let end = newSize;
  while (end !== oldSize) {
    const split = start + largestPowerOfTwoBelow(end - start);
    if (oldSize <= split) {
      ranges.push({ start: split, end });
      end = split;
    } else {
      ranges.push({ start, end: split });
      start = split;
    }
  }
  // When the old tree is itself a subtree of the new one, its root is known to the verifier and stays out of the proof.
  if (start > 0) ranges.push({ start, end });
  return readRanges(ranges.reverse(), readHashes);
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(leaf: Hash, index: number, tree: TreeHead, proof: readonly Hash[]): void {
  const refuse = (why: string): never => {
    throw new TlogError('inclusion.invalid', why);
  };
  if (!isSize(index) || !isSize(tree.size) || index >= tree.size) refuse('no such leaf in this tree');
  let fn = index;
  let sn = tree.size - 1;
  let root = leaf;
  for (const sibling of proof) {
    if (sn === 0) refuse('the proof is too long');
    if (isOdd(fn) || fn === sn) {
      root = nodeHash(sibling, root);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  if (sn !== 0) refuse('the proof is too short');
  if (!equalHashes(root, tree.root)) refuse('the proof leads to another root');
}

/**
 * RFC 9162 section 2.1.4.2, and as tlog-witness defines it for an old tree without leaves: everything extends it,
 * with an empty proof.
 */
export function verifyConsistency(oldTree: TreeHead, newTree: TreeHead, proof: readonly Hash[]): void {
  const refuse = (why: string): never => {
    throw new TlogError('consistency.invalid', why);
  };
  if (!isSize(oldTree.size) || !isSize(newTree.size) || oldTree.size > newTree.size) {
    refuse('the old tree is larger than the new one');
  }
  for (const tree of [oldTree, newTree]) {
    if (tree.size === 0 && !equalHashes(tree.root, emptyRoot())) refuse('the root of an empty tree is wrong');
  }
  if (oldTree.size === 0 || oldTree.size === newTree.size) {
    if (proof.length > 0) refuse('the proof is too long');
    if (oldTree.size === newTree.size && !equalHashes(oldTree.root, newTree.root)) refuse('one size, two roots');
    return;
  }
  const path = isPowerOfTwo(oldTree.size) ? [oldTree.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined) throw new TlogError('consistency.invalid', 'the proof is too short');
  let fn = oldTree.size - 1;
  let sn = newTree.size - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  let oldRoot = first;
  let newRoot = first;
  for (const node of rest) {
    if (sn === 0) refuse('the proof is too long');
    if (isOdd(fn) || fn === sn) {
      oldRoot = nodeHash(node, oldRoot);
      newRoot = nodeHash(node, newRoot);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      newRoot = nodeHash(newRoot, node);
    }
    fn = half(fn);
    sn = half(sn);
  }
  if (sn !== 0) refuse('the proof is too short');
  if (!equalHashes(oldRoot, oldTree.root)) refuse('the proof leads to another old root');
  if (!equalHashes(newRoot, newTree.root)) refuse('the proof leads to another new root');
}

async function readRanges(ranges: readonly Range[], readHashes: HashReader): Promise<Hash[]> {
  const nodes = ranges.map(({ start, end }) => completeSubtrees(start, end));
  const hashes = await readHashes(nodes.flat());
  let next = 0;
  return nodes.map(({ length }) => joinSubtrees(hashes.slice(next, (next += length))));
}

function largestPowerOfTwoBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

function isPowerOfTwo(size: number): boolean {
  return size === 1 || largestPowerOfTwoBelow(size) * 2 === size;
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

/**
 * Appending to a log: from the tree that the last checkpoint signed and new entries to the files to be written and the
 * next tree. Nothing is written here. The caller makes the files durable first and signs the new tree only then; after a
 * crash in between, the same call with the same old tree writes the same files again, or other ones for other entries:
 * no signed tree refers to what a crash left behind.
 *
 * What is read back is checked against the old root, so a damaged or foreign file cannot find its way below a signature.
 */
import { formatBundle, readBundle } from './bundle.ts';
import { equalHashes, type Hash, HASH_BYTES, leafHash } from './hash.ts';
import type { TreeHead } from './merkle.ts';
import {
  changedBundles,
  changedTiles,
  formatTilePath,
  hashInTile,
  joinEdgeTiles,
  joinTileHashes,
  readEdge,
  type ReadFile,
  TILE_WIDTH,
} from './tile.ts';
import { TlogError } from './tlog-error.ts';

export type FileWrite = { readonly path: string; readonly bytes: Uint8Array };
export type Growth = { readonly tree: TreeHead; readonly writes: readonly FileWrite[] };

/** Entry bundles and hash tiles for new entries. */
export async function growLog(old: TreeHead, entries: readonly Uint8Array[], readFile: ReadFile): Promise<Growth> {
  const partial = old.size % TILE_WIDTH;
  const index = Math.floor(old.size / TILE_WIDTH);
  const [edge, kept] = await Promise.all([
    readEdge(old, readFile),
    partial === 0 || entries.length === 0 ? [] : readBundle({ level: 'entries', index, width: partial }, readFile),
  ]);
  for (const [i, entry] of kept.entries()) {
    const tile = edge.get(0);
    if (tile === undefined || !equalHashes(leafHash(entry), hashInTile(tile, i))) {
      throw new TlogError('entry.mismatch', `entry ${index * TILE_WIDTH + i} is not the one in the tree`);
    }
  }
  const bundled = [...kept, ...entries];
  const bundles = [...changedBundles(old.size, old.size + entries.length)].map((bundle) => {
    const start = (bundle.index - index) * TILE_WIDTH;
    return { path: formatTilePath(bundle), bytes: formatBundle(bundled.slice(start, start + bundle.width)) };
  });
  const tiles = growEdge(old.size, edge, entries.map(leafHash));
  return { tree: tiles.tree, writes: entries.length === 0 ? [] : [...bundles, ...tiles.writes] };
}

/** Hash tiles alone, for who keeps the entries elsewhere. */
export async function growTiles(old: TreeHead, leafHashes: readonly Hash[], readFile: ReadFile): Promise<Growth> {
  return growEdge(old.size, await readEdge(old, readFile), leafHashes);
}

function growEdge(oldSize: number, oldEdge: ReadonlyMap<number, Uint8Array>, leafHashes: readonly Hash[]): Growth {
  const size = oldSize + leafHashes.length;
  const writes: FileWrite[] = [];
  const edge = new Map(oldEdge);
  // Per level, the hashes from the start of the first changed tile on.
  let row = Buffer.concat([edge.get(0) ?? Buffer.alloc(0), ...leafHashes]);
  let level = 0;
  let position = 0;
  let above: Hash[] = [];
  const climb = () => {
    level += 1;
    row = Buffer.concat([edge.get(level) ?? Buffer.alloc(0), ...above]);
    position = 0;
    above = [];
  };
  for (const tile of changedTiles(oldSize, size)) {
    if (tile.level > level) climb();
    const bytes = row.subarray(position, position + tile.width * HASH_BYTES);
    position += bytes.byteLength;
    writes.push({ path: formatTilePath(tile), bytes });
    if (tile.width === TILE_WIDTH) {
      above.push(joinTileHashes(bytes));
      edge.delete(level);
    } else {
      edge.set(level, bytes);
    }
  }
  const lowestFirst = [...edge].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  return { tree: { size, root: joinEdgeTiles(lowestFirst) }, writes };
}

/**
 * Reading a log that nobody has to trust. The tree of a verified checkpoint is fixed by its root; every tile and every
 * entry is checked against it before it is answered, so a wrong byte is an error and never a result.
 *
 * Network, retries, time and response limits belong to the caller's `readFile`. Memory stays bounded whatever the size of
 * the log: one tile per level, and a few entry bundles of at most 16 MiB each.
 */
import { readBundle } from './bundle.ts';
import { isSize } from './decimal.ts';
import { equalHashes, type Hash, leafHash } from './hash.ts';
import { type HashReader, proveConsistency, proveInclusion, type TreeHead, verifyConsistency } from './merkle.ts';
import {
  findTile,
  hashInTile,
  type HashTile,
  joinTileHashes,
  makeHashReader,
  readEdge,
  type ReadFile,
  readHashTile,
  TILE_WIDTH,
} from './tile.ts';
import { TlogError } from './tlog-error.ts';

export type LogEntry = { readonly index: number; readonly entry: Uint8Array; readonly leaf: Hash };

export type TreeReader = {
  readonly tree: TreeHead;
  readonly readHashes: HashReader;
  /** Entries [from, to) in order. Each bundle is checked whole, and against its tile of leaf hashes, before its first entry. */
  readonly readEntries: (from: number, to: number) => AsyncGenerator<LogEntry, void, undefined>;
  readonly proveInclusion: (index: number) => Promise<Hash[]>;
  /** The proof that this tree extends an older one. That it does not is `consistency.invalid`: the log shows two histories. */
  readonly proveExtension: (older: TreeHead) => Promise<Hash[]>;
};

/** How many entry bundles are under way at once. */
const READ_AHEAD = 4;

/** `tree` comes from a checkpoint whose signatures have been verified. */
export async function openTree(tree: TreeHead, readFile: ReadFile): Promise<TreeReader> {
  const edge = await readEdge(tree, readFile);
  const latest = new Map<number, { readonly index: number; readonly tile: Promise<Uint8Array> }>();

  const readTile = (level: number, index: number): Promise<Uint8Array> => {
    const tile = findTile(level, index, tree.size);
    if (tile === undefined) throw new TlogError('range.invalid', 'no such tile in this tree');
    const known = edge.get(level);
    if (tile.width < TILE_WIDTH && known !== undefined) return Promise.resolve(known);
    const cached = latest.get(level);
    if (cached?.index === index) return cached.tile;
    const reading = readFullTile(tile).catch((error: unknown) => {
      if (latest.get(level)?.tile === reading) latest.delete(level);
      throw error;
    });
    latest.set(level, { index, tile: reading });
    return reading;
  };

  /** The root of a full tile is a hash of the tile above it, which is checked in the same way up to the edge. */
  const readFullTile = async (tile: HashTile): Promise<Uint8Array> => {
    const [bytes, above] = await Promise.all([
      readHashTile(tile, readFile),
      readTile(tile.level + 1, Math.floor(tile.index / TILE_WIDTH)),
    ]);
    if (!equalHashes(joinTileHashes(bytes), hashInTile(above, tile.index % TILE_WIDTH))) {
      throw new TlogError('tile.mismatch', `tile ${tile.index} of level ${tile.level} does not belong to the root`);
    }
    return bytes;
  };

  const readVerifiedBundle = async (index: number): Promise<LogEntry[]> => {
    const width = Math.min(TILE_WIDTH, tree.size - index * TILE_WIDTH);
    const [leaves, entries] = await Promise.all([
      readTile(0, index),
      readBundle({ level: 'entries', index, width }, readFile),
    ]);
    return entries.map((entry, i) => {
      const leaf = leafHash(entry);
      if (!equalHashes(leaf, hashInTile(leaves, i))) {
        throw new TlogError('entry.mismatch', `entry ${index * TILE_WIDTH + i} does not belong to the root`);
      }
      return { index: index * TILE_WIDTH + i, entry, leaf };
    });
  };

  async function* readEntries(from: number, to: number): AsyncGenerator<LogEntry, void, undefined> {
    if (!isSize(from) || from > to || to > tree.size) throw new TlogError('range.invalid', 'not a range of this log');
    const end = from === to ? 0 : Math.ceil(to / TILE_WIDTH);
    const underWay: Promise<LogEntry[]>[] = [];
    let next = Math.floor(from / TILE_WIDTH);
    for (let index = next; index < end; index += 1) {
      for (; next < end && next < index + READ_AHEAD; next += 1) {
        const bundle = readVerifiedBundle(next);
        // It is awaited in its turn; when the reader stops before that, nobody else would take the failure.
        bundle.catch(() => undefined);
        underWay.push(bundle);
      }
      for (const entry of (await underWay.shift()) ?? []) {
        if (entry.index >= from && entry.index < to) yield entry;
      }
    }
  }

  const readHashes = makeHashReader(tree.size, ({ level, index }) => readTile(level, index));
  return {
    tree,
    readHashes,
    readEntries,
    proveInclusion: (index) => proveInclusion(index, tree.size, readHashes),
    proveExtension: async (older) => {
      const proof = older.size <= tree.size ? await proveConsistency(older.size, tree.size, readHashes) : [];
      verifyConsistency(older, tree, proof);
      return proof;
    },
  };
}

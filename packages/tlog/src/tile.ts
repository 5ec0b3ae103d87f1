/**
 * c2sp.org/tlog-tiles: the tree as files of up to 256 hashes each. Hash j of tile (level, index) is the root of the
 * complete subtree over leaves [(index * 256 + j) * 256^level, (index * 256 + j + 1) * 256^level).
 */
import { formatDecimal, parseDecimal } from './decimal.ts';
import { equalHashes, type Hash, HASH_BYTES, nodeHash } from './hash.ts';
import { completeSubtrees, type HashReader, joinSubtrees, type NodeId } from './merkle.ts';
import { TlogError } from './tlog-error.ts';

export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const MAX_LEVEL = 63;

/** A tile narrower than 256 is partial: it belongs to trees that end in it. */
export type Tile = { readonly level: number | 'entries'; readonly index: number; readonly width: number };
export type HashTile = Tile & { readonly level: number };

/**
 * Reads one file of a log by its path below the log's prefix, such as `tile/0/x001/234` or `tile/entries/000.p/7`.
 * Answers undefined when the log has no such file; every other failure is thrown.
 */
export type ReadFile = (path: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

export function formatTilePath({ level, index, width }: Tile): string {
  const digits = formatDecimal(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const number = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  const path = `tile/${level}/${number}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
  parseTilePath(path);
  return path;
}

/** tile/ (level or "entries") / index in groups of three digits [.p/ width] */
const TILE_PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

export function parseTilePath(path: string): Tile {
  const [, level, groups, partial] = TILE_PATH.exec(path) ?? [];
  const refuse = (): never => {
    throw new TlogError('tile.path', 'not the path of a tile');
  };
  if (level === undefined || groups === undefined || groups.startsWith('x000/')) return refuse();
  const index = Number(groups.replaceAll(/[x/]/g, ''));
  if (!Number.isSafeInteger(index)) refuse();
  if (partial !== undefined && Number(partial) >= TILE_WIDTH) refuse();
  if (level !== 'entries' && Number(level) > MAX_LEVEL) refuse();
  return {
    level: level === 'entries' ? level : parseDecimal(level),
    index,
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
}

/** The hash tiles that a tree of `newSize` has and one of `oldSize` has not, lowest level first, left to right. */
export function* changedTiles(oldSize: number, newSize: number): Generator<HashTile> {
  for (let level = 0, before = oldSize, after = newSize; after > before; level += 1) {
    for (const tile of changedBundles(before, after)) yield { ...tile, level };
    before = Math.floor(before / TILE_WIDTH);
    after = Math.floor(after / TILE_WIDTH);
  }
}

/** The same for entry bundles, which are cut like the tiles of level 0. */
export function* changedBundles(oldSize: number, newSize: number): Generator<Tile> {
  if (newSize <= oldSize) return;
  for (let index = Math.floor(oldSize / TILE_WIDTH); index * TILE_WIDTH < newSize; index += 1) {
    yield { level: 'entries', index, width: Math.min(TILE_WIDTH, newSize - index * TILE_WIDTH) };
  }
}

/** The partial tiles at the right edge of a tree, lowest level first. With them the tree can grow, and they give its root. */
export function edgeTiles(size: number): HashTile[] {
  const tiles: HashTile[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(count / TILE_WIDTH), width });
  }
  return tiles;
}

/** The tile as it is in a tree of this size: full, or partial at the right edge. */
export function findTile(level: number, index: number, size: number): HashTile | undefined {
  const count = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return count > 0 ? { level, index, width: Math.min(TILE_WIDTH, count) } : undefined;
}

/** A log may drop a partial tile once the full one exists, so that is tried next, and cut to the width asked for. */
export async function readHashTile(tile: HashTile, readFile: ReadFile): Promise<Uint8Array> {
  const path = formatTilePath(tile);
  const bytes = await readFile(path);
  if (bytes !== undefined) return checkTileSize(bytes, tile.width, path);
  const full = tile.width < TILE_WIDTH ? await readFile(formatTilePath({ ...tile, width: TILE_WIDTH })) : undefined;
  if (full === undefined) throw new TlogError('tile.missing', `the log has no ${path}`);
  return checkTileSize(full, TILE_WIDTH, path).subarray(0, tile.width * HASH_BYTES);
}

function checkTileSize(bytes: Uint8Array, width: number, path: string): Uint8Array {
  if (bytes.byteLength === width * HASH_BYTES) return bytes;
  throw new TlogError('tile.size', `${path} does not have ${width} hashes`);
}

export function hashInTile(tile: Uint8Array, position: number): Hash {
  const bytes = tile.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
  if (bytes.byteLength !== HASH_BYTES) throw new TlogError('tile.size', 'the tile is too narrow');
  return bytes;
}

/** The root over `count` consecutive hashes of a tile; `count` is a power of two and divides `position`. */
export function joinTileHashes(tile: Uint8Array, position = 0, count = TILE_WIDTH): Hash {
  let row = Array.from({ length: count }, (_, i) => hashInTile(tile, position + i));
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(pick(row, 2 * i), pick(row, 2 * i + 1)));
  }
  return pick(row, 0);
}

function pick(row: readonly Hash[], index: number): Hash {
  const hash = row[index];
  if (hash === undefined) throw new TlogError('range.invalid', 'not a power of two');
  return hash;
}

/** The root of a tree from the contents of its edge tiles, lowest level first. */
export function joinEdgeTiles(edge: readonly Uint8Array[]): Hash {
  const hashes = edge.toReversed().flatMap((tile) =>
    completeSubtrees(0, tile.byteLength / HASH_BYTES).map(({ level, index }) => {
      const width = 2 ** level;
      return joinTileHashes(tile, index * width, width);
    }),
  );
  return joinSubtrees(hashes);
}

/** Reads the right edge of a tree and makes sure that it is the edge of the tree with this root. */
export async function readEdge(
  tree: { readonly size: number; readonly root: Hash },
  readFile: ReadFile,
): Promise<Map<number, Uint8Array>> {
  const edge = edgeTiles(tree.size);
  const contents = await Promise.all(edge.map((tile) => readHashTile(tile, readFile)));
  if (!equalHashes(joinEdgeTiles(contents), tree.root)) {
    throw new TlogError('tile.mismatch', 'the tiles at the right edge do not lead to the root');
  }
  return new Map(edge.map(({ level }, i) => [level, pick(contents, i)]));
}

/** Reads the hashes of nodes of a tree of this size from its tiles; each tile is read once per call. */
export function makeHashReader(size: number, readTile: (tile: HashTile) => Promise<Uint8Array>): HashReader {
  return async (nodes) => {
    const reads = new Map<string, Promise<Uint8Array>>();
    return Promise.all(
      nodes.map(async (node) => {
        const { level, index, position, count } = locateNode(node);
        const tile = findTile(level, index, size);
        if (tile === undefined) throw new TlogError('range.invalid', 'no such node in this tree');
        const key = `${level}/${index}`;
        const read = reads.get(key) ?? readTile(tile);
        reads.set(key, read);
        return joinTileHashes(await read, position, count);
      }),
    );
  };
}

/** Where the hashes below a node lie: `count` hashes of one tile from `position` on. */
function locateNode({ level, index }: NodeId): { level: number; index: number; position: number; count: number } {
  const count = 2 ** (level % TILE_HEIGHT);
  const first = index * count;
  return {
    level: Math.floor(level / TILE_HEIGHT),
    index: Math.floor(first / TILE_WIDTH),
    position: first % TILE_WIDTH,
    count,
  };
}

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leafHash } from './hash.ts';
import { appendLeaves, emptyFrontier, frontierRoot, proveConsistency, proveInclusion } from './merkle.ts';
import { appendEntries, entriesUpTo, makeMemoryLog } from './memory-log.fixture.ts';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.fixture.ts';
import { refusal } from './refusal.fixture.ts';
import {
  changedBundles,
  changedTiles,
  edgeTiles,
  formatTilePath,
  joinEdgeTiles,
  joinTileHashes,
  makeHashReader,
  parseTilePath,
  readEdge,
  readHashTile,
  type Tile,
} from './tile.ts';

const paths = (tiles: Iterable<Tile>) => [...tiles].map(formatTilePath);

describe('paths', () => {
  test.each([
    '',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/001/234',
    'tile/0/x001/x234',
    'tile/0/x000/001',
    'tile/00/001',
    'tile/64/001',
    'tile/-1/001',
    'tile/8/0/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/01',
    'tile/0/001.p/',
    'tile/0/001/',
    '/tile/0/001',
    'tile/0/001\n',
    'tile/0/../001',
    'tile/data/001',
    'tile/0/x999/x999/x999/x999/x999/999',
  ])('%j is refused', (path) => {
    expect(() => parseTilePath(path)).toThrow(refusal('tile.path'));
  });

  test('a tile that cannot exist has no path', () => {
    expect(() => formatTilePath({ level: 0, index: 0, width: 0 })).toThrow(refusal('tile.path'));
    expect(() => formatTilePath({ level: 0, index: 0, width: 257 })).toThrow(refusal('tile.path'));
    expect(() => formatTilePath({ level: 64, index: 0, width: 1 })).toThrow(refusal('tile.path'));
    expect(() => formatTilePath({ level: 0.5, index: 0, width: 1 })).toThrow(refusal('tile.path'));
    expect(() => formatTilePath({ level: 0, index: -1, width: 1 })).toThrow(refusal('size.malformed'));
  });

  test('the example of tlog-tiles comes out', () => {
    expect(formatTilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(formatTilePath({ level: 'entries', index: 5, width: 7 })).toBe('tile/entries/005.p/7');
  });

  test('every tile survives its path', () => {
    const tile = fc.record({
      level: fc.oneof(fc.nat(63), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tile, (it) => {
        expect(parseTilePath(formatTilePath(it))).toEqual(it);
      }),
    );
  });

  test('whatever parses is the one path of its tile', () => {
    const text = fc.stringMatching(/^tile\/(entries|[0-9]{1,2})\/(x[0-9]{3}\/){0,2}[0-9]{3}(\.p\/[0-9]{1,3})?$/);
    const parsed = fc.sample(text, 2000).flatMap((path) => {
      try {
        return [{ path, tile: parseTilePath(path) }];
      } catch {
        return [];
      }
    });
    expect(parsed.length).toBeGreaterThan(100);
    expect(parsed.map(({ tile }) => formatTilePath(tile))).toEqual(parsed.map(({ path }) => path));
  });
});

describe('which tiles a tree has', () => {
  test('a tree of 70,000 has the tiles that the specification counts', () => {
    const tiles = [...changedTiles(0, 70_000)];
    const count = (level: number, full: boolean) =>
      tiles.filter((tile) => tile.level === level && (tile.width === 256) === full).length;
    expect([count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)]).toEqual([
      273, 1, 1, 1, 1,
    ]);
    expect(tiles).toHaveLength(277);
    expect(paths(edgeTiles(70_000))).toEqual(['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']);
  });

  test('a tree of 256 has one full tile and one partial tile above it', () => {
    expect(paths(changedTiles(0, 256))).toEqual(['tile/0/000', 'tile/1/000.p/1']);
    expect(paths(changedBundles(0, 256))).toEqual(['tile/entries/000']);
  });

  test('a tree that did not grow, or has no leaf, has no new tile', () => {
    for (const size of [0, 5, 256]) {
      expect(paths(changedTiles(size, size))).toEqual([]);
      expect(paths(changedBundles(size, size))).toEqual([]);
    }
  });

  test('growing changes exactly those tiles of the larger tree that the smaller one lacks', () => {
    const pair = fc.tuple(fc.nat(200_000), fc.nat(200_000)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const had = new Set(paths(changedTiles(0, before)));
        expect(paths(changedTiles(before, after))).toEqual(
          paths(changedTiles(0, after)).filter((path) => !had.has(path)),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('hashes in tiles', () => {
  const SIZE = 700;
  const entries = entriesUpTo(SIZE);

  test('a tile of the wrong length is refused, and a missing one is named', async () => {
    const tile = { level: 0, index: 1, width: 3 };
    await expect(readHashTile(tile, () => new Uint8Array(95))).rejects.toEqual(refusal('tile.size'));
    await expect(readHashTile(tile, () => undefined)).rejects.toEqual(refusal('tile.missing'));
    await expect(readHashTile({ ...tile, width: 256 }, () => new Uint8Array(32))).rejects.toEqual(refusal('tile.size'));
    const shortFull = (path: string) => (path.includes('.p/') ? undefined : new Uint8Array(96));
    await expect(readHashTile(tile, shortFull)).rejects.toEqual(refusal('tile.size'));
  });

  test('other failures of the reader are passed on as they are', async () => {
    const broken = () => Promise.reject(new Error('connection reset'));
    await expect(readHashTile({ level: 0, index: 0, width: 3 }, broken)).rejects.toThrow('connection reset');
  });

  test('the full tile stands in for a partial one that was dropped', async () => {
    const full = Buffer.concat(entries.slice(0, 256).map(leafHash));
    const read = await readHashTile({ level: 0, index: 0, width: 3 }, (path) =>
      path === 'tile/0/000' ? full : undefined,
    );
    expect(read).toEqual(full.subarray(0, 96));
  });

  test('the edge of another tree is refused', async () => {
    const log = makeMemoryLog();
    const tree = await appendEntries(log, entries);
    const read = (path: string) => log.files.get(path);
    expect(joinEdgeTiles([...(await readEdge(tree, read)).values()])).toEqual(tree.root);
    await expect(readEdge({ ...tree, root: leafHash(Buffer.from('other')) }, read)).rejects.toEqual(
      refusal('tile.mismatch'),
    );
  });

  test('proofs read from tiles are those of the recursive definition, for every size a log went through', async () => {
    const log = makeMemoryLog();
    await appendEntries(log, entries.slice(0, 300));
    await appendEntries(log, entries.slice(300));
    const reader = (size: number) => makeHashReader(size, (tile) => readHashTile(tile, (path) => log.files.get(path)));
    for (const [index, size] of [
      [0, 300],
      [299, 300],
      [0, SIZE],
      [255, SIZE],
      [256, SIZE],
      [520, SIZE],
      [SIZE - 1, SIZE],
    ] as const) {
      expect(await proveInclusion(index, size, reader(size))).toEqual(naivePath(index, entries.slice(0, size)));
    }
    for (const oldSize of [1, 2, 255, 256, 257, 300, 512, 699, SIZE]) {
      expect(await proveConsistency(oldSize, SIZE, reader(SIZE))).toEqual(naiveProof(oldSize, entries));
    }
  });

  test('each tile is read once for all the hashes of a proof', async () => {
    const log = makeMemoryLog();
    const { size } = await appendEntries(log, entries);
    const reads: string[] = [];
    const read = makeHashReader(size, (tile) => {
      reads.push(formatTilePath(tile));
      return readHashTile(tile, (path) => log.files.get(path));
    });
    await proveInclusion(300, size, read);
    expect(reads.sort()).toEqual(['tile/0/001', 'tile/0/002.p/188', 'tile/1/000.p/2']);
  });

  test('a node outside the tree is refused', async () => {
    const read = makeHashReader(5, () => expect.unreachable());
    await expect(read([{ level: 0, index: 300 }])).rejects.toEqual(refusal('range.invalid'));
    await expect(read([{ level: 8, index: 0 }])).rejects.toEqual(refusal('range.invalid'));
  });

  test('the root of part of a tile is the root of the leaves below it', () => {
    const tile = Buffer.concat(entries.slice(0, 256).map(leafHash));
    expect(joinTileHashes(tile)).toEqual(naiveRoot(entries.slice(0, 256)));
    expect(joinTileHashes(tile, 64, 64)).toEqual(naiveRoot(entries.slice(64, 128)));
    expect(frontierRoot(appendLeaves(emptyFrontier, entries.slice(0, 256).map(leafHash)))).toEqual(
      joinTileHashes(tile),
    );
    expect(() => joinTileHashes(tile.subarray(0, 64), 2, 1)).toThrow(refusal('tile.size'));
  });
});

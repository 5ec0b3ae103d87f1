import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBundle } from './bundle.ts';
import { openTree } from './client.ts';
import { leafHash } from './hash.ts';
import { verifyInclusion } from './merkle.ts';
import {
  appendEntries,
  entriesUpTo,
  entry,
  fileOf,
  flipBit,
  makeMemoryLog,
  type MemoryLog,
} from './memory-log.fixture.ts';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.fixture.ts';
import { refusal } from './refusal.fixture.ts';

async function makeLog(...sizes: number[]): Promise<MemoryLog> {
  const log = makeMemoryLog();
  const entries = entriesUpTo(Math.max(0, ...sizes));
  for (const size of sizes) await appendEntries(log, entries.slice(log.tree.size, size));
  return log;
}

const readerOf = (log: MemoryLog) => (path: string) => log.files.get(path);

async function readAll(log: MemoryLog, from = 0, to = log.tree.size): Promise<Uint8Array[]> {
  const { readEntries } = await openTree(log.tree, readerOf(log));
  const entries: Uint8Array[] = [];
  for await (const { entry: bytes } of readEntries(from, to)) entries.push(bytes);
  return entries;
}

describe('what a log cannot get away with', () => {
  test('a flipped bit in any file of the tree is refused before the entry it concerns is answered', async () => {
    const log = await makeLog(700);
    for (const path of log.files.keys()) {
      const bytes = fileOf(log, path);
      for (let bit = 0; bit < bytes.length * 8; bit += 8 * 331 + 1) {
        const damaged = { ...log, files: new Map(log.files).set(path, flipBit(bytes, bit)) };
        await expect(readAll(damaged)).rejects.toHaveProperty(
          'code',
          expect.stringMatching(/^(tile\.mismatch|entry\.mismatch|bundle\.malformed)$/),
        );
      }
    }
  });

  test('entries before the damaged bundle are answered, none of that bundle is', async () => {
    const log = await makeLog(700);
    log.files.set('tile/entries/001', flipBit(fileOf(log, 'tile/entries/001'), 8 * 1000));
    const { readEntries } = await openTree(log.tree, readerOf(log));
    let last = -1;
    const read = async () => {
      for await (const { index } of readEntries(0, 700)) last = index;
    };
    await expect(read()).rejects.toEqual(refusal('entry.mismatch'));
    expect(last).toBe(255);
  });

  test('an entry exchanged together with its leaf hash, up to the tile below the root, is refused', async () => {
    const log = await makeLog(700);
    const forged = await appendEntries(makeMemoryLog(), entriesUpTo(700).with(300, entry('forged')));
    const files = makeMemoryLog();
    await appendEntries(files, entriesUpTo(700).with(300, entry('forged')));
    expect(forged.root).not.toEqual(log.tree.root);
    for (const path of ['tile/entries/001', 'tile/0/001']) log.files.set(path, fileOf(files, path));
    await expect(readAll(log)).rejects.toEqual(refusal('tile.mismatch'));
    log.files.set('tile/1/000.p/2', fileOf(files, 'tile/1/000.p/2'));
    await expect(readAll(log)).rejects.toEqual(refusal('tile.mismatch'));
  });

  test('a missing tile or bundle is named, and the failure of the reader itself is passed on', async () => {
    const log = await makeLog(700);
    for (const path of log.files.keys()) {
      const files = new Map(log.files);
      files.delete(path);
      await expect(readAll({ ...log, files })).rejects.toEqual(refusal('tile.missing'));
    }
    await expect(openTree(log.tree, () => Promise.reject(new Error('timeout')))).rejects.toThrow('timeout');
  });

  test('a bundle with one entry more or fewer is refused', async () => {
    const log = await makeLog(700);
    for (const count of [255, 257]) {
      const files = new Map(log.files).set('tile/entries/000', formatBundle(entriesUpTo(count)));
      await expect(readAll({ ...log, files })).rejects.toEqual(refusal('bundle.malformed'));
    }
  });

  test('another history of the same log, a rewritten past and a log that shrank are no extension', async () => {
    const [log, other] = [await makeLog(300, 700), makeMemoryLog()];
    await appendEntries(other, entriesUpTo(300).with(17, entry('rewritten')));
    const { proveExtension } = await openTree(log.tree, readerOf(log));
    const invalid = refusal('consistency.invalid');
    await expect(proveExtension(other.tree)).rejects.toEqual(invalid);
    await expect(proveExtension({ size: 700, root: other.tree.root })).rejects.toEqual(invalid);
    await expect(proveExtension({ size: 701, root: log.tree.root })).rejects.toEqual(invalid);
    await expect(proveExtension({ size: 0, root: other.tree.root })).rejects.toEqual(invalid);
  });

  test('a range outside the log is refused', async () => {
    const log = await makeLog(10);
    for (const [from, to] of [
      [0, 11],
      [-1, 5],
      [6, 5],
      [0.5, 5],
      [11, 11],
    ] as const) {
      await expect(readAll(log, from, to)).rejects.toEqual(refusal('range.invalid'));
    }
    const { proveInclusion } = await openTree(log.tree, readerOf(log));
    await expect(proveInclusion(10)).rejects.toEqual(refusal('range.invalid'));
  });

  test('a damaged tile that was refused is read anew when asked again, not remembered', async () => {
    const log = await makeLog(700);
    let isDamaged = true;
    const { proveInclusion } = await openTree(log.tree, (path) => {
      const bytes = log.files.get(path);
      return bytes !== undefined && isDamaged && path === 'tile/0/000' ? flipBit(bytes, 9) : bytes;
    });
    await expect(proveInclusion(3)).rejects.toEqual(refusal('tile.mismatch'));
    isDamaged = false;
    expect(await proveInclusion(3)).toEqual(naivePath(3, entriesUpTo(700)));
  });
});

test('any range of any log comes out as it went in', async () => {
  const range = fc
    .tuple(fc.nat(1200), fc.nat(), fc.nat())
    .map(
      ([size, a, b]) =>
        [size, Math.min(a % (size + 1), b % (size + 1)), Math.max(a % (size + 1), b % (size + 1))] as const,
    );
  await fc.assert(
    fc.asyncProperty(range, async ([size, from, to]) => {
      expect(await readAll(await makeLog(size), from, to)).toEqual(entriesUpTo(size).slice(from, to));
    }),
    { numRuns: 30 },
  );
});

test('proofs are those of the recursive definition', async () => {
  const log = await makeLog(300, 700);
  const entries = entriesUpTo(700);
  const { proveInclusion, proveExtension } = await openTree(log.tree, readerOf(log));
  expect(await proveInclusion(299)).toEqual(naivePath(299, entries));
  verifyInclusion(leafHash(entry(299)), 299, log.tree, await proveInclusion(299));
  expect(await proveExtension({ size: 300, root: naiveRoot(entries.slice(0, 300)) })).toEqual(naiveProof(300, entries));
  expect(await proveExtension(log.tree)).toEqual([]);
  expect(await proveExtension({ size: 0, root: naiveRoot([]) })).toEqual([]);
});

test('an empty log opens and has nothing to read', async () => {
  expect(await readAll(await makeLog())).toEqual([]);
});

test('a log that dropped its partial tiles for full ones still serves an older tree', async () => {
  const log = await makeLog(300, 700);
  for (const path of log.files.keys()) {
    if (path.endsWith('.p/44')) log.files.delete(path);
  }
  const older = { size: 300, root: naiveRoot(entriesUpTo(300)) };
  expect(await readAll({ ...log, tree: older })).toEqual(entriesUpTo(300));
});

test('reading in order fetches each file once, a few bundles ahead of the reader and no more', async () => {
  const log = await makeLog(3000);
  const fetched: string[] = [];
  const { readEntries } = await openTree(log.tree, (path) => {
    fetched.push(path);
    return log.files.get(path);
  });
  const entries = readEntries(0, 3000);
  await entries.next();
  expect(fetched.filter((path) => path.startsWith('tile/entries/'))).toHaveLength(4);
  for await (const { index } of entries) expect(index).toBeLessThan(3000);
  expect(new Set(fetched).size).toBe(fetched.length);
  expect([...fetched].sort()).toEqual([...log.files.keys()].sort());
});

test('a reader who stops early leaves no failure behind', async () => {
  const log = await makeLog(1200);
  log.files.delete('tile/entries/002');
  const { readEntries } = await openTree(log.tree, readerOf(log));
  for await (const { index } of readEntries(0, 1200)) {
    expect(index).toBe(0);
    break;
  }
});

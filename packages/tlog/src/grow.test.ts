import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBundle } from './bundle.ts';
import { growLog, growTiles } from './grow.ts';
import { leafHash } from './hash.ts';
import { appendEntries, entriesUpTo, entry, fileOf, flipBit, makeMemoryLog } from './memory-log.fixture.ts';
import { naiveRoot } from './naive-tree.fixture.ts';
import { refusal } from './refusal.fixture.ts';
import { changedBundles, changedTiles, formatTilePath } from './tile.ts';

test('one flipped bit in any file that is read back stops the growth before anything can be signed', async () => {
  const log = makeMemoryLog();
  const tree = await appendEntries(log, entriesUpTo(300));
  for (const path of ['tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/001.p/44']) {
    const bytes = fileOf(log, path);
    for (let bit = 0; bit < bytes.length * 8; bit += 61) {
      const damaged = flipBit(bytes, bit);
      const read = (wanted: string) => (wanted === path ? damaged : log.files.get(wanted));
      await expect(growLog(tree, [entry('new')], read)).rejects.toHaveProperty(
        'code',
        expect.stringMatching(/^(tile\.mismatch|entry\.mismatch|bundle\.malformed)$/),
      );
    }
  }
});

test('a file that is missing or belongs to another tree stops the growth', async () => {
  const log = makeMemoryLog();
  const tree = await appendEntries(log, entriesUpTo(300));
  const without = (path: string) => (wanted: string) => (wanted === path ? undefined : log.files.get(wanted));
  for (const path of ['tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/001.p/44']) {
    await expect(growLog(tree, [entry('new')], without(path))).rejects.toEqual(refusal('tile.missing'));
  }
  const read = (path: string) => log.files.get(path);
  await expect(growLog({ ...tree, root: leafHash(entry(0)) }, [entry('new')], read)).rejects.toEqual(
    refusal('tile.mismatch'),
  );
});

test('a kept entry that is not the one in the tree stops the growth', async () => {
  const log = makeMemoryLog();
  const tree = await appendEntries(log, entriesUpTo(3));
  const bundle = formatBundle([entry(0), entry('x'), entry(2)]);
  const read = (path: string) => (path === 'tile/entries/000.p/3' ? bundle : log.files.get(path));
  await expect(growLog(tree, [entry(3)], read)).rejects.toEqual(refusal('entry.mismatch'));
});

test('an entry that is too large leaves the log as it was', async () => {
  const log = makeMemoryLog();
  const tree = await appendEntries(log, entriesUpTo(3));
  await expect(appendEntries(log, [entry(3), new Uint8Array(65_536)])).rejects.toEqual(refusal('entry.too-large'));
  expect(log.tree).toEqual(tree);
});

test('a log grown in any steps has the root of the recursive definition and the files of one grown at once', async () => {
  const steps = fc.array(fc.oneof(fc.nat(12), fc.nat(400), fc.constantFrom(255, 256, 257)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(steps, async (counts) => {
      const entries = entriesUpTo(counts.reduce((sum, count) => sum + count, 0));
      const [inSteps, atOnce] = [makeMemoryLog(), makeMemoryLog()];
      for (const count of counts) {
        const { size } = inSteps.tree;
        await appendEntries(inSteps, entries.slice(size, size + count));
      }
      await appendEntries(atOnce, entries);
      expect(inSteps.tree).toEqual({ size: entries.length, root: naiveRoot(entries) });
      expect(atOnce.tree).toEqual(inSteps.tree);
      for (const [path, bytes] of atOnce.files) expect(inSteps.files.get(path)).toEqual(bytes);
      expect([...atOnce.files.keys()]).toEqual(
        [...changedBundles(0, entries.length), ...changedTiles(0, entries.length)].map(formatTilePath),
      );
    }),
    { numRuns: 40 },
  );
});

test.each([[255], [256], [511], [65_535], [65_536]])('a log of %i entries grows by one', async (size) => {
  const log = makeMemoryLog();
  const entries = entriesUpTo(size + 1);
  await appendEntries(log, entries.slice(0, size));
  await appendEntries(log, entries.slice(size));
  expect(log.tree).toEqual({ size: size + 1, root: naiveRoot(entries) });
});

test('only what changed is written', async () => {
  const log = makeMemoryLog();
  await appendEntries(log, entriesUpTo(511));
  const { writes } = await growLog(log.tree, [entry(511)], (path) => log.files.get(path));
  expect(writes.map(({ path }) => path)).toEqual(['tile/entries/001', 'tile/0/001', 'tile/1/000.p/2']);
});

test('without new entries nothing is written and the tree stays', async () => {
  const log = makeMemoryLog();
  const tree = await appendEntries(log, entriesUpTo(300));
  expect(await growLog(tree, [], (path) => log.files.get(path))).toEqual({ tree, writes: [] });
});

test('a crash after writing and before signing costs nothing: the same growth runs again, with other entries too', async () => {
  const log = makeMemoryLog();
  const signed = await appendEntries(log, entriesUpTo(250));
  await appendEntries(log, [entry('lost')]);
  log.tree = signed;
  const entries = [...entriesUpTo(250), entry('kept'), entry('after')];
  await appendEntries(log, entries.slice(250));
  expect(log.tree.root).toEqual(naiveRoot(entries));
});

test('hash tiles grow alike without the entries', async () => {
  const log = makeMemoryLog();
  const old = await appendEntries(log, entriesUpTo(300));
  const added = entriesUpTo(600).slice(300);
  const read = (path: string) => log.files.get(path);
  const [all, tiles] = [await growLog(old, added, read), await growTiles(old, added.map(leafHash), read)];
  expect(tiles.tree).toEqual(all.tree);
  expect(tiles.writes).toEqual(all.writes.filter(({ path }) => !path.startsWith('tile/entries/')));
});

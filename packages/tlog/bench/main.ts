/** Throughput of appending, proving and reading, in memory: what the formats cost, without disk or network. */
import { openTree, type TreeReader } from '@reciproca/tlog/client';
import { growLog } from '@reciproca/tlog/grow';
import { emptyRoot, leafHash } from '@reciproca/tlog/hash';
import { type TreeHead, verifyInclusion } from '@reciproca/tlog/merkle';

const ENTRIES = 70_000;
const ENTRY_BYTES = 400;
const PROOFS = 5_000;
const entries = Array.from({ length: ENTRIES }, (_, i) => Buffer.alloc(ENTRY_BYTES, `entry ${i} `));

type Log = { tree: TreeHead; files: Map<string, Uint8Array> };

async function build(perBatch: number): Promise<Log> {
  const files = new Map<string, Uint8Array>();
  let tree: TreeHead = { size: 0, root: emptyRoot() };
  for (let start = 0; start < ENTRIES; start += perBatch) {
    const growth = await growLog(tree, entries.slice(start, start + perBatch), (path) => files.get(path));
    tree = growth.tree;
    for (const { path, bytes } of growth.writes) files.set(path, bytes);
  }
  return { tree, files };
}

async function prove(reader: TreeReader): Promise<void> {
  for (let i = 0; i < PROOFS; i += 1) {
    const index = (i * 7919) % ENTRIES;
    const leaf = leafHash(entries[index] ?? Buffer.alloc(0));
    verifyInclusion(leaf, index, reader.tree, await reader.proveInclusion(index));
  }
}

async function readAll(reader: TreeReader): Promise<void> {
  let bytes = 0;
  for await (const { entry } of reader.readEntries(0, ENTRIES)) bytes += entry.byteLength;
  if (bytes !== ENTRIES * ENTRY_BYTES) throw new Error('not all entries were read');
}

async function measure<Result>(name: string, count: number, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${name.padEnd(44)} ${seconds.toFixed(2).padStart(7)} s ${Math.round(count / seconds).toLocaleString('en')} /s`,
  );
  return result;
}

const log = await measure('append 70,000 entries at once', ENTRIES, () => build(ENTRIES));
await measure('append in batches of 1,000', ENTRIES, () => build(1_000));
await measure('append in batches of 50', ENTRIES, () => build(50));
const reader = await openTree(log.tree, (path) => log.files.get(path));
await measure('prove and verify inclusion, scattered', PROOFS, () => prove(reader));
await measure('read and verify all entries', ENTRIES, () => readAll(reader));

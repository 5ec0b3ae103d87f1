/** A log in memory, for tests: its files, a reader over them, and a way to grow it as a node would. */
import { growLog } from './grow.ts';
import { emptyRoot } from './hash.ts';
import type { TreeHead } from './merkle.ts';

export type MemoryLog = { tree: TreeHead; readonly files: Map<string, Uint8Array> };

export function makeMemoryLog(): MemoryLog {
  return { tree: { size: 0, root: emptyRoot() }, files: new Map() };
}

export async function appendEntries(log: MemoryLog, entries: readonly Uint8Array[]): Promise<TreeHead> {
  const { tree, writes } = await growLog(log.tree, entries, (path) => log.files.get(path));
  for (const { path, bytes } of writes) log.files.set(path, Buffer.from(bytes));
  log.tree = tree;
  return tree;
}

export function fileOf(log: MemoryLog, path: string): Uint8Array {
  const bytes = log.files.get(path);
  if (bytes === undefined) throw new Error(`the log has no ${path}`);
  return bytes;
}

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  return Buffer.from(bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)));
}

export function entry(text: string | number): Uint8Array {
  return Buffer.from(`entry ${text}`);
}

export function entriesUpTo(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => entry(i));
}

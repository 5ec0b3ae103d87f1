/**
 * A table on its way out. The database gives it as fast as it can, inside the transaction; who asked may take an hour over a bad line, and holds
 * nothing but a file meanwhile. A table that fails on the way is a failure and not half a table.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { problem } from '../problem.ts';

/** What is smaller stays in memory. */
const memoryBytes = 256_000;

type Pieces = AsyncIterable<string | Uint8Array>;

/** Small ones whole; larger ones to be read from a file that has no name any more and goes with its reader. */
export async function spool(pieces: Pieces, directory: string): Promise<Uint8Array | Readable> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let file: FileHandle | undefined;
  try {
    for await (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      held.push(bytes);
      heldBytes += bytes.byteLength;
      if (heldBytes < memoryBytes) continue;
      file ??= await openNameless(directory);
      await write(file, held);
      held = [];
      heldBytes = 0;
    }
    if (!file) return Buffer.concat(held);
    await write(file, held);
    return file.createReadStream({ start: 0 });
  } catch (error) {
    await file?.close();
    throw error;
  }
}

/** Ends what would have been read, without reading it. */
export async function leaveUnread(pieces: Pieces): Promise<void> {
  await pieces[Symbol.asyncIterator]().return?.();
}

async function openNameless(directory: string): Promise<FileHandle> {
  const name = path.join(directory, `answer-${randomUUID()}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(name, 'wx+', 0o600);
  // From here on a crash leaves nothing.
  await rm(name);
  return file;
}

async function write(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  try {
    await file.writev([...pieces]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT' ? problem.diskFull({}, error) : error;
  }
}

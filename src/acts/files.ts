import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where tiles and bundles lie. Paths are relative, of the C2SP tile layout; a directory now, an object store is the other implementation in view. */
export interface LogFiles {
  /** Undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Durable when it returns, never half-written under its name; writing the same file again is allowed. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes whatever lies below this path; nothing may be there. */
  drop(path: string): Promise<void>;
}

export function openLogDirectory(root: string): LogFiles {
  return {
    async read(path) {
      try {
        return await readFile(join(root, path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(path, bytes) {
      const target = join(root, path);
      const temporary = `${target}.${process.pid}.new`;
      const directory = dirname(target);
      const file = await openIn(directory, temporary);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
      await syncDirectory(directory);
    },
    async drop(path) {
      await rm(join(root, path), { recursive: true, force: true });
    },
  };
}

async function openIn(directory: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeDirectory(directory);
    return open(path, 'w');
  }
}

/** Durable as well, with every directory above it that had to be made. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

/** A new name is durable only when its directory is (fsync(2), notes). */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** All of them durable, or none still being written when it throws: the next try may write the same names. */
export async function writeAll(
  files: LogFiles,
  writes: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const done = await Promise.allSettled(writes.map(({ path, bytes }) => files.write(path, bytes)));
  for (const each of done) if (each.status === 'rejected') throw each.reason;
}

/** A partial tile is read by nobody who can read the full one (C2SP tlog-tiles): once that is durable and signed, the others only fill the disk. */
export async function dropPartials(files: LogFiles, written: readonly { readonly path: string }[]): Promise<void> {
  const full = written.filter(({ path }) => !path.includes('.p/'));
  await Promise.all(full.map(({ path }) => files.drop(`${path}.p`)));
}

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where tiles and bundles lie. Paths are relative, of the C2SP tile layout; a directory now, an object store is the other implementation in view. */
export interface LogFiles {
  /** Undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Durable when it returns, never half-written under its name; writing the same file again is allowed. */
  write(path: string, bytes: Uint8Array): Promise<void>;
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
      await mkdir(directory, { recursive: true });
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
      await syncDirectory(directory);
    },
  };
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

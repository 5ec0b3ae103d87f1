/**
 * The files behind submissions, one directory a party, each under the SHA-256 of its bytes. A file is durable before the row that refers to it
 * is committed; a crash between the two leaves a file that nothing refers to, which costs space and is taken up when the same bytes come again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PartyId } from '../../../ids.ts';
import { problem } from '../../../problem.ts';

export interface Stored {
  readonly sha256: Buffer;
  readonly sizeBytes: number;
}

export interface Attachments {
  /** Takes over a file of this machine. `move`: it is ours to take away. */
  keepFile(file: string, how: 'copy' | 'move'): Promise<Stored>;
  /** Writes a new one; nothing is kept until `keep`, and `drop` leaves nothing behind. */
  create(): Promise<Draft>;
  read(sha256: Buffer): AsyncIterable<Uint8Array>;
  /** A directory on the same disk for what may yet be refused, that takes everything with it when it is disposed of. */
  openScratch(): Promise<Scratch>;
}

export interface Scratch extends AsyncDisposable {
  readonly attachments: Attachments;
  /** Gives what was kept in it its name among ours. */
  handOver(sha256: Buffer): Promise<void>;
}

export interface Draft {
  write(text: string): Promise<void>;
  keep(): Promise<Stored>;
  drop(): Promise<void>;
}

/** Large enough that a million rows are a few hundred pieces, small enough that many readers fit in memory. */
const pieceBytes = 256 * 1024;

export function openAttachments(dataDir: string, party: PartyId): Attachments {
  return openDirectory(path.join(dataDir, 'attachments', party));
}

function openDirectory(root: string): Attachments {
  const pathOf = (sha256: Buffer): string => pathIn(root, sha256);

  /** From a whole file in our own directory to its final name. */
  async function settle(temporary: string): Promise<Stored> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of createReadStream(temporary, { highWaterMark: pieceBytes })) {
      const bytes = piece as Buffer;
      hash.update(bytes);
      sizeBytes += bytes.length;
    }
    const sha256 = hash.digest();
    await sync(temporary);
    await nameFile(temporary, pathOf(sha256));
    return { sha256, sizeBytes };
  }

  const makeNew = async (): Promise<string> => {
    const directory = path.join(root, 'new');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  };
  const temporaryPath = async (): Promise<string> => path.join(await makeNew(), randomUUID());

  return {
    async keepFile(file, how) {
      const temporary = await temporaryPath();
      try {
        if (how === 'move') await moveFile(file, temporary);
        else await copyFile(file, temporary);
        return await settle(temporary);
      } catch (error) {
        await rm(temporary, { force: true });
        throw asProblem(error);
      }
    },
    async create() {
      const temporary = await temporaryPath();
      const handle = await open(temporary, 'wx', 0o600).catch((error: unknown) => {
        throw asProblem(error);
      });
      let isOpen = true;
      const close = async (): Promise<void> => {
        if (isOpen) await handle.close();
        isOpen = false;
      };
      const drop = async (): Promise<void> => {
        await close();
        await rm(temporary, { force: true });
      };
      return {
        async write(text) {
          try {
            await handle.writeFile(text); // at the current end
          } catch (error) {
            throw asProblem(error);
          }
        },
        async keep() {
          try {
            await close();
            return await settle(temporary);
          } catch (error) {
            await drop();
            throw asProblem(error);
          }
        },
        drop,
      };
    },
    read: (sha256) => createReadStream(pathOf(sha256), { highWaterMark: pieceBytes }),
    async openScratch() {
      const directory = await mkdtemp(path.join(await makeNew(), 'scratch-'));
      return {
        attachments: openDirectory(directory),
        handOver: (sha256) => nameFile(pathIn(directory, sha256), pathOf(sha256)),
        [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
      };
    },
  };
}

function pathIn(root: string, sha256: Buffer): string {
  const name = sha256.toString('hex');
  return path.join(root, name.slice(0, 2), name);
}

/** The bytes are on the disk; now their name is. */
async function nameFile(file: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await rename(file, target);
  await sync(path.dirname(target));
}

export const readFilePieces = (file: string): AsyncIterable<Uint8Array> =>
  createReadStream(file, { highWaterMark: pieceBytes });

async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}

/** fsync(2): a file's bytes, or a directory's names. */
async function sync(target: string): Promise<void> {
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function asProblem(error: unknown): unknown {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC' ? problem.diskFull({}, error) : error;
}

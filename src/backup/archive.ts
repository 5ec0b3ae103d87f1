/**
 * The file of a backup: a stream of records, encrypted in order.
 *
 *   file   = "RCPBAK1\n" header-length(u32) header(JSON: scrypt parameters, salt, nonce prefix) chunk* last-chunk
 *   chunk  = length(u32) AES-256-GCM(ciphertext || tag), nonce = prefix(7) || counter(u32) || last(u8), associated data = the header
 *   plain  = record*, record = kind(u8) length(u32) bytes
 *
 * Numbering the chunks and marking the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015) makes a file that
 * was cut off, reordered or continued fail like one that was altered. Memory stays at one chunk.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { OperatorError } from '../operator-error.ts';

const magic = Buffer.from('RCPBAK1\n');
const chunkBytes = 256 * 1024;
const tagBytes = 16;
// RFC 7914; 128 MiB and about half a second, against guessing a passphrase offline.
const cost = { N: 2 ** 17, r: 8, p: 1 };

export type RecordKind = 'manifest' | 'open' | 'data' | 'close' | 'end';
const kinds: readonly RecordKind[] = ['manifest', 'open', 'data', 'close', 'end'];

export interface ArchiveRecord {
  readonly kind: RecordKind;
  readonly bytes: Buffer;
}

interface Header {
  readonly kdf: 'scrypt';
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly prefix: string;
}

const derive = promisify(scrypt) as (
  passphrase: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>;

async function keyOf(passphrase: string, { N, r, p, salt }: Header): Promise<Buffer> {
  return derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem: 256 * N * r });
}

function nonceOf(prefix: Buffer, counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  prefix.copy(nonce);
  nonce.writeUInt32BE(counter, 7);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}

export interface ArchiveWriter {
  write(kind: RecordKind, bytes: Uint8Array): Promise<void>;
  /** Durable when it returns. Without it the file is not a backup. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

export async function createArchive(path: string, passphrase: string): Promise<ArchiveWriter> {
  const header: Header = {
    kdf: 'scrypt',
    ...cost,
    salt: randomBytes(16).toString('base64'),
    prefix: randomBytes(7).toString('base64'),
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const key = await keyOf(passphrase, header);
  const prefix = Buffer.from(header.prefix, 'base64');
  const file = await open(path, 'wx', 0o600);
  await writeAll(file, Buffer.concat([magic, uint32(headerBytes.length), headerBytes]));
  let pending = Buffer.alloc(0);
  let counter = 0;

  const seal = async (plain: Buffer, isLast: boolean): Promise<void> => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(prefix, counter++, isLast));
    cipher.setAAD(headerBytes);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    await writeAll(file, Buffer.concat([uint32(sealed.length), sealed]));
  };

  return {
    async write(kind, bytes) {
      pending = Buffer.concat([pending, Buffer.of(kinds.indexOf(kind)), uint32(bytes.length), bytes]);
      while (pending.length > chunkBytes) {
        await seal(pending.subarray(0, chunkBytes), false);
        pending = pending.subarray(chunkBytes);
      }
    },
    async finish() {
      await seal(pending, true);
      await file.sync();
      await file.close();
    },
    abandon: () => file.close(),
  };
}

/** Yields every record, or throws before yielding anything of a chunk that is not whole and in its place. */
export async function* readArchive(path: string, passphrase: string): AsyncGenerator<ArchiveRecord> {
  const file = await open(path, 'r');
  try {
    if (!(await readExactly(file, magic.length)).equals(magic))
      throw new OperatorError(`${path} is not a backup of Reciproca.`);
    const headerLength = (await readExactly(file, 4)).readUInt32BE(0);
    if (headerLength > 1_000) throw damaged(path);
    const headerBytes = await readExactly(file, headerLength);
    const header = parseHeader(headerBytes, path);
    const key = await keyOf(passphrase, header);
    const prefix = Buffer.from(header.prefix, 'base64');
    let rest = Buffer.alloc(0);
    for await (const { sealed, isLast, counter } of readChunks(file, path)) {
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(prefix, counter, isLast));
      decipher.setAAD(headerBytes);
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      let plain;
      try {
        plain = Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
      } catch (error) {
        throw counter === 0
          ? new OperatorError(`${path}: the passphrase is wrong, or the file is damaged.`)
          : damaged(path, error);
      }
      rest = Buffer.concat([rest, plain]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const end = 5 + rest.readUInt32BE(1);
        const kind = kinds[rest.readUInt8(0)];
        if (kind === undefined) throw damaged(path);
        yield { kind, bytes: rest.subarray(5, end) };
        rest = rest.subarray(end);
      }
    }
    if (rest.length > 0) throw damaged(path);
  } finally {
    await file.close();
  }
}

function parseHeader(bytes: Buffer, path: string): Header {
  try {
    const header = JSON.parse(bytes.toString('utf8')) as Header;
    // A header from outside must not choose how much memory is spent on it.
    if (header.kdf === 'scrypt' && header.N <= 2 ** 20 && header.r <= 16 && header.p <= 4) return header;
  } catch {
    // Answered below.
  }
  throw damaged(path);
}

async function* readChunks(
  file: FileHandle,
  path: string,
): AsyncGenerator<{ sealed: Buffer; isLast: boolean; counter: number }> {
  let length = (await readExactly(file, 4)).readUInt32BE(0);
  for (let counter = 0; ; counter++) {
    if (length < tagBytes || length > chunkBytes + tagBytes) throw damaged(path);
    const sealed = await readExactly(file, length);
    const next = Buffer.alloc(4);
    const { bytesRead } = await file.read(next, 0, 4, null);
    if (bytesRead !== 0 && bytesRead !== 4) throw damaged(path);
    yield { sealed, isLast: bytesRead === 0, counter };
    if (bytesRead === 0) return;
    length = next.readUInt32BE(0);
  }
}

async function readExactly(file: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, null);
    if (bytesRead === 0) throw new OperatorError('The backup ends too early. Nothing was restored.');
    read += bytesRead;
  }
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  await file.writeFile(bytes);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function damaged(path: string, cause?: unknown): OperatorError {
  return new OperatorError(
    `${path} is damaged, incomplete or altered. Nothing was restored.`,
    cause === undefined ? undefined : { cause },
  );
}

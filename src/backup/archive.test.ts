import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArchive, readArchive } from './archive.ts';

const directory = mkdtempSync(join(tmpdir(), 'reciproca-archive-'));
const path = join(directory, 'whole');
const passphrase = 'correct horse battery';
const big = Buffer.alloc(700_000, 'reciproca ');

async function readAll(file: string, word = passphrase): Promise<[string, number][]> {
  const records: [string, number][] = [];
  for await (const { kind, bytes } of readArchive(file, word)) records.push([kind, bytes.length]);
  return records;
}

/** What is behind the header, as chunks: length, ciphertext, tag. */
function splitChunks(bytes: Buffer): { readonly head: Buffer; readonly chunks: readonly Buffer[] } {
  let at = 12 + bytes.readUInt32BE(8);
  const head = bytes.subarray(0, at);
  const chunks: Buffer[] = [];
  while (at < bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return { head, chunks };
}

const write = (bytes: Buffer): string => {
  const file = join(directory, 'changed');
  writeFileSync(file, bytes);
  return file;
};

beforeAll(async () => {
  const archive = await createArchive(path, passphrase);
  await archive.write('manifest', Buffer.from('{}'));
  for (let at = 0; at < big.length; at += 100_000) await archive.write('data', big.subarray(at, at + 100_000));
  await archive.write('end', Buffer.from('{}'));
  await archive.finish();
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('the file of a backup', { timeout: 60_000 }, () => {
  it('is refused with another passphrase', async () => {
    await expect(readAll(path, 'another passphrase')).rejects.toThrow(/passphrase is wrong/);
  });

  it('is refused when it was cut off anywhere: inside a chunk, or between two', async () => {
    const bytes = readFileSync(path);
    const { head, chunks } = splitChunks(bytes);
    expect(chunks.length).toBe(3);
    for (const cut of [
      bytes.subarray(0, -1),
      bytes.subarray(0, 5),
      head,
      Buffer.concat([head, ...chunks.slice(0, 2)]),
      Buffer.concat([head, ...chunks, Buffer.of(0)]),
    ])
      await expect(readAll(write(cut))).rejects.toThrow(/not a backup|damaged|too early|passphrase/);
  });

  it('is refused when chunks changed places, came twice or one is missing in the middle', async () => {
    const { head, chunks } = splitChunks(readFileSync(path));
    const [first, second, third] = chunks as [Buffer, Buffer, Buffer];
    for (const order of [
      [second, first, third],
      [first, third],
      [first, first, second, third],
      [first, second, third, third],
    ])
      await expect(readAll(write(Buffer.concat([head, ...order])))).rejects.toThrow(/damaged|passphrase/);
  });

  it('is refused when any byte was changed, in its header too', async () => {
    const bytes = readFileSync(path);
    for (const at of [0, 20, 100, 200, 300_000, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(readAll(write(changed)), `byte ${at}`).rejects.toThrow(/not a backup|damaged|too early|passphrase/);
    }
  });

  it('holds nothing readable, and gives back what was written', async () => {
    expect(readFileSync(path).includes('reciproca')).toBe(false);
    expect(await readAll(path)).toEqual([
      ['manifest', 2],
      ...Array.from({ length: 7 }, () => ['data', 100_000]),
      ['end', 2],
    ]);
  });
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { canMount, mountSmallDisk, needsMount } from '../../../../test/support/small-disk.ts';
import type { PartyId } from '../../../ids.ts';
import { Problem } from '../../../problem.ts';
import { openAttachments } from './attachments.ts';

const party = '11111111-1111-4111-8111-111111111111' as PartyId;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'reciproca-attachments-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const filesIn = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += Buffer.from(piece).toString('utf8');
  return text;
}

describe('an attachment', () => {
  test('is kept under its hash, once, whoever sends it again', async () => {
    const attachments = openAttachments(directory, party);
    const given = path.join(directory, 'given.csv');
    writeFileSync(given, 'a,b\n');
    const [first, second] = [await attachments.keepFile(given, 'copy'), await attachments.keepFile(given, 'move')];
    expect(second).toEqual(first);
    expect(first.sizeBytes).toBe(4);
    expect(filesIn(directory)).toEqual([first.sha256.toString('hex')]);
    expect(await textOf(attachments.read(first.sha256))).toBe('a,b\n');
  });
  test('of another party is not found', async () => {
    const draft = await openAttachments(directory, party).create();
    await draft.write('secret');
    const { sha256 } = await draft.keep();
    const other = openAttachments(directory, '22222222-2222-4222-8222-222222222222' as PartyId);
    await expect(textOf(other.read(sha256))).rejects.toThrow('ENOENT');
  });
  test('that is dropped leaves nothing behind', async () => {
    const draft = await openAttachments(directory, party).create();
    await draft.write('half');
    await draft.drop();
    expect(filesIn(directory)).toEqual([]);
  });
  test('that was kept can be dropped without harm', async () => {
    const attachments = openAttachments(directory, party);
    const draft = await attachments.create();
    await draft.write('whole');
    const { sha256 } = await draft.keep();
    await draft.drop();
    expect(await textOf(attachments.read(sha256))).toBe('whole');
  });
});

needs(canMount, needsMount)('a full disk', () => {
  const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'kept',
      (error: unknown) => (error instanceof Problem ? error.code : error),
    );

  test('refuses a file, and what was begun of it is gone', async () => {
    const given = path.join(directory, 'large.csv');
    writeFileSync(given, 'x'.repeat(1_000_000));
    const disk = path.join(directory, 'disk');
    {
      using _ = mountSmallDisk(disk, '256k');
      const attachments = openAttachments(disk, party);
      expect(await codeOf(attachments.keepFile(given, 'copy'))).toBe('disk-full');
      const draft = await attachments.create();
      const written = (async () => {
        for (let piece = 0; piece < 100; piece++) await draft.write('y'.repeat(10_000));
        return draft.keep();
      })();
      expect(await codeOf(written)).toBe('disk-full');
      await draft.drop();
      expect(filesIn(disk)).toEqual([]);
    }
  });
});

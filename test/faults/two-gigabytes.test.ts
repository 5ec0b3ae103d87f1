/** A file of two gigabytes, by the command and from a browser: what is answered, what it costs, and what is left of it. */
import { appendFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatorError } from '../../src/operator-error.ts';
import { Problem } from '../../src/problem.ts';
import { importCommand } from '../../src/surveillance/reporting/import-command.ts';
import { openStage, type Stage } from '../support/cast.ts';

const twoGigabytes = 2_000_000_000;
/** Half a minute's copying less; two gigabytes go the same way. */
const copiedBytes = 200_000_000;
const uploadLimitBytes = 300_000_000;

let stage: Stage;
let directory: string;
beforeAll(async () => {
  stage = await openStage();
  directory = await mkdtemp(path.join(tmpdir(), 'reciproca-large-'));
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const filesUnder = async (root: string): Promise<readonly string[]> =>
  (await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])).flatMap((entry) =>
    entry.isFile() ? [entry.name] : [],
  );
const submissions = async (): Promise<unknown> => (await stage.as('amina', '/api/reporting/submissions')).json();

interface Upload {
  readonly status: number | undefined;
  readonly text: string;
  readonly sentBytes: number;
  readonly mostMemoryBytes: number;
}

/** Sends a form whose file is as long as somebody goes on reading it, up to two gigabytes. */
async function uploadEndless(announcedBytes?: number): Promise<Upload> {
  const { cookie, csrf } = stage.keysOf('amina');
  const { port, host } = new URL(stage.site.url);
  const boundary = 'a-line-between-parts';
  const field = (name: string, text: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const start = `${field('csrf', csrf)}${field('content', 'reports')}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="large.csv"\r\n\r\n`;
  const piece = Buffer.alloc(1_000_000, 'x');
  let [sentBytes, mostMemoryBytes] = [0, 0];
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path: '/reporting/submissions',
      method: 'POST',
      headers: {
        host,
        cookie,
        'sec-fetch-site': 'same-origin',
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(announcedBytes === undefined ? {} : { 'content-length': String(announcedBytes) }),
      },
    });
    let isAnswered = false;
    outgoing.on('response', (incoming) => {
      isAnswered = true;
      let text = '';
      const end = (): void => {
        outgoing.destroy();
        resolve({ status: incoming.statusCode, text, sentBytes, mostMemoryBytes });
      };
      incoming.on('data', (bytes) => void (text += String(bytes)));
      incoming.on('end', end);
      incoming.on('error', end);
    });
    outgoing.on('error', (error) => {
      if (!isAnswered) reject(error);
    });
    const send = (): void => {
      while (!isAnswered && !outgoing.destroyed && sentBytes < twoGigabytes) {
        sentBytes += piece.length;
        mostMemoryBytes = Math.max(mostMemoryBytes, process.memoryUsage().arrayBuffers);
        if (!outgoing.write(piece)) return void outgoing.once('drain', send);
      }
      if (!isAnswered && !outgoing.destroyed) outgoing.end();
    };
    outgoing.write(start);
    send();
  });
}

describe('from a browser', () => {
  test('is refused at once when it is announced, before any of it is read', async () => {
    const { status, text, sentBytes } = await uploadEndless(twoGigabytes);
    expect([status, text]).toEqual([413, expect.stringContaining('body-too-large')]);
    expect(sentBytes).toBeLessThan(50_000_000);
  });

  test('is refused at the limit when its size is not announced, in bounded memory, and leaves no file', async () => {
    const before = [await submissions(), await filesUnder(stage.dataDir)];
    const memoryBefore = process.memoryUsage().arrayBuffers;
    const { status, text, sentBytes, mostMemoryBytes } = await uploadEndless();
    expect([status, text]).toEqual([413, expect.stringContaining('body-too-large')]);
    expect(sentBytes).toBeGreaterThan(uploadLimitBytes);
    expect(sentBytes).toBeLessThan(uploadLimitBytes + 100_000_000);
    expect(mostMemoryBytes - memoryBefore).toBeLessThan(100_000_000);
    await expect.poll(async () => [await submissions(), await filesUnder(stage.dataDir)]).toEqual(before);
  });
});

describe('by the command', () => {
  /** Sparse: it costs no space, and nobody who reads it can tell. */
  async function largeFile(beginning: string, sizeBytes = twoGigabytes): Promise<string> {
    const file = path.join(directory, 'large.csv');
    await writeFile(file, beginning);
    await truncate(file, sizeBytes);
    return file;
  }
  async function refusalOf(content: string, file: string): Promise<unknown> {
    const options = { content, file, map: [], column: [], dryRun: false, json: true };
    return importCommand(stage.house, options, { write: () => {}, progress: () => {} }).then(
      () => 'taken in',
      (error: unknown) =>
        error instanceof OperatorError ? error.message : error instanceof Problem ? error.code : error,
    );
  }

  test('that is no table is refused by how it begins', async () => {
    const started = performance.now();
    expect(await refusalOf('reports', await largeFile(''))).toMatch(/not a text file/);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('that ends as none is refused where it does, and leaves neither rows nor bytes', async () => {
    const before = [await submissions(), await filesUnder(stage.dataDir)];
    const rows = 'period,place,indicator,value\n' + '2024-W01,N,measles,12\n'.repeat(5_000);
    expect(await refusalOf('reports', await largeFile(rows, copiedBytes))).toMatch(/row.*\(row 5002\)/);
    expect([await submissions(), await filesUnder(stage.dataDir)]).toEqual(before);
  });

  test('of places is refused when more than a country has of them has been read', async () => {
    const file = path.join(directory, 'places.csv');
    const piece = `A,${'x'.repeat(1000)}\n`.repeat(1000);
    await writeFile(file, 'code,name\n');
    for (let megabytes = 0; megabytes <= 50; megabytes++) await appendFile(file, piece);
    expect(await refusalOf('places', file)).toBe('body-too-large');
    expect(await filesUnder(path.join(stage.dataDir, 'attachments'))).toEqual([]);
  });
}, 120_000);

/**
 * multipart/form-data (RFC 7578), streamed: files go to the disk as they arrive, with their hash and their limit, and memory stays flat
 * whatever their size. A parser is the library's work; what is ours is that every way out, also a sender who stops half-way, leaves no file behind.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { problem } from '../problem.ts';
import type { ReceivedFile, WriteEndpoint } from './endpoint.ts';
import { checkAnnouncedBody } from './request-body.ts';

export interface Upload {
  readonly pairs: readonly (readonly [string, string])[];
  readonly files: Readonly<Record<string, ReceivedFile>>;
  /** Deletes what the handler did not move away. */
  discard(): Promise<void>;
}

/** Between two pieces; a whole file on a slow line may take an hour. */
const stalledMs = 30_000;
const fieldsLimit = 1000;

export async function receiveUpload(
  request: Request,
  endpoint: WriteEndpoint,
  temporaryDirectory: string,
): Promise<Upload> {
  const filesLimitBytes = Object.values(endpoint.files).reduce((sum, { limitBytes }) => sum + limitBytes, 0);
  checkAnnouncedBody(request.headers, endpoint.bodyLimitBytes + filesLimitBytes);
  if (!request.body) throw problem.bodyUnreadable({ reason: 'empty' });
  // One directory for each request: discarding it cannot miss a file that was being opened.
  const directory = path.join(temporaryDirectory, `upload-${randomUUID()}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const discard = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    return { ...(await receiveParts(request, endpoint, directory)), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function receiveParts(
  request: Request,
  endpoint: WriteEndpoint,
  directory: string,
): Promise<Omit<Upload, 'discard'>> {
  const pairs: (readonly [string, string])[] = [];
  const files = new Map<string, ReceivedFile>();
  const writing: Promise<void>[] = [];
  let fieldBytes = 0;
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});

  const parser = openParser(request, endpoint.bodyLimitBytes);
  parser.on('field', (name, value, nameTruncated, valueTruncated) => {
    fieldBytes += name.length + value.length;
    if (nameTruncated || valueTruncated || fieldBytes > endpoint.bodyLimitBytes)
      failure.reject(problem.bodyTooLarge({ limitBytes: endpoint.bodyLimitBytes }));
    else pairs.push([name, value]);
  });
  for (const event of ['partsLimit', 'fieldsLimit', 'filesLimit'] as const)
    parser.on(event, () => failure.reject(problem.bodyUnreadable({ reason: 'too many parts' })));
  parser.on('file', (name, content, fileName) => {
    const rule = Object.hasOwn(endpoint.files, name) ? endpoint.files[name] : undefined;
    // A field for a file that was left empty is sent as a file without name and content.
    if (!rule || fileName === '' || fileName === undefined) content.resume();
    else if (files.has(name)) failure.reject(repeatedFile(name));
    else {
      const file = { path: path.join(directory, randomUUID()), fileName, sizeBytes: 0, sha256: '' };
      files.set(name, file);
      const written = store(content, file, rule.limitBytes).then((stored) => void files.set(name, stored));
      writing.push(written);
      written.catch(failure.reject);
    }
  });

  const received = pipeline(Readable.fromWeb(request.body as never), refuseStalls(), parser).catch((error: unknown) => {
    throw error instanceof Error && error.name === 'Problem'
      ? error
      : problem.bodyUnreadable({ reason: 'broken off' }, error);
  });
  received.catch(() => {});
  try {
    await Promise.race([received.then(() => Promise.all(writing)), failure.promise]);
  } catch (error) {
    parser.destroy();
    await Promise.allSettled([received, ...writing]);
    throw error;
  }
  for (const [name, rule] of Object.entries(endpoint.files))
    if (!files.has(name) && !rule.optional)
      throw problem.inputInvalid({ fields: [{ path: name, code: 'required', message: 'required' }] });
  return { pairs, files: Object.fromEntries(files) };
}

function openParser(request: Request, fieldSize: number) {
  const headers: BusboyHeaders = { 'content-type': request.headers.get('content-type') ?? '' };
  try {
    return new Busboy({
      headers,
      limits: { fieldNameSize: 200, fieldSize, fields: fieldsLimit, files: 10, headerPairs: 20 },
    });
  } catch (error) {
    throw problem.bodyUnreadable({ reason: 'no boundary' }, error);
  }
}

async function store(content: BusboyFileStream, file: ReceivedFile, limitBytes: number): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) return done(problem.bodyTooLarge({ limitBytes }));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(content, measure, createWriteStream(file.path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    throw (error as { code?: unknown } | null)?.code === 'ENOSPC' ? problem.diskFull({}, error) : error;
  }
  return { ...file, sizeBytes, sha256: hash.digest('hex') };
}

function refuseStalls(): Transform {
  const late = (): void => void transform.destroy(problem.bodyUnreadable({ reason: 'too slow' }));
  let timer = setTimeout(late, stalledMs);
  const transform = new Transform({
    transform(chunk, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(late, stalledMs);
      done(null, chunk);
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
  return transform;
}

function repeatedFile(name: string) {
  return problem.inputInvalid({ fields: [{ path: name, code: 'repeated', message: 'repeated' }] });
}

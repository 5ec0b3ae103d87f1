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
import { problem, Problem } from '../problem.ts';
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
  const files = new Map<string, Storing>();
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
  // Both may still fail after nobody waits for them any more, and an error that nobody listens to ends the process.
  parser.on('error', () => {});
  parser.on('file', (name, content, fileName) => {
    content.on('error', () => {});
    const rule = Object.hasOwn(endpoint.files, name) ? endpoint.files[name] : undefined;
    // A field for a file that was left empty is sent as a file without name and content.
    if (!rule || fileName === '' || fileName === undefined) content.resume();
    else if (files.has(name)) failure.reject(fileRefused(name, 'repeated'));
    else {
      const storing = store(content, { path: path.join(directory, randomUUID()), fileName }, rule.limitBytes);
      files.set(name, storing);
      storing.stored.catch(failure.reject);
    }
  });

  const source = Readable.fromWeb(request.body as never);
  const received = pipeline(source, refuseStalls(), parser).catch((error: unknown) => {
    throw error instanceof Problem ? error : problem.bodyUnreadable({ reason: 'broken off' }, error);
  });
  received.catch(() => {});
  try {
    await Promise.race([received, failure.promise]);
    const missing = Object.entries(endpoint.files).find(([name, { optional }]) => !optional && !files.has(name))?.[0];
    if (missing !== undefined) throw fileRefused(missing, 'required');
    const stored = await Promise.all([...files].map(async ([name, storing]) => [name, await storing.stored] as const));
    return { pairs, files: Object.fromEntries(stored) };
  } catch (error) {
    source.destroy();
    for (const storing of files.values()) storing.abort();
    await Promise.allSettled([...files.values()].map(({ stored }) => stored));
    throw error;
  }
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

interface Storing {
  readonly stored: Promise<ReceivedFile>;
  abort(): void;
}

// Events rather than stream.pipeline: the library's file streams do not always end when they are destroyed, and a pipeline waits for
// both ends. What decides here is the file alone, which is closed in every case before `stored` settles.
function store(
  content: BusboyFileStream,
  file: Omit<ReceivedFile, 'sizeBytes' | 'sha256'>,
  limitBytes: number,
): Storing {
  const hash = createHash('sha256');
  const output = createWriteStream(file.path, { flags: 'wx', mode: 0o600 });
  const { promise: stored, resolve, reject } = Promise.withResolvers<ReceivedFile>();
  let sizeBytes = 0;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    content.off('data', take).resume();
    output.destroy();
  };
  const take = (chunk: Buffer): void => {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) return fail(problem.bodyTooLarge({ limitBytes }));
    hash.update(chunk);
    if (output.write(chunk)) return;
    content.pause();
    output.once('drain', () => content.resume());
  };
  content.on('data', take);
  content.on('end', () => output.end());
  content.on('error', (error) => fail(problem.bodyUnreadable({ reason: 'broken off' }, error)));
  output.on('error', (error: NodeJS.ErrnoException) =>
    fail(error.code === 'ENOSPC' ? problem.diskFull({}, error) : error),
  );
  output.on('close', () => (failure ? reject(failure) : resolve({ ...file, sizeBytes, sha256: hash.digest('hex') })));
  return { stored, abort: () => fail(problem.bodyUnreadable({ reason: 'broken off' })) };
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

function fileRefused(name: string, code: string) {
  return problem.inputInvalid({ fields: [{ path: name, code, message: code }] });
}

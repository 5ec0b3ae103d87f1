/** Files and what becomes of them: received as they are, tried as often as it takes, and then taken in once. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { sql } from 'kysely';
import type { House, Work } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import { problem } from '../../../problem.ts';
import type { Translate } from '../../../ui/locales.ts';
import { requireParty } from '../../person.ts';
import { detectJob } from '../../signals/detect-job.ts';
import { recogniseMediaType, type MediaType } from '../import/media-type.ts';
import { MappingError, type Content, type Mapping } from '../import/mapping.ts';
import { openRejections } from '../import/rejections.ts';
import { takeIn } from '../import/take-in.ts';
import type { Counts } from '../import/take-in-reports.ts';
import { FileError } from '../import/text-stream.ts';
import { openAttachments, type Attachments } from './attachments.ts';
import * as store from './store.ts';

export const attachmentsOf = (house: House, party: PartyId): Attachments =>
  openAttachments(house.config.dataDir, party);

export interface FileGiven {
  readonly path: string;
  /** Whether the file is ours to take away. */
  readonly how: 'copy' | 'move';
  readonly content: Content;
  readonly fileName: string;
  readonly source: 'browser' | 'command-line';
}

export async function receiveFile(work: Work, file: FileGiven, attachments?: Attachments): Promise<number> {
  const party = requireParty(work);
  const { tx, house } = work;
  const mediaType = await recogniseFile(file.path);
  const stored = await (attachments ?? attachmentsOf(house, party)).keepFile(file.path, file.how);
  const id = await store.insertSubmission(tx, party, {
    ...stored,
    kind: 'file',
    content: file.content,
    state: 'waiting',
    source: file.source,
    senderAccount: 'account' in tx.actor ? tx.actor.account : undefined,
    mediaType,
    fileName: file.fileName.slice(0, 200),
  });
  await tx.audit('submission.receive', { submission: id, content: file.content, bytes: stored.sizeBytes });
  return id;
}

async function recogniseFile(path: string): Promise<MediaType> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
    return recogniseMediaType(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

export interface Reading {
  readonly mapping: Mapping;
  /** For the messages in the table of rejected values. */
  readonly t: Translate;
  /** True: find out what would happen, and leave everything as it is but for the result of the try. */
  readonly isTrial: boolean;
  readonly onProgress?: (values: number) => void;
}

export interface ReadingResult {
  readonly counts: Counts;
  readonly rejectionsSha256: Buffer | undefined;
}

/** The same whether it is a try or not: a try is rolled back to where it began. */
export async function readSubmission(
  work: Work,
  id: number,
  reading: Reading,
  given?: Attachments,
): Promise<ReadingResult> {
  const party = requireParty(work);
  const { tx, house } = work;
  const submission = await store.lockSubmission(tx, id);
  const content = submission?.content;
  if (!submission || content === undefined) throw problem.notFound({ what: 'submission' });
  if (submission.state !== 'waiting') throw problem.conflict({ what: 'submission' });
  const attachments = given ?? attachmentsOf(house, party);
  const { mapping, isTrial } = reading;
  const rejections = openRejections(attachments, content, reading.t);
  try {
    const counts = await rolledBackIf(work, isTrial, async () => {
      await store.markApplied(tx, id);
      return takeIn(tx, party, {
        submission: id,
        content,
        mediaType: submission.mediaType,
        pieces: attachments.read(submission.sha256),
        mapping,
        rejections,
        onProgress: reading.onProgress,
      });
    });
    const kept = await rejections.keep();
    await store.saveOutcome(tx, id, { state: isTrial ? 'waiting' : 'applied', mapping, counts, rejections: kept });
    if (!isTrial) {
      await tx.audit('submission.apply', { submission: id, content, ...counts });
      if (content === 'reports' && counts.accepted + counts.changed > 0)
        await house.jobs.enqueue(tx, detectJob, { party }, { key: party });
    }
    return { counts, rejectionsSha256: kept?.sha256 };
  } catch (error) {
    await rejections.drop();
    throw asProblem(error);
  }
}

async function rolledBackIf<T>(work: Work, isTrial: boolean, run: () => Promise<T>): Promise<T> {
  const { db } = work.tx;
  if (!isTrial) return run();
  await sql`savepoint trial`.execute(db);
  const result = await run();
  await sql`rollback to savepoint trial`.execute(db);
  return result;
}

export function asProblem(error: unknown): unknown {
  if (error instanceof FileError)
    return problem.fileUnreadable({ reason: error.reason, row: error.row ?? null }, error);
  if (error instanceof MappingError)
    return problem.columnsUnfit({ reason: error.reason, names: error.names.slice(0, 50) }, error);
  return error;
}

export async function setAsideSubmission(work: Work, id: number): Promise<void> {
  const submission = await store.lockSubmission(work.tx, id);
  if (!submission) throw problem.notFound({ what: 'submission' });
  if (submission.state !== 'waiting') throw problem.conflict({ what: 'submission' });
  await store.setAside(work.tx, id);
  await work.tx.audit('submission.set-aside', { submission: id });
}

export const hashBytes = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

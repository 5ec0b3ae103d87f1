/** What the pages and the API say of submissions. */
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { House } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import type { Locale } from '../../../ui/locales.ts';
import { indicatorName } from '../indicators/indicator.ts';
import { readFileHeader } from '../import/file-header.ts';
import { contents, guessColumns } from '../import/mapping.ts';
import { FileError } from '../import/text-stream.ts';
import { attachmentsOf } from './actions.ts';
import * as store from './store.ts';
import type { Submission } from './submission.ts';

export const countsAnswer = z.object({
  accepted: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  empty: z.int(),
  rejected: z.int(),
});

export const submissionAnswer = z.object({
  id: z.int(),
  kind: z.enum(['file', 'form', 'rumour', 'message']),
  content: z.enum(contents).nullable(),
  state: z.enum(['waiting', 'applied', 'set-aside']),
  source: z.string(),
  receivedAt: z.iso.datetime(),
  knownAt: z.iso.datetime().nullable(),
  sender: z.string().nullable(),
  fileName: z.string().nullable(),
  mediaType: z.string(),
  sizeBytes: z.int(),
  sha256: z.string(),
  counts: countsAnswer,
  hasRejections: z.boolean(),
});
export type SubmissionAnswer = z.output<typeof submissionAnswer>;

export function describeSubmission(submission: Submission): z.input<typeof submissionAnswer> {
  return {
    id: submission.id,
    kind: submission.kind,
    content: submission.content ?? null,
    state: submission.state,
    source: submission.source,
    receivedAt: submission.receivedAt.toISOString(),
    knownAt: submission.knownAt?.toISOString() ?? null,
    sender: submission.sender ?? null,
    fileName: submission.fileName ?? null,
    mediaType: submission.mediaType,
    sizeBytes: submission.sizeBytes,
    sha256: submission.sha256.toString('hex'),
    counts: { ...submission.counts },
    hasRejections: submission.rejectionsSha256 !== undefined,
  };
}

export const onePageAnswer = submissionAnswer.extend({
  /** Of a file that waits: what there is to choose from, what is chosen so far, and whether it has been tried. */
  reading: z
    .object({
      header: z.array(z.string()),
      rows: z.array(z.array(z.string())),
      columns: z.record(z.string(), z.string()),
      headers: z.record(z.string(), z.string()),
      encoding: z.enum(['utf-8', 'latin-1']),
      separator: z.string().nullable(),
      isTried: z.boolean(),
      /** Why its header cannot even be read. */
      unreadable: z.string().nullable(),
    })
    .nullable(),
  series: z.array(
    z.object({
      indicator: z.string(),
      indicatorName: z.string(),
      place: z.string(),
      placeName: z.string(),
      accepted: z.int(),
      changed: z.int(),
      firstPeriod: z.iso.date(),
      lastPeriod: z.iso.date(),
    }),
  ),
});
export type OnePageAnswer = z.output<typeof onePageAnswer>;

const seriesShown = 30;

export async function describeOne(
  { reader, house, locale }: { readonly reader: Reader; readonly house: House; readonly locale: Locale },
  party: PartyId,
  submission: Submission,
): Promise<z.input<typeof onePageAnswer>> {
  const series = await store.listSeriesOf(reader, submission.id, seriesShown);
  return {
    ...describeSubmission(submission),
    reading:
      submission.state === 'waiting' && submission.content !== undefined
        ? await describeReading(house, party, submission)
        : null,
    series: series.map(({ indicator, names, ...rest }) => ({
      ...rest,
      indicator,
      indicatorName: indicatorName(locale, { code: indicator, names }),
    })),
  };
}

async function describeReading(house: House, party: PartyId, { content, mapping, sha256 }: Submission) {
  const form = { encoding: mapping?.encoding ?? 'utf-8', separator: mapping?.separator } as const;
  const attachments = attachmentsOf(house, party);
  const common = {
    headers: mapping?.headers ?? {},
    encoding: form.encoding,
    separator: form.separator ?? null,
    isTried: mapping !== undefined,
  };
  try {
    const { header, rows } = await readFileHeader(() => attachments.read(sha256), form);
    const columns = mapping?.columns ?? guessColumns(content ?? 'reports', header);
    return {
      ...common,
      header: [...header],
      rows: rows.map((row) => [...row]),
      columns: { ...columns },
      unreadable: null,
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ...common, header: [], rows: [], columns: {}, unreadable: error.reason };
  }
}

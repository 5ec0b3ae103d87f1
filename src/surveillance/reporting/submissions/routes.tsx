import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { House } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { translator } from '../../../ui/locales.ts';
import { managers, reporters } from '../access.ts';
import { contents } from '../import/mapping.ts';
import { isManager } from '../section.tsx';
import { attachmentsOf, readSubmission, receiveFile, setAsideSubmission } from './actions.ts';
import { countsAnswer, describeOne, describeSubmission, onePageAnswer, submissionAnswer } from './answers.ts';
import { mappingBody, toMapping } from './mapping-form.tsx';
import { listPage, onePage, sendPage, uploadLimitBytes } from './pages.tsx';
import * as store from './store.ts';
import type { Submission } from './submission.ts';

const idParam = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
// A million values take half a minute; a slow disk may need ten times that.
const readingTimeoutMs = 600_000;

type Looking = Caller & { readonly reader: Reader; readonly house: House };

function partyOf({ party }: Caller): PartyId {
  if (!party) throw problem.notAllowed({ needs: 'party' });
  return party.id;
}

/** Those who only report see what they sent themselves. */
async function getSubmission({ reader, viewer }: Looking, id: number): Promise<Submission> {
  const found = await store.findSubmission(reader, id);
  const isTheirs =
    isManager({ viewer }) || (found?.senderAccount !== undefined && found.senderAccount === viewer.account?.id);
  if (!found || found.kind === 'rumour' || !isTheirs) throw problem.notFound({ what: 'submission' });
  return found;
}

const listed = 50;

const list = read({
  path: '/reporting/submissions',
  summary: 'What arrived, the latest first; those who only report see their own',
  for: reporters,
  query: z.object({ before: z.coerce.number().int().min(1).max(2_147_483_647).optional() }),
  answer: z.object({ submissions: z.array(submissionAnswer), before: z.int().nullable() }),
  async handle({ reader, viewer }, { query }) {
    const sender = isManager({ viewer }) ? undefined : viewer.account?.id;
    const found = await store.listSubmissions(reader, { before: query.before, sender, limit: listed + 1 });
    const shown = found.slice(0, listed);
    return {
      submissions: shown.map(describeSubmission),
      before: found.length > listed ? (shown.at(-1)?.id ?? null) : null,
    };
  },
  page: listPage,
});

const sendForm = read({
  path: '/reporting/send',
  summary: 'What can be sent as a file',
  for: managers,
  query: z.object({ content: z.enum(contents).optional() }),
  answer: z.object({ contents: z.array(z.enum(contents)), content: z.enum(contents), limitBytes: z.int() }),
  handle: async (_, { query }) => ({
    contents: [...contents],
    content: query.content ?? 'reports',
    limitBytes: uploadLimitBytes,
  }),
  page: ({ content }, view) => sendPage(view, blankForm({ content })),
});

const upload = write({
  path: '/reporting/submissions',
  summary: 'Sends a file (multipart, field `file`): kept as it is, and read when its columns have been said',
  for: managers,
  limit: 'upload',
  timeoutMs: readingTimeoutMs,
  body: z.object({ content: z.enum(contents) }),
  files: { file: { limitBytes: uploadLimitBytes } },
  answer: z.object({ id: z.int() }),
  async handle(work, { body, files }) {
    const { file } = files;
    if (!file) throw problem.inputInvalid({ fields: [{ path: 'file', code: 'required', message: 'required' }] });
    return {
      id: await receiveFile(work, {
        path: file.path,
        how: 'move',
        content: body.content,
        fileName: file.fileName,
        source: 'browser',
      }),
    };
  },
  then: ({ id }) => `/reporting/submissions/${id}`,
  form: ({ form }, view) => sendPage(view, form),
});

const one = read({
  path: '/reporting/submissions/:id',
  summary:
    'One submission: who sent it and when, what it changed, and of a file that waits what there is to say about its columns',
  for: reporters,
  params: idParam,
  answer: onePageAnswer,
  handle: async (reading, { params }) =>
    describeOne(reading, partyOf(reading), await getSubmission(reading, params.id)),
  page: (answer, view) => onePage(answer, view),
});

const tryOut = write({
  path: '/reporting/submissions/:id/try',
  summary: 'Reads a file with the columns given, counts what would happen, and leaves everything as it was',
  for: managers,
  timeoutMs: readingTimeoutMs,
  params: idParam,
  body: mappingBody,
  answer: countsAnswer,
  bodyLimitBytes: 1_000_000,
  async handle(work, { params, body }) {
    const { counts } = await readSubmission(work, params.id, {
      mapping: toMapping(body),
      t: translator(work.locale),
      isTrial: true,
    });
    return { ...counts };
  },
  then: (_, { params }) => `/reporting/submissions/${params.id}`,
  async form({ form, problem: refusal, params }, view, reading) {
    const submission = await getSubmission(reading, params.id);
    const answer = onePageAnswer.parse(await describeOne(reading, partyOf(reading), submission));
    return onePage(answer, view, { form, refusal });
  },
});

const apply = write({
  path: '/reporting/submissions/:id/apply',
  summary: 'Takes a file in with the columns of its latest try',
  for: managers,
  timeoutMs: readingTimeoutMs,
  params: idParam,
  body: z.object({}),
  answer: countsAnswer,
  async handle(work, { params }) {
    const submission = await store.findSubmission(work.tx.db, params.id);
    if (!submission) throw problem.notFound({ what: 'submission' });
    if (!submission.mapping) throw problem.conflict({ what: 'submission' });
    const { counts } = await readSubmission(work, params.id, {
      mapping: submission.mapping,
      t: translator(work.locale),
      isTrial: false,
    });
    return { ...counts };
  },
  then: (_, { params }) => withNotice(`/reporting/submissions/${params.id}`, 'reporting.done-applied'),
});

const setAside = write({
  path: '/reporting/submissions/:id/set-aside',
  summary: 'Keeps a file that waits without reading it',
  for: managers,
  params: idParam,
  body: z.object({}),
  answer: z.object({ id: z.int() }),
  async handle(work, { params }) {
    await setAsideSubmission(work, params.id);
    return { id: params.id };
  },
  then: ({ id }) => withNotice(`/reporting/submissions/${id}`, 'reporting.done-set-aside'),
});

const rawBytes = raw({
  path: '/reporting/submissions/:id/raw',
  summary: 'The bytes of a submission as they arrived',
  for: reporters,
  params: idParam,
  contentTypes: ['application/octet-stream'],
  async handle(reading, { params }) {
    const submission = await getSubmission(reading, params.id);
    const bytes = await store.findRaw(reading.reader, submission.id);
    // Never as what its sender says it is: it is saved, not shown.
    return {
      contentType: 'application/octet-stream',
      body: bytes ?? attachmentsOf(reading.house, partyOf(reading)).read(submission.sha256),
      fileName: submission.fileName ?? `submission-${submission.id}.json`,
    };
  },
});

const rejected = raw({
  path: '/reporting/submissions/:id/rejected.csv',
  summary: 'The values of a file that were rejected, with the reasons; it can be corrected and sent again',
  for: reporters,
  params: idParam,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const { rejectionsSha256, id } = await getSubmission(reading, params.id);
    if (!rejectionsSha256) throw problem.notFound({ what: 'rejections' });
    return {
      contentType: 'text/csv; charset=utf-8',
      body: attachmentsOf(reading.house, partyOf(reading)).read(rejectionsSha256),
      fileName: `rejected-${id}.csv`,
    };
  },
});

export const submissionsEndpoints: readonly Endpoint[] = [
  list,
  sendForm,
  upload,
  one,
  tryOut,
  apply,
  setAside,
  rawBytes,
  rejected,
];

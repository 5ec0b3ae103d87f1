/** What those who convene do with a paper: open it, close it for signatures, send it round; and what anybody takes along. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { networkFactsOf } from '../../network/members/section.tsx';
import { timeZoneSchema } from '../../network/members/entry-form.tsx';
import { findOrganisationByName } from '../../network/members/store.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { locales } from '../../ui/locales.ts';
import { spacePath } from '../programme/answers.ts';
import { getVisibleSpace, requireConvening } from '../programme/spaces/actions.ts';
import { slugForm, slugOf } from '../programme/spaces/space.ts';
import { instantOf, parseWallClock } from '../programme/when.ts';
import { inLanguage } from '../texts.ts';
import { openPaper, type At } from './actions.ts';
import { paperPath } from './answers.ts';
import { formatMarkdown, formatPlainText } from './document.ts';
import { formatHtml } from './document-page.tsx';
import { readFirstText } from './first-text.ts';
import * as forms from './forms.tsx';
import { listStatementSources, textOfStatements, withOrigins } from './from-statements.ts';
import { sendRoundJob } from './jobs.ts';
import { paperKinds } from './paper.ts';
import { paperParams } from './doors.ts';
import { documentOf, openForSignatures } from './publication.ts';
import { describePaper, findPaperFor } from './reading.ts';
import { recordSignature } from './signing.ts';
import { requirePen } from './speaker.ts';
import * as store from './store.ts';
import { readText } from './text.ts';
import { listUnadopted } from './unadopted.ts';

const spaceParams = z.object({ space: z.string().regex(slugForm) });
const done = z.object({ path: z.string() });
const slugOfParty = ({ party }: Caller): string => party?.slug ?? '';

async function describeNew(
  reading: Reading & Caller,
  slug: string,
  inquiry: string | undefined,
): Promise<z.output<typeof forms.newPaperAnswer>> {
  const space = await getVisibleSpace(reading.reader, reading, slug);
  await requireConvening(reading.reader, reading, space.id);
  const network = networkFactsOf(reading);
  const title = inLanguage(space.title, reading.locale, space.language) ?? {
    language: space.language,
    text: space.slug,
  };
  const sources = await listStatementSources(reading, space);
  const chosen = sources.find(({ id }) => id === inquiry);
  const isKind = paperKinds.some((kind) => kind === space.outputKind);
  return {
    network,
    space: { title, path: spacePath(network.slug, space.slug) },
    sources: sources.map(({ id, question }) => ({ id, question })),
    saved: {
      language: space.language,
      settling: 'editors',
      ...(isKind && { kind: space.outputKind ?? '' }),
      ...(chosen && { inquiry: chosen.id, text: textOfStatements(chosen) }),
    },
  };
}

const newForm = read({
  path: '/p/:party/spaces/:space/papers/new',
  summary: 'What is asked of a new paper; `inquiry` is one whose statements it begins with',
  for: 'anyone',
  params: spaceParams,
  query: z.object({ inquiry: z.uuid().optional() }),
  answer: forms.newPaperAnswer,
  handle: (reading, { params, query }) => describeNew(reading, params.space, query.inquiry),
  page: (answer, view) => forms.newPaperPage(answer, view, blankForm(answer.saved)),
});

const open = write({
  path: '/p/:party/spaces/:space/papers',
  summary: 'Opens a paper with its first text, to be written by the people of the space',
  for: 'anyone',
  params: spaceParams,
  bodyLimitBytes: 2_000_000,
  body: z.object({
    kind: z.enum(paperKinds),
    title: z.string().trim().min(1).max(300),
    language: z.enum(locales),
    text: z.string().max(400_000),
    /** Whose statements the text began with: they keep their authors. */
    inquiry: z.uuid().optional(),
    settling: z.enum(['editors', 'support']).default('editors'),
    supporters: z.int().min(1).max(10_000).optional(),
    objectionsAtMost: z.int().min(0).max(10_000).optional(),
    slug: z.string().regex(slugForm, 'programme.slug-form').optional(),
  }),
  answer: done,
  async handle(work, { params, body }) {
    const space = await getVisibleSpace(work.tx.db, work, params.space);
    const first = readFirstText(body.text);
    if ('fault' in first)
      throw problem.inputInvalid({ fields: [{ path: 'text', code: first.fault, message: first.fault }] });
    if (body.settling === 'support' && body.supporters === undefined)
      throw problem.inputInvalid({ fields: [{ path: 'supporters', code: 'required', message: 'required' }] });
    const reading = { house: work.house, reader: work.tx.db, locale: work.locale };
    const source =
      body.inquiry === undefined
        ? undefined
        : (await listStatementSources(reading, space)).find(({ id }) => id === body.inquiry);
    // A title in letters that an address cannot have leaves a number.
    const slug = body.slug ?? (slugOf(body.title) || `paper-${work.tx.now.getTime()}`);
    await openPaper(work, space, {
      kind: body.kind,
      title: body.title,
      language: body.language,
      slug,
      clauses: source ? withOrigins(first.clauses, source) : first.clauses,
      settling:
        body.settling === 'editors'
          ? { by: 'editors' }
          : { by: 'support', supporters: body.supporters ?? 1, objectionsAtMost: body.objectionsAtMost ?? 0 },
    });
    return { path: paperPath(slugOfParty(work), slug) };
  },
  then: ({ path }) => withNotice(path, 'papers.done-opened'),
  form: async ({ form, params }, view, reading) =>
    forms.newPaperPage(await describeNew(reading, params.space, undefined), view, form),
});

// A joint statement

function describeFor(reading: Reading & Caller, { paper, space }: At) {
  const network = networkFactsOf(reading);
  const title = inLanguage(space.title, reading.locale, space.language) ?? {
    language: space.language,
    text: space.slug,
  };
  return {
    network,
    space: { title, path: spacePath(network.slug, space.slug) },
    base: paperPath(network.slug, paper.slug),
    paper: describePaper(paper, network.slug),
  };
}

async function describeSigning(reading: Reading & Caller, slug: string): Promise<z.output<typeof forms.signingAnswer>> {
  const at = await findPaperFor(reading.reader, reading, slug);
  requirePen(at.speaker);
  return {
    ...describeFor(reading, at),
    timeZone: at.space.timeZone,
    unadopted: await listUnadopted(reading.reader, at.paper.id),
  };
}

const signingForm = read({
  path: '/p/:party/papers/:paper/signing',
  summary: 'What is asked before a joint statement is closed and opened for signatures',
  for: 'anyone',
  params: paperParams,
  answer: forms.signingAnswer,
  handle: (reading, { params }) => describeSigning(reading, params.paper),
  page: (answer, view) =>
    forms.signingPage(
      answer,
      view,
      blankForm({ timeZone: answer.timeZone, time: '18:00', ...forms.answerValues(answer.unadopted) }),
    ),
});

const openSigning = write({
  path: '/p/:party/papers/:paper/signing',
  summary: 'Closes the text of a joint statement and opens it for signatures until its deadline',
  for: 'anyone',
  params: paperParams,
  bodyLimitBytes: 2_000_000,
  body: z.object({
    date: z.iso.date(),
    time: z
      .string()
      .trim()
      .regex(/^(?:[01]\d|2[0-3])[:.][0-5]\d$/, 'programme.time-form'),
    timeZone: timeZoneSchema,
    answers: forms.answersSchema,
  }),
  answer: done,
  async handle(work, { params, body }) {
    const at = await findPaperFor(work.tx.db, work, params.paper);
    const localStart = parseWallClock(`${body.date}T${body.time.replace('.', ':')}`);
    if (localStart === undefined)
      throw problem.inputInvalid({ fields: [{ path: 'date', code: 'date-impossible', message: body.date }] });
    await openForSignatures(work, at, instantOf({ localStart, timeZone: body.timeZone }), body.answers);
    return { path: paperPath(slugOfParty(work), at.paper.slug) };
  },
  then: ({ path }) => withNotice(path, 'papers.done-signing'),
  form: async ({ form, params }, view, reading) =>
    forms.signingPage(await describeSigning(reading, params.paper), view, form),
});

async function describeRecord(reading: Reading & Caller, slug: string) {
  const at = await findPaperFor(reading.reader, reading, slug);
  if (!networkFactsOf(reading).isSecretariat) throw problem.notAllowed({ needs: 'secretariat' });
  return describeFor(reading, at);
}

const recordForm = read({
  path: '/p/:party/papers/:paper/signatures/record',
  summary: 'What is asked when an organisation signed by letter or in a meeting',
  for: 'anyone',
  params: paperParams,
  answer: forms.recordAnswer,
  handle: (reading, { params }) => describeRecord(reading, params.paper),
  page: (answer, view) => forms.recordPage(answer, view, blankForm({})),
});

const record = write({
  path: '/p/:party/papers/:paper/signatures/record',
  summary: 'Records that an organisation signed by letter or in a meeting; by the secretariat',
  for: 'anyone',
  params: paperParams,
  body: z.object({ organisation: z.string().trim().min(1).max(200) }),
  answer: done,
  async handle(work, { params, body }) {
    const at = await findPaperFor(work.tx.db, work, params.paper);
    const found = await findOrganisationByName(work.tx.db, body.organisation);
    if (!found)
      throw problem.inputInvalid({
        fields: [{ path: 'organisation', code: 'papers.organisation-unknown', message: body.organisation }],
      });
    await recordSignature(work, at, found.id);
    return { path: paperPath(slugOfParty(work), at.paper.slug) };
  },
  then: ({ path }) => withNotice(path, 'papers.done-signed'),
  form: async ({ form, params }, view, reading) =>
    forms.recordPage(await describeRecord(reading, params.paper), view, form),
});

const send = write({
  path: '/p/:party/papers/:paper/send',
  summary: 'Sends the paper to the people of its space by mail, for answering by mail',
  for: 'anyone',
  params: paperParams,
  body: z.object({}),
  answer: done,
  async handle(work, { params }) {
    const { paper, speaker } = await findPaperFor(work.tx.db, work, params.paper);
    requirePen(speaker);
    if (paper.state === 'published') throw problem.stepNotAllowed({ step: 'send', status: paper.state });
    await work.tx.audit('paper.send', { paper: paper.id });
    const party = work.party?.id;
    if (party)
      await work.house.jobs.enqueue(work.tx, sendRoundJob, { party, paper: paper.id, after: null }, { key: paper.id });
    return { path: paperPath(slugOfParty(work), paper.slug) };
  },
  then: ({ path }) => withNotice(path, 'papers.done-sent'),
});

// Taking along

const mediaTypes = {
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
} as const;

const download = raw({
  path: '/p/:party/papers/:paper/download/:form',
  summary:
    'The paper as plain text, Markdown or HTML; the plain text of a published one byte by byte as it was published',
  for: 'anyone',
  params: paperParams.extend({ form: z.enum(['txt', 'md', 'html']) }),
  contentTypes: Object.values(mediaTypes),
  async handle(reading, { params }) {
    const { reader } = reading;
    const { paper } = await findPaperFor(reader, reading, params.paper);
    const contentType = mediaTypes[params.form];
    const fileName = `${paper.slug}.${params.form}`;
    const published = params.form === 'txt' ? await store.findPublishedText(reader, paper.id) : undefined;
    if (published) return { contentType, body: published, fileName };
    const signatures = paper.kind === 'joint-statement' ? await store.listSignatures(reader, paper.id) : [];
    const document = await documentOf(
      reader,
      paper,
      await readText(reader, paper.id),
      signatures.flatMap(({ organisation }) => organisation?.name ?? []),
    );
    const format = { txt: formatPlainText, md: formatMarkdown, html: formatHtml }[params.form];
    return { contentType, body: format(document), fileName };
  },
});

export const paperConveningEndpoints: readonly Endpoint[] = [
  newForm,
  open,
  signingForm,
  openSigning,
  recordForm,
  record,
  send,
  download,
];

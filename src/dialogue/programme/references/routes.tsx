/** References of a network: shared, harvested, looked at, and taken along in the formats of reference managers. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import type { ReferenceId } from '../../../ids.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { findMember, isSecretariat, requireMember } from '../../../network/members/member.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { openAttachments } from '../../../surveillance/reporting/submissions/attachments.ts';
import { translator } from '../../../ui/locales.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { inLanguage } from '../../texts.ts';
import { spacePath } from '../answers.ts';
import { sessionPage } from '../sessions/pages.tsx';
import { describeSessionPage, getVisibleSession, sessionAnswer } from '../sessions/reading.ts';
import { pathOf, sessionOf, sessionParams } from '../sessions/routes.tsx';
import { getVisibleSpace, mayDocument } from '../spaces/actions.ts';
import { slugForm } from '../spaces/space.ts';
import { decideReference, harvestChat, shareFile, shareReferences } from './actions.ts';
import { describeReference, referenceAnswer, type ReferenceAnswer } from './answers.ts';
import { chatLimitCharacters } from './chat.ts';
import { cslTypes, formatBibtex, formatCslJson, formatRis, type Csl } from './csl.ts';
import {
  chatLimitBytes,
  fileLimitBytes,
  harvestedPage,
  harvestPage,
  referencePage,
  referencesPage,
  shareFilePage,
} from './pages.tsx';
import { citedOf, listReferencesOf } from './reading.ts';
import * as store from './store.ts';

const done = z.object({ path: z.string() });
const idParams = z.object({ id: z.uuid() });
const spaceQuery = z.object({ space: z.string().regex(slugForm).optional() });
const pageLength = 100;
const exportLimit = 5000;

async function placeOf(reading: Reading & Caller, slug: string | undefined) {
  const space = slug === undefined ? undefined : await getVisibleSpace(reading.reader, reading, slug);
  const isCurator = space ? await mayDocument(reading.reader, reading, space.id) : isSecretariat(reading);
  return { space, isCurator };
}

const list = read({
  path: '/p/:party/references',
  summary: 'What was shared in the network or in one of its spaces, with credit to whoever brought it',
  for: 'anyone',
  query: spaceQuery.extend({ page: z.coerce.number().int().min(1).max(1000).default(1) }),
  answer: z.object({
    network: networkFacts,
    references: z.array(referenceAnswer),
    space: z.object({ path: z.string(), title: z.string(), slug: z.string() }).nullable(),
    isCurator: z.boolean(),
    next: z.string().nullable(),
  }),
  async handle(reading, { query }) {
    const { space, isCurator } = await placeOf(reading, query.space);
    const found = await listReferencesOf(reading, space ? { space: space.id } : {}, isCurator, {
      limit: pageLength + 1,
      offset: (query.page - 1) * pageLength,
    });
    const network = networkFactsOf(reading);
    return {
      network,
      references: found.slice(0, pageLength),
      space: space
        ? {
            path: spacePath(network.slug, space.slug),
            title: inLanguage(space.title, reading.locale, space.language)?.text ?? space.slug,
            slug: space.slug,
          }
        : null,
      isCurator,
      next: found.length > pageLength ? String(query.page + 1) : null,
    };
  },
  page: referencesPage,
});

async function describeOne(reading: Reading & Caller, id: string) {
  const reference = await store.findReference(reading.reader, id as ReferenceId);
  if (!reference) throw problem.notFound({ what: 'reference' });
  const isCurator = await mayCurate(reading, reference.id);
  if (reference.state !== 'accepted' && !isCurator) throw problem.notFound({ what: 'reference' });
  const credits = await store.listCredits(reading.reader, [reference.id]);
  return {
    network: networkFactsOf(reading),
    reference: describeReference(reference, credits, reading.party?.slug ?? ''),
    revision: reference.revision,
    isCurator,
  };
}

async function mayCurate(reading: Reading & Caller, id: ReferenceId): Promise<boolean> {
  if (isSecretariat(reading)) return true;
  if (!(await findMember(reading.reader, reading))) return false;
  for (const space of await store.listSpacesOf(reading.reader, id))
    if (await mayDocument(reading.reader, reading, space)) return true;
  return false;
}

const one = read({
  path: '/p/:party/references/:id',
  summary: 'One reference, with who shared it first and later',
  for: 'anyone',
  params: idParams,
  answer: z.object({
    network: networkFacts,
    reference: referenceAnswer,
    revision: z.int(),
    isCurator: z.boolean(),
  }),
  handle: (reading, { params }) => describeOne(reading, params.id),
  page: (answer, view) => referencePage(answer, view, blankForm(valuesOf(answer.reference, answer.revision))),
});

function valuesOf({ csl, title }: ReferenceAnswer, revision: number): Readonly<Record<string, string>> {
  return {
    base: String(revision),
    type: csl.type,
    title: csl.title ?? title,
    authors: (csl.author ?? [])
      .map((author) =>
        'literal' in author ? author.literal : [author.family, author.given].filter(Boolean).join(', '),
      )
      .join('\n'),
    year: csl.issued?.['date-parts'][0][0]?.toString() ?? '',
    container: csl['container-title'] ?? '',
    publisher: csl.publisher ?? '',
    state: 'accepted',
  };
}

const decisionBody = z.object({
  base: z.int().min(1),
  state: z.enum(['accepted', 'declined']),
  type: z.enum(cslTypes),
  title: z.string().trim().min(1).max(1000),
  /** One a line: `Family, Given`, or the name of an organisation. */
  authors: z.string().max(5000).default(''),
  year: z
    .string()
    .trim()
    .regex(/^\d{4}$/, 'wrong-form')
    .optional(),
  container: z.string().trim().max(500).optional(),
  publisher: z.string().trim().max(300).optional(),
});

function cslOf(held: Csl, body: z.output<typeof decisionBody>): Csl {
  const { author: _, issued: __, 'container-title': ___, publisher: ____, ...rest } = held;
  const authors = body.authors
    .split('\n')
    .map((line) => line.trim().slice(0, 200))
    .filter((line) => line !== '')
    .slice(0, 100)
    .map((line) => {
      const [family = '', given] = line.split(/,\s*/, 2);
      return given === undefined ? { literal: line } : { family, given };
    });
  return {
    ...rest,
    type: body.type,
    title: body.title,
    ...(authors.length > 0 && { author: authors }),
    ...(body.year !== undefined && { issued: { 'date-parts': [[Number(body.year)]] } }),
    ...(body.container && { 'container-title': body.container }),
    ...(body.publisher && { publisher: body.publisher }),
  };
}

const decide = write({
  path: '/p/:party/references/:id',
  summary: 'Accepts or declines a reference, and says what it is; `base` is the revision that was seen',
  for: 'anyone',
  params: idParams,
  body: decisionBody,
  answer: done,
  async handle(work, { params, body }) {
    const held = await store.findReference(work.tx.db, params.id as ReferenceId);
    if (!held) throw problem.notFound({ what: 'reference' });
    const described = describeReference(held, [], work.party?.slug ?? '');
    await decideReference(work, held.id, body.base, { state: body.state, csl: cslOf(described.csl, body) });
    return { path: body.state === 'accepted' ? described.path : described.path.replace(/\/[^/]+$/, '') };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const answer = await describeOne(reading, attempt.params.id);
    return referencePage(answer, view, rebase(attempt, answer.revision));
  },
});

// Sharing, in a session

const share = write({
  path: '/p/:party/spaces/:space/sessions/:session/references',
  summary: 'A member shares links, DOIs, PubMed numbers, ISBNs or WHO document symbols with a session',
  for: 'anyone',
  params: sessionParams,
  body: z.object({ text: z.string().trim().min(1).max(5000) }),
  answer: done,
  async handle(work, { params, body }) {
    const found = await sessionOf(work, params);
    await shareReferences(work, await requireMember(work), found, body.text, 'web');
    return { path: pathOf(work, found) };
  },
  then: ({ path }) => withNotice(path, 'programme.done-shared'),
  form: async ({ form, params }, view, reading) =>
    sessionPage(
      sessionAnswer.parse(await describeSessionPage(reading, [], params.space, params.session, undefined)),
      [],
      view,
      { step: 'references', form },
    ),
});

const placeAnswer = z.object({
  network: networkFacts,
  title: z.string(),
  path: z.string(),
  isChathamHouse: z.boolean(),
});

async function describePlace(reading: Reading & Caller, params: z.output<typeof sessionParams>) {
  const found = await getVisibleSession(reading.reader, reading, params.space, params.session);
  const { session, space } = found;
  return {
    network: networkFactsOf(reading),
    title: inLanguage(session.title, reading.locale, space.language)?.text ?? session.slug,
    path: pathOf(reading, found),
    isChathamHouse: session.isChathamHouse,
  };
}

const fileForm = read({
  path: '/p/:party/spaces/:space/sessions/:session/references/file',
  summary: 'Which files can be shared with a session',
  for: 'anyone',
  params: sessionParams,
  answer: placeAnswer,
  handle: (reading, { params }) => describePlace(reading, params),
  page: (answer, view) => shareFilePage(answer, view, blankForm()),
});

const file = write({
  path: '/p/:party/spaces/:space/sessions/:session/references/file',
  summary: 'A member shares a file with a session',
  for: 'anyone',
  params: sessionParams,
  files: { file: { limitBytes: fileLimitBytes } },
  body: z.object({ title: z.string().trim().min(1).max(300) }),
  answer: done,
  async handle(work, { params, body, files }) {
    const found = await sessionOf(work, params);
    const member = await requireMember(work);
    const given = files['file'];
    if (!given) throw problem.inputInvalid({ fields: [{ path: 'file', code: 'required', message: 'required' }] });
    await shareFile(work, member, found, given, body.title);
    return { path: pathOf(work, found) };
  },
  then: ({ path }) => withNotice(path, 'programme.done-shared'),
  form: async ({ form, params }, view, reading) => shareFilePage(await describePlace(reading, params), view, form),
});

const harvestForm = read({
  path: '/p/:party/spaces/:space/sessions/:session/references/harvest',
  summary: 'How the chat of a session is brought in',
  for: 'anyone',
  params: sessionParams,
  answer: placeAnswer,
  handle: (reading, { params }) => describePlace(reading, params),
  page: (answer, view) => harvestPage(answer, view, blankForm()),
});

const harvestAnswer = placeAnswer.extend({
  harvest: z.object({
    form: z.enum(['zoom', 'zoom-recording', 'teams', 'meet', 'bigbluebutton', 'mail', 'unknown']),
    messages: z.int(),
    privateCount: z.int(),
    found: z.array(z.object({ key: z.string(), written: z.string(), name: z.string().nullable(), isNew: z.boolean() })),
    refused: z.array(
      z.object({ written: z.string(), reason: z.enum(['is-meeting-link', 'not-public', 'with-password']) }),
    ),
  }),
});

const harvest = write({
  path: '/p/:party/spaces/:space/sessions/:session/references/harvest',
  summary: 'Takes the references out of a chat, with who shared each; the chat itself is not kept',
  for: 'anyone',
  params: sessionParams,
  bodyLimitBytes: 4 * chatLimitBytes,
  files: { file: { limitBytes: chatLimitBytes, optional: true } },
  body: z.object({ text: z.string().max(chatLimitCharacters).default('') }),
  answer: harvestAnswer,
  async handle(work, { params, body, files }) {
    const found = await sessionOf(work, params);
    const given = files['file'];
    const text = given ? decode(await readFile(given.path)) : body.text;
    if (text.trim() === '')
      throw problem.inputInvalid({ fields: [{ path: 'text', code: 'required', message: 'required' }] });
    const taken = await harvestChat(work, found, text, 'chat');
    return {
      ...(await describePlace({ ...work, reader: work.tx.db }, params)),
      harvest: { ...taken, found: [...taken.found], refused: [...taken.refused] },
    };
  },
  show: harvestedPage,
  form: async ({ form, params }, view, reading) => harvestPage(await describePlace(reading, params), view, form),
});

/** Chats are UTF-8 or, from some Windows programs, UTF-16 with its mark. What cannot be read is refused, not guessed at. */
function decode(bytes: Buffer): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw problem.fileUnreadable({ reason: 'not-utf-8', row: null }, error);
  }
}

// Taking them along

const formats = {
  json: { contentType: 'application/vnd.citationstyles.csl+json; charset=utf-8', format: formatCslJson },
  bib: { contentType: 'application/x-bibtex; charset=utf-8', format: formatBibtex },
  ris: { contentType: 'application/x-research-info-systems; charset=utf-8', format: formatRis },
} as const;
type Ending = keyof typeof formats;

function answerAs(ending: Ending, references: readonly ReferenceAnswer[], { locale }: Caller, name: string) {
  const t = translator(locale);
  const { contentType, format } = formats[ending];
  const cited = citedOf(references, (names) => t('programme.shared-by', { name: names }));
  return { contentType, fileName: `${name}.${ending}`, body: format(cited) };
}

const exports = (Object.keys(formats) as Ending[]).flatMap((ending): Endpoint[] => {
  const contentTypes = [formats[ending].contentType.split(';')[0] ?? ''];
  return [
    raw({
      path: `/p/:party/references.${ending}`,
      summary: `References of the network or of one space, for a reference manager (${ending})`,
      for: 'anyone',
      query: spaceQuery,
      contentTypes,
      async handle(reading, { query }) {
        const { space } = await placeOf(reading, query.space);
        const page = { limit: exportLimit, offset: 0 };
        const references = await listReferencesOf(reading, space ? { space: space.id } : {}, false, page);
        return answerAs(ending, references, reading, space?.slug ?? 'references');
      },
    }),
    raw({
      path: `/p/:party/references/:id/cite.${ending}`,
      summary: `One reference for a reference manager (${ending})`,
      for: 'anyone',
      params: idParams,
      contentTypes,
      async handle(reading, { params }) {
        const { reference } = await describeOne(reading, params.id);
        return answerAs(ending, [reference], reading, 'reference');
      },
    }),
    raw({
      path: `/p/:party/spaces/:space/sessions/:session/references.${ending}`,
      summary: `References of one session for a reference manager (${ending})`,
      for: 'anyone',
      params: sessionParams,
      contentTypes,
      async handle(reading, { params }) {
        const { session } = await getVisibleSession(reading.reader, reading, params.space, params.session);
        const references = await listReferencesOf(reading, { session: session.id }, false);
        return answerAs(ending, references, reading, session.slug);
      },
    }),
  ];
});

const download = raw({
  path: '/p/:party/references/:id/file',
  summary: 'A file that was shared',
  for: 'anyone',
  params: idParams,
  contentTypes: ['application/octet-stream'],
  async handle(reading, { params }) {
    await describeOne(reading, params.id);
    const reference = await store.findReference(reading.reader, params.id as ReferenceId);
    if (!reference?.file || !reading.party) throw problem.notFound({ what: 'file' });
    const { name, mediaType, sha256 } = reference.file;
    const body = openAttachments(reading.house.config.dataDir, reading.party.id).read(Buffer.from(sha256, 'hex'));
    return { contentType: mediaType, fileName: name, body };
  },
});

export const referenceEndpoints: readonly Endpoint[] = [
  list,
  one,
  decide,
  share,
  fileForm,
  file,
  harvestForm,
  harvest,
  ...exports,
  download,
];

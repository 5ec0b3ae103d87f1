import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { isSecretariat } from '../../../network/members/member.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { keyParams, openKey } from '../../../network/members/opened-key.ts';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { inLanguage, saidSchema, withText } from '../../texts.ts';
import { describeItem, itemAnswer } from '../items/answers.ts';
import { isPublished } from '../items/item.ts';
import { listItemsById, listPublished } from '../items/store.ts';
import * as actions from './actions.ts';
import { newsletterFormPage, newsletterPage, newslettersPage, newslettersPath } from './pages.tsx';
import * as store from './store.ts';

const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;
const idParams = z.object({ id: z.uuid() });
const done = z.object({ path: z.string() });
const pathOf = ({ party }: Caller, id: string): string => `${newslettersPath(party?.slug ?? '')}/${id}`;

const summary = z.object({
  path: z.string(),
  title: saidSchema,
  sentAt: z.iso.datetime().nullable(),
});

function summarise(caller: Caller, { id, title, language, sentAt }: store.Newsletter) {
  return {
    path: pathOf(caller, id),
    title: inLanguage(title, caller.locale, language) ?? { language, text: id },
    sentAt: sentAt?.toISOString() ?? null,
  };
}

const newslettersAnswer = z.object({ network: networkFacts, newsletters: z.array(summary) });
export type NewslettersAnswer = z.output<typeof newslettersAnswer>;

const list = read({
  path: '/p/:party/newsletters',
  summary: 'Newsletters that were sent; for the secretariat also those that are being written',
  for: 'anyone',
  answer: newslettersAnswer,
  async handle(reading) {
    const all = await store.listNewsletters(reading.reader, 200);
    return {
      network: networkFactsOf(reading),
      newsletters: all
        .filter(({ sentAt }) => sentAt !== undefined || isSecretariat(reading))
        .map((one) => summarise(reading, one)),
    };
  },
  page: newslettersPage,
});

const newsletterAnswer = z.object({
  network: networkFacts,
  newsletter: summary,
  lead: saidSchema.nullable(),
  /** In which of them somebody wrote a title. */
  languages: z.array(z.string()),
  items: z.array(itemAnswer),
  /** For the secretariat. */
  recipients: z.int().nullable(),
  revision: z.int(),
  sendsMail: z.boolean(),
});
export type NewsletterAnswer = z.output<typeof newsletterAnswer>;

const one = read({
  path: '/p/:party/newsletters/:id',
  summary: 'One newsletter',
  for: 'anyone',
  params: idParams,
  answer: newsletterAnswer,
  async handle(reading, { params }) {
    const newsletter = await getVisible(reading, params.id);
    const network = networkFactsOf(reading);
    const items = new Map((await listItemsById(reading.reader, newsletter.items)).map((item) => [item.id, item]));
    return {
      network,
      newsletter: summarise(reading, newsletter),
      lead: inLanguage(newsletter.lead, reading.locale, newsletter.language) ?? null,
      languages: Object.keys(newsletter.title),
      items: newsletter.items
        .flatMap((id) => items.get(id) ?? [])
        .filter(isPublished)
        .map((item) => describeItem(item, network.slug)),
      recipients: network.isSecretariat ? newsletter.recipients : null,
      revision: newsletter.revision,
      sendsMail: reading.house.config.mail !== undefined,
    };
  },
  page: newsletterPage,
});

async function getVisible(reading: Reading & Caller, id: string): Promise<store.Newsletter> {
  const newsletter = await store.findNewsletter(reading.reader, id);
  if (!newsletter || (!newsletter.sentAt && !isSecretariat(reading))) throw problem.notFound({ what: 'newsletter' });
  return newsletter;
}

const formAnswer = z.object({
  network: networkFacts,
  path: z.string().nullable(),
  offered: z.array(itemAnswer),
  saved: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
export type NewsletterFormAnswer = z.output<typeof formAnswer>;

const offeredLimit = 60;

/** What was told since the last one left is ticked already. */
async function describeForm(
  reading: Reading & Caller,
  language: string,
  held?: store.Newsletter,
): Promise<NewsletterFormAnswer> {
  const { reader } = reading;
  const network = networkFactsOf(reading);
  const latest = await listPublished(reader, { limit: offeredLimit });
  const chosen = held ? await listItemsById(reader, held.items) : [];
  const since = await store.findLastSentAt(reader);
  const offered = [...latest, ...chosen.filter((item) => !latest.some(({ id }) => id === item.id))];
  return {
    network,
    path: held ? pathOf(reading, held.id) : null,
    offered: offered.filter(isPublished).map((item) => describeItem(item, network.slug)),
    saved: {
      base: String(held?.revision ?? 0),
      language,
      title: held?.title[language] ?? '',
      lead: held?.lead[language] ?? '',
      items: held
        ? [...held.items]
        : latest.filter(({ publishedAt }) => since !== undefined && publishedAt > since).map(({ id }) => id),
    },
  };
}

const body = z.object({
  language: z.enum(locales),
  title: z.string().trim().min(1).max(200),
  lead: z.string().trim().max(5000).default(''),
  items: z.array(z.uuid()).max(50).default([]),
});

const newForm = read({
  path: '/p/:party/newsletters/new',
  summary: 'What a newsletter asks for, and what was told lately',
  for: secretariat,
  answer: formAnswer,
  handle: (reading) => describeForm(reading, reading.locale),
  page: (answer, view) => newsletterFormPage(answer, view, blankForm(answer.saved)),
});

const draft = write({
  path: '/p/:party/newsletters',
  summary: 'Writes a newsletter; nothing is sent yet',
  for: secretariat,
  body,
  answer: done,
  async handle(work, { body: given }) {
    const { language, title, lead, items } = given;
    const texts = { title: { [language]: title }, lead: withText({}, language, lead) };
    return { path: pathOf(work, await actions.draftNewsletter(work, { ...texts, language, items })) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) =>
    newsletterFormPage(await describeForm(reading, view.locale), view, attempt.form),
});

const editForm = read({
  path: '/p/:party/newsletters/:id/edit',
  summary: 'A newsletter that has not left, in one language, for changing it',
  for: secretariat,
  params: idParams,
  query: z.object({ in: z.enum(locales).optional() }),
  answer: formAnswer,
  handle: async (reading, { params, query }) =>
    describeForm(reading, query.in ?? reading.locale, await getVisible(reading, params.id)),
  page: (answer, view) => newsletterFormPage(answer, view, blankForm(answer.saved)),
});

const edit = write({
  path: '/p/:party/newsletters/:id/edit',
  summary: 'Changes a newsletter that has not left; `base` is the revision that was seen',
  for: secretariat,
  params: idParams,
  body: body.extend({ base: z.int().min(1) }),
  answer: done,
  async handle(work, { params, body: given }) {
    const { base, language, title, lead, items } = given;
    await actions.editNewsletter(work, params.id, base, (held) => ({
      title: withText(held.title, language, title),
      lead: withText(held.lead, language, lead),
      language: held.language,
      items,
    }));
    return { path: pathOf(work, params.id) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const held = await getVisible(reading, attempt.params.id);
    return newsletterFormPage(await describeForm(reading, view.locale, held), view, rebase(attempt, held.revision));
  },
});

const send = write({
  path: '/p/:party/newsletters/:id/send',
  summary: 'Sends a newsletter to every member who wants mail. It cannot be taken back',
  for: secretariat,
  params: idParams,
  body: z.object({ base: z.int().min(1) }),
  answer: done,
  async handle(work, { params, body: { base } }) {
    await actions.sendNewsletter(work, params.id, base);
    return { path: pathOf(work, params.id) };
  },
  then: ({ path }) => withNotice(path, 'hub.done-sent'),
});

/** Whoever comes from the mail sees what anyone sees. */
const byKey = raw({
  path: '/p/:party/k/:key/newsletter',
  summary: 'The newsletter that a key from a mail opens',
  for: 'anyone',
  params: keyParams,
  contentTypes: ['text/plain'],
  async handle(reading, { params }) {
    const { thing } = await openKey(reading.reader, params.key, reading.house.clock.now(), 'newsletter');
    return { status: 303, contentType: 'text/plain', body: '', headers: { location: pathOf(reading, thing.id) } };
  },
});

export const newsletterEndpoints: readonly Endpoint[] = [list, newForm, draft, one, editForm, edit, send, byKey];

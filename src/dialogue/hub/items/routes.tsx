/** News, events and resources of a network, as pages and JSON. */
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import type { SpaceId } from '../../../ids.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { findMember, isSecretariat } from '../../../network/members/member.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { inLanguage, saidSchema } from '../../texts.ts';
import { spacePath } from '../../programme/answers.ts';
import { getVisibleSpace } from '../../programme/spaces/actions.ts';
import { slugForm } from '../../programme/spaces/space.ts';
import { findSpace, listSpaces } from '../../programme/spaces/store.ts';
import * as actions from './actions.ts';
import { describeItem, itemAnswer, itemPath } from './answers.ts';
import { formValuesOf, itemSchema, itemValuesOf, type ItemBody } from './form.tsx';
import { isPublished, itemKinds, type Item } from './item.ts';
import { hubPage, itemFormPage, itemPage } from './pages.tsx';
import * as store from './store.ts';

const pageLength = 20;
const idParams = z.object({ id: z.uuid() });
const done = z.object({ path: z.string(), state: z.enum(['proposed', 'published', 'declined', 'withdrawn']) });

/** `2026-03-02T09:00:00.000Z_<id>`: after this place in the order of publication. */
const cursor = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z_[0-9a-f-]{36}$/)
  .transform((text) => {
    const [at = '', id = ''] = text.split('_');
    return { publishedAt: new Date(at), id };
  });

export const hubAnswer = z.object({
  network: networkFacts,
  items: z.array(itemAnswer),
  proposed: z.array(itemAnswer),
  mayTell: z.boolean(),
  space: z.object({ path: z.string(), title: saidSchema }).nullable(),
  next: z.string().nullable(),
});
export type HubAnswer = z.output<typeof hubAnswer>;

async function spaceIn(reading: Reading & Caller, slug: string | undefined) {
  const space = slug === undefined ? undefined : await getVisibleSpace(reading.reader, reading, slug);
  if (!space) return undefined;
  const title = inLanguage(space.title, reading.locale, space.language) ?? { language: 'en', text: space.slug };
  return { id: space.id, path: spacePath(reading.party?.slug ?? '', space.slug), title };
}

const list = read({
  path: '/p/:party/hub',
  summary: 'News, events and resources of a network, its own and gathered from its members, the latest first',
  for: 'anyone',
  query: z.object({
    kind: z.enum(itemKinds).optional(),
    space: z.string().regex(slugForm).optional(),
    after: cursor.optional(),
  }),
  answer: hubAnswer,
  async handle(reading, { query }) {
    const { reader } = reading;
    const network = networkFactsOf(reading);
    const space = await spaceIn(reading, query.space);
    const { kind, after } = query;
    const found = await store.listPublished(reader, { kind, space: space?.id, after, limit: pageLength + 1 });
    const items = found.slice(0, pageLength);
    const last = items.at(-1);
    const proposed = network.isSecretariat && !after ? await store.listProposed(reader, 100) : [];
    return {
      network,
      items: items.map((item) => describeItem(item, network.slug)),
      proposed: proposed.map((item) => describeItem(item, network.slug)),
      mayTell: network.isSecretariat || (await findMember(reader, reading)) !== undefined,
      space: space ? { path: space.path, title: space.title } : null,
      next: found.length > pageLength && last ? `${last.publishedAt.toISOString()}_${last.id}` : null,
    };
  },
  page: hubPage,
});

const itemPageAnswer = z.object({
  network: networkFacts,
  item: itemAnswer,
  revision: z.int(),
  space: z.object({ path: z.string(), title: saidSchema }).nullable(),
  mayEdit: z.boolean(),
  decisions: z.array(z.enum(actions.decisions)),
});
export type ItemPageAnswer = z.output<typeof itemPageAnswer>;

async function getVisible(reading: Reading & Caller, id: string): Promise<{ item: Item; mayEdit: boolean }> {
  const item = await store.findItem(reading.reader, id);
  const mayEdit = item !== undefined && (await actions.mayEdit(reading.reader, reading, item));
  if (!item || (!isPublished(item) && !mayEdit)) throw problem.notFound({ what: 'item' });
  return { item, mayEdit };
}

const one = read({
  path: '/p/:party/hub/:id',
  summary: 'One news item, event or resource, with its credit, licence and origin',
  for: 'anyone',
  params: idParams,
  answer: itemPageAnswer,
  async handle(reading, { params }) {
    const { item, mayEdit } = await getVisible(reading, params.id);
    const network = networkFactsOf(reading);
    return {
      network,
      item: describeItem(item, network.slug),
      revision: item.revision,
      space: await spaceOfItem(reading, item),
      mayEdit: mayEdit && !item.origin,
      decisions: isSecretariat(reading) ? [...actions.decisionsFor(item.state)] : [],
    };
  },
  page: itemPage,
});

async function spaceOfItem(reading: Reading & Caller, item: Item) {
  const space = item.space && (await findSpace(reading.reader, item.space));
  if (!space || space.state === 'draft') return null;
  const title = inLanguage(space.title, reading.locale, space.language) ?? { language: 'en', text: space.slug };
  return { path: spacePath(reading.party?.slug ?? '', space.slug), title };
}

const formAnswer = z.object({
  network: networkFacts,
  kind: z.enum(itemKinds),
  /** Null: new. */
  path: z.string().nullable(),
  spaces: z.array(z.object({ slug: z.string(), title: z.string() })),
  saved: z.record(z.string(), z.string()),
});
export type ItemFormAnswer = z.output<typeof formAnswer>;

async function spacesOffered({ reader, locale }: Reading & Caller): Promise<ItemFormAnswer['spaces']> {
  const open = await Promise.all(
    (['series', 'community'] as const).map((kind) => listSpaces(reader, { kind, states: ['open'], limit: 200 })),
  );
  return open
    .flat()
    .map(({ slug, title, language }) => ({ slug, title: inLanguage(title, locale, language)?.text ?? slug }));
}

async function requireTeller(reading: Reading & Caller): Promise<void> {
  if (!reading.viewer.account) throw problem.notSignedIn({});
  if (!isSecretariat(reading) && !(await findMember(reading.reader, reading)))
    throw problem.notAllowed({ needs: 'member' });
}

async function describeForm(reading: Reading & Caller, kind: ItemFormAnswer['kind'], item?: Item) {
  const network = networkFactsOf(reading);
  const space = item?.space && (await findSpace(reading.reader, item.space));
  return {
    network,
    kind,
    path: item ? itemPath(network.slug, item.id) : null,
    spaces: await spacesOffered(reading),
    saved: item
      ? formValuesOf(item, space?.slug)
      : { kind, language: reading.locale, licence: '', space: '', minutes: '60', time: '', timeZone: '' },
  };
}

const newForm = read({
  path: '/p/:party/hub/new',
  summary: 'What a new item asks for',
  for: 'anyone',
  query: z.object({ kind: z.enum(itemKinds).default('news') }),
  answer: formAnswer,
  async handle(reading, { query }) {
    await requireTeller(reading);
    return describeForm(reading, query.kind);
  },
  page: (answer, view) => itemFormPage(answer, view, blankForm(answer.saved)),
});

async function valuesIn(work: Work & Caller, body: ItemBody) {
  return itemValuesOf(body, await spaceId(work.tx.db, work, body.space));
}

async function spaceId(reader: Reader, caller: Caller, slug: string | undefined): Promise<SpaceId | undefined> {
  return slug === undefined || slug === '' ? undefined : (await getVisibleSpace(reader, caller, slug)).id;
}

const tell = write({
  path: '/p/:party/hub',
  summary: 'Tells news, an event or a resource; what a member tells waits for the secretariat',
  for: 'anyone',
  body: itemSchema,
  bodyLimitBytes: 300_000,
  answer: done,
  async handle(work, { body }) {
    const id = await actions.tell(work, await valuesIn(work, body));
    return {
      path: itemPath(work.party?.slug ?? '', id),
      state: isSecretariat(work) ? ('published' as const) : ('proposed' as const),
    };
  },
  then: ({ path, state }) => withNotice(path, state === 'published' ? 'hub.done-published' : 'hub.done-proposed'),
  form: async (attempt, view, reading) => {
    const kind = z.enum(itemKinds).catch('news').parse(attempt.form.values['kind']);
    return itemFormPage(await describeForm(reading, kind), view, attempt.form);
  },
});

const editForm = read({
  path: '/p/:party/hub/:id/edit',
  summary: 'An item as it stands, for changing it',
  for: 'anyone',
  params: idParams,
  answer: formAnswer,
  async handle(reading, { params }) {
    const { item, mayEdit } = await getVisible(reading, params.id);
    if (!reading.viewer.account) throw problem.notSignedIn({});
    if (!mayEdit || item.origin) throw problem.notAllowed({ needs: 'secretariat' });
    return describeForm(reading, item.kind, item);
  },
  page: (answer, view) => itemFormPage(answer, view, blankForm(answer.saved)),
});

const edit = write({
  path: '/p/:party/hub/:id/edit',
  summary: 'Changes an item; `base` is the revision that was seen',
  for: 'anyone',
  params: idParams,
  body: itemSchema.extend({ base: z.int().min(1) }),
  bodyLimitBytes: 300_000,
  answer: done.pick({ path: true }),
  async handle(work, { params, body }) {
    await actions.editItem(work, params.id, body.base, await valuesIn(work, body));
    return { path: itemPath(work.party?.slug ?? '', params.id) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const { item } = await getVisible(reading, attempt.params.id);
    return itemFormPage(await describeForm(reading, item.kind, item), view, rebase(attempt, item.revision));
  },
});

const decide = write({
  path: '/p/:party/hub/:id/decide',
  summary: 'The secretariat publishes, declines or withdraws an item',
  for: 'anyone',
  params: idParams,
  body: z.object({ base: z.int().min(1), decision: z.enum(actions.decisions) }),
  answer: done.pick({ path: true }),
  async handle(work, { params, body }) {
    await actions.decideItem(work, params.id, body.base, body.decision);
    return { path: itemPath(work.party?.slug ?? '', params.id) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
});

export const itemEndpoints: readonly Endpoint[] = [list, newForm, tell, one, editForm, edit, decide];

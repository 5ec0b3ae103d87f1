import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { hubPath } from '../items/answers.ts';
import { languagesOffered } from '../items/languages.ts';
import * as actions from './actions.ts';
import { outsideFailures } from './outside.ts';
import { gatheringPage } from './pages.tsx';
import { listFeeds } from './store.ts';

const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;

const gatheringAnswer = z.object({
  network: networkFacts,
  feeds: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      address: z.string(),
      licence: z.string().nullable(),
      readAt: z.iso.datetime().nullable(),
      nextAt: z.iso.datetime(),
      failure: z.enum(outsideFailures).nullable(),
    }),
  ),
});
export type GatheringAnswer = z.output<typeof gatheringAnswer>;

const done = z.object({ path: z.string() });
const pathOf = ({ party }: Caller): string => `${hubPath(party?.slug ?? '')}/gathered`;

async function describe(reading: Reading & Caller): Promise<GatheringAnswer> {
  const feeds = await listFeeds(reading.reader);
  return {
    network: networkFactsOf(reading),
    feeds: feeds.map(({ id, title, address, licence = null, readAt, nextAt, failure }) => ({
      id,
      title,
      address,
      licence,
      readAt: readAt?.toISOString() ?? null,
      nextAt: nextAt.toISOString(),
      failure: outsideFailures.find((code) => code === failure) ?? null,
    })),
  };
}

const list = read({
  path: '/p/:party/hub/gathered',
  summary: 'The feeds of members that are gathered, when each was read, and what is wrong with it',
  for: secretariat,
  answer: gatheringAnswer,
  handle: describe,
  page: (answer, view) => gatheringPage(answer, view, blankForm({ language: view.locale })),
});

const add = write({
  path: '/p/:party/hub/gathered',
  summary: 'Gathers a feed: RSS, Atom, JSON Feed, iCalendar, or the base address of an OAI-PMH repository',
  for: secretariat,
  body: z.object({
    address: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .refine((text) => new URL(text).username === '' && new URL(text).password === '', 'hub.failure-address'),
    title: z.string().trim().min(1).max(200),
    language: z.enum(languagesOffered),
    licence: z.string().trim().max(300).optional(),
  }),
  answer: done,
  async handle(work, { body }) {
    await actions.addFeed(work, { ...body, licence: body.licence === '' ? undefined : body.licence });
    return { path: pathOf(work) };
  },
  then: ({ path }) => withNotice(path, 'hub.done-feed-added'),
  form: async (attempt, view, reading) => gatheringPage(await describe(reading), view, attempt.form),
});

const step = (
  name: string,
  summary: string,
  notice: Parameters<typeof withNotice>[1],
  run: typeof actions.giveUpFeed,
) =>
  write({
    path: `/p/:party/hub/gathered/:id/${name}`,
    summary,
    for: secretariat,
    params: z.object({ id: z.uuid() }),
    body: z.object({}),
    answer: done,
    async handle(work, { params }) {
      await run(work, params.id);
      return { path: pathOf(work) };
    },
    then: ({ path }) => withNotice(path, notice),
  });

export const gatheringEndpoints: readonly Endpoint[] = [
  list,
  add,
  step('read-now', 'Reads a feed as soon as possible', 'hub.done-reading', actions.readFeedNow),
  step('give-up', 'Gathers a feed no more; what it brought stays', 'common.done-saved', actions.giveUpFeed),
];

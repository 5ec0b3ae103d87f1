import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { parsePeriod, periodOf, plainDateAt, shiftPeriod, type Period } from '../../period.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { locales, type Locale } from '../../ui/locales.ts';
import { describePeriod } from '../signals/answers.ts';
import { listIndicatorFacts } from '../signals/reading.ts';
import { office, officers } from '../signals/routes.tsx';
import * as actions from './actions.ts';
import type { LettingOut } from './figures.ts';
import {
  bulletinAnswer,
  bulletinListAnswer,
  bulletinListPage,
  bulletinPage,
  publicBulletinAnswer,
  publicBulletinPage,
  publicListAnswer,
  publicListPage,
  revisionAnswer,
  revisionPage,
  type bulletinCore,
} from './pages.tsx';
import * as store from './store.ts';
import type { Bulletin, BulletinId, WeekKind } from './store.ts';

const idParam = z.object({ id: z.uuid() });
const saved = z.object({ id: z.uuid() });

const bulletinPath = (id: string): string => `/bulletins/${id}`;
const publicPathOf = (slug: string, { period, locale }: Pick<Bulletin, 'period' | 'locale'>): string =>
  `/p/${slug}/bulletins/${period.kind}/${period.label}/${locale}`;

function describe(bulletin: Bulletin, slug: string): z.input<typeof bulletinCore> {
  const { id, period, locale, revision, published } = bulletin;
  return {
    id,
    path: bulletinPath(id),
    publicPath: publicPathOf(slug, bulletin),
    period: describePeriod(period),
    locale,
    revision,
    published: published ? { ...published, at: published.at.toISOString() } : null,
  };
}

const draftableWeeks = 8;

/** The running week and those before it, of each kind of week that is reported here. */
async function weeksOf({ reader, house }: Reading): Promise<readonly Period<WeekKind>[]> {
  const used = new Set([...(await listIndicatorFacts(reader)).values()].map(({ periodKind }) => periodKind));
  const today = plainDateAt(house.clock.now(), 'UTC');
  return (['iso-week', 'mmwr-week'] as const)
    .filter((kind) => used.has(kind))
    .flatMap((kind) => {
      const running: Period<WeekKind> = periodOf(kind, today);
      return Array.from({ length: draftableWeeks }, (_, back) => shiftPeriod(running, -back));
    });
}

async function describeList(reading: Reading & Caller): Promise<z.input<typeof bulletinListAnswer>> {
  const { reader, viewer, party } = reading;
  const bulletins = await store.listBulletins(reader, 'all', 200);
  return {
    mayWrite: viewer.roles.has('officer'),
    weeks: (await weeksOf(reading)).map(describePeriod),
    bulletins: bulletins.map((bulletin) => describe(bulletin, party?.slug ?? '')),
  };
}

const list = read({
  path: '/bulletins',
  summary: 'All bulletins of the office, drafts included',
  for: office,
  answer: bulletinListAnswer,
  handle: describeList,
  // The last whole week, in the reader's own language.
  page: (answer, view) =>
    bulletinListPage(
      answer,
      view,
      blankForm({ week: answer.weeks[1] && `${answer.weeks[1].kind} ${answer.weeks[1].label}`, locale: view.locale }),
    ),
});

const weekBody = z.string().regex(/^(?:iso|mmwr)-week \d{4}-W\d{2}$/, 'week-form');

function parseWeek(text: string): Period<WeekKind> {
  const [kind, label = ''] = text.split(' ');
  const week = kind === 'mmwr-week' ? parsePeriod('mmwr-week', label) : parsePeriod('iso-week', label);
  if (week.error !== undefined)
    throw problem.inputInvalid({ fields: [{ path: 'week', code: week.error, message: week.error }] });
  return week.value;
}

const draft = (lettingOut: LettingOut) =>
  write({
    path: '/bulletins',
    summary:
      "Drafts a bulletin from the week's data, signals and events, in one of the languages; or finds the one that is there",
    for: officers,
    body: z.object({ week: weekBody, locale: z.enum(locales) }),
    answer: saved,
    async handle(work, { body }) {
      const name = work.party?.name ?? '';
      const wanted = { period: parseWeek(body.week), locale: body.locale, office: name };
      return { id: await actions.startBulletin(work, wanted, lettingOut) };
    },
    then: ({ id }) => bulletinPath(id),
    form: async ({ form }, view, reading) =>
      bulletinListPage(bulletinListAnswer.parse(await describeList(reading)), view, form),
  });

async function describeOne(
  { reader, viewer, party }: Reading & Caller,
  id: string,
): Promise<z.input<typeof bulletinAnswer>> {
  const bulletin = await store.findBulletin(reader, id as BulletinId);
  if (!bulletin) throw problem.notFound({ what: 'bulletin' });
  const revisions = await store.listRevisions(reader, bulletin.id);
  const latest = revisions[0];
  return {
    ...describe(bulletin, party?.slug ?? ''),
    mayWrite: viewer.roles.has('officer'),
    title: latest?.title ?? '',
    text: latest?.text ?? '',
    revisions: revisions.map(({ revision, by, at }) => ({ revision, by, at: at.toISOString() })),
  };
}

const one = read({
  path: '/bulletins/:id',
  summary: 'One bulletin: its latest text, what is public of it, all its revisions',
  for: office,
  params: idParam,
  answer: bulletinAnswer,
  handle: (reading, { params }) => describeOne(reading, params.id),
  page: (answer, view) => bulletinPage(answer, view, blankForm({ title: answer.title, text: answer.text })),
});

const revise = write({
  path: '/bulletins/:id',
  summary: 'Saves a new revision of a bulletin; `base` is the revision that was edited',
  for: officers,
  params: idParam,
  bodyLimitBytes: 400_000,
  body: z.object({
    base: z.int().min(1),
    title: z.string().trim().min(1).max(300),
    text: z.string().trim().min(1).max(50_000),
  }),
  answer: saved,
  async handle(work, { params, body: { base, title, text } }) {
    await actions.reviseBulletin(work, params.id as BulletinId, base, { title, text });
    return { id: params.id };
  },
  then: ({ id }) => withNotice(bulletinPath(id), 'bulletins.done-saved'),
  form: async ({ form, params }, view, reading) =>
    bulletinPage(bulletinAnswer.parse(await describeOne(reading, params.id)), view, form),
});

const publish = (lettingOut: LettingOut) =>
  write({
    path: '/bulletins/:id/publish',
    summary: 'Makes one revision of a bulletin public',
    for: officers,
    params: idParam,
    body: z.object({ revision: z.int().min(1) }),
    answer: saved,
    async handle(work, { params, body }) {
      await actions.publishBulletin(work, params.id as BulletinId, body.revision, lettingOut);
      return { id: params.id };
    },
    then: ({ id }) => withNotice(bulletinPath(id), 'bulletins.done-published'),
  });

const withdraw = write({
  path: '/bulletins/:id/withdraw',
  summary: 'Takes a bulletin out of the public pages; its revisions stay with the office',
  for: officers,
  params: idParam,
  body: z.object({}),
  answer: saved,
  async handle(work, { params }) {
    await actions.withdrawBulletin(work, params.id as BulletinId);
    return { id: params.id };
  },
  then: ({ id }) => withNotice(bulletinPath(id), 'bulletins.done-withdrawn'),
});

const revisionParams = z.object({ id: z.uuid(), revision: z.coerce.number().int().min(1) });

const revision = read({
  path: '/bulletins/:id/revisions/:revision',
  summary: 'An earlier revision of a bulletin',
  for: office,
  params: revisionParams,
  answer: revisionAnswer,
  async handle({ reader }, { params }) {
    const bulletin = await store.findBulletin(reader, params.id as BulletinId);
    const found = bulletin && (await store.findRevision(reader, bulletin.id, params.revision));
    if (!found) throw problem.notFound({ what: 'bulletin' });
    return { ...found, path: bulletinPath(params.id), locale: bulletin.locale, at: found.at.toISOString() };
  },
  page: revisionPage,
});

const publicList = read({
  path: '/p/:party/bulletins',
  summary: 'The published bulletins of a party',
  for: 'anyone',
  answer: publicListAnswer,
  async handle({ reader, party }) {
    const { slug = '', name = '' } = party ?? {};
    const bulletins = await store.listBulletins(reader, 'published', 200);
    return {
      office: name,
      bulletins: bulletins.map((bulletin) => ({
        path: publicPathOf(slug, bulletin),
        period: describePeriod(bulletin.period),
        locale: bulletin.locale,
        publishedAt: bulletin.published?.at.toISOString() ?? '',
      })),
    };
  },
  page: publicListPage,
});

const publicParams = z.object({
  kind: z.enum(['iso-week', 'mmwr-week']),
  week: z.string().regex(/^\d{4}-W\d{2}$/),
  locale: z.enum(locales),
});

const publicOne = read({
  path: '/p/:party/bulletins/:kind/:week/:locale',
  summary: 'A published bulletin',
  for: 'anyone',
  params: publicParams,
  answer: publicBulletinAnswer,
  async handle({ reader, party }, { params }) {
    const { slug = '', name = '' } = party ?? {};
    const period = parseWeek(`${params.kind} ${params.week}`);
    const bulletin = await store.findBulletinOf(reader, period, params.locale);
    // What is not published does not exist for the public.
    const shown = bulletin?.published && (await store.findRevision(reader, bulletin.id, bulletin.published.revision));
    if (!bulletin?.published || !shown) throw problem.notFound({ what: 'bulletin' });
    const others: { locale: Locale; path: string }[] = [];
    for (const locale of locales) {
      const other = locale === params.locale ? undefined : await store.findBulletinOf(reader, period, locale);
      if (other?.published) others.push({ locale, path: publicPathOf(slug, other) });
    }
    return {
      office: name,
      listPath: `/p/${slug}/bulletins`,
      period: describePeriod(period),
      locale: bulletin.locale,
      title: shown.title,
      text: shown.text,
      publishedBy: bulletin.published.by,
      publishedAt: bulletin.published.at.toISOString(),
      others,
    };
  },
  page: publicBulletinPage,
});

export const bulletinEndpoints = (lettingOut: LettingOut): readonly Endpoint[] => [
  list,
  draft(lettingOut),
  one,
  revise,
  publish(lettingOut),
  withdraw,
  revision,
  publicList,
  publicOne,
];

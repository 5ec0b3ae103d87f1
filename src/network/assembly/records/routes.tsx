/** What a network has to show its members and everybody else: its strategy, its money, its year. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { formatCsv } from '../../../surveillance/csv.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { networkFacts } from '../../members/answers.ts';
import { networkFactsOf, networkPath } from '../../members/section.tsx';
import { publishRecord } from './actions.ts';
import { budgetLineSchema } from './budget.ts';
import { recordPage, recordsPage } from './pages.tsx';
import * as store from './store.ts';

const recordsPath = (slug: string): string => `${networkPath(slug)}/records`;
const slugOf = ({ party }: Caller): string => party?.slug ?? '';

const summary = z.object({
  path: z.string(),
  kind: z.enum(store.recordKinds),
  year: z.int(),
  version: z.int(),
  title: z.string(),
  language: z.string(),
  publishedAt: z.iso.datetime(),
  whatChanged: z.string().nullable(),
});

const summarise = (slug: string, record: store.NetworkRecord): z.output<typeof summary> => ({
  path: `${recordsPath(slug)}/${record.id}`,
  kind: record.kind,
  year: record.year,
  version: record.version,
  title: record.title,
  language: record.language,
  publishedAt: record.published_at.toISOString(),
  whatChanged: record.what_changed,
});

export const recordsAnswer = z.object({ network: networkFacts, records: z.array(summary) });
export type RecordsAnswer = z.output<typeof recordsAnswer>;

const describeAll = async (reading: Reading & Caller): Promise<RecordsAnswer> => ({
  network: networkFactsOf(reading),
  records: (await store.listRecords(reading.reader)).map((record) => summarise(slugOf(reading), record)),
});

export const recordAnswer = summary.extend({
  network: networkFacts,
  words: z.string(),
  currency: z.string().nullable(),
  lines: z.array(budgetLineSchema).nullable(),
  versions: z.array(summary),
});
export type RecordAnswer = z.output<typeof recordAnswer>;

async function getRecord(reading: Reading, id: string): Promise<store.NetworkRecord> {
  const record = await store.findRecord(reading.reader, id);
  if (!record) throw problem.notFound({ what: 'record' });
  return record;
}

const list = read({
  path: '/p/:party/records',
  summary: 'Strategy, budget and annual report of each year, in their latest version',
  for: 'anyone',
  answer: recordsAnswer,
  handle: describeAll,
  page: (answer, view) => recordsPage(answer, view, blankForm({ year: String(view.now.getUTCFullYear()) })),
});

const publish = write({
  path: '/p/:party/records',
  summary: 'Publishes a record; one of the same kind and year is its next version, and says what changed',
  for: 'anyone',
  bodyLimitBytes: 2_000_000,
  body: z.object({
    kind: z.enum(store.recordKinds),
    year: z.int().min(1900).max(2200),
    title: z.string().trim().min(1).max(300),
    language: z.enum(locales),
    words: z.string().max(200_000).default(''),
    table: z.string().max(500_000).default(''),
    currency: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{3}$/)
      .optional(),
    whatChanged: z.string().trim().min(1).max(2000).optional(),
  }),
  answer: z.object({ path: z.string() }),
  async handle(work, { body }) {
    const id = await publishRecord(work, { ...body, currency: body.currency, whatChanged: body.whatChanged });
    return { path: `${recordsPath(slugOf(work))}/${id}` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async ({ form }, view, reading) => recordsPage(await describeAll(reading), view, form),
});

const idParams = z.object({ record: z.uuid() });

const one = read({
  path: '/p/:party/records/:record',
  summary: 'One version of a record, with its budget lines and the other versions',
  for: 'anyone',
  params: idParams,
  answer: recordAnswer,
  async handle(reading, { params }) {
    const record = await getRecord(reading, params.record);
    const slug = slugOf(reading);
    return {
      ...summarise(slug, record),
      network: networkFactsOf(reading),
      words: record.words,
      currency: record.currency,
      lines: record.lines && [...record.lines],
      versions: (await store.listVersions(reading.reader, record.kind, record.year)).map((each) =>
        summarise(slug, each),
      ),
    };
  },
  page: recordPage,
});

const table = raw({
  path: '/p/:party/records/:record/lines.csv',
  summary: 'The budget lines of a record as a table',
  for: 'anyone',
  params: idParams,
  contentTypes: ['text/csv; charset=utf-8'],
  async handle(reading, { params }) {
    const { lines, currency, kind, year } = await getRecord(reading, params.record);
    if (lines === null) throw problem.notFound({ what: 'table' });
    const rows = lines.map(({ direction, heading, hundredths }) => [
      heading,
      direction === 'income' ? hundredths / 100 : null,
      direction === 'expenditure' ? hundredths / 100 : null,
      currency,
    ]);
    return {
      contentType: 'text/csv; charset=utf-8',
      fileName: `${kind}-${year}.csv`,
      body: formatCsv(['heading', 'income', 'expenditure', 'currency'], rows),
    };
  },
});

export const recordEndpoints: readonly Endpoint[] = [list, publish, one, table];

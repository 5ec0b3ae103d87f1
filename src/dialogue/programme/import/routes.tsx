import { z } from 'zod';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { timeZoneSchema } from '../../../network/members/entry-form.tsx';
import { faultAnswer, faultsTold } from '../../../network/members/import-routes.tsx';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { plainDateAt } from '../../../period.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { locales } from '../../../ui/locales.ts';
import { describeSpace, spaceSummary } from '../answers.ts';
import { getVisibleSpace, requireConvening } from '../spaces/actions.ts';
import { spaceOf, spaceParams } from '../spaces/routes.tsx';
import type { Space } from '../spaces/space.ts';
import { importProgramme } from './import.ts';
import { importedPage, programmeImportPage } from './pages.tsx';
import { programmeLimits } from './rows.ts';

const path = '/p/:party/spaces/:space/import';

const formAnswer = z.object({ network: networkFacts, space: spaceSummary, timeZone: z.string() });
export type ProgrammeImportForm = z.output<typeof formAnswer>;

const summaryOf = ({ house, locale, party }: Reading & Caller, space: Space) =>
  describeSpace(space, party?.slug ?? '', locale, plainDateAt(house.clock.now(), 'UTC'));

async function describe(reading: Reading & Caller, slug: string): Promise<ProgrammeImportForm> {
  const space = await getVisibleSpace(reading.reader, reading, slug);
  await requireConvening(reading.reader, reading, space.id);
  return { network: networkFactsOf(reading), space: summaryOf(reading, space), timeZone: space.timeZone };
}

const form = read({
  path,
  summary: 'What a programme may look like that is brought into a space',
  for: 'anyone',
  params: spaceParams,
  answer: formAnswer,
  handle: (reading, { params }) => describe(reading, params.space),
  page: (answer, view) =>
    programmeImportPage(answer, view, blankForm({ timeZone: answer.timeZone, language: view.locale, trial: 'on' })),
});

export const importedAnswer = z.object({
  network: networkFacts,
  space: spaceSummary,
  isTrial: z.boolean(),
  isCalendar: z.boolean(),
  sessions: z.array(
    z.object({
      row: z.int(),
      title: z.string(),
      localStart: z.string(),
      timeZone: z.string(),
      becomes: z.enum(['new', 'changed', 'same']),
    }),
  ),
  unnamed: z.int(),
  faults: z.array(faultAnswer),
  moreFaults: z.int(),
});
export type ImportedAnswer = z.output<typeof importedAnswer>;

const take = write({
  path,
  summary:
    'Brings an existing programme, CSV or iCalendar, into a space, or only checks it; one fault and nothing is kept',
  for: 'anyone',
  params: spaceParams,
  files: { file: { limitBytes: programmeLimits.bytes } },
  body: z.object({ language: z.enum(locales), timeZone: timeZoneSchema, trial: z.boolean().default(false) }),
  answer: importedAnswer,
  async handle(work, { params, body, files }) {
    const space = await spaceOf(work, params.space);
    const file = files['file'];
    if (!file) throw problem.inputInvalid({ fields: [{ path: 'file', code: 'required', message: 'required' }] });
    const { language, timeZone, trial } = body;
    const result = await importProgramme(work, space, file.path, { language, timeZone }, trial);
    return {
      network: networkFactsOf(work),
      space: summaryOf({ ...work, reader: work.tx.db }, space),
      isTrial: trial,
      isCalendar: result.isCalendar,
      sessions: result.sessions.map(({ row, values, becomes }) => ({
        row,
        title: Object.values(values.title)[0] ?? '',
        localStart: values.localStart,
        timeZone: values.timeZone,
        becomes,
      })),
      unnamed: result.unnamed,
      faults: result.faults.slice(0, faultsTold),
      moreFaults: Math.max(0, result.faults.length - faultsTold),
    };
  },
  show: importedPage,
  form: async ({ form: typed, params }, view, reading) =>
    programmeImportPage(await describe(reading, params.space), view, typed),
});

export const programmeImportEndpoints: readonly Endpoint[] = [form, take];

import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import { problem } from '../../problem.ts';
import { readFilePieces } from '../../surveillance/reporting/submissions/attachments.ts';
import { blankForm } from '../../ui/forms.tsx';
import { locales } from '../../ui/locales.ts';
import { networkFacts } from './answers.ts';
import { timeZoneSchema } from './entry-form.tsx';
import { importFormPage, importResultPage } from './import-pages.tsx';
import { memberTableLimits } from './import-rows.ts';
import { importMembers } from './import.ts';
import { networkFactsOf } from './section.tsx';

const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;
const path = '/p/:party/members/import';

export const faultAnswer = z.object({ row: z.int(), column: z.string(), code: z.string(), value: z.string() });

const formAnswer = z.object({ network: networkFacts });

const form = read({
  path,
  summary: 'What a list of members may look like',
  for: secretariat,
  answer: formAnswer,
  handle: async (reading) => ({ network: networkFactsOf(reading) }),
  page: (answer, view) =>
    importFormPage(answer, view, blankForm({ language: view.locale, timeZone: view.timeZone ?? 'UTC', trial: 'on' })),
});

export const importAnswer = z.object({
  network: networkFacts,
  isTrial: z.boolean(),
  read: z.int(),
  added: z.int(),
  known: z.int(),
  faults: z.array(faultAnswer),
  /** More than are told. */
  moreFaults: z.int(),
});
export type ImportAnswer = z.output<typeof importAnswer>;

export const faultsTold = 200;

const take = write({
  path,
  summary: 'Adds members from a CSV file, or only checks it; a file with one fault adds nobody',
  for: secretariat,
  timeoutMs: 120_000,
  files: { file: { limitBytes: memberTableLimits.bytes } },
  body: z.object({
    language: z.enum(locales),
    timeZone: timeZoneSchema,
    constituency: z.enum(partyKinds).optional(),
    trial: z.boolean().default(false),
  }),
  answer: importAnswer,
  async handle(work, { body, files }) {
    const file = files['file'];
    if (!file) throw problem.inputInvalid({ fields: [{ path: 'file', code: 'required', message: 'required' }] });
    const { language, timeZone, constituency, trial } = body;
    const result = await importMembers(work, readFilePieces(file.path), { language, timeZone, constituency }, trial);
    return {
      ...result,
      network: networkFactsOf(work),
      isTrial: trial,
      faults: result.faults.slice(0, faultsTold),
      moreFaults: Math.max(0, result.faults.length - faultsTold),
    };
  },
  show: importResultPage,
  form: (attempt, view, reading) => importFormPage({ network: networkFactsOf(reading) }, view, attempt.form),
});

export const importEndpoints: readonly Endpoint[] = [form, take];

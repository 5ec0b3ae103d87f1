import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { describeMethod } from '../../signals/explanation.ts';
import { nameIn } from '../../signals/reported.ts';
import * as reported from '../../signals/reported/store.ts';
import { office, officers } from '../../signals/routes.tsx';
import { listDetectors } from '../../signals/reading.ts';
import { wordsOf } from '../../signals/words.ts';
import { listAnalyses, type AnalysisId } from '../analysis-store.ts';
import { isSame } from '../comparison.ts';
import { adoptRules, getRules, keepRules } from './actions.ts';
import { guessIndicator, isFor, packageLimitBytes, readPackage, rulesResult } from './package.ts';
import { importPage, importsAnswer, packageAnswer, packagePage } from './pages.tsx';
import { explainFault } from './wording.ts';

const idParam = z.object({ id: z.uuid().transform((id) => id as AnalysisId) });
export const packagePath = (id: string): string => `/detection/import/${id}`;

async function readImports(reading: Reading & Caller): Promise<z.input<typeof importsAnswer>> {
  return {
    mayImport: reading.viewer.roles.has('officer'),
    imports: (await listAnalyses(reading.reader, 'rules', 20)).map((analysis) => {
      const { fileName, rules } = rulesResult.parse(analysis.result);
      return { path: packagePath(analysis.id), fileName, rules: rules.length, at: analysis.askedAt.toISOString() };
    }),
  };
}

const imports = read({
  path: '/detection/import',
  summary: 'The form for the rules of a DHIS2 disease-surveillance package, and the files read before',
  for: office,
  answer: importsAnswer,
  handle: readImports,
  page: (answer, view) => importPage(answer, view, blankForm()),
});

const receive = write({
  path: '/detection/import',
  summary: 'Reads the rules of a DHIS2 disease-surveillance package; nothing is watched by them until they are adopted',
  for: officers,
  files: { file: { limitBytes: packageLimitBytes } },
  body: z.object({}),
  answer: z.object({ id: z.uuid() }),
  async handle(work, { files }) {
    const { file } = files;
    if (!file) throw problem.inputInvalid({ fields: [{ path: 'file', code: 'required', message: 'required' }] });
    return { id: await keepRules(work, await readPackage(file.path, file.fileName.slice(0, 200))) };
  },
  then: ({ id }) => packagePath(id),
  form: async ({ form }, view, reading) => importPage(importsAnswer.parse(await readImports(reading)), view, form),
});

export async function describePackage(
  reading: Pick<Reading & Caller, 'reader' | 'locale'>,
  id: AnalysisId,
  mayAdopt: boolean,
): Promise<z.input<typeof packageAnswer>> {
  const { reader, locale } = reading;
  const words = wordsOf(reading);
  const { fileName, sha256, rules, checks, companions, notUnderstood } = await getRules(reader, id);
  const indicators = [...(await reported.listIndicators(reader)).values()];
  const active = (await listDetectors(reader)).filter(({ isActive }) => isActive);
  const name = (of: (typeof indicators)[number]): string => nameIn(locale, of.names, of.code);
  return {
    path: packagePath(id),
    fileName,
    sha256,
    mayAdopt,
    rules: rules.map((rule, position) => {
      const guess = guessIndicator(rule, indicators);
      return {
        position,
        source: rule.source.id,
        element: rule.element,
        elementName: rule.elementName,
        description: rule.description,
        rule: describeMethod(words, rule.method, rule.periodType === 'Daily' ? 'day' : 'iso-week'),
        method: rule.method,
        faults: rule.faults.map((fault) => ({ code: fault.code, text: explainFault(words, fault) })),
        choices: indicators
          .filter((indicator) => isFor(rule, indicator))
          .map((indicator) => ({ value: String(indicator.id), name: name(indicator) })),
        guess: guess ? name(guess) : null,
        watched: indicators
          .filter(({ id: own }) =>
            active.some(({ indicatorId, method }) => indicatorId === own && isSame(method, rule.method)),
          )
          .filter((indicator) => indicator.id === guess?.id)
          .map(name),
      };
    }),
    checks: checks.map((check) => ({ name: check.name, repeated: check.repeated })),
    companions: companions.map((companion) => companion.name),
    notUnderstood: notUnderstood.map((each) => ({ name: each.name, expression: each.expression })),
  };
}

const one = read({
  path: '/detection/import/:id',
  summary: 'Each rule of the file: what it will be, what was wrong with it, and which indicator it is for',
  for: office,
  params: idParam,
  answer: packageAnswer,
  handle: (reading, { params }) => describePackage(reading, params.id, reading.viewer.roles.has('officer')),
  page: (answer, view) => packagePage(answer, view, blankForm()),
});

const adopt = write({
  path: '/detection/import/:id/adopt',
  summary: 'Watches the chosen indicators by the rules of the file',
  for: officers,
  params: idParam,
  body: z.object({
    /** By position of the rule, the indicator. */
    rules: z.record(z.string().regex(/^\d{1,4}$/), z.coerce.number().int().positive()).optional(),
  }),
  answer: z.object({ added: z.int() }),
  async handle(work, { params, body }) {
    const adoptions = Object.entries(body.rules ?? {}).map(([rule, indicator]) => ({ rule: Number(rule), indicator }));
    if (adoptions.length === 0)
      throw problem.inputInvalid({
        fields: [{ path: 'rules', code: 'rules.none-chosen', message: 'rules.none-chosen' }],
      });
    return { added: await adoptRules(work, params.id, adoptions) };
  },
  then: () => withNotice('/detection', 'rules.done-adopted'),
  form: async ({ form, params }, view, reading) =>
    packagePage(packageAnswer.parse(await describePackage(reading, params.id, true)), view, form),
});

export const ruleImportEndpoints: readonly Endpoint[] = [imports, receive, one, adopt];

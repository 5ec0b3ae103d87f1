/** Everything of mine, as a page, a file for people and a file for programs; and being forgotten. */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { networkFacts } from '../../network/members/answers.ts';
import { networkCrumbs, networkFactsOf, networkPath } from '../../network/members/section.tsx';
import type { PersonalData } from '../../network/members/personal-data.ts';
import { problem } from '../../problem.ts';
import { Actions, blankForm, Button, CheckboxesField, Form, type FormState } from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { isMessageKey, translator } from '../../ui/locales.ts';
import { Facts } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import { collectData, forgetMember, type HeldSection } from './data-actions.ts';
import { byKey, signedIn, type Door } from './doors.ts';

const dataAnswer = z.object({
  network: networkFacts,
  path: z.string(),
  sections: z.array(
    z.object({
      /** A message of ours. */
      heading: z.string(),
      tables: z.array(z.object({ table: z.string(), rows: z.array(z.record(z.string(), z.unknown())) })),
    }),
  ),
});
type DataAnswer = z.output<typeof dataAnswer>;

/** More rows than this stand in the files only. */
const rowsShown = 50;

const wordsOf = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : value instanceof Date
      ? value.toISOString()
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);

const columnsOf = (rows: HeldSection['tables'][number]['rows']): readonly string[] => Object.keys(rows[0] ?? {});

function dataPage(answer: DataAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, path, sections } = answer;
  return {
    title: t('rights.data-title'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <p class="lead">{t('rights.data-lead')}</p>
        <p>
          <a href={`${path}.html`} download>
            {t('rights.data-readable')}
          </a>{' '}
          · <a href={`${path}.json`}>JSON</a>
        </p>
        {sections.map(({ heading, tables }) => (
          <>
            <h2>{isMessageKey(heading) ? t(heading) : heading}</h2>
            {tables.map(({ table, rows }) => (
              <>
                <h3>{table.replaceAll('_', ' ')}</h3>
                {rows.slice(0, rowsShown).map((row) => (
                  <Facts
                    facts={columnsOf([row]).map((column) => ({
                      label: column.replaceAll('_', ' '),
                      value: <span dir="auto">{wordsOf(row[column])}</span>,
                    }))}
                  />
                ))}
              </>
            ))}
          </>
        ))}
        <h2>{t('rights.forget')}</h2>
        <p>{t('rights.forget-lead')}</p>
        <ul>
          <li>{t('rights.forget-stays')}</li>
          <li>{t('rights.forget-account')}</li>
        </ul>
        <Form view={view} action={`${path}/forget`} form={form}>
          <CheckboxesField
            view={view}
            form={form}
            name="understood"
            label={t('rights.forget-sure')}
            options={[{ value: 'on', label: t('rights.forget-understood') }]}
          />
          <Actions>
            <Button kind="danger">{t('rights.forget-now')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** One file that any browser opens without this node, now or in ten years. */
function dataFile(sections: readonly HeldSection[], locale: Caller['locale'], network: string): string {
  const t = translator(locale);
  const title = `${t('rights.data-title')} – ${network}`;
  const tables = sections.flatMap(({ heading, tables: held }) => [
    `<h2>${escapeHtml(t(heading))}</h2>`,
    ...held.map(({ table, rows }) => {
      const columns = columnsOf(rows);
      const cells = (tag: string, values: readonly string[]): string =>
        `<tr>${values.map((value) => `<${tag} dir="auto">${escapeHtml(value)}</${tag}>`).join('')}</tr>`;
      return [
        `<table border="1" cellpadding="4"><caption>${escapeHtml(table.replaceAll('_', ' '))}</caption>`,
        cells('th', columns),
        ...rows.map((row) =>
          cells(
            'td',
            columns.map((column) => wordsOf(row[column])),
          ),
        ),
        '</table>',
      ].join('\n');
    }),
  ]);
  return [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    ...tables,
    '</body></html>',
  ].join('\n');
}

function endpointsOf<Params extends z.ZodObject>(
  door: Door<Params>,
  sources: readonly PersonalData[],
): readonly Endpoint[] {
  const { path, params } = door;
  const facts = { for: 'anyone', params } as const;
  const collect = async (reading: Reading & Caller, given: z.output<Params>) =>
    collectData(reading, sources, await door.find(reading.reader, reading, given, reading.house.clock.now()));
  const describe = async (reading: Reading & Caller, given: z.output<Params>): Promise<z.input<typeof dataAnswer>> => {
    const network = networkFactsOf(reading);
    const sections = await collect(reading, given);
    return {
      network,
      path: door.pathOf(network.slug, given),
      sections: sections.map(({ heading, tables }) => ({
        heading,
        tables: tables.map(({ table, rows }) => ({ table, rows: rows.map((row) => ({ ...row })) })),
      })),
    };
  };
  const fileOf = (extension: 'json' | 'html', contentType: string, write_: typeof dataFile): Endpoint =>
    raw({
      ...facts,
      path: `${path}.${extension}`,
      summary: `Everything that the network holds of the caller, as ${extension.toUpperCase()}`,
      contentTypes: [contentType],
      handle: async (reading, input) => ({
        contentType,
        body: write_(await collect(reading, input.params), reading.locale, reading.party?.name ?? ''),
        fileName: `my-data.${extension}`,
      }),
    });
  return [
    read({
      ...facts,
      path,
      summary: 'Everything that the network holds of the caller',
      answer: dataAnswer,
      handle: (reading, input) => describe(reading, input.params),
      page: (answer, view) => dataPage(answer, view, blankForm({ understood: '' })),
    }),
    fileOf('json', 'application/json', (sections) => JSON.stringify(sections, null, 2)),
    fileOf('html', 'text/html; charset=utf-8', dataFile),
    write({
      ...facts,
      path: `${path}/forget`,
      summary: 'Forgets the caller for good: what others rely on stays, as by a former member',
      body: z.object({ understood: z.boolean().default(false) }),
      answer: z.object({ path: z.string() }),
      async handle(work, input) {
        const member = await door.find(work.tx.db, work, input.params, work.tx.now);
        if (!input.body.understood)
          throw problem.inputInvalid({
            fields: [{ path: 'understood', code: 'rights.forget-must-be-sure', message: 'understood' }],
          });
        await forgetMember(work, sources, member);
        return { path: networkPath(work.party?.slug ?? '') };
      },
      then: (answer) => withNotice(answer.path, 'rights.done-forgotten'),
      form: async ({ form, params: given }, view, reading) =>
        dataPage(dataAnswer.parse(await describe(reading, given)), view, form),
    }),
  ];
}

export const dataEndpoints = (sources: readonly PersonalData[]): readonly Endpoint[] => [
  ...endpointsOf(signedIn('me/data'), sources),
  ...endpointsOf(byKey('data'), sources),
];

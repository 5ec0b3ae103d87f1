import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import { periodKinds } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import {
  Actions,
  blankForm,
  Button,
  CheckboxesField,
  Form,
  SelectField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import { formatList } from '../../../ui/format.ts';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { languageNames, locales, type Locale } from '../../../ui/locales.ts';
import { Status } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { formatCsv } from '../../csv.ts';
import { managers, readers } from '../access.ts';
import { isManager, reportingCrumb, Rooms } from '../section.tsx';
import { saveIndicator } from './actions.ts';
import { formsEndpoints } from './forms-routes.tsx';
import { aggregations, codeForm, icd10Form, icd11Form, indicatorName, type Indicator } from './indicator.ts';
import * as store from './store.ts';

const indicatorAnswer = z.object({
  code: z.string(),
  names: z.record(z.string(), z.string()),
  icd10: z.string().nullable(),
  icd11: z.string().nullable(),
  periodKind: z.enum(periodKinds),
  isImmediate: z.boolean(),
  aggregation: z.enum(aggregations),
  /** Codes of the indicators that it is the sum of. */
  parts: z.array(z.string()),
  /** Its kind of period is fixed from then on. */
  isReported: z.boolean(),
});
type IndicatorAnswer = z.output<typeof indicatorAnswer>;

const choiceAnswer = z.object({ code: z.string(), name: z.string(), periodKind: z.enum(periodKinds) });
type Choice = z.output<typeof choiceAnswer>;

const describeIndicator = (indicator: Indicator, reported: ReadonlySet<number>): IndicatorAnswer => ({
  code: indicator.code,
  names: { ...indicator.names },
  icd10: indicator.icd10 ?? null,
  icd11: indicator.icd11 ?? null,
  periodKind: indicator.periodKind,
  isImmediate: indicator.isImmediate,
  aggregation: indicator.aggregation,
  parts: [...indicator.parts],
  isReported: reported.has(indicator.id),
});

const list = read({
  path: '/reporting/indicators',
  summary: 'What is counted, with names, codes and kind of period',
  for: readers,
  answer: z.object({ indicators: z.array(indicatorAnswer) }),
  async handle({ reader }) {
    const reported = await store.listReportedIndicatorIds(reader);
    return {
      indicators: (await store.listIndicators(reader)).map((indicator) => describeIndicator(indicator, reported)),
    };
  },
  page: ({ indicators }, view) => indicatorsPage(indicators, view),
});

const listCsv = raw({
  path: '/reporting/indicators.csv',
  summary: 'All indicators, as they can be imported again',
  for: readers,
  contentTypes: ['text/csv'],
  async handle({ reader }) {
    const header = [
      'code',
      'name',
      ...locales.slice(1).map((locale) => `name_${locale}`),
      'icd10',
      'icd11',
      'period',
      'immediate',
      'aggregation',
      'parts',
    ];
    const rows = (await store.listIndicators(reader)).map((indicator) => [
      indicator.code,
      ...locales.map((locale) => indicator.names[locale]),
      indicator.icd10,
      indicator.icd11,
      indicator.periodKind,
      indicator.isImmediate ? 'yes' : 'no',
      indicator.aggregation,
      indicator.parts.join(' '),
    ]);
    return { contentType: 'text/csv; charset=utf-8', body: formatCsv(header, rows), fileName: 'indicators.csv' };
  },
});

const listChoices = async (reader: Reader, locale: Locale, besides: string | undefined): Promise<Choice[]> =>
  (await store.listIndicators(reader))
    .filter(({ code }) => code !== besides)
    .map((indicator) => ({
      code: indicator.code,
      name: indicatorName(locale, indicator),
      periodKind: indicator.periodKind,
    }));

const one = read({
  path: '/reporting/indicator',
  summary: 'One indicator, or what a new one needs',
  for: managers,
  query: z.object({ code: z.string().max(60).optional() }),
  answer: z.object({
    indicator: indicatorAnswer.nullable(),
    /** What it may be the sum of. */
    choices: z.array(choiceAnswer),
  }),
  async handle({ reader, locale }, { query }) {
    const found = (await store.listIndicators(reader)).find(({ code }) => code === query.code);
    if (query.code !== undefined && !found) throw problem.notFound({ what: 'indicator' });
    const reported = await store.listReportedIndicatorIds(reader);
    return {
      indicator: found ? describeIndicator(found, reported) : null,
      choices: await listChoices(reader, locale, query.code),
    };
  },
  page: ({ indicator, choices }, view) => indicatorPage(view, formOf(indicator), choices, indicator?.code),
});

const name = z.string().trim().min(1).max(200);
const indicatorBody = z.object({
  code: z.string().trim().regex(codeForm, 'reporting.reason-code-form'),
  names: z.object({
    en: name.optional(),
    fr: name.optional(),
    es: name.optional(),
    pt: name.optional(),
    ar: name.optional(),
  }),
  icd10: z.string().trim().toUpperCase().regex(icd10Form, 'reporting.reason-icd10-form').optional(),
  icd11: z.string().trim().toUpperCase().regex(icd11Form, 'reporting.reason-icd11-form').optional(),
  periodKind: z.enum(periodKinds),
  isImmediate: z.boolean(),
  aggregation: z.enum(aggregations),
  parts: z.array(z.string().max(60)).max(500).default([]),
});

const save = write({
  path: '/reporting/indicators',
  summary: 'Makes an indicator, or changes the one with this code',
  for: managers,
  body: indicatorBody,
  answer: z.object({ code: z.string() }),
  async handle(work, { body }) {
    const names = Object.fromEntries(
      Object.entries(body.names).flatMap(([locale, text]) => (text === undefined ? [] : [[locale, text]])),
    );
    if (Object.keys(names).length === 0)
      throw problem.inputInvalid({ fields: [{ path: 'names.en', code: 'required', message: 'required' }] });
    const parts = [...new Set(body.parts)].toSorted();
    await saveIndicator(work, { ...body, names, parts, icd10: body.icd10, icd11: body.icd11 });
    return { code: body.code };
  },
  then: () => withNotice('/reporting/indicators', 'reporting.done-indicator'),
  form: async ({ form }, view, { reader }) =>
    indicatorPage(view, form, await listChoices(reader, view.locale, undefined), undefined),
});

export const indicatorsEndpoints: readonly Endpoint[] = [list, listCsv, one, save, ...formsEndpoints];

function indicatorsPage(indicators: readonly IndicatorAnswer[], view: View): Page {
  const { t } = view;
  const names = new Map(indicators.map((indicator) => [indicator.code, indicatorName(view.locale, indicator)]));
  const columns: readonly Column<IndicatorAnswer>[] = [
    {
      key: 'name',
      header: t('reporting.name'),
      cell: (indicator) => {
        const text = <Name>{indicatorName(view.locale, indicator)}</Name>;
        return (
          <>
            {isManager(view) ? (
              <a href={`/reporting/indicator?code=${encodeURIComponent(indicator.code)}`}>{text}</a>
            ) : (
              text
            )}{' '}
            {indicator.isImmediate ? <Status tone="danger">{t('reporting.immediate')}</Status> : null}
            {indicator.parts.length > 0 ? (
              <>
                <br />
                <small>
                  {t('reporting.sum-of', {
                    parts: formatList(
                      view,
                      indicator.parts.map((code) => names.get(code) ?? code),
                    ),
                  })}
                </small>
              </>
            ) : null}
          </>
        );
      },
    },
    { key: 'code', header: t('reporting.code'), cell: ({ code }) => <bdi>{code}</bdi> },
    { key: 'icd10', header: 'ICD-10', cell: ({ icd10 }) => icd10 },
    { key: 'icd11', header: 'ICD-11', cell: ({ icd11 }) => icd11 },
    {
      key: 'period',
      header: t('reporting.period'),
      cell: ({ periodKind }) => t(`reporting.period-kind-${periodKind}`),
    },
  ];
  return {
    title: t('reporting.indicators'),
    wide: true,
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <Table
          view={view}
          id="indicators"
          caption={t('reporting.indicators-lead')}
          columns={columns}
          rows={indicators}
          data={{ csv: '/reporting/indicators.csv', json: '/api/reporting/indicators' }}
        />
        {isManager(view) ? (
          <Actions>
            <a class="button secondary" href="/reporting/indicator">
              {t('reporting.new-indicator')}
            </a>
            <a href="/reporting/send?content=indicators">{t('reporting.send-indicators')}</a>
          </Actions>
        ) : null}
      </>
    ),
  };
}

function formOf(answer: IndicatorAnswer | null): FormState {
  const names = Object.fromEntries(locales.map((locale) => [`names.${locale}`, answer?.names[locale]]));
  return blankForm({
    code: answer?.code,
    ...names,
    icd10: answer?.icd10 ?? undefined,
    icd11: answer?.icd11 ?? undefined,
    periodKind: answer?.periodKind ?? 'iso-week',
    isImmediate: answer?.isImmediate ? 'on' : undefined,
    aggregation: answer?.aggregation ?? 'sum',
    parts: answer?.parts ?? [],
  });
}

function indicatorPage(view: View, form: FormState, choices: readonly Choice[], code: string | undefined): Page {
  const { t } = view;
  return {
    title: code === undefined ? t('reporting.new-indicator') : t('reporting.change-indicator'),
    breadcrumbs: [reportingCrumb(view), { path: '/reporting/indicators', label: t('reporting.indicators') }],
    body: (
      <Form view={view} action="/reporting/indicators" form={form}>
        <TextField
          view={view}
          form={form}
          name="code"
          label={t('reporting.code')}
          hint={t('reporting.code-hint')}
          width="medium"
          maxLength={60}
          code
        />
        {locales.map((locale) => (
          <TextField
            view={view}
            form={form}
            name={`names.${locale}`}
            label={t('reporting.name-in', { language: languageNames[locale] })}
            maxLength={200}
            optional={locale !== 'en'}
          />
        ))}
        <TextField
          view={view}
          form={form}
          name="icd10"
          label="ICD-10"
          hint={t('reporting.icd10-hint')}
          width="short"
          maxLength={60}
          code
          optional
        />
        <TextField
          view={view}
          form={form}
          name="icd11"
          label="ICD-11"
          hint={t('reporting.icd11-hint')}
          width="short"
          maxLength={60}
          code
          optional
        />
        <SelectField
          view={view}
          form={form}
          name="periodKind"
          label={t('reporting.period-kind')}
          options={periodKinds.map((kind) => ({ value: kind, label: t(`reporting.period-kind-${kind}`) }))}
        />
        <CheckboxesField
          view={view}
          form={form}
          name="isImmediate"
          label={t('reporting.urgency')}
          options={[{ value: 'on', label: t('reporting.is-immediate'), hint: t('reporting.is-immediate-hint') }]}
        />
        <SelectField
          view={view}
          form={form}
          name="aggregation"
          label={t('reporting.aggregation')}
          options={aggregations.map((each) => ({ value: each, label: t(`reporting.aggregation-${each}`) }))}
        />
        {choices.length === 0 ? null : (
          <CheckboxesField
            view={view}
            form={form}
            name="parts"
            label={t('reporting.parts')}
            hint={t('reporting.parts-hint')}
            options={choices.map((choice) => ({
              value: choice.code,
              label: choice.name,
              hint: t(`reporting.period-kind-${choice.periodKind}`),
            }))}
          />
        )}
        <Actions>
          <Button>{t('reporting.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

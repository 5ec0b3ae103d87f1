/** The forms: which indicators are reported together, how often, and until when. */
import { z } from 'zod';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import { periodKinds } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  CheckboxesField,
  Form,
  NumberField,
  SelectField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import type { Locale } from '../../../ui/locales.ts';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import type { Reader } from '../../../db/database.ts';
import { managers, readers } from '../access.ts';
import { isManager, reportingCrumb, Rooms } from '../section.tsx';
import { saveForm } from './actions.ts';
import { codeForm, indicatorName, usualDueHours } from './indicator.ts';
import * as store from './store.ts';

const formAnswer = z.object({
  code: z.string(),
  name: z.string(),
  periodKind: z.enum(periodKinds),
  dueHours: z.int(),
  timeZone: z.string(),
  /** Codes, in the order of the form. */
  indicators: z.array(z.string()),
});
type FormAnswer = z.output<typeof formAnswer>;

async function listForms(reader: Reader): Promise<readonly FormAnswer[]> {
  const byId = new Map((await store.listIndicators(reader)).map(({ id, code }) => [id, code]));
  return (await store.listSets(reader)).map(({ code, name, periodKind, dueHours, timeZone, indicatorIds }) => ({
    code,
    name,
    periodKind,
    dueHours,
    timeZone,
    indicators: indicatorIds.flatMap((id) => byId.get(id) ?? []),
  }));
}

const list = read({
  path: '/reporting/forms',
  summary: 'The forms: which indicators are reported together, how often, and when they are due',
  for: readers,
  answer: z.object({ forms: z.array(formAnswer) }),
  handle: async ({ reader }) => ({ forms: [...(await listForms(reader))] }),
  page: ({ forms }, view) => formsPage(forms, view),
});

const oneAnswer = z.object({
  form: formAnswer.nullable(),
  choices: z.array(z.object({ code: z.string(), name: z.string(), periodKind: z.enum(periodKinds) })),
});
type OneAnswer = z.output<typeof oneAnswer>;

async function readChoices(reader: Reader, locale: Locale): Promise<OneAnswer['choices']> {
  return (await store.listIndicators(reader)).map((indicator) => ({
    code: indicator.code,
    name: indicatorName(locale, indicator),
    periodKind: indicator.periodKind,
  }));
}

const one = read({
  path: '/reporting/form',
  summary: 'One form, or what a new one can be made of',
  for: managers,
  query: z.object({ code: z.string().max(60).optional() }),
  answer: oneAnswer,
  async handle({ reader, locale }, { query }) {
    const form = (await listForms(reader)).find(({ code }) => code === query.code);
    if (query.code !== undefined && !form) throw problem.notFound({ what: 'form' });
    return { form: form ?? null, choices: await readChoices(reader, locale) };
  },
  page: ({ form, choices }, view) => formPage(view, stateOf(form), choices, form?.code),
});

const save = write({
  path: '/reporting/forms',
  summary: 'Makes a form, or changes the one with this code',
  for: managers,
  body: z.object({
    code: z.string().trim().regex(codeForm, 'reporting.reason-code-form'),
    name: z.string().trim().min(1).max(200),
    periodKind: z.enum(periodKinds),
    dueHours: z.int().min(0).max(2400),
    timeZone: z.string().trim().min(1).max(60),
    indicators: z.array(z.string()).min(1).max(500),
  }),
  answer: z.object({ code: z.string() }),
  async handle(work, { body }) {
    await saveForm(work, body);
    return { code: body.code };
  },
  then: () => withNotice('/reporting/forms', 'reporting.done-form'),
  form: async ({ form }, view, { reader }) => formPage(view, form, await readChoices(reader, view.locale), undefined),
});

export const formsEndpoints: readonly Endpoint[] = [list, one, save];

function formsPage(forms: readonly FormAnswer[], view: View): Page {
  const { t } = view;
  const columns: readonly Column<FormAnswer>[] = [
    {
      key: 'name',
      header: t('reporting.name'),
      cell: ({ code, name }) =>
        isManager(view) ? (
          <a href={`/reporting/form?code=${encodeURIComponent(code)}`}>
            <Name>{name}</Name>
          </a>
        ) : (
          <Name>{name}</Name>
        ),
    },
    { key: 'code', header: t('reporting.code'), cell: ({ code }) => <bdi>{code}</bdi> },
    {
      key: 'period',
      header: t('reporting.period'),
      cell: ({ periodKind }) => t(`reporting.period-kind-${periodKind}`),
    },
    {
      key: 'due',
      header: t('reporting.due'),
      cell: ({ dueHours, timeZone }) => t('reporting.due-hours', { count: dueHours, zone: timeZone }),
    },
    {
      key: 'indicators',
      header: t('reporting.indicators'),
      numeric: true,
      cell: ({ indicators }) => formatNumber(view, indicators.length),
    },
  ];
  return {
    title: t('reporting.forms'),
    wide: true,
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <Table view={view} id="forms" caption={t('reporting.forms-lead')} columns={columns} rows={forms} />
        {isManager(view) ? (
          <Actions>
            <a class="button secondary" href="/reporting/form">
              {t('reporting.new-form')}
            </a>
          </Actions>
        ) : null}
      </>
    ),
  };
}

const stateOf = (form: FormAnswer | null): FormState =>
  blankForm({
    code: form?.code,
    name: form?.name,
    periodKind: form?.periodKind ?? 'iso-week',
    dueHours: String(form?.dueHours ?? usualDueHours),
    timeZone: form?.timeZone ?? 'UTC',
    indicators: form?.indicators ?? [],
  });

function formPage(view: View, form: FormState, choices: OneAnswer['choices'], code: string | undefined): Page {
  const { t } = view;
  return {
    title: code === undefined ? t('reporting.new-form') : t('reporting.change-form'),
    breadcrumbs: [reportingCrumb(view), { path: '/reporting/forms', label: t('reporting.forms') }],
    body: (
      <Form view={view} action="/reporting/forms" form={form}>
        <TextField view={view} form={form} name="name" label={t('reporting.name')} maxLength={200} />
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
        <SelectField
          view={view}
          form={form}
          name="periodKind"
          label={t('reporting.period-kind')}
          options={periodKinds.map((kind) => ({ value: kind, label: t(`reporting.period-kind-${kind}`) }))}
        />
        <NumberField
          view={view}
          form={form}
          name="dueHours"
          label={t('reporting.due-after')}
          hint={t('reporting.due-after-hint')}
          unit={t('reporting.hours')}
        />
        <TextField
          view={view}
          form={form}
          name="timeZone"
          label={t('reporting.time-zone')}
          hint={t('reporting.time-zone-hint')}
          width="medium"
          maxLength={60}
          code
        />
        <CheckboxesField
          view={view}
          form={form}
          name="indicators"
          label={t('reporting.indicators')}
          hint={t('reporting.form-indicators-hint')}
          options={choices.map((choice) => ({
            value: choice.code,
            label: choice.name,
            hint: t(`reporting.period-kind-${choice.periodKind}`),
          }))}
        />
        <Actions>
          <Button>{t('reporting.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

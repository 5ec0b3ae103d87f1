import type { Child } from 'hono/jsx';
import { formatInstant, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  Button,
  Form,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { KeyFigures } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import type { View } from '../../../ui/view.ts';
import { networkCrumbs, networkPath, NetworkRooms } from '../../members/section.tsx';
import { sumOf, type BudgetLine } from './budget.ts';
import type { RecordAnswer, RecordsAnswer } from './routes.tsx';
import { recordKinds } from './store.ts';

export function recordsPage({ network, records }: RecordsAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('assembly.records'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <Table
          view={view}
          id="records"
          caption={t('assembly.records')}
          isTitled
          columns={[
            {
              key: 'title',
              header: t('assembly.record-title'),
              cell: ({ path, title, language }) => (
                <a href={path} lang={language} dir="auto">
                  {title}
                </a>
              ),
            },
            { key: 'kind', header: t('assembly.record-kind'), cell: ({ kind }) => t(`assembly.record-${kind}`) },
            { key: 'year', header: t('assembly.year'), cell: ({ year }) => String(year) },
            {
              key: 'version',
              header: t('assembly.version'),
              numeric: true,
              cell: ({ version }) => formatNumber(view, version),
            },
          ]}
          rows={records}
          empty={t('assembly.no-record')}
        />
        {network.isSecretariat ? (
          <>
            <h2>{t('assembly.publish-record')}</h2>
            <p class="hint">{t('assembly.publish-hint')}</p>
            <Form view={view} action={`${networkPath(network.slug)}/records`} form={form}>
              <SelectField
                view={view}
                form={form}
                name="kind"
                label={t('assembly.record-kind')}
                options={recordKinds.map((kind) => ({ value: kind, label: t(`assembly.record-${kind}`) }))}
              />
              <NumberField view={view} form={form} name="year" label={t('assembly.year')} />
              <TextField view={view} form={form} name="title" label={t('assembly.record-title')} maxLength={300} />
              <SelectField
                view={view}
                form={form}
                name="language"
                label={t('assembly.language')}
                options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
              />
              <TextareaField view={view} form={form} name="words" label={t('assembly.words')} rows={12} optional />
              <TextareaField
                view={view}
                form={form}
                name="table"
                label={t('assembly.budget-table')}
                hint={
                  <>
                    {t('assembly.budget-hint')}{' '}
                    <code dir="ltr" translate="no">
                      heading,income,expenditure
                    </code>
                  </>
                }
                rows={6}
                optional
              />
              <TextField
                view={view}
                form={form}
                name="currency"
                label={t('assembly.currency')}
                hint={t('assembly.currency-hint')}
                width="short"
                code
                optional
              />
              <TextField
                view={view}
                form={form}
                name="whatChanged"
                label={t('assembly.what-changed')}
                hint={t('assembly.what-changed-hint')}
                maxLength={2000}
                optional
              />
              <Actions>
                <Button>{t('assembly.publish-record')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}

export function recordPage(answer: RecordAnswer, view: View): Page {
  const { t } = view;
  const { network, versions } = answer;
  return {
    title: answer.title,
    breadcrumbs: [
      ...networkCrumbs(network),
      { path: `${networkPath(network.slug)}/records`, label: t('assembly.records') },
    ],
    body: (
      <>
        <p class="soft">
          {t(`assembly.record-${answer.kind}`)} · {String(answer.year)} ·{' '}
          {t('assembly.version-n', { version: answer.version })} · {formatInstant(view, new Date(answer.publishedAt))}
        </p>
        {answer.whatChanged === null ? null : (
          <p>
            <strong>{t('assembly.what-changed')}:</strong> <span dir="auto">{answer.whatChanged}</span>
          </p>
        )}
        <div lang={answer.language} dir="auto">
          {answer.words
            .split(/\n{2,}/)
            .filter((paragraph) => paragraph.trim() !== '')
            .map((paragraph) => (
              <p>{paragraph}</p>
            ))}
        </div>
        <Lines view={view} answer={answer} />
        {versions.length < 2 ? null : (
          <Table
            view={view}
            id="versions"
            caption={t('assembly.versions')}
            columns={[
              {
                key: 'version',
                header: t('assembly.version'),
                cell: ({ version, path }) => <a href={path}>{t('assembly.version-n', { version })}</a>,
              },
              {
                key: 'at',
                header: t('assembly.published'),
                cell: ({ publishedAt }) => formatInstant(view, new Date(publishedAt)),
              },
              {
                key: 'changed',
                header: t('assembly.what-changed'),
                cell: ({ whatChanged }) => (whatChanged === null ? '–' : <span dir="auto">{whatChanged}</span>),
              },
            ]}
            rows={versions}
          />
        )}
      </>
    ),
  };
}

function Lines({ view, answer }: { readonly view: View; readonly answer: RecordAnswer }): Child {
  const { t } = view;
  const { lines, currency } = answer;
  if (lines === null || currency === null) return null;
  const money = (hundredths: number): string => `${formatNumber(view, hundredths / 100, 2)} ${currency}`;
  const amountOf = (line: BudgetLine, direction: BudgetLine['direction']): string =>
    line.direction === direction ? formatNumber(view, line.hundredths / 100, 2) : '–';
  const income = sumOf(lines, 'income');
  const expenditure = sumOf(lines, 'expenditure');
  return (
    <>
      <KeyFigures
        figures={[
          { label: t('assembly.income'), value: money(income) },
          { label: t('assembly.expenditure'), value: money(expenditure) },
          { label: t('assembly.balance'), value: money(income - expenditure) },
        ]}
      />
      <Table
        view={view}
        id="lines"
        caption={t('assembly.budget-lines', { currency })}
        columns={[
          {
            key: 'heading',
            header: t('assembly.heading'),
            cell: ({ heading }) => <span dir="auto">{heading}</span>,
            total: t('assembly.sum'),
          },
          {
            key: 'income',
            header: t('assembly.income'),
            numeric: true,
            cell: (line) => amountOf(line, 'income'),
            total: formatNumber(view, income / 100, 2),
          },
          {
            key: 'expenditure',
            header: t('assembly.expenditure'),
            numeric: true,
            cell: (line) => amountOf(line, 'expenditure'),
            total: formatNumber(view, expenditure / 100, 2),
          },
        ]}
        rows={lines}
      />
      <p>
        <a href={`${answer.path}/lines.csv`}>{t('assembly.download-lines')}</a>
      </p>
    </>
  );
}

import { z } from 'zod';
import { Actions, Button, FileField, Form, SelectField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Age, Notice, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { signalsCrumb } from '../../signals/pages.tsx';
import { packageLimitBytes } from './package.ts';

export const importsAnswer = z.object({
  mayImport: z.boolean(),
  imports: z.array(z.object({ path: z.string(), fileName: z.string(), rules: z.int(), at: z.iso.datetime() })),
});

const crumbs = (view: View): NonNullable<Page['breadcrumbs']> => [
  signalsCrumb(view),
  { path: '/detection', label: view.t('signals.detection') },
];

export function importPage(answer: z.output<typeof importsAnswer>, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('rules.title'),
    breadcrumbs: crumbs(view),
    body: (
      <>
        <p class="lead">{t('rules.lead')}</p>
        {answer.mayImport ? (
          <Form view={view} action="/detection/import" form={form} upload>
            <FileField
              view={view}
              form={form}
              name="file"
              label={t('rules.file')}
              hint={t('rules.file-hint')}
              accept=".json,application/json"
              limitBytes={packageLimitBytes}
            />
            <Actions>
              <Button>{t('rules.read')}</Button>
            </Actions>
          </Form>
        ) : null}
        <Table
          view={view}
          id="imports"
          caption={t('rules.earlier')}
          rows={answer.imports}
          columns={[
            {
              key: 'file',
              header: t('rules.file'),
              cell: ({ path, fileName }) => (
                <a href={path}>
                  <Name>{fileName}</Name>
                </a>
              ),
            },
            { key: 'rules', header: t('methods.rules'), cell: ({ rules }) => String(rules), numeric: true },
            { key: 'at', header: t('rules.when'), cell: ({ at }) => <Age view={view} at={new Date(at)} /> },
          ]}
        />
      </>
    ),
  };
}

export const packageAnswer = z.object({
  path: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  mayAdopt: z.boolean(),
  rules: z.array(
    z.object({
      position: z.int(),
      source: z.string(),
      element: z.string(),
      elementName: z.string(),
      description: z.string().nullable(),
      /** What it will be, in words. */
      rule: z.string(),
      method: z.unknown(),
      faults: z.array(z.object({ code: z.string(), text: z.string() })),
      choices: z.array(z.object({ value: z.string(), name: z.string() })),
      /** Name of the indicator that it may be for. */
      guess: z.string().nullable(),
      /** Indicators that are watched by it already. */
      watched: z.array(z.string()),
    }),
  ),
  checks: z.array(z.object({ name: z.string(), repeated: z.int() })),
  companions: z.array(z.string()),
  notUnderstood: z.array(z.object({ name: z.string(), expression: z.string() })),
});
export type PackageAnswer = z.output<typeof packageAnswer>;

export function packagePage(answer: PackageAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const faulty = answer.rules.filter(({ faults }) => faults.length > 0).length;
  return {
    title: t('rules.of', { file: answer.fileName }),
    breadcrumbs: [...crumbs(view), { path: '/detection/import', label: t('rules.title') }],
    body: (
      <>
        <p class="lead">{t('rules.found', { count: answer.rules.length })}</p>
        {faulty > 0 ? <Notice tone="warn">{t('rules.faulty', { count: faulty })}</Notice> : null}
        <p>{t('rules.dry-run')}</p>
        <Form view={view} action={`${answer.path}/adopt`} form={form}>
          {answer.rules.map((rule) => (
            <article class="act">
              <h2>
                <Name>{rule.elementName}</Name>
              </h2>
              <p>
                <strong>{rule.rule}</strong>{' '}
                {rule.watched.length > 0 ? (
                  <Status tone="good">{t('rules.watched', { indicators: rule.watched.join(', ') })}</Status>
                ) : null}
              </p>
              {rule.description === null ? null : (
                <p class="soft">
                  {t('rules.says')} <q>{rule.description}</q>
                </p>
              )}
              {rule.faults.length === 0 ? null : (
                <ul>
                  {rule.faults.map(({ text }) => (
                    <li>{text}</li>
                  ))}
                </ul>
              )}
              {answer.mayAdopt ? (
                <SelectField
                  view={view}
                  form={form}
                  name={`rules.${rule.position}`}
                  label={t('rules.adopt-for', { element: rule.elementName })}
                  hint={rule.guess === null ? undefined : t('rules.perhaps', { indicator: rule.guess })}
                  optional
                  options={rule.choices.map(({ value, name }) => ({ value, label: name }))}
                />
              ) : null}
            </article>
          ))}
          {answer.mayAdopt ? (
            <Actions>
              <Button>{t('rules.adopt')}</Button>
            </Actions>
          ) : null}
        </Form>
        {answer.notUnderstood.length === 0 ? null : (
          <>
            <h2>{t('rules.not-understood')}</h2>
            <p>{t('rules.not-understood-lead')}</p>
            <ul>
              {answer.notUnderstood.map(({ name, expression }) => (
                <li>
                  <Name>{name}</Name>: <code translate="no">{expression}</code>
                </li>
              ))}
            </ul>
          </>
        )}
        {answer.checks.length === 0 ? null : (
          <>
            <h2>{t('rules.checks')}</h2>
            <p>{t('rules.checks-lead', { count: answer.checks.length })}</p>
            <ul>
              {answer.checks
                .filter(({ repeated }) => repeated > 0)
                .map(({ name, repeated }) => (
                  <li>{t('rules.check-repeated', { name, count: repeated })}</li>
                ))}
            </ul>
          </>
        )}
        {answer.companions.length === 0 ? null : <p>{t('rules.companions', { count: answer.companions.length })}</p>}
      </>
    ),
  };
}

/** What is asked of a new decision. */
import { z } from 'zod';
import { networkFacts } from '../../network/members/answers.ts';
import { networkCrumbs } from '../../network/members/section.tsx';
import {
  Actions,
  Button,
  Form,
  NumberField,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import type { View } from '../../ui/view.ts';
import { saidSchema } from '../texts.ts';
import { methods } from './decision.ts';
import { entitlements } from './store.ts';

const mostOptions = 20;

export const decisionSchema = z.object({
  question: z.string().trim().min(1).max(300),
  explanation: z.string().trim().max(10_000).optional(),
  language: z.enum(locales),
  method: z.enum(methods),
  /** Ranked choice: one a line. */
  options: z
    .string()
    .max(6000)
    .default('')
    .transform((text) => [
      ...new Set(
        text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    ])
    .refine((options) => options.length <= mostOptions && options.every((option) => option.length <= 300), 'too-many'),
  entitled: z.enum(entitlements),
  quorum: z.int().min(0).max(100_000).default(0),
  hours: z
    .int()
    .min(1)
    .max(24 * 90),
  outcomeDueDays: z.int().min(1).max(90).default(14),
  /** The address of a paper of this space. */
  paper: z.string().max(80).optional(),
});

export const newDecisionAnswer = z.object({
  network: networkFacts,
  space: z.object({ title: saidSchema, path: z.string() }),
  /** Of this space, still written. */
  papers: z.array(z.object({ slug: z.string(), title: z.string() })),
  saved: z.record(z.string(), z.string()),
});

export function newDecisionPage(answer: z.output<typeof newDecisionAnswer>, view: View, form: FormState): Page {
  const { t } = view;
  const { network, space, papers } = answer;
  return {
    title: t('decisions.new'),
    breadcrumbs: [...networkCrumbs(network), { path: space.path, label: space.title.text }],
    body: (
      <Form view={view} action={`${space.path}/decisions`} form={form}>
        <TextField view={view} form={form} name="question" label={t('decisions.question')} maxLength={300} />
        <TextareaField
          view={view}
          form={form}
          name="explanation"
          label={t('decisions.explanation')}
          rows={5}
          maxLength={10_000}
          optional
        />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('papers.language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        {papers.length === 0 ? null : (
          <SelectField
            view={view}
            form={form}
            name="paper"
            label={t('decisions.on-paper')}
            hint={t('decisions.on-paper-hint')}
            options={[
              { value: '', label: t('decisions.no-paper') },
              ...papers.map(({ slug, title }) => ({ value: slug, label: title })),
            ]}
          />
        )}
        <RadiosField
          view={view}
          form={form}
          name="method"
          label={t('decisions.method')}
          options={methods.map((method) => ({
            value: method,
            label: t(`decisions.method-${method}`),
            hint: t(`decisions.rule-${method}`),
          }))}
        />
        <TextareaField
          view={view}
          form={form}
          name="options"
          label={t('decisions.options')}
          hint={t('decisions.options-hint')}
          rows={4}
          optional
        />
        <RadiosField
          view={view}
          form={form}
          name="entitled"
          label={t('decisions.entitled')}
          options={entitlements.map((value) => ({ value, label: t(`decisions.entitled-${value}`) }))}
        />
        <NumberField
          view={view}
          form={form}
          name="hours"
          label={t('decisions.hours')}
          hint={t('decisions.hours-hint')}
        />
        <NumberField
          view={view}
          form={form}
          name="quorum"
          label={t('decisions.quorum-needed')}
          hint={t('decisions.quorum-hint')}
          optional
        />
        <NumberField
          view={view}
          form={form}
          name="outcomeDueDays"
          label={t('decisions.due-days')}
          hint={t('decisions.due-days-hint')}
        />
        <Actions>
          <Button>{t('decisions.open')}</Button>
        </Actions>
      </Form>
    ),
  };
}

/** The form of an inquiry, in one language at a time: what is written in others stays. */
import type { Child } from 'hono/jsx';
import { z } from 'zod';
import type { PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import {
  CheckboxesField,
  DateField,
  HiddenField,
  NumberField,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import type { View } from '../../../ui/view.ts';
import { slugForm, slugOf } from '../../programme/spaces/space.ts';
import { withText } from '../../texts.ts';
import { moderationKinds, voterKinds, type Inquiry, type InquiryValues } from './inquiry.ts';

export const inquirySchema = z.object({
  /** Of the texts in this form. */
  language: z.enum(locales),
  question: z.string().trim().min(1).max(200),
  introduction: z.string().trim().max(5000).default(''),
  languages: z.array(z.enum(locales)).min(1).max(locales.length),
  votesFrom: z.iso.date(),
  closesOn: z.iso.date(),
  voters: z.enum(voterKinds),
  moderation: z.enum(moderationKinds),
  statementsEach: z.int().min(0).max(50),
  slug: z.string().trim().regex(slugForm, 'programme.slug-form').optional(),
});
type InquiryBody = z.output<typeof inquirySchema>;

/** On top of what is held already. */
export function inquiryValuesOf(body: InquiryBody, held?: Inquiry): InquiryValues {
  const slug = body.slug ?? held?.slug ?? slugOf(body.question);
  if (!slugForm.test(slug))
    throw problem.inputInvalid({ fields: [{ path: 'slug', code: 'programme.slug-needed', message: body.question }] });
  if (body.closesOn < body.votesFrom)
    throw problem.inputInvalid({ fields: [{ path: 'closesOn', code: 'statements.closes-too-early', message: '' }] });
  return {
    slug,
    question: withText(held?.question ?? {}, body.language, body.question),
    introduction: withText(held?.introduction ?? {}, body.language, body.introduction),
    language: held?.language ?? body.language,
    languages: body.languages,
    votesFrom: body.votesFrom as PlainDate,
    closesOn: body.closesOn as PlainDate,
    voters: body.voters,
    moderation: body.moderation,
    statementsEach: body.statementsEach,
  };
}

export function inquiryFormValues(inquiry: Inquiry, language: string): Readonly<Record<string, string | string[]>> {
  return {
    base: String(inquiry.revision),
    language,
    question: inquiry.question[language] ?? '',
    introduction: inquiry.introduction[language] ?? '',
    languages: [...inquiry.languages],
    votesFrom: inquiry.votesFrom,
    closesOn: inquiry.closesOn,
    voters: inquiry.voters,
    moderation: inquiry.moderation,
    statementsEach: String(inquiry.statementsEach),
    slug: inquiry.slug,
  };
}

export function InquiryFields(props: {
  readonly view: View;
  readonly form: FormState;
  readonly isNew: boolean;
  readonly timeZone: string;
}): Child {
  const { view, form, isNew, timeZone } = props;
  const { t } = view;
  const languages = locales.map((locale) => ({ value: locale, label: languageNames[locale] }));
  return (
    <>
      {isNew ? (
        <SelectField view={view} form={form} name="language" label={t('programme.text-language')} options={languages} />
      ) : (
        <HiddenField name="language" value={String(form.values['language'])} />
      )}
      <TextField
        view={view}
        form={form}
        name="question"
        label={t('statements.question')}
        hint={t('statements.question-hint')}
        maxLength={200}
      />
      <TextareaField
        view={view}
        form={form}
        name="introduction"
        label={t('statements.introduction')}
        hint={t('statements.introduction-hint')}
        rows={5}
        maxLength={5000}
        optional
      />
      <CheckboxesField
        view={view}
        form={form}
        name="languages"
        label={t('statements.languages')}
        hint={t('statements.languages-hint')}
        options={languages}
      />
      <DateField
        view={view}
        form={form}
        name="votesFrom"
        label={t('statements.votes-from-label')}
        hint={t('statements.votes-from-hint', { zone: timeZone.replaceAll('_', ' ') })}
      />
      <DateField
        view={view}
        form={form}
        name="closesOn"
        label={t('statements.closes-on-label')}
        hint={t('statements.closes-on-hint')}
      />
      <RadiosField
        view={view}
        form={form}
        name="voters"
        label={t('statements.who-votes')}
        options={voterKinds.map((value) => ({
          value,
          label: t(`statements.voters-${value}`),
          hint: t(`statements.voters-${value}-hint`),
        }))}
      />
      <RadiosField
        view={view}
        form={form}
        name="moderation"
        label={t('statements.moderation')}
        options={moderationKinds.map((value) => ({ value, label: t(`statements.moderation-${value}`) }))}
      />
      <NumberField
        view={view}
        form={form}
        name="statementsEach"
        label={t('statements.each')}
        hint={t('statements.each-hint')}
      />
      <TextField
        view={view}
        form={form}
        name="slug"
        label={t('programme.slug')}
        hint={t('programme.slug-hint')}
        width="medium"
        code
        optional
      />
    </>
  );
}

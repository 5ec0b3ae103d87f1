/** The form of a space, in one language at a time: what is written in others stays. */
import { z } from 'zod';
import { timeZoneSchema } from '../../../network/members/entry-form.tsx';
import type { PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { listTimeZones } from '../../../time-zone.ts';
import {
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
import { withText } from '../../texts.ts';
import { outputKinds, slugForm, slugOf, spaceKinds, type Space, type SpaceValues } from './space.ts';

const httpLink = z.url({ protocol: /^https?$/ }).max(2000);

export const spaceSchema = z.object({
  kind: z.enum(spaceKinds),
  /** Of the texts in this form. */
  language: z.enum(locales),
  title: z.string().trim().min(1).max(200),
  overview: z.string().trim().max(10_000).default(''),
  mandate: z.string().trim().max(10_000).default(''),
  charter: z.string().trim().max(20_000).default(''),
  slug: z.string().trim().regex(slugForm, 'programme.slug-form').optional(),
  timeZone: timeZoneSchema,
  outputKind: z.enum(outputKinds).optional(),
  outputDueOn: z.iso.date().optional(),
  outputLink: httpLink.optional(),
  convenorTermMonths: z.int().min(1).max(60).optional(),
  joining: z.enum(['open', 'by-invitation']).default('open'),
});
export type SpaceBody = z.output<typeof spaceSchema>;

/** On top of what is held already. */
export function spaceValuesOf(body: SpaceBody, held?: Space): SpaceValues {
  const slug = body.slug ?? held?.slug ?? slugOf(body.title);
  if (!slugForm.test(slug))
    throw problem.inputInvalid({ fields: [{ path: 'slug', code: 'programme.slug-needed', message: body.title }] });
  return {
    slug,
    kind: body.kind,
    title: withText(held?.title ?? {}, body.language, body.title),
    overview: withText(held?.overview ?? {}, body.language, body.overview),
    language: held?.language ?? body.language,
    timeZone: body.timeZone,
    mandate: withText(held?.mandate ?? {}, body.language, body.mandate),
    charter: withText(held?.charter ?? {}, body.language, body.charter),
    outputKind: body.outputKind,
    outputDueOn: body.outputDueOn as PlainDate | undefined,
    outputLink: body.outputLink,
    convenorTermMonths: body.convenorTermMonths,
    joining: body.joining,
  };
}

export function spaceFormValues(space: Space, language: string): Readonly<Record<string, string>> {
  return {
    base: String(space.revision),
    kind: space.kind,
    language,
    title: space.title[language] ?? '',
    overview: space.overview[language] ?? '',
    mandate: space.mandate[language] ?? '',
    charter: space.charter[language] ?? '',
    slug: space.slug,
    timeZone: space.timeZone,
    outputKind: space.outputKind ?? '',
    outputDueOn: space.outputDueOn ?? '',
    outputLink: space.outputLink ?? '',
    convenorTermMonths: space.convenorTermMonths === undefined ? '' : String(space.convenorTermMonths),
    joining: space.joining,
  };
}

export function SpaceFields(props: {
  readonly view: View;
  readonly form: FormState;
  /** Of what is written; a new space chooses its own. */
  readonly isNew: boolean;
  readonly kind: Space['kind'];
}) {
  const { view, form, isNew, kind } = props;
  const { t } = view;
  return (
    <>
      <HiddenField name="kind" value={kind} />
      {isNew ? (
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('programme.text-language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
      ) : (
        <HiddenField name="language" value={String(form.values['language'])} />
      )}
      <TextField view={view} form={form} name="title" label={t('programme.title')} maxLength={200} />
      <TextareaField
        view={view}
        form={form}
        name="overview"
        label={t('programme.overview')}
        hint={t('programme.overview-hint')}
        rows={8}
        maxLength={10_000}
        optional
      />
      <TextareaField
        view={view}
        form={form}
        name="mandate"
        label={t('programme.mandate')}
        hint={t('programme.mandate-hint')}
        rows={5}
        maxLength={10_000}
        optional
      />
      <SelectField
        view={view}
        form={form}
        name="outputKind"
        label={t('programme.output')}
        hint={kind === 'community' ? t('programme.output-hint') : undefined}
        optional={kind === 'series'}
        options={[
          { value: '', label: t('programme.no-output') },
          ...outputKinds.map((value) => ({ value, label: t(`programme.output-${value}`) })),
        ]}
      />
      <DateField
        view={view}
        form={form}
        name="outputDueOn"
        label={t('programme.output-due-on')}
        optional={kind === 'series'}
      />
      <TextField
        view={view}
        form={form}
        name="outputLink"
        type="url"
        label={t('programme.output-link')}
        hint={t('programme.output-link-hint')}
        optional
      />
      <NumberField
        view={view}
        form={form}
        name="convenorTermMonths"
        label={t('programme.convenor-term')}
        hint={t('programme.convenor-term-hint')}
        unit={t('programme.months')}
        optional
      />
      <RadiosField
        view={view}
        form={form}
        name="joining"
        label={t('programme.joining')}
        options={[
          { value: 'open', label: t('programme.joining-open') },
          { value: 'by-invitation', label: t('programme.joining-by-invitation') },
        ]}
      />
      <SelectField
        view={view}
        form={form}
        name="timeZone"
        label={t('programme.time-zone')}
        hint={t('programme.time-zone-hint')}
        options={listTimeZones().map((name) => ({ value: name, label: name.replaceAll('_', ' ') }))}
      />
      <TextareaField
        view={view}
        form={form}
        name="charter"
        label={t('programme.charter')}
        hint={t('programme.charter-hint')}
        rows={5}
        maxLength={20_000}
        optional
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

import type { Child } from 'hono/jsx';
import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import { listTimeZones, parseTimeZone } from '../../time-zone.ts';
import { CheckboxesField, SelectField, TextareaField, TextField, type FormState } from '../../ui/forms.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import type { View } from '../../ui/view.ts';
import type { Entry } from './actions.ts';
import { isCountry, listCountries } from './countries.ts';
import { consents, digests, genders } from './member.ts';

// As a person writes it; the mail server has the last word.
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email());

export const timeZoneSchema = z
  .string()
  .refine((name) => parseTimeZone(name) !== undefined, 'members.time-zone-unknown')
  .transform((name) => parseTimeZone(name) ?? name);

const entryShape = {
  name: z.string().trim().min(1).max(200),
  language: z.enum(locales),
  timeZone: timeZoneSchema,
  organisation: z.string().trim().max(200).optional(),
  constituency: z.enum(partyKinds),
  country: z.string().refine(isCountry, 'not-a-choice').optional(),
  gender: z.enum(genders).optional(),
  about: z.string().trim().max(2000).optional(),
  digest: z.enum(digests),
  digestHour: z.int().min(0).max(23).optional(),
  consents: z.array(z.enum(consents)).max(consents.length).default([]),
};

export const entrySchema = z.object(entryShape);
export const newEntrySchema = z.object({ email: emailSchema, ...entryShape });
export const editSchema = z.object({ base: z.int().min(1), ...entryShape });

export function entryOf(body: z.output<typeof entrySchema>): Entry {
  return {
    name: body.name,
    language: body.language,
    timeZone: body.timeZone,
    organisation: body.organisation || undefined,
    constituency: body.constituency,
    country: body.country,
    gender: body.gender,
    about: body.about || undefined,
    digest: body.digest,
    digestHour: body.digestHour,
    consents: new Set(body.consents),
  };
}

export const blankValues = (view: View): FormState['values'] => ({
  language: view.locale,
  timeZone: view.timeZone ?? '',
  digest: 'weekly',
  digestHour: '7',
  country: '',
  gender: '',
  consents: [],
});

/** `theirs`: the secretariat writes about somebody else, and neither a consent nor a gender is its to give. */
export function EntryFields({
  view,
  form,
  whose,
}: {
  readonly view: View;
  readonly form: FormState;
  readonly whose: 'own' | 'theirs';
}): Child {
  const { t } = view;
  const open = { value: '', label: t('members.left-open') };
  return (
    <>
      <TextField view={view} form={form} name="name" label={t('members.name')} autocomplete="name" maxLength={200} />
      <TextField
        view={view}
        form={form}
        name="organisation"
        label={t('members.organisation')}
        hint={t('members.organisation-hint')}
        autocomplete="organization"
        maxLength={200}
        optional
      />
      <SelectField
        view={view}
        form={form}
        name="constituency"
        label={t('members.constituency')}
        hint={t('members.constituency-hint')}
        options={partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) }))}
      />
      <SelectField
        view={view}
        form={form}
        name="country"
        label={t('members.country')}
        optional
        options={[open, ...listCountries(view.locale).map(({ code, name }) => ({ value: code, label: name }))]}
      />
      <SelectField
        view={view}
        form={form}
        name="language"
        label={t('members.language')}
        options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
      />
      <SelectField
        view={view}
        form={form}
        name="timeZone"
        label={t('members.time-zone')}
        hint={t('members.time-zone-hint')}
        options={listTimeZones().map((name) => ({ value: name, label: name.replaceAll('_', ' ') }))}
      />
      <SelectField
        view={view}
        form={form}
        name="digest"
        label={t('members.digest')}
        options={digests.map((digest) => ({ value: digest, label: t(`members.digest-${digest}`) }))}
      />
      <SelectField
        view={view}
        form={form}
        name="digestHour"
        label={t('members.digest-hour')}
        hint={t('members.digest-hour-hint')}
        options={Array.from({ length: 24 }, (_, hour) => ({
          value: String(hour),
          label: `${String(hour).padStart(2, '0')}:00`,
        }))}
      />
      <TextareaField
        view={view}
        form={form}
        name="about"
        label={t('members.about')}
        hint={t('members.about-hint')}
        rows={4}
        maxLength={2000}
        optional
      />
      {whose === 'theirs' ? null : (
        <>
          <SelectField
            view={view}
            form={form}
            name="gender"
            label={t('members.gender')}
            hint={t('members.gender-hint')}
            optional
            options={[open, ...genders.map((gender) => ({ value: gender, label: t(`members.gender-${gender}`) }))]}
          />
          <CheckboxesField
            view={view}
            form={form}
            name="consents"
            label={t('members.consents')}
            hint={t('members.consents-hint')}
            optional
            options={consents.map((consent) => ({
              value: consent,
              label: t(`members.consent-${consent}`),
              hint: t(`members.consent-${consent}-hint`),
            }))}
          />
        </>
      )}
    </>
  );
}

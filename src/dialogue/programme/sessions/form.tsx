import { z } from 'zod';
import { timeZoneSchema } from '../../../network/members/entry-form.tsx';
import { problem } from '../../../problem.ts';
import { listTimeZones } from '../../../time-zone.ts';
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
import { withText } from '../../texts.ts';
import { slugForm, slugOf } from '../spaces/space.ts';
import { parseWallClock } from '../when.ts';
import { registrations, type DialogueSession, type SessionValues } from './session.ts';

const httpLink = z.url({ protocol: /^https?$/ }).max(2000);

// 14:30, 14.30 and 14h30, as people write it.
const clock = /^([01]?\d|2[0-3])[:.h]([0-5]\d)$/;
export const clockSchema = z
  .string()
  .trim()
  .regex(clock, 'programme.time-form')
  .transform((text) => {
    const [, hour = '', minute = ''] = clock.exec(text) ?? [];
    return `${hour.padStart(2, '0')}:${minute}`;
  });

export const sessionSchema = z.object({
  /** Of the texts in this form. */
  language: z.enum(locales),
  title: z.string().trim().min(1).max(200),
  overview: z.string().trim().max(20_000).default(''),
  slug: z.string().trim().regex(slugForm, 'programme.slug-form').optional(),
  /** Spoken. */
  languages: z.array(z.enum(locales)).max(locales.length).default([]),
  date: z.iso.date(),
  time: clockSchema,
  timeZone: timeZoneSchema,
  minutes: z.int().min(5).max(10_080),
  place: z.string().trim().max(300).optional(),
  meetingLink: httpLink.optional(),
  joiningNotes: z.string().trim().max(2000).optional(),
  capacity: z.int().min(1).max(1_000_000).optional(),
  registration: z.enum(registrations).default('open'),
  isChathamHouse: z.boolean().default(false),
  openUntilDays: z.int().min(0).max(365).default(14),
  recordingLink: httpLink.optional(),
});
export type SessionBody = z.output<typeof sessionSchema>;

/** On top of what is held already. */
export function sessionValuesOf(body: SessionBody, held?: DialogueSession): SessionValues {
  const slug = body.slug ?? held?.slug ?? slugOf(body.title);
  if (!slugForm.test(slug))
    throw problem.inputInvalid({ fields: [{ path: 'slug', code: 'programme.slug-needed', message: body.title }] });
  const localStart = parseWallClock(`${body.date}T${body.time}`);
  if (localStart === undefined)
    throw problem.inputInvalid({ fields: [{ path: 'date', code: 'date-impossible', message: body.date }] });
  return {
    slug,
    title: withText(held?.title ?? {}, body.language, body.title),
    overview: withText(held?.overview ?? {}, body.language, body.overview),
    languages: body.languages,
    localStart,
    timeZone: body.timeZone,
    minutes: body.minutes,
    place: body.place,
    meetingLink: body.meetingLink,
    joiningNotes: body.joiningNotes,
    capacity: body.capacity,
    registration: body.registration,
    isChathamHouse: body.isChathamHouse,
    openUntilDays: body.openUntilDays,
    recordingLink: body.recordingLink,
  };
}

export type SessionFormValues = Readonly<Record<string, string | readonly string[]>>;

export function sessionFormValues(session: DialogueSession, language: string): SessionFormValues {
  return {
    base: String(session.revision),
    language,
    title: session.title[language] ?? '',
    overview: session.overview[language] ?? '',
    slug: session.slug,
    languages: session.languages,
    date: session.localStart.slice(0, 10),
    time: session.localStart.slice(11),
    timeZone: session.timeZone,
    minutes: String(session.minutes),
    place: session.place ?? '',
    meetingLink: session.meetingLink ?? '',
    joiningNotes: session.joiningNotes ?? '',
    capacity: session.capacity === undefined ? '' : String(session.capacity),
    registration: session.registration,
    isChathamHouse: session.isChathamHouse ? 'on' : '',
    openUntilDays: String(session.openUntilDays),
    recordingLink: session.recordingLink ?? '',
  };
}

export function SessionFields(props: { readonly view: View; readonly form: FormState; readonly isNew: boolean }) {
  const { view, form, isNew } = props;
  const { t } = view;
  return (
    <>
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
        rows={8}
        maxLength={20_000}
        optional
      />
      <DateField view={view} form={form} name="date" label={t('programme.date')} />
      <TextField
        view={view}
        form={form}
        name="time"
        label={t('programme.time')}
        hint={t('programme.time-hint')}
        width="short"
        code
      />
      <SelectField
        view={view}
        form={form}
        name="timeZone"
        label={t('programme.time-zone')}
        options={listTimeZones().map((name) => ({ value: name, label: name.replaceAll('_', ' ') }))}
      />
      <NumberField
        view={view}
        form={form}
        name="minutes"
        label={t('programme.length')}
        unit={t('programme.minutes-unit')}
      />
      <CheckboxesField
        view={view}
        form={form}
        name="languages"
        label={t('programme.languages')}
        optional
        options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
      />
      <TextField view={view} form={form} name="place" label={t('programme.place')} maxLength={300} optional />
      <TextField
        view={view}
        form={form}
        name="meetingLink"
        type="url"
        label={t('programme.meeting-link')}
        hint={t('programme.meeting-link-hint')}
        optional
      />
      <TextareaField
        view={view}
        form={form}
        name="joiningNotes"
        label={t('programme.joining-notes')}
        hint={t('programme.joining-notes-hint')}
        rows={3}
        maxLength={2000}
        optional
      />
      <RadiosField
        view={view}
        form={form}
        name="registration"
        label={t('programme.registration')}
        options={registrations.map((value) => ({ value, label: t(`programme.registration-${value}`) }))}
      />
      <NumberField view={view} form={form} name="capacity" label={t('programme.capacity')} optional />
      <CheckboxesField
        view={view}
        form={form}
        name="isChathamHouse"
        label={t('programme.rule')}
        optional
        options={[{ value: 'on', label: t('programme.chatham'), hint: t('programme.chatham-hint') }]}
      />
      <NumberField
        view={view}
        form={form}
        name="openUntilDays"
        label={t('programme.open-days')}
        hint={t('programme.open-days-hint')}
        unit={t('programme.days')}
      />
      <TextField
        view={view}
        form={form}
        name="recordingLink"
        type="url"
        label={t('programme.recording')}
        hint={t('programme.recording-hint')}
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

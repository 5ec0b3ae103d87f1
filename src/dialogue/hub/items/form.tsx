/** The form of an item. Its kind is chosen before: an event asks for its hour, the others do not. */
import type { Child } from 'hono/jsx';
import { z } from 'zod';
import { timeZoneSchema } from '../../../network/members/entry-form.tsx';
import { problem } from '../../../problem.ts';
import { listTimeZones } from '../../../time-zone.ts';
import {
  DateField,
  HiddenField,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { View } from '../../../ui/view.ts';
import type { SpaceId } from '../../../ids.ts';
import { slugForm } from '../../programme/spaces/space.ts';
import { clockSchema } from '../../programme/sessions/form.tsx';
import { parseWallClock } from '../../programme/when.ts';
import { itemKinds, offeredLicences, type Item, type ItemKind, type ItemValues } from './item.ts';
import { languageName, languagesOffered } from './languages.ts';

export const bodyLimitCharacters = 50_000;

export const itemSchema = z.object({
  kind: z.enum(itemKinds),
  language: z.enum(languagesOffered),
  title: z.string().trim().min(1).max(300),
  body: z.string().trim().max(bodyLimitCharacters).default(''),
  link: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  licence: z.string().trim().max(300).optional(),
  /** One a line. */
  authors: z.string().trim().max(5000).default(''),
  space: z.string().regex(slugForm).optional(),
  date: z.iso.date().optional(),
  time: clockSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  minutes: z.int().min(5).max(44_640).optional(),
  place: z.string().trim().max(300).optional(),
});
export type ItemBody = z.output<typeof itemSchema>;

export function itemValuesOf(body: ItemBody, space: SpaceId | undefined): ItemValues {
  return {
    kind: body.kind,
    language: body.language,
    title: body.title,
    body: body.body.replaceAll('\r\n', '\n'),
    link: body.link,
    licence: body.licence === '' ? undefined : body.licence,
    authors: body.authors
      .split('\n')
      .map((name) => name.trim().slice(0, 200))
      .filter((name) => name !== '')
      .slice(0, 50),
    space,
    time: body.kind === 'event' ? timeOf(body) : undefined,
  };
}

function timeOf({ date, time, timeZone, minutes, place }: ItemBody): ItemValues['time'] {
  const missing = Object.entries({ date, time, timeZone, minutes }).filter(([, value]) => value === undefined);
  if (missing.length > 0)
    throw problem.inputInvalid({ fields: missing.map(([path]) => ({ path, code: 'required', message: 'required' })) });
  const localStart = parseWallClock(`${date}T${time}`);
  if (localStart === undefined)
    throw problem.inputInvalid({ fields: [{ path: 'date', code: 'date-impossible', message: date ?? '' }] });
  return { localStart, timeZone: timeZone ?? 'UTC', minutes: minutes ?? 60, place };
}

export function formValuesOf(item: Item, space: string | undefined): Readonly<Record<string, string>> {
  return {
    base: String(item.revision),
    kind: item.kind,
    language: item.language,
    title: item.title,
    body: item.body,
    link: item.link ?? '',
    licence: item.licence ?? '',
    authors: item.authors.join('\n'),
    space: space ?? '',
    date: item.time?.localStart.slice(0, 10) ?? '',
    time: item.time?.localStart.slice(11) ?? '',
    timeZone: item.time?.timeZone ?? '',
    minutes: item.time === undefined ? '' : String(item.time.minutes),
    place: item.time?.place ?? '',
  };
}

export interface SpaceChoice {
  readonly slug: string;
  readonly title: string;
}

export function ItemFields(props: {
  readonly view: View;
  readonly form: FormState;
  readonly kind: ItemKind;
  readonly spaces: readonly SpaceChoice[];
}): Child {
  const { view, form, kind, spaces } = props;
  const { t } = view;
  return (
    <>
      <HiddenField name="kind" value={kind} />
      <TextField view={view} form={form} name="title" label={t('programme.title')} maxLength={300} />
      {kind === 'event' ? <WhenFields view={view} form={form} /> : null}
      <TextareaField
        view={view}
        form={form}
        name="body"
        label={t('hub.text')}
        hint={t('hub.text-hint')}
        rows={12}
        maxLength={bodyLimitCharacters}
        optional
      />
      <SelectField
        view={view}
        form={form}
        name="language"
        label={t('programme.text-language')}
        options={languagesOffered.map((code) => ({ value: code, label: languageName(code) }))}
      />
      <TextField
        view={view}
        form={form}
        name="link"
        type="url"
        label={t('hub.link')}
        hint={t(kind === 'resource' ? 'hub.link-hint-resource' : 'hub.link-hint')}
        optional
      />
      <TextareaField
        view={view}
        form={form}
        name="authors"
        label={t('hub.authors')}
        hint={t('hub.authors-hint')}
        rows={2}
        maxLength={5000}
        optional
      />
      <SelectField
        view={view}
        form={form}
        name="licence"
        label={t('hub.licence')}
        hint={t('hub.licence-hint')}
        options={[
          { value: '', label: t('hub.licence-unsaid') },
          ...offeredLicences.map((name) => ({ value: name, label: name.replaceAll('-', ' ') })),
        ]}
        optional
      />
      {spaces.length === 0 ? null : (
        <SelectField
          view={view}
          form={form}
          name="space"
          label={t('hub.space')}
          options={[
            { value: '', label: t('hub.no-space') },
            ...spaces.map(({ slug, title }) => ({ value: slug, label: title })),
          ]}
          optional
        />
      )}
    </>
  );
}

function WhenFields({ view, form }: { readonly view: View; readonly form: FormState }): Child {
  const { t } = view;
  return (
    <>
      <DateField view={view} form={form} name="date" label={t('programme.date')} />
      <TextField
        view={view}
        form={form}
        name="time"
        label={t('programme.time')}
        hint={t('programme.time-hint')}
        width="short"
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
      <TextField view={view} form={form} name="place" label={t('programme.place')} maxLength={300} optional />
    </>
  );
}

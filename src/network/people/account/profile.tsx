/** Name, language and time zone of a person. */
import { z } from 'zod';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import { Actions, blankForm, Button, Form, SelectField, TextField, type FormState } from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import type { View } from '../../../ui/view.ts';
import { changeProfile, requireAccount } from '../actions.ts';
import { personName } from '../sign-in.tsx';
import * as store from '../store.ts';
import { crumbs, own } from './own.ts';

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

function profilePage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('accounts.profile'),
    breadcrumbs: crumbs(view),
    body: (
      <Form view={view} action="/account/profile" form={form}>
        <TextField
          view={view}
          form={form}
          name="name"
          label={t('accounts.name')}
          hint={t('accounts.name-hint')}
          autocomplete="name"
        />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('accounts.language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <TextField
          view={view}
          form={form}
          name="timeZone"
          label={t('accounts.time-zone')}
          hint={t('accounts.time-zone-hint')}
          optional
          code
          width="medium"
        />
        <Actions>
          <Button>{t('accounts.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

const profile = read({
  ...own,
  path: '/account/profile',
  summary: 'Name, language and time zone.',
  answer: z.object({ name: z.string(), language: z.string().nullable(), timeZone: z.string().nullable() }),
  handle: async (reading) => {
    const account = await store.findAccount(reading.reader, requireAccount(reading));
    return { name: account?.name ?? '', language: account?.language ?? null, timeZone: account?.time_zone ?? null };
  },
  page: ({ name, language, timeZone }, view) =>
    profilePage(view, blankForm({ name, language: language ?? view.locale, timeZone: timeZone ?? '' })),
});

const profileWrite = write({
  ...own,
  path: '/account/profile',
  summary: 'Changes name, language and time zone.',
  body: z.object({
    name: personName,
    language: z.enum(locales),
    timeZone: z.string().trim().max(60).refine(isTimeZone, 'accounts.time-zone-unknown').optional(),
  }),
  answer: z.object({ language: z.enum(locales) }),
  handle: async (work, { body }) => {
    await changeProfile(work, { name: body.name, language: body.language, timeZone: body.timeZone ?? null });
    return { language: body.language };
  },
  then: () => withNotice('/account', 'accounts.done-saved'),
  change: ({ language }) => ({ locale: language }),
  form: ({ form }, view) => profilePage(view, form),
});

export const profileEndpoints: readonly Endpoint[] = [profile, profileWrite];

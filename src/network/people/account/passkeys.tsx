/** A person’s passkeys. */
import { z } from 'zod';
import type { Reading } from '../../../house.ts';
import { noAnswer, noFields, read, write, type Endpoint } from '../../../http/endpoint.ts';
import { Actions, blankForm, Button, ButtonForm, TextField, type FormState } from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { Age, Notice, Time } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { requireAccount } from '../actions.ts';
import { PasskeyForm } from '../passkey-form.tsx';
import { ceremonyText, finishRegistration, removePasskey, startRegistration } from '../passkeys.ts';
import { givenPassword } from '../password.ts';
import { ceremonyOptions } from '../sign-in.tsx';
import * as store from '../store.ts';
import { crumbs, instant, own, when } from './own.ts';

const passkeysAnswer = z.object({
  passkeys: z.array(z.object({ id: z.string(), name: z.string(), addedAt: instant, usedAt: instant.nullable() })),
});

async function loadPasskeys(
  reading: Reading & Parameters<typeof requireAccount>[0],
): Promise<z.input<typeof passkeysAnswer>> {
  const rows = await store.listPasskeys(reading.reader, requireAccount(reading));
  return {
    passkeys: rows.map((row) => ({
      id: row.id,
      name: row.name,
      addedAt: when(row.created_at),
      usedAt: row.used_at && when(row.used_at),
    })),
  };
}

function passkeysPage(view: View, form: FormState, { passkeys }: z.output<typeof passkeysAnswer>): Page {
  const { t } = view;
  return {
    title: t('accounts.passkeys'),
    breadcrumbs: crumbs(view),
    body: (
      <>
        <p>{t('accounts.passkeys-words')}</p>
        <Table
          view={view}
          id="passkeys"
          caption={t('accounts.passkeys')}
          isTitled
          rows={passkeys}
          columns={[
            { key: 'name', header: t('accounts.passkey-name'), cell: ({ name }) => <Name>{name}</Name> },
            {
              key: 'added',
              header: t('accounts.added'),
              cell: ({ addedAt }) => <Time view={view} at={new Date(addedAt)} />,
            },
            {
              key: 'used',
              header: t('accounts.used'),
              cell: ({ usedAt }) => (usedAt === null ? t('accounts.never') : <Age view={view} at={new Date(usedAt)} />),
            },
            {
              key: 'remove',
              header: t('accounts.remove'),
              cell: ({ id }) => (
                <ButtonForm
                  view={view}
                  action="/account/passkeys/remove"
                  label={t('accounts.remove')}
                  hidden={{ id }}
                  kind="danger"
                />
              ),
            },
          ]}
        />
        <noscript>
          <Notice>
            <p>{t('accounts.passkey-needs-script')}</p>
          </Notice>
        </noscript>
        <PasskeyForm
          view={view}
          kind="create"
          action="/account/passkeys"
          options={{ path: '/api/account/passkeys/options' }}
          form={form}
        >
          <TextField
            view={view}
            form={form}
            name="name"
            label={t('accounts.passkey-name')}
            hint={t('accounts.passkey-name-hint')}
            width="medium"
          />
          <TextField
            view={view}
            form={form}
            name="password"
            label={t('accounts.password-current')}
            type="password"
            autocomplete="current-password"
          />
          <Actions>
            <Button>{t('accounts.passkey-add')}</Button>
          </Actions>
        </PasskeyForm>
      </>
    ),
  };
}

const passkeys = read({
  ...own,
  path: '/account/passkeys',
  summary: 'The person’s passkeys.',
  answer: passkeysAnswer,
  handle: loadPasskeys,
  page: (answer, view) => passkeysPage(view, blankForm({ name: '', password: '' }), answer),
});

const passkeyOptions = write({
  ...own,
  path: '/account/passkeys/options',
  summary: 'What a device is asked, to make a passkey (WebAuthn).',
  body: noFields,
  answer: ceremonyOptions,
  handle: async (work) => ({ ...(await startRegistration(work)) }),
  then: () => '/account/passkeys',
});

const passkeyAdd = write({
  ...own,
  path: '/account/passkeys',
  summary: 'Adds the passkey that a device has made.',
  limit: 'sign-in',
  body: z.object({ name: z.string().trim().min(1).max(100), password: givenPassword, response: ceremonyText }),
  secrets: ['response'],
  answer: noAnswer,
  handle: async (work, { body }) => {
    await finishRegistration(work, body);
    return {};
  },
  then: () => withNotice('/account/passkeys', 'accounts.done-passkey-added'),
  form: async ({ form }, view, reading) => passkeysPage(view, form, passkeysAnswer.parse(await loadPasskeys(reading))),
});

const passkeyRemove = write({
  ...own,
  path: '/account/passkeys/remove',
  summary: 'Removes a passkey.',
  body: z.object({ id: z.string().max(2000) }),
  answer: noAnswer,
  handle: async (work, { body }) => {
    await removePasskey(work, body.id);
    return {};
  },
  then: () => withNotice('/account/passkeys', 'accounts.done-removed'),
});

export const passkeysEndpoints: readonly Endpoint[] = [passkeys, passkeyOptions, passkeyAdd, passkeyRemove];

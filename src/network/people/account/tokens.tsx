/** Tokens with which a person’s own programs ask in her name. */
import { z } from 'zod';
import type { Reading } from '../../../house.ts';
import { noAnswer, noFields, read, write, type Endpoint } from '../../../http/endpoint.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  NumberField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import { Age, Code, Time } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { makeToken, requireAccount, requireParty, requirePassword, revokeToken } from '../actions.ts';
import { givenPassword } from '../password.ts';
import * as store from '../store.ts';
import { crumbs, instant, own, when } from './own.ts';

const tokensAnswer = z.object({
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      party: z.string(),
      readOnly: z.boolean(),
      madeAt: instant,
      expiresAt: instant,
      usedAt: instant.nullable(),
      state: z.enum(['active', 'expired', 'revoked']),
    }),
  ),
});

async function loadTokens(
  reading: Reading & Parameters<typeof requireAccount>[0],
): Promise<z.input<typeof tokensAnswer>> {
  const rows = await store.listTokens(reading.reader, requireAccount(reading));
  const now = reading.house.clock.now();
  return {
    tokens: rows.map((row) => ({
      id: row.id,
      name: row.name,
      party: row.party,
      readOnly: row.read_only,
      madeAt: when(row.created_at),
      expiresAt: when(row.expires_at),
      usedAt: row.used_at && when(row.used_at),
      state: row.revoked_at ? 'revoked' : row.expires_at <= now ? 'expired' : 'active',
    })),
  };
}

function tokensPage(view: View, form: FormState, { tokens }: z.output<typeof tokensAnswer>): Page {
  const { t, viewer } = view;
  return {
    title: t('accounts.tokens'),
    breadcrumbs: crumbs(view),
    wide: true,
    body: (
      <>
        <p>{t('accounts.tokens-words')}</p>
        <Table
          view={view}
          id="tokens"
          caption={t('accounts.tokens')}
          isTitled
          rows={tokens}
          columns={[
            { key: 'name', header: t('accounts.token-name'), cell: ({ name }) => <Name>{name}</Name> },
            { key: 'party', header: t('accounts.party'), cell: ({ party }) => <Name>{party}</Name> },
            {
              key: 'may',
              header: t('accounts.token-may'),
              cell: ({ readOnly }) => t(readOnly ? 'accounts.token-reads' : 'accounts.token-writes'),
            },
            {
              key: 'expires',
              header: t('accounts.expires'),
              cell: ({ expiresAt }) => <Time view={view} at={new Date(expiresAt)} />,
            },
            {
              key: 'used',
              header: t('accounts.used'),
              cell: ({ usedAt }) => (usedAt === null ? t('accounts.never') : <Age view={view} at={new Date(usedAt)} />),
            },
            {
              key: 'state',
              header: t('accounts.state'),
              cell: ({ id, state }) =>
                state === 'active' ? (
                  <ButtonForm
                    view={view}
                    action={`/account/tokens/${id}/revoke`}
                    label={t('accounts.revoke')}
                    kind="danger"
                  />
                ) : (
                  t(`accounts.token-${state}`)
                ),
            },
          ]}
        />
        {viewer.party ? (
          <Form view={view} action="/account/tokens" form={form}>
            <h2>{t('accounts.token-new', { party: viewer.party.name })}</h2>
            <TextField
              view={view}
              form={form}
              name="name"
              label={t('accounts.token-name')}
              hint={t('accounts.token-name-hint')}
            />
            <NumberField
              view={view}
              form={form}
              name="days"
              label={t('accounts.token-days')}
              hint={t('accounts.token-days-hint')}
            />
            <CheckboxesField
              view={view}
              form={form}
              name="readOnly"
              label={t('accounts.token-may')}
              options={[{ value: 'true', label: t('accounts.token-reads-only') }]}
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
              <Button>{t('accounts.token-make')}</Button>
            </Actions>
          </Form>
        ) : null}
      </>
    ),
  };
}

const tokens = read({
  ...own,
  path: '/account/tokens',
  summary: 'The person’s API tokens.',
  answer: tokensAnswer,
  handle: loadTokens,
  page: (answer, view) => tokensPage(view, blankForm({ name: '', days: '90', readOnly: 'true', password: '' }), answer),
});

const tokenMake = write({
  ...own,
  path: '/account/tokens',
  summary: 'Makes an API token for the party the person works for. It is shown once.',
  limit: 'sign-in',
  body: z.object({
    name: z.string().trim().min(1).max(100),
    days: z.int().min(1).max(366),
    readOnly: z.boolean(),
    password: givenPassword,
  }),
  answer: z.object({ token: z.string() }),
  handle: async (work, { body }) => {
    const account = requireAccount(work);
    await requirePassword(work, body.password, 'password');
    return { token: await makeToken(work, account, requireParty(work), body) };
  },
  show: ({ token }, view) => ({
    title: view.t('accounts.token-made'),
    breadcrumbs: [...crumbs(view), { path: '/account/tokens', label: view.t('accounts.tokens') }],
    body: (
      <>
        <p>{view.t('accounts.shown-once')}</p>
        <p>
          <Code>{token}</Code>
        </p>
        <p>
          <a href="/account/tokens">{view.t('accounts.tokens')}</a>
        </p>
      </>
    ),
  }),
  form: async ({ form }, view, reading) => tokensPage(view, form, tokensAnswer.parse(await loadTokens(reading))),
});

const tokenRevoke = write({
  ...own,
  path: '/account/tokens/:id/revoke',
  summary: 'Revokes an API token.',
  params: z.object({ id: z.uuid() }),
  body: noFields,
  answer: noAnswer,
  handle: async (work, { params }) => {
    await revokeToken(work, params.id);
    return {};
  },
  then: () => withNotice('/account/tokens', 'accounts.done-removed'),
});

export const tokensEndpoints: readonly Endpoint[] = [tokens, tokenMake, tokenRevoke];

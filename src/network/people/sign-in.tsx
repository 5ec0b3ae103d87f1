/** Coming in and going out: sign-in, sign-out, and the link that lets somebody in for the first time. */
import { z } from 'zod';
import { noAnswer, noFields, read, write, type Endpoint } from '../../http/endpoint.ts';
import { problem } from '../../problem.ts';
import {
  Actions,
  blankForm,
  Button,
  Form,
  HiddenField,
  SelectField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import { roles as everyRole } from '../../ui/view.ts';
import type { View } from '../../ui/view.ts';
import { localPath } from '../../http/local-path.ts';
import { acceptInvitation, normaliseEmail, resetPassword, signIn, signOut } from './actions.ts';
import { PasskeyForm } from './passkey-form.tsx';
import { ceremonyText, finishPasskeySignIn, startPasskeySignIn } from './passkeys.ts';
import { givenPassword, newPassword } from './password.ts';
import { hashSecret } from './secret.ts';
import { hasAccounts, findInvitation } from './store.ts';

const next = z.string().max(2000).optional();

/** Options for the browser's own passkey dialogue, as WebAuthn's JSON forms name them. */
export const ceremonyOptions = z.looseObject({ challenge: z.string() });

export const personName = z.string().trim().min(1).max(200);

function signInPage(view: View, form: FormState, target: string | undefined, isFresh: boolean): Page {
  const { t } = view;
  return {
    title: t('accounts.sign-in'),
    body: (
      <>
        {isFresh ? <p>{t('accounts.no-account-yet')}</p> : null}
        <Form view={view} action="/sign-in" form={form}>
          <HiddenField name="next" value={target ?? ''} />
          <TextField
            view={view}
            form={form}
            name="email"
            label={t('accounts.email')}
            type="email"
            autocomplete="username webauthn"
          />
          <TextField
            view={view}
            form={form}
            name="password"
            label={t('accounts.password')}
            type="password"
            autocomplete="current-password"
          />
          <Actions>
            <Button>{t('accounts.sign-in')}</Button>
          </Actions>
        </Form>
        <PasskeyForm
          view={view}
          kind="get"
          action="/sign-in/passkey"
          options={{ path: '/api/sign-in/passkey/options' }}
          form={blankForm()}
        >
          <HiddenField name="next" value={target ?? ''} />
          <Button kind="secondary">{t('accounts.sign-in-passkey')}</Button>
        </PasskeyForm>
        <p class="hint">{t('accounts.sign-in-help')}</p>
      </>
    ),
  };
}

const signInForm = read({
  path: '/sign-in',
  summary: 'The sign-in page.',
  for: 'anyone',
  scope: 'node',
  query: z.object({ next }),
  answer: z.object({ next, isFresh: z.boolean() }),
  handle: async ({ reader }, { query }) => ({ ...query, isFresh: !(await hasAccounts(reader)) }),
  page: (answer, view) => signInPage(view, blankForm({ email: '' }), answer.next, answer.isFresh),
});

const signInWrite = write({
  path: '/sign-in',
  summary: 'Begins a session with an e-mail address and a password.',
  for: 'anyone',
  scope: 'node',
  limit: 'sign-in',
  body: z.object({ email: z.string().trim().min(1).max(254), password: givenPassword, next }),
  answer: noAnswer,
  // Counted by account as well: many addresses must not guess at one password.
  limitKey: ({ body }) => normaliseEmail(body.email),
  handle: async (work, { body }) => signIn(work, body),
  then: (_answer, { body }) => localPath(body.next ?? '/'),
  change: (session) => ({ session }),
  form: ({ form }, view) => signInPage(view, form, textOf(form.values['next']), false),
});

const passkeyOptions = write({
  path: '/sign-in/passkey/options',
  summary: 'What a device is asked, to sign in with a passkey (WebAuthn).',
  for: 'anyone',
  scope: 'node',
  limit: 'sign-in-options',
  body: noFields,
  answer: ceremonyOptions,
  handle: async (work) => ({ ...(await startPasskeySignIn(work)) }),
  then: () => '/sign-in',
});

const passkeySignIn = write({
  path: '/sign-in/passkey',
  summary: 'Begins a session with a passkey.',
  for: 'anyone',
  scope: 'node',
  limit: 'sign-in',
  body: z.object({ response: ceremonyText, next }),
  secrets: ['response'],
  answer: noAnswer,
  handle: async (work, { body }) => finishPasskeySignIn(work, body.response),
  then: (_answer, { body }) => localPath(body.next ?? '/'),
  change: (session) => ({ session }),
  form: ({ form }, view) => signInPage(view, { ...form, errors: [] }, textOf(form.values['next']), false),
});

const signOutWrite = write({
  path: '/sign-out',
  summary: 'Ends this session.',
  for: 'anyone',
  scope: 'node',
  body: noFields,
  answer: noAnswer,
  handle: async (work) => {
    await signOut(work);
    return {};
  },
  then: () => '/sign-in',
  change: () => ({ session: 'end' }),
});

const invitationAnswer = z.object({
  party: z.string().nullable(),
  roles: z.array(z.enum(everyRole)),
  invitedBy: z.string().nullable(),
  /** The member whose password the link sets anew; null: it lets somebody in. */
  member: z.string().nullable(),
  expiresAt: z.iso.datetime(),
});
type Invitation = z.output<typeof invitationAnswer>;

async function loadInvitation(
  reader: Parameters<typeof findInvitation>[0],
  token: string,
  now: Date,
): Promise<Invitation> {
  const found = await findInvitation(reader, hashSecret(token), now);
  if (!found) throw problem.invitationInvalid({});
  return {
    party: found.partyName,
    roles: found.roles,
    invitedBy: found.madeByName,
    member: found.accountName,
    expiresAt: found.expiresAt.toISOString(),
  };
}

function resetPage(view: View, form: FormState, member: string): Page {
  const { t } = view;
  return {
    title: t('accounts.reset-title', { name: member }),
    body: (
      <Form view={view} action={pathOf(view)} form={form}>
        <NewPasswordField view={view} form={form} />
        <Actions>
          <Button>{t('accounts.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

export function NewPasswordField({ view, form }: { readonly view: View; readonly form: FormState }) {
  const { t } = view;
  return (
    <TextField
      view={view}
      form={form}
      name="password"
      label={t('accounts.password-new')}
      hint={t('accounts.password-hint')}
      type="password"
      autocomplete="new-password"
    />
  );
}

function invitationPage(view: View, form: FormState, invitation: Invitation): Page {
  const { t, viewer } = view;
  if (invitation.member !== null) return resetPage(view, form, invitation.member);
  const isFirst = invitation.party === null;
  return {
    title: isFirst ? t('accounts.first-title') : t('accounts.invitation-title', { party: invitation.party ?? '' }),
    body: (
      <>
        <p>
          {isFirst
            ? t('accounts.first-words')
            : t('accounts.invitation-words', { name: invitation.invitedBy ?? view.nodeName })}
        </p>
        {isFirst ? null : (
          <ul>
            {invitation.roles.map((role) => (
              <li>
                <strong>{t(`accounts.role-${role}`)}</strong>: {t(`accounts.role-${role}-does`)}
              </li>
            ))}
          </ul>
        )}
        <Form view={view} action={pathOf(view)} form={form}>
          {viewer.account && !isFirst ? (
            <p>{t('accounts.accept-as', { name: viewer.account.name, email: viewer.account.email })}</p>
          ) : (
            <>
              <TextField view={view} form={form} name="name" label={t('accounts.name')} autocomplete="name" />
              <TextField
                view={view}
                form={form}
                name="email"
                label={t('accounts.email')}
                type="email"
                autocomplete="username"
              />
              <NewPasswordField view={view} form={form} />
              <SelectField
                view={view}
                form={form}
                name="language"
                label={t('accounts.language')}
                options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
              />
            </>
          )}
          <Actions>
            <Button>{t('accounts.accept')}</Button>
          </Actions>
        </Form>
        {viewer.account || isFirst ? null : (
          <p>
            <a href={`/sign-in?next=${encodeURIComponent(view.path)}`}>{t('accounts.have-account')}</a>
          </p>
        )}
      </>
    ),
  };
}

const pathOf = (view: View): string => new URL(view.path, 'http://localhost').pathname;

const invitationRead = read({
  path: '/invitations/:token',
  summary: 'What an invitation offers.',
  for: 'anyone',
  scope: 'node',
  limit: 'sign-in-options',
  params: z.object({ token: z.string().max(100) }),
  answer: invitationAnswer,
  handle: async ({ reader, house }, { params }) => loadInvitation(reader, params.token, house.clock.now()),
  page: (invitation, view) =>
    invitationPage(view, blankForm({ name: '', email: '', language: view.locale }), invitation),
});

const invitationAccept = write({
  path: '/invitations/:token',
  summary:
    'Accepts an invitation, once: with the account that is signed in, or with a new one; or sets a forgotten password anew.',
  for: 'anyone',
  scope: 'node',
  limit: 'sign-in',
  params: z.object({ token: z.string().max(100) }),
  body: z.object({
    name: personName.optional(),
    email: z.string().trim().toLowerCase().max(254).pipe(z.email()).optional(),
    password: newPassword.optional(),
    language: z.enum(locales).optional(),
  }),
  answer: noAnswer,
  handle: async (work, { params, body }) => {
    const { name, email, password, language } = body;
    const { member } = await loadInvitation(work.tx.db, params.token, work.tx.now);
    if (member !== null) {
      if (password === undefined)
        throw problem.inputInvalid({ fields: [{ path: 'password', code: 'required', message: 'required' }] });
      return resetPassword(work, params.token, password);
    }
    if (work.viewer.account) return acceptInvitation(work, params.token, undefined);
    const missing = Object.entries({ name, email, password }).filter(([, value]) => value === undefined);
    if (name === undefined || email === undefined || password === undefined)
      throw problem.inputInvalid({
        fields: missing.map(([path]) => ({ path, code: 'required', message: 'required' })),
      });
    return acceptInvitation(work, params.token, { name, email, password, language: language ?? null });
  },
  then: () => '/',
  change: (session) => ({ session }),
  form: async ({ form, params }, view, { reader, house }) =>
    invitationPage(view, form, await loadInvitation(reader, params.token, house.clock.now())),
});

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

export const signInEndpoints: readonly Endpoint[] = [
  signInForm,
  signInWrite,
  passkeyOptions,
  passkeySignIn,
  signOutWrite,
  invitationRead,
  invitationAccept,
];

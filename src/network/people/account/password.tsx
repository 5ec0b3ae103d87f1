/** A person changes her password. */
import { z } from 'zod';
import { noAnswer, read, write, type Endpoint } from '../../../http/endpoint.ts';
import { Actions, blankForm, Button, Form, TextField, type FormState } from '../../../ui/forms.tsx';
import { withNotice, type Page } from '../../../ui/layout.tsx';
import type { View } from '../../../ui/view.ts';
import { changePassword } from '../actions.ts';
import { givenPassword, newPassword } from '../password.ts';
import { NewPasswordField } from '../sign-in.tsx';
import { crumbs, own } from './own.ts';

function passwordPage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('accounts.password-change'),
    breadcrumbs: crumbs(view),
    body: (
      <Form view={view} action="/account/password" form={form}>
        <TextField
          view={view}
          form={form}
          name="current"
          label={t('accounts.password-current')}
          type="password"
          autocomplete="current-password"
        />
        <NewPasswordField view={view} form={form} />
        <p>{t('accounts.password-ends-sessions')}</p>
        <Actions>
          <Button>{t('accounts.password-change')}</Button>
        </Actions>
      </Form>
    ),
  };
}

const password = read({
  ...own,
  path: '/account/password',
  summary: 'The page that changes the password.',
  answer: noAnswer,
  handle: async () => ({}),
  page: (_answer, view) => passwordPage(view, blankForm({ current: '', password: '' })),
});

const passwordWrite = write({
  ...own,
  path: '/account/password',
  summary: 'Changes the password and ends all other sessions.',
  limit: 'sign-in',
  body: z.object({ current: givenPassword, password: newPassword }),
  secrets: ['current'],
  answer: noAnswer,
  handle: async (work, { body }) => changePassword(work, body),
  then: () => withNotice('/account', 'accounts.done-saved'),
  change: (session) => ({ session }),
  form: ({ form }, view) => passwordPage(view, form),
});

export const passwordEndpoints: readonly Endpoint[] = [password, passwordWrite];

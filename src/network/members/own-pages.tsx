import type { Child } from 'hono/jsx';
import { formatDate } from '../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  Form,
  HiddenField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { PlainDate } from '../../period.ts';
import type { Page } from '../../ui/layout.tsx';
import { Facts, Notice } from '../../ui/parts.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { EntryAnswer } from './answers.ts';
import { EntryFields } from './entry-form.tsx';
import { networkCrumbs, NetworkRooms, type NetworkFacts } from './section.tsx';

export function entryPage(answer: EntryAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t(answer.isConfirmed ? 'members.my-entry' : 'members.confirm-title'),
    breadcrumbs: networkCrumbs(answer.network),
    body: answer.isConfirmed ? (
      <>
        <NetworkRooms view={view} network={answer.network} />
        <Standing view={view} answer={answer} />
        <h2>{t('members.edit')}</h2>
        <Form view={view} action={answer.path} form={form}>
          <HiddenField name="base" value={String(form.values['base'] ?? answer.revision)} />
          <EntryFields view={view} form={form} whose="own" />
          <Actions>
            <Button>{t('members.save')}</Button>
          </Actions>
        </Form>
        <Mails view={view} answer={answer} />
        <SigningIn view={view} answer={answer} />
        <p>
          <a href={`${answer.path}/data`}>{t('rights.data-title')}</a> ·{' '}
          <a href={`${answer.path.replace(/\/me$/, '')}/complaints`}>{t('rights.complaints')}</a>
        </p>
        <h2>{t('members.leave')}</h2>
        <p>{t('members.leave-lead')}</p>
        <ButtonForm view={view} action={`${answer.path}/leave`} kind="danger" label={t('members.leave-now')} />
      </>
    ) : (
      <>
        <p class="lead">{t('members.confirm-lead', { network: answer.network.name })}</p>
        <Facts
          facts={[
            { label: t('members.name'), value: <Name>{answer.name}</Name> },
            { label: t('members.email'), value: <bdi dir="ltr">{answer.email}</bdi> },
            {
              label: t('members.organisation'),
              value: answer.organisation === null ? t('members.none-said') : <Name>{answer.organisation}</Name>,
            },
          ]}
        />
        <ButtonForm
          view={view}
          action={answer.path.replace(/\/membership$/, '/membership/confirm')}
          kind="primary"
          label={t('members.confirm')}
        />
        <p class="hint">{t('members.confirm-not-you')}</p>
      </>
    ),
  };
}

function Standing({ view, answer }: { readonly view: View; readonly answer: EntryAnswer }): Child {
  const { t } = view;
  return (
    <Facts
      facts={[
        { label: t('members.email'), value: <bdi dir="ltr">{answer.email}</bdi> },
        { label: t('members.joined'), value: formatDate(view, answer.joinedOn as PlainDate) },
        ...answer.mandates.map(({ organisation, scope }) => ({
          label: t('members.speaks-for'),
          value: (
            <>
              <Name>{organisation}</Name>
              {scope === '' ? null : <small dir="auto"> {scope}</small>}
            </>
          ),
        })),
      ]}
    />
  );
}

function Mails({ view, answer }: { readonly view: View; readonly answer: EntryAnswer }): Child {
  const { t } = view;
  const isStopped = answer.mailState === 'unsubscribed';
  return (
    <>
      <h2>{t('members.mail')}</h2>
      {answer.mailState === 'bouncing' ? (
        <Notice tone="warn">
          <p>{t('members.mail-bouncing')}</p>
        </Notice>
      ) : null}
      <p>{t(isStopped ? 'members.mail-stopped' : 'members.mail-active')}</p>
      <ButtonForm
        view={view}
        action={`${answer.path}/${isStopped ? 'resubscribe' : 'unsubscribe'}`}
        label={t(isStopped ? 'members.resubscribe' : 'members.unsubscribe')}
      />
    </>
  );
}

/** Only through the key: it has proved the mailbox. */
function SigningIn({ view, answer }: { readonly view: View; readonly answer: EntryAnswer }): Child {
  const { t } = view;
  if (answer.hasAccount || answer.path.endsWith('/me')) return null;
  const form = blankForm();
  return (
    <>
      <h2>{t('members.sign-in')}</h2>
      <p>{t('members.sign-in-lead')}</p>
      {view.viewer.account ? (
        <ButtonForm
          view={view}
          action={`${answer.path}/link-account`}
          label={t('members.link-account', { name: view.viewer.account.name })}
        />
      ) : (
        <Form view={view} action={`${answer.path}/open-account`} form={form}>
          <TextField
            view={view}
            form={form}
            name="password"
            type="password"
            label={t('accounts.password')}
            hint={t('accounts.password-hint')}
            autocomplete="new-password"
            width="medium"
          />
          <Actions>
            <Button kind="secondary">{t('members.open-account')}</Button>
          </Actions>
        </Form>
      )}
    </>
  );
}

export function unsubscribePage(
  answer: { readonly network: NetworkFacts; readonly path: string; readonly isStopped: boolean },
  view: View,
): Page {
  const { t } = view;
  return {
    title: t('members.unsubscribe'),
    breadcrumbs: networkCrumbs(answer.network),
    body: answer.isStopped ? (
      <p class="lead">{t('members.mail-stopped')}</p>
    ) : (
      <>
        <p class="lead">{t('members.unsubscribe-lead', { network: answer.network.name })}</p>
        <ButtonForm view={view} action={answer.path} kind="primary" label={t('members.unsubscribe')} />
      </>
    ),
  };
}

import { EntryFields } from '../../../network/members/entry-form.tsx';
import type { NetworkFacts } from '../../../network/members/section.tsx';
import { Actions, Button, Form, TextField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import type { View } from '../../../ui/view.ts';
import type { SessionSummary, SpaceSummary } from '../answers.ts';
import { When } from '../parts.tsx';
import { spaceCrumbs } from '../spaces/pages.tsx';

export interface NewcomerAnswer {
  readonly network: NetworkFacts;
  readonly space: SpaceSummary;
  readonly session: SessionSummary;
}

/** Registering is coming in: the person is asked once who she is. */
export function newcomerPage({ network, space, session }: NewcomerAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('programme.register-title', { session: session.title.text }),
    breadcrumbs: [
      ...spaceCrumbs(view, network, space.kind),
      { path: space.path, label: space.title.text },
      { path: session.path, label: session.title.text },
    ],
    body: (
      <>
        <p class="lead">{t('programme.register-lead')}</p>
        <p>
          <When view={view} session={session} zone={null} />
        </p>
        <Form view={view} action={`${session.path}/newcomer`} form={form}>
          <TextField
            view={view}
            form={form}
            name="email"
            type="email"
            label={t('members.email')}
            hint={t('members.email-hint')}
            autocomplete="email"
          />
          <EntryFields view={view} form={form} whose="own" />
          <Actions>
            <Button>{t('programme.register')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

import type { Child } from 'hono/jsx';
import { networkCrumbs } from '../../../network/members/section.tsx';
import { Actions, Button, ButtonForm, Form, SelectField, TextField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Age, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { hubPath } from '../items/answers.ts';
import { languageName, languagesOffered } from '../items/languages.ts';
import type { GatheringAnswer } from './routes.tsx';

type Feed = GatheringAnswer['feeds'][number];

export function gatheringPage(answer: GatheringAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const path = `${hubPath(answer.network.slug)}/gathered`;
  return {
    title: t('hub.gathered'),
    breadcrumbs: [...networkCrumbs(answer.network), { path: hubPath(answer.network.slug), label: t('hub.title') }],
    body: (
      <>
        <p class="lead">{t('hub.gathered-lead')}</p>
        <Table
          view={view}
          id="feeds"
          caption={t('hub.feeds')}
          empty={t('hub.no-feed')}
          rows={answer.feeds}
          columns={[
            {
              key: 'title',
              header: t('hub.whose'),
              cell: ({ title, address }) => (
                <>
                  <Name>{title}</Name>
                  <br />
                  <a href={address} rel="nofollow noreferrer" dir="ltr">
                    <small>{address}</small>
                  </a>
                </>
              ),
            },
            { key: 'state', header: t('hub.last-read'), cell: (feed) => <FeedState view={view} feed={feed} /> },
            {
              key: 'steps',
              header: t('hub.steps'),
              cell: ({ id }) => (
                <Actions>
                  <ButtonForm view={view} action={`${path}/${id}/read-now`} label={t('hub.read-now')} />
                  <ButtonForm view={view} action={`${path}/${id}/give-up`} label={t('hub.give-up')} kind="danger" />
                </Actions>
              ),
            },
          ]}
        />
        <h2>{t('hub.add-feed')}</h2>
        <Form view={view} action={path} form={form}>
          <TextField
            view={view}
            form={form}
            name="address"
            type="url"
            label={t('hub.feed-address')}
            hint={t('hub.feed-address-hint')}
          />
          <TextField view={view} form={form} name="title" label={t('hub.whose')} maxLength={200} />
          <SelectField
            view={view}
            form={form}
            name="language"
            label={t('hub.language')}
            hint={t('hub.feed-language-hint')}
            options={languagesOffered.map((code) => ({ value: code, label: languageName(code) }))}
          />
          <TextField
            view={view}
            form={form}
            name="licence"
            label={t('hub.licence')}
            hint={t('hub.feed-licence-hint')}
            maxLength={300}
            width="medium"
            optional
          />
          <Actions>
            <Button>{t('hub.add-feed')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

function FeedState({ view, feed }: { readonly view: View; readonly feed: Feed }): Child {
  const { t } = view;
  return (
    <>
      {feed.readAt === null ? t('hub.never-read') : <Age view={view} at={new Date(feed.readAt)} />}
      {feed.failure === null ? null : (
        <>
          <br />
          <Status tone="warn">{t(`hub.failure-${feed.failure}`)}</Status>
          <br />
          <small class="soft">
            {t('hub.again')} <Age view={view} at={new Date(feed.nextAt)} />
          </small>
        </>
      )}
    </>
  );
}

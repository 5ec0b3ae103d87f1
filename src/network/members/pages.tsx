import type { Child } from 'hono/jsx';
import { partyKinds } from '../../acts/spine-types.ts';
import { formatDate, formatNumber } from '../../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  Form,
  HiddenField,
  SearchForm,
  SelectField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { PlainDate } from '../../period.ts';
import type { Page } from '../../ui/layout.tsx';
import { languageNames, isLocale } from '../../ui/locales.ts';
import { Facts, Notice, Pager } from '../../ui/parts.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { EntryAnswer, ListedMember } from './answers.ts';
import { countryName, listCountries } from './countries.ts';
import { EntryFields } from './entry-form.tsx';
import { networkCrumbs, networkPath, NetworkRooms, type NetworkFacts } from './section.tsx';

export function joinPage(
  { network, invites }: { readonly network: NetworkFacts; readonly invites: boolean },
  view: View,
  form: FormState,
): Page {
  const { t } = view;
  return {
    title: t(invites ? 'members.invite' : 'members.join-title', { network: network.name }),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <p class="lead">{t(invites ? 'members.invite-lead' : 'members.join-lead')}</p>
        <Form view={view} action={`${networkPath(network.slug)}/${invites ? 'members/invite' : 'join'}`} form={form}>
          <TextField
            view={view}
            form={form}
            name="email"
            type="email"
            label={t('members.email')}
            hint={t(invites ? 'members.invite-email-hint' : 'members.email-hint')}
            autocomplete={invites ? 'off' : 'email'}
          />
          <EntryFields view={view} form={form} whose={invites ? 'theirs' : 'own'} />
          <Actions>
            <Button>{t(invites ? 'members.invite' : 'members.join')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

interface DirectoryAnswer {
  readonly network: NetworkFacts;
  readonly counts: { readonly present: number; readonly pending: number } | null;
  readonly members: readonly ListedMember[];
  readonly pending: readonly ListedMember[];
  readonly next: string | null;
}

interface DirectoryQuery {
  readonly q?: string | undefined;
  readonly constituency?: string | undefined;
  readonly country?: string | undefined;
}

export function directoryPage(answer: DirectoryAnswer, view: View, query: DirectoryQuery): Page {
  const { t } = view;
  const { network, counts } = answer;
  const path = `${networkPath(network.slug)}/members`;
  const anyOption = { value: '', label: t('members.any') };
  const form = {
    values: { q: query.q ?? '', constituency: query.constituency ?? '', country: query.country ?? '' },
    errors: [],
  };
  return {
    title: t('members.directory'),
    wide: true,
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <p class="lead">
          {counts
            ? t('members.directory-office', {
                count: counts.present,
                pending: formatNumber(view, counts.pending),
              })
            : t('members.directory-lead')}
        </p>
        {network.isSecretariat ? (
          <Actions>
            <a class="button" href={`${path}/invite`}>
              {t('members.invite')}
            </a>
            <a href={`${path}/import`}>{t('members.import')}</a>
          </Actions>
        ) : (
          <p>
            <a href={`${networkPath(network.slug)}/join`}>{t('members.join')}</a>
          </p>
        )}
        <SearchForm view={view} action={path} form={form}>
          <TextField view={view} form={form} name="q" type="search" label={t('members.name')} width="medium" />
          <SelectField
            view={view}
            form={form}
            name="constituency"
            label={t('members.constituency')}
            options={[anyOption, ...partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) }))]}
          />
          <SelectField
            view={view}
            form={form}
            name="country"
            label={t('members.country')}
            options={[anyOption, ...listCountries(view.locale).map(({ code, name }) => ({ value: code, label: name }))]}
          />
          <Button kind="secondary">{t('members.search')}</Button>
        </SearchForm>
        <Table
          view={view}
          id="members"
          caption={t('members.directory')}
          columns={columnsFor(view, network)}
          rows={answer.members}
          empty={t('members.nobody')}
        />
        <Pager view={view} query="after" next={answer.next ?? undefined} />
        {answer.pending.length > 0 ? (
          <Table
            view={view}
            id="pending"
            caption={t('members.pending')}
            columns={columnsFor(view, network)}
            rows={answer.pending}
          />
        ) : null}
      </>
    ),
  };
}

function columnsFor(view: View, network: NetworkFacts): readonly Column<ListedMember>[] {
  const { t } = view;
  return [
    {
      key: 'name',
      header: t('members.name'),
      cell: ({ id, name, about }) => (
        <>
          {network.isSecretariat ? (
            <a href={`${networkPath(network.slug)}/members/${id}`}>
              <Name>{name}</Name>
            </a>
          ) : (
            <Name>{name}</Name>
          )}
          {about === null || network.isSecretariat ? null : <About text={about} />}
        </>
      ),
    },
    {
      key: 'organisation',
      header: t('members.organisation'),
      cell: ({ organisation }) => (organisation === null ? '' : <Name>{organisation}</Name>),
    },
    {
      key: 'constituency',
      header: t('members.constituency'),
      cell: ({ constituency }) => t(`network.kind-${constituency}`),
    },
    {
      key: 'country',
      header: t('members.country'),
      cell: ({ country }) => (country === null ? '' : countryName(view.locale, country)),
    },
    {
      key: 'email',
      header: t('members.contact'),
      cell: ({ email }) =>
        email === null ? (
          ''
        ) : (
          <a href={`mailto:${email}`} dir="ltr">
            {email}
          </a>
        ),
    },
  ];
}

function About({ text }: { readonly text: string }): Child {
  return (
    <>
      <br />
      <small class="soft" dir="auto">
        {text}
      </small>
    </>
  );
}

export function memberPage(answer: EntryAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network } = answer;
  return {
    title: answer.name,
    breadcrumbs: [
      ...networkCrumbs(network),
      { path: `${networkPath(network.slug)}/members`, label: t('members.directory') },
    ],
    body: (
      <>
        {answer.isConfirmed ? null : (
          <Notice>
            <p>{t('members.not-confirmed')}</p>
          </Notice>
        )}
        <Facts
          facts={[
            {
              label: t('members.email'),
              value: (
                <a href={`mailto:${answer.email ?? ''}`} dir="ltr">
                  {answer.email}
                </a>
              ),
            },
            { label: t('members.joined'), value: formatDate(view, answer.joinedOn as PlainDate) },
            {
              label: t('members.language'),
              value: isLocale(answer.language) ? languageNames[answer.language] : answer.language,
            },
            {
              label: t('members.consents'),
              value:
                answer.consents.length === 0
                  ? t('members.none-given')
                  : answer.consents.map((consent) => t(`members.consent-${consent}`)).join(' · '),
            },
            {
              label: t('members.mail'),
              value: t(`members.mail-${answer.mailState === 'unsubscribed' ? 'stopped' : answer.mailState}`),
            },
            ...answer.mandates.map(({ organisation, scope }) => ({
              label: t('members.speaks-for'),
              value: (
                <>
                  <Name>{organisation}</Name> <small dir="auto">{scope}</small>
                </>
              ),
            })),
          ]}
        />
        <h2>{t('members.correct')}</h2>
        <Form view={view} action={answer.path} form={form}>
          <HiddenField name="base" value={String(form.values['base'] ?? answer.revision)} />
          <EntryFields view={view} form={form} whose="theirs" />
          <Actions>
            <Button>{t('members.save')}</Button>
          </Actions>
        </Form>
        <h2>{t('members.leave')}</h2>
        <p>{t('members.remove-lead')}</p>
        <ButtonForm view={view} action={`${answer.path}/leave`} kind="danger" label={t('members.remove')} />
      </>
    ),
  };
}

import { partyKinds } from '../../../acts/spine-types.ts';
import type { PlainDate } from '../../../period.ts';
import { formatDate, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  DateField,
  Form,
  SearchForm,
  SelectField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Code, Facts, KeyFigures, Pager } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { countryName, listCountries } from '../../members/countries.ts';
import { networkCrumbs, networkPath, NetworkRooms } from '../../members/section.tsx';
import type { DirectoryAnswer, OrganisationAnswer } from './routes.tsx';

const anyOf = (view: View) => ({ value: '', label: view.t('assembly.any') });

export function directoryPage(
  answer: DirectoryAnswer,
  view: View,
  query: { readonly kind?: string | undefined; readonly country?: string | undefined },
): Page {
  const { t } = view;
  const { network } = answer;
  const path = `${networkPath(network.slug)}/directory`;
  const form = blankForm({ kind: query.kind ?? '', country: query.country ?? '' });
  const isFiltered = query.kind !== undefined || query.country !== undefined;
  return {
    title: t('assembly.directory'),
    wide: true,
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <KeyFigures
          figures={[
            {
              label: t('members.organisations'),
              value: formatNumber(
                view,
                answer.kinds.reduce((sum, { count }) => sum + count, 0),
              ),
            },
            { label: t('assembly.kinds'), value: formatNumber(view, answer.kinds.length) },
            { label: t('assembly.countries'), value: formatNumber(view, answer.countries) },
          ]}
        />
        <Actions>
          <a class="button" href={`${networkPath(network.slug)}/apply`}>
            {t('assembly.apply')}
          </a>
          <a href={`${networkPath(network.slug)}/rules`}>{t('assembly.rules')}</a>
          {view.viewer.account ? (
            <a href={`${networkPath(network.slug)}/applications`}>{t('assembly.applications')}</a>
          ) : null}
          {network.isSecretariat ? (
            <a href={`${networkPath(network.slug)}/organisations`}>{t('assembly.keep-list')}</a>
          ) : null}
        </Actions>
        <SearchForm view={view} action={path} form={form}>
          <SelectField
            view={view}
            form={form}
            name="kind"
            label={t('members.kind')}
            options={[anyOf(view), ...partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) }))]}
          />
          <SelectField
            view={view}
            form={form}
            name="country"
            label={t('members.country')}
            options={[
              anyOf(view),
              ...listCountries(view.locale).map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
          <Button kind="secondary">{t('assembly.show')}</Button>
        </SearchForm>
        <Table
          view={view}
          id="directory"
          caption={t('assembly.directory')}
          isTitled
          columns={[
            {
              key: 'name',
              header: t('members.organisation'),
              cell: ({ id, name }) => (
                <a href={`${path}/${id}`}>
                  <Name>{name}</Name>
                </a>
              ),
            },
            { key: 'kind', header: t('members.kind'), cell: ({ kind }) => t(`network.kind-${kind}`) },
            {
              key: 'country',
              header: t('members.country'),
              cell: ({ country }) => (country === null ? '–' : countryName(view.locale, country)),
            },
            {
              key: 'since',
              header: t('assembly.member-since'),
              cell: ({ memberSince }) => (memberSince === null ? '–' : formatDate(view, memberSince as PlainDate)),
            },
            {
              key: 'voice',
              header: t('assembly.voice'),
              cell: ({ hasVoice }) => t(hasVoice ? 'assembly.spoken-for' : 'assembly.not-spoken-for'),
            },
          ]}
          rows={answer.organisations}
          empty={t(isFiltered ? 'assembly.none-of-these' : 'assembly.no-organisation')}
        />
        <Pager view={view} query="after" next={answer.next ?? undefined} />
      </>
    ),
  };
}

export function organisationPage(answer: OrganisationAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, own } = answer;
  const directory = `${networkPath(network.slug)}/directory`;
  const path = `${directory}/${answer.id}`;
  const day = (date: string) => formatDate(view, date as PlainDate);
  return {
    title: answer.name,
    breadcrumbs: [...networkCrumbs(network), { path: directory, label: t('assembly.directory') }],
    body: (
      <>
        <Facts
          facts={[
            { label: t('members.kind'), value: t(`network.kind-${answer.kind}`) },
            ...(answer.country === null
              ? []
              : [{ label: t('members.country'), value: countryName(view.locale, answer.country) }]),
            ...(answer.website === null
              ? []
              : [
                  {
                    label: t('members.website'),
                    value: (
                      <a href={answer.website} rel="nofollow" dir="ltr">
                        {answer.website}
                      </a>
                    ),
                  },
                ]),
            ...(answer.did === null ? [] : [{ label: t('members.did'), value: <Code>{answer.did}</Code> }]),
          ]}
        />
        <Table
          view={view}
          id="admissions"
          caption={t('assembly.membership')}
          columns={[
            { key: 'since', header: t('assembly.member-since'), cell: ({ since }) => day(since) },
            {
              key: 'until',
              header: t('assembly.left'),
              cell: ({ until }) => (until === null ? t('assembly.member-still') : day(until)),
            },
            {
              key: 'act',
              header: t('assembly.stated-by'),
              cell: ({ admittedBy, leftBy }) => (
                <>
                  <p>
                    {t('assembly.act-admit')} <Code>{admittedBy}</Code>
                  </p>
                  {leftBy === null ? null : (
                    <p>
                      {t('assembly.act-leave')} <Code>{leftBy}</Code>
                    </p>
                  )}
                </>
              ),
            },
          ]}
          rows={answer.admissions}
          empty={t('assembly.no-act-yet')}
        />
        <Table
          view={view}
          id="mandates"
          caption={t('members.mandates')}
          columns={[
            {
              key: 'name',
              header: t('members.name'),
              cell: ({ name }) => (name === null ? t('members.not-listed') : <Name>{name}</Name>),
            },
            {
              key: 'scope',
              header: t('members.scope'),
              cell: ({ scope }) => (scope === '' ? t('members.scope-all') : <span dir="auto">{scope}</span>),
            },
            { key: 'since', header: t('members.since'), cell: ({ since }) => day(since) },
            {
              key: 'until',
              header: t('members.until'),
              cell: ({ id, until, isOver }) => (
                <>
                  {until === null ? t('members.open-end') : day(until)}
                  {isOver ? ` · ${t('assembly.over')}` : null}
                  {own.mayGive && !isOver ? (
                    <ButtonForm
                      view={view}
                      action={`${path}/mandates/end`}
                      hidden={{ mandate: id }}
                      label={t('members.end-mandate')}
                    />
                  ) : null}
                </>
              ),
            },
          ]}
          rows={answer.mandates}
          empty={t('members.no-mandate')}
        />
        {own.mayGive ? (
          <>
            <h2>{t('members.record-mandate')}</h2>
            <p class="hint">{t('assembly.mandate-hint')}</p>
            <Form view={view} action={`${path}/mandates`} form={form}>
              <TextField
                view={view}
                form={form}
                name="email"
                type="email"
                label={t('assembly.email-of-member')}
                width="medium"
              />
              <TextField
                view={view}
                form={form}
                name="scope"
                label={t('members.scope')}
                hint={t('assembly.scope-hint')}
                maxLength={500}
                optional
              />
              <DateField view={view} form={form} name="since" label={t('members.since')} />
              <DateField view={view} form={form} name="until" label={t('members.until')} optional />
              <Actions>
                <Button>{t('members.record-mandate')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
        {own.mayState ? (
          <>
            <h2>{t('assembly.state-membership')}</h2>
            <p class="hint">{t('assembly.state-hint')}</p>
            <ButtonForm view={view} action={`${path}/state`} label={t('assembly.state-membership')} />
          </>
        ) : null}
        {own.mayLeave ? (
          <details>
            <summary>{t('assembly.leave')}</summary>
            <p>{t('assembly.leave-hint')}</p>
            <ButtonForm view={view} action={`${path}/leave`} kind="danger" label={t('assembly.leave')} />
          </details>
        ) : null}
      </>
    ),
  };
}

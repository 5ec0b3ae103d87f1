import { partyKinds } from '../../acts/spine-types.ts';
import type { PlainDate } from '../../period.ts';
import { formatDate } from '../../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  DateField,
  Form,
  HiddenField,
  SelectField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Code, Facts, Pager } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { countryName, listCountries } from './countries.ts';
import type { OrganisationFormAnswer, OrganisationPageAnswer, OrganisationsAnswer } from './organisation-routes.tsx';
import { networkCrumbs, networkPath, NetworkRooms, type NetworkFacts } from './section.tsx';

const pathOf = (network: NetworkFacts): string => `${networkPath(network.slug)}/organisations`;

export function organisationsPage(answer: OrganisationsAnswer, view: View): Page {
  const { t } = view;
  const { network } = answer;
  return {
    title: t('members.organisations'),
    wide: true,
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        {network.isSecretariat ? (
          <Actions>
            <a class="button" href={`${pathOf(network)}/new`}>
              {t('members.add-organisation')}
            </a>
          </Actions>
        ) : null}
        <Table
          view={view}
          id="organisations"
          caption={t('members.organisations')}
          isTitled
          columns={[
            {
              key: 'name',
              header: t('members.organisation'),
              cell: ({ id, name }) => (
                <a href={`${pathOf(network)}/${id}`}>
                  <Name>{name}</Name>
                </a>
              ),
            },
            { key: 'kind', header: t('members.kind'), cell: ({ kind }) => t(`network.kind-${kind}`) },
            {
              key: 'country',
              header: t('members.country'),
              cell: ({ country }) => (country === null ? '' : countryName(view.locale, country)),
            },
          ]}
          rows={answer.organisations}
        />
        <Pager view={view} query="after" next={answer.next ?? undefined} />
      </>
    ),
  };
}

export function organisationPage(answer: OrganisationPageAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, organisation, mandates } = answer;
  const path = `${pathOf(network)}/${organisation.id}`;
  return {
    title: organisation.name,
    breadcrumbs: [...networkCrumbs(network), { path: pathOf(network), label: t('members.organisations') }],
    body: (
      <>
        <Facts
          facts={[
            { label: t('members.kind'), value: t(`network.kind-${organisation.kind}`) },
            ...(organisation.country === null
              ? []
              : [{ label: t('members.country'), value: countryName(view.locale, organisation.country) }]),
            ...(organisation.website === null
              ? []
              : [
                  {
                    label: t('members.website'),
                    value: (
                      <a href={organisation.website} rel="nofollow" dir="ltr">
                        {organisation.website}
                      </a>
                    ),
                  },
                ]),
            ...(organisation.did === null ? [] : [{ label: t('members.did'), value: <Code>{organisation.did}</Code> }]),
          ]}
        />
        {network.isSecretariat ? (
          <p>
            <a href={`${path}/edit`}>{t('members.edit-organisation')}</a>
          </p>
        ) : null}
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
            { key: 'since', header: t('members.since'), cell: ({ since }) => formatDate(view, since as PlainDate) },
            {
              key: 'until',
              header: t('members.until'),
              cell: ({ id, until }) =>
                until === null ? (
                  network.isSecretariat ? (
                    <ButtonForm
                      view={view}
                      action={`${path}/mandates/end`}
                      hidden={{ mandate: id }}
                      label={t('members.end-mandate')}
                    />
                  ) : (
                    t('members.open-end')
                  )
                ) : (
                  formatDate(view, until as PlainDate)
                ),
            },
          ]}
          rows={mandates}
          empty={t('members.no-mandate')}
        />
        {network.isSecretariat ? (
          <>
            <h2>{t('members.record-mandate')}</h2>
            <Form view={view} action={`${path}/mandates`} form={form}>
              <TextField
                view={view}
                form={form}
                name="email"
                type="email"
                label={t('members.email')}
                hint={t('members.mandate-email-hint')}
                width="medium"
              />
              <TextField
                view={view}
                form={form}
                name="scope"
                label={t('members.scope')}
                hint={t('members.scope-hint')}
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
      </>
    ),
  };
}

export function organisationFormPage(answer: OrganisationFormAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, organisation } = answer;
  return {
    title: t(organisation ? 'members.edit-organisation' : 'members.add-organisation'),
    breadcrumbs: [...networkCrumbs(network), { path: pathOf(network), label: t('members.organisations') }],
    body: (
      <Form
        view={view}
        action={organisation ? `${pathOf(network)}/${organisation.id}/edit` : pathOf(network)}
        form={form}
      >
        {organisation ? <HiddenField name="base" value={String(form.values['base'] ?? organisation.revision)} /> : null}
        <TextField view={view} form={form} name="name" label={t('members.organisation')} maxLength={200} />
        <SelectField
          view={view}
          form={form}
          name="kind"
          label={t('members.kind')}
          options={partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) }))}
        />
        <SelectField
          view={view}
          form={form}
          name="country"
          label={t('members.country')}
          optional
          options={[
            { value: '', label: t('members.left-open') },
            ...listCountries(view.locale).map(({ code, name }) => ({ value: code, label: name })),
          ]}
        />
        <TextField view={view} form={form} name="website" type="url" label={t('members.website')} optional />
        <TextField
          view={view}
          form={form}
          name="did"
          code
          label={t('members.did')}
          hint={t('members.did-hint')}
          optional
        />
        <Actions>
          <Button>{t('members.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

import type { PlainDate } from '../../../period.ts';
import { formatDate } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  DateField,
  Form,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Facts, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { networkCrumbs, networkPath, NetworkRooms } from '../../members/section.tsx';
import type { GroupAnswer, GroupsAnswer } from './routes.tsx';

export function groupsPage({ network, groups }: GroupsAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const day = (date: string) => formatDate(view, date as PlainDate);
  return {
    title: t('assembly.advisory-groups'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <Table
          view={view}
          id="groups"
          caption={t('assembly.advisory-groups')}
          isTitled
          columns={[
            {
              key: 'title',
              header: t('assembly.group'),
              cell: ({ path, title, language }) => (
                <a href={path} lang={language} dir="auto">
                  {title}
                </a>
              ),
            },
            { key: 'since', header: t('members.since'), cell: ({ since }) => day(since) },
            {
              key: 'until',
              header: t('members.until'),
              cell: ({ until }) => (until === null ? t('members.open-end') : day(until)),
            },
          ]}
          rows={groups}
          empty={t('assembly.no-group')}
        />
        {network.isSecretariat ? (
          <>
            <h2>{t('assembly.open-group')}</h2>
            <Form view={view} action={`${networkPath(network.slug)}/advisory-groups`} form={form}>
              <TextField view={view} form={form} name="title" label={t('assembly.group')} maxLength={300} />
              <SelectField
                view={view}
                form={form}
                name="language"
                label={t('assembly.language')}
                options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
              />
              <TextareaField view={view} form={form} name="mandate" label={t('assembly.mandate')} maxLength={10_000} />
              <DateField view={view} form={form} name="since" label={t('members.since')} />
              <DateField view={view} form={form} name="until" label={t('members.until')} optional />
              <Actions>
                <Button>{t('assembly.open-group')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}

const tones = { declared: 'good', due: 'warn', overdue: 'danger', over: 'ended' } as const;

export function groupPage(
  answer: GroupAnswer,
  view: View,
  refused?: { readonly step: string; readonly form: FormState },
): Page {
  const { t } = view;
  const { network, path } = answer;
  const day = (date: string) => formatDate(view, date as PlainDate);
  const seatForm = refused && refused.step !== 'interests' ? refused.form : blankForm();
  const interestForm = refused?.step === 'interests' ? refused.form : blankForm();
  return {
    title: answer.title,
    wide: true,
    breadcrumbs: [
      ...networkCrumbs(network),
      { path: `${networkPath(network.slug)}/advisory-groups`, label: t('assembly.advisory-groups') },
    ],
    body: (
      <>
        <Facts
          facts={[
            { label: t('members.since'), value: day(answer.since) },
            {
              label: t('members.until'),
              value: answer.until === null ? t('members.open-end') : day(answer.until),
            },
          ]}
        />
        <h2>{t('assembly.mandate')}</h2>
        <p lang={answer.language} dir="auto">
          {answer.mandate}
        </p>
        <Table
          view={view}
          id="seats"
          caption={t('assembly.group-members')}
          columns={[
            {
              key: 'name',
              header: t('members.name'),
              cell: ({ name }) => <Name>{name ?? t('papers.former-member')}</Name>,
            },
            {
              key: 'term',
              header: t('assembly.term'),
              cell: ({ id, since, until, standing }) => (
                <>
                  {t('assembly.from-until', { from: day(since), until: day(until) })}
                  {network.isSecretariat && standing !== 'over' ? (
                    <ButtonForm
                      view={view}
                      action={`${path}/seats/end`}
                      hidden={{ seat: id }}
                      label={t('assembly.end-term')}
                    />
                  ) : null}
                </>
              ),
            },
            {
              key: 'interests',
              header: t('assembly.interests'),
              cell: ({ interests, declaredOn }) => (
                <>
                  {interests === null ? (
                    t('assembly.nothing-declared')
                  ) : interests === '' ? (
                    t('assembly.none-declared')
                  ) : (
                    <span dir="auto">{interests}</span>
                  )}
                  {declaredOn === null ? null : <small class="soft"> {day(declaredOn)}</small>}
                </>
              ),
            },
            {
              key: 'standing',
              header: t('assembly.declaration'),
              cell: ({ standing }) => <Status tone={tones[standing]}>{t(`assembly.declaration-${standing}`)}</Status>,
            },
          ]}
          rows={answer.seats}
          empty={t('assembly.nobody-sits')}
        />
        {answer.mayDeclare ? (
          <>
            <h2>{t('assembly.declare')}</h2>
            <Form view={view} action={`${path}/interests`} form={interestForm}>
              <TextareaField
                view={view}
                form={interestForm}
                name="interests"
                label={t('assembly.interests')}
                hint={t('assembly.conflicts-hint')}
                maxLength={5000}
                optional
              />
              <Actions>
                <Button>{t('assembly.declare')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
        {network.isSecretariat ? (
          <>
            <h2>{t('assembly.appoint')}</h2>
            <p class="hint">{t('assembly.appoint-hint')}</p>
            <Form view={view} action={`${path}/seats`} form={seatForm}>
              <TextField
                view={view}
                form={seatForm}
                name="email"
                type="email"
                label={t('assembly.email-of-member')}
                width="medium"
              />
              <DateField view={view} form={seatForm} name="since" label={t('members.since')} />
              <DateField view={view} form={seatForm} name="until" label={t('members.until')} />
              <Actions>
                <Button>{t('assembly.appoint')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}

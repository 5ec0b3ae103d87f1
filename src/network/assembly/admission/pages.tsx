import type { Child } from 'hono/jsx';
import type { z } from 'zod';
import { partyKinds } from '../../../acts/spine-types.ts';
import { formatInstant } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  Form,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Code, Facts, Notice, Status, Time } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { countryName, listCountries } from '../../members/countries.ts';
import { networkCrumbs, networkPath } from '../../members/section.tsx';
import type { applicationAnswer, applicationsAnswer, applyAnswer } from './routes.tsx';

type Applying = z.output<typeof applyAnswer>;
type Application = z.output<typeof applicationAnswer>;

export function applyPage({ network, rules }: Applying, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('assembly.apply'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <p>{t(`assembly.apply-${rules.admission}`, { count: rules.silenceDays })}</p>
        <Form view={view} action={`${networkPath(network.slug)}/apply`} form={form}>
          <TextField view={view} form={form} name="name" label={t('assembly.organisation-name')} maxLength={200} />
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
            hint={t('assembly.country-hint')}
            optional
            options={[
              { value: '', label: t('assembly.no-country') },
              ...listCountries(view.locale).map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
          <TextField view={view} form={form} name="website" type="url" label={t('members.website')} optional />
          <TextField
            view={view}
            form={form}
            name="did"
            label={t('members.did')}
            hint={t('assembly.did-hint')}
            code
            optional
          />
          <TextareaField view={view} form={form} name="why" label={t('assembly.why')} maxLength={5000} rows={6} />
          <TextField
            view={view}
            form={form}
            name="contactName"
            label={t('assembly.contact-name')}
            autocomplete="name"
            maxLength={200}
            width="medium"
          />
          <TextField
            view={view}
            form={form}
            name="contactEmail"
            type="email"
            label={t('assembly.contact-email')}
            hint={t('assembly.contact-hint')}
            autocomplete="email"
            width="medium"
          />
          <SelectField
            view={view}
            form={form}
            name="language"
            label={t('assembly.contact-language')}
            options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
          />
          <Actions>
            <Button>{t('assembly.send-application')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export const appliedPage = ({ network, rules }: Applying, { t }: View): Page => ({
  title: t('assembly.applied'),
  breadcrumbs: networkCrumbs(network),
  body: (
    <Notice tone="done">
      <p>{t(`assembly.apply-${rules.admission}`, { count: rules.silenceDays })}</p>
      <p>{t('assembly.applied-next')}</p>
    </Notice>
  ),
});

const tones = { waiting: 'waiting', admitted: 'good', declined: 'ended' } as const;

export function applicationsPage({ network, applications }: z.output<typeof applicationsAnswer>, view: View): Page {
  const { t } = view;
  return {
    title: t('assembly.applications'),
    wide: true,
    breadcrumbs: networkCrumbs(network),
    body: (
      <Table
        view={view}
        id="applications"
        caption={t('assembly.applications')}
        isTitled
        columns={[
          {
            key: 'name',
            header: t('members.organisation'),
            cell: ({ id, name }) => (
              <a href={`${networkPath(network.slug)}/applications/${id}`}>
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
            key: 'at',
            header: t('assembly.applied-at'),
            cell: ({ appliedAt }) => <Time view={view} at={new Date(appliedAt)} />,
          },
          {
            key: 'state',
            header: t('assembly.state'),
            cell: ({ state }) => <Status tone={tones[state]}>{t(`assembly.state-${state}`)}</Status>,
          },
        ]}
        rows={applications}
        empty={t('assembly.no-application')}
      />
    ),
  };
}

interface Forms {
  readonly object?: FormState;
  readonly decide?: FormState;
}

export function applicationPage(answer: Application, view: View, forms: Forms): Page {
  const { t } = view;
  const { network } = answer;
  const path = `${networkPath(network.slug)}/applications`;
  return {
    title: answer.name,
    breadcrumbs: [...networkCrumbs(network), { path, label: t('assembly.applications') }],
    body: (
      <>
        <p>
          <Status tone={tones[answer.state]}>{t(`assembly.state-${answer.state}`)}</Status>{' '}
          {answer.state === 'waiting' && answer.silenceUntil !== null && answer.objections.length === 0
            ? t('assembly.silence-until', { time: formatInstant(view, new Date(answer.silenceUntil)) })
            : null}
        </p>
        {answer.organisation === null ? null : (
          <p>
            <a href={`${networkPath(network.slug)}/directory/${answer.organisation}`}>{t('assembly.in-directory')}</a>
          </p>
        )}
        <Facts
          facts={[
            { label: t('members.kind'), value: t(`network.kind-${answer.kind}`) },
            ...(answer.country === null
              ? []
              : [{ label: t('members.country'), value: countryName(view.locale, answer.country) }]),
            ...(answer.website === null
              ? []
              : [{ label: t('members.website'), value: <span dir="ltr">{answer.website}</span> }]),
            ...(answer.did === null ? [] : [{ label: t('members.did'), value: <Code>{answer.did}</Code> }]),
            ...(answer.contact === null
              ? []
              : [
                  {
                    label: t('assembly.contact-name'),
                    value: (
                      <>
                        <Name>{answer.contact.name}</Name> · <span dir="ltr">{answer.contact.email}</span>
                      </>
                    ),
                  },
                ]),
          ]}
        />
        <h2>{t('assembly.why')}</h2>
        <p dir="auto" lang={answer.language}>
          {answer.why}
        </p>
        <Objections view={view} answer={answer} />
        {answer.answer === null ? null : (
          <Notice title={t('assembly.answer')}>
            <p dir="auto">{answer.answer}</p>
          </Notice>
        )}
        <ObjectForm view={view} answer={answer} path={`${path}/${answer.id}`} form={forms.object} />
        <DecideForm view={view} answer={answer} path={`${path}/${answer.id}`} form={forms.decide} />
      </>
    ),
  };
}

interface PartProps {
  readonly view: View;
  readonly answer: Application;
}

interface FormProps extends PartProps {
  readonly path: string;
  readonly form: FormState | undefined;
}

function Objections({ view, answer }: PartProps): Child {
  if (answer.objections.length === 0) return null;
  return (
    <>
      <h2>{view.t('assembly.objections')}</h2>
      <ul>
        {answer.objections.map(({ organisation, reason }) => (
          <li>
            <Name>{organisation}</Name>: <span dir="auto">{reason}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function ObjectForm({ view, answer, path, form }: FormProps): Child {
  const { t } = view;
  const { speaksFor } = answer.own;
  if (answer.state !== 'waiting' || speaksFor.length === 0) return null;
  const shown = form ?? blankForm({ organisation: speaksFor[0]?.id ?? '' });
  return (
    <>
      <h2>{t('assembly.object')}</h2>
      <Form view={view} action={`${path}/object`} form={shown}>
        <SelectField
          view={view}
          form={shown}
          name="organisation"
          label={t('decisions.for-organisation')}
          options={speaksFor.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <TextareaField
          view={view}
          form={shown}
          name="reason"
          label={t('decisions.reason')}
          hint={t('assembly.reason-hint')}
          maxLength={2000}
          rows={3}
        />
        <Actions>
          <Button kind="secondary">{t('assembly.object')}</Button>
        </Actions>
      </Form>
    </>
  );
}

function DecideForm({ view, answer, path, form }: FormProps): Child {
  const { t } = view;
  if (!answer.own.mayDecide) return null;
  const shown = form ?? blankForm();
  return (
    <>
      <h2>{t('assembly.decide')}</h2>
      <Form view={view} action={`${path}/decide`} form={shown}>
        <RadiosField
          view={view}
          form={shown}
          name="verdict"
          label={t('assembly.verdict')}
          options={[
            { value: 'admit', label: t('assembly.admit') },
            { value: 'decline', label: t('assembly.decline') },
          ]}
        />
        <TextareaField
          view={view}
          form={shown}
          name="answer"
          label={t('assembly.answer')}
          hint={t('assembly.answer-hint')}
          maxLength={5000}
          rows={3}
          optional
        />
        <Actions>
          <Button>{t('assembly.decide')}</Button>
        </Actions>
      </Form>
    </>
  );
}

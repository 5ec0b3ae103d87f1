import type { Child } from 'hono/jsx';
import { When } from '../../../dialogue/programme/parts.tsx';
import { formatInstant, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  Form,
  HiddenField,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Code, Facts, KeyFigures, Notice, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { networkCrumbs, NetworkRooms } from '../../members/section.tsx';
import { assembliesPath, type AssembliesAnswer, type AssemblyAnswer } from './answers.ts';
import { draftMinutes } from './minutes.ts';
import { AgendaPart, MotionsPart } from './parts.tsx';

const tones = { planned: 'neutral', called: 'waiting', open: 'active', closed: 'ended' } as const;

export function assembliesPage(answer: AssembliesAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, sessions } = answer;
  return {
    title: t('assembly.assemblies'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <Table
          view={view}
          id="assemblies"
          caption={t('assembly.assemblies')}
          isTitled
          columns={[
            {
              key: 'title',
              header: t('assembly.assembly'),
              cell: ({ path, session }) => (
                <a href={path} lang={session.title.language} dir="auto">
                  {session.title.text}
                </a>
              ),
            },
            {
              key: 'when',
              header: t('assembly.when'),
              cell: ({ session }) => <When view={view} session={session} zone={null} />,
            },
            {
              key: 'state',
              header: t('assembly.state'),
              cell: ({ state, hasMinutes }) => (
                <Status tone={hasMinutes ? 'good' : tones[state]}>
                  {t(hasMinutes ? 'assembly.minutes-approved' : `assembly.stage-${state}`)}
                </Status>
              ),
            },
          ]}
          rows={answer.assemblies}
          empty={t('assembly.no-assembly')}
        />
        {sessions.length === 0 ? null : (
          <>
            <h2>{t('assembly.plan')}</h2>
            <p class="hint">{t('assembly.plan-hint')}</p>
            <Form view={view} action={assembliesPath(network.slug)} form={form}>
              <SelectField
                view={view}
                form={form}
                name="session"
                label={t('assembly.session')}
                options={sessions.map(({ id, name }) => ({ value: id, label: name }))}
              />
              <Actions>
                <Button>{t('assembly.plan')}</Button>
              </Actions>
            </Form>
          </>
        )}
      </>
    ),
  };
}

/** The form of a step that was refused. */
interface Refused {
  readonly step: string;
  readonly form: FormState;
}

export interface PartProps {
  readonly view: View;
  readonly answer: AssemblyAnswer;
  readonly refused: Refused | undefined;
}

const withForm = ['items', 'motions', 'elections', 'minutes'];

export function assemblyPage(answer: AssemblyAnswer, view: View, refused?: Refused): Page {
  const { t } = view;
  const { network, session, own, state, path } = answer;
  const part = { view, answer, refused };
  return {
    title: session.title.text,
    breadcrumbs: [...networkCrumbs(network), { path: assembliesPath(network.slug), label: t('assembly.assemblies') }],
    body: (
      <>
        {refused && !withForm.includes(refused.step) ? (
          <Notice tone="danger">
            <p role="alert">{refused.form.general ?? refused.form.errors.map(({ message }) => message).join(' ')}</p>
          </Notice>
        ) : null}
        <p>
          <Status tone={tones[state]}>{t(`assembly.stage-${state}`)}</Status>
        </p>
        <Facts
          facts={[
            { label: t('assembly.when'), value: <When view={view} session={session} zone={null} /> },
            { label: t('assembly.session'), value: <a href={session.path}>{t('assembly.to-session')}</a> },
            {
              label: t('assembly.notice'),
              value:
                answer.calledAt === null
                  ? t('assembly.notice-until', { time: formatInstant(view, new Date(answer.noticeDueAt)) })
                  : t('assembly.notice-given', { time: formatInstant(view, new Date(answer.calledAt)) }),
            },
          ]}
        />
        <Minutes {...part} />
        <KeyFigures
          figures={[
            { label: t('assembly.voices'), value: formatNumber(view, answer.voices) },
            { label: t('assembly.quorum'), value: formatNumber(view, answer.quorum) },
            { label: t('assembly.present'), value: formatNumber(view, answer.present.length) },
          ]}
        />
        {own.mayConvene && state === 'planned' ? (
          <ButtonForm view={view} action={`${path}/call`} kind="primary" label={t('assembly.call')} />
        ) : null}
        {own.mayConvene && state === 'called' ? (
          <ButtonForm view={view} action={`${path}/open`} kind="primary" label={t('assembly.open')} />
        ) : null}
        <AgendaPart {...part} />
        <Present {...part} />
        <MotionsPart {...part} />
        <Elections {...part} />
        {own.mayConvene && state === 'open' ? (
          <ButtonForm view={view} action={`${path}/close`} kind="primary" label={t('assembly.close')} />
        ) : null}
        <WriteMinutes {...part} />
      </>
    ),
  };
}

function Present({ view, answer }: PartProps): Child {
  const { t } = view;
  const { present, own, state, path } = answer;
  if (state === 'planned') return null;
  return (
    <>
      <h2>{t('assembly.present')}</h2>
      {present.length === 0 ? (
        <p>{t('assembly.nobody-present')}</p>
      ) : (
        <ul>
          {present.map(({ name }) => (
            <li>
              <Name>{name}</Name>
            </li>
          ))}
        </ul>
      )}
      {state === 'closed' || own.mayBePresent.length === 0 ? null : (
        <Actions>
          {own.mayBePresent.map(({ id, name }) => (
            <ButtonForm
              view={view}
              action={`${path}/present`}
              hidden={{ organisation: id }}
              label={t('assembly.say-present', { name })}
            />
          ))}
        </Actions>
      )}
    </>
  );
}

function Elections({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { elections, own, state, path } = answer;
  const form = refused?.step === 'elections' ? refused.form : blankForm({ seats: '1' });
  return (
    <>
      <Table
        view={view}
        id="elections"
        caption={t('assembly.elections')}
        columns={[
          {
            key: 'office',
            header: t('assembly.office'),
            cell: ({ path: to, office }) => (
              <a href={to} dir="auto">
                {office}
              </a>
            ),
          },
          { key: 'seats', header: t('assembly.seats'), numeric: true, cell: ({ seats }) => formatNumber(view, seats) },
          {
            key: 'state',
            header: t('assembly.state'),
            cell: (election) => t(`assembly.election-${election.state}`),
          },
          {
            key: 'elected',
            header: t('assembly.elected'),
            cell: ({ elected }) =>
              elected.length === 0
                ? '–'
                : elected.map((name, index) => (
                    <>
                      {index > 0 ? ' · ' : null}
                      <Name>{name ?? t('papers.former-member')}</Name>
                    </>
                  )),
          },
        ]}
        rows={elections}
        empty={t('assembly.no-election')}
      />
      {own.mayConvene && state !== 'closed' ? (
        <details open={refused?.step === 'elections'}>
          <summary>{t('assembly.announce-election')}</summary>
          <Form view={view} action={`${path}/elections`} form={form}>
            <TextField view={view} form={form} name="office" label={t('assembly.office')} maxLength={300} />
            <NumberField view={view} form={form} name="seats" label={t('assembly.seats')} />
            <Actions>
              <Button>{t('assembly.announce-election')}</Button>
            </Actions>
          </Form>
        </details>
      ) : null}
    </>
  );
}

function Minutes({ view, answer }: PartProps): Child {
  const { t } = view;
  const { minutes, path, own } = answer;
  if (minutes === null) return null;
  return (
    <>
      <h2>{t('assembly.minutes')}</h2>
      {minutes.approvedAt === null ? (
        <Notice tone="warn">
          <p>{t('assembly.minutes-not-approved')}</p>
        </Notice>
      ) : (
        <p>
          <Status tone="good">{t('assembly.minutes-approved')}</Status>{' '}
          {formatInstant(view, new Date(minutes.approvedAt))}
        </p>
      )}
      <div lang={minutes.language} dir="auto">
        {minutes.words.split(/\n{2,}/).map((paragraph) => (
          <p>
            {paragraph.split('\n').map((line, index) => (
              <>
                {index > 0 ? <br /> : null}
                {line}
              </>
            ))}
          </p>
        ))}
      </div>
      {minutes.act === null ? null : (
        <Facts facts={[{ label: t('assembly.act-result'), value: <Code>{minutes.act}</Code> }]} />
      )}
      {minutes.approvedAt === null && own.mayConvene ? (
        <ButtonForm
          view={view}
          action={`${path}/approve`}
          kind="primary"
          hidden={{ base: String(minutes.revision) }}
          label={t('assembly.approve')}
        />
      ) : null}
    </>
  );
}

function WriteMinutes({ view, answer, refused }: PartProps): Child {
  const { t } = view;
  const { minutes, own, state, path } = answer;
  if (state !== 'closed' || !own.mayConvene || (minutes !== null && minutes.approvedAt !== null)) return null;
  const form =
    refused?.step === 'minutes'
      ? refused.form
      : blankForm({
          base: String(minutes?.revision ?? 0),
          language: minutes?.language ?? view.locale,
          words: minutes?.words ?? draftMinutes(answer, view),
        });
  return (
    <>
      <h2>{t('assembly.write-minutes')}</h2>
      <p class="hint">{t('assembly.write-minutes-hint')}</p>
      <Form view={view} action={`${path}/minutes`} form={form}>
        <HiddenField name="base" value={String(form.values['base'] ?? '0')} />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('assembly.language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <TextareaField
          view={view}
          form={form}
          name="words"
          label={t('assembly.minutes')}
          rows={20}
          maxLength={100_000}
        />
        <Actions>
          <Button>{t('members.save')}</Button>
        </Actions>
      </Form>
    </>
  );
}

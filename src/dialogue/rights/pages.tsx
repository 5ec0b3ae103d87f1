import type { Child } from 'hono/jsx';
import { SavedMeanwhile } from '../../network/members/moved-on.tsx';
import { networkCrumbs, NetworkRooms } from '../../network/members/section.tsx';
import { formatDate } from '../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  HiddenField,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import { Facts, Notice, Status, Time } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { PlainDate } from '../../period.ts';
import { Paragraphs, Words } from '../programme/parts.tsx';
import type { ComplaintAnswer, ComplaintsAnswer, ConductAnswer } from './answers.ts';

type Handlers = ConductAnswer['handlers'];
type Line = ComplaintAnswer['complaint'];

const dayOf = (view: View, at: string): string => formatDate(view, at.slice(0, 10) as PlainDate);

/** A form of the page that was refused: which, and with everything typed. */
export interface Refused {
  readonly step: 'publish' | 'handlers';
  readonly form: FormState;
}

export function conductPage(answer: ConductAnswer, view: View, refused?: Refused): Page {
  const { t } = view;
  const { network, code, handlers, path } = answer;
  return {
    title: t('rights.conduct-title'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        {code === null ? (
          <p>{t('rights.no-code')}</p>
        ) : (
          <>
            <Paragraphs view={view} said={code.words} />
            <p class="soft">
              {t('rights.code-version', { version: code.version, date: dayOf(view, code.publishedAt) })}
            </p>
          </>
        )}
        <h2>{t('rights.complain')}</h2>
        <p>{t('rights.complain-lead', { days: answer.answerDays })}</p>
        <HandlerTable view={view} handlers={handlers} path={network.isSecretariat ? path : undefined} />
        <Actions>
          <a class="button secondary" href={`${path.replace(/\/conduct$/, '')}/complaints`}>
            {t('rights.complain')}
          </a>
        </Actions>
        <p class="hint">{t('rights.complain-by-mail')}</p>
        {answer.earlier.length === 0 ? null : (
          <details>
            <summary>{t('rights.earlier')}</summary>
            {answer.earlier.map(({ version, words, publishedAt }) => (
              <>
                <h3>{t('rights.code-version', { version, date: dayOf(view, publishedAt) })}</h3>
                <Paragraphs view={view} said={words} />
              </>
            ))}
          </details>
        )}
        {network.isSecretariat ? <Office view={view} answer={answer} refused={refused} /> : null}
      </>
    ),
  };
}

function HandlerTable(props: {
  readonly view: View;
  readonly handlers: Handlers;
  /** For the secretariat: where a handler is ended. */
  readonly path: string | undefined;
}): Child {
  const { view, handlers, path } = props;
  const { t } = view;
  return (
    <Table
      view={view}
      id="handlers"
      caption={t('rights.handlers')}
      columns={[
        { key: 'name', header: t('members.name'), cell: ({ name }) => <Name>{name}</Name> },
        {
          key: 'organisation',
          header: t('members.organisation'),
          cell: ({ organisation }) => (organisation === null ? '' : <Name>{organisation}</Name>),
        },
        { key: 'instance', header: t('rights.instance'), cell: ({ instance }) => instanceName(view, instance) },
        ...(path === undefined
          ? []
          : [
              {
                key: 'end',
                header: t('rights.end-handler'),
                cell: ({ member }: Handlers[number]): Child => (
                  <ButtonForm
                    view={view}
                    action={`${path}/handlers/end`}
                    hidden={{ member }}
                    label={t('rights.end-handler')}
                  />
                ),
              },
            ]),
      ]}
      rows={handlers}
      empty={t('rights.no-handler')}
    />
  );
}

const instanceName = ({ t }: View, instance: number): string =>
  instance === 1 ? t('rights.instance-first') : t('rights.instance-later', { number: instance });

function Office(props: { readonly view: View; readonly answer: ConductAnswer; readonly refused: Refused | undefined }) {
  const { view, answer, refused } = props;
  const { t } = view;
  const { code, path, texts } = answer;
  const language = view.locale;
  const values = {
    base: String(code?.version ?? 0),
    language,
    words: texts[language] ?? '',
    answerDays: String(answer.answerDays),
  };
  const form = refused?.step === 'publish' ? refused.form : blankForm(values);
  const naming = refused?.step === 'handlers' ? refused.form : blankForm({ email: '', instance: '1' });
  return (
    <>
      <h2>{t('rights.for-secretariat')}</h2>
      <details open={refused?.step === 'publish'}>
        <summary>{t('rights.publish-code')}</summary>
        {form.general === undefined ? null : (
          <SavedMeanwhile
            view={view}
            form={form}
            saved={[{ name: 'words', label: t('rights.code-words'), value: values.words }]}
          />
        )}
        <Form view={view} action={path} form={form}>
          <HiddenField name="base" value={String(form.values['base'] ?? values.base)} />
          <SelectField
            view={view}
            form={form}
            name="language"
            label={t('programme.text-language')}
            options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
          />
          <TextareaField
            view={view}
            form={form}
            name="words"
            label={t('rights.code-words')}
            hint={t('rights.code-words-hint')}
            rows={12}
            maxLength={50_000}
          />
          <NumberField
            view={view}
            form={form}
            name="answerDays"
            label={t('rights.answer-days')}
            unit={t('programme.days')}
          />
          <Actions>
            <Button>{t('rights.publish')}</Button>
          </Actions>
        </Form>
      </details>
      <details open={refused?.step === 'handlers'}>
        <summary>{t('rights.name-handler')}</summary>
        <Form view={view} action={`${path}/handlers`} form={naming}>
          <TextField
            view={view}
            form={naming}
            name="email"
            type="email"
            label={t('members.email')}
            hint={t('rights.name-handler-hint')}
          />
          <SelectField
            view={view}
            form={naming}
            name="instance"
            label={t('rights.instance')}
            options={[1, 2, 3, 4, 5].map((instance) => ({
              value: String(instance),
              label: instanceName(view, instance),
            }))}
          />
          <Actions>
            <Button kind="secondary">{t('rights.name-handler')}</Button>
          </Actions>
        </Form>
      </details>
    </>
  );
}

function State({ view, line }: { readonly view: View; readonly line: Line }): Child {
  const { t } = view;
  const isLate = line.state === 'waiting' && new Date(line.dueAt) < view.now;
  const tone = line.state === 'closed' ? 'ended' : line.state === 'answered' ? 'good' : isLate ? 'warn' : 'waiting';
  return <Status tone={tone}>{t(isLate ? 'rights.state-late' : `rights.state-${line.state}`)}</Status>;
}

function Lines(props: {
  readonly view: View;
  readonly id: string;
  readonly caption: string;
  readonly lines: readonly Line[];
}) {
  const { view, id, caption, lines } = props;
  const { t } = view;
  return (
    <Table
      view={view}
      id={id}
      caption={caption}
      columns={[
        {
          key: 'filed',
          header: t('rights.filed'),
          cell: (line) => <a href={line.path}>{dayOf(view, line.filedAt)}</a>,
        },
        {
          key: 'space',
          header: t('rights.space'),
          cell: ({ space }) => (space === null ? t('rights.whole-network') : <Words view={view} said={space} />),
        },
        { key: 'state', header: t('programme.state'), cell: (line) => <State view={view} line={line} /> },
        { key: 'instance', header: t('rights.instance'), cell: ({ instance }) => instanceName(view, instance) },
      ]}
      rows={lines}
      empty={t('rights.none')}
    />
  );
}

export function complaintsPage(answer: ComplaintsAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, path, own, toHandle, spaces, handlers } = answer;
  return {
    title: t('rights.complaints'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <p class="lead">{t('rights.complaints-lead', { days: answer.answerDays })}</p>
        {toHandle.length === 0 ? null : (
          <Lines view={view} id="to-handle" caption={t('rights.to-handle')} lines={toHandle} />
        )}
        {own.length === 0 ? null : <Lines view={view} id="own" caption={t('rights.own')} lines={own} />}
        <h2>{t('rights.complain')}</h2>
        {handlers.length === 0 ? (
          <Notice tone="warn">
            <p>{t('rights.nobody-to-handle')}</p>
          </Notice>
        ) : null}
        <Form view={view} action={path} form={form}>
          <SelectField
            view={view}
            form={form}
            name="space"
            label={t('rights.about-space')}
            hint={t('rights.about-space-hint')}
            optional
            options={[
              { value: '', label: t('rights.whole-network') },
              ...spaces.map(({ id, title }) => ({ value: id, label: title.text })),
            ]}
          />
          {handlers.length === 0 ? null : (
            <CheckboxesField
              view={view}
              form={form}
              name="about"
              label={t('rights.about-handlers')}
              hint={t('rights.about-handlers-hint')}
              optional
              options={handlers.map(({ member, name }) => ({ value: member, label: <Name>{name}</Name> }))}
            />
          )}
          <TextareaField
            view={view}
            form={form}
            name="words"
            label={t('rights.what-happened')}
            hint={t('rights.what-happened-hint')}
            rows={10}
            maxLength={20_000}
          />
          <Actions>
            <Button>{t('rights.send')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function complaintPage(answer: ComplaintAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, complaint, handlers, words, isComplainant } = answer;
  return {
    title: t('rights.complaint'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <Facts
          facts={[
            { label: t('rights.filed'), value: dayOf(view, complaint.filedAt) },
            { label: t('programme.state'), value: <State view={view} line={complaint} /> },
            { label: t('rights.instance'), value: instanceName(view, complaint.instance) },
            {
              label: t('rights.handled-by'),
              value:
                handlers.length === 0
                  ? t('rights.handled-by-nobody')
                  : handlers.map(({ name }) => (
                      <>
                        <Name>{name}</Name>
                        <br />
                      </>
                    )),
            },
            ...(complaint.state === 'waiting'
              ? [{ label: t('rights.answer-by'), value: dayOf(view, complaint.dueAt) }]
              : []),
            {
              label: t('rights.space'),
              value:
                complaint.space === null ? t('rights.whole-network') : <Words view={view} said={complaint.space} />,
            },
          ]}
        />
        {words.map((each) => (
          <article class="act">
            <p>
              <strong>{t(each.byComplainant ? 'rights.words-complainant' : 'rights.words-handler')}</strong>
              <br />
              <small class="soft">
                <Time view={view} at={new Date(each.at)} />
              </small>
            </p>
            <Paragraphs view={view} said={{ language: view.locale, text: each.words }} />
          </article>
        ))}
        {complaint.state === 'closed' ? null : (
          <>
            <Form view={view} action={`${complaint.path}/words`} form={form}>
              <TextareaField
                view={view}
                form={form}
                name="words"
                label={t(isComplainant ? 'rights.add' : 'rights.answer')}
                rows={8}
                maxLength={20_000}
              />
              <Actions>
                <Button>{t('rights.send')}</Button>
              </Actions>
            </Form>
            {isComplainant ? (
              <Actions>
                {answer.mayGoFurther ? (
                  <ButtonForm view={view} action={`${complaint.path}/further`} label={t('rights.further')} />
                ) : null}
                <ButtonForm view={view} action={`${complaint.path}/close`} label={t('rights.close')} />
              </Actions>
            ) : null}
          </>
        )}
        <p class="hint">{t('rights.who-reads')}</p>
      </>
    ),
  };
}

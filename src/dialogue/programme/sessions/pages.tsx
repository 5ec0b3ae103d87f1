import type { Child } from 'hono/jsx';
import { SavedMeanwhile } from '../../../network/members/moved-on.tsx';
import type { NetworkFacts } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate, formatInstant, formatList, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  HiddenField,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { isLocale, languageNames, locales } from '../../../ui/locales.ts';
import { Facts, Notice, type Fact } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import type { SpaceSummary } from '../answers.ts';
import { Paragraphs, readerZone, SessionState, When } from '../parts.tsx';
import { ReferenceList } from '../references/pages.tsx';
import { drawParts, type SessionPart } from '../session-parts.ts';
import { spaceCrumbs, ZoneLink } from '../spaces/pages.tsx';
import { SessionFields } from './form.tsx';
import type { SessionAnswer } from './reading.ts';
import { attendanceModes, programmeRoles } from './session.ts';

const crumbsOf = (view: View, network: NetworkFacts, space: SpaceSummary) => [
  ...spaceCrumbs(view, network, space.kind),
  { path: space.path, label: space.title.text },
];

/** A form of this page that was refused, with everything typed. */
export interface Attempted {
  readonly step: string;
  readonly form: FormState;
}

const formFor = (attempted: Attempted | undefined, step: string, values: FormState['values'] = {}): FormState =>
  attempted?.step === step ? attempted.form : blankForm(values);

/** Those that draw themselves again; of the others only what is wrong is said. */
const drawnAgain = new Set(['programme', 'materials', 'references', 'register']);

export function sessionPage(
  answer: SessionAnswer,
  parts: readonly SessionPart[],
  view: View,
  attempted?: Attempted,
): Page {
  const { t } = view;
  const { network, space, session, own, zone } = answer;
  return {
    title: session.title.text,
    breadcrumbs: crumbsOf(view, network, space),
    body: (
      <>
        {attempted && !drawnAgain.has(attempted.step) ? (
          <div class="notice danger" role="alert">
            <p>{attempted.form.general ?? attempted.form.errors.map(({ message }) => message).join(' ')}</p>
          </div>
        ) : null}
        <Announcements view={view} answer={answer} />
        <Facts facts={factsOf(view, answer)} />
        <ZoneLink view={view} zone={zone} />
        <Paragraphs view={view} said={answer.overview} />
        <Registration view={view} answer={answer} path={session.path} attempted={attempted} />
        <Joining view={view} answer={answer} />
        {drawParts(parts, 'before', answer.parts, view)}
        <Programme view={view} answer={answer} attempted={attempted} />
        <Materials view={view} answer={answer} attempted={attempted} />
        {drawParts(parts, 'documentation', answer.parts, view)}
        <h2>{t('programme.references')}</h2>
        <ReferenceList
          view={view}
          references={answer.references}
          isCurator={own.mayDocument}
          empty={t('programme.no-reference-yet')}
        />
        <Contribute view={view} answer={answer} attempted={attempted} />
        <Contacts view={view} answer={answer} />
        <Steps view={view} answer={answer} />
      </>
    ),
  };
}

function Announcements({ view, answer }: { readonly view: View; readonly answer: SessionAnswer }): Child {
  const { t } = view;
  const { session } = answer;
  return (
    <>
      {session.state === 'draft' ? (
        <Notice>
          <p>{t('programme.session-draft')}</p>
        </Notice>
      ) : null}
      {session.state === 'cancelled' ? (
        <Notice tone="warn">
          <p>{t('programme.session-cancelled')}</p>
        </Notice>
      ) : null}
      {session.isChathamHouse ? (
        <Notice title={t('programme.chatham')}>
          <p>{t('programme.chatham-notice')}</p>
        </Notice>
      ) : null}
    </>
  );
}

function factsOf(view: View, answer: SessionAnswer): readonly Fact[] {
  const { t } = view;
  const { session, zone } = answer;
  return [
    { label: t('programme.date'), value: formatDate(view, session.localStart.slice(0, 10) as PlainDate, 'long') },
    { label: t('programme.when'), value: <When view={view} session={session} zone={zone} /> },
    { label: t('programme.length'), value: t('programme.minutes', { count: session.minutes }) },
    { label: t('programme.state'), value: <SessionState view={view} session={session} /> },
    ...(session.phase === 'closed' || session.state !== 'announced'
      ? []
      : [
          {
            label: t('programme.open-until'),
            value: formatInstant(
              { ...view, timeZone: readerZone(view, zone) ?? session.timeZone },
              new Date(session.openUntil),
            ),
          },
        ]),
    ...(session.place === null ? [] : [{ label: t('programme.place'), value: <Name>{session.place}</Name> }]),
    ...(session.languages.length === 0
      ? []
      : [
          {
            label: t('programme.languages'),
            value: formatList(
              view,
              session.languages.map((language) => (isLocale(language) ? languageNames[language] : language)),
            ),
          },
        ]),
    ...(answer.registeredCount === null
      ? []
      : [{ label: t('programme.registered-count'), value: formatNumber(view, answer.registeredCount) }]),
    ...(answer.places === null
      ? []
      : [{ label: t('programme.places-left'), value: formatNumber(view, answer.places) }]),
    ...(answer.recordingLink === null
      ? []
      : [
          {
            label: t('programme.recording'),
            value: (
              <a href={answer.recordingLink} rel="nofollow" dir="ltr">
                {answer.recordingLink}
              </a>
            ),
          },
        ]),
  ];
}

/** `path`: of the session for whoever is signed in, of the key for whoever came by mail. */
export function Registration(props: {
  readonly view: View;
  readonly answer: SessionAnswer;
  readonly path: string;
  readonly attempted?: Attempted | undefined;
}): Child {
  const { view, answer, path, attempted } = props;
  const { t } = view;
  const { own, session } = answer;
  const form = formFor(attempted, 'register', { mode: 'remote' });
  return (
    <>
      {own.registered === null ? null : (
        <Notice tone="done">
          <p>
            {t('programme.you-are-registered')}
            <br />
            <small>{t(`programme.mode-${own.registered}`)}</small>
          </p>
        </Notice>
      )}
      {own.mayRegister && own.registered === null ? (
        own.isMember ? (
          answer.places === 0 ? (
            <p>{t('programme.full')}</p>
          ) : (
            <Form view={view} action={`${path}/register`} form={form}>
              <RadiosField
                view={view}
                form={form}
                name="mode"
                label={t('programme.mode')}
                options={attendanceModes.map((mode) => ({ value: mode, label: t(`programme.mode-${mode}`) }))}
              />
              <Actions>
                <Button>{t('programme.register')}</Button>
              </Actions>
            </Form>
          )
        ) : (
          <p>
            <a class="button" href={`${session.path}/newcomer`}>
              {t('programme.register-as-newcomer')}
            </a>
          </p>
        )
      ) : null}
      <Actions>
        {session.state === 'draft' ? null : (
          <a href={path.includes('/k/') ? `${path}.ics` : `${path}/calendar.ics`}>{t('programme.to-calendar')}</a>
        )}
        {own.registered !== null && session.phase === 'coming' ? (
          <ButtonForm view={view} action={`${path}/withdraw`} label={t('programme.withdraw')} />
        ) : null}
      </Actions>
    </>
  );
}

export function Joining({ view, answer }: { readonly view: View; readonly answer: SessionAnswer }): Child {
  const { t } = view;
  const { joining, session } = answer;
  if (joining === null || session.phase === 'closed' || session.state === 'cancelled') return null;
  if (joining.link === null && joining.notes === null) return null;
  return (
    <>
      <h2>{t('programme.joining-title')}</h2>
      {joining.link === null ? null : (
        <p>
          <a href={joining.link} rel="noreferrer" dir="ltr">
            {joining.link}
          </a>
        </p>
      )}
      {joining.notes === null ? null : <Paragraphs view={view} said={{ language: view.locale, text: joining.notes }} />}
      <p class="hint">{t('programme.joining-only-you')}</p>
    </>
  );
}

interface PartProps {
  readonly view: View;
  readonly answer: SessionAnswer;
  readonly attempted?: Attempted | undefined;
}

export function Programme({ view, answer, attempted }: PartProps): Child {
  const { t } = view;
  const { programme, own, session } = answer;
  if (programme.length === 0 && !own.mayDocument) return null;
  return (
    <>
      <h2>{t('programme.speakers')}</h2>
      {programme.length === 0 ? <p>{t('programme.nobody-yet')}</p> : null}
      {programme.map((person) => (
        <article class="act">
          <h3>
            <Name>{person.name}</Name>
          </h3>
          <p>
            {t(`programme.role-${person.role}`)}
            {person.affiliation === null ? null : (
              <>
                {' · '}
                <Name>{person.affiliation}</Name>
              </>
            )}
          </p>
          {person.about === null ? null : <p dir="auto">{person.about}</p>}
          {person.inputLink === null ? null : (
            <p>
              <a href={person.inputLink} rel="nofollow">
                {t('programme.input')}
              </a>
            </p>
          )}
          {own.mayDocument ? (
            <ButtonForm
              view={view}
              action={`${session.path}/programme/remove`}
              hidden={{ person: person.id }}
              label={t('programme.take-out')}
            />
          ) : null}
        </article>
      ))}
      {own.mayDocument ? (
        <AddSpeaker
          view={view}
          answer={answer}
          form={formFor(attempted, 'programme', { role: answer.session.isChathamHouse ? 'chair' : 'speaker' })}
        />
      ) : null}
    </>
  );
}

export function AddSpeaker(props: {
  readonly view: View;
  readonly answer: SessionAnswer;
  readonly form: FormState;
}): Child {
  const { view, answer, form } = props;
  const { t } = view;
  const roles = programmeRoles.filter((role) => role !== 'speaker' || !answer.session.isChathamHouse);
  return (
    <details open={form.errors.length > 0 || form.general !== undefined}>
      <summary>{t('programme.add-speaker')}</summary>
      <Form view={view} action={`${answer.session.path}/programme`} form={form}>
        <SelectField
          view={view}
          form={form}
          name="role"
          label={t('programme.role')}
          options={roles.map((role) => ({ value: role, label: t(`programme.role-${role}`) }))}
        />
        <TextField
          view={view}
          form={form}
          name="email"
          type="email"
          label={t('programme.speaker-email')}
          hint={t('programme.speaker-email-hint')}
          width="medium"
          optional
        />
        <TextField
          view={view}
          form={form}
          name="name"
          label={t('programme.speaker-name')}
          hint={t('programme.speaker-name-hint')}
          maxLength={200}
          optional
        />
        <TextField
          view={view}
          form={form}
          name="affiliation"
          label={t('members.organisation')}
          maxLength={200}
          optional
        />
        <CheckboxesField
          view={view}
          form={form}
          name="agreed"
          label={t('programme.speaker-consent')}
          optional
          options={[{ value: 'on', label: t('programme.speaker-agreed') }]}
        />
        <TextareaField
          view={view}
          form={form}
          name="about"
          label={t('programme.speaker-about')}
          rows={4}
          maxLength={2000}
          optional
        />
        <TextField
          view={view}
          form={form}
          name="inputLink"
          type="url"
          label={t('programme.input')}
          hint={t('programme.input-hint')}
          optional
        />
        <Actions>
          <Button kind="secondary">{t('programme.add')}</Button>
        </Actions>
      </Form>
    </details>
  );
}

function Materials({ view, answer, attempted }: PartProps): Child {
  const { t } = view;
  const { materials, own, session } = answer;
  if (materials.length === 0 && !own.mayDocument) return null;
  const form = formFor(attempted, 'materials', { language: '' });
  return (
    <>
      <h2>{t('programme.materials')}</h2>
      {materials.length === 0 ? null : (
        <ul>
          {materials.map((material) => (
            <li>
              <a href={material.link ?? ''} rel="nofollow" lang={material.language ?? undefined}>
                <Name>{material.title}</Name>
              </a>
              {material.language !== null && isLocale(material.language) ? (
                <small class="soft"> {languageNames[material.language]}</small>
              ) : null}{' '}
              {own.mayDocument ? (
                <ButtonForm
                  view={view}
                  action={`${session.path}/materials/remove`}
                  hidden={{ material: material.id }}
                  label={t('programme.take-out')}
                />
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {own.mayDocument ? (
        <details open={form.errors.length > 0 || form.general !== undefined}>
          <summary>{t('programme.add-material')}</summary>
          <Form view={view} action={`${session.path}/materials`} form={form}>
            <TextField view={view} form={form} name="title" label={t('programme.title')} maxLength={300} />
            <TextField view={view} form={form} name="link" type="url" label={t('programme.link')} />
            <SelectField
              view={view}
              form={form}
              name="language"
              label={t('programme.text-language')}
              optional
              options={[
                { value: '', label: t('members.left-open') },
                ...locales.map((locale) => ({ value: locale, label: languageNames[locale] })),
              ]}
            />
            <Actions>
              <Button kind="secondary">{t('programme.add')}</Button>
            </Actions>
          </Form>
        </details>
      ) : null}
    </>
  );
}

function Contribute({ view, answer, attempted }: PartProps): Child {
  const { t } = view;
  const { own, session } = answer;
  const form = formFor(attempted, 'references');
  return (
    <>
      {own.mayContribute ? (
        <Form view={view} action={`${session.path}/references`} form={form}>
          <TextareaField
            view={view}
            form={form}
            name="text"
            label={t('programme.share')}
            hint={t('programme.share-hint')}
            rows={3}
            maxLength={5000}
          />
          <Actions>
            <Button kind="secondary">{t('programme.share-now')}</Button>
            <a href={`${session.path}/references/file`}>{t('programme.share-file')}</a>
          </Actions>
        </Form>
      ) : null}
      <p>
        {own.mayDocument ? (
          <>
            <a href={`${session.path}/references/harvest`}>{t('programme.harvest')}</a> ·{' '}
          </>
        ) : null}
        {t('programme.take-references')}{' '}
        {(['json', 'bib', 'ris'] as const).map((ending, at) => (
          <>
            {at === 0 ? '' : ' '}
            <a href={`${session.path}/references.${ending}`}>
              {ending === 'json' ? 'CSL-JSON' : ending === 'bib' ? 'BibTeX' : 'RIS'}
            </a>
          </>
        ))}
      </p>
    </>
  );
}

function Contacts({ view, answer }: { readonly view: View; readonly answer: SessionAnswer }): Child {
  const { t } = view;
  if (answer.contacts.length === 0) return null;
  return (
    <>
      <h2>{t('programme.contacts')}</h2>
      <p class="hint">{t('programme.contacts-lead')}</p>
      <ul>
        {answer.contacts.map(({ name, affiliation, email }) => (
          <li>
            <Name>{name}</Name>
            {affiliation === null ? null : (
              <>
                {', '}
                <Name>{affiliation}</Name>
              </>
            )}
            {' · '}
            <a href={`mailto:${email}`} dir="ltr">
              {email}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Steps({ view, answer }: { readonly view: View; readonly answer: SessionAnswer }): Child {
  const { t } = view;
  const { own, session } = answer;
  if (!own.mayConvene) return null;
  return (
    <Actions>
      <a class="button secondary" href={`${session.path}/edit`}>
        {t('programme.edit')}
      </a>
      {session.state === 'announced' ? (
        <ButtonForm view={view} action={`${session.path}/cancel`} kind="danger" label={t('programme.cancel-session')} />
      ) : (
        <ButtonForm view={view} action={`${session.path}/announce`} kind="primary" label={t('programme.announce')} />
      )}
      <a href={`${session.path}/registrations`}>{t('programme.registrations')}</a>
    </Actions>
  );
}

export interface SessionFormAnswer {
  readonly network: NetworkFacts;
  readonly space: SpaceSummary;
  /** Null: a new one. */
  readonly path: string | null;
  readonly title: string | null;
  readonly language: string;
  readonly saved: Readonly<Record<string, string | readonly string[]>>;
}

export function sessionFormPage(answer: SessionFormAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, space, path } = answer;
  const others = locales.filter((locale) => locale !== answer.language);
  const text = (name: string): string => {
    const value = answer.saved[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    title: t(path === null ? 'programme.plan-session' : 'programme.edit-session'),
    breadcrumbs: [...crumbsOf(view, network, space), ...(path === null ? [] : [{ path, label: answer.title ?? '' }])],
    body: (
      <>
        {path === null ? null : (
          <p>
            {t('programme.writing-in', {
              language: isLocale(answer.language) ? languageNames[answer.language] : answer.language,
            })}{' '}
            {others.map((locale, at) => (
              <>
                {at === 0 ? '' : ' · '}
                <a href={`${path}/edit?in=${locale}`} lang={locale} hreflang={locale}>
                  <Name>{languageNames[locale]}</Name>
                </a>
              </>
            ))}
          </p>
        )}
        {form.general === undefined ? null : (
          <SavedMeanwhile
            view={view}
            form={form}
            saved={[
              { name: 'title', label: t('programme.title'), value: text('title') },
              { name: 'overview', label: t('programme.overview'), value: text('overview') },
              { name: 'date', label: t('programme.date'), value: text('date') },
              { name: 'time', label: t('programme.time'), value: text('time') },
              { name: 'timeZone', label: t('programme.time-zone'), value: text('timeZone') },
              { name: 'meetingLink', label: t('programme.meeting-link'), value: text('meetingLink') },
              { name: 'joiningNotes', label: t('programme.joining-notes'), value: text('joiningNotes') },
            ]}
          />
        )}
        <Form view={view} action={path === null ? `${space.path}/sessions` : `${path}/edit`} form={form}>
          {path === null ? null : <HiddenField name="base" value={String(form.values['base'] ?? '1')} />}
          <SessionFields view={view} form={form} isNew={path === null} />
          <Actions>
            <Button>{t('programme.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

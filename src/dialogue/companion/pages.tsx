/** The page that a phone on a bad line holds open during a session: small, plain forms, nothing that has to be fetched besides it. */
import type { Child } from 'hono/jsx';
import { SavedMeanwhile } from '../../network/members/moved-on.tsx';
import { partyKinds } from '../../acts/spine-types.ts';
import { ShareBar } from '../../ui/chart.tsx';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  HiddenField,
  SelectField,
  TextareaField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import { Notice, Time } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { Paragraphs } from '../programme/parts.tsx';
import { attendanceModes } from '../programme/sessions/session.ts';
import { spaceCrumbs } from '../programme/spaces/pages.tsx';
import type { FloorAnswer, FloorTimeAnswer, NotesAnswer } from './answers.ts';

interface Refused {
  readonly step: string;
  readonly form: FormState;
}

interface PartProps {
  readonly view: View;
  readonly answer: FloorAnswer;
}

export function floorPage(answer: FloorAnswer, view: View, refused?: Refused): Page {
  const { t } = view;
  const { network, space, session } = answer;
  return {
    title: t('companion.title', { session: session.title.text }),
    breadcrumbs: [
      ...spaceCrumbs(view, network, space.kind),
      { path: space.path, label: space.title.text },
      { path: session.path, label: session.title.text },
    ],
    body: (
      <>
        {refused && refused.step !== 'notes' ? (
          <div class="notice danger" role="alert">
            <p>{refused.form.general ?? refused.form.errors.map(({ message }) => message).join(' ')}</p>
          </div>
        ) : null}
        {answer.isOpen ? null : (
          <Notice>
            <p>{t('companion.not-open')}</p>
          </Notice>
        )}
        <Speaking view={view} answer={answer} />
        <OwnSteps view={view} answer={answer} />
        <Queue view={view} answer={answer} />
        <Chair view={view} answer={answer} />
        <FloorTime view={view} time={answer.floorTime} />
        <NotesPart view={view} answer={answer} refused={refused} />
      </>
    ),
  };
}

function Speaking({ view, answer }: PartProps): Child {
  const { t } = view;
  const { speaking, session } = answer;
  const local = { ...view, timeZone: session.timeZone };
  return (
    <>
      <h2>{t('companion.has-the-floor')}</h2>
      <p class="lead">
        {speaking === null ? (
          t('companion.nobody')
        ) : (
          <>
            {speaking.name !== null ? (
              <Name>{speaking.name}</Name>
            ) : speaking.constituency === null ? (
              t('companion.somebody')
            ) : null}
            {speaking.name !== null && speaking.constituency !== null ? ' · ' : ''}
            {speaking.constituency === null ? null : t(`network.kind-${speaking.constituency}`)}
            <br />
            <small class="soft">
              {t('companion.since')} <Time view={local} at={new Date(speaking.since)} />
            </small>
          </>
        )}
      </p>
      <Actions>
        <a class="button secondary" href={answer.path}>
          {t('companion.look-again')}
        </a>
        {answer.meetingLink === null ? null : (
          <a href={answer.meetingLink} rel="noreferrer">
            {t('companion.to-the-meeting')}
          </a>
        )}
      </Actions>
    </>
  );
}

/** What one person does, with one thumb. */
function OwnSteps({ view, answer }: PartProps): Child {
  const { t } = view;
  const { own, path, isOpen, session } = answer;
  if (!own.mayAsk || !isOpen) return null;
  const place = answer.queue.findIndex(({ isOwn }) => isOwn) + 1;
  return (
    <>
      {own.isWaiting ? (
        <Notice tone="done">
          <p>{place === 1 ? t('companion.you-are-next') : t('companion.your-place', { place })}</p>
        </Notice>
      ) : null}
      <Actions>
        {own.isWaiting ? (
          <ButtonForm view={view} action={`${path}/withdraw`} label={t('companion.withdraw')} />
        ) : (
          <ButtonForm view={view} action={`${path}/ask`} kind="primary" label={t('companion.ask')} />
        )}
      </Actions>
      {session.isChathamHouse ? (
        <p class="hint">{t('companion.chatham')}</p>
      ) : own.attended !== null ? (
        <p class="hint">{t('companion.you-were-seen')}</p>
      ) : (
        <details>
          <summary>{t('companion.say-present')}</summary>
          <Actions>
            {attendanceModes.map((mode) => (
              <ButtonForm
                view={view}
                action={`${path}/present`}
                hidden={{ mode }}
                label={t(`programme.mode-${mode}`)}
              />
            ))}
          </Actions>
        </details>
      )}
    </>
  );
}

function Queue({ view, answer }: PartProps): Child {
  const { t } = view;
  const { queue, session, own } = answer;
  return (
    <>
      <h2>{t('companion.queue')}</h2>
      {queue.length === 0 ? (
        <p>{t('companion.queue-empty')}</p>
      ) : own.mayChair || !session.isChathamHouse ? (
        <ol class="queue">
          {queue.map(({ id, name, constituency, hasSpoken, isOwn }) => (
            <li aria-current={isOwn ? 'true' : undefined}>
              <strong>{name === null ? t('companion.somebody') : <Name>{name}</Name>}</strong>
              {constituency === null ? '' : ` · ${t(`network.kind-${constituency}`)}`}
              <br />
              <small class="soft">{t(hasSpoken ? 'companion.has-spoken' : 'companion.first-time')}</small>
              {own.mayChair && answer.isOpen && id !== null ? (
                <ButtonForm
                  view={view}
                  action={`${answer.path}/give`}
                  hidden={{ request: id, speaking: answer.speaking?.id ?? '' }}
                  label={t('companion.give-to', { name: name ?? t('companion.somebody') })}
                />
              ) : null}
            </li>
          ))}
        </ol>
      ) : (
        <p>{t('companion.waiting', { count: queue.length })}</p>
      )}
      <details>
        <summary>{t('companion.rule-title')}</summary>
        <ol>
          {session.isChathamHouse ? null : <li>{t('companion.rule-first')}</li>}
          <li>{t('companion.rule-heard')}</li>
          <li>{t('companion.rule-asked')}</li>
        </ol>
        <p>{t('companion.rule-chair')}</p>
      </details>
    </>
  );
}

function Chair({ view, answer }: PartProps): Child {
  const { t } = view;
  const { own, path, queue, speaking, isOpen } = answer;
  if (!own.mayChair || !isOpen) return null;
  const hidden = { speaking: speaking?.id ?? '' };
  const form = blankForm({ constituency: '' });
  return (
    <>
      <h2>{t('companion.chair')}</h2>
      {queue.length === 0 && speaking === null ? null : (
        <Actions>
          {queue.length === 0 ? null : (
            <ButtonForm
              view={view}
              action={`${path}/give`}
              hidden={hidden}
              kind="primary"
              label={t('companion.next')}
            />
          )}
          {speaking === null ? null : (
            <ButtonForm view={view} action={`${path}/end`} hidden={hidden} label={t('companion.end')} />
          )}
        </Actions>
      )}
      <details>
        <summary>{t('companion.give-other')}</summary>
        <Form view={view} action={`${path}/give`} form={form}>
          <HiddenField name="speaking" value={hidden.speaking} />
          <SelectField
            view={view}
            form={form}
            name="constituency"
            label={t('companion.other-constituency')}
            hint={t('companion.other-hint')}
            options={partyKinds.map((kind) => ({ value: kind, label: t(`network.kind-${kind}`) }))}
          />
          <Actions>
            <Button kind="secondary">{t('companion.give')}</Button>
          </Actions>
        </Form>
      </details>
      {answer.session.isChathamHouse || !own.mayNoteAttendance ? null : (
        <p>
          <a href={`${answer.session.path}/attendance`}>{t('companion.attendance')}</a>
        </p>
      )}
    </>
  );
}

const minuteSeconds = 60;

/** `4 min 05 s` is more than anybody reads: minutes with one decimal. */
const minutesOf = (view: View, seconds: number): string =>
  view.t('companion.minutes', { minutes: formatNumber(view, seconds / minuteSeconds, 1) });

/** Drawn and told in one table. Null draws nothing: nobody was heard, or too few people to say so. */
export function FloorTime({ view, time }: { readonly view: View; readonly time: FloorTimeAnswer | null }): Child {
  const { t } = view;
  if (time === null) return null;
  const people = time.groups.reduce((sum, group) => sum + group.people, 0);
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return (
    <>
      <h2>{t('companion.floor-time')}</h2>
      <Table
        view={view}
        id="floor-time"
        caption={t('companion.floor-time-caption')}
        columns={[
          {
            key: 'constituency',
            header: t('members.constituency'),
            cell: ({ constituency }) =>
              constituency === null ? t('companion.smaller-groups') : t(`network.kind-${constituency}`),
          },
          {
            key: 'time',
            header: t('companion.time'),
            cell: ({ seconds }) => (
              <>
                <ShareBar share={share(seconds, time.totalSeconds)} />{' '}
                <span>
                  {minutesOf(view, seconds)} ({formatPercent(view, share(seconds, time.totalSeconds))})
                </span>
              </>
            ),
          },
          {
            key: 'people',
            header: t('companion.people'),
            cell: (group) => (
              <>
                <ShareBar share={share(group.people, people)} /> <span>{formatNumber(view, group.people)}</span>
              </>
            ),
          },
          {
            key: 'turns',
            header: t('companion.turns'),
            numeric: true,
            cell: ({ turns }) => formatNumber(view, turns),
          },
        ]}
        rows={time.groups}
      />
      <p class="hint">{t('companion.floor-time-hint')}</p>
    </>
  );
}

export function NotesText({ view, notes }: { readonly view: View; readonly notes: NotesAnswer }): Child {
  return (
    <>
      <h2>{view.t('companion.notes')}</h2>
      <Paragraphs view={view} said={{ language: notes.language, text: notes.words }} />
    </>
  );
}

export const noteValues = (answer: FloorAnswer): FormState['values'] => ({
  base: String(answer.notes?.revision ?? 0),
  language: answer.notes?.language ?? answer.session.languages[0] ?? '',
  words: answer.notes?.words ?? '',
  publish: answer.notes?.isPublished ? 'on' : '',
});

function NotesPart({ view, answer, refused }: PartProps & { readonly refused: Refused | undefined }): Child {
  const { t } = view;
  const { notes, own, path } = answer;
  if (!own.mayTakeNotes) return notes === null ? null : <NotesText view={view} notes={notes} />;
  const form = refused?.step === 'notes' ? refused.form : blankForm(noteValues(answer));
  return (
    <>
      <h2>{t('companion.notes')}</h2>
      {form.general === undefined ? null : (
        <SavedMeanwhile
          view={view}
          form={form}
          saved={[{ name: 'words', label: t('companion.notes'), value: notes?.words ?? '' }]}
        />
      )}
      <Form view={view} action={`${path}/notes`} form={form}>
        <HiddenField name="base" value={String(form.values['base'] ?? '0')} />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('companion.notes-language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <TextareaField
          view={view}
          form={form}
          name="words"
          label={t('companion.notes-words')}
          hint={t(answer.session.isChathamHouse ? 'companion.notes-chatham' : 'companion.notes-hint')}
          rows={14}
          maxLength={100_000}
        />
        <CheckboxesField
          view={view}
          form={form}
          name="publish"
          label={t('companion.notes-public')}
          optional
          options={[{ value: 'on', label: t('companion.notes-publish') }]}
        />
        <Actions>
          <Button kind="secondary">{t('companion.notes-save')}</Button>
        </Actions>
      </Form>
    </>
  );
}

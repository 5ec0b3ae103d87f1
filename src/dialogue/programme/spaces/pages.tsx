import type { Child } from 'hono/jsx';
import { countryName } from '../../../network/members/countries.ts';
import { SavedMeanwhile } from '../../../network/members/moved-on.tsx';
import { networkCrumbs, networkPath, NetworkRooms, type NetworkFacts } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  DateField,
  Form,
  HiddenField,
  SelectField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { isLocale, languageNames, locales } from '../../../ui/locales.ts';
import { Facts, Notice, Pager, Status } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import type { SessionSummary, SpaceSummary } from '../answers.ts';
import { inZone, Output, Paragraphs, readerZone, SessionState, When, Words } from '../parts.tsx';
import { SpaceFields } from './form.tsx';
import type { PersonAnswer, SpaceAnswer } from './reading.ts';
import { spaceRoles, type SpaceKind } from './space.ts';
import type { ThingsAnswer } from '../things.ts';

export const listPathOf = (network: NetworkFacts, kind: SpaceKind): string =>
  `${networkPath(network.slug)}/${kind === 'series' ? 'dialogues' : 'communities'}`;

export function spaceCrumbs(view: View, network: NetworkFacts, kind: SpaceKind): NonNullable<Page['breadcrumbs']> {
  const label = view.t(kind === 'series' ? 'programme.dialogues' : 'programme.communities');
  return [...networkCrumbs(network), { path: listPathOf(network, kind), label }];
}

export interface SpacesAnswer {
  readonly network: NetworkFacts;
  readonly kind: SpaceKind;
  readonly spaces: readonly SpaceSummary[];
  readonly drafts: readonly SpaceSummary[];
  readonly next: string | null;
  readonly mayDraft: boolean;
}

export function spacesPage(answer: SpacesAnswer, view: View): Page {
  const { t } = view;
  const { network, kind } = answer;
  const isSeries = kind === 'series';
  return {
    title: t(isSeries ? 'programme.dialogues' : 'programme.communities'),
    breadcrumbs: networkCrumbs(network),
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <p class="lead">{t(isSeries ? 'programme.dialogues-lead' : 'programme.communities-lead')}</p>
        {answer.mayDraft ? (
          <Actions>
            <a class="button" href={`${networkPath(network.slug)}/spaces/new?kind=${kind}`}>
              {t(isSeries ? 'programme.new-series' : 'programme.new-community')}
            </a>
          </Actions>
        ) : null}
        {answer.spaces.length === 0 ? (
          <p>{t(isSeries ? 'programme.no-series' : 'programme.no-community')}</p>
        ) : (
          <SpaceList view={view} spaces={answer.spaces} level={2} />
        )}
        <Pager view={view} query="after" next={answer.next ?? undefined} />
        {answer.drafts.length === 0 ? null : (
          <>
            <h2>{t('programme.drafts')}</h2>
            <SpaceList view={view} spaces={answer.drafts} level={3} />
          </>
        )}
      </>
    ),
  };
}

export function SpaceList(props: {
  readonly view: View;
  readonly spaces: readonly SpaceSummary[];
  /** Of their headings: under the page's own, or under one of its sections. */
  readonly level: 2 | 3;
}): Child {
  const { view, spaces } = props;
  const { t } = view;
  const Heading = props.level === 2 ? 'h2' : 'h3';
  return spaces.map((space) => (
    <article class="act">
      <Heading>
        <a href={space.path}>
          <Words view={view} said={space.title} />
        </a>
      </Heading>
      <p>
        {space.isTemplate ? (
          <Status tone="neutral">{t('programme.template')}</Status>
        ) : (
          <SpaceState view={view} space={space} />
        )}
        {space.openedOn === null ? null : (
          <small class="soft"> {t('programme.since', { date: formatDate(view, space.openedOn as PlainDate) })}</small>
        )}
      </p>
      {space.overview === null ? null : (
        <p lang={space.overview.language === view.locale ? undefined : space.overview.language} dir="auto">
          {shorten(space.overview.text)}
        </p>
      )}
      {space.output.standing === 'none-asked' ? null : (
        <p>
          <Output view={view} space={space} />
        </p>
      )}
    </article>
  ));
}

const shownCharacters = 280;

function shorten(text: string): string {
  if (text.length <= shownCharacters) return text;
  const cut = text.lastIndexOf(' ', shownCharacters);
  return `${text.slice(0, cut > 0 ? cut : shownCharacters)} …`;
}

function SpaceState({ view, space }: { readonly view: View; readonly space: SpaceSummary }): Child {
  const { t } = view;
  switch (space.state) {
    case 'draft':
      return <Status tone="neutral">{t('programme.state-draft')}</Status>;
    case 'open':
      return <Status tone="active">{t('programme.state-open')}</Status>;
    case 'closed':
      return <Status tone="ended">{t('programme.state-closed')}</Status>;
  }
}

export function SessionTable(props: {
  readonly view: View;
  readonly sessions: readonly SessionSummary[];
  readonly zone: string | null;
  readonly caption: string;
  readonly empty?: string;
}): Child {
  const { view, sessions, zone, caption, empty } = props;
  const { t } = view;
  const columns: readonly Column<SessionSummary>[] = [
    {
      key: 'title',
      header: t('programme.session'),
      cell: (session) => (
        <a href={inZone(session.path, zone ?? undefined)}>
          <Words view={view} said={session.title} />
        </a>
      ),
    },
    { key: 'when', header: t('programme.when'), cell: (session) => <When view={view} session={session} zone={zone} /> },
    { key: 'state', header: t('programme.state'), cell: (session) => <SessionState view={view} session={session} /> },
  ];
  return <Table view={view} id="sessions" caption={caption} columns={columns} rows={sessions} empty={empty} />;
}

/** Where times can be seen in another zone, without a list of four hundred on every page. */
export function ZoneLink({ view, zone }: { readonly view: View; readonly zone: string | null }): Child {
  const { t } = view;
  const { pathname } = new URL(view.path, 'http://localhost');
  const party = /^\/p\/[^/]+/.exec(pathname)?.[0] ?? '';
  const shown = readerZone(view, zone);
  return (
    <p class="hint">
      {shown === undefined ? null : `${t('programme.shown-in', { zone: shown.replaceAll('_', ' ') })} `}
      <a href={`${party}/time-zones?next=${encodeURIComponent(pathname)}`}>{t('programme.other-zone')}</a>
    </p>
  );
}

export function spacePage(answer: SpaceAnswer, view: View): Page {
  const { t } = view;
  const { network, space, own, zone } = answer;
  const isSeries = space.kind === 'series';
  return {
    title: space.title.text,
    breadcrumbs: spaceCrumbs(view, network, space.kind),
    body: (
      <>
        {space.state === 'draft' ? (
          <Notice>
            <p>{t(space.isTemplate ? 'programme.is-template' : 'programme.is-draft')}</p>
          </Notice>
        ) : null}
        <Paragraphs view={view} said={space.overview} />
        <Facts
          facts={[
            { label: t('programme.state'), value: <SpaceState view={view} space={space} /> },
            ...(space.output.standing === 'none-asked'
              ? []
              : [{ label: t('programme.output'), value: <Output view={view} space={space} /> }]),
            { label: t('programme.people'), value: formatNumber(view, answer.peopleCount) },
          ]}
        />
        <SpaceSteps view={view} answer={answer} />
        {answer.sessions.length === 0 && !isSeries && !own.mayConvene ? null : (
          <>
            <h2>{t('programme.sessions')}</h2>
            <SessionTable
              view={view}
              sessions={answer.sessions}
              zone={zone}
              caption={t('programme.times-caption')}
              empty={t('programme.no-session')}
            />
            {answer.sessions.length === 0 ? null : (
              <>
                <ZoneLink view={view} zone={zone} />
                <p>
                  <a href={`${space.path}/calendar.ics`}>{t('programme.calendar')}</a>
                </p>
                <p>
                  <a href={`${space.path}/equal-power`}>{t('equity.title-space')}</a>
                </p>
              </>
            )}
          </>
        )}
        <Things view={view} groups={answer.things} />
        {answer.mandate === null ? null : (
          <>
            <h2>{t('programme.mandate')}</h2>
            <Paragraphs view={view} said={answer.mandate} />
          </>
        )}
        {answer.charter === null ? null : (
          <>
            <h2>{t('programme.charter')}</h2>
            <Paragraphs view={view} said={answer.charter} />
          </>
        )}
        <h2>{t('programme.people')}</h2>
        <People view={view} answer={answer} />
        <p>
          <a href={`${networkPath(network.slug)}/references?space=${space.path.split('/').at(-1) ?? ''}`}>
            {t('programme.references-of-space')}
          </a>
        </p>
      </>
    ),
  };
}

function SpaceSteps({ view, answer }: { readonly view: View; readonly answer: SpaceAnswer }): Child {
  const { t } = view;
  const { network, space, own } = answer;
  const canJoin = own.isMember && own.roles.length === 0 && answer.joining === 'open' && space.state === 'open';
  return (
    <Actions>
      {canJoin ? (
        <ButtonForm view={view} action={`${space.path}/join`} kind="primary" label={t('programme.join')} />
      ) : null}
      {own.roles.includes('participant') ? (
        <ButtonForm view={view} action={`${space.path}/leave`} label={t('programme.leave')} />
      ) : null}
      {!own.isMember && space.state === 'open' && !network.isSecretariat ? (
        <a href={`${networkPath(network.slug)}/join`}>{t('members.join')}</a>
      ) : null}
      {own.mayConvene ? (
        <>
          <a class="button secondary" href={`${space.path}/sessions/new`}>
            {t('programme.plan-session')}
          </a>
          <a href={`${space.path}/edit`}>{t('programme.edit')}</a>
          <a href={`${space.path}/import`}>{t('programme.import')}</a>
          {space.state === 'open' ? (
            <ButtonForm view={view} action={`${space.path}/close`} label={t('programme.close')} />
          ) : null}
        </>
      ) : null}
      {network.isSecretariat && space.state !== 'open' && !space.isTemplate ? (
        <ButtonForm view={view} action={`${space.path}/open`} kind="primary" label={t('programme.open')} />
      ) : null}
      {network.isSecretariat ? (
        <a
          href={`${networkPath(network.slug)}/spaces/new?kind=${space.kind}&from=${space.path.split('/').at(-1) ?? ''}`}
        >
          {t('programme.copy')}
        </a>
      ) : null}
    </Actions>
  );
}

function Things({ view, groups }: { readonly view: View; readonly groups: ThingsAnswer }): Child {
  const { t } = view;
  return groups.map(({ heading, start, things }) => (
    <>
      <h2>{t(heading)}</h2>
      {things.length === 0 ? null : (
        <ul>
          {things.map(({ title, path, state }) => (
            <li>
              <a href={path}>
                <Words view={view} said={title} />
              </a>{' '}
              <small class="soft">{t(state)}</small>
            </li>
          ))}
        </ul>
      )}
      {start === null ? null : (
        <p>
          <a href={start.path}>{t(start.label)}</a>
        </p>
      )}
    </>
  ));
}

function People({ view, answer }: { readonly view: View; readonly answer: SpaceAnswer }): Child {
  const { t } = view;
  const { space, own } = answer;
  const blank = blankForm({ role: 'participant' });
  const columns: readonly Column<PersonAnswer>[] = [
    {
      key: 'name',
      header: t('members.name'),
      cell: ({ name, organisation, country }) => (
        <>
          <Name>{name}</Name>
          {organisation === null && country === null ? null : (
            <>
              <br />
              <small class="soft">
                {organisation === null ? null : <Name>{organisation}</Name>}
                {organisation !== null && country !== null ? ', ' : ''}
                {country === null ? '' : countryName(view.locale, country)}
              </small>
            </>
          )}
        </>
      ),
    },
    { key: 'role', header: t('programme.role'), cell: ({ role }) => t(`programme.role-${role}`) },
    {
      key: 'since',
      header: t('members.since'),
      cell: ({ since, until }) => (
        <>
          {formatDate(view, since as PlainDate)}
          {until === null ? null : (
            <>
              <br />
              <small>{t('programme.hands-over', { date: formatDate(view, until as PlainDate) })}</small>
            </>
          )}
        </>
      ),
    },
    ...(own.mayConvene
      ? [
          {
            key: 'end',
            header: t('programme.change'),
            cell: ({ member, role }: PersonAnswer) => (
              <ButtonForm
                view={view}
                action={`${space.path}/people/end`}
                hidden={{ member: member ?? '', role }}
                label={t('programme.end-role')}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Table
        view={view}
        id="people"
        caption={t('programme.who-does-what')}
        columns={columns}
        rows={answer.people}
        empty={t('programme.nobody')}
      />
      {own.mayConvene ? (
        <>
          <h3>{t('programme.give-role')}</h3>
          <Form view={view} action={`${space.path}/people`} form={blank}>
            <TextField
              view={view}
              form={blank}
              name="email"
              type="email"
              label={t('members.email')}
              hint={t('members.mandate-email-hint')}
              width="medium"
            />
            <SelectField
              view={view}
              form={blank}
              name="role"
              label={t('programme.role')}
              options={spaceRoles.map((role) => ({ value: role, label: t(`programme.role-${role}`) }))}
            />
            <Actions>
              <Button kind="secondary">{t('programme.give-role')}</Button>
            </Actions>
          </Form>
          <HandOver view={view} answer={answer} />
        </>
      ) : null}
    </>
  );
}

/** Rotation: one convenor ends where the next begins. */
function HandOver({ view, answer }: { readonly view: View; readonly answer: SpaceAnswer }): Child {
  const { t } = view;
  const convenors = answer.people.filter(({ role, member }) => role === 'convenor' && member !== null);
  if (convenors.length === 0) return null;
  const form = blankForm({ from: convenors[0]?.member ?? '' });
  return (
    <>
      <h3>{t('programme.hand-over')}</h3>
      <Form view={view} action={`${answer.space.path}/people/hand-over`} form={form}>
        <SelectField
          view={view}
          form={form}
          name="from"
          label={t('programme.hand-over-from')}
          options={convenors.map(({ member, name }) => ({ value: member ?? '', label: name }))}
        />
        {/* Another id than the field of the form above it. */}
        <TextField
          view={view}
          form={form}
          name="next"
          type="email"
          label={t('programme.hand-over-to')}
          hint={t('members.mandate-email-hint')}
          width="medium"
        />
        <Actions>
          <Button kind="secondary">{t('programme.hand-over')}</Button>
        </Actions>
      </Form>
    </>
  );
}

export interface SpaceFormAnswer {
  readonly network: NetworkFacts;
  readonly kind: SpaceKind;
  /** Undefined: a new one. */
  readonly path: string | null;
  readonly title: string | null;
  readonly from: string | null;
  readonly language: string;
  /** What is saved in this language, by field. */
  readonly saved: Readonly<Record<string, string>>;
}

export function spaceFormPage(answer: SpaceFormAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, kind, path } = answer;
  const isSeries = kind === 'series';
  const writtenLanguages = locales.filter((locale) => locale !== answer.language);
  return {
    title: path === null ? t(isSeries ? 'programme.new-series' : 'programme.new-community') : t('programme.edit'),
    breadcrumbs: [...spaceCrumbs(view, network, kind), ...(path === null ? [] : [{ path, label: answer.title ?? '' }])],
    body: (
      <>
        {answer.from === null ? null : (
          <Notice>
            <p>{t('programme.copied-lead')}</p>
          </Notice>
        )}
        {path === null ? null : (
          <p>
            {t('programme.writing-in', {
              language: isLocale(answer.language) ? languageNames[answer.language] : answer.language,
            })}{' '}
            {writtenLanguages.map((locale, at) => (
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
            saved={(['title', 'overview', 'mandate', 'charter'] as const).map((name) => ({
              name,
              label: t(`programme.${name}`),
              value: answer.saved[name] ?? '',
            }))}
          />
        )}
        <Form view={view} action={path === null ? `${networkPath(network.slug)}/spaces` : `${path}/edit`} form={form}>
          {path === null ? null : <HiddenField name="base" value={String(form.values['base'] ?? '1')} />}
          {answer.from === null ? null : (
            <>
              <HiddenField name="from" value={answer.from} />
              <DateField
                view={view}
                form={form}
                name="firstDay"
                label={t('programme.first-day')}
                hint={t('programme.first-day-hint')}
                optional
              />
            </>
          )}
          <SpaceFields view={view} form={form} isNew={path === null} kind={kind} />
          <Actions>
            <Button>{t('programme.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

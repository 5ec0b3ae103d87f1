/** The climate's side of how a session meets, beside who could come otherwise: sums over countries, never a person. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Child } from 'hono/jsx';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import { read, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { networkFacts } from '../../network/members/answers.ts';
import { countryName, isCountry } from '../../network/members/countries.ts';
import { networkFactsOf } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { ShareBar } from '../../ui/chart.tsx';
import { formatNumber } from '../../ui/format.ts';
import type { Page } from '../../ui/layout.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { describeSession, describeSpace, sessionPath, sessionSummary, spaceSummary } from '../programme/answers.ts';
import { sessionPart, type SessionPart } from '../programme/session-parts.ts';
import { getVisibleSession } from '../programme/sessions/reading.ts';
import { sessionParams } from '../programme/sessions/routes.tsx';
import type { DialogueSession } from '../programme/sessions/session.ts';
import { spaceCrumbs } from '../programme/spaces/pages.tsx';
import { factorYear } from './carbon.ts';
import { compareCarbon, scenarios, type CarbonComparison, type FromCountry } from './comparison.ts';
import { placeOfZone } from './zone-places.ts';

const comparisonAnswer = z.object({
  /** Of the factors: figures of two years are not compared. */
  factorYear: z.int(),
  /** Where the time zone of the session has its principal place. */
  meetingCountry: z.string(),
  scenarios: z.array(z.object({ scenario: z.enum(scenarios), tonnes: z.number().nullable() })),
  hub: z.object({ country: z.string(), tonnes: z.number() }).nullable(),
});
type ComparisonAnswer = z.output<typeof comparisonAnswer>;

async function listRegistered(reader: Reader, session: DialogueSession): Promise<readonly FromCountry[]> {
  const rows = await reader
    .selectFrom('session_people')
    .innerJoin('members', 'members.id', 'session_people.member_id')
    .select([
      'members.country',
      sql<boolean>`coalesce(session_people.mode = 'in-person', false)`.as('in_person'),
      sql<number>`count(*)::int`.as('people'),
    ])
    .where('session_people.session_id', '=', session.id)
    .where('session_people.role', '=', 'registered')
    .groupBy(['members.country', 'in_person'])
    .execute();
  return rows.map(({ country, in_person, people }) => ({
    country: country ?? undefined,
    inPerson: in_person,
    people,
  }));
}

/** Null: it meets nowhere, or nobody knows where that zone is. */
async function describeComparison({ reader }: Reading, session: DialogueSession): Promise<ComparisonAnswer | null> {
  const meeting = session.place === undefined ? undefined : placeOfZone(session.timeZone);
  if (!meeting) return null;
  const compared: CarbonComparison = compareCarbon(await listRegistered(reader, session), meeting);
  return {
    factorYear,
    meetingCountry: meeting.country,
    scenarios: compared.scenarios.map(({ scenario, tonnes }) => ({ scenario, tonnes })),
    hub: compared.hub ?? null,
  };
}

const carbonAnswer = z.object({
  network: networkFacts,
  space: spaceSummary,
  session: sessionSummary,
  comparison: comparisonAnswer,
});

async function describe(reading: Reading & Caller, params: z.output<typeof sessionParams>) {
  const { reader, locale, house } = reading;
  const { space, session } = await getVisibleSession(reader, reading, params.space, params.session);
  const comparison = await describeComparison(reading, session);
  if (!comparison) throw problem.notFound({ what: 'place' });
  const network = networkFactsOf(reading);
  const now = house.clock.now();
  const path = sessionPath(network.slug, space.slug, session.slug);
  return {
    network,
    space: describeSpace(space, network.slug, locale, plainDateAt(now, 'UTC')),
    session: describeSession(session, path, locale, space.language, now),
    comparison,
  };
}

const tonnesIn = (view: View, tonnes: number | null): string =>
  tonnes === null ? view.t('equity.withheld') : view.t('equity.tonnes', { tonnes: formatNumber(view, tonnes) });

const nameOf = ({ locale }: View, country: string): string =>
  isCountry(country) ? countryName(locale, country) : country;

function carbonPage({ network, space, session, comparison }: z.output<typeof carbonAnswer>, view: View): Page {
  const { t } = view;
  return {
    title: t('equity.carbon-title'),
    breadcrumbs: [
      ...spaceCrumbs(view, network, space.kind),
      { path: space.path, label: space.title.text },
      { path: session.path, label: session.title.text },
    ],
    body: (
      <>
        <p class="lead">{t('equity.carbon-lead')}</p>
        <ComparisonTable view={view} comparison={comparison} />
        {comparison.hub === null ? null : (
          <p>
            {t('equity.carbon-hub', {
              country: nameOf(view, comparison.hub.country),
              tonnes: formatNumber(view, comparison.hub.tonnes),
            })}
          </p>
        )}
        <p>{t('equity.carbon-fair')}</p>
        <h2>{t('equity.how-to-read')}</h2>
        <ul>
          <li>{t('equity.carbon-factors', { year: String(comparison.factorYear) })}</li>
          <li>{t('equity.carbon-distance')}</li>
          <li>{t('equity.carbon-place', { country: nameOf(view, comparison.meetingCountry) })}</li>
          <li>{t('equity.carbon-unknown')}</li>
          <li>{t('equity.carbon-withheld')}</li>
        </ul>
      </>
    ),
  };
}

function ComparisonTable({ view, comparison }: { readonly view: View; readonly comparison: ComparisonAnswer }): Child {
  const { t } = view;
  const most = Math.max(...comparison.scenarios.map(({ tonnes }) => tonnes ?? 0), 0) || 1;
  return (
    <Table
      view={view}
      id="carbon"
      caption={t('equity.carbon-caption')}
      columns={[
        {
          key: 'scenario',
          header: t('equity.carbon-scenario'),
          cell: ({ scenario }) => t(`equity.scenario-${scenario}`),
        },
        {
          key: 'tonnes',
          header: t('equity.carbon-tonnes'),
          cell: ({ tonnes }) => (
            <>
              <ShareBar share={tonnes === null ? undefined : tonnes / most} /> <span>{tonnesIn(view, tonnes)}</span>
            </>
          ),
        },
      ]}
      rows={comparison.scenarios}
    />
  );
}

export const carbonEndpoints: readonly Endpoint[] = [
  read({
    path: '/p/:party/spaces/:space/sessions/:session/carbon',
    summary: 'What the travel to a session costs the climate, and what meeting otherwise would',
    for: 'anyone',
    params: sessionParams,
    answer: carbonAnswer,
    handle: (reading, { params }) => describe(reading, params),
    page: carbonPage,
  }),
];

export const carbonPart: SessionPart = sessionPart({
  name: 'carbon',
  place: 'documentation',
  content: z.object({ path: z.string(), place: z.string() }),
  async describe(_reading, { session, path }) {
    const isKnown = session.place !== undefined && placeOfZone(session.timeZone) !== undefined;
    return isKnown ? { path: `${path}/carbon`, place: session.place ?? '' } : null;
  },
  draw: ({ path, place }, { t }) => (
    <p>
      <Name>{place}</Name>: <a href={path}>{t('equity.carbon-link')}</a>
    </p>
  ),
});

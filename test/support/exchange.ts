import { signAsItStands } from './instruments.ts';
import { sql } from 'kysely';
import * as actions from '../../src/agreement/actions.ts';
import type { InstrumentDocument, Term } from '../../src/agreement/document.ts';
import type { SubjectId } from '../../src/ids.ts';
import { startOf, type Period } from '../../src/period.ts';
import { parseStoredPeriod } from '../../src/exchange/ledger.ts';
import { warnOfEvent, type TableOrder } from '../../src/exchange/actions.ts';
import { askGiver, requestData, type DataRequest, type RequestAnswer } from '../../src/exchange/requests.ts';
import { openEvent } from '../../src/surveillance/events/actions.ts';
import { assessRisk, takeStep, watchIndicator } from '../../src/surveillance/signals/actions.ts';
import { detectChanges } from '../../src/surveillance/signals/detection.ts';
import { readSignals } from '../../src/surveillance/signals/reading.ts';
import type { SignalId } from '../../src/surveillance/signals/signal.ts';
import { converge, type TestNode } from './node.ts';

export async function keeperOf(node: TestNode): Promise<{ operator: TestNode['operator']['did']; vkey: string }> {
  const own = await node.house.database.read('node', (reader) =>
    reader.selectFrom('logs').select('cosigner_vkey').where('is_own', '=', true).executeTakeFirstOrThrow(),
  );
  return { operator: node.operator.did, vkey: own.cosigner_vkey };
}

export const by = (node: TestNode) => ({ account: node.person, party: node.operator.id });

export const weekly: Term = {
  effect: 'permit',
  content: 'table',
  from: null,
  to: null,
  indicators: ['measles'],
  finestLevel: 1,
  minimumCount: 5,
  purposes: ['public-health-surveillance', 'research'],
  every: 'week',
  until: null,
};

export const warnings: Term = {
  ...weekly,
  content: 'warning',
  indicators: null,
  purposes: ['outbreak-response'],
  every: null,
};

export async function treaty(
  parties: readonly TestNode[],
  terms: readonly (readonly Term[])[],
  change: Partial<InstrumentDocument> = {},
): Promise<InstrumentDocument> {
  return {
    title: 'Agreement on early warning across the border',
    language: 'en',
    parties: parties.map((node) => node.operator.did),
    articles: [
      ...terms.map((list, at) => ({
        id: `art-${at + 1}`,
        heading: `Article ${at + 1}`,
        text: 'The parties tell each other.',
        terms: [...list],
      })),
      { id: `art-${terms.length + 1}`, heading: 'Good faith', text: 'The parties help each other.', terms: [] },
    ],
    entryIntoForce: { rule: { consents: parties.length }, delayDays: 0 },
    withdrawalNoticeDays: 0,
    copyKeepers: { keepers: await Promise.all(parties.map(keeperOf)), k: 1 },
    assurance: 'session',
    ...change,
  };
}

/** Proposed by the first of the nodes; not signed by anybody yet. */
export async function propose(
  nodes: readonly TestNode[],
  document: InstrumentDocument,
  all: readonly TestNode[] = nodes,
): Promise<SubjectId> {
  const [host] = nodes;
  if (!host) throw new RangeError('nobody');
  const id = await host.act((work) => actions.proposeInstrument(work, by(host), document));
  await converge(...all);
  return id;
}

export async function signAll(
  nodes: readonly TestNode[],
  id: SubjectId,
  all: readonly TestNode[] = nodes,
): Promise<void> {
  for (const node of nodes) {
    await node.act((work) => signAsItStands(work, by(node), id));
    await converge(...all);
  }
}

export const week = (label: string): Period => parseStoredPeriod('iso-week', label);

/** A country with two provinces, of three and two districts, and weekly indicators. */
export async function drawCountry(
  node: TestNode,
  indicators: readonly string[] = ['measles', 'cholera'],
): Promise<void> {
  await node.act(async ({ tx }) => {
    const party = node.operator.id;
    await sql`insert into places (party_id, code, name, kind, level) values (${party}, 'AA', 'Amara', 'area', 0)`.execute(
      tx.db,
    );
    await sql`insert into places (party_id, code, name, kind, level, parent_id)
      select ${party}, code, name, 'area', 1, (select id from places where code = 'AA') from (values ('AA1', 'North'), ('AA2', 'South')) as p (code, name)`.execute(
      tx.db,
    );
    await sql`insert into places (party_id, code, name, kind, level, parent_id)
      select ${party}, code, name, 'area', 2, (select id from places where places.code = parent)
      from (values ('AA11', 'Alder', 'AA1'), ('AA12', 'Birch', 'AA1'), ('AA13', 'Cedar', 'AA1'), ('AA21', 'Dell', 'AA2'), ('AA22', 'Elm', 'AA2')) as p (code, name, parent)`.execute(
      tx.db,
    );
    await sql`insert into submissions (party_id, kind, content, state, source, received_at, known_at, media_type, size_bytes, sha256)
      values (${party}, 'file', 'reports', 'applied', 'browser', ${tx.now}, ${tx.now}, 'text/csv', 0, decode(repeat('00', 32), 'hex'))`.execute(
      tx.db,
    );
    for (const code of indicators)
      await sql`insert into indicators (party_id, code, names, period_kind, is_immediate, aggregation)
        values (${party}, ${code}, ${JSON.stringify({ en: code })}::jsonb, 'iso-week', false, 'sum')`.execute(tx.db);
  });
}

/** What districts report; reporting again changes what was known. */
export async function report(
  node: TestNode,
  indicator: string,
  period: Period,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  await node.act(async ({ tx }) => {
    const party = node.operator.id;
    for (const [place, value] of Object.entries(counts)) {
      await sql`insert into series (party_id, indicator_id, place_id)
        values (${party}, (select id from indicators where code = ${indicator}), (select id from places where code = ${place})) on conflict do nothing`.execute(
        tx.db,
      );
      const { rows } = await sql<{ id: number; submission: number }>`
        select series.id, (select max(id) from submissions) as submission from series
          join indicators on indicators.id = series.indicator_id join places on places.id = series.place_id
        where indicators.code = ${indicator} and places.code = ${place}`.execute(tx.db);
      const [series] = rows;
      if (!series) throw new RangeError(`no series of ${indicator} at ${place}`);
      const day = startOf(period);
      await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
        values (${series.submission}, ${series.id}, ${party}, ${day}, ${day}) on conflict do nothing`.execute(tx.db);
      await sql`insert into observations (series_id, period_start, value, submission_id, party_id) values (${series.id}, ${day}, ${value}, ${series.submission}, ${party})
        on conflict (series_id, period_start) do update set value = excluded.value`.execute(tx.db);
    }
  });
}

/** An account behind the node's person, for tables that keep who decided. */
export async function enrol(node: TestNode): Promise<void> {
  await node.actForNode(({ tx }) =>
    tx.db
      .insertInto('accounts')
      .values({
        id: node.person,
        email: `${node.operator.id}@example.org`,
        name: 'Amina',
        password_hash: '',
        language: null,
        time_zone: null,
        is_first: false,
        created_at: tx.now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

/** A signal as detection raises it: a rule of ten cases, and a report that has reached it. */
export async function raiseSignal(
  node: TestNode,
  indicator: string,
  place: string,
  period: Period,
  cases: number,
): Promise<SignalId> {
  await node.act(async (work) => {
    const { rows } = await sql<{ id: number }>`select id from indicators where code = ${indicator}`.execute(work.tx.db);
    await watchIndicator(work, rows[0]!.id, {
      method: 'rule',
      rule: { kind: 'cases', compare: 'at-least', cases: 10 },
    });
  });
  await report(node, indicator, period, { [place]: cases });
  await node.act(({ tx }) =>
    sql`insert into changed_series (series_id, party_id, since) select series.id, series.party_id, ${startOf(period)}
      from series join places on places.id = series.place_id join indicators on indicators.id = series.indicator_id
      where places.code = ${place} and indicators.code = ${indicator}`.execute(tx.db),
  );
  await detectChanges(node.house, node.operator.id, 'jobs');
  const [signal] = await node.house.database.read({ party: node.operator.id }, (reader) =>
    readSignals(reader, { statuses: ['new'], limit: 10 }),
  );
  if (!signal) throw new RangeError('no signal was raised');
  return signal.id;
}

/** Everything between an alarm and an event, by a person. */
export async function openEventOf(node: TestNode, signal: SignalId): Promise<void> {
  const answer = () => Promise.reject(new Error('a detector expects no answer'));
  await node.act((work) => takeStep(work, signal, { step: 'accept', why: 'plausible' }, answer));
  await node.act((work) => takeStep(work, signal, { step: 'verify', why: 'confirmed by the laboratory' }, answer));
  const scope = { likelihood: 'likely', consequence: 'moderate', confidence: 'medium' } as const;
  await node.act((work) =>
    assessRisk(work, signal, {
      question: 'Will it spread?',
      hazard: 'known',
      exposure: 'market',
      context: 'border',
      scopes: { national: scope, regional: scope, global: scope },
      reassessOn: undefined,
    }),
  );
  await node.act((work) => openEvent(work, signal, { title: 'Outbreak', why: 'many cases' }, warnOfEvent));
}

export const order = (
  instrument: SubjectId,
  to: TestNode,
  period: Period,
  article = 'art-1',
  term = 0,
): TableOrder => ({ instrument, article, term, to: to.operator.did, period });

/** As the page does: the giver's node is asked first, outside of the transaction. */
export async function askFor(node: TestNode, request: DataRequest): Promise<RequestAnswer> {
  const theirs = await askGiver(node.house, node.operator.id, request);
  return node.act((work) => requestData(work, request, theirs));
}

import { z } from 'zod';
import { isCouncilKind } from '../acts/spine-types.ts';
import { findParty } from '../acts/store.ts';
import { listCommunityAnswers } from '../agreement/standing.ts';
import { isPurpose, purposes } from '../agreement/purposes.ts';
import type { Caller, PartyFacts } from '../http/caller.ts';
import { raw, read, write, type Endpoint } from '../http/endpoint.ts';
import type { Reading } from '../house.ts';
import { isDid, type ActId } from '../ids.ts';
import { parseAddress } from '../network/address.ts';
import { problem } from '../problem.ts';
import { formatCsv } from '../surveillance/csv.ts';
import { blankForm } from '../ui/forms.tsx';
import { withNotice } from '../ui/layout.tsx';
import { triageWarning } from './actions.ts';
import {
  communityDataAnswer,
  exchangeAnswer,
  flowPageAnswer,
  publicFlowsAnswer,
  requestsAnswer,
  type RequestsAnswer,
} from './answers.ts';
import { communityDataPage, exchangePage, flowPage, publicFlowsPage, requestsPage } from './pages.tsx';
import { openDirectory, readExchange, readFlow, readPublicFlows } from './reading.ts';
import { askGiver, requestAnswerSchema, requestContents, requestData, type DataRequest } from './requests.ts';
import * as store from './store.ts';

const office = { role: ['officer', 'administrator'] as const };
const council = { role: ['council', 'administrator'] as const };

const overview = read({
  path: '/exchange',
  summary:
    'What left and arrived, under which article and for what, how far each has come, and the warnings that wait for triage',
  for: office,
  query: z.object({ after: z.uuid().optional() }),
  answer: exchangeAnswer,
  handle: ({ reader, house }, { query }) => readExchange(reader, house.clock.now(), query.after),
  page: exchangePage,
});

const idParam = z.object({ id: z.uuid() });

async function getFlow(reading: Reading & Caller, id: string) {
  const { reader, house } = reading;
  const { did, name } = requireOwn(reading.party);
  const flow = await readFlow(
    reader,
    id,
    house.clock.now(),
    { did, name },
    parseAddress(house.config.publicUrl).logOrigin,
  );
  if (!flow) throw problem.notFound({ what: 'flow' });
  return flow;
}

function requireOwn(party: PartyFacts | undefined): PartyFacts {
  if (!party) throw problem.notAllowed({ needs: 'party' });
  return party;
}

const flow = read({
  path: '/exchange/flows/:id',
  summary:
    'One flow: the decision with its inputs, the act with its states, what was given, and what the receivers answered',
  for: office,
  params: idParam,
  answer: flowPageAnswer,
  handle: (reading, { params }) => getFlow(reading, params.id),
  page: flowPage,
});

const flowTable = raw({
  path: '/exchange/flows/:id/table.csv',
  summary: 'The counts that were given: empty where nothing was reported, * where a count is withheld',
  for: office,
  params: idParam,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const { table, period } = await getFlow(reading, params.id);
    if (!table) throw problem.notFound({ what: 'table' });
    const rows = table.places.map(({ code, name }, at) => [
      period?.label,
      code,
      name,
      ...table.columns.flatMap(({ values, reports }) => {
        const value = values[at];
        return [value === 'withheld' ? '*' : value, reports[at]?.received, reports[at]?.expected];
      }),
    ]);
    const headers = table.columns.flatMap(({ indicator }) => [
      indicator,
      `${indicator}_reports_received`,
      `${indicator}_reports_expected`,
    ]);
    const body = formatCsv(['period', 'place', 'place_name', ...headers], rows);
    return { contentType: 'text/csv; charset=utf-8', body, fileName: 'table.csv' };
  },
});

const triage = write({
  path: '/exchange/warnings/:act/triage',
  summary: 'Takes a received warning up as a signal of this office, or sets it aside',
  for: office,
  params: z.object({ act: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  body: z.object({ triage: z.enum(['taken-up', 'set-aside']) }),
  answer: z.object({}),
  async handle(work, { params, body }) {
    await triageWarning(work, params.act as ActId, body.triage);
    return {};
  },
  then: () => withNotice('/exchange', 'exchange.done-triaged'),
});

const requests = read({
  path: '/exchange/requests',
  summary: 'Who asked for data, for what, and what was answered',
  for: office,
  answer: requestsAnswer,
  handle: (reading) => describeRequests(reading),
  page: (answer, view) =>
    requestsPage(answer, blankForm({ asker: answer.own, purpose: '', content: 'table', level: '1' }), view),
});

async function describeRequests({ reader, party }: Reading & Caller): Promise<RequestsAnswer> {
  const own = requireOwn(party);
  const rows = await store.listRequests(reader, 200);
  const directory = await openDirectory(
    reader,
    rows.flatMap(({ asker, giver }) => [giver, ...(asker === null ? [] : [asker])]),
    rows.map(({ instrument }) => instrument),
  );
  return {
    parties: (await store.listKnownParties(reader)).map(({ did, name }) => ({ did, name })),
    own: own.did,
    requests: rows.map((row) => ({
      id: row.id,
      asker: row.asker === null ? null : directory.name(row.asker),
      giver: directory.name(row.giver),
      // Written by insertRequest alone.
      content: row.content as (typeof requestContents)[number],
      indicator: row.indicator,
      level: row.level,
      purpose: row.purpose,
      at: row.at.toISOString(),
      instrument: directory.instrument(row.instrument),
      article: row.article,
      refusal: row.reason === null ? null : { reason: row.reason, article: row.article, rule: row.rule },
    })),
  };
}

const did = z.string().refine(isDid);

const toRequest = <Body extends { readonly asker: DataRequest['asker'] | 'outside' }>(body: Body) => ({
  ...body,
  asker: body.asker === 'outside' ? null : body.asker,
});

const ask = write({
  path: '/exchange/requests',
  summary:
    'Asks a party for data for a purpose, or writes down what the own party was asked; answers whether it is permitted and why not',
  for: office,
  body: z.object({
    giver: did,
    /** `outside`: somebody who is no party. */
    asker: z.union([z.literal('outside'), did]),
    content: z.enum(requestContents),
    indicator: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/),
    level: z.int().min(0).max(9),
    purpose: z.enum(purposes),
  }),
  answer: requestAnswerSchema,
  outside: ({ house, party }, { body }) => askGiver(house, requireOwn(party).id, toRequest(body)),
  handle: (work, { body }, theirs) => requestData(work, toRequest(body), theirs),
  then: ({ isPermitted }) =>
    withNotice('/exchange/requests', isPermitted ? 'exchange.done-permitted' : 'exchange.done-refused'),
  form: async ({ form }, view, reading) => requestsPage(await describeRequests(reading), form, view),
});

const communityData = read({
  path: '/p/:party/data',
  summary:
    'What this community was told: what left, under which article and for what, what came back, what was refused',
  for: council,
  answer: communityDataAnswer,
  async handle({ reader, party }) {
    const own = requireOwn(party);
    if (!isCouncilKind((await findParty(reader, own.did))?.kind ?? '')) throw problem.notFound({ what: 'community' });
    const notices = await store.listNotices(reader, own.id, 500);
    const directory = await openDirectory(
      reader,
      notices.flatMap(({ giver, receivers }) => [giver, ...receivers]),
      notices.map(({ instrument }) => instrument),
    );
    const answers = await listCommunityAnswers(reader, [own.did]);
    return {
      notices: notices.map((notice) => ({
        kind: notice.kind,
        giver: directory.name(notice.giver),
        receivers: notice.receivers.map((receiver) => directory.name(receiver)),
        // Written by insertNotice alone.
        content: notice.content as (typeof requestContents)[number],
        instrument: directory.instrument(notice.instrument),
        article: notice.article,
        purposes: notice.purposes,
        indicators: notice.indicators,
        period: notice.period && { kind: notice.period.kind, label: notice.period.label },
        reason: notice.reason,
        at: notice.at.toISOString(),
      })),
      answers: answers.flatMap(({ purpose, answer }) => (isPurpose(purpose) ? [{ purpose, answer }] : [])),
    };
  },
  page: communityDataPage,
});

const publicFlows = read({
  path: '/exchange/public',
  summary:
    'Warnings and dispatches as the public logs show them: under which agreement, sealed until when, and by whom received',
  for: 'anyone',
  scope: 'node',
  answer: publicFlowsAnswer,
  handle: ({ reader, house }) => readPublicFlows(reader, parseAddress(house.config.publicUrl).logOrigin),
  page: publicFlowsPage,
});

export const exchangeEndpoints: readonly Endpoint[] = [
  overview,
  flow,
  flowTable,
  triage,
  requests,
  ask,
  communityData,
  publicFlows,
];

/** Flows put together for people, pages and other slices, from one snapshot. */
import { parseNote } from '@reciproca/tlog/note';
import { parseProof } from '@reciproca/tlog/proof';
import { parseBody } from '../acts/body.ts';
import { parseAct } from '../acts/jws.ts';
import type { Payload } from '../acts/payload.ts';
import { findProof } from '../acts/proof.ts';
import { loadOpenedBodies, namesOf } from '../acts/store.ts';
import { currentText } from '../agreement/instrument.ts';
import { findInstrument } from '../agreement/standing.ts';
import type { Reader } from '../db/database.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import {
  countedDispatch,
  dispatch,
  flowPublished,
  isDispatch,
  readDispatch,
  receipt,
  refusal,
  warningBodySchema,
  warningVerified,
} from './act-types.ts';
import type { ExchangeAnswer, FlowAnswer, FlowPageAnswer, PublicFlowsAnswer } from './answers.ts';
import { standingOf } from './flow-standing.ts';
import { receivedHash, type OpenedBody } from './receipt-proof.ts';
import * as store from './store.ts';

export type Named = { readonly did: Did; readonly name: string };
type InstrumentLink = NonNullable<FlowAnswer['instrument']>;

/** Names and titles, looked up once for a whole page. */
export interface Directory {
  name(did: Did): Named;
  instrument(id: SubjectId | null): InstrumentLink | null;
}

export async function openDirectory(
  reader: Reader,
  dids: readonly Did[],
  instruments: readonly (SubjectId | null)[],
): Promise<Directory> {
  const names = await namesOf(reader, dids);
  const links = new Map<SubjectId, InstrumentLink>();
  for (const id of new Set(instruments)) {
    const found = id === null ? undefined : await findInstrument(reader, id);
    if (found)
      links.set(found.id, {
        id: found.id,
        path: `/agreements/${found.id.slice(found.id.lastIndexOf('/') + 1)}`,
        title: currentText(found.state).document.title,
      });
  }
  return {
    name: (did) => ({ did, name: names.get(did) ?? did }),
    instrument: (id) => (id === null ? null : (links.get(id) ?? null)),
  };
}

const pageFlows = 100;

export async function readExchange(reader: Reader, now: Date, after: string | undefined): Promise<ExchangeAnswer> {
  const flows = await store.listFlows(reader, { after, limit: pageFlows });
  const answers = Map.groupBy(
    await store.listFlowAnswers(
      reader,
      flows.map(({ id }) => id),
    ),
    ({ flow }) => flow,
  );
  const waiting = await store.listWaiting(reader);
  const warnings = await store.listReceivedWarnings(reader, pageFlows);
  const directory = await openDirectory(
    reader,
    [
      ...flows.flatMap(({ counterparts }) => counterparts),
      ...warnings.map(({ giver }) => giver),
      ...waiting.map(({ party }) => party),
    ],
    [...flows.map(({ instrument }) => instrument), ...waiting.map(({ instrument }) => instrument)],
  );
  const described = flows.map((flow) => describeFlow(flow, answers.get(flow.id) ?? [], directory, now));
  return {
    flows: described,
    waiting: waiting.map(({ id, party, instrument, standing_reason, received_at }) => ({
      act: id,
      giver: directory.name(party),
      instrument: directory.instrument(instrument)?.title ?? instrument,
      reason: standing_reason ?? '',
      since: received_at.toISOString(),
    })),
    warnings: warnings.map(
      ({
        act,
        giver,
        isAgreed,
        content,
        indicator,
        indicatorName,
        place,
        period,
        cases,
        on,
        receivedAt,
        confirmedAt,
        triage,
      }) => ({
        act,
        giver: directory.name(giver),
        isAgreed,
        content,
        indicator,
        indicatorName,
        place: place.name,
        period: period && { kind: period.kind, label: period.label },
        cases,
        on,
        receivedAt: receivedAt.toISOString(),
        isProven: confirmedAt !== undefined,
        triage: triage ?? null,
      }),
    ),
    openQuestions: described.filter(({ openQuestion }) => openQuestion !== null).length,
    earlier: flows.length === pageFlows ? (flows.at(-1)?.id ?? null) : null,
  };
}

function describeFlow(
  flow: store.StoredFlow,
  answers: readonly store.FlowAnswer[],
  directory: Directory,
  now: Date,
): FlowAnswer {
  const {
    id,
    direction,
    content,
    counterparts,
    instrument,
    article,
    purposes,
    indicators,
    level,
    period,
    at,
    refusal: refused,
    releaseOn,
    isReleased,
  } = flow;
  return {
    id,
    direction,
    content,
    counterparts: counterparts.map((did) => directory.name(did)),
    instrument: directory.instrument(instrument),
    article,
    purposes: [...purposes],
    indicators: [...indicators],
    level,
    period: period && { kind: period.kind, label: period.label },
    at: at.toISOString(),
    ...standingOf(
      {
        direction,
        content,
        isRefused: refused !== null,
        at,
        isLogged: flow.logIndex !== undefined,
        isConfirmed: flow.confirmedAt !== undefined,
        isPublishedOtherwise: flow.isPublishedOtherwise,
        receivers: counterparts,
        answers,
      },
      now,
    ),
    refusal: refused,
    releaseOn,
    isReleased,
  };
}

export async function readFlow(
  reader: Reader,
  id: string,
  now: Date,
  own: Named,
  ownOrigin: string,
): Promise<FlowPageAnswer | undefined> {
  const flow = await store.findFlow(reader, id);
  if (!flow) return undefined;
  const answers = await store.listFlowAnswers(reader, [id]);
  const directory = await openDirectory(
    reader,
    [...flow.counterparts, ...answers.map(({ receiver }) => receiver)],
    [flow.instrument],
  );
  const [giver] = flow.counterparts;
  return {
    ...describeFlow(flow, answers, directory, now),
    act:
      flow.act && flow.savedAt
        ? await describeAct(
            reader,
            flow,
            flow.direction === 'out' || !giver ? own.name : directory.name(giver).name,
            ownOrigin,
          )
        : null,
    decisions: flow.decisions.map(({ request, at, n, article, minimumCount, refusal: refused }) => ({
      indicator: request.indicator,
      purpose: request.purpose,
      level: request.level,
      at,
      n,
      article,
      minimumCount,
      refusal: refused,
    })),
    answers: answers.map(({ receiver, kind, matches, reason, article, at }) => ({
      receiver: directory.name(receiver),
      kind,
      matches,
      reason,
      article,
      at: at.toISOString(),
    })),
    ...contentOf(flow),
  };
}

async function describeAct(
  reader: Reader,
  flow: store.StoredFlow,
  party: string,
  ownOrigin: string,
): Promise<FlowPageAnswer['act']> {
  const { act, savedAt, logIndex, origin, confirmedAt } = flow;
  if (act === null || savedAt === undefined) return null;
  const proof = await findProof(reader, act);
  const keepers = proof === undefined ? [] : parseNote(parseProof(proof).note).signatures.map(({ name }) => name);
  return {
    id: act,
    party,
    savedAt: savedAt.toISOString(),
    entry:
      logIndex === undefined || origin === undefined
        ? null
        : { index: logIndex, path: logPath(origin, ownOrigin, logIndex), at: savedAt.toISOString() },
    confirmed:
      confirmedAt === undefined
        ? null
        : { at: new Date(confirmedAt * 1000).toISOString(), by: keepers.filter((name) => name !== origin) },
  };
}

const logPath = (origin: string, ownOrigin: string, index: number): string =>
  `/log/${origin === ownOrigin ? '' : `of/${encodeURIComponent(origin)}/`}${index}`;

/** What was given, from its body; nothing once that was erased. */
function contentOf(flow: store.StoredFlow): Pick<FlowPageAnswer, 'table' | 'event'> {
  if (!flow.body) return { table: null, event: null };
  const content = parseBody(flow.body);
  const dispatched = readDispatch(content);
  if (dispatched?.content === 'table')
    return { table: { places: dispatched.places, columns: dispatched.columns }, event: null };
  const told = dispatched ?? warningBodySchema.safeParse(content).data;
  if (!told || !('event' in told)) return { table: null, event: null };
  return {
    table: null,
    event: {
      indicator: told.indicator,
      indicatorName: told.indicatorName,
      place: told.place.name,
      cases: told.cases,
      on: told.on,
    },
  };
}

const publicFlows = 200;

function factsIn(opened: OpenedBody | undefined): PublicFlowsAnswer['flows'][number]['facts'] {
  const facts = opened && flowPublished.body.safeParse(parseBody(opened.bytes)).data;
  if (!facts) return null;
  const { content, indicators, level, period, cells } = facts;
  return { content, indicators, level, period, cells };
}

/** Null where the body cannot be read here: only who holds it can tell. */
function isReceiptOf(
  { party, payload }: { readonly party: Did; readonly payload: Payload },
  act: ActId,
  opened: OpenedBody | undefined,
): boolean | null {
  return opened ? payload.summary['received'] === receivedHash(party, act, opened) : null;
}

/** Warnings and dispatches with what answered them, from the logs followed here; nothing but what their leaves say, and what was published. */
export async function readPublicFlows(reader: Reader, ownOrigin: string): Promise<PublicFlowsAnswer> {
  const rows = await store.listPublicFlows(
    reader,
    [dispatch.name, countedDispatch.name, warningVerified.name, receipt.name, refusal.name, flowPublished.name],
    4 * publicFlows,
  );
  const acts = rows.map((row) => ({ ...row, payload: parseAct(row.jws).payload }));
  const given = acts
    .filter(({ type, standing }) => (isDispatch(type) || type === warningVerified.name) && standing === 'accepted')
    .slice(0, publicFlows);
  const instrumentOf = (summary: Readonly<Record<string, unknown>>): SubjectId | null =>
    (summary['instrument'] as SubjectId | null | undefined) ?? null;
  const bodies = await loadOpenedBodies(
    reader,
    given.map(({ id }) => id),
  );
  // The last word of each author on each of its own acts.
  const published = new Map(
    acts
      .filter(({ type, standing }) => type === flowPublished.name && standing === 'accepted')
      .map((each) => [`${each.party} ${String(each.payload.summary['act'])}`, each] as const),
  );
  const publishedBodies = await loadOpenedBodies(
    reader,
    [...published.values()].map(({ id }) => id),
  );
  const directory = await openDirectory(
    reader,
    acts.map(({ party }) => party),
    given.map(({ payload }) => instrumentOf(payload.summary)),
  );
  return {
    flows: given.map(({ id, type, party, payload, log_index, received_at, origin, confirmed_at }) => ({
      act: id,
      kind: isDispatch(type) ? ('dispatch' as const) : ('warning' as const),
      giver: directory.name(party),
      instrument: directory.instrument(instrumentOf(payload.summary)),
      entry: { index: log_index ?? 0, path: logPath(origin, ownOrigin, log_index ?? 0) },
      at: received_at.toISOString(),
      isConfirmed: confirmed_at !== null,
      // Checked by the type’s summary before the act was accepted.
      releaseOn: payload.summary['releaseOn'] as string,
      facts: factsIn(publishedBodies.get(published.get(`${party} ${id}`)?.id ?? id)),
      answers: acts
        .filter(
          (answer) =>
            (answer.type === receipt.name || answer.type === refusal.name) &&
            answer.standing === 'accepted' &&
            answer.payload.summary['act'] === id,
        )
        .map((answer) => ({
          kind: answer.type === receipt.name ? ('receipt' as const) : ('refusal' as const),
          by: directory.name(answer.party),
          matches: answer.type === receipt.name ? isReceiptOf(answer, id, bodies.get(id)) : null,
        })),
    })),
  };
}

/**
 * What arrives. The leaf alone decides whether anything may pass between the two parties now, so that what may not is never asked for; the
 * body, once it is here with its proof, is decided on like the giver decided, at our own heads, for each indicator and purpose. What is
 * taken in gets a receipt, what is not a refusal. Anybody's warning enters triage; an agreement only says what it may be used for.
 *
 * Everything here runs while acts are taken in, for the node; rows of a party are written as that party (store.ts, asParty).
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { byNode, declare } from '../acts/declare.ts';
import { findProof } from '../acts/proof.ts';
import { parseSummary, type Admission, type ReceivedAct, type Receiver, type Watcher } from '../acts/protocol.ts';
import { retryHeld } from '../acts/receive.ts';
import { findAct, findBody, findParty, lockTakingIn } from '../acts/store.ts';
import { parseBody } from '../acts/body.ts';
import { partiesOf } from '../agreement/instrument.ts';
import { findStandingInstrument, loadCommunityAnswers, type StandingInstrument } from '../agreement/standing.ts';
import type { Content } from '../agreement/document.ts';
import type { Work } from '../house.ts';
import type { ActId, Did, PartyId, SubjectId } from '../ids.ts';
import { isPlainDate, startOf, type Period, type PeriodKind, type PlainDate } from '../period.ts';
import { isSmall } from '@reciproca/disclosure/withhold';
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
  type SignalBody,
  type Table,
  type WarningBody,
} from './act-types.ts';
import {
  because,
  decideToTakeIn,
  standingRefusal,
  summarise,
  type FlowDecision,
  type FlowRefusal,
} from './decision.ts';
import { parseStoredPeriod } from './ledger.ts';
import { writeDown } from './letting-out.ts';
import { tellCommunities } from './notices.ts';
import { publishedFacts } from './publication.ts';
import { receivedHash } from './receipt-proof.ts';
import * as store from './store.ts';

interface Party {
  readonly id: PartyId;
  readonly did: Did;
}

const dispatchReceiver: Receiver = { admit: admitDispatch, bodyArrived: takeDispatch, confirmed: takeConfirmed };

export const exchangeReceivers: Readonly<Record<string, Receiver>> = {
  [dispatch.name]: dispatchReceiver,
  [countedDispatch.name]: dispatchReceiver,
  [warningVerified.name]: { bodyArrived: takeWarning },
  [receipt.name]: { admit: admitAnswer, accepted: noteReceipt },
  [refusal.name]: { admit: admitAnswer, accepted: noteRefusal, bodyArrived: noteReason },
  [flowPublished.name]: { admit: admitPublished, bodyArrived: takePublished },
};

/** An instrument has come further: what waited for it is judged again. */
export const watchInstrument: Watcher = async (work, instrument) => {
  for (const subject of await store.takeHeldFlows(work.tx, instrument)) await retryHeld(work, subject);
};

async function admitDispatch(work: Work, act: ReceivedAct): Promise<Admission> {
  const { tx } = work;
  const { party, under } = act.payload;
  if (!under || parseSummary(dispatch, act.payload).instrument !== under.instrument)
    return { refuse: 'instrument-differs' };
  const author = await findParty(tx.db, party);
  const hold = async (reason: string): Promise<Admission> => {
    await store.holdFlow(tx, act.id, under.instrument);
    return { hold: reason };
  };
  const instrument = await findStandingInstrument(tx.db, work.house.journal.protocol, under.instrument);
  if (!instrument || instrument.headN < under.n) return hold('terms-behind');
  if (!partiesOf(instrument.state).includes(party)) return { refuse: 'not-a-party' };
  // Decided when it was declared; a receiver on this node decides when the body is given to it.
  if (author?.is_hosted) return 'admit';
  // Frozen may end as soon as something arrives: nothing is taken in meanwhile, and nothing is lost.
  if (instrument.isFrozen) return hold('subject-frozen');
  const receivers = await listHosted(
    work,
    partiesOf(instrument.state).filter((each) => each !== party),
  );
  const reasons = receivers.map((receiver) => standingRefusal(instrument, party, receiver.did, tx.now));
  const [reason] = reasons;
  if (!reason || reasons.includes(undefined)) return 'admit';
  for (const receiver of receivers)
    await refuseFlow(work, act, receiver, { content: null, decisions: [], instrument: instrument.id }, reason);
  return { refuse: reason.reason };
}

const listHostedParties = ({ tx }: Work): Promise<Party[]> =>
  tx.db.selectFrom('parties').select(['id', 'did']).where('is_hosted', '=', true).orderBy('did').execute();

async function listHosted(work: Work, dids: readonly Did[]): Promise<Party[]> {
  if (dids.length === 0) return [];
  return work.tx.db
    .selectFrom('parties')
    .select(['id', 'did'])
    .where('is_hosted', '=', true)
    .where('did', 'in', [...dids])
    .orderBy('did')
    .execute();
}

/** Our own dispatch to another party of this node is here from the start; it is given when it is confirmed, like to anybody else. */
async function takeConfirmed(work: Work, act: ReceivedAct): Promise<void> {
  const body = await findBody(work.tx.db, act.id);
  const author = await findParty(work.tx.db, act.payload.party);
  if (author?.is_hosted && body?.body) await takeDispatch(work, act, parseBody(body.body));
}

async function takeDispatch(work: Work, act: ReceivedAct, content: unknown): Promise<void> {
  const body = readDispatch(content);
  await restoreOwn(work, act, body);
  if ((await findProof(work.tx.db, act.id)) === undefined) return;
  const { instrument: id } = parseSummary(dispatch, act.payload);
  const instrument = await findStandingInstrument(work.tx.db, work.house.journal.protocol, id);
  if (!instrument) return;
  const others = partiesOf(instrument.state).filter((party) => party !== act.payload.party);
  const [receiver] = await listHosted(work, body ? [body.to] : others);
  await limitReaders(work, act.id, receiver ? [receiver] : []);
  if (!receiver) return;
  if (!body)
    return refuseFlow(work, act, receiver, { content: null, decisions: [], instrument: id }, because('body-malformed'));
  const decision = await decideHere(work, instrument, act.payload.party, receiver, {
    content: body.content,
    level: body.level,
    purposes: body.purposes,
    ...(body.content === 'table' ? await askOfTable(work, act, receiver, body) : { indicators: [body.indicator] }),
  });
  const flow = { content: body.content, decisions: decision.records, instrument: id };
  const fault = faultIn(body, decision);
  if (fault) return refuseFlow(work, act, receiver, flow, fault);
  await asParty(work, receiver, async () => {
    await store.insertFlow(work.tx, receiver.id, { ...acceptedFlow(act, decision, body), instrument: id });
    if (body.content === 'table') await store.insertReceivedCounts(work.tx, receiver.id, countsOf(act, body));
    else await store.insertReceivedWarning(work.tx, receiver.id, warningOf(act, body, true, 'signal'));
  });
  await acknowledge(work, act, receiver);
  await tellOfArrival(work, act, receiver, id, decision, body);
}

const asParty = <T>(work: Work, party: Party, run: () => Promise<T>): Promise<T> =>
  store.asParty(work.tx, party.id, run);

interface Asked {
  readonly content: Content;
  readonly level: number;
  readonly purposes: readonly string[];
  readonly indicators: readonly string[];
  readonly periodKind?: PeriodKind;
  /** Legal time of this table, and of the version before it of each indicator. */
  readonly at?: Date;
  readonly previousAt?: ReadonlyMap<string, Date>;
}

/** How often a table may come is judged by legal times: arrival says more about the line than about the giver. */
async function askOfTable(
  work: Work,
  act: ReceivedAct,
  receiver: Party,
  { columns, level, period }: Table,
): Promise<Omit<Asked, 'content' | 'level' | 'purposes'>> {
  const indicators = columns.map(({ indicator }) => indicator);
  const { kind, label } = period;
  const times = await asParty(work, receiver, () =>
    store.listReceivedTimes(work.tx.db, act.payload.party, indicators, level, parseStoredPeriod(kind, label), act.id),
  );
  const at = await store.findLegalTime(work.tx.db, act.id);
  return { indicators, periodKind: kind, previousAt: times, ...(at && { at }) };
}

async function decideHere(
  { tx }: Work,
  instrument: StandingInstrument,
  from: Did,
  to: Party,
  { content, level, purposes, indicators, periodKind, at, previousAt }: Asked,
): Promise<FlowDecision> {
  const answers = await loadCommunityAnswers(tx.db, from);
  // Terms and standing are asked of now; what lies between two versions, of their legal times.
  const since = (indicator: string): Date | undefined => {
    const previous = previousAt?.get(indicator);
    return previous && at && new Date(tx.now.getTime() - at.getTime() + previous.getTime());
  };
  const requests = indicators.flatMap((indicator) =>
    purposes.map((purpose) => ({
      content,
      from,
      to: to.did,
      indicator,
      level,
      purpose,
      periodKind,
      previousAt: since(indicator),
    })),
  );
  return summarise(requests.map((request) => decideToTakeIn(instrument, request, tx.now, answers)));
}

/** All of it must be permitted for at least one purpose; and no cell may be one that should have been withheld. */
function faultIn(body: Table | SignalBody, decision: FlowDecision): FlowRefusal | undefined {
  if (decision.refusal) return decision.refusal;
  const asked = body.content === 'table' ? body.columns.map(({ indicator }) => indicator) : [body.indicator];
  const refused = decision.records.find(({ request }) => !decision.indicators.includes(request.indicator));
  if (asked.some((indicator) => !decision.indicators.includes(indicator)))
    return refused?.refusal ?? because('indicator-not-agreed');
  const values = body.content === 'table' ? body.columns.flatMap((column) => column.values) : [body.cases];
  return values.some((value) => isSmall(value, decision.minimumCount))
    ? because('minimum-count', decision.article)
    : undefined;
}

function periodOf(body: Table | SignalBody | WarningBody): Period | null {
  return body.period && parseStoredPeriod(body.period.kind, body.period.label);
}

function acceptedFlow(act: ReceivedAct, decision: FlowDecision, body: Table | SignalBody | WarningBody) {
  return {
    id: randomUUID(),
    direction: 'in' as const,
    content: 'content' in body ? body.content : ('warning' as const),
    key: act.id,
    act: act.id,
    counterparts: [act.payload.party],
    article: decision.article,
    purposes: decision.purposes,
    indicators:
      'content' in body && body.content === 'table'
        ? body.columns.map(({ indicator }) => indicator)
        : 'indicator' in body
          ? [body.indicator]
          : [],
    level: body.level,
    period: periodOf(body),
    decisions: decision.records,
    refusal: null,
    releaseOn: releaseOf(act),
  };
}

function releaseOf(act: ReceivedAct): PlainDate | null {
  const { releaseOn } = act.payload.summary as { releaseOn?: unknown };
  return typeof releaseOn === 'string' && isPlainDate(releaseOn) ? releaseOn : null;
}

function countsOf(act: ReceivedAct, body: Table) {
  const period = parseStoredPeriod(body.period.kind, body.period.label);
  return body.columns.flatMap(({ indicator, values, reports }) =>
    body.places.map((place, at) => ({
      giver: act.payload.party,
      act: act.id,
      indicator,
      level: body.level,
      place,
      period,
      value: values[at] ?? null,
      reports: reports[at] ?? null,
      firstDay: startOf(period),
    })),
  );
}

function warningOf(
  act: ReceivedAct,
  body: SignalBody | WarningBody,
  isAgreed: boolean,
  content: 'warning' | 'signal',
): store.ReceivedWarning {
  const { event, indicator, indicatorName, level, place, cases, on } = body;
  const facts = { event, indicator, indicatorName, level, place, cases, on: on as PlainDate, period: periodOf(body) };
  return { act: act.id, giver: act.payload.party, isAgreed, content, ...facts };
}

/** From anybody whose log is followed. Those it names on this node get it; if it names none of them, this node's operator does. */
async function takeWarning(work: Work, act: ReceivedAct, content: unknown): Promise<void> {
  const { tx } = work;
  const giver = act.payload.party;
  const parsed = warningBodySchema.safeParse(content);
  await restoreOwn(work, act, parsed.data);
  const named = parsed.success
    ? await listHosted(
        work,
        parsed.data.to.filter((party) => party !== giver),
      )
    : [];
  const author = await findParty(tx.db, giver);
  const operator = author?.is_hosted
    ? []
    : await tx.db
        .selectFrom('parties')
        .select(['id', 'did'])
        .where('is_hosted', '=', true)
        .where('is_operator', '=', true)
        .execute();
  const receivers = named.length > 0 ? named : operator;
  if (!author?.is_hosted) await limitReaders(work, act.id, receivers);
  for (const receiver of receivers) {
    if (!parsed.success) {
      await refuseFlow(
        work,
        act,
        receiver,
        { content: 'warning', decisions: [], instrument: null },
        because('body-malformed'),
      );
      continue;
    }
    const body = parsed.data;
    const { instrument: id } = parseSummary(warningVerified, act.payload);
    const instrument = id === null ? undefined : await findStandingInstrument(tx.db, work.house.journal.protocol, id);
    const decision = instrument
      ? await decideHere(work, instrument, giver, receiver, {
          content: 'warning',
          level: body.level,
          purposes: body.purposes,
          indicators: [body.indicator],
        })
      : summarise([]);
    // A number that the terms would have withheld is not kept: the warning is.
    const isTooSmall = isSmall(body.cases, decision.minimumCount);
    const refused = isTooSmall ? because('minimum-count', decision.article) : decision.refusal;
    const isAgreed = instrument !== undefined && refused === undefined;
    await asParty(work, receiver, async () => {
      const stored = { ...acceptedFlow(act, decision, body), instrument: instrument?.id ?? null };
      // It is taken in whatever the terms say; that they do not cover it stays written beside it.
      await store.insertFlow(tx, receiver.id, {
        ...stored,
        refusal: isAgreed ? null : (refused ?? because('no-agreement')),
      });
      const told = isTooSmall ? { ...body, cases: 'withheld' as const } : body;
      await store.insertReceivedWarning(tx, receiver.id, warningOf(act, told, isAgreed, 'warning'));
    });
    await acknowledge(work, act, receiver);
    await tellOfArrival(work, act, receiver, instrument?.id ?? null, decision, body);
  }
}

/**
 * A node that was restored to an older state gets its own bodies back from those it gave them to. What it gave is then written down again, so that
 * the next re-identification test knows of it. On a node that lost nothing the flow is already here.
 */
async function restoreOwn(
  work: Work,
  act: ReceivedAct,
  body: Table | SignalBody | WarningBody | undefined,
): Promise<void> {
  const { tx } = work;
  const author = await findParty(tx.db, act.payload.party);
  if (!author?.is_hosted || !body || (await flowOf(work, author, act.id))) return;
  const { under } = act.payload;
  await asParty(work, author, async () => {
    const decision = { ...summarise([]), article: body.article, purposes: body.purposes };
    const counterparts = typeof body.to === 'string' ? [body.to] : body.to;
    const flow = acceptedFlow(act, decision, body);
    await store.insertFlow(tx, author.id, {
      ...flow,
      direction: 'out',
      key: `restored ${act.id}`,
      counterparts,
      instrument: under?.instrument ?? null,
    });
    // Of a warning the minimum is not in the body: the strictest is believed, so that nothing is let out beside it that should not be.
    const minimumCount = 'minimumCount' in body ? body.minimumCount : body.cases === 'withheld' ? strictestMinimum : 1;
    await writeDown(tx, author.id, act.id, body, minimumCount);
  });
}

/** Of those that a term may set (agreement/document.ts). */
const strictestMinimum = 1000;

/** The giver does not say which of our parties a body is for; from here on only those read it. */
async function limitReaders({ tx }: Work, act: ActId, readers: readonly Party[]): Promise<void> {
  const row = await findAct(tx.db, act);
  const author = row && (await findParty(tx.db, row.party));
  const ids = [...readers.map(({ id }) => id), ...(author?.is_hosted ? [author.id] : [])];
  await tx.db.updateTable('act_bodies').set({ readers: ids }).where('act', '=', act).execute();
}

async function acknowledge(work: Work, act: ReceivedAct, receiver: Party): Promise<void> {
  const body = await findBody(work.tx.db, act.id);
  if (!body?.salt || !body.body) return;
  await declare(work, {
    type: receipt,
    party: receiver,
    subject: act.payload.subject,
    summary: { act: act.id, received: receivedHash(receiver.did, act.id, { salt: body.salt, bytes: body.body }) },
    assurance: byNode,
  });
}

interface RefusedFlow {
  readonly content: Content | null;
  readonly decisions: FlowDecision['records'];
  readonly instrument: SubjectId | null;
}

async function refuseFlow(
  work: Work,
  act: ReceivedAct,
  receiver: Party,
  flow: RefusedFlow,
  why: FlowRefusal,
): Promise<void> {
  const { tx } = work;
  const requests = flow.decisions.map(({ request }) => request);
  await asParty(work, receiver, async () => {
    await store.insertFlow(tx, receiver.id, {
      id: randomUUID(),
      direction: 'in',
      key: act.id,
      act: act.id,
      counterparts: [act.payload.party],
      article: why.article,
      purposes: [...new Set(requests.map(({ purpose }) => purpose))],
      indicators: [...new Set(requests.map(({ indicator }) => indicator))],
      level: requests[0]?.level ?? null,
      period: null,
      ...flow,
      refusal: why,
      releaseOn: releaseOf(act),
    });
  });
  await declare(work, {
    type: refusal,
    party: receiver,
    subject: act.payload.subject,
    summary: { act: act.id },
    body: { reason: why.reason, article: why.article },
    audience: [act.payload.party],
    assurance: byNode,
  });
}

/** What a neighbour gives to the party that holds a community's data is part of what came back for it. */
async function tellOfArrival(
  work: Work,
  act: ReceivedAct,
  receiver: Party,
  instrument: SubjectId | null,
  decision: FlowDecision,
  body: Table | SignalBody | WarningBody,
): Promise<void> {
  const { content, indicators, level, period, purposes } = acceptedFlow(act, decision, body);
  await tellCommunities(work, receiver.did, {
    kind: 'came-back',
    giver: act.payload.party,
    receivers: [receiver.did],
    content,
    instrument,
    article: decision.article,
    purposes: [...purposes],
    indicators: [...indicators],
    level,
    period,
    reason: null,
    act: act.id,
  });
}

/** A receipt or refusal: of something known, on its subject, by somebody it was for as far as this node can tell. */
async function admitAnswer(work: Work, act: ReceivedAct): Promise<Admission> {
  const { act: id } = act.payload.summary as { act: ActId };
  const offered = await findAct(work.tx.db, id);
  if (!offered) return { hold: 'act-missing' };
  if (!isDispatch(offered.type) && offered.type !== warningVerified.name) return { refuse: 'nothing-to-answer' };
  if (offered.subject !== act.payload.subject || offered.party === act.payload.party)
    return { refuse: 'not-addressed' };
  const giver = await findParty(work.tx.db, offered.party);
  if (!giver?.is_hosted) return 'admit';
  const flow = await flowOf(work, giver, id);
  // After a restore the body, from which the flow is written down again, may come later than its receipt.
  if (!flow) return { hold: 'flow-missing' };
  return flow.counterparts.includes(act.payload.party) ? 'admit' : { refuse: 'not-addressed' };
}

/** Only its author says what something was about. */
async function admitPublished(work: Work, act: ReceivedAct): Promise<Admission> {
  const offered = await findAct(work.tx.db, parseSummary(flowPublished, act.payload).act);
  if (!offered) return { hold: 'act-missing' };
  const isOwn = offered.party === act.payload.party && offered.subject === act.payload.subject;
  return isOwn ? 'admit' : { refuse: 'not-the-author' };
}

/** Whoever received it compares what everybody reads with what arrived. */
async function takePublished(work: Work, act: ReceivedAct, content: unknown): Promise<void> {
  const { act: id } = parseSummary(flowPublished, act.payload);
  const body = (await findBody(work.tx.db, id))?.body;
  const facts = body && publishedFacts(parseBody(body));
  const isOtherwise = facts !== undefined && !isDeepStrictEqual(facts, flowPublished.body.safeParse(content).data);
  for (const party of await listHostedParties(work)) {
    await asParty(work, party, async () => {
      const flow = await store.findFlowOfAct(work.tx.db, 'in', id);
      if (flow) await store.notePublished(work.tx, flow.id, act.id, isOtherwise);
    });
  }
}

async function flowOf({ tx }: Work, giver: Party, act: ActId): Promise<store.StoredFlow | undefined> {
  return store.asParty(tx, giver.id, () => store.findFlowOfAct(tx.db, 'out', act));
}

async function noteReceipt(work: Work, act: ReceivedAct): Promise<void> {
  const { act: id, received } = parseSummary(receipt, act.payload);
  const body = await findBody(work.tx.db, id);
  const opened = body?.salt && body.body ? { salt: body.salt, bytes: body.body } : undefined;
  await noteAnswer(work, act, {
    kind: 'receipt',
    // Erased meanwhile: nothing is left to compare.
    matches: opened ? receivedHash(act.payload.party, id, opened) === received : null,
    reason: null,
    article: null,
  });
}

async function noteRefusal(work: Work, act: ReceivedAct): Promise<void> {
  await noteAnswer(work, act, { kind: 'refusal', matches: null, reason: null, article: null });
}

/** Why it was refused came with the body. */
async function noteReason(work: Work, act: ReceivedAct, content: unknown): Promise<void> {
  const body = refusal.body.safeParse(content);
  if (body.success) await noteAnswer(work, act, { kind: 'refusal', matches: null, ...body.data });
}

async function noteAnswer(
  work: Work,
  act: ReceivedAct,
  answer: Pick<store.FlowAnswer, 'kind' | 'matches' | 'reason' | 'article'>,
): Promise<void> {
  const { tx } = work;
  const { act: id } = act.payload.summary as { act: ActId };
  const offered = await findAct(tx.db, id);
  const giver = offered && (await findParty(tx.db, offered.party));
  if (!giver?.is_hosted) return;
  const flow = await flowOf(work, giver, id);
  if (!flow) return;
  const isFirst = await store.asParty(tx, giver.id, async () => {
    const known = (await store.listFlowAnswers(tx.db, [flow.id])).some((each) => each.act === act.id);
    await store.saveFlowAnswer(tx, giver.id, { act: act.id, flow: flow.id, receiver: act.payload.party, ...answer });
    return !known;
  });
  if (!isFirst) return;
  await tellCommunities(work, giver.did, {
    kind: answer.kind === 'receipt' ? 'received' : 'not-taken',
    giver: giver.did,
    receivers: [act.payload.party],
    content: flow.content ?? '',
    instrument: flow.instrument,
    article: flow.article,
    purposes: [...flow.purposes],
    indicators: [...flow.indicators],
    level: flow.level,
    period: flow.period,
    reason: null,
    act: id,
  });
}

/** What waits for an instrument longer than the instrument takes to come: tried again by the sweep. */
export async function retryHeldFlows(work: Work): Promise<void> {
  await lockTakingIn(work.tx);
  const rows = await work.tx.db
    .selectFrom('held_flows')
    .innerJoin('acts', 'acts.id', 'held_flows.act')
    .select(['acts.subject'])
    .where('acts.standing', '=', 'held')
    .execute();
  for (const subject of new Set(rows.map((row) => row.subject))) await retryHeld(work, subject);
}

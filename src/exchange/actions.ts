/**
 * What leaves. Each function decides, protects, and declares in one transaction: a flow that is refused leaves its decision behind and nothing else, a
 * flow that is permitted leaves the act, the ledger, and the notice to communities, or none of them.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { isSmall } from '@reciproca/disclosure/withhold';
import { parseBody } from '../acts/body.ts';
import { byNode, bySession, declare } from '../acts/declare.ts';
import { findAct, findParty, getHostedParty } from '../acts/store.ts';
import { entryIntoForce, statusAt, textInForceAt } from '../agreement/entry-into-force.ts';
import type { Content } from '../agreement/document.ts';
import { partiesOf } from '../agreement/instrument.ts';
import { purposes as allPurposes, type Purpose } from '../agreement/purposes.ts';
import {
  findStandingInstrument,
  listStandingInstruments,
  loadCommunityAnswers,
  type StandingInstrument,
} from '../agreement/standing.ts';
import { termsOf } from '../agreement/terms.ts';
import type { Reader } from '../db/database.ts';
import type { Work } from '../house.ts';
import { newSubjectId, type ActId, type Did, type SubjectId } from '../ids.ts';
import { addDays, plainDateAt, type Period, type PlainDate } from '../period.ts';
import { problem } from '../problem.ts';
import type { EventId } from '../surveillance/events/event.ts';
import { requireParty, requirePerson } from '../surveillance/person.ts';
import { recordSignal } from '../surveillance/signals/actions.ts';
import { headline, listEventSignals, readSignals, type SignalReading } from '../surveillance/signals/reading.ts';
import { nameIn } from '../surveillance/signals/reported.ts';
import {
  countedDispatch,
  dispatch,
  flowPublished,
  warningVerified,
  type SignalBody,
  type WarningBody,
} from './act-types.ts';
import { listCountedIndicators, listPlaceAndAbove, readCounts } from './counts.ts';
import { because, decideUnder, summarise, type FlowDecision, type FlowRefusal } from './decision.ts';
import { protectAgainstLedger, writeDown } from './letting-out.ts';
import { tellCommunities } from './notices.ts';
import { publishedFacts } from './publication.ts';
import { noteSignalOf } from './forget.ts';
import * as store from './store.ts';
import { buildTable } from './table.ts';

/** How long the leaf of a warning or dispatch hides what it is about: long enough to respond before others draw conclusions. */
export const sealedDays = 30;

export interface TableOrder {
  readonly instrument: SubjectId;
  readonly article: string;
  /** Position of the term in its article. */
  readonly term: number;
  readonly to: Did;
  readonly period: Period;
}

/** Undefined when nothing leaves: nothing new to say, or refused, with the refusal recorded. */
export async function sendTable(work: Work, order: TableOrder): Promise<ActId | undefined> {
  const { tx } = work;
  const giver = await getHostedParty(tx.db, requireParty(work));
  await store.lockReleases(tx, giver.did);
  const instrument = await getInstrument(work, order.instrument);
  const term = textInForceAt(instrument.state, tx.now).document.articles.find(({ id }) => id === order.article)?.terms[
    order.term
  ];
  if (term?.effect !== 'permit' || term.content !== 'table') return undefined;
  const { to, period } = order;
  const counted = (await listCountedIndicators(tx.db)).filter(
    ({ code, periodKind }) => periodKind === period.kind && (term.indicators?.includes(code) ?? true),
  );
  if (counted.length === 0) return undefined;
  const answers = await loadCommunityAnswers(tx.db, giver.did);
  const level = term.finestLevel;
  const decision = summarise(
    counted.flatMap(({ code }) =>
      term.purposes.map((purpose) =>
        decideUnder(
          instrument,
          { content: 'table', from: giver.did, to, indicator: code, level, purpose, periodKind: period.kind },
          tx.now,
          answers,
        ),
      ),
    ),
  );
  const flow = {
    key: `table ${order.instrument} ${order.article}#${order.term} ${to} ${period.kind} ${period.label}`,
    content: 'table',
    counterparts: [to],
    instrument: order.instrument,
    decision,
    level,
    period,
  } as const;
  if (decision.refusal) return recordRefusal(work, flow, decision.refusal);
  const table = await buildTable(work, { to, period, level }, decision);
  if (!table) return undefined;
  if (table.fault) await recordRefusal(work, flow, because(table.fault, decision.article));
  const { body } = table;
  if (!body) return undefined;

  const releaseOn = addDays(plainDateAt(tx.now, 'UTC'), sealedDays);
  const act = await declare(work, {
    type: countedDispatch,
    party: giver,
    subject: newSubjectId(giver.did),
    under: { instrument: instrument.id, n: instrument.headN },
    summary: { instrument: instrument.id, releaseOn },
    body,
    audience: [to],
    releaseOn,
    assurance: byNode,
  });
  await writeDown(tx, giver.id, act, body, decision.minimumCount);
  const indicators = body.columns.map(({ indicator }) => indicator);
  await recordSent(work, giver.did, { ...flow, indicators, act, releaseOn });
  return act;
}

/** An event as its own office knows it. `id` and whatever is finer than the terms allow stay here. */
export interface EventToShare {
  readonly id: string;
  readonly indicator: string;
  readonly indicatorName: string;
  /** Where, and what that lies in. */
  readonly places: readonly { readonly code: string; readonly name: string; readonly level: number }[];
  readonly period: Period | null;
  readonly cases: number | null;
  /** Verified on; of a signal: raised on. */
  readonly on: PlainDate;
}

/** A person has verified it: one warning under each instrument whose terms permit it, at once. Without such terms nothing leaves. */
export async function sendWarnings(work: Work, event: EventToShare): Promise<readonly ActId[]> {
  const { tx, house } = work;
  const account = requirePerson(work);
  const giver = await getHostedParty(tx.db, requireParty(work));
  await store.lockReleases(tx, giver.did);
  const answers = await loadCommunityAnswers(tx.db, giver.did);
  const sent: ActId[] = [];
  for (const instrument of await listStandingInstruments(tx.db, house.journal.protocol, giver.did)) {
    const key = `warning ${event.id} ${instrument.id}`;
    if (!hasTermsFor(instrument, 'warning', tx.now) || (await store.hasFlow(tx.db, 'out', key))) continue;
    const others = partiesOf(instrument.state).filter((party) => party !== giver.did);
    const decideFor = (receivers: readonly Did[], places: EventToShare['places']) =>
      receivers.map((to) => ({
        to,
        ...decideOnEvent(instrument, 'warning', giver.did, to, { ...event, places }, tx.now, answers),
      }));
    const decided = decideFor(others, event.places);
    const to = decided.filter(({ place }) => place !== undefined).map((each) => each.to);
    // One act for all of them: as fine as every one of them may have it, for the purposes that every one of them may use it for.
    const level = Math.min(...decided.map(({ place }) => place?.level ?? Number.POSITIVE_INFINITY));
    const common = decideFor(
      to,
      event.places.filter((each) => each.level <= level),
    );
    const decision = summarise((to.length > 0 ? common : decided).flatMap((each) => each.decision.records));
    const purposes = decision.purposes.filter((purpose) =>
      common.every((each) => each.decision.purposes.includes(purpose)),
    );
    const place = event.places.find((each) => each.level === level);
    const flow = {
      key,
      content: 'warning',
      instrument: instrument.id,
      decision: { ...decision, purposes },
      level: place?.level ?? null,
      period: event.period,
      indicators: [event.indicator],
    } as const;
    if (!place || purposes.length === 0) {
      const refusal = decision.refusal ?? because('purpose-not-agreed', decision.article);
      await recordRefusal(work, { ...flow, counterparts: others }, refusal);
      continue;
    }
    const subject = newSubjectId(giver.did);
    const releaseOn = addDays(plainDateAt(tx.now, 'UTC'), sealedDays);
    const body: WarningBody = {
      to,
      article: decision.article,
      ...(await factsOf(work, event, place, purposes, decision.minimumCount)),
    };
    const act = await declare(work, {
      type: warningVerified,
      party: giver,
      subject,
      under: { instrument: instrument.id, n: instrument.headN },
      summary: { instrument: instrument.id, releaseOn },
      body,
      audience: to,
      releaseOn,
      assurance: bySession(house, account, subject),
    });
    await writeDown(tx, giver.id, act, body, decision.minimumCount);
    await recordSent(work, giver.did, { ...flow, counterparts: to, act, releaseOn });
    sent.push(act);
  }
  return sent;
}

/** Told by surveillance when a person opens an event (events/actions.ts, OnVerified). */
export async function warnOfEvent(work: Work, id: EventId): Promise<void> {
  for (const signal of await listEventSignals(work.tx.db, id)) {
    const event = await toShare(work, signal, plainDateAt(work.tx.now, 'UTC'));
    if (event) await sendWarnings(work, event);
  }
}

/** Undefined: without an indicator or a place no term can cover it. */
async function toShare(work: Work, signal: SignalReading, on: PlainDate): Promise<EventToShare | undefined> {
  if (!signal.indicator || !signal.place) return undefined;
  const { code } = signal.place;
  const places = await listPlaceAndAbove(work.tx.db, signal.place.id);
  const alarm = headline(signal);
  // The number of a facility is not that of the area in which it lies.
  const isArea = places.some((each) => each.code === code);
  return {
    id: signal.id,
    indicator: signal.indicator.code,
    indicatorName: nameIn('en', signal.indicator.names, signal.indicator.code),
    places,
    period: alarm?.period ?? null,
    cases: isArea && alarm && Number.isInteger(alarm.observed) ? alarm.observed : null,
    on,
  };
}

/** Nobody has verified it: it leaves only to receivers that a term gives content `signal`, as a dispatch, and waits for confirmation like every dispatch. */
export async function sendSignal(work: Work, signal: EventToShare): Promise<readonly ActId[]> {
  const { tx, house } = work;
  const giver = await getHostedParty(tx.db, requireParty(work));
  await store.lockReleases(tx, giver.did);
  const answers = await loadCommunityAnswers(tx.db, giver.did);
  const sent: ActId[] = [];
  for (const instrument of await listStandingInstruments(tx.db, house.journal.protocol, giver.did)) {
    if (!hasTermsFor(instrument, 'signal', tx.now)) continue;
    for (const to of partiesOf(instrument.state).filter((party) => party !== giver.did)) {
      const key = `signal ${signal.id} ${instrument.id} ${to}`;
      if (await store.hasFlow(tx.db, 'out', key)) continue;
      const { decision, place } = decideOnEvent(instrument, 'signal', giver.did, to, signal, tx.now, answers);
      const flow = {
        key,
        content: 'signal',
        counterparts: [to],
        instrument: instrument.id,
        decision,
        level: place?.level ?? null,
        period: signal.period,
        indicators: [signal.indicator],
      } as const;
      if (decision.refusal || !place || decision.article === null) {
        await recordRefusal(work, flow, decision.refusal ?? because('level-not-agreed', decision.article));
        continue;
      }
      const releaseOn = addDays(plainDateAt(tx.now, 'UTC'), sealedDays);
      const body: SignalBody = {
        content: 'signal',
        to,
        article: decision.article,
        ...(await factsOf(work, signal, place, decision.purposes, decision.minimumCount)),
      };
      const act = await declare(work, {
        type: dispatch,
        party: giver,
        subject: newSubjectId(giver.did),
        under: { instrument: instrument.id, n: instrument.headN },
        summary: { instrument: instrument.id, releaseOn },
        body,
        audience: [to],
        releaseOn,
        assurance: byNode,
      });
      await writeDown(tx, giver.id, act, body, decision.minimumCount);
      await recordSent(work, giver.did, { ...flow, act, releaseOn });
      sent.push(act);
    }
  }
  return sent;
}

/** How many alarms one round looks at; what is left is looked at by the next. */
const signalsPerRound = 200;

/** Alarms that stand unverified, where some agreement in force has a term for them; without one they are not even looked at. */
export async function sendDueSignals(work: Work): Promise<void> {
  const { tx, house } = work;
  const giver = await getHostedParty(tx.db, requireParty(work));
  const instruments = await listStandingInstruments(tx.db, house.journal.protocol, giver.did);
  const since = instruments
    .filter(({ state }) => statusAt(state, tx.now) === 'in-force')
    .filter((instrument) => hasTermsFor(instrument, 'signal', tx.now))
    .flatMap(({ state }) => entryIntoForce(state) ?? []);
  if (since.length === 0) return;
  const raisedFrom = new Date(Math.min(...since.map((at) => at.getTime())));
  for (const signal of await readSignals(tx.db, {
    statuses: ['new', 'to-verify', 'monitoring'],
    raisedFrom,
    limit: signalsPerRound,
  })) {
    const event =
      signal.source === 'detector' ? await toShare(work, signal, plainDateAt(signal.raisedAt, 'UTC')) : undefined;
    if (event) await sendSignal(work, event);
  }
}

/** The number of cases is that of the place which is named, not of the smaller one where they were found; and none that would tell a small one. */
async function factsOf(
  { tx }: Work,
  event: EventToShare,
  place: EventToShare['places'][number],
  purposes: readonly Purpose[],
  minimumCount: number,
) {
  const { period } = event;
  const cases = await casesToTell(tx.db, event, place, minimumCount);
  return {
    purposes: [...purposes],
    event: randomBytes(16).toString('base64url'),
    indicator: event.indicator,
    indicatorName: event.indicatorName,
    level: place.level,
    place: { code: place.code, name: place.name },
    period: period && { kind: period.kind, label: period.label },
    cases,
    on: event.on,
  };
}

async function casesToTell(
  reader: Reader,
  { indicator, places, period, cases }: EventToShare,
  { code, level }: EventToShare['places'][number],
  minimumCount: number,
): Promise<number | null | 'withheld'> {
  const counted = period && (await countAt(reader, indicator, code, level, period));
  const isOwnPlace = places.every((each) => each.level <= level);
  const told = counted ?? (isOwnPlace ? cases : null);
  if (told === null || !period) return isSmall(told, minimumCount) ? 'withheld' : told;
  const column = { recipient: null, indicator, level, period, minimumCount, cells: { [code]: told } };
  const [released] = await protectAgainstLedger(reader, [column]);
  return released === undefined || released === 'barred' ? null : (released.cells[code] ?? null);
}

async function countAt(reader: Reader, indicator: string, place: string, level: number, period: Period) {
  const { places, columns } = await readCounts(reader, [indicator], level, period);
  return columns[0]?.values[places.findIndex(({ code }) => code === place)] ?? null;
}

const hasTermsFor = (instrument: StandingInstrument, content: Content, at: Date): boolean =>
  termsOf(instrument.state, at).some(({ term }) => term.content === content);

/** At the finest level of the event's places that the terms permit, else the refusal at the event's own. */
function decideOnEvent(
  instrument: StandingInstrument,
  content: Content,
  from: Did,
  to: Did,
  { indicator, places }: EventToShare,
  at: Date,
  answers: Awaited<ReturnType<typeof loadCommunityAnswers>>,
): { readonly decision: FlowDecision; readonly place: EventToShare['places'][number] | undefined } {
  const stated = new Set(
    termsOf(instrument.state, at)
      .filter(({ term }) => term.content === content)
      .flatMap(({ term }) => term.purposes),
  );
  const decideAt = (level: number): FlowDecision =>
    summarise(
      allPurposes
        .filter((purpose) => stated.has(purpose))
        .map((purpose) => decideUnder(instrument, { content, from, to, indicator, level, purpose }, at, answers)),
    );
  const finestFirst = places.toSorted((a, b) => b.level - a.level);
  for (const place of finestFirst) {
    const decision = decideAt(place.level);
    if (!decision.refusal) return { decision, place };
  }
  return { decision: decideAt(finestFirst[0]?.level ?? 0), place: undefined };
}

async function getInstrument(work: Work, id: SubjectId): Promise<StandingInstrument> {
  const instrument = await findStandingInstrument(work.tx.db, work.house.journal.protocol, id);
  if (!instrument) throw problem.notFound({ what: 'agreement' });
  return instrument;
}

interface FlowFacts {
  readonly key: string;
  readonly content: Content;
  readonly counterparts: readonly Did[];
  readonly instrument: SubjectId;
  readonly decision: FlowDecision;
  readonly indicators?: readonly string[];
  readonly level: number | null;
  readonly period: Period | null;
}

async function recordRefusal(work: Work, flow: FlowFacts, refusal: FlowRefusal): Promise<undefined> {
  const { tx } = work;
  const { decision, key } = flow;
  const isNew = await store.insertFlow(tx, requireParty(work), {
    ...storedFacts(flow),
    key: `${key} refused ${refusal.reason}`,
    act: null,
    purposes: [...new Set(decision.records.map(({ request }) => request.purpose))],
    indicators: [...new Set(decision.records.map(({ request }) => request.indicator))],
    article: refusal.article,
    refusal,
    releaseOn: null,
  });
  if (isNew)
    await tx.audit('exchange.refused', { content: flow.content, instrument: flow.instrument, reason: refusal.reason });
  return undefined;
}

async function recordSent(
  work: Work,
  giver: Did,
  flow: FlowFacts & { readonly act: ActId; readonly releaseOn: PlainDate },
): Promise<void> {
  const { tx } = work;
  const { decision, act, releaseOn } = flow;
  const stored = {
    ...storedFacts(flow),
    act,
    purposes: decision.purposes,
    indicators: flow.indicators ?? decision.indicators,
    article: decision.article,
    refusal: null,
    releaseOn,
  };
  // A table is sent again when it has changed; a warning or signal has one act.
  await store.insertFlow(tx, requireParty(work), {
    ...stored,
    key: flow.content === 'table' ? `${flow.key} ${act}` : flow.key,
  });
  await tx.audit('exchange.sent', { act, content: flow.content, instrument: flow.instrument });
  await tellCommunities(work, giver, {
    kind: 'left',
    giver,
    receivers: [...flow.counterparts],
    content: flow.content,
    instrument: flow.instrument,
    article: decision.article,
    purposes: [...stored.purposes],
    indicators: [...stored.indicators],
    level: flow.level,
    period: flow.period,
    reason: null,
    act,
  });
}

function storedFacts({ content, counterparts, instrument, decision, level, period }: FlowFacts) {
  return {
    id: randomUUID(),
    direction: 'out',
    content,
    counterparts,
    instrument,
    decisions: decision.records,
    level,
    period,
  } as const;
}

/** Says what each flow that has reached its release date was about (act-types.ts, flowPublished). */
export async function releaseDue(work: Work): Promise<readonly ActId[]> {
  const { tx } = work;
  const giver = await getHostedParty(tx.db, requireParty(work));
  const released: ActId[] = [];
  for (const flow of await store.listDueReleases(tx.db, plainDateAt(tx.now, 'UTC'))) {
    const act = flow.act === null ? undefined : await findAct(tx.db, flow.act);
    const facts = flow.body && publishedFacts(parseBody(flow.body));
    if (!act || flow.releaseOn === null || !facts) continue;
    const published = await declare(work, {
      type: flowPublished,
      party: giver,
      subject: act.subject,
      summary: { act: act.id, on: flow.releaseOn },
      body: facts,
      assurance: byNode,
    });
    await store.notePublished(tx, flow.id, published);
    released.push(act.id);
  }
  return released;
}

/** A named person takes a received warning up, as a signal of the own office, or sets it aside. */
export async function triageWarning(work: Work, act: ActId, triage: 'taken-up' | 'set-aside'): Promise<void> {
  const { tx } = work;
  const by = requirePerson(work);
  const warning = (await store.listReceivedWarnings(tx.db, 10_000)).find((each) => each.act === act);
  if (!warning) throw problem.notFound({ what: 'warning' });
  if (!(await store.triageWarning(tx, act, by, triage)))
    throw problem.stepNotAllowed({ step: triage, status: warning.triage ?? 'new' });
  await tx.audit('exchange.warning-triaged', { act, triage });
  if (triage === 'set-aside') return;
  const giver = (await findParty(tx.db, warning.giver))?.name ?? warning.giver;
  const cases = typeof warning.cases === 'number' ? ` (${warning.cases})` : '';
  const summary = `${giver}: ${warning.indicatorName} – ${warning.place.name}${warning.period ? `, ${warning.period.label}` : ''}${cases}`;
  const signal = await recordSignal(work, { summary, indicatorId: undefined, placeId: undefined });
  await noteSignalOf(tx, act, signal);
}

/**
 * What crossed borders, as far as the public record tells: each dispatch and warning, under which instrument, confirmed when, published or
 * sealed until when, answered by whom; and whether the terms in force at its legal time permitted it, by the same function as both sides used.
 */
import { parseProof } from '@reciproca/tlog/proof';
import { verifyInclusion } from '@reciproca/tlog/merkle';
import type { Hash } from '@reciproca/tlog/hash';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { openConfirmed, timeIn, type KeeperKeys } from '../acts/legal-time.ts';
import { communityAnswer } from '../agreement/act-types.ts';
import { entryIntoForce, isBoundAt, statusAt } from '../agreement/entry-into-force.ts';
import { instrumentProcedure, partiesOf, type InstrumentState } from '../agreement/instrument.ts';
import type { Purpose } from '../agreement/purposes.ts';
import { decide, termsOf, type FlowRequest } from '../agreement/terms.ts';
import {
  flowPublished,
  isDispatch,
  readDispatch,
  receipt,
  refusal,
  warningBodySchema,
  warningVerified,
  type Table,
} from '../exchange/act-types.ts';
import { receivedHash, type OpenedBody } from '../exchange/receipt-proof.ts';
import { release } from '../acts/spine-types.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import type { AuditedSubject, Sighting } from './order.ts';
import type { AuditedLog, AuditedParty } from './keys.ts';
import type { QuestionBook } from './questions.ts';

export interface FlowAct {
  readonly id: ActId;
  readonly kind: 'dispatch' | 'warning';
  readonly party: Did;
  readonly origin: string;
  readonly index: number;
  readonly leaf: Hash;
  readonly instrument: SubjectId | undefined;
  /** The instrument's number that its author had. */
  readonly n: number | undefined;
  readonly subject: SubjectId;
  readonly commitment: string;
  readonly releaseOn: string;
  readonly seenAtMs: number | undefined;
}

export interface FlowAnswer {
  readonly kind: 'receipt' | 'refusal';
  readonly act: ActId;
  readonly party: Did;
  readonly subject: SubjectId;
  readonly received: string | undefined;
}

/** What a node serves of a flow beside its leaf: the proof with the copy-keepers that its instrument asks for, and the body once published. */
export interface FlowProof {
  readonly proof: string;
  /** Its checkpoint is a state of the log, by the leaves read. */
  readonly isOfThisLog: boolean;
}
export type FlowBody =
  | { readonly state: 'given'; readonly value: unknown; readonly opened: OpenedBody }
  /** Its author has said what it was about, and not what it said. */
  | { readonly state: 'described'; readonly value: unknown }
  | { readonly state: 'erased' | 'missing' | 'sealed' };

export type FlowTerms =
  | { readonly state: 'permitted'; readonly article: string }
  | { readonly state: 'refused'; readonly article: string | undefined; readonly reason: string }
  | { readonly state: 'sealed' | 'erased' | 'missing' | 'outside' | 'unknown' };

export interface JudgedFlow extends FlowAct {
  /** Legal time, Unix seconds. */
  readonly confirmedAtS: number | undefined;
  readonly inForce: 'yes' | 'no' | 'unknown';
  readonly terms: FlowTerms;
  readonly isReleased: boolean;
  readonly receivers: readonly Did[];
  readonly answers: readonly FlowAnswer[];
}

const dayMs = 86_400_000;
/** A warning leaves before its proof; after this long without one it is asked about. */
export const proofDueMs = dayMs;
/** Delivery follows confirmation at once; weekends and power cuts happen. */
export const receiptDueMs = 3 * dayMs;
export const releaseDueMs = 3 * dayMs;
/** Periods of a schedule that may pass in silence. */
const silentPeriods = 3;
const periodMs = { day: dayMs, week: 7 * dayMs, month: 31 * dayMs } as const;
/** As far as copy-keepers' clocks may differ from each other. */
const skewMs = 60_000;
/** So long after a number has its legal time, whoever gives knows of it. */
const knownWithinS = 86_400;

export interface Description {
  readonly id: ActId;
  readonly party: Did;
  readonly commitment: string;
}

export interface Flows {
  take(act: Omit<FlowAct, 'kind' | 'instrument' | 'n' | 'releaseOn'> & TakenAct): void;
  readonly acts: ReadonlyMap<ActId, FlowAct>;
  isReleased(act: ActId): boolean;
  /** The act by which its author says what it was about. */
  findDescription(act: ActId): Description | undefined;
  /** Before anything is judged: a proof of one flow also shows by when others existed. */
  confirm(flow: FlowAct, proof: FlowProof): void;
  judge(flow: FlowAct, body: FlowBody): JudgedFlow;
  /** Agreed for every day, week or month, and nothing since. */
  askAboutSilence(judged: readonly JudgedFlow[], nowMs: number): void;
}

interface TakenAct {
  readonly type: string;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly under: { readonly instrument: SubjectId; readonly n: number } | undefined;
}

interface Surroundings {
  readonly subjects: ReadonlyMap<SubjectId, AuditedSubject>;
  /** As it stood once number n had counted. */
  stateAt(subject: SubjectId, n: number): unknown;
  readonly keysOf: KeeperKeys;
  readonly nowS: number;
  readonly logs: ReadonlyMap<string, AuditedLog>;
  readonly parties: ReadonlyMap<Did, AuditedParty>;
  readonly questions: QuestionBook;
  isRead(party: Did): boolean;
  readonly sighted: Sighting;
  /** By when copy-keepers held this entry, Unix seconds: the earliest time that any checkpoint quoted in the logs shows. */
  existedBy(origin: string, index: number): number | undefined;
}

export function openFlows({
  subjects,
  stateAt,
  keysOf,
  nowS,
  logs,
  parties,
  questions,
  isRead,
  sighted,
  existedBy,
}: Surroundings): Flows {
  const acts = new Map<ActId, FlowAct>();
  const releases = new Map<ActId, Did>();
  const descriptions = new Map<string, Description>();
  /** Legal time of the latest version, by what a table counts and for whom. */
  const versions = new Map<string, Date>();
  const answers = new Map<ActId, FlowAnswer[]>();
  /** Unix seconds. */
  const confirmations = new Map<ActId, number | 'invalid'>();
  /** Purposes that a community has agreed to at some time. When, its act does not say, so auditors give its author the benefit. */
  const agreed = new Map<Did, Set<Purpose>>();

  const stateOf = (id: SubjectId | undefined): InstrumentState | undefined => {
    const subject = id === undefined ? undefined : subjects.get(id);
    return subject?.procedure?.kind === instrumentProcedure.kind
      ? (subject.state as InstrumentState | undefined)
      : undefined;
  };

  const isWhole = (id: SubjectId | undefined): boolean => id !== undefined && subjects.get(id)?.stopped === undefined;

  const findDescription = (id: ActId): Description | undefined => descriptions.get(`${acts.get(id)?.party} ${id}`);
  const isReleased = (id: ActId): boolean =>
    findDescription(id) !== undefined || (releases.get(id) !== undefined && releases.get(id) === acts.get(id)?.party);

  const communityAnswersFor = (giver: Did): ReadonlyMap<Purpose, 'agreed'> => {
    const { country } = parties.get(giver) ?? { country: null };
    const of = [...agreed].filter(([party]) => country !== null && parties.get(party)?.country === country);
    return new Map(of.flatMap(([, purposes]) => [...purposes].map((purpose) => [purpose, 'agreed'] as const)));
  };

  const timeOf = (flow: FlowAct, { proof, isOfThisLog }: FlowProof): number | 'invalid' | undefined => {
    const log = logs.get(flow.origin);
    const state = stateOf(flow.instrument);
    if (!log || !state) return undefined;
    const { keepers, k } = instrumentProcedure.copyKeepers(state);
    const orOfText: KeeperKeys = (operator) =>
      keysOf(operator) ?? new Set(keepers.filter((each) => each.operator === operator).map(({ vkey }) => vkey));
    try {
      const { index, path, note } = parseProof(proof);
      const opened = openConfirmed(note, log, keepers);
      if (!opened || index !== flow.index || !isOfThisLog) return 'invalid';
      verifyInclusion(flow.leaf, index, opened, path);
      const time = timeIn(opened, k, orOfText, nowS);
      if (!time || 'wait' in time) return undefined;
      sighted(flow.origin, opened.size, time.unixSeconds);
      return time.unixSeconds;
    } catch (error) {
      if (error instanceof TlogError) return 'invalid';
      throw error;
    }
  };

  const ask = (
    flow: FlowAct,
    kind: Parameters<QuestionBook['add']>[0]['kind'],
    more: Partial<Parameters<QuestionBook['add']>[0]> = {},
  ): void =>
    questions.add({
      kind,
      origin: flow.origin,
      parties: [flow.party],
      acts: [flow.id],
      subject: flow.instrument,
      ...more,
    });

  /**
   * The instrument as the author must have had it: number n, by which it says that it acted, or what had its legal time a day before, if that is
   * later. Nobody may act by an old number for ever.
   */
  const authorsState = (flow: FlowAct, id: SubjectId, atS: number): InstrumentState | undefined => {
    const { times, headN } = subjects.get(id) ?? { times: new Map<number, number>(), headN: 0 };
    const known = [...times].filter(([, time]) => time <= atS - knownWithinS).map(([n]) => n);
    // The fold of this procedure made it.
    return stateAt(id, Math.max(Math.min(flow.n ?? headN, headN), ...known)) as InstrumentState | undefined;
  };

  const judgeForce = (
    flow: FlowAct,
    state: InstrumentState,
    authors: InstrumentState | undefined,
    at: Date,
  ): JudgedFlow['inForce'] => {
    if (!authors || !isInForce(authors, flow.party, at)) {
      ask(flow, 'flow-not-in-force', { details: { status: authors ? statusAt(authors, at) : 'negotiation' } });
      return 'no';
    }
    if (isInForce(state, flow.party, at)) return 'yes';
    // A withdrawal that had no number yet when it sent may have crossed it on the way.
    ask(flow, 'flow-after-withdrawal', { parties: partiesOf(state), details: { n: flow.n ?? 0 } });
    return 'no';
  };

  const judgeTerms = (
    flow: FlowAct,
    state: InstrumentState,
    at: Date,
    { requests, article, smallest, minimumCount, period }: ReadFlow,
  ): FlowTerms => {
    const circumstances = { isFrozen: false, communityAnswers: communityAnswersFor(flow.party) };
    let permitting = article;
    for (const asked of requests) {
      const previous =
        period === undefined
          ? undefined
          : versions.get(`${flow.party} ${asked.to} ${asked.indicator} ${asked.level} ${period}`);
      const request = { ...asked, previousAt: previous };
      let decision = decide(state, request, { ...circumstances, at });
      if (!decision.permit)
        decision = decide(state, request, { ...circumstances, at: new Date(at.getTime() + skewMs) });
      if (!decision.permit) {
        const { reason } = decision.refusal;
        const named = 'article' in decision.refusal ? decision.refusal.article : undefined;
        ask(flow, reason === 'level-not-agreed' ? 'flow-too-fine' : 'flow-not-permitted', {
          details: { reason, article: named ?? '' },
        });
        return { state: 'refused', reason, article: named };
      }
      permitting ??= decision.article;
      const { indicator } = request;
      if ((smallest.get(indicator) ?? Infinity) < Math.max(minimumCount, decision.minimumCount))
        ask(flow, 'flow-withheld-too-little', { key: indicator, details: { indicator } });
    }
    for (const { to, indicator, level } of period === undefined ? [] : requests)
      versions.set(`${flow.party} ${to} ${indicator} ${level} ${period}`, at);
    return { state: 'permitted', article: permitting ?? '' };
  };

  return {
    acts,
    isReleased,
    findDescription,
    take({ type, summary, under, ...act }) {
      if (isDispatch(type) || type === warningVerified.name) {
        const { instrument, releaseOn } = warningVerified.summary.parse(summary);
        acts.set(act.id, {
          ...act,
          kind: isDispatch(type) ? 'dispatch' : 'warning',
          instrument: instrument ?? undefined,
          n: under?.n,
          releaseOn,
        });
      } else if (type === flowPublished.name) {
        const { party, id, commitment } = act;
        descriptions.set(`${party} ${flowPublished.summary.parse(summary).act}`, { party, id, commitment });
      } else if (type === release.name) releases.set(release.summary.parse(summary).act, act.party);
      else if (type === receipt.name || type === refusal.name) {
        // The first version of a receipt repeated what stands in the public leaf: it proves nothing, and answers nothing.
        const about = (type === receipt.name ? receipt : refusal).summary.parse(summary).act;
        const received = type === receipt.name ? receipt.summary.parse(summary).received : undefined;
        const list = answers.get(about) ?? [];
        const { id, party, subject } = act;
        if (list.length < 250)
          answers.set(about, [
            ...list,
            { kind: type === receipt.name ? 'receipt' : 'refusal', act: id, party, subject, received },
          ]);
      } else if (type === communityAnswer.name) {
        const { purpose, answer } = communityAnswer.summary.parse(summary);
        if (answer === 'agreed') agreed.set(act.party, new Set([...(agreed.get(act.party) ?? []), purpose]));
      }
    },

    confirm(flow, proof) {
      const time = timeOf(flow, proof);
      if (time !== undefined) confirmations.set(flow.id, time);
    },

    judge(flow, given) {
      const state = stateOf(flow.instrument);
      const isReleasedNow = isReleased(flow.id);
      const body = readBody(flow, given);
      const addressed = body?.to ?? (state ? partiesOf(state).filter((party) => party !== flow.party) : []);
      // A stranger may log a receipt for anything. Outside agreements it is not known who was addressed.
      const replies = (answers.get(flow.id) ?? []).filter(
        ({ party, subject }) =>
          subject === flow.subject && (addressed.length > 0 ? addressed.includes(party) : party !== flow.party),
      );
      const confirmed = confirmations.get(flow.id);
      const confirmedAtS = confirmed === 'invalid' ? undefined : confirmed;
      const unjudged: JudgedFlow = {
        ...flow,
        confirmedAtS,
        inForce: 'unknown',
        terms: {
          state:
            flow.instrument === undefined
              ? 'outside'
              : given.state === 'given' || given.state === 'described'
                ? 'unknown'
                : given.state,
        },
        isReleased: isReleasedNow,
        answers: replies,
        receivers: body?.to ?? [],
      };
      if (isReleasedNow && given.state === 'missing') ask(flow, 'body-missing');
      if (given.state === 'erased') ask(flow, 'flow-erased');
      if (!isReleasedNow)
        ask(flow, 'release-overdue', {
          opensAtMs: Date.parse(flow.releaseOn) + releaseDueMs,
          details: { releaseOn: flow.releaseOn },
        });
      for (const { act, received, party } of given.state === 'given' ? replies : [])
        if (
          received !== undefined &&
          given.state === 'given' &&
          received !== receivedHash(party, flow.id, given.opened)
        )
          ask(flow, 'receipt-differs', { acts: [act, flow.id], parties: [party, flow.party] });
      if (!state) return unjudged;

      if (confirmed === 'invalid') ask(flow, 'proof-not-valid');
      const existedByMs = Math.min(flow.seenAtMs ?? Infinity, (existedBy(flow.origin, flow.index) ?? Infinity) * 1000);
      // Where nothing says since when it has existed, nothing says that there is still time.
      if (confirmed === undefined)
        ask(flow, 'proof-missing', existedByMs < Infinity ? { opensAtMs: existedByMs + proofDueMs } : {});
      if (confirmedAtS === undefined) return unjudged;

      // Its author chooses when to ask for a proof: what anybody's checkpoint shows to have existed before was sent before.
      const atS = Math.min(confirmedAtS, existedBy(flow.origin, flow.index) ?? Infinity);
      const at = new Date(atS * 1000);
      if (flow.kind === 'dispatch' && replies.length === 0 && addressed.every(isRead))
        ask(flow, 'receipt-missing', { parties: [...addressed, flow.party], opensAtMs: at.getTime() + receiptDueMs });
      // The order of the instrument is not known to its end: what was in force cannot be said.
      if (!isWhole(flow.instrument)) return unjudged;
      const authors = flow.instrument && authorsState(flow, flow.instrument, atS);
      const inForce = judgeForce(flow, state, authors, at);
      if (!body) return { ...unjudged, inForce };
      const terms: FlowTerms =
        inForce === 'yes' && authors
          ? judgeTerms(flow, authors, at, body)
          : { state: 'refused', reason: 'not-in-force', article: undefined };
      return { ...unjudged, inForce, terms };
    },

    askAboutSilence(judged, nowMs) {
      for (const [id, subject] of subjects) {
        const state = stateOf(id);
        const at = new Date(nowMs);
        const inForceFrom = state && entryIntoForce(state);
        if (!state || !inForceFrom || statusAt(state, at) !== 'in-force' || subject.stopped !== undefined) continue;
        for (const party of partiesOf(state)) {
          if (!isRead(party) || !isBoundAt(state, party, at)) continue;
          const rhythms = termsOf(state, at).flatMap(({ term }) =>
            term.effect === 'permit' &&
            term.content === 'table' &&
            term.every !== null &&
            (term.from ?? party) === party
              ? [periodMs[term.every]]
              : [],
          );
          if (rhythms.length === 0) continue;
          const sent = judged.filter(
            (flow) => flow.instrument === id && flow.party === party && flow.kind === 'dispatch',
          );
          const last = sent.reduce<JudgedFlow | undefined>(
            (a, b) => ((a?.confirmedAtS ?? 0) > (b.confirmedAtS ?? 0) ? a : b),
            undefined,
          );
          const sinceMs = Math.max(inForceFrom.getTime(), (last?.confirmedAtS ?? 0) * 1000);
          const rest = last?.id ?? subject.headAct;
          const opensAtMs = sinceMs + silentPeriods * Math.min(...rhythms);
          if (rest !== null)
            questions.add({
              kind: 'schedule-silent',
              origin: parties.get(party)?.origin ?? '',
              parties: [party],
              acts: [rest],
              key: party,
              subject: id,
              opensAtMs,
            });
        }
      }
    },
  };
}

function isInForce(state: InstrumentState, party: Did, at: Date): boolean {
  const soon = new Date(at.getTime() + skewMs);
  return [at, soon].some((instant) => statusAt(state, instant) === 'in-force' && isBoundAt(state, party, instant));
}

interface ReadFlow {
  readonly to: readonly Did[];
  readonly article: string | null;
  readonly requests: readonly FlowRequest[];
  /** The smallest count above zero that the table shows, by indicator. */
  readonly smallest: ReadonlyMap<string, number>;
  readonly minimumCount: number;
  /** Of a table. */
  readonly period: string | undefined;
}

function readDescription(from: Did, value: unknown): ReadFlow | undefined {
  const facts = flowPublished.body.safeParse(value).data;
  if (!facts) return undefined;
  const { to, article, purposes, indicators, level, period, content } = facts;
  const isTable = content === 'table';
  const requests = to.flatMap((each) =>
    indicators.flatMap((indicator) =>
      purposes.map((purpose) => ({
        content,
        from,
        to: each,
        indicator,
        level,
        purpose,
        periodKind: isTable ? period?.kind : undefined,
      })),
    ),
  );
  const label = isTable && period ? `${period.kind} ${period.label}` : undefined;
  return { to, article, requests, smallest: new Map(), minimumCount: 1, period: label };
}

function readBody(flow: FlowAct, body: FlowBody): ReadFlow | undefined {
  const from = flow.party;
  if (body.state === 'described') return readDescription(from, body.value);
  if (body.state !== 'given') return undefined;
  if (flow.kind === 'warning') {
    const parsed = warningBodySchema.safeParse(body.value);
    if (!parsed.success) return undefined;
    const { to, article, purposes, indicator, level } = parsed.data;
    const requests = to.flatMap((each) =>
      purposes.map((purpose) => ({ content: 'warning' as const, from, to: each, indicator, level, purpose })),
    );
    return { to, article, requests, smallest: new Map(), minimumCount: 1, period: undefined };
  }
  const read = readDispatch(body.value);
  if (!read) return undefined;
  const { to, article, purposes, level, content } = read;
  const table = read.content === 'table' ? read : undefined;
  const periodKind = table?.period.kind;
  const indicators = read.content === 'table' ? read.columns.map(({ indicator }) => indicator) : [read.indicator];
  const requests = indicators.flatMap((indicator) =>
    purposes.map((purpose) => ({ content, from, to, indicator, level, purpose, periodKind })),
  );
  return {
    period: table && `${table.period.kind} ${table.period.label}`,
    to: [to],
    article,
    requests,
    smallest: smallestShown(table?.columns ?? []),
    minimumCount: table?.minimumCount ?? 1,
  };
}

function smallestShown(columns: Table['columns']): Map<string, number> {
  return new Map(
    columns.map(({ indicator, values }) => [
      indicator,
      values.reduce<number>(
        (least, value) => (typeof value === 'number' && value > 0 ? Math.min(least, value) : least),
        Infinity,
      ),
    ]),
  );
}

/**
 * What anybody can find out from public logs alone: acts are folded into keys, chains, orders and flows, and what does not fit becomes an open
 * question. Pure: whoever calls (audit.ts) has read the bytes, checked them against a signed root, and fetched what acts point to.
 * Memory grows with parties, subjects and flows, not with acts.
 */
import { assuranceMethods } from '../acts/payload.ts';
import type { ParsedAct } from '../acts/jws.ts';
import type { Protocol } from '../acts/protocol.ts';
import { hostMove, partyMove, timed } from '../acts/spine-types.ts';
import type { Hash } from '@reciproca/tlog/hash';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { statusAt, boundFrom, boundUntil, entryIntoForce } from '../agreement/entry-into-force.ts';
import { currentText, instrumentProcedure, partiesOf, type InstrumentState } from '../agreement/instrument.ts';
import { judgeAside, openChains, type ChainLink } from './chains.ts';
import { openFlows, type Description, type FlowAct, type FlowBody, type FlowProof, type JudgedFlow } from './flows.ts';
import { openKeys, type AuditedLog, type AuditedParty, type Marks } from './keys.ts';
import { openOrder, type OrderedAct, type Sighting } from './order.ts';
import { openQuestionBook, type NewQuestion, type Question } from './questions.ts';

export interface Place {
  readonly origin: string;
  readonly index: number;
}

export interface TakenLeaf extends Place {
  readonly leaf: Hash;
  readonly act: ParsedAct;
  readonly body: OrderedAct['body'];
  readonly quoted: readonly boolean[];
  readonly seenAtMs: number | undefined;
}

export interface AuditedInstrument {
  readonly id: SubjectId;
  readonly host: Did;
  readonly title: string;
  readonly status: ReturnType<typeof statusAt>;
  readonly inForceFrom: Date | undefined;
  readonly n: number;
  readonly stopped: string | undefined;
  /** Keys of the copy-keepers that its text names. */
  readonly keepers: readonly string[];
  readonly parties: readonly {
    readonly did: Did;
    readonly boundFrom: Date | undefined;
    readonly boundUntil: Date | undefined;
  }[];
}

export interface Audit {
  readonly logs: ReadonlyMap<string, AuditedLog>;
  readonly parties: ReadonlyMap<Did, AuditedParty>;
  readonly flows: ReadonlyMap<ActId, FlowAct>;
  readonly acts: number;
  ask(question: NewQuestion): void;
  expectedKey(act: ParsedAct, place: Place): string | undefined;
  /** A leaf that holds no act of the one accepted form. */
  takeUnreadable(place: Place): void;
  takeUnsigned(act: ParsedAct, place: Place, reason: 'key-not-valid' | 'signature-invalid' | 'moved-away'): void;
  isAfterMove(act: ParsedAct, place: Place): boolean;
  /** Set when an act had been taken before a move was read that says that it is nobody's: read everything again with these. */
  readonly marksToReadAgain: Marks | undefined;
  readonly unreadKeepers: ReadonlySet<Did>;
  /** An act whose signature holds. */
  take(leaf: TakenLeaf): void;
  listAside(): readonly ChainLink[];
  /** Every log has been read to its end. `chains`: all acts of the chains set aside. */
  /** Answers whose logs would have to be read for the rest to be judged. */
  finish(chains: Iterable<ChainLink>): readonly Did[];
  isReleased(act: ActId): boolean;
  findDescription(act: ActId): Description | undefined;
  confirmFlow(flow: FlowAct, proof: FlowProof): void;
  judgeFlow(flow: FlowAct, body: FlowBody): JudgedFlow;
  askAboutSilence(judged: readonly JudgedFlow[]): void;
  listInstruments(): readonly AuditedInstrument[];
  listQuestions(): readonly Question[];
}

/** Checkpoints that an act quotes, in the order in which `quoted` answers for them. */
export function quotedCheckpoints({ payload }: ParsedAct): readonly string[] {
  if (payload.type === timed.name) {
    const summary = timed.summary.safeParse(payload.summary);
    return summary.success ? [summary.data.checkpoint] : [];
  }
  if (payload.type !== hostMove.name) return [];
  const summary = hostMove.summary.safeParse(payload.summary);
  return summary.success ? [summary.data.first, summary.data.silent] : [];
}

export function openAudit(protocol: Protocol, nowMs: number, marks?: Marks): Audit {
  const questions = openQuestionBook();
  const keys = openKeys(marks);
  const chains = openChains();
  const sightings = new Map<string, { readonly size: number; readonly unixSeconds: number }[]>();
  const sighted: Sighting = (origin, size, unixSeconds) => {
    const list = sightings.get(origin) ?? [];
    sightings.set(origin, list);
    list.push({ size, unixSeconds });
  };
  const existedBy = (origin: string, index: number): number | undefined => {
    const times = (sightings.get(origin) ?? [])
      .filter(({ size }) => size > index)
      .map(({ unixSeconds }) => unixSeconds);
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
  };
  const order = openOrder(protocol, {
    logs: keys.logs,
    questions,
    sighted,
    keysOf: keys.keeperKeysOf,
    originOf: (party) => keys.parties.get(party)?.origin,
    nowS: Math.floor(nowMs / 1000),
  });
  const isRead = (party: Did): boolean => keys.logs.has(keys.parties.get(party)?.origin ?? '');
  const flows = openFlows({
    subjects: order.subjects,
    stateAt: order.stateAt,
    keysOf: keys.keeperKeysOf,
    nowS: Math.floor(nowMs / 1000),
    logs: keys.logs,
    parties: keys.parties,
    questions,
    isRead,
    sighted,
    existedBy,
  });
  /** Parties that came from a log nobody read. Their acts cannot be judged here. */
  const strangers = new Set<Did>();
  let acts = 0;

  const faultOf = ({ payload }: ParsedAct): string | undefined => {
    const type = protocol.findType(payload.type);
    if (!type) return undefined;
    if (!type.summary.safeParse(payload.summary).success) return 'summary-malformed';
    if (assuranceMethods.indexOf(payload.assurance.method) < assuranceMethods.indexOf(type.assurance))
      return 'assurance-too-low';
    return type.admission === 'terms' && !payload.under ? 'under-missing' : undefined;
  };

  return {
    logs: keys.logs,
    parties: keys.parties,
    flows: flows.acts,
    get acts() {
      return acts;
    },
    ask: (question) => questions.add(question),
    isAfterMove: ({ payload }, { origin, index }) => keys.isAfterMove(payload.party, origin, index),
    get marksToReadAgain() {
      return keys.hasTakenBehindMark ? keys.marks : undefined;
    },
    unreadKeepers: order.unreadKeepers,
    expectedKey: (act, { origin, index }) => keys.expectedKey(act, origin, index),
    takeUnreadable: ({ origin, index }) =>
      questions.add({
        kind: 'entry-unreadable',
        origin,
        parties: operatorsOf(keys.logs, origin),
        acts: [],
        key: `${origin} ${index}`,
        details: { index },
      }),
    takeUnsigned(act, { origin, index }, reason) {
      acts += 1;
      const { party, type } = act.payload;
      if (reason === 'moved-away') {
        order.disown(act.id);
        return questions.add({
          kind: 'signed-after-move',
          origin,
          parties: [...operatorsOf(keys.logs, origin), party],
          acts: [act.id],
          subject: act.payload.subject,
          details: { index },
        });
      }
      if (reason === 'key-not-valid' && !keys.parties.has(party) && (type === partyMove.name || strangers.has(party)))
        return void strangers.add(party);
      // Anybody can write a leaf that names somebody else: it is the operator of the log who is asked.
      questions.add({
        kind: 'signature-not-valid',
        origin,
        parties: operatorsOf(keys.logs, origin),
        acts: [act.id],
        key: `${origin} ${index}`,
        details: { index, reason },
      });
    },
    take({ act, origin, index, leaf, body, quoted, seenAtMs }) {
      acts += 1;
      const { payload, id } = act;
      const { party, subject, type, summary, prev } = payload;
      chains.take({ id, party, subject, prev, origin, index });
      const fault = faultOf(act);
      if (fault !== undefined)
        return questions.add({
          kind: 'act-malformed',
          origin,
          parties: [party],
          acts: [id],
          subject,
          details: { reason: fault },
        });
      const doubted = keys.take(act, origin, index);
      if (doubted.length > 0)
        questions.add({
          kind: 'key-revoked-later',
          origin,
          parties: [party],
          acts: [id, ...doubted],
          subject,
          details: { count: doubted.length },
        });
      if (!protocol.findType(type))
        return questions.add({
          kind: 'type-unknown',
          origin,
          parties: [party],
          acts: [id],
          subject,
          details: { type },
        });
      order.take({
        id,
        type,
        party,
        subject,
        summary,
        assurance: payload.assurance.method,
        origin,
        index,
        body,
        quoted,
      });
      flows.take({
        id,
        type,
        party,
        summary,
        under: payload.under,
        origin,
        index,
        leaf,
        subject,
        commitment: payload.commitment,
        seenAtMs,
      });
    },
    listAside: () => chains.listAside(),
    finish(links) {
      const { missing, contradicting } = judgeAside(chains.listAside(), links);
      for (const { id, party, subject, origin } of missing)
        questions.add({ kind: 'predecessor-missing', origin, parties: [party], acts: [id], subject });
      for (const { link, rival } of contradicting)
        questions.add({
          kind: 'equivocation',
          origin: link.origin,
          parties: [link.party],
          acts: [link.id, rival],
          subject: link.subject,
        });
      if (chains.overflow > 0)
        questions.add({
          kind: 'too-many',
          origin: '',
          parties: [],
          acts: [],
          key: 'chains',
          details: { kind: 'predecessor-missing', count: chains.overflow },
        });
      const outOfChain = new Set(chains.listAside().map(({ id }) => id));
      return [...strangers, ...order.finish(isRead, outOfChain).map(({ party }) => party)];
    },
    isReleased: (act) => flows.isReleased(act),
    findDescription: (act) => flows.findDescription(act),
    confirmFlow: (flow, proof) => flows.confirm(flow, proof),
    judgeFlow: (flow, body) => flows.judge(flow, body),
    askAboutSilence: (judged) => flows.askAboutSilence(judged, nowMs),
    listInstruments() {
      const at = new Date(nowMs);
      return [...order.subjects.values()].flatMap(({ id, host, procedure, state, headN, stopped }) => {
        if (procedure?.kind !== instrumentProcedure.kind || state === undefined) return [];
        // The fold of this procedure made it.
        const instrument = state as InstrumentState;
        return [
          {
            id,
            host,
            title: currentText(instrument).document.title,
            status: statusAt(instrument, at),
            inForceFrom: entryIntoForce(instrument),
            n: headN,
            stopped,
            keepers: instrumentProcedure.copyKeepers(instrument).keepers.map(({ vkey }) => vkey),
            parties: partiesOf(instrument).map((did) => ({
              did,
              boundFrom: boundFrom(instrument, did),
              boundUntil: boundUntil(instrument, did),
            })),
          },
        ];
      });
    },
    listQuestions: () => questions.list(),
  };
}

function operatorsOf(logs: ReadonlyMap<string, AuditedLog>, origin: string): readonly Did[] {
  const log = logs.get(origin);
  return log ? [log.operator] : [];
}

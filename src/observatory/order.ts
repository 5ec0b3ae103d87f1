/**
 * Sequenced subjects, refolded from the logs alone: what each host numbered, refused and timed, recomputed with the procedure of the subject.
 * Logs may be read in any order; an entry of the host waits until the act it counts has been read. The answer does not depend on that order.
 */
import { silenceSeconds } from '../acts/host-move.ts';
import { isInOrder, openConfirmed, timeIn, type CopyKeepers, type KeeperKeys } from '../acts/legal-time.ts';
import {
  applyStep,
  opensForAnother,
  reasonAgainst,
  type AnyProcedure,
  type FoldAct,
  type Protocol,
} from '../acts/protocol.ts';
import { hostMove, refused, sequenced, timed } from '../acts/spine-types.ts';
import { firstHostOf, type ActId, type Did, type SubjectId } from '../ids.ts';
import type { AuditedLog } from './keys.ts';
import type { QuestionBook } from './questions.ts';

export interface OrderedAct {
  readonly id: ActId;
  readonly type: string;
  readonly party: Did;
  readonly subject: SubjectId;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly assurance: FoldAct['assurance'];
  readonly origin: string;
  readonly index: number;
  /** What the fold reads of the public body: `missing` when there should be one and it was not given. */
  readonly body: { readonly state: 'given'; readonly value: unknown } | { readonly state: 'none' | 'missing' };
  /** Of each checkpoint the act quotes, in the order of its summary: is it a state of the log named in it, by the leaves read? */
  readonly quoted: readonly boolean[];
}

export interface AuditedSubject {
  readonly id: SubjectId;
  procedure: AnyProcedure | undefined;
  host: Did;
  /** Hosts that have been replaced. What they logged before they knew is no question. */
  readonly pastHosts: Set<Did>;
  headN: number;
  headAct: ActId | null;
  state: unknown;
  /** Why folding stopped before the host's last entry. */
  stopped: string | undefined;
  /** Without a number so far. */
  readonly acts: Map<ActId, OrderedAct>;
  /** Refused by the host before they were read: with the state in which the host refused them. */
  readonly refusals: Map<ActId, Refusal>;
  /** Rightly refused by the host. */
  readonly refused: Map<ActId, Refusal & { readonly act: OrderedAct }>;
  readonly steps: Map<number, CountedStep>;
  /** Legal times, by number. */
  readonly times: Map<number, number>;
  /** Not yet applied, by author, in the order of the author's log. */
  readonly entries: Map<Did, OrderedAct[]>;
  readonly moves: OrderedAct[];
}

interface Refusal {
  readonly entry: OrderedAct;
  /** After this number, in this state. */
  readonly n: number;
  readonly state: unknown;
}

export interface CountedStep {
  readonly act: ActId;
  /** Undefined: signed by nobody who could, so that the number stands and changes nothing. */
  readonly counted: OrderedAct | undefined;
  /** The entry that gave the number. */
  readonly by: Did;
  readonly origin: string;
  readonly index: number;
  /** The state from this number on, without the times given later. */
  readonly after: unknown;
}

export interface Order {
  readonly subjects: ReadonlyMap<SubjectId, AuditedSubject>;
  take(act: OrderedAct): void;
  /** Somebody went on signing in the name of a party that had moved away: nobody stated this. */
  disown(act: ActId): void;
  /** As it stood once number n had counted, with the legal times of the numbers up to it. */
  stateAt(subject: SubjectId, n: number): unknown;
  /** All logs have been read: what still waits is a question, or is said to lie in a log that was not read. `outOfChain`: acts without their predecessor. */
  finish(isRead: (party: Did) => boolean, outOfChain: ReadonlySet<ActId>): readonly Unjudged[];
  /** Copy-keepers that gave times, and whose own logs were not read: their keys are taken from the text. */
  readonly unreadKeepers: ReadonlySet<Did>;
}

/** Cannot be judged, because a log that it depends on was not read. */
export interface Unjudged {
  readonly subject: SubjectId;
  readonly party: Did;
}

const entryTypes: readonly string[] = [sequenced.name, refused.name, timed.name];
/** An act waits for its number with its whole text. */
const keptWaiting = 10_000;

/** Copy-keepers held this log's first `size` entries by this time. */
export type Sighting = (origin: string, size: number, unixSeconds: number) => void;

interface Surroundings {
  readonly logs: ReadonlyMap<string, AuditedLog>;
  readonly questions: QuestionBook;
  readonly sighted: Sighting;
  /** By entry 0 of the logs read. */
  readonly keysOf: KeeperKeys;
  /** Origin of the log in which this party lives. */
  originOf(party: Did): string | undefined;
  readonly nowS: number;
}

export function openOrder(
  protocol: Protocol,
  { logs, questions, sighted, keysOf, originOf, nowS }: Surroundings,
): Order {
  const subjects = new Map<SubjectId, AuditedSubject>();
  const disowned = new Set<ActId>();
  const unreadKeepers = new Set<Did>();
  let waiting = 0;

  const subjectOf = (id: SubjectId): AuditedSubject => {
    const known = subjects.get(id);
    if (known) return known;
    const subject: AuditedSubject = {
      id,
      procedure: undefined,
      host: firstHostOf(id),
      pastHosts: new Set(),
      headN: 0,
      headAct: null,
      state: undefined,
      stopped: undefined,
      acts: new Map(),
      refusals: new Map(),
      refused: new Map(),
      steps: new Map(),
      times: new Map(),
      entries: new Map(),
      moves: [],
    };
    subjects.set(id, subject);
    return subject;
  };

  const foldActOf = ({ id, type, party, summary, assurance, body }: OrderedAct): FoldAct => ({
    id,
    type,
    party,
    summary,
    assurance,
    publicBody: body.state === 'given' ? body.value : undefined,
  });

  const checkRefusal = (subject: AuditedSubject, procedure: AnyProcedure, refusal: Refusal, act: OrderedAct): void => {
    if (act.body.state === 'missing') return;
    const { entry, state } = refusal;
    if (reasonAgainst(procedure, state, foldActOf(act), keysOf) !== undefined) {
      subject.refused.set(act.id, { ...refusal, act });
      if (subject.acts.delete(act.id)) waiting -= 1;
      return;
    }
    const { reason } = refused.summary.parse(entry.summary);
    questions.add({
      kind: 'refusal-differs',
      origin: entry.origin,
      parties: [entry.party],
      acts: [entry.id, act.id],
      subject: subject.id,
      details: { reason },
    });
  };

  const stop = (subject: AuditedSubject, reason: string): false => {
    subject.stopped = reason;
    return false;
  };

  /** True when the entry has been dealt with, false when it must wait. */
  const applyEntry = (subject: AuditedSubject, entry: OrderedAct): boolean => {
    const { procedure } = subject;
    if (!procedure) return false;
    const ask = (
      kind: 'numbering' | 'admission-differs' | 'body-missing',
      acts: readonly ActId[],
      details = {},
    ): void =>
      questions.add({ kind, origin: entry.origin, parties: [entry.party], acts, subject: subject.id, details });

    if (entry.type === sequenced.name) {
      const { n, act: id, prevHead } = sequenced.summary.parse(entry.summary);
      if (n !== subject.headN + 1 || prevHead !== subject.headAct) {
        ask('numbering', [entry.id], { n, expected: subject.headN + 1 });
        // A number given twice leaves the order as it was; a gap leaves it unknown.
        return n <= subject.headN || stop(subject, 'numbering');
      }
      const act = subject.acts.get(id);
      if (!act && disowned.has(id)) return count(subject, entry, n, id, undefined, subject.state);
      if (!act) return false;
      if (act.body.state === 'missing') {
        ask('body-missing', [id]);
        return stop(subject, 'body-missing');
      }
      const foldAct = foldActOf(act);
      const reason = reasonAgainst(procedure, subject.state, foldAct, keysOf);
      if (reason !== undefined) {
        ask('admission-differs', [entry.id, id], { reason, n });
        return stop(subject, 'admission-differs');
      }
      subject.acts.delete(id);
      waiting -= 1;
      return count(subject, entry, n, id, act, applyStep(procedure, subject.state, { kind: 'act', n, act: foldAct }));
    }

    if (entry.type === refused.name) {
      const { act: id } = refused.summary.parse(entry.summary);
      const act = subject.acts.get(id);
      const refusal = { entry, n: subject.headN, state: subject.state };
      if (act) checkRefusal(subject, procedure, refusal, act);
      else subject.refusals.set(id, refusal);
      return true;
    }

    return applyTime(subject, procedure, entry);
  };

  const count = (
    subject: AuditedSubject,
    entry: OrderedAct,
    n: number,
    id: ActId,
    counted: OrderedAct | undefined,
    state: unknown,
  ): true => {
    subject.state = state;
    subject.headN = n;
    subject.headAct = id;
    const { party: by, origin, index } = entry;
    subject.steps.set(n, { act: id, counted, by, origin, index, after: state });
    return true;
  };

  /** True when the entry has been dealt with, false when it must wait for its number. */
  const applyTime = (subject: AuditedSubject, procedure: AnyProcedure, entry: OrderedAct): boolean => {
    const { n, checkpoint } = timed.summary.parse(entry.summary);
    const step = subject.steps.get(n);
    if (!step || subject.state === undefined) return false;
    if (subject.times.has(n)) return true;
    const keepers = procedure.copyKeepers(subject.state);
    const unixSeconds = entry.quoted[0] === true ? timeOf(keepers, checkpoint, step) : undefined;
    if (unixSeconds === undefined || !isInOrder(subject.times, n, unixSeconds)) {
      questions.add({
        kind: 'time-not-proven',
        origin: entry.origin,
        parties: [entry.party],
        acts: [entry.id, step.act],
        subject: subject.id,
        details: { n },
      });
      return true;
    }
    subject.times.set(n, unixSeconds);
    subject.state = applyStep(procedure, subject.state, { kind: 'timed', n, unixSeconds });
    return true;
  };

  /** The k-th smallest time at which this checkpoint says that the leaf at this place was held by copy-keepers. */
  const timeOf = (
    { keepers, k }: CopyKeepers,
    note: string,
    place: { readonly origin: string; readonly index: number },
  ): number | undefined => {
    const log = logs.get(place.origin);
    const opened = log && openConfirmed(note, log, keepers);
    if (!opened || opened.size <= place.index) return undefined;
    // Where the keeper's own log was not read, its key is the one in the text; that is said.
    const orOfText: KeeperKeys = (operator) =>
      keysOf(operator) ?? new Set(keepers.filter((each) => each.operator === operator).map(({ vkey }) => vkey));
    for (const { keeper } of opened.confirmations)
      if (keysOf(keeper.operator) === undefined) unreadKeepers.add(keeper.operator);
    const time = timeIn(opened, k, orOfText, nowS);
    if (!time || 'wait' in time) return undefined;
    sighted(place.origin, opened.size, time.unixSeconds);
    return time.unixSeconds;
  };

  /** A time is the copy-keepers' word: whoever gave a number may publish it after being replaced. */
  const timeOfPastHost = (subject: AuditedSubject, procedure: AnyProcedure, entry: OrderedAct): void => {
    if (entry.type !== timed.name) return;
    const { n } = timed.summary.parse(entry.summary);
    if (subject.steps.get(n)?.by === entry.party) applyTime(subject, procedure, entry);
  };

  const stateAfter = (subject: AuditedSubject, n: number): unknown => {
    const { procedure, times } = subject;
    const state = subject.steps.get(n)?.after;
    if (!procedure || state === undefined) return undefined;
    return [...times]
      .filter(([number]) => number <= n)
      .reduce<unknown>((folded, [number, unixSeconds]) => procedure.timed(folded, number, unixSeconds), state);
  };

  const advance = (subject: AuditedSubject): void => {
    const entries = subject.entries.get(subject.host);
    while (subject.stopped === undefined && entries?.[0] && applyEntry(subject, entries[0])) entries.shift();
  };

  /** After seven proven days of silence, the other party, or a majority of the participants besides the host in equal words (acts/host-move.ts). */
  const moveHost = (subject: AuditedSubject, outOfChain: ReadonlySet<ActId>): boolean => {
    const { procedure, state } = subject;
    if (!procedure || state === undefined) return false;
    const others = procedure.participants(state).filter((party) => party !== subject.host);
    const valid = subject.moves.filter((move) => isProvenSilence(subject, procedure, move, outOfChain));
    for (const move of valid) {
      const words = hostMove.summary.parse(move.summary);
      const supporters = new Set(
        valid
          .filter((other) => {
            const { n, head, to } = hostMove.summary.parse(other.summary);
            return n === words.n && head === words.head && to === words.to && others.includes(other.party);
          })
          .map(({ party }) => party),
      );
      if (!others.includes(words.to) || supporters.size * 2 <= others.length) continue;
      takeBack(subject, words.n);
      subject.pastHosts.add(subject.host);
      subject.host = words.to;
      subject.moves.splice(0);
      subject.stopped = undefined;
      return true;
    }
    return false;
  };

  /** What the old host counted or refused beyond this number waits again. */
  const takeBack = (subject: AuditedSubject, n: number): void => {
    for (const [number, { counted }] of subject.steps) {
      if (number <= n) continue;
      subject.steps.delete(number);
      subject.times.delete(number);
      if (counted) subject.acts.set(counted.id, counted);
    }
    for (const [id, { act, n: after }] of subject.refused)
      if (after >= n) {
        subject.refused.delete(id);
        subject.acts.set(id, act);
      }
    subject.headN = n;
    subject.headAct = subject.steps.get(n)?.act ?? null;
    subject.state = stateAfter(subject, n);
  };

  const isProvenSilence = (
    subject: AuditedSubject,
    procedure: AnyProcedure,
    move: OrderedAct,
    outOfChain: ReadonlySet<ActId>,
  ): boolean => {
    const { n, head, waiting: id, first, silent } = hostMove.summary.parse(move.summary);
    const origin = originOf(subject.host);
    const size = Number(silent.split('\n')[1]);
    const state = stateAfter(subject, n);
    if (origin === undefined || state === undefined || !move.quoted.every(Boolean) || outOfChain.has(id)) return false;
    const isBefore = (place: { readonly origin: string; readonly index: number }): boolean =>
      place.origin !== origin || place.index < size;
    const decided = [...subject.steps.values()].find((step) => step.act === id);
    const refusal = subject.refused.get(id);
    const act = subject.acts.get(id) ?? decided?.counted ?? refusal?.act;
    if (!act || (decided && isBefore(decided)) || (refusal && isBefore(refusal.entry))) return false;
    const last = [...subject.steps]
      .filter(([, step]) => isBefore(step))
      .reduce((a, [number]) => Math.max(a, number), 0);
    if (last !== n || subject.steps.get(n)?.act !== head) return false;
    const { keepers, k } = procedure.copyKeepers(state);
    const mover = logs.get(move.origin)?.operator;
    const independent = { keepers: keepers.filter(({ operator }) => operator !== mover), k };
    const from = timeOf(independent, first, act);
    const until = timeOf(independent, silent, { origin, index: size - 1 });
    return from !== undefined && until !== undefined && until - from >= silenceSeconds;
  };

  return {
    subjects,
    take(act) {
      const isEntry = entryTypes.includes(act.type);
      const isMove = act.type === hostMove.name;
      if (!isEntry && !isMove && !protocol.findType(act.type)?.sequenced) return;
      if (waiting >= keptWaiting) {
        questions.add({
          kind: 'too-many',
          origin: act.origin,
          parties: [act.party],
          acts: [],
          key: act.origin,
          details: { kind: act.type, count: keptWaiting },
        });
        return;
      }
      const subject = subjectOf(act.subject);
      const opens = protocol.findProcedureOpenedBy(act.type);
      if (opensForAnother(protocol, act)) {
        questions.add({
          kind: 'opened-by-another',
          origin: act.origin,
          parties: [act.party],
          acts: [act.id],
          subject: act.subject,
        });
        return;
      }
      if (opens) subject.procedure ??= opens;
      if (isMove) subject.moves.push(act);
      else if (isEntry) {
        const entries = subject.entries.get(act.party);
        if (entries) entries.push(act);
        else subject.entries.set(act.party, [act]);
      } else {
        subject.acts.set(act.id, act);
        waiting += 1;
        const refusal = subject.refusals.get(act.id);
        if (refusal && subject.procedure) checkRefusal(subject, subject.procedure, refusal, act);
      }
      advance(subject);
    },
    disown: (act) => void disowned.add(act),
    unreadKeepers,
    stateAt(id, n) {
      const subject = subjects.get(id);
      return subject && stateAfter(subject, n);
    },
    finish(isRead, outOfChain) {
      const unjudged: Unjudged[] = [];
      for (const subject of subjects.values()) {
        do advance(subject);
        while (moveHost(subject, outOfChain));
        if (!subject.procedure) {
          unjudged.push({ subject: subject.id, party: firstHostOf(subject.id) });
          continue;
        }
        for (const [party, entries] of subject.entries)
          for (const entry of party === subject.host ? [] : entries)
            if (subject.pastHosts.has(party)) timeOfPastHost(subject, subject.procedure, entry);
            else if (subject.moves.length === 0)
              questions.add({
                kind: 'numbering',
                origin: entry.origin,
                parties: [party],
                acts: [entry.id],
                subject: subject.id,
                details: { n: 0, expected: 0 },
              });
        const [next] = subject.entries.get(subject.host) ?? [];
        if (!next || subject.stopped !== undefined) continue;
        subject.stopped = 'act-missing';
        const missing = partiesOf(subject).filter((party) => !isRead(party));
        if (missing.length > 0) unjudged.push(...missing.map((party) => ({ subject: subject.id, party })));
        else
          questions.add({
            kind: 'act-missing',
            origin: next.origin,
            parties: [next.party],
            acts: [next.id],
            subject: subject.id,
          });
      }
      return unjudged;
    },
  };
}

function partiesOf({ procedure, state }: AuditedSubject): readonly Did[] {
  return procedure && state !== undefined ? procedure.participants(state) : [];
}

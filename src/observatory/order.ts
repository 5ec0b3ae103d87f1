/**
 * Sequenced subjects, refolded from the logs alone: what each host numbered, refused and timed, recomputed with the procedure of the subject.
 * Logs may be read in any order; an entry of the host waits until the act it counts has been read. The answer does not depend on that order.
 */
import { openConfirmed, kthSmallest } from '../acts/legal-time.ts';
import { applyStep, type AnyProcedure, type FoldAct, type Protocol } from '../acts/protocol.ts';
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
  headN: number;
  headAct: ActId | null;
  state: unknown;
  /** Why folding stopped before the host's last entry. */
  stopped: string | undefined;
  /** Without a number so far. */
  readonly acts: Map<ActId, OrderedAct>;
  /** Refused by the host before they were read: with the state in which the host refused them. */
  readonly refusals: Map<ActId, { readonly entry: OrderedAct; readonly state: unknown }>;
  readonly steps: Map<number, { readonly act: ActId; readonly origin: string; readonly index: number }>;
  readonly timed: Set<number>;
  /** Not yet applied, by author, in the order of the author's log. */
  readonly entries: Map<Did, OrderedAct[]>;
  readonly moves: OrderedAct[];
}

export interface Order {
  readonly subjects: ReadonlyMap<SubjectId, AuditedSubject>;
  take(act: OrderedAct): void;
  /** All logs have been read: what still waits is a question, or is said to lie in a log that was not read. */
  finish(isRead: (party: Did) => boolean): readonly Unjudged[];
}

/** Cannot be judged, because a log that it depends on was not read. */
export interface Unjudged {
  readonly subject: SubjectId;
  readonly party: Did;
}

const entryTypes: readonly string[] = [sequenced.name, refused.name, timed.name];
/** An act waits for its number with its whole text. */
const keptWaiting = 10_000;
const silenceSeconds = 7 * 86_400;

/** Copy-keepers held this log's first `size` entries by this time. */
export type Sighting = (origin: string, size: number, unixSeconds: number) => void;

export function openOrder(
  protocol: Protocol,
  logs: ReadonlyMap<string, AuditedLog>,
  questions: QuestionBook,
  sighted: Sighting,
): Order {
  const subjects = new Map<SubjectId, AuditedSubject>();
  let waiting = 0;

  const subjectOf = (id: SubjectId): AuditedSubject => {
    const known = subjects.get(id);
    if (known) return known;
    const subject: AuditedSubject = {
      id,
      procedure: undefined,
      host: firstHostOf(id),
      headN: 0,
      headAct: null,
      state: undefined,
      stopped: undefined,
      acts: new Map(),
      refusals: new Map(),
      steps: new Map(),
      timed: new Set(),
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

  const reasonAgainst = (state: unknown, procedure: AnyProcedure, act: FoldAct): string | undefined => {
    if (state === undefined) return act.type === procedure.opening ? procedure.refusesOpening(act) : 'not-open';
    return act.type === procedure.opening ? 'already-open' : procedure.refuses(state, act);
  };

  const checkRefusal = (
    subject: AuditedSubject,
    procedure: AnyProcedure,
    entry: OrderedAct,
    state: unknown,
    act: OrderedAct,
  ): void => {
    subject.acts.delete(act.id);
    waiting -= 1;
    if (act.body.state === 'missing' || reasonAgainst(state, procedure, foldActOf(act)) !== undefined) return;
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
      kind: 'numbering' | 'admission-differs' | 'time-not-proven' | 'body-missing',
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
      if (!act) return false;
      if (act.body.state === 'missing') {
        ask('body-missing', [id]);
        return stop(subject, 'body-missing');
      }
      const foldAct = foldActOf(act);
      const reason = reasonAgainst(subject.state, procedure, foldAct);
      if (reason !== undefined) {
        ask('admission-differs', [entry.id, id], { reason, n });
        return stop(subject, 'admission-differs');
      }
      subject.state = applyStep(procedure, subject.state, { kind: 'act', n, act: foldAct });
      subject.headN = n;
      subject.headAct = id;
      subject.steps.set(n, { act: id, origin: entry.origin, index: entry.index });
      subject.acts.delete(id);
      waiting -= 1;
      return true;
    }

    if (entry.type === refused.name) {
      const { act: id } = refused.summary.parse(entry.summary);
      const act = subject.acts.get(id);
      if (act) checkRefusal(subject, procedure, entry, subject.state, act);
      else subject.refusals.set(id, { entry, state: subject.state });
      return true;
    }

    const { n, checkpoint } = timed.summary.parse(entry.summary);
    const step = subject.steps.get(n);
    if (!step || subject.state === undefined) return false;
    if (subject.timed.has(n)) return true;
    const unixSeconds = entry.quoted[0] === true ? timeIn(subject, procedure, checkpoint, step) : undefined;
    if (unixSeconds === undefined) {
      ask('time-not-proven', [entry.id, step.act], { n });
      return true;
    }
    subject.timed.add(n);
    subject.state = applyStep(procedure, subject.state, { kind: 'timed', n, unixSeconds });
    return true;
  };

  /** The k-th smallest time at which this checkpoint says that the entry was held by copy-keepers. */
  const timeIn = (
    subject: AuditedSubject,
    procedure: AnyProcedure,
    note: string,
    place: { readonly origin: string; readonly index: number },
  ): number | undefined => {
    const log = logs.get(place.origin);
    const { vkeys, k } = procedure.copyKeepers(subject.state);
    const opened = log && openConfirmed(note, { vkey: log.vkey, cosigner_vkey: log.cosigner }, vkeys);
    const unixSeconds = opened && opened.size > place.index ? kthSmallest(opened.timesS, k) : undefined;
    if (opened && unixSeconds !== undefined) sighted(place.origin, opened.size, unixSeconds);
    return unixSeconds;
  };

  const advance = (subject: AuditedSubject): void => {
    const entries = subject.entries.get(subject.host);
    while (subject.stopped === undefined && entries?.[0] && applyEntry(subject, entries[0])) entries.shift();
  };

  /** After seven proven days of silence, the other party, or a majority of the participants besides the host in equal words (acts/host-move.ts). */
  const moveHost = (subject: AuditedSubject): boolean => {
    const { procedure, state } = subject;
    if (!procedure || state === undefined || (subject.entries.get(subject.host)?.length ?? 0) > 0) return false;
    const others = procedure.participants(state).filter((party) => party !== subject.host);
    const valid = subject.moves.filter((move) => isProvenSilence(subject, procedure, move));
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
      subject.host = words.to;
      subject.moves.splice(0);
      return true;
    }
    return false;
  };

  const isProvenSilence = (subject: AuditedSubject, procedure: AnyProcedure, move: OrderedAct): boolean => {
    const { n, head, waiting: id, first, later } = hostMove.summary.parse(move.summary);
    const act = subject.acts.get(id);
    if (n !== subject.headN || head !== subject.headAct || !act || !move.quoted.every(Boolean)) return false;
    const [from, until] = [first, later].map((note) => timeIn(subject, procedure, note, act));
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
      if (opens && act.party !== firstHostOf(act.subject)) {
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
        if (refusal && subject.procedure) checkRefusal(subject, subject.procedure, refusal.entry, refusal.state, act);
      }
      advance(subject);
    },
    finish(isRead) {
      const unjudged: Unjudged[] = [];
      for (const subject of subjects.values()) {
        do advance(subject);
        while (subject.stopped === undefined && moveHost(subject));
        if (!subject.procedure) {
          unjudged.push({ subject: subject.id, party: firstHostOf(subject.id) });
          continue;
        }
        if (subject.moves.length === 0)
          for (const [party, entries] of subject.entries)
            for (const entry of party === subject.host ? [] : entries)
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

import type { z } from 'zod';
import type { Work } from '../house.ts';
import { firstHostOf, type ActId, type Did, type SubjectId } from '../ids.ts';
import { problem } from '../problem.ts';
import { namesFalseKeeper, type CopyKeeper, type CopyKeepers, type KeeperKeys } from './legal-time.ts';
import type { AssuranceMethod, Payload } from './payload.ts';

/**
 * What a type of act promises. Released types never change: a hash test freezes their schemas, and a new meaning gets a
 * new version beside the old one, which folds go on reading.
 */
export interface ActType {
  readonly name: string;
  /** Counts in the order its subject's host gives it (instruments, texts); else the author's own chain orders it. */
  readonly sequenced: boolean;
  /**
   * open: from any party whose log is followed. subject: the author takes part in the subject. terms: an instrument in force
   * permits it (`under`), decided by the type's receiver.
   */
  readonly admission: 'open' | 'subject' | 'terms';
  /** Takes something away from others (refusal, withdrawal, revocation): binds on receipt, without waiting for order or time. */
  readonly restrictive: boolean;
  readonly assurance: AssuranceMethod;
  /** Closed vocabulary: identifiers, codes, numbers, dates and hashes. A test refuses free text here. */
  readonly summary: z.ZodType;
  readonly body: z.ZodType;
  /** Who may read the body: everybody, those who take part in the subject, or those the author names. */
  readonly audience: 'public' | 'subject' | 'named';
  /** Other nodes get the body only once copy-keepers of the instrument that the act stands under have confirmed it. Without: at once. */
  readonly delivery?: 'confirmed';
}

export function actType<Summary extends z.ZodType, Body extends z.ZodType>(
  definition: ActType & { readonly summary: Summary; readonly body: Body },
): ActType & { readonly summary: Summary; readonly body: Body } {
  return definition;
}

/** An act as a fold sees it. A private body is never here. */
export interface FoldAct {
  readonly id: ActId;
  readonly type: string;
  readonly party: Did;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly publicBody: unknown;
  readonly assurance: AssuranceMethod;
}

export type Step =
  | { readonly kind: 'act'; readonly n: number; readonly act: FoldAct }
  | { readonly kind: 'timed'; readonly n: number; readonly unixSeconds: number };

/**
 * A procedure with steps, states and parties: how the acts on one subject, in their order, become its state. Pure: no clock,
 * no network, no private body. `State` is plain JSON, kept as a projection and recomputed by `replay --check`.
 */
export interface Procedure<State> {
  readonly kind: string;
  /** The type of act that opens a subject of this kind; always number 1. */
  readonly opening: string;
  /** A reason code when this act cannot open a subject. */
  refusesOpening(act: FoldAct): string | undefined;
  open(act: FoldAct): State;
  /** A reason code when the act may not follow this state; undefined when it may. */
  refuses(state: State, act: FoldAct): string | undefined;
  apply(state: State, act: FoldAct, n: number): State;
  timed(state: State, n: number, unixSeconds: number): State;
  participants(state: State): readonly Did[];
  /** Whose confirmations make legal time, and how many it takes. */
  copyKeepers(state: State): CopyKeepers;
  /** Those that this act's text would name, whose keys are compared with what their own logs say. */
  keepersNamedBy(act: FoldAct): readonly CopyKeeper[];
}

/** The state as JSON, for code that carries states of every kind without looking inside. */
export type AnyProcedure = Procedure<unknown>;

export interface ReceivedAct {
  readonly id: ActId;
  readonly payload: Payload;
  readonly logId: number;
  readonly logIndex: number;
}

export type Admission = 'admit' | { readonly hold: string } | { readonly refuse: string };

/** What a slice does with a type beyond the fold. Both run inside the transaction that takes the act in. */
export interface Receiver {
  admit?(work: Work, act: ReceivedAct): Promise<Admission>;
  accepted?(work: Work, act: ReceivedAct): Promise<void>;
  /** The body has arrived (or was here from the start). Runs once. */
  bodyArrived?(work: Work, act: ReceivedAct, body: unknown): Promise<void>;
  /** It was taken in, and its author had moved away before: nobody stated it. What it changed is undone. */
  disowned?(work: Work, act: ReceivedAct): Promise<void>;
  /** Copy-keepers of the instrument that the act stands under have confirmed it, and its proof is here (see proof.ts). */
  confirmed?(work: Work, act: ReceivedAct): Promise<void>;
}

export interface Protocol {
  findType(name: string): ActType | undefined;
  findReceiver(type: string): Receiver | undefined;
  findProcedure(kind: string): AnyProcedure | undefined;
  findProcedureOpenedBy(type: string): AnyProcedure | undefined;
  findWatcher(kind: string): Watcher | undefined;
  forget(work: Work, act: ActId): Promise<void>;
  readonly types: readonly ActType[];
}

/** Told, inside the transaction, of every new state of a subject of its kind. */
export type Watcher = (work: Work, subject: SubjectId, state: unknown) => Promise<void>;

export interface ProtocolPart {
  readonly types: readonly ActType[];
  readonly procedures?: readonly AnyProcedure[];
  readonly receivers?: Readonly<Record<string, Receiver>>;
  /** By the kind of procedure. */
  readonly watchers?: Readonly<Record<string, Watcher>>;
  /** The content of this act has been erased: deletes whatever this slice wrote down from it. */
  readonly forget?: (work: Work, act: ActId) => Promise<void>;
}

export function createProtocol(parts: readonly ProtocolPart[]): Protocol {
  const types = new Map(parts.flatMap((part) => part.types.map((type) => [type.name, type] as const)));
  const procedures = parts.flatMap((part) => part.procedures ?? []);
  const watchers = new Map(parts.flatMap((part) => Object.entries(part.watchers ?? {})));
  const receivers = new Map(parts.flatMap((part) => Object.entries(part.receivers ?? {})));
  return {
    types: [...types.values()],
    findType: (name) => types.get(name),
    findReceiver: (type) => receivers.get(type),
    findWatcher: (kind) => watchers.get(kind),
    async forget(work, act) {
      for (const part of parts) await part.forget?.(work, act);
    },
    findProcedure: (kind) => procedures.find((procedure) => procedure.kind === kind),
    findProcedureOpenedBy: (type) => procedures.find((procedure) => procedure.opening === type),
  };
}

export function parseSummary<Summary extends z.ZodType>(
  type: { readonly name: string; readonly summary: Summary },
  payload: Payload,
): z.infer<Summary> {
  const parsed = type.summary.safeParse(payload.summary);
  if (!parsed.success) throw problem.actMalformed({ reason: `summary of ${type.name}` });
  return parsed.data;
}

/** Why this act may not count next; undefined when it may. Its host, those who take part, newcomers and auditors all ask this. */
export function reasonAgainst<State>(
  procedure: Procedure<State>,
  state: State | null | undefined,
  act: FoldAct,
  keysOf: KeeperKeys,
): string | undefined {
  return foldReason(procedure, state, act) ?? keeperReason(procedure, act, keysOf);
}

function foldReason<State>(procedure: Procedure<State>, state: State | null | undefined, act: FoldAct) {
  if (state === null || state === undefined)
    return act.type === procedure.opening ? procedure.refusesOpening(act) : 'not-open';
  return act.type === procedure.opening ? 'already-open' : procedure.refuses(state, act);
}

/** Whoever drafts could else confirm its own log under somebody's name. */
function keeperReason<State>(procedure: Procedure<State>, act: FoldAct, keysOf: KeeperKeys): string | undefined {
  return namesFalseKeeper(procedure.keepersNamedBy(act), keysOf) ? 'keeper-key-differs' : undefined;
}

/** The name of a subject says who may open it; else whoever is read first would be its host. */
export function opensForAnother(
  protocol: Protocol,
  { type, party, subject }: Pick<Payload, 'type' | 'party' | 'subject'>,
): boolean {
  return protocol.findProcedureOpenedBy(type) !== undefined && firstHostOf(subject) !== party;
}

/** The whole fold: replays and tests use it; the running node applies one step at a time and arrives at the same state. */
export function fold<State>(procedure: Procedure<State>, steps: readonly Step[]): State | undefined {
  let state: State | undefined;
  for (const step of steps) state = applyStep(procedure, state, step);
  return state;
}

export function applyStep<State>(procedure: Procedure<State>, state: State | undefined, step: Step): State {
  if (step.kind === 'timed') {
    if (state === undefined) throw new RangeError('a time before the opening act');
    return procedure.timed(state, step.n, step.unixSeconds);
  }
  return state === undefined ? procedure.open(step.act) : procedure.apply(state, step.act, step.n);
}

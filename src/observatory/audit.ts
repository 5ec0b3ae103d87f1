/**
 * One audit of one or several logs, from wherever they are read: over HTTP by `verify-log`, from what this node holds by the observatory. Bytes
 * are the source's business: what it yields has been checked against the root of a signed checkpoint. Everything after that is here and in checks.ts.
 */
import { parseCheckpoint, type Checkpoint } from '@reciproca/tlog/checkpoint';
import { equalHashes, type Hash } from '@reciproca/tlog/hash';
import { parseNote } from '@reciproca/tlog/note';
import { parseProof } from '@reciproca/tlog/proof';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { isSignedBy, parseAct, type ParsedAct } from '../acts/jws.ts';
import type { ActType, Protocol } from '../acts/protocol.ts';
import { partyMove } from '../acts/spine-types.ts';
import type { ActId, Did } from '../ids.ts';
import { Problem } from '../problem.ts';
import { chainKey, type ChainLink } from './chains.ts';
import { openAudit, quotedCheckpoints, type Audit, type AuditedInstrument, type Place } from './checks.ts';
import type { FlowAct, FlowBody, JudgedFlow } from './flows.ts';
import type { Question } from './questions.ts';

export interface SourceEntry {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly leaf: Hash;
  /** When it was first seen, if the source remembers. */
  readonly seenAtMs?: number | undefined;
  /** Whether its signature has been checked before, with the same rules. */
  readonly signature?: 'valid' | 'key-not-valid' | 'signature-invalid' | undefined;
}

export type PublicBody =
  | {
      readonly state: 'given';
      readonly value: unknown;
      readonly opened: { readonly salt: Uint8Array; readonly bytes: Uint8Array };
    }
  | { readonly state: 'erased' | 'missing' };

/** A log of which one signed tree has been taken as the state to check. */
export interface LogSource {
  readonly origin: string;
  readonly size: number;
  /** Every entry from `from` on, in order, each belonging to the tree. */
  readEntries(from: number): AsyncIterable<SourceEntry>;
  /** Entries whose acts belong to one of these chains, in order; more may be given. */
  readChains(chains: ReadonlySet<string>): AsyncIterable<SourceEntry>;
  /** The root this log had at an earlier size, by its own leaves. */
  rootAt(size: number): Promise<Hash>;
  /** Checked against the commitment. */
  findPublicBody(act: { readonly id: ActId; readonly commitment: string }): Promise<PublicBody>;
  findProof(act: ActId): Promise<string | undefined>;
}

export interface AuditReport {
  readonly acts: number;
  readonly parties: number;
  readonly instruments: readonly AuditedInstrument[];
  readonly flows: readonly JudgedFlow[];
  readonly questions: readonly Question[];
  /** Parties whose logs would have to be read as well, for something here to be judged. */
  readonly unread: readonly Did[];
  /** Copy-keepers whose key is known from a text only, because their own logs were not read. */
  readonly unreadKeepers: readonly Did[];
}

export interface AuditOptions {
  readonly nowMs: number;
  /** By origin: signatures of entries before this index are taken as checked before, and nothing is asked about them. */
  readonly checkedBefore?: ReadonlyMap<string, number>;
  onProgress?(origin: string, index: number): void;
}

interface ReadEntry extends SourceEntry {
  /** Undefined: it is none of the one accepted form. */
  readonly act: ParsedAct | undefined;
}

interface Cursor {
  readonly source: LogSource;
  readonly entries: AsyncIterator<SourceEntry>;
  next: ReadEntry | undefined;
}

export async function auditLogs(
  protocol: Protocol,
  sources: readonly LogSource[],
  options: AuditOptions,
): Promise<AuditReport> {
  let audit = openAudit(protocol, options.nowMs);
  await readEverything(protocol, audit, sources, options);
  let known = 0;
  for (let marks = audit.marksToReadAgain; marks && marks.size > known; marks = audit.marksToReadAgain) {
    known = marks.size;
    audit = openAudit(protocol, options.nowMs, marks);
    await readEverything(protocol, audit, sources, options);
  }
  return judge(audit, sources);
}

async function readEverything(
  protocol: Protocol,
  audit: Audit,
  sources: readonly LogSource[],
  options: AuditOptions,
): Promise<void> {
  const cursors: Cursor[] = [];
  for (const source of sources) {
    const entries = source.readEntries(0)[Symbol.asyncIterator]();
    const opening = await pull(entries);
    // Who confirms with which key stands in entry 0, and is known before anything is judged.
    if (opening) await takeEntry(protocol, audit, sources, source, opening, options);
    cursors.push({ source, entries, next: opening && (await pull(entries)) });
  }
  // A party that moved here is known once the log it left has been read: that log goes first, whatever the order given.
  for (let isForced = false; cursors.some(({ next }) => next !== undefined);) {
    let moved = false;
    for (const cursor of cursors)
      while (cursor.next && (isForced || !waitsForOrigin(audit, cursor.next, cursor.source, cursors))) {
        await takeEntry(protocol, audit, sources, cursor.source, cursor.next, options);
        cursor.next = await pull(cursor.entries);
        moved = true;
        isForced = false;
      }
    isForced = !moved;
  }
}

async function judge(audit: Audit, sources: readonly LogSource[]): Promise<AuditReport> {
  const links = await readAside(audit, sources);
  const unjudged = audit.finish(links);
  const judged: JudgedFlow[] = [];
  for (const flow of audit.flows.values()) {
    const proof = await sourceOf(sources, flow.origin)?.findProof(flow.id);
    if (proof !== undefined) audit.confirmFlow(flow, { proof, isOfThisLog: await isStateOf(sources, noteIn(proof)) });
  }
  for (const flow of audit.flows.values()) {
    const source = audit.isReleased(flow.id) ? sourceOf(sources, flow.origin) : undefined;
    judged.push(audit.judgeFlow(flow, source ? await readPublished(audit, source, flow) : { state: 'sealed' }));
  }
  audit.askAboutSilence(judged);
  const instruments = audit.listInstruments();
  const unreadReceivers = judged.flatMap((flow) =>
    flow.kind === 'dispatch' && flow.answers.length === 0 ? receiversOf(flow, instruments) : [],
  );
  const unread = [...unjudged, ...unreadReceivers].filter(
    (party) => !audit.logs.has(audit.parties.get(party)?.origin ?? ''),
  );
  return {
    acts: audit.acts,
    parties: audit.parties.size,
    instruments,
    flows: judged,
    questions: audit.listQuestions(),
    unread: [...new Set(unread)],
    unreadKeepers: [...audit.unreadKeepers],
  };
}

function receiversOf(flow: JudgedFlow, instruments: readonly AuditedInstrument[]): readonly Did[] {
  if (flow.receivers.length > 0) return flow.receivers;
  const instrument = instruments.find(({ id }) => id === flow.instrument);
  return (instrument?.parties ?? []).map(({ did }) => did).filter((did) => did !== flow.party);
}

async function pull(entries: AsyncIterator<SourceEntry>): Promise<ReadEntry | undefined> {
  const { done, value } = await entries.next();
  return done === true ? undefined : { ...value, act: tryParse(value.entry) };
}

function waitsForOrigin(audit: Audit, { act }: ReadEntry, source: LogSource, cursors: readonly Cursor[]): boolean {
  if (act?.payload.type !== partyMove.name || audit.parties.has(act.payload.party)) return false;
  const summary = partyMove.summary.safeParse(act.payload.summary);
  return (
    summary.success &&
    cursors.some(
      (other) => other.source !== source && other.source.origin === summary.data.from && other.next !== undefined,
    )
  );
}

async function takeEntry(
  protocol: Protocol,
  audit: Audit,
  sources: readonly LogSource[],
  source: LogSource,
  entry: ReadEntry,
  options: AuditOptions,
): Promise<void> {
  const { index, act } = entry;
  const place = { origin: source.origin, index };
  options.onProgress?.(source.origin, index);
  const isCheckedBefore = index < (options.checkedBefore?.get(source.origin) ?? 0);
  if (!act) return isCheckedBefore ? undefined : audit.takeUnreadable(place);
  const fault = await signatureFault(audit, act, place, isCheckedBefore ? 'valid' : entry.signature);
  if (fault !== undefined) return audit.takeUnsigned(act, place, fault);
  const type = protocol.findType(act.payload.type);
  audit.take({
    ...place,
    leaf: entry.leaf,
    act,
    body:
      type && needsBody(type)
        ? toFoldBody(await source.findPublicBody({ id: act.id, commitment: act.payload.commitment }))
        : { state: 'none' },
    quoted: await Promise.all(quotedCheckpoints(act).map((note) => isStateOf(sources, note))),
    seenAtMs: entry.seenAtMs,
  });
}

async function signatureFault(audit: Audit, act: ParsedAct, place: Place, known: SourceEntry['signature']) {
  if (audit.isAfterMove(act, place)) return 'moved-away' as const;
  const x = audit.expectedKey(act, place);
  if (known !== undefined) return known === 'valid' ? undefined : known;
  if (x === undefined) return 'key-not-valid' as const;
  return isSignedBy(act, x) ? undefined : ('signature-invalid' as const);
}

async function readPublished(audit: Audit, source: LogSource, flow: FlowAct): Promise<FlowBody> {
  const description = audit.findDescription(flow.id);
  const body = await source.findPublicBody(description ?? flow);
  return description && body.state === 'given' ? { state: 'described', value: body.value } : body;
}

/** Folds read public bodies; most types have an empty one, which nobody need fetch. */
const emptyBodies = new WeakMap<ActType, boolean>();

function needsBody(type: ActType): boolean {
  const isEmpty = emptyBodies.get(type) ?? type.body.safeParse({}).success;
  emptyBodies.set(type, isEmpty);
  return type.sequenced && type.audience === 'public' && !isEmpty;
}

/** An erased body is not waited for: the fold runs without it. */
function toFoldBody(body: PublicBody) {
  return body.state === 'erased'
    ? { state: 'none' as const }
    : body.state === 'given'
      ? body
      : { state: 'missing' as const };
}

/** Is the tree in this checkpoint one that the log it names had, by the leaves read? */
async function isStateOf(sources: readonly LogSource[], note: string): Promise<boolean> {
  const checkpoint = tryParseCheckpoint(note);
  const source = sources.find(({ origin }) => origin === checkpoint?.origin);
  if (!checkpoint || !source || checkpoint.size > source.size) return false;
  return equalHashes(await source.rootAt(checkpoint.size), checkpoint.root);
}

function tryParseCheckpoint(note: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

const sourceOf = (sources: readonly LogSource[], origin: string): LogSource | undefined =>
  sources.find((source) => source.origin === origin);

function noteIn(proof: string): string {
  try {
    return parseProof(proof).note;
  } catch (error) {
    if (error instanceof TlogError) return '';
    throw error;
  }
}

async function readAside(audit: Audit, sources: readonly LogSource[]): Promise<ChainLink[]> {
  const chains = new Set(audit.listAside().map(chainKey));
  const links: ChainLink[] = [];
  if (chains.size === 0) return links;
  for (const source of sources)
    for await (const { entry, index } of source.readChains(chains)) {
      const act = tryParse(entry);
      if (!act || !chains.has(chainKey(act.payload))) continue;
      const place = { origin: source.origin, index };
      if ((await signatureFault(audit, act, place, undefined)) !== undefined) continue;
      const { party, subject, prev } = act.payload;
      links.push({ id: act.id, party, subject, prev, ...place });
    }
  return links;
}

function tryParse(entry: Uint8Array): ParsedAct | undefined {
  try {
    return parseAct(entry);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

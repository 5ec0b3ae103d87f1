/** Steps of people on signals. Each is one transaction: the step, its record with who, when and why, and the audit row, together or not at all. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Work } from '../../house.ts';
import type { PlainDate } from '../../period.ts';
import { addDays, plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { requireParty, requirePerson } from '../person.ts';
import { detectJob } from './detect-job.ts';
import { nextStatus, type SignalStatus, type SignalStep } from './life-cycle.ts';
import { suits, type Method } from './method.ts';
import { currentRiskMatrix } from './risk-assessment.ts';
import type { DetectorId, Signal, SignalId } from './signal.ts';
import * as reported from './reported/store.ts';
import * as store from './store.ts';

/** Why, in the officer's words; and for a rumour the words that its sender gets as an answer. */
export interface Reason {
  readonly why: string;
  readonly reply?: string | undefined;
}

export type Step = Reason &
  (
    | { readonly step: 'accept' | 'set-aside' | 'discard' | 'verify' | 'close' | 'reopen' }
    | { readonly step: 'monitor'; readonly until: PlainDate }
    | { readonly step: 'mark-duplicate'; readonly of: SignalId }
  );

/** Loads the signal, waiting for whoever decides about it now, and refuses a step that its status does not offer. */
export async function openForStep(
  work: Work,
  id: SignalId,
  step: SignalStep,
): Promise<Signal & { readonly next: SignalStatus }> {
  requirePerson(work);
  const signal = await store.lockSignal(work.tx, id);
  if (!signal) throw problem.notFound({ what: 'signal' });
  const next = nextStatus(signal.status, step);
  if (next === undefined) throw problem.stepNotAllowed({ step, status: signal.status });
  return { ...signal, next };
}

type Extra = Pick<store.Decision, 'monitorUntil' | 'duplicateOf' | 'event'>;

/** For steps that belong to an event; everything else goes through `takeStep`. */
export async function recordStep(
  work: Work,
  signal: Signal & { readonly next: SignalStatus },
  step: SignalStep,
  why: string,
  extra: Extra = {},
): Promise<void> {
  const by = requirePerson(work);
  const party = requireParty(work);
  await store.saveDecision(work.tx, party, { signal, step, to: signal.next, by, why, ...extra });
  await work.tx.audit(`signal.${step}`, { signal: signal.id, from: signal.status, to: signal.next });
}

/** `answer`: how the sender of a rumour hears what came of it. */
export type Answer = (work: Work, submission: number, came: RumourAnswer, reply: string | undefined) => Promise<void>;
export type RumourAnswer = 'looking-into' | 'confirmed' | 'not-confirmed' | 'known' | 'not-for-us' | 'watching';

const answerOf = {
  accept: 'looking-into',
  'set-aside': 'not-for-us',
  discard: 'not-confirmed',
  verify: 'confirmed',
  monitor: 'watching',
  'mark-duplicate': 'known',
  close: undefined,
  reopen: 'looking-into',
} as const satisfies Record<Step['step'], RumourAnswer | undefined>;

const longestMonitoringDays = 90;

export async function takeStep(work: Work, id: SignalId, input: Step, answer: Answer): Promise<SignalStatus> {
  const signal = await openForStep(work, id, input.step);
  // An event is closed with its outcome and lessons, and its signals with it.
  if (input.step === 'close' && signal.status === 'event')
    throw problem.stepNotAllowed({ step: 'close', status: 'event' });
  await recordStep(work, signal, input.step, input.why, await extraOf(work, signal, input));
  const came = answerOf[input.step];
  if (signal.submissionId !== undefined && came !== undefined)
    await answer(work, signal.submissionId, came, input.reply);
  return signal.next;
}

async function extraOf(work: Work, signal: Signal, input: Step): Promise<Extra> {
  switch (input.step) {
    case 'monitor': {
      const today = plainDateAt(work.tx.now, 'UTC');
      if (input.until <= today || input.until > addDays(today, longestMonitoringDays))
        throw invalid('until', 'signals.date-until');
      return { monitorUntil: input.until };
    }
    case 'mark-duplicate': {
      const original = input.of === signal.id ? undefined : await store.findSignal(work.tx.db, input.of);
      // A chain of duplicates would end nowhere.
      if (!original || original.status === 'duplicate') throw invalid('of', 'signals.not-a-signal');
      return { duplicateOf: original.id };
    }
    case 'accept':
    case 'set-aside':
    case 'discard':
    case 'verify':
    case 'close':
    case 'reopen':
      return {};
  }
}

const invalid = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

export async function assessRisk(
  work: Work,
  id: SignalId,
  assessment: Omit<store.RiskAssessment, 'matrixVersion'>,
): Promise<SignalStatus> {
  const signal = await openForStep(work, id, 'assess');
  const by = requirePerson(work);
  const party = requireParty(work);
  await store.insertRiskAssessment(work.tx, party, id, by, {
    ...assessment,
    matrixVersion: currentRiskMatrix().version,
  });
  await recordStep(work, signal, 'assess', '');
  return signal.next;
}

/** An officer's own signal: a call from a hospital, an item in the news, a neighbour's letter. */
export async function recordSignal(
  work: Work,
  told: {
    readonly summary: string;
    readonly indicatorId: number | undefined;
    readonly placeId: number | undefined;
    /** Of the form it was written in: whoever presses the button twice records one signal. */
    readonly attempt?: string | undefined;
  },
): Promise<SignalId> {
  requirePerson(work);
  const { placeId, indicatorId } = told;
  if (placeId !== undefined && (await reported.listPlaces(work.tx.db, [placeId])).size === 0)
    throw invalid('place', 'not-a-choice');
  if (indicatorId !== undefined && (await reported.listIndicators(work.tx.db, [indicatorId])).size === 0)
    throw invalid('indicator', 'not-a-choice');
  const id = told.attempt === undefined ? (randomUUID() as SignalId) : idOfAttempt(work, told.attempt);
  const isNew = await store.insertSignal(work.tx, requireParty(work), {
    id,
    source: 'person',
    indicatorId: told.indicatorId,
    placeId: told.placeId,
    detectorId: undefined,
    method: undefined,
    submissionId: undefined,
    summary: told.summary,
  });
  if (isNew) await work.tx.audit('signal.record', { signal: id });
  return id;
}

/** The same for the same form, and nobody else's: keyed, so that no identifier can be chosen from outside. RFC 9562, version 8. */
function idOfAttempt(work: Work, attempt: string): SignalId {
  const bytes = createHmac('sha256', work.house.journal.keyring.secret)
    .update(`signal ${requireParty(work)} ${attempt}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as SignalId;
}

/** A rumour came in, from anybody. It enters the same triage; who sent it stays with the submission. */
export async function raiseRumourSignal(
  work: Work,
  rumour: { readonly submission: number; readonly indicatorId?: number; readonly placeId?: number },
): Promise<SignalId> {
  const id = randomUUID() as SignalId;
  await store.insertSignal(work.tx, requireParty(work), {
    id,
    source: 'rumour',
    indicatorId: rumour.indicatorId,
    placeId: rumour.placeId,
    detectorId: undefined,
    method: undefined,
    submissionId: rumour.submission,
    summary: undefined,
  });
  await work.tx.audit('signal.rumour', { signal: id, submission: rumour.submission });
  return id;
}

/** How many signals a week the office can look into, and how many of a test's signals may be expected to be nothing. */
export async function stateOffice(work: Work, office: store.Office): Promise<void> {
  requirePerson(work);
  await store.saveOffice(work.tx, requireParty(work), office);
  await work.tx.audit('signals.capacity', { perWeek: office.signalsPerWeek ?? null, rate: office.falseDiscoveryRate });
}

/** The latest periods of every series are judged again; nothing that was decided changes by it. */
export async function watchEverythingAgain(work: Work): Promise<void> {
  await reported.markEverythingChanged(work.tx);
  await work.tx.audit('detection.all');
}

/** With the change, what it makes of the latest periods: the job runs when both are committed. */
async function judgeAgain(work: Work, indicatorId: number): Promise<void> {
  await reported.markIndicatorChanged(work.tx, indicatorId, '1900-01-01' as PlainDate);
  const party = requireParty(work);
  await work.house.jobs.enqueue(work.tx, detectJob, { party }, { key: party });
}

/** Which field of the form a method of another kind of period is about. */
const kindRefusal = (method: Method): string =>
  method.method === 'rule' ? 'signals.window-kind' : 'signals.weeks-only';

async function requireSuitable(work: Work, indicatorId: number, method: Method): Promise<void> {
  const indicator = (await reported.listIndicators(work.tx.db, [indicatorId])).get(indicatorId);
  if (!indicator) throw problem.notFound({ what: 'indicator' });
  if (!suits(method, indicator.periodKind))
    throw invalid(method.method === 'rule' ? 'windowDays' : 'kind', kindRefusal(method));
}

export async function watchIndicator(work: Work, indicatorId: number, method: Method): Promise<DetectorId> {
  requirePerson(work);
  return addDetector(work, indicatorId, method);
}

/** Who may do it, the caller has made sure of. */
export async function addDetector(work: Work, indicatorId: number, method: Method): Promise<DetectorId> {
  await requireSuitable(work, indicatorId, method);
  const id = randomUUID() as DetectorId;
  await store.insertDetector(work.tx, requireParty(work), { id, indicatorId, method, isActive: true });
  await work.tx.audit('detector.add', { detector: id, indicator: indicatorId });
  await judgeAgain(work, indicatorId);
  return id;
}

export async function changeDetector(
  work: Work,
  id: DetectorId,
  change: { readonly method: Method; readonly isActive: boolean },
): Promise<void> {
  requirePerson(work);
  const detector = await store.findDetector(work.tx.db, id);
  if (!detector) throw problem.notFound({ what: 'detector' });
  await requireSuitable(work, detector.indicatorId, change.method);
  await store.updateDetector(work.tx, { ...detector, ...change });
  await work.tx.audit('detector.change', { detector: id, isActive: change.isActive });
  await judgeAgain(work, detector.indicatorId);
}

/** A report that a person fills in: for one place and period, one number or none for each indicator of a form. */
import type { Reader } from '../../../db/database.ts';
import type { Work } from '../../../house.ts';
import { parsePeriod, plainDateAt, startOf, type Period } from '../../../period.ts';
import { problem, type FieldError } from '../../../problem.ts';
import { requireParty } from '../../person.ts';
import { detectJob } from '../../signals/detect-job.ts';
import type { Indicator, IndicatorSet } from '../indicators/indicator.ts';
import * as indicators from '../indicators/store.ts';
import * as observations from '../observations/store.ts';
import type { Place } from '../places/place.ts';
import * as places from '../places/store.ts';
import type { Counts } from '../import/take-in-reports.ts';
import { hashBytes } from '../submissions/actions.ts';
import * as store from '../submissions/store.ts';

export interface FormKey {
  readonly set: string;
  readonly place: string;
  readonly period: string;
}

export interface ReportForm {
  readonly set: IndicatorSet;
  readonly place: Place;
  readonly period: Period;
  /** In the order of the form, each with what is held now; null: taken back, undefined: never reported. */
  readonly lines: readonly { readonly indicator: Indicator; readonly value: number | null | undefined }[];
  /** Of what is held, to recognise whether it is still the same when the form comes back. */
  readonly held: string;
}

const fieldError = (path: string, code: string): FieldError => ({ path, code, message: code });

export async function readReportForm(reader: Reader, key: FormKey, now: Date): Promise<ReportForm> {
  const set = (await indicators.listSets(reader)).find(({ code }) => code === key.set);
  if (!set) throw problem.notFound({ what: 'form' });
  const place = await places.findPlace(reader, key.place);
  if (!place) throw problem.notFound({ what: 'place' });
  const parsed = parsePeriod(set.periodKind, key.period);
  if (parsed.error !== undefined) throw problem.inputInvalid({ fields: [fieldError('period', parsed.error)] });
  const period = parsed.value;
  const start = startOf(period);
  if (start > plainDateAt(now, set.timeZone))
    throw problem.inputInvalid({ fields: [fieldError('period', 'reporting.reason-period-in-future')] });
  if ((place.validFrom ?? start) > start || (place.validUntil ?? start) < start)
    throw problem.inputInvalid({ fields: [fieldError('period', 'reporting.reason-place-not-then')] });
  const byId = new Map((await indicators.listIndicators(reader)).map((indicator) => [indicator.id, indicator]));
  const held = new Map<number, number | null>();
  for (const indicatorId of set.indicatorIds)
    for (const { value } of await observations.listObservations(reader, {
      indicatorId,
      placeIds: [place.id],
      first: start,
      last: start,
    }))
      held.set(indicatorId, value);
  const lines = set.indicatorIds.flatMap((id) => {
    const indicator = byId.get(id);
    return indicator ? [{ indicator, value: held.get(id) }] : [];
  });
  const heldNow = lines.map(({ indicator, value }) => [indicator.code, value ?? null]);
  return { set, place, period, lines, held: hashBytes(Buffer.from(JSON.stringify(heldNow))).toString('base64url') };
}

export interface FilledForm {
  /** By indicator code; an indicator that is not named is left empty. */
  readonly counts: readonly { readonly indicator: string; readonly value?: number | null | undefined }[];
  /** The sender says so: what is left empty was looked for and not found. */
  readonly restIsZero: boolean;
  /** What the form showed as held. When something else is held by now, nothing is overwritten unseen. */
  readonly seen?: string | undefined;
}

export interface SentForm extends Counts {
  readonly submission: number;
}

/**
 * Empty is not zero: it says that nobody counted, and where a number stood before it takes that number back. The whole form is one
 * submission, kept as it was sent.
 */
export async function sendForm(work: Work, key: FormKey, filled: FilledForm): Promise<SentForm> {
  const party = requireParty(work);
  const { tx, house } = work;
  await store.lockReport(tx, `${party} ${key.set} ${key.place} ${key.period}`);
  const form = await readReportForm(tx.db, key, tx.now);
  if (filled.seen !== undefined && filled.seen !== form.held) throw problem.conflict({ what: 'report' });
  const given = new Map<string, number | null>();
  for (const [at, { indicator, value }] of filled.counts.entries()) {
    const isKnown = form.lines.some((line) => line.indicator.code === indicator);
    if (!isKnown || given.has(indicator))
      throw problem.inputInvalid({
        fields: [fieldError(`counts.${at}.indicator`, isKnown ? 'repeated' : 'not-a-choice')],
      });
    given.set(indicator, value ?? null);
  }
  const wanted = form.lines.map(({ indicator, value }) => ({
    indicator,
    held: value,
    value: given.get(indicator.code) ?? (filled.restIsZero ? 0 : null),
  }));
  const said = wanted.filter(({ value, held }) => value !== null || typeof held === 'number');
  if (said.length === 0) throw problem.inputInvalid({ fields: [fieldError('counts', 'required')] });

  const raw = Buffer.from(JSON.stringify({ ...key, counts: filled.counts, restIsZero: filled.restIsZero }));
  const submission = await store.insertSubmission(tx, party, {
    kind: 'form',
    state: 'applied',
    source: 'browser',
    senderAccount: 'account' in tx.actor ? tx.actor.account : undefined,
    mediaType: 'application/json',
    sizeBytes: raw.length,
    sha256: hashBytes(raw),
    raw,
  });
  const start = startOf(form.period);
  const startDay = Date.parse(start) / 86_400_000;
  const ids = await observations.ensureSeries(
    tx,
    party,
    said.map(({ indicator }) => ({ indicatorId: indicator.id, placeId: form.place.id })),
  );
  await observations.insertSubmissionSeries(
    tx,
    party,
    submission,
    ids.map((seriesId) => ({ seriesId, firstDay: startDay, lastDay: startDay })),
  );
  const values = said.map(({ value }, at) => ({ seriesId: ids[at] ?? 0, period: start, value }));
  const changes = await observations.mergeObservations(tx, party, submission, observations.givenValues(values));
  await observations.recordChanges(tx, party, submission, changes);
  const accepted = changes.reduce((sum, change) => sum + change.accepted, 0);
  const changed = changes.reduce((sum, change) => sum + change.changed, 0);
  const counts = {
    accepted,
    changed,
    unchanged: said.length - accepted - changed,
    empty: wanted.length - said.length,
    rejected: 0,
  };
  await store.saveCounts(tx, submission, counts);
  await tx.audit('report.send', {
    submission,
    form: form.set.code,
    place: form.place.code,
    period: form.period.label,
    ...counts,
  });
  if (accepted + changed > 0) await house.jobs.enqueue(tx, detectJob, { party }, { key: party });
  return { submission, ...counts };
}

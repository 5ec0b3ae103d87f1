import type { Work } from '../../../house.ts';
import { problem, type FieldError } from '../../../problem.ts';
import { requireParty } from '../../person.ts';
import type { IndicatorDescription } from './indicator.ts';
import { findCircular } from './parts.ts';
import * as store from './store.ts';

const refuse = (path: string, code: string): Error => {
  const field: FieldError = { path, code, message: code };
  return problem.inputInvalid({ fields: [field] });
};

/** Makes an indicator, or changes the one that has this code. */
export async function saveIndicator(work: Work, indicator: IndicatorDescription): Promise<void> {
  const { tx } = work;
  await store.lockIndicators(tx, requireParty(work));
  const all = await store.listIndicators(tx.db);
  const before = all.find(({ code }) => code === indicator.code);
  const partsOf = new Map([...all, indicator].map(({ code, parts }) => [code, parts]));
  if (!indicator.parts.every((part) => partsOf.has(part))) throw refuse('parts', 'not-a-choice');
  if (findCircular(partsOf).has(indicator.code)) throw refuse('parts', 'reporting.reason-parts-circular');
  if (
    before &&
    before.periodKind !== indicator.periodKind &&
    (await store.listReportedIndicatorIds(tx.db)).has(before.id)
  )
    throw refuse('periodKind', 'reporting.reason-period-kind-fixed');
  if (
    before &&
    before.periodKind !== indicator.periodKind &&
    (await store.listSets(tx.db)).some(({ indicatorIds }) => indicatorIds.includes(before.id))
  )
    throw refuse('periodKind', 'reporting.reason-period-kind-in-form');
  await store.saveIndicators(tx, requireParty(work), [indicator]);
  await tx.audit(before ? 'indicator.change' : 'indicator.make', { indicator: indicator.code });
}

export interface FormGiven extends store.SetFields {
  /** Codes, in the order of the form. */
  readonly indicators: readonly string[];
}

/** Makes a form, or changes the one that has this code. */
export async function saveForm(work: Work, form: FormGiven): Promise<void> {
  const { tx } = work;
  const party = requireParty(work);
  if (!isTimeZone(form.timeZone)) throw refuse('timeZone', 'reporting.time-zone-unknown');
  const known = new Map((await store.listIndicators(tx.db)).map((indicator) => [indicator.code, indicator]));
  const chosen = form.indicators.map((code) => known.get(code));
  if (chosen.includes(undefined)) throw refuse('indicators', 'not-a-choice');
  const other = chosen.find((indicator) => indicator !== undefined && indicator.periodKind !== form.periodKind);
  if (other) throw refuse('indicators', 'reporting.form-other-periods');
  const before = (await store.listSets(tx.db)).find(({ code }) => code === form.code);
  // Its members go first: a form whose kind of period changes holds none of the old kind.
  if (before) await store.removeMembers(tx, before.id);
  const id = await store.saveSet(tx, party, form);
  await store.addMembers(
    tx,
    party,
    id,
    chosen.flatMap((indicator) => indicator?.id ?? []),
  );
  await tx.audit(before ? 'form.change' : 'form.make', { form: form.code });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A bulletin is drafted from the week, edited in revisions that are all kept, and made public by a named person. */
import { randomUUID } from 'node:crypto';
import type { Work } from '../../house.ts';
import { endOf, shiftPeriod, startOf, type Period } from '../../period.ts';
import { problem, type FieldError } from '../../problem.ts';
import { formatDateRange, formatPeriod } from '../../ui/format.ts';
import { translator, type Locale } from '../../ui/locales.ts';
import { requireParty, requirePerson } from '../person.ts';
import { draftBulletin, figuresOf, type BulletinText } from './draft.ts';
import { findTold, type Figure, type LettingOut, type Verdict } from './figures.ts';
import { parseMarkup } from './markup.ts';
import { readKnownFigures, readWeek } from './reading.ts';
import type { BulletinId, WeekKind } from './store.ts';
import * as store from './store.ts';

/** Of a week there is one bulletin in each language: asking again leads to the one that is there. */
export async function startBulletin(
  work: Work,
  wanted: { readonly period: Period<WeekKind>; readonly locale: Locale; readonly office: string },
  lettingOut: LettingOut,
): Promise<BulletinId> {
  const by = requirePerson(work);
  const party = requireParty(work);
  const { period, locale, office } = wanted;
  const existing = await store.findBulletinOf(work.tx.db, period, locale);
  if (existing) return existing.id;
  const words = { locale, t: translator(locale) };
  const facts = await readWeek(work.tx.db, words, {
    period,
    office,
    now: work.tx.now,
  });
  const figures = figuresOf(facts);
  const verdicts = await lettingOut.judge(work, figures);
  const mayTell = new Map(figures.map((figure, at) => [figure, verdicts[at] ?? 'withheld']));
  const id = randomUUID() as BulletinId;
  await store.insertBulletin(work.tx, party, { id, period, locale }, by, draftBulletin(words, facts, mayTell));
  await work.tx.audit('bulletin.draft', { bulletin: id, period: period.label, locale });
  return id;
}

/** `base`: the revision that was edited. If somebody saved another meanwhile, nobody's words are overwritten. */
export async function reviseBulletin(work: Work, id: BulletinId, base: number, text: BulletinText): Promise<void> {
  const by = requirePerson(work);
  const bulletin = await open(work, id);
  if (bulletin.revision !== base) throw problem.conflict({ what: 'bulletin-revision' });
  if (parseMarkup(text.text).length === 0)
    throw problem.inputInvalid({ fields: [{ path: 'text', code: 'required', message: 'required' }] });
  await store.addRevision(work.tx, requireParty(work), id, base + 1, by, text);
  await work.tx.audit('bulletin.revise', { bulletin: id, revision: base + 1 });
}

/**
 * Exactly the revision that was read before publishing becomes public, unless a number in it would tell, beside what others were given, what
 * was withheld from them.
 */
export async function publishBulletin(
  work: Work,
  id: BulletinId,
  revision: number,
  lettingOut: LettingOut,
): Promise<void> {
  const by = requirePerson(work);
  const bulletin = await open(work, id);
  if (bulletin.revision !== revision) throw problem.conflict({ what: 'bulletin-revision' });
  const read = await store.findRevision(work.tx.db, id, revision);
  const told = await findToldIn(work, bulletin, read ?? { title: '', text: '' });
  const verdicts = await lettingOut.judge(work, told);
  const fields = told.flatMap((figure, at) => refusalOf(figure, verdicts[at] ?? 'withheld'));
  if (fields.length > 0) throw problem.inputInvalid({ fields });
  await store.publish(work.tx, id, revision, by);
  await lettingOut.writeDown(work, told);
  await work.tx.audit('bulletin.publish', { bulletin: id, revision });
}

async function findToldIn(work: Work, bulletin: store.Bulletin, text: BulletinText): Promise<readonly Figure[]> {
  const { db } = work.tx;
  const words = { locale: bulletin.locale, t: translator(bulletin.locale) };
  const weeks = [bulletin.period, shiftPeriod(bulletin.period, -1)];
  const noCounts = weeks.flatMap((week) => [
    formatPeriod(words, week),
    formatDateRange(words, startOf(week), endOf(week)),
    week.label,
  ]);
  const known = await readKnownFigures(db, bulletin.period);
  return findTold(text, await store.listDrafted(db, bulletin.id), known, noCounts);
}

/** Which number, and why. */
function refusalOf({ indicator, place, period, value }: Figure, verdict: Verdict): readonly FieldError[] {
  if (verdict === value) return [];
  const code = verdict === 'withheld' ? 'bulletins.number-tells' : 'bulletins.number-stands';
  const instead = verdict === 'withheld' ? '' : ` (${verdict})`;
  return [{ path: `${indicator}, ${place}, ${period.label}: ${value}${instead}`, code, message: code }];
}

export async function withdrawBulletin(work: Work, id: BulletinId): Promise<void> {
  requirePerson(work);
  const bulletin = await open(work, id);
  if (!bulletin.published) throw problem.stepNotAllowed({ step: 'withdraw', status: 'draft' });
  await store.withdraw(work.tx, id);
  await work.tx.audit('bulletin.withdraw', { bulletin: id, revision: bulletin.published.revision });
}

async function open(work: Work, id: BulletinId): Promise<store.Bulletin> {
  await store.lockBulletin(work.tx, id);
  const bulletin = await store.findBulletin(work.tx.db, id);
  if (!bulletin) throw problem.notFound({ what: 'bulletin' });
  return bulletin;
}

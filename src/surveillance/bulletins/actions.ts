/** A bulletin is drafted from the week, edited in revisions that are all kept, and made public by a named person. */
import { randomUUID } from 'node:crypto';
import type { Work } from '../../house.ts';
import type { Period } from '../../period.ts';
import { problem } from '../../problem.ts';
import type { Locale } from '../../ui/locales.ts';
import { translator } from '../../ui/locales.ts';
import { requireParty, requirePerson } from '../person.ts';
import { draftBulletin, type BulletinText } from './draft.ts';
import { parseMarkup } from './markup.ts';
import { readWeek } from './reading.ts';
import type { BulletinId, WeekKind } from './store.ts';
import * as store from './store.ts';

/** Of a week there is one bulletin in each language: asking again leads to the one that is there. */
export async function startBulletin(
  work: Work,
  wanted: { readonly period: Period<WeekKind>; readonly locale: Locale; readonly office: string },
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
  const id = randomUUID() as BulletinId;
  await store.insertBulletin(work.tx, party, { id, period, locale }, by, draftBulletin(words, facts));
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

/** Told, in the same transaction, what everybody can read from now on. */
export type OnPublished = (
  work: Work,
  bulletin: { readonly period: Period<WeekKind>; readonly locale: Locale; readonly text: string },
) => Promise<void>;

/** Exactly the revision that was read before publishing becomes public. */
export async function publishBulletin(
  work: Work,
  id: BulletinId,
  revision: number,
  onPublished: OnPublished,
): Promise<void> {
  const by = requirePerson(work);
  const bulletin = await open(work, id);
  if (bulletin.revision !== revision) throw problem.conflict({ what: 'bulletin-revision' });
  await store.publish(work.tx, id, revision, by);
  const read = await store.findRevision(work.tx.db, id, revision);
  await onPublished(work, { period: bulletin.period, locale: bulletin.locale, text: read?.text ?? '' });
  await work.tx.audit('bulletin.publish', { bulletin: id, revision });
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

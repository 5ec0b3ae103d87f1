/** Newsletters: collected by the secretariat from what was told, sent once, to every member who wants mail. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { requireSecretariat } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { problem } from '../../../problem.ts';
import { isPublished } from '../items/item.ts';
import { listItemsById } from '../items/store.ts';
import { newsletterJob } from './queue.ts';
import * as store from './store.ts';

export async function draftNewsletter(work: Work & Caller, values: store.NewsletterValues): Promise<string> {
  const by = requireSecretariat(work);
  await requirePublished(work, values.items);
  const id = randomUUID();
  await store.insertNewsletter(work.tx, requireParty(work), id, values, by);
  await work.tx.audit('newsletter.draft', { newsletter: id });
  return id;
}

/** Another language may be added to a draft; what it says in others stays. */
export async function editNewsletter(
  work: Work & Caller,
  id: string,
  base: number,
  change: (held: store.Newsletter) => store.NewsletterValues,
): Promise<void> {
  requireSecretariat(work);
  const held = await getDraft(work, id);
  const values = change(held);
  await requirePublished(work, values.items);
  if (!(await store.updateNewsletter(work.tx, requireParty(work), id, base, values)))
    throw problem.textHasMovedOn({ version: String(held.revision) });
  await work.tx.audit('newsletter.edit', { newsletter: id });
}

/** Cannot be taken back, so it says which version was read. */
export async function sendNewsletter(work: Work & Caller, id: string, base: number): Promise<void> {
  requireSecretariat(work);
  const held = await getDraft(work, id);
  if (!work.house.config.mail) throw problem.stepNotAllowed({ step: 'send', status: 'no-mail' });
  if (!(await store.markSent(work.tx, id, base))) throw problem.textHasMovedOn({ version: String(held.revision) });
  await work.house.jobs.enqueue(work.tx, newsletterJob, { party: requireParty(work), newsletter: id }, { key: id });
  await work.tx.audit('newsletter.send', { newsletter: id });
}

async function getDraft(work: Work, id: string): Promise<store.Newsletter> {
  const held = await store.findNewsletter(work.tx.db, id);
  if (!held) throw problem.notFound({ what: 'newsletter' });
  if (held.sentAt) throw problem.stepNotAllowed({ step: 'edit', status: 'sent' });
  return held;
}

async function requirePublished(work: Work, items: readonly string[]): Promise<void> {
  const found = await listItemsById(work.tx.db, items);
  if (found.length !== items.length || !found.every(isPublished)) throw problem.notFound({ what: 'item' });
}

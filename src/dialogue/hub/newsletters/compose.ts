/** A newsletter as one member reads it: in her language where somebody wrote in it, items in the languages they have. */
import type { MailText, MailVoice } from '../../../field/mail/mail-kind.ts';
import type { Reader } from '../../../db/database.ts';
import { formatInstant } from '../../../ui/format.ts';
import { inLanguage } from '../../texts.ts';
import { instantOf } from '../../programme/when.ts';
import { excerpt } from '../gathering/entry.ts';
import { itemPath } from '../items/answers.ts';
import { isPublished, type PublishedItem } from '../items/item.ts';
import { listItemsById } from '../items/store.ts';
import { findNewsletter, type Newsletter } from './store.ts';

export interface Issue {
  readonly newsletter: Newsletter;
  readonly items: readonly PublishedItem[];
}

/** What was withdrawn meanwhile is left out. Undefined while it is a draft. */
export async function findIssue(reader: Reader, id: string): Promise<Issue | undefined> {
  const newsletter = await findNewsletter(reader, id);
  if (!newsletter?.sentAt) return undefined;
  const items = new Map((await listItemsById(reader, newsletter.items)).map((item) => [item.id, item]));
  return {
    newsletter,
    items: newsletter.items.flatMap((item) => items.get(item) ?? []).filter(isPublished),
  };
}

export function composeIssue({ newsletter, items }: Issue, voice: MailVoice, timeZone: string): MailText {
  const { locale, party, link } = voice;
  const title = inLanguage(newsletter.title, locale, newsletter.language)?.text ?? party.name;
  const lead = inLanguage(newsletter.lead, locale, newsletter.language)?.text ?? '';
  const paragraphs = items.map((item) =>
    [
      item.title,
      ...(item.time ? [formatInstant({ locale, timeZone }, instantOf(item.time))] : []),
      ...(item.origin ? [item.origin.title] : []),
      ...(item.body === '' ? [] : [excerpt(item.body).replaceAll(/\n{2,}/g, '\n')]),
      link(itemPath(party.slug, item.id)),
    ].join('\n'),
  );
  return {
    subject: title,
    text: [title, lead, ...paragraphs].filter((paragraph) => paragraph !== '').join('\n\n'),
  };
}

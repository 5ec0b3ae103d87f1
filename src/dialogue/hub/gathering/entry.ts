/** One thing in somebody else's feed, whatever the feed's form; before anything of it is kept. */
import { convert } from 'html-to-text';
import type { ItemKind, ItemTime } from '../items/item.ts';

export interface GatheredEntry {
  /** The feed's own name for it. */
  readonly id: string | undefined;
  readonly kind: ItemKind;
  readonly title: string | undefined;
  /** As it came: perhaps HTML. */
  readonly text: string | undefined;
  readonly link: string | undefined;
  readonly authors: readonly (string | undefined)[];
  readonly licence: string | undefined;
  readonly language: string | undefined;
  /** As it came: any form of a date, or none. */
  readonly published: string | undefined;
  readonly time?: ItemTime | undefined;
}

/** Long enough to know whether one wants the whole, which is where it came from. */
export const excerptCharacters = 600;

/**
 * What others wrote, as plain text: no scripts, styles, pictures or links. Titles too may be HTML: feeds do not agree whether they are. The limits are for
 * texts made to be slow.
 */
export function plainText(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: 200_000, maxDepth: 50, maxChildNodes: 2000 },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'script', format: 'skip' },
      { selector: 'style', format: 'skip' },
      { selector: 'iframe', format: 'skip' },
      { selector: 'a', options: { ignoreHref: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
    .replaceAll(invisible, '')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

// Controls but the end of a line; what turns the direction of the words around it (UAX #9, 2).
const invisible = /(?!\n)[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu;

export function excerpt(text: string): string {
  if (text.length <= excerptCharacters) return text;
  const cut = text.slice(0, excerptCharacters);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), excerptCharacters - 80)).trimEnd()} …`;
}

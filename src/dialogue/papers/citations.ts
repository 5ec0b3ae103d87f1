/** What the clauses refer to - DOIs, addresses, document symbols - numbered in the order in which a reader meets it, for a list at the end. */
import type { Csl } from '../programme/references/csl.ts';
import { findReferences, type Identified } from '../programme/references/identify.ts';

/** A stretch of words, or the number of a reference in their place. */
export type Piece = string | { readonly reference: number };

export interface Cited {
  /** For each text. */
  readonly texts: readonly (readonly Piece[])[];
  /** The first has number 1. */
  readonly references: readonly Identified[];
}

export function citeTexts(texts: readonly string[]): Cited {
  const references: Identified[] = [];
  const numberOf = (found: Identified): number => {
    const at = references.findIndex(({ key }) => key === found.key);
    return at < 0 ? references.push(found) : at + 1;
  };
  return { texts: texts.map((text) => citeText(text, numberOf)), references };
}

function citeText(text: string, numberOf: (found: Identified) => number): Piece[] {
  const found = findReferences(text)
    .references.map((reference) => ({ reference, at: text.indexOf(reference.written) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at);
  let pieces: Piece[] = [text];
  for (const { reference } of found) {
    const number = numberOf(reference);
    pieces = pieces.flatMap((piece) =>
      typeof piece === 'string' ? splitAt(piece, reference.written, number) : [piece],
    );
  }
  return pieces;
}

function splitAt(text: string, written: string, reference: number): Piece[] {
  const pieces = text.split(written).flatMap((part, index): Piece[] => (index === 0 ? [part] : [{ reference }, part]));
  return pieces.filter((piece) => piece !== '');
}

export const plainPieces = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : `[${piece.reference}]`)).join('');

/** `Mensah A, Otieno W (2021). Title. Journal. https://...`: as much of it as is known. */
export function formatCitation({ key, link }: Pick<Identified, 'key' | 'link'>, csl: Csl | undefined): string {
  const authors = (csl?.author ?? [])
    .map((author) => ('literal' in author ? author.literal : [author.family, author.given].filter(Boolean).join(' ')))
    .join(', ');
  const year = csl?.issued?.['date-parts'][0][0];
  const parts = [
    [authors, year === undefined ? '' : `(${year})`].filter((part) => part !== '').join(' '),
    csl?.title ?? '',
    csl?.['container-title'] ?? csl?.publisher ?? '',
  ].filter((part) => part !== '');
  return [...parts.map((part) => (part.endsWith('.') ? part : `${part}.`)), link ?? key].join(' ');
}

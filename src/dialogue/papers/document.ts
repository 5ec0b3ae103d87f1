/**
 * A paper to take along: plain text, Markdown, HTML. The plain text of a published paper is kept byte by byte and its SHA-256 stands in the log, so it
 * names no person: names can be erased, what was published cannot.
 */
import { createHash } from 'node:crypto';
import type { Clause } from '../../text/state.ts';
import { citeTexts, formatCitation, plainPieces, type Piece } from './citations.ts';
import type { Csl } from '../programme/references/csl.ts';

interface DocumentClause {
  readonly kind: Clause['kind'];
  /** Of paragraphs and recitals, from 1 on; headings and points have none. */
  readonly number: number | undefined;
  readonly pieces: readonly Piece[];
}

export interface PaperDocument {
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  readonly clauses: readonly DocumentClause[];
  /** In the order of their numbers. */
  readonly references: readonly { readonly text: string; readonly link: string | undefined }[];
  readonly signatories: readonly string[];
  readonly headings: { readonly references: string; readonly signatories: string };
}

interface Words {
  readonly kind: Clause['kind'];
  readonly text: string;
}

export function composeDocument(
  paper: Pick<PaperDocument, 'title' | 'language' | 'signatories' | 'headings'>,
  clauses: readonly Words[],
  known: ReadonlyMap<string, Csl>,
): PaperDocument {
  const { texts, references } = citeTexts(clauses.map(({ text }) => text));
  let last = 0;
  return {
    ...paper,
    clauses: clauses.map(({ kind, text }, index) => ({
      kind,
      number: kind === 'heading' || kind === 'point' ? undefined : ++last,
      pieces: texts[index] ?? [text],
    })),
    references: references.map((found) => ({ text: formatCitation(found, known.get(found.key)), link: found.link })),
  };
}

const numbered = (number: number | undefined, words: string): string =>
  number === undefined ? words : `${number}. ${words}`;

export function formatPlainText(document: PaperDocument): string {
  const { title, clauses, references, signatories, headings } = document;
  const parts = [
    title,
    ...clauses.map(({ kind, number, pieces }) =>
      kind === 'point' ? `- ${plainPieces(pieces)}` : numbered(number, plainPieces(pieces)),
    ),
    ...section(
      headings.references,
      references.map(({ text }, index) => `[${index + 1}] ${text}`),
    ),
    ...section(
      headings.signatories,
      signatories.map((name) => `- ${name}`),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [heading, lines.join('\n')];

export const hashOfText = (text: Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** CommonMark 0.31, 2.4: any ASCII punctuation may be escaped, and then means itself. */
const escapeMarkdown = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`);

export function formatMarkdown(document: PaperDocument): string {
  const { title, clauses, references, signatories, headings } = document;
  const words = (pieces: readonly Piece[]): string =>
    pieces.map((piece) => (typeof piece === 'string' ? escapeMarkdown(piece) : `[${piece.reference}]`)).join('');
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...clauses.map(({ kind, number, pieces }) => {
      if (kind === 'heading') return `## ${words(pieces)}`;
      return kind === 'point' ? `- ${words(pieces)}` : numbered(number, words(pieces));
    }),
    ...section(
      `## ${escapeMarkdown(headings.references)}`,
      references.map(({ text }, index) => `- \\[${index + 1}\\] ${escapeMarkdown(text)}`),
    ),
    ...section(
      `## ${escapeMarkdown(headings.signatories)}`,
      signatories.map((name) => `- ${escapeMarkdown(name)}`),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

/**
 * Whose words are in a text: every word that stands was introduced by somebody, through the first text or through a proposal, and stays
 * theirs while it stands. What an editor wrote in joining proposals is the editor's only where no proposal said it.
 */
import { findProposal, standingClauses, type Clause, type TextState } from './state.ts';
import { isSpoken, listEdits, splitWords } from './words.ts';

export interface Credit {
  readonly by: string;
  readonly onBehalfOf: string | null;
  /** Of the statement, meeting or text that the words came from, for words of the first text. */
  readonly source: string | null;
}

export interface CreditedWord {
  readonly word: string;
  /** Several for words that came from a statement of several. */
  readonly credits: readonly Credit[];
}

export interface CreditedClause {
  readonly clause: Clause;
  readonly words: readonly CreditedWord[];
}

export function creditText(state: TextState): readonly CreditedClause[] {
  return standingClauses(state).map((clause) => ({ clause, words: creditClause(state, clause) }));
}

/** Words per introducer; a word of several counts in equal parts. The sum is the number of spoken words of the text. */
export function countCredits(credited: readonly CreditedClause[]): readonly (Credit & { readonly words: number })[] {
  const counts = new Map<string, Credit & { words: number }>();
  for (const { words } of credited)
    for (const { word, credits } of words)
      if (isSpoken(word))
        for (const credit of credits) {
          const key = JSON.stringify([credit.by, credit.onBehalfOf, credit.source]);
          const count = counts.get(key) ?? { ...credit, words: 0 };
          counts.set(key, { ...count, words: count.words + 1 / credits.length });
        }
  return [...counts.values()].toSorted((a, b) => b.words - a.words);
}

function creditClause(state: TextState, clause: Clause): readonly CreditedWord[] {
  let credited: readonly CreditedWord[] = [];
  for (const { text, by, proposals, origins } of clause.versions) {
    // What is struck and later written again is a new text.
    const words = splitWords(text ?? '');
    const editor: Credit = { by, onBehalfOf: null, source: null };
    const fallback = origins.length > 0 ? origins.map((origin) => ({ ...origin, onBehalfOf: null })) : [editor];
    const proposed = proposals.flatMap((id) => creditProposal(state, id));
    credited = carryOver(credited, words, (from, to) => creditNew(words, from, to, proposed, fallback));
  }
  return credited;
}

/** What stayed keeps its credit; what is new gets one. */
function carryOver(
  before: readonly CreditedWord[],
  words: readonly string[],
  creditNewWords: (from: number, to: number) => readonly CreditedWord[],
): readonly CreditedWord[] {
  const after: CreditedWord[] = [];
  let position = 0;
  const keepUntil = (end: number): void => {
    for (; position < end; position++) {
      const word = words[after.length];
      const kept = before[position];
      if (word !== undefined && kept) after.push({ word, credits: kept.credits });
    }
  };
  const edits = listEdits(
    before.map(({ word }) => word),
    words,
  );
  for (const { start, length, words: given, at } of edits) {
    keepUntil(start);
    after.push(...creditNewWords(at, at + given.length));
    position = start + length;
  }
  keepUntil(before.length);
  return after;
}

interface ProposedText {
  readonly words: readonly string[];
  readonly credit: Credit;
}

function creditProposal(state: TextState, id: string): readonly ProposedText[] {
  const proposal = findProposal(state, id);
  if (!proposal || (proposal.what.op !== 'add' && proposal.what.op !== 'change')) return [];
  const { by, onBehalfOf, what } = proposal;
  return [{ words: splitWords(what.text), credit: { by, onBehalfOf, source: null } }];
}

/** New words go to the first proposal that has them in this place of the order; the rest to whoever joined them. */
function creditNew(
  words: readonly string[],
  from: number,
  to: number,
  proposed: readonly ProposedText[],
  fallback: readonly Credit[],
): readonly CreditedWord[] {
  const credits: (readonly Credit[] | undefined)[] = words.slice(from, to).map(() => undefined);
  for (const { words: theirs, credit } of proposed) {
    const isNew = new Uint8Array(words.length);
    for (const { at, words: given } of listEdits(theirs, words)) isNew.fill(1, at, at + given.length);
    for (let index = from; index < to; index++) if (isNew[index] === 0) credits[index - from] ??= [credit];
  }
  return words.slice(from, to).map((word, index) => ({ word, credits: credits[index] ?? fallback }));
}

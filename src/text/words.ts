/**
 * Texts as words, the unit in which they are compared, merged and credited. A word keeps the blanks that follow it, so that joining the
 * words of a text gives back the text, character by character. Scripts written without blanks count by character.
 */
import { diffArrays } from 'diff';

/** Ideographs, kana, Thai, Lao, Khmer, Burmese one by one; else letters with what joins them; else any single character. */
const wordPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*\s*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}'’_-])+\s*|[^]\s*/gu;

export function splitWords(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

/** What a reader would call a word: not a lone comma or bracket. */
export const isSpoken = (word: string): boolean => /[\p{L}\p{N}]/u.test(word);

/** Words that the blanks around them do not tell apart. */
const isSameWord = (a: string, b: string): boolean => a.trimEnd() === b.trimEnd();

/** `length` words from `start` of the first text give way to `words` of the second, which begin there at `at`. */
export interface Edit {
  readonly start: number;
  readonly length: number;
  readonly words: readonly string[];
  readonly at: number;
}

/** The fewest edits (Myers 1986) that lead from one text to the other; in order, and never two that touch. */
export function listEdits(from: readonly string[], to: readonly string[]): readonly Edit[] {
  const edits: Edit[] = [];
  let [start, at] = [0, 0];
  for (const part of diffArrays([...from], [...to], { comparator: isSameWord })) {
    const { length } = part.value;
    if (part.added) {
      joinEdit(edits, { start, length: 0, words: to.slice(at, at + length), at });
      at += length;
    } else if (part.removed) {
      joinEdit(edits, { start, length, words: [], at });
      start += length;
    } else {
      start += length;
      at += length;
    }
  }
  return edits;
}

function joinEdit(edits: Edit[], next: Edit): void {
  const last = edits.at(-1);
  if (!last || last.start + last.length !== next.start || last.at + last.words.length !== next.at) {
    edits.push(next);
    return;
  }
  edits[edits.length - 1] = { ...last, length: last.length + next.length, words: [...last.words, ...next.words] };
}

export function applyEdits(text: readonly string[], edits: readonly Edit[]): readonly string[] {
  const words: string[] = [];
  let position = 0;
  for (const { start, length, words: given } of edits) {
    words.push(...text.slice(position, start), ...given);
    position = start + length;
  }
  return [...words, ...text.slice(position)];
}

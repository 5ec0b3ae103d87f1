/**
 * A proposal was written on a text that has moved on since. Where both changed other words, both changes stand; where they met, people decide.
 */
import { applyEdits, listEdits, splitWords, type Edit } from './words.ts';

export type Merge = { readonly text: string } | { readonly conflict: readonly Conflict[] };

/** What each side made of the same words. */
export interface Conflict {
  readonly base: string;
  readonly current: string;
  readonly proposed: string;
}

export function mergeTexts(base: string, current: string, proposed: string): Merge {
  const words = splitWords(base);
  const ours = listEdits(words, splitWords(current));
  const theirs = listEdits(words, splitWords(proposed));
  const conflict: Conflict[] = [];
  for (const their of theirs)
    for (const our of ours)
      if (doMeet(our, their) && !isSameEdit(our, their))
        conflict.push({
          base: words.slice(Math.min(our.start, their.start), Math.max(endOf(our), endOf(their))).join(''),
          current: our.words.join(''),
          proposed: their.words.join(''),
        });
  if (conflict.length > 0) return { conflict };
  const both = [...ours, ...theirs.filter((their) => !ours.some((our) => isSameEdit(our, their)))];
  return {
    text: applyEdits(
      words,
      both.toSorted((a, b) => a.start - b.start),
    ).join(''),
  };
}

const endOf = ({ start, length }: Edit): number => start + length;

/** Also where one ends as the other begins: the order of two insertions at one place would be an accident. */
const doMeet = (a: Edit, b: Edit): boolean => a.start <= endOf(b) && b.start <= endOf(a);

const isSameEdit = (a: Edit, b: Edit): boolean =>
  a.start === b.start && a.length === b.length && a.words.join('') === b.words.join('');

/** Two texts side by side in one line of words: what stayed, what went, what came. */
import { listEdits, splitWords } from './words.ts';

export interface Piece {
  readonly change: 'kept' | 'removed' | 'added';
  readonly text: string;
}

export function compareTexts(before: string, after: string): readonly Piece[] {
  const [from, to] = [splitWords(before), splitWords(after)];
  const pieces: Piece[] = [];
  const add = (change: Piece['change'], words: readonly string[]): void => {
    if (words.length > 0) pieces.push({ change, text: words.join('') });
  };
  let at = 0;
  for (const edit of listEdits(from, to)) {
    // What stayed is shown as it stands now: blanks may have changed.
    add('kept', to.slice(at, edit.at));
    add('removed', from.slice(edit.start, edit.start + edit.length));
    add('added', edit.words);
    at = edit.at + edit.words.length;
  }
  add('kept', to.slice(at));
  return pieces;
}

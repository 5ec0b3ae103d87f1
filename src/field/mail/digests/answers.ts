/**
 * "1 yes", "2) non", "3: we cannot pay for this": one mail answers many things. A line that begins with a number of this digest begins an answer, the
 * lines after it go on with it. Words before the first number are given back: nothing is guessed from them.
 */
import { toLatinDigits } from '../choices.ts';

export interface NumberedAnswer {
  readonly number: number;
  readonly words: string;
}

export interface ReadAnswers {
  readonly answers: readonly NumberedAnswer[];
  readonly notUnderstood: readonly string[];
}

const numbered =
  /^\s*[#(]?\s*(\p{Nd}{1,3})\s*[.):\-–=]*\s+(\S[^]*)$|^\s*[#(]?\s*(\p{Nd}{1,3})\s*[.):\-–=]+\s*(\S[^]*)$/u;

export function readAnswers(words: string, count: number): ReadAnswers {
  const answers: { number: number; words: string }[] = [];
  const notUnderstood: string[] = [];
  for (const line of words.split('\n').flatMap(splitShort)) {
    const found = numbered.exec(line);
    const number = Number(toLatinDigits(found?.[1] ?? found?.[3] ?? ''));
    const last = answers.at(-1);
    if (found && number >= 1 && number <= count) answers.push({ number, words: (found[2] ?? found[4] ?? '').trim() });
    else if (line.trim() === '') continue;
    else if (last) last.words = `${last.words}\n${line.trimEnd()}`;
    else notUnderstood.push(line.trim());
  }
  return { answers, notUnderstood };
}

/** A number and one or two words. */
const shortAnswer = /^\s*[#(]?\s*\p{Nd}{1,3}\s*[.):\-–=]*\s*[^\s\p{Nd}]+(?:\s+[^\s,;،]+)?\s*$/u;

/** "1 yes, 2 no" is two answers; a sentence with a comma and a number in it is one. */
function splitShort(line: string): readonly string[] {
  const pieces = line.split(/[;,،](?=\s*\p{Nd})/u);
  return pieces.every((piece) => shortAnswer.test(piece)) ? pieces : [line];
}

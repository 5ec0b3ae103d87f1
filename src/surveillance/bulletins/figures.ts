/**
 * The numbers that a bulletin tells everybody, and how they are found in its text. A sentence that stands as it was drafted tells what it was drafted
 * from. In any other passage a number is taken for a count when the count's indicator and, below the country, its place are named in
 * the passage or in the headings above it. Numbers in words are not found, nor what is only alluded to.
 */
import type { Work } from '../../house.ts';
import type { Period } from '../../period.ts';
import { parseMarkup } from './markup.ts';

/** A count at an area of a period. */
export interface Figure {
  /** Code. */
  readonly indicator: string;
  /** Code; `everywhere` of exchange/counts.ts where no single area lies above all. */
  readonly place: string;
  readonly level: number;
  readonly period: Period;
  readonly value: number;
}

/** What may be told of a figure: its number, another that was given before and still stands, or none. */
export type Verdict = number | 'withheld';

/** Public numbers are let out like any others: whoever keeps account of that decides, and is told. */
export interface LettingOut {
  /** Of each figure, in order. Writes nothing, and holds until the end of the transaction. */
  judge(work: Work, figures: readonly Figure[]): Promise<readonly Verdict[]>;
  /** Everybody knows them from now on. They have been judged in this transaction. */
  writeDown(work: Work, figures: readonly Figure[]): Promise<void>;
}

export interface DraftedSentence {
  readonly sentence: string;
  readonly told: readonly Figure[];
}

export interface NamedFigure extends Figure {
  /** In all languages, and the code. */
  readonly indicatorNames: readonly string[];
  /** Empty for the whole country, which goes without saying. */
  readonly placeNames: readonly string[];
}

export function findTold(
  { title, text }: { readonly title: string; readonly text: string },
  drafted: readonly DraftedSentence[],
  known: readonly NamedFigure[],
  /** Dates and names of weeks in which digits are no counts. */
  noCounts: readonly string[],
): readonly Figure[] {
  const told = new Map<string, Figure>();
  const note = (figure: Figure): void =>
    void told.set(`${figure.indicator} ${figure.place} ${figure.period.label} ${figure.value}`, figure);
  for (const { passage, context } of passagesOf(title, text)) {
    const asDrafted = drafted.find(({ sentence }) => sentence === passage);
    if (asDrafted) {
      asDrafted.told.forEach(note);
      continue;
    }
    const numbers = findWholeNumbers(noCounts.reduce((left, each) => left.replaceAll(each, ' '), passage));
    if (numbers.size === 0) continue;
    const words = fold(`${context} ${passage}`);
    for (const { indicatorNames, placeNames, ...figure } of known)
      if (
        numbers.has(figure.value) &&
        indicatorNames.some((name) => isNamed(words, name)) &&
        (placeNames.length === 0 || placeNames.some((name) => isNamed(words, name)))
      )
        note(figure);
  }
  return [...told.values()];
}

/** Each with the headings above it. */
function passagesOf(title: string, text: string): readonly { readonly passage: string; readonly context: string }[] {
  const passages = [{ passage: title, context: '' }];
  let [upper, lower] = ['', ''];
  for (const block of parseMarkup(text))
    if (block.kind === 'heading') {
      if (block.level === 2) [upper, lower] = [block.text, ''];
      else lower = block.text;
      passages.push({ passage: block.text, context: upper });
    } else if (block.kind === 'list')
      for (const item of block.items) passages.push({ passage: item, context: `${upper} ${lower}` });
    else passages.push({ passage: block.lines.join(' '), context: `${upper} ${lower}` });
  return passages;
}

/** Without shares and decimals. `1,234`, `1.234` and `1 234` are one number, and may as well be two. */
export function findWholeNumbers(text: string): ReadonlySet<number> {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
    .replaceAll(/\d+(?:[.,\u066B]\d{1,2})?\s*[%\u066A]/g, ' ')
    .replaceAll(/\d+[.,\u066B]\d{1,2}(?!\d)/g, ' ');
  const grouped = plain.match(/\d{1,3}(?:[.,\u066C'\u2019 ]\d{3})+(?!\d)/g) ?? [];
  return new Set([...grouped.map((each) => each.replaceAll(/\D/g, '')), ...(plain.match(/\d+/g) ?? [])].map(Number));
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Short names are often parts of others; of long ones, also forms with something before or after. */
function isNamed(words: string, name: string): boolean {
  const folded = fold(name);
  if (folded.length > 4) return words.includes(folded);
  return words.split(/[^\p{L}\p{N}]+/u).includes(folded);
}

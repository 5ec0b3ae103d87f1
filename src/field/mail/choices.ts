/**
 * Answers by number, as people send them from old phones: "1 yes", "2. no", "3) d'accord", "4: passe". What is not understood is given back,
 * line by line, so that the receipt can say so; nothing is guessed from it.
 */

/** Words for one choice, in all languages at once: people answer in another language than they are asked in. Lower case, no accents. */
export type Vocabulary<Choice extends string> = Readonly<Record<Choice, readonly string[]>>;

export const agreement: Vocabulary<'agree' | 'disagree' | 'pass'> = {
  agree: [
    'yes',
    'y',
    'agree',
    'oui',
    "d'accord",
    'daccord',
    'si',
    'de acuerdo',
    'sim',
    'concordo',
    'نعم',
    'موافق',
    'اوافق',
    '+',
  ],
  disagree: [
    'no',
    'n',
    'disagree',
    'non',
    "pas d'accord",
    'en desacuerdo',
    'nao',
    'discordo',
    'لا',
    'غير موافق',
    'لا اوافق',
    '-',
  ],
  pass: ['pass', 'p', 'skip', 'passe', 'paso', 'passo', 'تخط', 'تجاوز', '0'],
};

export const positions: Vocabulary<'support' | 'flexible' | 'reserve' | 'object'> = {
  support: ['support', 'yes', 'agree', 'soutien', 'oui', 'apoyo', 'si', 'apoio', 'sim', 'نؤيد', 'اؤيد', 'نعم'],
  flexible: ['flexible', 'either', 'souple', 'flexivel', 'مرن'],
  reserve: ['reserve', 'reserva', 'تحفظ'],
  object: ['object', 'no', 'objection', 'objecte', 'non', 'objeto', 'nao', 'اعترض', 'لا'],
};

export interface NumberedChoice<Choice> {
  readonly number: number;
  readonly choice: Choice;
  /** What was said after the choice. */
  readonly reason: string;
}

export interface ReadChoices<Choice> {
  readonly choices: readonly NumberedChoice<Choice>[];
  readonly notUnderstood: readonly string[];
}

const numbered = /^\s*[#(]?\s*(\p{Nd}{1,5})\s*[.):\-–=]*\s*(.+)$/u;

export function readChoices<Choice extends string>(words: string, vocabulary: Vocabulary<Choice>): ReadChoices<Choice> {
  const choices: NumberedChoice<Choice>[] = [];
  const notUnderstood: string[] = [];
  for (const line of words
    .split('\n')
    .flatMap((each) => (each.trim() === '' ? [] : each.split(/[;,](?=\s*\p{Nd})/u)))) {
    const [, digits = '', rest = ''] = numbered.exec(line) ?? [];
    const found = digits === '' ? undefined : readChoice(rest, vocabulary);
    if (found) choices.push({ number: Number(toLatinDigits(digits)), ...found });
    else notUnderstood.push(line.trim());
  }
  return { choices, notUnderstood };
}

/** One choice without a number, with a reason after it: "objection: we cannot pay for this". */
export function readChoice<Choice extends string>(
  words: string,
  vocabulary: Vocabulary<Choice>,
): { readonly choice: Choice; readonly reason: string } | undefined {
  const text = words.trim();
  const plain = simplify(text);
  // The longest first: "pas d'accord" begins like nothing else, "no" begins many words.
  const known = (Object.keys(vocabulary) as Choice[])
    .flatMap((choice) => vocabulary[choice].map((word) => ({ choice, word: simplify(word) })))
    .toSorted((a, b) => b.word.length - a.word.length);
  const found = known.find(
    ({ word }) => plain === word || (plain.startsWith(word) && !/[\p{L}\p{N}]/u.test(plain.charAt(word.length))),
  );
  return found && { choice: found.choice, reason: text.slice(found.word.length).replace(/^[\s.,:;!–-]+/u, '') };
}

/** Without accents, in lower case, with straight apostrophes, and as long as before, so that what follows can be cut off. */
function simplify(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{L}/gu, (letter) => {
      const base = letter.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
      return base.length === letter.length ? base : letter;
    })
    .replaceAll('’', "'");
}

/** Arabic-Indic and other decimal digits: ten in a row, from zero on. */
export function toLatinDigits(digits: string): string {
  return digits.replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const value = Array.from({ length: 10 }, (_, below) => below).find(
      (below) => !/\p{Nd}/u.test(String.fromCodePoint(code - below - 1)),
    );
    return String(value ?? 0);
  });
}

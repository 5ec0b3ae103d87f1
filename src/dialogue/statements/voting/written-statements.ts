/** Statements in a mail: lines that begin by saying so, in any of our languages, which is also the language of the statement. */
import type { Locale } from '../../../ui/locales.ts';

export interface WrittenStatement {
  readonly language: Locale;
  readonly text: string;
}

export interface WordsRead {
  readonly statements: readonly WrittenStatement[];
  /** Everything else, for the reader of numbered answers. */
  readonly rest: string;
}

/** Lower case. What each language calls a statement; a word that two share belongs to the first, unless the member writes in the other. */
const openings: Readonly<Record<Locale, readonly string[]>> = {
  en: ['statement'],
  fr: ['énoncé', 'enoncé', 'enonce', 'affirmation'],
  es: ['afirmación', 'afirmacion', 'enunciado'],
  pt: ['afirmação', 'afirmacao', 'enunciado'],
  ar: ['عبارة', 'العبارة'],
};

const opening = /^\s*([\p{L}\p{M}]{3,15})\s*[::]\s*(.*)$/u;
/** A numbered answer, which ends a statement above it. */
const numbered = /^\s*[#(]?\s*\p{Nd}{1,5}\s*[.):\-–=]*\s*\S/u;

/** A statement goes on over the lines that a mail program broke, to an empty line, a numbered answer or the next statement. */
export function readStatements(words: string, own: Locale): WordsRead {
  const statements: { language: Locale; lines: string[] }[] = [];
  const rest: string[] = [];
  let open: (typeof statements)[number] | undefined;
  for (const line of words.split('\n')) {
    const [, word = '', text = ''] = opening.exec(line) ?? [];
    const language = languageOf(word.toLowerCase(), own);
    if (language !== undefined) {
      open = { language, lines: [text] };
      statements.push(open);
    } else if (open && line.trim() !== '' && !numbered.test(line)) open.lines.push(line);
    else {
      // A line break right after the colon is no end.
      if (open && line.trim() === '' && open.lines.join('').trim() === '') continue;
      open = undefined;
      rest.push(line);
    }
  }
  return {
    statements: statements.map(({ language, lines }) => ({ language, text: lines.join(' ').trim() })),
    rest: rest.join('\n').trim(),
  };
}

function languageOf(word: string, own: Locale): Locale | undefined {
  if (openings[own].includes(word)) return own;
  return (Object.keys(openings) as Locale[]).find((language) => openings[language].includes(word));
}

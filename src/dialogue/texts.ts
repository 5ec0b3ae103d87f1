/** What people wrote, by language. Nobody translates by machine here: a language is there because somebody wrote in it. */
import { z } from 'zod';

export type Texts = Readonly<Record<string, string>>;

export interface Said {
  readonly language: string;
  readonly text: string;
}

export const saidSchema = z.object({ language: z.string(), text: z.string() });

/** In the reader's language, else in the language of the thing, else in English, else in any. Undefined: nothing was written. */
export function inLanguage(texts: Texts, wished: string, own?: string): Said | undefined {
  const language = [wished, wished.split('-')[0] ?? '', own ?? '', 'en', Object.keys(texts)[0] ?? ''].find(
    (candidate) => Object.hasOwn(texts, candidate),
  );
  return language === undefined ? undefined : { language, text: texts[language] ?? '' };
}

/** The same texts with this one written, or taken away when it is empty. */
export function withText(texts: Texts, language: string, text: string): Texts {
  const { [language]: _, ...others } = texts;
  return text === '' ? others : { ...others, [language]: text };
}

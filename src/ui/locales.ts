import { ar } from './locales/ar.ts';
import { en } from './locales/en.ts';
import { es } from './locales/es.ts';
import { fr } from './locales/fr.ts';
import { pt } from './locales/pt.ts';

/** A language is a folder of `locales/`, a file that lists its slices, and its place here. English is the reference. */
export const locales = ['en', 'fr', 'es', 'pt', 'ar'] as const;
export type Locale = (typeof locales)[number];

/** Each in its own language, as the language switch shows them. */
export const languageNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ar: 'العربية',
};

/** Which digits Arabic uses: Latin from Morocco to Libya, Arabic-Indic further east. */
export type Digits = 'latn' | 'arab';

/** One form for each plural category of the language (CLDR); `other` always. The number is the value named `count`. */
type PluralForms = { readonly [Category in Intl.LDMLPluralRule]?: string } & { readonly other: string };

export type Message = string | PluralForms;

type Slices = typeof en;

/** `slice.key`, where slice is the name of a file in `locales/en/`. */
export type MessageKey = { [Slice in keyof Slices]: `${Slice}.${keyof Slices[Slice] & string}` }[keyof Slices];

/** What every language must have: the keys of English. The forms of a plural are its own. */
export type Catalogue = { readonly [Slice in keyof Slices]: { readonly [Key in keyof Slices[Slice]]: Message } };

/** Numbers are written as the language writes them; what must not be (a year, a code) is given as text. */
type MessageValues = Readonly<Record<string, string | number>>;

/** The message as plain text, never as HTML: JSX escapes it where it is shown. */
export type Translate = (key: MessageKey, values?: MessageValues) => string;

export const catalogues: Readonly<Record<Locale, Catalogue>> = { en, fr, es, pt, ar };

export const directionOf = (locale: Locale): 'ltr' | 'rtl' => (locale === 'ar' ? 'rtl' : 'ltr');

export const isLocale = (text: string): text is Locale => (locales as readonly string[]).includes(text);

/** For Intl. English is the international one (day before month); the digits of Arabic are always stated. */
export function languageTag(locale: Locale, digits: Digits = 'latn'): string {
  switch (locale) {
    case 'en':
      return 'en-GB';
    case 'ar':
      return `ar-u-nu-${digits}`;
    case 'fr':
    case 'es':
    case 'pt':
      return locale;
  }
}

export function isMessageKey(text: string): text is MessageKey {
  const dot = text.indexOf('.');
  const slices: Readonly<Record<string, Readonly<Record<string, Message>>>> = en;
  const slice = text.slice(0, dot);
  return Object.hasOwn(slices, slice) && Object.hasOwn(slices[slice] ?? {}, text.slice(dot + 1));
}

/** The text of the message before anything is put into it, in the plural form that `count` needs. */
export function findText(locale: Locale, key: MessageKey, count?: number): string {
  const dot = key.indexOf('.');
  const slices: Readonly<Record<string, Readonly<Record<string, Message>>>> = catalogues[locale];
  const message = slices[key.slice(0, dot)]?.[key.slice(dot + 1)];
  if (message === undefined) throw new TypeError(`no message ${key} in ${locale}`);
  if (typeof message === 'string') return message;
  return message[pluralRules(locale).select(count ?? 0)] ?? message.other;
}

const placeholder = /\{([a-z][A-Za-z0-9]*)\}/g;

/** The pieces of a text: words, and the names of what goes between them. */
export function splitText(text: string): readonly ({ readonly words: string } | { readonly name: string })[] {
  return text
    .split(placeholder)
    .map((piece, position) => (position % 2 === 0 ? { words: piece } : { name: piece }))
    .filter((piece) => !('words' in piece) || piece.words !== '');
}

const translators = new Map<string, Translate>();

export function translator(locale: Locale, digits: Digits = 'latn'): Translate {
  const name = languageTag(locale, digits);
  const known = translators.get(name);
  if (known) return known;
  const numbers = new Intl.NumberFormat(name);
  const translate: Translate = (key, values = {}) => {
    const count = values['count'];
    return findText(locale, key, typeof count === 'number' ? count : undefined).replace(
      placeholder,
      (whole, slot: string) => {
        const value = values[slot];
        if (value === undefined) return whole;
        return typeof value === 'number' ? numbers.format(value) : isolate(value, directionOf(locale));
      },
    );
  };
  translators.set(name, translate);
  return translate;
}

const rules = new Map<Locale, Intl.PluralRules>();

function pluralRules(locale: Locale): Intl.PluralRules {
  const known = rules.get(locale) ?? new Intl.PluralRules(languageTag(locale));
  rules.set(locale, known);
  return known;
}

// U+2068 FIRST STRONG ISOLATE and U+2069 POP DIRECTIONAL ISOLATE (UAX #9, 2.4): a name or code inside a sentence keeps its
// own direction and does not reorder what stands around it. Left out where it could change nothing.
export function isolate(value: string, direction: 'ltr' | 'rtl'): string {
  const mayReorder =
    direction === 'ltr' ? /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(value) : /[^\p{Script=Arabic}\s]/u.test(value);
  return mayReorder ? `\u2068${value}\u2069` : value;
}

export interface LanguageChoice {
  /** `?lang=` of this request: the person just chose it. */
  readonly query?: string | undefined;
  /** What was chosen earlier in this browser. */
  readonly cookie?: string | undefined;
  /** What the account says. */
  readonly account?: string | undefined;
  /** The request's Accept-Language header. */
  readonly acceptLanguage?: string | undefined;
}

/** The last deliberate choice wins over what the browser sends unasked. */
export function chooseLocale(choice: LanguageChoice): Locale {
  for (const wish of [choice.query, choice.cookie, choice.account]) {
    if (wish !== undefined && isLocale(wish)) return wish;
  }
  return acceptedLocale(choice.acceptLanguage ?? '') ?? 'en';
}

/** RFC 9110, 12.5.4, with the lookup of RFC 4647, 3.4: `pt-BR` is served by `pt`. */
function acceptedLocale(header: string): Locale | undefined {
  const wishes = header
    .slice(0, 500)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { language: tag.split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  return wishes.map(({ language }) => language).find(isLocale);
}

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  catalogues,
  chooseLocale,
  directionOf,
  isMessageKey,
  languageTag,
  locales,
  splitText,
  translator,
} from './locales.ts';
import type { Locale, Message } from './locales.ts';

type Slices = Readonly<Record<string, Readonly<Record<string, Message>>>>;

const messagesOf = (locale: Locale): ReadonlyMap<string, Message> => {
  const slices: Slices = catalogues[locale];
  return new Map(
    Object.entries(slices).flatMap(([slice, messages]) =>
      Object.entries(messages).map(([key, message]) => [`${slice}.${key}`, message] as const),
    ),
  );
};

const english = messagesOf('en');
const formsOf = (message: Message): readonly string[] =>
  typeof message === 'string' ? [message] : Object.values(message);
const namesIn = (text: string): readonly string[] =>
  splitText(text).flatMap((piece) => ('name' in piece ? [piece.name] : []));
const placeholdersOf = (message: Message): readonly string[] => [...new Set(formsOf(message).flatMap(namesIn))].sort();

const others = locales.filter((locale) => locale !== 'en');

describe.each(locales)('the catalogue of %s', (locale) => {
  const messages = messagesOf(locale);
  const folder = new URL(`./locales/${locale}/`, import.meta.url);

  test('lists every file of its folder', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    expect(Object.keys(catalogues[locale]).sort()).toEqual(files.sort());
  });

  // French "many" begins at a million; nothing here is counted so far. Arabic needs all six below a thousand.
  test('has a form for each plural category that numbers below 1000 take, and none that the language lacks', () => {
    const rules = new Intl.PluralRules(languageTag(locale));
    const needed = new Set(Array.from({ length: 1000 }, (_, count) => rules.select(count)));
    const known = new Set<string>(rules.resolvedOptions().pluralCategories);
    for (const [key, message] of messages) {
      if (typeof message === 'string') continue;
      expect([key, [...needed].filter((category) => message[category] === undefined)]).toEqual([key, []]);
      expect([key, Object.keys(message).filter((category) => !known.has(category))]).toEqual([key, []]);
    }
  });

  test('holds words only: no markup, no stray braces or spaces', () => {
    for (const [key, message] of messages) {
      for (const text of formsOf(message)) {
        expect([key, text]).toEqual([key, text.trim()]);
        expect([key, text.replaceAll(/\{[a-z][A-Za-z0-9]*\}/g, '')]).toEqual([
          key,
          expect.not.stringMatching(/[<>{}]|^$/),
        ]);
      }
    }
  });
});

describe.each(others)('the catalogue of %s', (locale) => {
  const messages = messagesOf(locale);

  test('has the keys of English', () => {
    expect([...messages.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('is translated: no sentence is the English one', () => {
    const sentences = [...english].filter(([, message]) =>
      formsOf(message).some((text) => /\p{L}+\P{L}+\p{L}+\P{L}+\p{L}{3}/u.test(text)),
    );
    const same = sentences.filter(([key, message]) => JSON.stringify(messages.get(key)) === JSON.stringify(message));
    expect(same.map(([key]) => key)).toEqual([]);
  });

  test('says the same things: same placeholders, plural where English is', () => {
    for (const [key, message] of english) {
      const there = messages.get(key) ?? '';
      expect([key, placeholdersOf(there)]).toEqual([key, placeholdersOf(message)]);
      expect([key, typeof there]).toEqual([key, typeof message]);
    }
  });
});

/** A call of `t` or a `<Text>` with a literal key, and the names of the values that stand in its object literal. */
interface Use {
  readonly key: string;
  /** Undefined when the values are not written out at the call. */
  readonly given: readonly string[] | undefined;
}

function usesIn(source: string): readonly Use[] {
  return [...source.matchAll(/\bt\(\s*'([a-z-]+\.[a-z0-9-]+)'/g)].map((match) => {
    const rest = source.slice(match.index + match[0].length).trimStart();
    if (rest.startsWith(')') || /^,\s*\)/.test(rest)) return { key: match[1] ?? '', given: [] };
    const literal = /^,\s*\{/.exec(rest);
    return { key: match[1] ?? '', given: literal ? topLevelNames(rest.slice(literal[0].length)) : undefined };
  });
}

/** The property names of an object literal whose opening brace has been read; values may nest and hold strings. */
function topLevelNames(text: string): readonly string[] | undefined {
  const names: string[] = [];
  let depth = 0;
  let atName = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '}' && depth === 0) return names;
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if ('\'"`'.includes(character)) at = text.indexOf(character, at + 1);
    else if (depth === 0 && character === ',') atName = true;
    else if (depth === 0 && atName && /[a-zA-Z.]/.test(character)) {
      const name = /^[\w.]+/.exec(text.slice(at))?.[0] ?? '';
      if (name.startsWith('...')) return undefined;
      names.push(name);
      at += name.length - 1;
      atName = false;
    }
  }
  return undefined;
}

const missingIn = (source: string): readonly string[] =>
  usesIn(source).flatMap(({ key, given }) => {
    const message = english.get(key);
    if (message === undefined || given === undefined) return [];
    const needed =
      typeof message === 'string' ? placeholdersOf(message) : [...new Set([...placeholdersOf(message), 'count'])];
    return needed.filter((name) => !given.includes(name)).map((name) => `${key} lacks ${name}`);
  });

function sources(): readonly string[] {
  const root = new URL('../', import.meta.url);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith('ui/locales/'))
    .map((path) => readFileSync(new URL(path, root), 'utf8'));
}

/** Keys that appear nowhere in quotes, nor behind a template whose beginning they share (`fields.${code}`). */
function unusedIn(texts: readonly string[], keys: Iterable<string>): readonly string[] {
  const whole = texts.join('\n');
  const beginnings = [...whole.matchAll(/`([a-z-]+\.[a-z0-9-]*)\$\{/g)].map((match) => match[1] ?? '');
  return [...keys].filter(
    (key) =>
      !whole.includes(`'${key}'`) &&
      !whole.includes(`"${key}"`) &&
      !beginnings.some((beginning) => key.startsWith(beginning)),
  );
}

describe('the sources', () => {
  test('use every message', () => {
    expect(unusedIn(sources(), english.keys())).toEqual([]);
  });

  test('give each message the values it has places for', () => {
    expect(sources().flatMap(missingIn)).toEqual([]);
  });

  test('are really read: a planted unused key and a planted missing value are found', () => {
    expect(unusedIn(["t('a.used')", '`a.kind-${kind}`'], ['a.used', 'a.kind-x', 'a.unused', 'b.used'])).toEqual([
      'a.unused',
      'b.used',
    ]);
    expect(missingIn("t('common.entry')")).toEqual(['common.entry lacks index']);
    expect(missingIn("t('common.entry', { indes: f(a, { index: 1 }) })")).toEqual(['common.entry lacks index']);
    expect(missingIn("t('common.errors-title', { counts: '}' })")).toEqual(['common.errors-title lacks count']);
    expect(missingIn("t('common.entry', { 'x': 1, index })")).toEqual([]);
    expect(missingIn("t('common.entry', values)")).toEqual([]);
  });
});

describe('translating', () => {
  test('a key that is not in the catalogue is not a message', () => {
    for (const text of [
      '',
      'common',
      'common.',
      'common.nowhere',
      '.start',
      'constructor.name',
      'common.constructor',
      '__proto__.x',
    ]) {
      expect([text, isMessageKey(text)]).toEqual([text, false]);
    }
    expect(isMessageKey('common.start')).toBe(true);
  });

  test('numbers are written as the language writes them, text is left alone', () => {
    expect(translator('en')('common.entry', { index: 12_345 })).toBe('entry 12,345');
    expect(translator('fr')('common.entry', { index: 12_345 })).toBe('entrée 12\u202f345');
    expect(translator('ar', 'arab')('common.entry', { index: 12_345 })).toBe('القيد ١٢٬٣٤٥');
    expect(translator('en')('common.entry', { index: '12345' })).toBe('entry 12345');
  });

  test('Arabic takes its six plural forms', () => {
    const t = translator('ar');
    const forms = [0, 1, 2, 3, 11, 100].map((count) => t('chart.signals', { count }));
    expect(forms).toEqual(['لا إشارات.', 'إشارة واحدة.', 'إشارتان.', '3 إشارات.', '11 إشارة.', '100 إشارة.']);
  });

  test('a value cannot pose as a placeholder or a replacement pattern', () => {
    expect(translator('en')('common.error-in', { field: '{message}', message: '$&' })).toBe('{message}: $&');
  });

  test('a value of the other direction is isolated, one of the same is not', () => {
    expect(translator('en')('common.entry', { index: 'وزارة' })).toBe('entry \u2068وزارة\u2069');
    expect(translator('ar')('common.entry', { index: 'Amara (1)' })).toBe('القيد \u2068Amara (1)\u2069');
    expect(translator('ar')('common.entry', { index: 'وزارة الصحة' })).toBe('القيد وزارة الصحة');
    expect(translator('en')('common.entry', { index: 'Amara (1)' })).toBe('entry Amara (1)');
  });

  test('only Arabic is written from right to left', () => {
    expect(locales.filter((locale) => directionOf(locale) === 'rtl')).toEqual(['ar']);
  });
});

describe('choosing the language', () => {
  test.each([
    ['what is unknown is passed over', { query: 'xx', cookie: 'EN', account: '', acceptLanguage: 'zz' }, 'en'],
    ['the address before the cookie', { query: 'fr', cookie: 'es', account: 'pt', acceptLanguage: 'ar' }, 'fr'],
    ['the cookie before the account', { cookie: 'es', account: 'pt', acceptLanguage: 'ar' }, 'es'],
    ['the account before the browser', { account: 'pt', acceptLanguage: 'ar' }, 'pt'],
    ['the browser, by weight', { acceptLanguage: 'de;q=0.9, fr;q=0.5, pt-BR;q=0.8' }, 'pt'],
    ['in the order given when weights are equal', { acceptLanguage: 'es-PE, fr' }, 'es'],
    ['never what is refused', { acceptLanguage: 'fr;q=0, ar;q=0.1' }, 'ar'],
    ['a weight that is no number counts for nothing', { acceptLanguage: 'fr;q=x, es;q=0.1' }, 'es'],
    ['English when nothing is said', {}, 'en'],
  ] as const)('%s', (_, choice, locale) => {
    expect(chooseLocale(choice)).toBe(locale);
  });
});

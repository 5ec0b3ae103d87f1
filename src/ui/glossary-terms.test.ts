import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPackageRoot } from '../package-root.ts';
import { findText, isMessageKey, locales, type Locale } from './locales.ts';

/**
 * Whoever reads "journal" on one page and "registre" on the next looks for two things. Where the English words speak of one of these, every language
 * uses its word of docs/glossary.md, in whatever case and number; the first test holds the patterns to that file.
 */
interface Term {
  /** As in the first column of the glossary. */
  readonly name: string;
  readonly english: RegExp;
  readonly words: Readonly<Record<Exclude<Locale, 'en'>, RegExp>>;
  /** Keys, or whole slices, in which the English word means something else or stands for it alone. */
  readonly except?: RegExp;
}

const terms: readonly Term[] = [
  {
    name: 'warning',
    english: /\bwarnings?\b/i,
    words: { fr: /alerte/i, es: /alerta/i, pt: /alerta/i, ar: /إنذار/ },
  },
  {
    name: 'public log',
    english: /\blogs?\b/i,
    words: { fr: /journa(?:l|ux)/i, es: /registro/i, pt: /registo/i, ar: /سجل/ },
    // A logarithm.
    except: /^methods\./,
  },
  {
    name: 'recovery key',
    english: /\brecovery keys?\b/i,
    words: {
      fr: /clés? de secours/i,
      es: /claves? de recuperación/i,
      pt: /chaves? de recuperação/i,
      ar: /(?:مفتاح|مفاتيح) (?:ال)?استرداد/,
    },
  },
  {
    name: 'act',
    english: /\b(?:an?|the|this|each|every|no|its|your|first) acts?\b|\bacts\b/i,
    words: { fr: /\bactes?\b/i, es: /\bactos?\b/i, pt: /\batos?\b/i, ar: /عمل|أعمال/ },
    // Somebody acts for an organisation.
    except: /^(?:members|programme|rights|companion|statements|papers|decisions|equity|hub)\./,
  },
  {
    name: 'open question',
    english: /\bopen questions?\b/i,
    words: {
      fr: /questions? ouvertes?/i,
      es: /cuesti(?:ón|ones) abiertas?/i,
      pt: /quest(?:ão|ões) em aberto/i,
      ar: /(?:مسألة|مسائل|مسألتان|مسألتين) (?:ال)?مفتوحة/,
    },
    // A question put to members.
    except: /^(?:statements|papers|decisions|companion|programme)\./,
  },
  {
    name: 'alarm',
    english: /\balarms?\b/i,
    // Pages of detectors know no other alarm than a detector's; where warnings are near, Arabic says which of the two is meant.
    words: { fr: /alarme/i, es: /alarma/i, pt: /alarme/i, ar: /إنذار\S* (?:ال)?آلي/ },
    except: /^(?:signals|methods|workbench|clusters|rules|bulletins|delays)\./,
  },
  {
    name: 'receipt',
    english: /\breceipts?\b/i,
    words: {
      fr: /accusés? de réception/i,
      es: /acuses? de recibo/i,
      pt: /avisos? de receção/i,
      ar: /إشعار(?:ات)? (?:ال)?استلام|إشعار الاستلام/,
    },
  },
];

const languages = locales.filter((locale) => locale !== 'en');

/** Every form of a message, one after the other. */
function wordsOf(locale: Locale, key: string): string {
  if (!isMessageKey(key)) return '';
  return [...new Set([0, 1, 2, 3, 11, 100].map((count) => findText(locale, key, count)))].join(' ');
}

const folder = path.join(findPackageRoot(), 'src/ui/locales/en');
const slices = readFileSync(path.join(folder, '../en.ts'), 'utf8').matchAll(/\.\/en\/([a-z]+)\.json/g);
const keys = [...slices].flatMap(([, slice]) =>
  Object.keys(JSON.parse(readFileSync(path.join(folder, `${slice}.json`), 'utf8')) as object).map(
    (name) => `${slice}.${name}`,
  ),
);

const rows = readFileSync(path.join(findPackageRoot(), 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe.each(terms)('$name', ({ name, english, words, except }) => {
  test('is what docs/glossary.md calls it', () => {
    const [, , fr, es, pt, ar] = rows.find((cells) => cells[1] === name) ?? [];
    expect([
      words.fr.test(fr ?? ''),
      words.es.test(es ?? ''),
      words.pt.test(pt ?? ''),
      words.ar.test(ar ?? ''),
    ]).toEqual([true, true, true, true]);
  });

  test.each(languages)('is called so everywhere in %s', (locale) => {
    const meant = keys.filter((key) => !except?.test(key) && english.test(wordsOf('en', key)));
    expect(meant.length).toBeGreaterThan(0);
    const departing = meant.filter((key) => !words[locale].test(wordsOf(locale, key)));
    expect(departing.map((key) => `${key}: ${wordsOf(locale, key)}`)).toEqual([]);
  });
});

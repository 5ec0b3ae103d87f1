/** A query as people type it: words, "phrases", -without, or. Searched in each of our languages at once, because who searches need not know in which one was written. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';

// Those of the index (migration 0028): stems without accents, and the Romance ones with them.
const configurations = [
  'words_en',
  'words_fr',
  'words_es',
  'words_pt',
  'words_ar',
  'words_any',
  'french',
  'spanish',
  'portuguese',
] as const;

/** websearch_to_tsquery takes any text whatever and never fails. */
function inAnyLanguage(text: string): RawBuilder<unknown> {
  const parts = configurations.map((name) => sql`websearch_to_tsquery(${sql.lit(name)}::regconfig, ${text})`);
  return sql`(${sql.join(parts, sql` || `)})`;
}

const without = /(?:^|\s)-("[^"]*"|\S+)/g;

export interface WordsAsked {
  /** For ranking. */
  readonly wanted: RawBuilder<unknown>;
  readonly matches: RawBuilder<SqlBool>;
}

/** What is left out is left out in every language; inside one query of several languages, "not" in one would be undone by another. */
export function wordsAsked(text: string): WordsAsked {
  const wanted = inAnyLanguage(text.replace(without, ' '));
  const unwanted = [...text.matchAll(without)].map(([, words = '']) => sql`not words @@ ${inAnyLanguage(words)}`);
  return { wanted, matches: sql<SqlBool>`(${sql.join([sql`words @@ ${wanted}`, ...unwanted], sql` and `)})` };
}

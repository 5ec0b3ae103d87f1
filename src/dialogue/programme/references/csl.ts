/** Bibliographic data as CSL-JSON (citationstyles.org, csl-data.json), the few fields we keep, and its way out as CSL-JSON, BibTeX and RIS. */
import { z } from 'zod';

const name = z.union([
  z.strictObject({ family: z.string().max(200), given: z.string().max(200).optional() }),
  z.strictObject({ literal: z.string().max(300) }),
]);

export const cslTypes = [
  'article-journal',
  'book',
  'chapter',
  'report',
  'webpage',
  'document',
  'legislation',
  'speech',
  'dataset',
] as const;

export const cslSchema = z.object({
  type: z.enum(cslTypes),
  title: z.string().max(1000).optional(),
  author: z.array(name).max(100).optional(),
  issued: z.object({ 'date-parts': z.tuple([z.array(z.int()).min(1).max(3)]) }).optional(),
  'container-title': z.string().max(500).optional(),
  publisher: z.string().max(300).optional(),
  volume: z.string().max(50).optional(),
  issue: z.string().max(50).optional(),
  page: z.string().max(50).optional(),
  number: z.string().max(100).optional(),
  language: z.string().max(35).optional(),
  DOI: z.string().max(500).optional(),
  PMID: z.string().max(20).optional(),
  PMCID: z.string().max(20).optional(),
  ISBN: z.string().max(20).optional(),
  URL: z.string().max(2000).optional(),
});
export type Csl = z.output<typeof cslSchema>;

/** What the key alone tells. */
export function cslOfKey(key: string, link: string | undefined): Csl {
  const colon = key.indexOf(':');
  const value = key.slice(colon + 1);
  const URL = link === undefined ? {} : { URL: link };
  switch (key.slice(0, colon)) {
    case 'doi':
      return { type: 'article-journal', DOI: value, ...URL };
    case 'pmid':
      return { type: 'article-journal', PMID: value, ...URL };
    case 'pmcid':
      return { type: 'article-journal', PMCID: value, ...URL };
    case 'isbn':
      return { type: 'book', ISBN: value };
    case 'who':
      return { type: 'report', number: value, publisher: 'World Health Organization', ...URL };
    default:
      return { type: 'webpage', ...URL };
  }
}

export interface Cited {
  /** Unique in one export. */
  readonly id: string;
  readonly csl: Csl;
  /** Who brought it. */
  readonly note: string | undefined;
}

export function formatCslJson(cited: readonly Cited[]): string {
  return `${JSON.stringify(
    cited.map(({ id, csl, note }) => ({ id, ...csl, ...(note === undefined ? {} : { note }) })),
    undefined,
    2,
  )}\n`;
}

type Author = NonNullable<Csl['author']>[number];

const authorName = (author: Author): string =>
  'literal' in author
    ? author.literal
    : author.given === undefined
      ? author.family
      : `${author.family}, ${author.given}`;

const yearOf = (csl: Csl): string | undefined => csl.issued?.['date-parts'][0][0]?.toString();

/** A title for something of which only the address or number is known. */
export const titleOf = (csl: Csl): string =>
  csl.title ?? csl.number ?? csl.DOI ?? csl.URL ?? csl.ISBN ?? csl.PMID ?? csl.PMCID ?? '';

// The characters that mean something to TeX. Everything else is left as UTF-8, which BibLaTeX and every reference manager read.
const texCharacters: Readonly<Record<string, string>> = {
  '\\': String.raw`\textbackslash{}`,
  '{': String.raw`\{`,
  '}': String.raw`\}`,
  '%': String.raw`\%`,
  '&': String.raw`\&`,
  $: String.raw`\$`,
  '#': String.raw`\#`,
  _: String.raw`\_`,
  '~': String.raw`\textasciitilde{}`,
  '^': String.raw`\textasciicircum{}`,
};
const escapeTex = (text: string): string =>
  text.replaceAll(/[\\{}%&$#_~^]/g, (character) => texCharacters[character] ?? character).replaceAll(/\s+/g, ' ');

const bibtexTypes: Readonly<Record<Csl['type'], string>> = {
  'article-journal': 'article',
  book: 'book',
  chapter: 'incollection',
  report: 'techreport',
  webpage: 'misc',
  document: 'misc',
  legislation: 'misc',
  speech: 'misc',
  dataset: 'misc',
};

export function formatBibtex(cited: readonly Cited[]): string {
  return cited
    .map(({ id, csl, note }) => {
      const container = csl.type === 'chapter' ? 'booktitle' : 'journal';
      const fields: readonly (readonly [string, string | undefined])[] = [
        ['title', escapeTex(titleOf(csl))],
        [
          'author',
          csl.author
            ?.map((author) => ('literal' in author ? `{${escapeTex(author.literal)}}` : escapeTex(authorName(author))))
            .join(' and '),
        ],
        ['year', yearOf(csl)],
        [container, csl['container-title'] && escapeTex(csl['container-title'])],
        [csl.type === 'report' ? 'institution' : 'publisher', csl.publisher && escapeTex(csl.publisher)],
        ['volume', csl.volume && escapeTex(csl.volume)],
        ['number', csl.issue ? escapeTex(csl.issue) : csl.number && escapeTex(csl.number)],
        ['pages', csl.page && escapeTex(csl.page.replace(/(\d)[-\u2013](\d)/, '$1--$2'))],
        ['doi', csl.DOI],
        ['isbn', csl.ISBN],
        ['pmid', csl.PMID],
        // Not escaped: BibTeX styles set it with \url.
        ['url', csl.URL?.replaceAll(/[{}\\]/g, encodeURIComponent)],
        ['note', note && escapeTex(note)],
      ];
      const lines = fields.flatMap(([field, value]) =>
        value === undefined || value === '' ? [] : [`  ${field} = {${value}}`],
      );
      return `@${bibtexTypes[csl.type]}{${id},\n${lines.join(',\n')}\n}\n`;
    })
    .join('\n');
}

const risTypes: Readonly<Record<Csl['type'], string>> = {
  'article-journal': 'JOUR',
  book: 'BOOK',
  chapter: 'CHAP',
  report: 'RPRT',
  webpage: 'ELEC',
  document: 'GEN',
  legislation: 'BILL',
  speech: 'CONF',
  dataset: 'DATA',
};

/** Tags of the RIS specification (Research Information Systems, 2001); a value is one line. */
export function formatRis(cited: readonly Cited[]): string {
  return cited
    .map(({ id, csl, note }) => {
      const [start, finish] = csl.page?.split(/[-\u2013]/) ?? [];
      const tags: readonly (readonly [string, string | undefined])[] = [
        ['TY', risTypes[csl.type]],
        ['ID', id],
        ['TI', titleOf(csl)],
        ...(csl.author ?? []).map((author) => ['AU', authorName(author)] as const),
        ['PY', yearOf(csl)],
        ['T2', csl['container-title']],
        ['PB', csl.publisher],
        ['VL', csl.volume],
        ['IS', csl.issue ?? csl.number],
        ['SP', start],
        ['EP', finish],
        ['LA', csl.language],
        ['DO', csl.DOI],
        ['SN', csl.ISBN],
        ['AN', csl.PMID],
        ['UR', csl.URL],
        ['N1', note],
      ];
      const lines = tags.flatMap(([tag, value]) =>
        value === undefined || value === '' ? [] : [`${tag}  - ${value.replaceAll(/\s+/g, ' ')}`],
      );
      return `${lines.join('\r\n')}\r\nER  - \r\n`;
    })
    .join('\r\n');
}

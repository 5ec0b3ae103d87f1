/** What a delegate fills in, and the document it becomes. Articles without heading and text fall away, so do rules left to people. */
import { z } from 'zod';
import { didSchema } from '../acts/payload.ts';
import { fieldErrorsOf } from '../http/field-errors.ts';
import type { Did } from '../ids.ts';
import type { FieldError } from '../problem.ts';
import { contents, documentSchema, type ForceRule, type InstrumentDocument } from './document.ts';
import { purposes } from './purposes.ts';

const anyParty = 'any';

const termDraftSchema = z.object({
  /** `people`: nothing for systems to apply; the article is left to its readers. */
  content: z.enum(['people', ...contents]).default('people'),
  effect: z.enum(['permit', 'forbid']).default('permit'),
  from: z.string().max(400).default(anyParty),
  to: z.string().max(400).default(anyParty),
  /** Codes separated by commas or spaces; empty: every indicator. */
  indicators: z.string().max(4_000).default(''),
  finestLevel: z.int().min(0).max(9).default(0),
  minimumCount: z.int().min(1).max(1000).default(5),
  purposes: z.array(z.enum(purposes)).default([]),
  every: z.enum(['once', 'day', 'week', 'month']).default('week'),
  until: z.iso.date().or(z.literal('')).default(''),
});

export const draftSchema = z.object({
  title: z.string().trim().min(1).max(300),
  language: z.string().regex(/^[a-z]{2,3}$/),
  parties: z.array(didSchema).min(1).max(250),
  articles: z
    .array(
      z.object({
        heading: z.string().trim().max(200).default(''),
        text: z.string().trim().max(20_000).default(''),
        terms: z.array(termDraftSchema).max(20).default([]),
      }),
    )
    .max(200),
  /** How many parties must consent to be bound; and of which, when named. */
  consents: z.int().min(1).max(250),
  notBefore: z.iso.date().or(z.literal('')).default(''),
  delayDays: z.int().min(0).max(3660).default(0),
  withdrawalNoticeDays: z.int().min(0).max(3660).default(0),
  keepers: z.array(didSchema).min(1).max(50),
  k: z.int().min(1).max(50).default(1),
  assurance: z.enum(['session', 'person-key', 'passkey']).default('session'),
});
export type Draft = z.output<typeof draftSchema>;

const typed = z.string().max(20_000).default('');
const typedList = z.array(z.string().max(400)).max(250).default([]);

/** A draft on its way: whatever was typed, with nothing judged; `add` names the list that gets one item more. */
export const unfinishedDraftSchema = z.object({
  base: typed,
  title: typed,
  language: typed,
  parties: typedList,
  articles: z
    .array(
      z.object({
        heading: typed,
        text: typed,
        terms: z
          .array(
            z.object({
              content: typed,
              effect: typed,
              from: typed,
              to: typed,
              indicators: typed,
              finestLevel: typed,
              minimumCount: typed,
              purposes: typedList,
              every: typed,
              until: typed,
            }),
          )
          .max(20)
          .default([]),
      }),
    )
    .max(200)
    .default([]),
  consents: typed,
  notBefore: typed,
  delayDays: typed,
  withdrawalNoticeDays: typed,
  keepers: typedList,
  k: typed,
  assurance: typed,
  add: z
    .string()
    .regex(/^(?:articles(?:\.\d{1,3}\.terms)?)?$/)
    .default(''),
});

/** The form's values with one item more in the list that `add` names, up to what a document may hold. */
export function withOneMore({
  add,
  ...draft
}: z.output<typeof unfinishedDraftSchema>): Record<string, string | readonly string[]> {
  const values = formValuesOf(draft);
  if (add === 'articles' && draft.articles.length < 200)
    return { ...values, [`articles.${draft.articles.length}.heading`]: '' };
  const terms = add === '' ? undefined : draft.articles[Number(add.split('.')[1])]?.terms;
  return terms && terms.length < 20 ? { ...values, ...blankTermValues(`${add}.${terms.length}`) } : values;
}

/** The document a draft becomes, or what is missing or contradicts itself, each at the field where it is to be mended. */
export function documentOf(
  draft: Draft,
  own: Did,
  findVkey: (operator: Did) => string | undefined,
): { readonly document: InstrumentDocument } | { readonly errors: readonly FieldError[] } {
  const consents: ForceRule = { consents: draft.consents };
  const rule: ForceRule = draft.notBefore === '' ? consents : { all: [consents, { notBefore: draft.notBefore }] };
  const document = {
    title: draft.title,
    language: draft.language,
    parties: [...new Set([own, ...draft.parties])],
    articles: writtenArticles(draft).map(({ article }, index) => ({
      id: `art-${index + 1}`,
      heading: article.heading,
      text: article.text,
      terms: article.terms.flatMap(termOf),
    })),
    entryIntoForce: { rule, delayDays: draft.delayDays },
    withdrawalNoticeDays: draft.withdrawalNoticeDays,
    copyKeepers: {
      keepers: draft.keepers.map((operator) => ({ operator, vkey: findVkey(operator) ?? '' })),
      k: draft.k,
    },
    assurance: draft.assurance,
  };
  const parsed = documentSchema.safeParse(document);
  if (parsed.success) return { document: parsed.data };
  return {
    errors: fieldErrorsOf(parsed.error, document).map((error) => {
      const path = fieldInDraft(draft, error.path.split('.'));
      const code = (error.code === 'wrong-form' && contradictions[path.split('.').at(-1) ?? '']) || error.code;
      return { path, code, message: code };
    }),
  };
}

const writtenArticles = ({ articles }: Draft) =>
  articles
    .map((article, index) => ({ article, index }))
    .filter(({ article: { heading, text } }) => heading !== '' || text !== '');

/** What the document's schema finds by comparing answers, by the field at which it is said. */
const contradictions: Readonly<Record<string, string>> = {
  k: 'agreement.more-than-keepers',
  keepers: 'agreement.keeper-unknown',
  from: 'agreement.not-a-party',
};

/** Articles left empty and rules left to people have fallen away from the document: its numbers are not those of the form. */
function fieldInDraft(draft: Draft, [first = '', second = '', part, term, ...rest]: readonly string[]): string {
  switch (first) {
    case 'articles': {
      const { article, index } = writtenArticles(draft)[Number(second)] ?? {};
      if (!article || part === undefined) return 'articles.0.heading';
      if (part !== 'terms') return `articles.${index}.${part}`;
      const applied = article.terms.flatMap(({ content }, position) => (content === 'people' ? [] : [position]));
      return [`articles.${index}.terms.${applied[Number(term ?? 0)] ?? 0}`, rest[0] ?? 'from'].join('.');
    }
    case 'copyKeepers':
      return second === 'k' ? 'k' : 'keepers';
    case 'entryIntoForce':
      return second === 'delayDays' ? second : 'consents';
    default:
      return first;
  }
}

function termOf(draft: Draft['articles'][number]['terms'][number]) {
  const { content, from, to, every, until, ...term } = draft;
  if (content === 'people') return [];
  const indicators = draft.indicators.split(/[\s,;]+/).filter((code) => code !== '');
  return [
    {
      ...term,
      content,
      from: from === anyParty ? null : from,
      to: to === anyParty ? null : to,
      indicators: indicators.length === 0 ? null : indicators,
      every: every === 'once' ? null : every,
      until: until === '' ? null : until,
    },
  ];
}

/** What a new draft starts from: an article without terms, and what most agreements between two parties say. */
export const blankDraftValues: Readonly<Record<string, string>> = {
  consents: '2',
  delayDays: '0',
  withdrawalNoticeDays: '0',
  k: '1',
  assurance: 'session',
};

export function blankTermValues(term: string): Record<string, string> {
  return {
    [`${term}.content`]: 'people',
    [`${term}.effect`]: 'permit',
    [`${term}.from`]: anyParty,
    [`${term}.to`]: anyParty,
    [`${term}.every`]: 'week',
    [`${term}.minimumCount`]: '5',
  };
}

/** A document as the form shows it again, for a revision or an amendment. */
export function draftOf(document: InstrumentDocument): Draft {
  const { rule, delayDays } = document.entryIntoForce;
  const parts = 'all' in rule ? rule.all : [rule];
  return {
    title: document.title,
    language: document.language,
    parties: document.parties,
    articles: document.articles.map((article) => ({
      heading: article.heading,
      text: article.text,
      terms: article.terms.map((term) => ({
        ...term,
        from: term.from ?? anyParty,
        to: term.to ?? anyParty,
        indicators: term.indicators?.join(', ') ?? '',
        every: term.every ?? 'once',
        until: term.until ?? '',
      })),
    })),
    consents: parts.flatMap((part) => ('consents' in part ? [part.consents] : []))[0] ?? document.parties.length,
    notBefore: parts.flatMap((part) => ('notBefore' in part ? [part.notBefore] : []))[0] ?? '',
    delayDays,
    withdrawalNoticeDays: document.withdrawalNoticeDays,
    keepers: document.copyKeepers.keepers.map((keeper) => keeper.operator),
    k: document.copyKeepers.k,
    assurance: document.assurance,
  };
}

/** Form values by field name, as the field family reads them: `articles.0.terms.0.content`. */
export function formValuesOf(draft: object): Record<string, string | readonly string[]> {
  const values: Record<string, string | readonly string[]> = {};
  const put = (path: string, value: unknown): void => {
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) values[path] = value;
    else if (Array.isArray(value)) value.forEach((item, index) => put(`${path}.${index}`, item));
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) put(path === '' ? name : `${path}.${name}`, inner);
    else values[path] = String(value);
  };
  put('', draft);
  return values;
}

/**
 * The text of an instrument and what its parties chose to make checkable. The prose prevails; the terms beside an article are what
 * the parties' systems apply by themselves; an article without terms is left to people.
 */
import { z } from 'zod';
import { didSchema } from '../acts/payload.ts';
import { purposes } from './purposes.ts';

const plainDate = z.iso.date();
const indicatorCode = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/);

/** `table`: counts at an administrative level. `warning`: an event that a named person verified. `signal`: an alarm nobody has verified. */
export const contents = ['table', 'warning', 'signal'] as const;
export type Content = (typeof contents)[number];

export const termSchema = z.strictObject({
  effect: z.enum(['permit', 'forbid']),
  content: z.enum(contents),
  /** Giving and receiving party; null: each party to each. */
  from: didSchema.nullable(),
  to: didSchema.nullable(),
  /** Indicator codes; null: every indicator the giver holds. */
  indicators: z.array(indicatorCode).min(1).max(200).nullable(),
  /** The finest administrative level that may be given; 0 is the whole country. */
  finestLevel: z.int().min(0).max(9),
  /** Cells above zero and below this are withheld. */
  minimumCount: z.int().min(1).max(1000),
  purposes: z.array(z.enum(purposes)).min(1),
  every: z.enum(['day', 'week', 'month']).nullable(),
  until: plainDate.nullable(),
});
export type Term = z.infer<typeof termSchema>;

/** The one indicator that warnings or alarms under these terms can be about; undefined when there are several, or none are permitted. */
export function onlyWarnedIndicator(articles: readonly { readonly terms: readonly Term[] }[]): string | undefined {
  const permitted = articles
    .flatMap(({ terms }) => terms)
    .filter(({ effect, content }) => effect === 'permit' && content !== 'table')
    .map(({ indicators }) => indicators);
  const named = new Set(permitted.flatMap((indicators) => indicators ?? []));
  return permitted.length > 0 && !permitted.includes(null) && named.size === 1 ? [...named][0] : undefined;
}

export const articleSchema = z.strictObject({
  id: z.string().regex(/^art-[1-9][0-9]{0,2}$/),
  heading: z.string().min(1).max(200),
  text: z.string().min(1).max(20_000),
  terms: z.array(termSchema).max(20),
});
export type Article = z.infer<typeof articleSchema>;

/** When the instrument enters into force: a condition on consents to be bound, as data that every node evaluates alike. */
export type ForceRule =
  | { readonly all: readonly ForceRule[] }
  | { readonly any: readonly ForceRule[] }
  | { readonly consents: number }
  | { readonly consentOf: z.infer<typeof didSchema> }
  | { readonly notBefore: string };

export const forceRuleSchema: z.ZodType<ForceRule> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(forceRuleSchema).min(1).max(20) }),
    z.strictObject({ any: z.array(forceRuleSchema).min(1).max(20) }),
    z.strictObject({ consents: z.int().min(1).max(300) }),
    z.strictObject({ consentOf: didSchema }),
    z.strictObject({ notBefore: plainDate }),
  ]),
);

/** How far rules may nest: enough for any treaty, too little to make a reader's evaluation expensive. */
const ruleDepth = 6;

export function depthOf(rule: ForceRule): number {
  const inner = 'all' in rule ? rule.all : 'any' in rule ? rule.any : [];
  return 1 + Math.max(0, ...inner.map(depthOf));
}

export const copyKeeperSchema = z.strictObject({
  operator: didSchema,
  vkey: z
    .string()
    .max(400)
    .regex(/^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/),
});

export const documentSchema = z
  .strictObject({
    title: z.string().min(1).max(300),
    language: z.string().regex(/^[a-z]{2,3}$/),
    parties: z.array(didSchema).min(2).max(250),
    articles: z.array(articleSchema).min(1).max(200),
    entryIntoForce: z.strictObject({ rule: forceRuleSchema, delayDays: z.int().min(0).max(3660) }),
    withdrawalNoticeDays: z.int().min(0).max(3660),
    copyKeepers: z.strictObject({ keepers: z.array(copyKeeperSchema).min(1).max(50), k: z.int().min(1).max(50) }),
    /** The least that a signature, ratification or withdrawal must be backed with. */
    assurance: z.enum(['session', 'person-key', 'passkey']),
  })
  .superRefine((document, context) => {
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if (new Set(document.parties).size !== document.parties.length) refuse(['parties'], 'a party stands twice');
    if (new Set(document.articles.map((article) => article.id)).size !== document.articles.length)
      refuse(['articles'], 'an article number stands twice');
    if (document.copyKeepers.k > document.copyKeepers.keepers.length)
      refuse(['copyKeepers', 'k'], 'more confirmations than copy-keepers');
    if (depthOf(document.entryIntoForce.rule) > ruleDepth) refuse(['entryIntoForce'], 'nested too deeply');
    document.articles.forEach((article, index) => {
      for (const { from, to } of article.terms)
        for (const party of [from, to])
          if (party !== null && !document.parties.includes(party))
            refuse(['articles', index, 'terms'], 'names someone who is not a party');
    });
  });
export type InstrumentDocument = z.infer<typeof documentSchema>;

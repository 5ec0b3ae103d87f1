/**
 * Acts by which data crosses a border. Until its release date the leaf of a warning or dispatch says under which instrument it stands and when
 * it will be published, and nothing else: what it is about is in the body, for the receivers it names.
 */
import { z } from 'zod';
import { actIdSchema, commitmentSchema, didSchema, subjectIdSchema } from '../acts/payload.ts';
import { actType } from '../acts/protocol.ts';
import { contents } from '../agreement/document.ts';
import { purposes } from '../agreement/purposes.ts';
import { parsePeriod, periodKinds } from '../period.ts';

const plainDate = z.iso.date();
const article = z.string().regex(/^art-[1-9][0-9]{0,2}$/);
const indicator = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/);
const level = z.int().min(0).max(9);
const purposeList = z.array(z.enum(purposes)).min(1).max(purposes.length);

export const periodSchema = z
  .strictObject({ kind: z.enum(periodKinds), label: z.string().max(10) })
  .refine(({ kind, label }) => parsePeriod(kind, label).error === undefined, 'not a period');

export const placeSchema = z.strictObject({ code: z.string().min(1).max(60), name: z.string().min(1).max(200) });

/** A count, nothing reported, or withheld because it is small. */
const value = z.union([z.int().min(0), z.null(), z.literal('withheld')]);

/** No place and no indicator twice, and a value for each place. */
function isWholeTable({
  places,
  columns,
}: {
  readonly places: readonly { readonly code: string }[];
  readonly columns: readonly {
    readonly indicator: string;
    readonly values: readonly unknown[];
    readonly reports?: readonly unknown[];
  }[];
}): boolean {
  return (
    new Set(places.map(({ code }) => code)).size === places.length &&
    new Set(columns.map(({ indicator: code }) => code)).size === columns.length &&
    columns.every(
      (column) => column.values.length === places.length && (column.reports ?? column.values).length === places.length,
    )
  );
}

/** Counts of one period at one level, one column an indicator. No totals. */
export const tableBodySchema = z
  .strictObject({
    content: z.literal('table'),
    to: didSchema,
    article,
    purposes: purposeList,
    level,
    minimumCount: z.int().min(1).max(1000),
    period: periodSchema,
    places: z.array(placeSchema).min(1).max(20_000),
    columns: z
      .array(z.strictObject({ indicator, values: z.array(value) }))
      .min(1)
      .max(200),
  })
  .refine(isWholeTable, 'no table');
export type TableBody = z.infer<typeof tableBodySchema>;

/** How many of the reports that were due a count is made up of. Null: nobody says which were due, or nothing was reported. */
const reports = z
  .strictObject({ received: z.int().min(0), expected: z.int().min(0) })
  .refine(({ received, expected }) => received <= expected, 'more received than expected')
  .nullable();

/** The same, and how much of what was expected stands behind each count: a sum of two facilities of ten is not the sum of the ten. */
export const countedTableSchema = z
  .strictObject({
    ...tableBodySchema.shape,
    columns: z
      .array(z.strictObject({ indicator, values: z.array(value), reports: z.array(reports) }))
      .min(1)
      .max(200),
  })
  .refine(isWholeTable, 'no table');
export type Table = z.infer<typeof countedTableSchema>;

const eventFacts = {
  purposes: purposeList,
  /** The giver's random name of the event; says nothing about it. */
  event: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  indicator,
  indicatorName: z.string().min(1).max(200),
  level,
  place: placeSchema,
  period: periodSchema.nullable(),
  cases: value,
  /** The day on which a person verified it; of a signal, on which it was raised. */
  on: plainDate,
};

/** An alarm that nobody has verified; given only where a term permits content `signal`. */
export const signalBodySchema = z.strictObject({ content: z.literal('signal'), to: didSchema, article, ...eventFacts });
export type SignalBody = z.infer<typeof signalBodySchema>;

export const dispatchBodySchema = z.discriminatedUnion('content', [tableBodySchema, signalBodySchema]);

export const warningBodySchema = z.strictObject({
  to: z.array(didSchema).min(1).max(250),
  /** Null: given outside every agreement. It is triaged all the same, and binds nobody. */
  article: article.nullable(),
  ...eventFacts,
});
export type WarningBody = z.infer<typeof warningBodySchema>;

/** An event that a named person verified. It leaves at once; its proof may follow. Anybody's is taken in. */
export const warningVerified = actType({
  name: 'warning.verified/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'session',
  audience: 'named',
  summary: z.strictObject({ instrument: subjectIdSchema.nullable(), releaseOn: plainDate }),
  body: warningBodySchema,
});

export const dispatch = actType({
  name: 'dispatch/1',
  sequenced: false,
  admission: 'terms',
  restrictive: false,
  assurance: 'node',
  audience: 'named',
  delivery: 'confirmed',
  summary: z.strictObject({ instrument: subjectIdSchema, releaseOn: plainDate }),
  body: dispatchBodySchema,
});

const receiptAct = {
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ act: actIdSchema, received: commitmentSchema }),
  body: z.strictObject({}),
} as const;

/** A table that says of how many reports each count is made up. */
export const countedDispatch = actType({
  name: 'dispatch/2',
  sequenced: false,
  admission: 'terms',
  restrictive: false,
  assurance: 'node',
  audience: 'named',
  delivery: 'confirmed',
  summary: dispatch.summary,
  body: countedTableSchema,
});

export const isDispatch = (type: string): boolean => type === dispatch.name || type === countedDispatch.name;

/** Of either version, in one form; undefined when it is none. */
export function readDispatch(content: unknown): Table | SignalBody | undefined {
  const counted = countedTableSchema.safeParse(content);
  if (counted.success) return counted.data;
  const parsed = dispatchBodySchema.safeParse(content);
  if (!parsed.success) return undefined;
  if (parsed.data.content === 'signal') return parsed.data;
  const columns = parsed.data.columns.map((column) => ({ ...column, reports: column.values.map(() => null) }));
  return { ...parsed.data, columns };
}

/**
 * When the release date of a warning or dispatch has come: what it was about. Never its counts and places: those were given to its receivers
 * under a minimum that was agreed for them, not for everybody. Whoever received it compares.
 */
export const flowPublished = actType({
  name: 'flow.published/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ act: actIdSchema, on: plainDate }),
  body: z.strictObject({
    content: z.enum(contents),
    to: z.array(didSchema).min(1).max(250),
    article: article.nullable(),
    purposes: purposeList,
    indicators: z.array(indicator).min(1).max(200),
    level,
    period: periodSchema.nullable(),
    /** Counts given, withheld ones included. */
    cells: z.int().min(0),
  }),
});
export type FlowFacts = z.infer<typeof flowPublished.body>;

/** `received`: the commitment over salt and body. It stands in the leaf as well, so this version shows nothing; read, and no longer written. */
export const receiptOne = actType({ ...receiptAct, name: 'receipt/1' });

/** `received`: what only who holds salt and body can compute (receipt-proof.ts). */
export const receipt = actType({ ...receiptAct, name: 'receipt/2' });

/** Its author does not take in what the act offers. Why is for the giver: it may say what the offer was about. */
export const refusal = actType({
  name: 'refusal/1',
  sequenced: false,
  admission: 'open',
  restrictive: true,
  assurance: 'node',
  audience: 'named',
  summary: z.strictObject({ act: actIdSchema }),
  body: z.strictObject({ reason: z.string().regex(/^[a-z][a-z-]{1,60}$/), article: article.nullable() }),
});

export const exchangeTypes = [warningVerified, dispatch, countedDispatch, receiptOne, receipt, refusal, flowPublished];

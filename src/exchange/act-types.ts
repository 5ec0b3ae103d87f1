/**
 * Acts by which data crosses a border. Until its release date the leaf of a warning or dispatch says under which instrument it stands and when
 * it will be published, and nothing else: what it is about is in the body, for the receivers it names.
 */
import { z } from 'zod';
import { actIdSchema, commitmentSchema, didSchema, subjectIdSchema } from '../acts/payload.ts';
import { actType } from '../acts/protocol.ts';
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
  .refine(({ places }) => new Set(places.map(({ code }) => code)).size === places.length, 'a place stands twice')
  .refine(
    ({ columns }) => new Set(columns.map((column) => column.indicator)).size === columns.length,
    'an indicator stands twice',
  )
  .refine(
    ({ places, columns }) => columns.every(({ values }) => values.length === places.length),
    'a column of another length',
  );
export type TableBody = z.infer<typeof tableBodySchema>;

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

export const exchangeTypes = [warningVerified, dispatch, receiptOne, receipt, refusal];

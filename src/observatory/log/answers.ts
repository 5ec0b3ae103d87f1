/** What the pages and the API say of a log: one shape for both. */
import { z } from 'zod';
import { actIdSchema, assuranceMethods, didSchema, subjectIdSchema } from '../../acts/payload.ts';

const instant = z.iso.datetime();
const standing = z.enum(['new', 'accepted', 'held', 'refused', 'equivocal']);

const confirmation = z.object({ keeper: z.string(), at: instant });

export const logAnswer = z.object({
  origin: z.string(),
  /** Where this log is on this node. */
  path: z.string(),
  url: z.string(),
  isOwn: z.boolean(),
  operator: z.object({ did: didSchema, name: z.string() }),
  vkey: z.string(),
  fingerprint: z.string().nullable(),
  closedReason: z.string().nullable(),
  checkpoint: z.object({ size: z.int(), root: z.string() }).nullable(),
  /** Each keeper's latest confirmation. */
  confirmations: z.array(confirmation.extend({ size: z.int() })),
  forks: z.array(z.object({ held: z.string(), shown: z.string(), at: instant })),
  types: z.array(z.string()),
  parties: z.array(z.object({ did: didSchema, name: z.string() })),
  entries: z.array(
    z.object({
      /** Null: saved, and waiting for the log to take it up. */
      index: z.int().nullable(),
      path: z.string().nullable(),
      /** Null: the entry is not an act. */
      act: z
        .object({
          id: actIdSchema,
          type: z.string(),
          party: didSchema,
          partyName: z.string(),
          subject: subjectIdSchema,
          standing,
        })
        .nullable(),
      at: instant.nullable(),
      isConfirmed: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
});
export type LogAnswer = z.output<typeof logAnswer>;

export const entryAnswer = z.object({
  origin: z.string(),
  logPath: z.string(),
  isOwn: z.boolean(),
  index: z.int(),
  leafHash: z.string(),
  /** The entry as it stands in the log: a compact JWS where it is an act. */
  entry: z.string(),
  at: instant.nullable(),
  confirmations: z.array(confirmation),
  hasProof: z.boolean(),
  /** Of an act under an agreement: the proof with enough of the keepers that the agreement names. */
  keepersProof: z.string().nullable(),
  act: z
    .object({
      id: actIdSchema,
      type: z.string(),
      party: didSchema,
      partyName: z.string(),
      subject: subjectIdSchema,
      prev: z.object({ id: actIdSchema, path: z.string().nullable() }).nullable(),
      under: z
        .object({ instrument: subjectIdSchema, n: z.int(), title: z.string().nullable(), path: z.string() })
        .nullable(),
      assurance: z.enum(assuranceMethods),
      standing,
      standingReason: z.string().nullable(),
      payload: z.record(z.string(), z.unknown()),
      body: z.discriminatedUnion('state', [
        z.object({ state: z.literal('public'), content: z.unknown() }),
        z.object({ state: z.literal('sealed'), until: z.iso.date() }),
        z.object({ state: z.enum(['none', 'private', 'erased', 'awaited']) }),
      ]),
    })
    .nullable(),
});
export type EntryAnswer = z.output<typeof entryAnswer>;

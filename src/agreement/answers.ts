/** What the pages and the API say of instruments: one shape for both. */
import { z } from 'zod';
import { frozenReasons } from '../acts/entries.ts';
import { actIdSchema, didSchema, subjectIdSchema } from '../acts/payload.ts';
import { documentSchema } from './document.ts';
import { purposes } from './purposes.ts';
import { instrumentSteps } from './steps.ts';

const statusSchema = z.enum(['negotiation', 'refused', 'signed', 'unconfirmed', 'awaiting-date', 'in-force', 'ended']);
const instant = z.iso.datetime();

export const agreementListAnswer = z.object({
  mayPropose: z.boolean(),
  agreements: z.array(
    z.object({
      id: subjectIdSchema,
      path: z.string(),
      title: z.string(),
      status: statusSchema,
      parties: z.array(z.string()),
      host: didSchema,
    }),
  ),
});
export type AgreementListAnswer = z.output<typeof agreementListAnswer>;

export const agreementAnswer = z.object({
  id: subjectIdSchema,
  path: z.string(),
  host: didSchema,
  status: statusSchema,
  frozen: z.enum(frozenReasons).nullable(),
  inForceFrom: instant.nullable(),
  textAct: actIdSchema,
  textBy: didSchema,
  document: documentSchema,
  names: z.record(z.string(), z.string()),
  parties: z.array(
    z.object({
      did: didSchema,
      name: z.string(),
      standing: z.enum(['not-signed', 'signed-definitive', 'signed-subject', 'ratified', 'refused-text', 'withdrew']),
      boundFrom: instant.nullable(),
      boundUntil: instant.nullable(),
    }),
  ),
  communities: z.array(
    z.object({ did: didSchema, name: z.string(), purpose: z.enum(purposes), answer: z.enum(['agreed', 'refused']) }),
  ),
  amendments: z.array(
    z.object({
      act: actIdSchema,
      title: z.string(),
      /** The whole text as it would read, and the one it changes. */
      document: documentSchema,
      changes: documentSchema,
      by: z.string(),
      accepted: z.int(),
      mayAccept: z.boolean(),
    }),
  ),
  isOurs: z.boolean(),
  steps: z.array(z.enum(instrumentSteps)),
  acts: z.array(
    z.object({
      id: actIdSchema,
      step: z.enum(['propose', 'revise', 'sign', 'ratify', 'refuse', 'withdraw', 'amend', 'accept-amendment']),
      party: didSchema,
      n: z.int().nullable(),
      refusedBecause: z.string().nullable(),
      legalTime: instant.nullable(),
      savedAt: instant,
      entry: z.object({ index: z.int(), path: z.string(), at: instant }).nullable(),
      confirmed: z.object({ at: instant, by: z.array(z.string()) }).nullable(),
    }),
  ),
});
export type AgreementAnswer = z.output<typeof agreementAnswer>;

export const answersAnswer = z.object({
  answers: z.array(z.object({ purpose: z.enum(purposes), answer: z.enum(['agreed', 'refused']).nullable() })),
});
export type AnswersAnswer = z.output<typeof answersAnswer>;

/** What the pages and the API say of the observatory's findings: one shape for both. */
import { z } from 'zod';
import { actIdSchema, didSchema, subjectIdSchema } from '../acts/payload.ts';
import { questionIdSchema, questionKinds, type QuestionKind } from './questions.ts';

const instant = z.iso.datetime();
const party = z.object({ did: didSchema, name: z.string() });

const kinds = Object.keys(questionKinds) as [QuestionKind, ...QuestionKind[]];

export const questionSummary = z.object({
  id: questionIdSchema,
  kind: z.enum(kinds),
  weight: z.enum(['contradiction', 'open']),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
  origin: z.string(),
  parties: z.array(party),
  foundAt: instant,
  /** Before this instant only those concerned and this node's administrators see it. */
  publishedAt: instant,
  isPublished: z.boolean(),
  settledAt: instant.nullable(),
});
export type QuestionSummary = z.output<typeof questionSummary>;

export const flowSummary = z.object({
  act: actIdSchema,
  path: z.string(),
  kind: z.enum(['dispatch', 'warning']),
  party,
  instrument: subjectIdSchema.nullable(),
  instrumentTitle: z.string().nullable(),
  /** Legal time. Null: its proof is pending. */
  at: instant.nullable(),
  inForce: z.enum(['yes', 'no', 'unknown']),
  terms: z.enum(['permitted', 'refused', 'sealed', 'erased', 'missing', 'outside', 'unknown']),
  article: z.string().nullable(),
  reason: z.string().nullable(),
  releaseOn: z.iso.date(),
  answers: z.array(z.object({ kind: z.enum(['receipt', 'refusal']), party: z.string(), path: z.string().nullable() })),
});
export type FlowSummary = z.output<typeof flowSummary>;

export const observatoryAnswer = z.object({
  mayObserve: z.boolean(),
  logs: z.array(
    z.object({
      origin: z.string(),
      path: z.string(),
      isOwn: z.boolean(),
      name: z.string(),
      /** Entries taken in. */
      held: z.int(),
      /** Entries rebuilt to the signed root and folded; null before the first round. */
      checked: z.object({ size: z.int(), at: instant }).nullable(),
      closedReason: z.string().nullable(),
      confirmations: z.array(z.object({ keeper: z.string(), size: z.int(), at: instant })),
      /** Published questions. */
      questions: z.int(),
    }),
  ),
  agreements: z.array(
    z.object({
      id: subjectIdSchema,
      path: z.string(),
      title: z.string(),
      status: z.enum(['negotiation', 'refused', 'signed', 'unconfirmed', 'awaiting-date', 'in-force', 'ended']),
      parties: z.array(party.extend({ boundFrom: instant.nullable(), boundUntil: instant.nullable() })),
    }),
  ),
  flows: z.array(flowSummary),
  hasMoreFlows: z.boolean(),
  questions: z.array(questionSummary),
  settled: z.array(questionSummary),
});
export type ObservatoryAnswer = z.output<typeof observatoryAnswer>;

export const flowsAnswer = z.object({ flows: z.array(flowSummary), next: z.string().nullable() });
export type FlowsAnswer = z.output<typeof flowsAnswer>;

export const questionAnswerShape = z.object({
  question: questionSummary,
  acts: z.array(
    z.object({
      id: actIdSchema,
      type: z.string().nullable(),
      party: z.string().nullable(),
      path: z.string().nullable(),
    }),
  ),
  answers: z.array(
    z.object({
      act: actIdSchema,
      party: z.string(),
      at: instant,
      path: z.string().nullable(),
      text: z.string().nullable(),
    }),
  ),
  mayAnswer: z.boolean(),
});
export type QuestionAnswerShape = z.output<typeof questionAnswerShape>;

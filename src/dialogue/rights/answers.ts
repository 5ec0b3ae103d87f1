import { z } from 'zod';
import { networkFacts } from '../../network/members/answers.ts';
import { saidSchema } from '../texts.ts';

const handlerAnswer = z.object({
  member: z.string(),
  name: z.string(),
  organisation: z.string().nullable(),
  instance: z.int(),
});

export const conductAnswer = z.object({
  network: networkFacts,
  path: z.string(),
  /** Null: nothing has been published yet. */
  code: z.object({ version: z.int(), words: saidSchema.nullable(), publishedAt: z.iso.datetime() }).nullable(),
  /** In which languages it is written; for whoever changes it, with the words. */
  texts: z.record(z.string(), z.string()),
  answerDays: z.int(),
  earlier: z.array(z.object({ version: z.int(), words: saidSchema.nullable(), publishedAt: z.iso.datetime() })),
  handlers: z.array(handlerAnswer),
});
export type ConductAnswer = z.output<typeof conductAnswer>;

export const complaintStates = ['waiting', 'answered', 'closed'] as const;

export const complaintLine = z.object({
  path: z.string(),
  state: z.enum(complaintStates),
  instance: z.int(),
  filedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  space: saidSchema.nullable(),
});

export const complaintsAnswer = z.object({
  network: networkFacts,
  path: z.string(),
  name: z.string(),
  own: z.array(complaintLine),
  toHandle: z.array(complaintLine),
  spaces: z.array(z.object({ id: z.string(), title: saidSchema })),
  handlers: z.array(handlerAnswer),
  answerDays: z.int(),
});
export type ComplaintsAnswer = z.output<typeof complaintsAnswer>;

export const complaintAnswer = z.object({
  network: networkFacts,
  complaint: complaintLine,
  /** Null: nobody at this instance may handle it, and the network has to name somebody. */
  handlers: z.array(handlerAnswer),
  words: z.array(z.object({ isOwn: z.boolean(), byComplainant: z.boolean(), words: z.string(), at: z.iso.datetime() })),
  isComplainant: z.boolean(),
  mayGoFurther: z.boolean(),
});
export type ComplaintAnswer = z.output<typeof complaintAnswer>;

/** What the pages and the JSON of decisions say. */
import { z } from 'zod';
import { networkFacts } from '../../network/members/answers.ts';
import { networkPath } from '../../network/members/section.tsx';
import { saidSchema } from '../texts.ts';
import { choices, methods } from './decision.ts';
import { entitlements } from './store.ts';

export const decisionPath = (party: string, id: string): string => `${networkPath(party)}/decisions/${id}`;

/** Of a decision at an instant: its own state, or what the rules say while it runs. */
export const stages = ['open', 'adopted', 'not-adopted', 'broken', 'no-quorum', 'closed', 'withdrawn'] as const;

const position = z.object({
  id: z.string(),
  /** Null: the name was erased. */
  name: z.string().nullable(),
  organisation: z.string().nullable(),
  choice: z.enum(choices).nullable(),
  reason: z.string().nullable(),
  at: z.iso.datetime(),
  /** To an objection, in the statement of the outcome. */
  answer: z.string().nullable(),
});
export type PositionAnswer = z.output<typeof position>;

export const decisionAnswer = z.object({
  network: networkFacts,
  space: z.object({ title: saidSchema, path: z.string() }),
  base: z.string(),
  path: z.string(),
  question: saidSchema,
  explanation: saidSchema.nullable(),
  paper: z.object({ title: saidSchema, path: z.string() }).nullable(),
  method: z.enum(methods),
  options: z.array(z.string()),
  entitled: z.enum(entitlements),
  voices: z.int(),
  quorum: z.int(),
  opensAt: z.iso.datetime(),
  closesAt: z.iso.datetime(),
  stage: z.enum(stages),
  withdrawalReason: z.string().nullable(),
  counts: z.object({ agree: z.int(), 'stand-aside': z.int(), object: z.int(), abstain: z.int() }),
  spoke: z.int(),
  positions: z.array(position),
  observers: z.array(position),
  /** Only when it is over: what others put first should not lead anybody. */
  ranked: z
    .object({
      winners: z.array(z.int()),
      rounds: z.array(z.object({ counts: z.array(z.int().nullable()), exhausted: z.int(), out: z.array(z.int()) })),
    })
    .nullable(),
  outcome: saidSchema.nullable(),
  outcomeAt: z.iso.datetime().nullable(),
  outcomeDueAt: z.iso.datetime(),
  isOutcomeOverdue: z.boolean(),
  /** Proposals of the paper that were not adopted and have to be answered with the outcome. */
  unadopted: z.array(z.object({ id: z.string(), label: z.string(), text: z.string(), answer: z.string().nullable() })),
  own: z.object({
    mayAnswer: z.boolean(),
    /** What the reader says is counted, not only heard. */
    isEntitled: z.boolean(),
    choice: z.enum(choices).nullable(),
    ranking: z.array(z.int()),
    reason: z.string().nullable(),
    speaksFor: z.array(z.object({ id: z.string(), name: z.string() })),
    holdsPen: z.boolean(),
  }),
});
export type DecisionAnswer = z.output<typeof decisionAnswer>;

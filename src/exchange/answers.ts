/** What the pages and the API say of flows: one shape for both. */
import { z } from 'zod';
import { contents } from '../agreement/document.ts';
import { purposes } from '../agreement/purposes.ts';
import { flowStates, openQuestions } from './flow-standing.ts';
import { requestContents } from './requests.ts';
import { periodKinds } from '../period.ts';

const instant = z.iso.datetime();
const named = z.object({ did: z.string(), name: z.string() });
const period = z.object({ kind: z.enum(periodKinds), label: z.string() });
const instrument = z.object({ id: z.string(), path: z.string(), title: z.string() });
const refusal = z.object({ reason: z.string(), article: z.string().nullable(), rule: z.string().nullable() });

export const flowAnswer = z.object({
  id: z.uuid(),
  direction: z.enum(['out', 'in']),
  content: z.enum(contents).nullable(),
  counterparts: z.array(named),
  instrument: instrument.nullable(),
  article: z.string().nullable(),
  purposes: z.array(z.string()),
  indicators: z.array(z.string()),
  level: z.int().nullable(),
  period: period.nullable(),
  at: instant,
  state: z.enum(flowStates),
  openQuestion: z.enum(openQuestions).nullable(),
  refusal: refusal.nullable(),
  releaseOn: z.iso.date().nullable(),
  isReleased: z.boolean(),
});
export type FlowAnswer = z.output<typeof flowAnswer>;

const warning = z.object({
  act: z.string(),
  giver: named,
  isAgreed: z.boolean(),
  content: z.enum(['warning', 'signal']),
  indicator: z.string(),
  indicatorName: z.string(),
  place: z.string(),
  period: period.nullable(),
  cases: z.union([z.int(), z.literal('withheld'), z.null()]),
  on: z.iso.date(),
  receivedAt: instant,
  isProven: z.boolean(),
  triage: z.enum(['taken-up', 'set-aside']).nullable(),
});

export const exchangeAnswer = z.object({
  flows: z.array(flowAnswer),
  /** Acts from others that wait for an agreement to come here as far as they say. */
  waiting: z.array(
    z.object({ act: z.string(), giver: named, instrument: z.string(), reason: z.string(), since: instant }),
  ),
  warnings: z.array(warning),
  openQuestions: z.int(),
  /** The last flow of this page, when there may be earlier ones. */
  earlier: z.uuid().nullable(),
});
export type ExchangeAnswer = z.output<typeof exchangeAnswer>;

const cell = z.union([z.int(), z.literal('withheld'), z.null()]);

export const flowPageAnswer = flowAnswer.extend({
  act: z
    .object({
      id: z.string(),
      party: z.string(),
      savedAt: instant,
      entry: z.object({ index: z.int(), path: z.string(), at: instant }).nullable(),
      confirmed: z.object({ at: instant, by: z.array(z.string()) }).nullable(),
    })
    .nullable(),
  decisions: z.array(
    z.object({
      indicator: z.string(),
      purpose: z.string(),
      level: z.int(),
      at: instant,
      n: z.int(),
      article: z.string().nullable(),
      minimumCount: z.int().nullable(),
      refusal: refusal.nullable(),
    }),
  ),
  answers: z.array(
    z.object({
      receiver: named,
      kind: z.enum(['receipt', 'refusal']),
      matches: z.boolean().nullable(),
      reason: z.string().nullable(),
      article: z.string().nullable(),
      at: instant,
    }),
  ),
  table: z
    .object({
      places: z.array(z.object({ code: z.string(), name: z.string() })),
      columns: z.array(
        z.object({
          indicator: z.string(),
          values: z.array(cell),
          /** Of the reports due, how many the count is made up of; null: not said. */
          reports: z.array(z.object({ received: z.int(), expected: z.int() }).nullable()),
        }),
      ),
    })
    .nullable(),
  event: z
    .object({ indicator: z.string(), indicatorName: z.string(), place: z.string(), cases: cell, on: z.iso.date() })
    .nullable(),
});
export type FlowPageAnswer = z.output<typeof flowPageAnswer>;

export const requestsAnswer = z.object({
  parties: z.array(named),
  own: z.string(),
  requests: z.array(
    z.object({
      id: z.uuid(),
      asker: named.nullable(),
      giver: named,
      content: z.enum(requestContents),
      indicator: z.string(),
      level: z.int(),
      purpose: z.string(),
      at: instant,
      instrument: instrument.nullable(),
      article: z.string().nullable(),
      refusal: refusal.nullable(),
    }),
  ),
});
export type RequestsAnswer = z.output<typeof requestsAnswer>;

export const communityDataAnswer = z.object({
  notices: z.array(
    z.object({
      kind: z.enum(['left', 'received', 'not-taken', 'came-back', 'request-refused']),
      giver: named,
      receivers: z.array(named),
      content: z.enum(requestContents),
      instrument: instrument.nullable(),
      article: z.string().nullable(),
      purposes: z.array(z.string()),
      indicators: z.array(z.string()),
      period: period.nullable(),
      reason: z.string().nullable(),
      at: instant,
    }),
  ),
  answers: z.array(z.object({ purpose: z.enum(purposes), answer: z.enum(['agreed', 'refused']) })),
});
export type CommunityDataAnswer = z.output<typeof communityDataAnswer>;

export const publicFlowsAnswer = z.object({
  flows: z.array(
    z.object({
      act: z.string(),
      kind: z.enum(['warning', 'dispatch']),
      giver: named,
      instrument: instrument.nullable(),
      entry: z.object({ index: z.int(), path: z.string() }),
      at: instant,
      isConfirmed: z.boolean(),
      releaseOn: z.iso.date(),
      /** What it was about; null while that is sealed. */
      facts: z
        .object({
          content: z.enum(contents),
          indicators: z.array(z.string()),
          level: z.int(),
          period: period.nullable(),
          cells: z.int(),
        })
        .nullable(),
      answers: z.array(z.object({ kind: z.enum(['receipt', 'refusal']), by: named, matches: z.boolean().nullable() })),
    }),
  ),
});
export type PublicFlowsAnswer = z.output<typeof publicFlowsAnswer>;

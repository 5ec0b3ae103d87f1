import { z } from 'zod';
import { networkFacts } from '../../network/members/answers.ts';
import { spaceSummary } from '../programme/answers.ts';
import { floorTimeAnswer } from '../companion/answers.ts';
import { funnelSteps } from './funnel.ts';

export const dimensions = ['constituency', 'gender', 'region', 'income'] as const;
export type Dimension = (typeof dimensions)[number];

const funnelRow = z.object({
  step: z.enum(funnelSteps),
  /** Null: fewer than five, or withheld because it would tell of them; as everywhere here. */
  total: z.int().nullable(),
  groups: z.array(z.object({ group: z.string(), people: z.int().nullable(), parity: z.number().nullable() })),
});

const dimensionAnswer = z.object({
  dimension: z.enum(dimensions),
  rows: z.array(funnelRow),
  power: z.array(z.object({ group: z.string(), parity: z.number().nullable() })),
});
export type DimensionAnswer = z.output<typeof dimensionAnswer>;

export const voicesAnswer = z.object({
  /** Of regions and income groups. */
  classificationYear: z.int(),
  sessions: z.object({ counted: z.int(), chathamHouse: z.int() }),
  /** Steps of which somebody keeps a record. */
  steps: z.array(z.enum(funnelSteps)),
  totals: z.array(z.object({ step: z.enum(funnelSteps), total: z.int().nullable() })),
  silent: z.int().nullable(),
  dimensions: z.array(dimensionAnswer),
  /** Numbers are the largest multiple of this that is not above. */
  roundedTo: z.int(),
});
export type VoicesAnswer = z.output<typeof voicesAnswer>;

export const equityAnswer = z.object({
  network: networkFacts,
  space: spaceSummary.nullable(),
  path: z.string(),
  voices: voicesAnswer,
  floor: z
    .object({
      time: floorTimeAnswer.nullable(),
      /** Gini, silent people counted; null for fewer than five. */
      concentration: z.number().nullable(),
      /** Part of the time that would have to change hands for each group to have its share of the people. */
      gap: z.number().nullable(),
      /** Theil's index between the groups. */
      theil: z.number().nullable(),
    })
    .nullable(),
});
export type EquityAnswer = z.output<typeof equityAnswer>;

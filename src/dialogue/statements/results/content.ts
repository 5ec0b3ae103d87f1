/**
 * What is published of an inquiry, and all that is: page, CSV and JSON are drawn from this and from the words of the statements. Every number is a
 * sum over five people or more (packages/opinion/src/floor.ts); null is what is withheld, or nothing.
 */
import { z } from 'zod';
import { partyKinds } from '../../../acts/spine-types.ts';
import { incomeGroups, whoRegions } from '../../../network/members/groups.ts';

const count = z.object({ agrees: z.int(), disagrees: z.int(), seen: z.int() });
export type Count = z.output<typeof count>;

export const declaredKinds = ['constituency', 'region', 'income'] as const;
export type DeclaredKind = (typeof declaredKinds)[number];

/** The groups of each breakdown, in the order in which their counts stand. */
export const declaredGroups = {
  constituency: partyKinds,
  region: whoRegions,
  income: incomeGroups,
} as const satisfies Record<DeclaredKind, readonly string[]>;

const breakdown = z.object({
  groups: z.array(count.nullable()),
  /** Those withheld, together. */
  others: count.nullable(),
  /** The chance that the next person of a group agrees: geometric mean over the groups, and over the others as one. */
  consensus: z.number().nullable(),
});

const publishedStatement = z.object({
  number: z.int(),
  total: count.nullable(),
  /** By the opinion groups that were found. */
  found: breakdown,
  declared: z.array(breakdown.extend({ kind: z.enum(declaredKinds) })),
});
export type PublishedStatement = z.output<typeof publishedStatement>;

const representative = z.object({
  number: z.int(),
  direction: z.enum(['agree', 'disagree']),
  successes: z.int(),
  trials: z.int(),
  othersSuccesses: z.int(),
  othersTrials: z.int(),
});

const point = z.object({ x: z.number(), y: z.number() });
const patch = point.extend({ people: z.int().nullable() });

export const resultContent = z.object({
  isFinal: z.boolean(),
  /** Null: fewer than five. */
  participants: z.int().nullable(),
  statements: z.array(publishedStatement),
  groups: z.array(z.object({ size: z.int().nullable(), representative: z.array(representative) })),
  noGroups: z.enum(['too-few-people', 'groups-too-small', 'not-stable']).nullable(),
  /** Further apart than cuts through one cloud. */
  isSeparate: z.boolean().nullable(),
  /** How far two halves of the people, looked at apart, give the same groups: 0 to 1. */
  stability: z.number().nullable(),
  majority: z.object({ agree: z.array(z.int()), disagree: z.array(z.int()) }),
  declaredSizes: z.array(
    z.object({
      kind: z.enum(declaredKinds),
      groups: z.array(z.object({ name: z.string(), size: z.int().nullable() })),
    }),
  ),
  /** Null: too few people. */
  picture: z
    .object({
      groups: z.array(z.object({ patches: z.array(patch), outline: z.array(point) })),
      ungrouped: z.array(patch),
      extent: z.object({ minX: z.number(), maxX: z.number(), minY: z.number(), maxY: z.number() }),
    })
    .nullable(),
  /** Of the classification of countries; null while it is not final. */
  year: z.int().nullable(),
});
export type ResultContent = z.output<typeof resultContent>;

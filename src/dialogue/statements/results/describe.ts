/** From votes to what may be shown. Pure: the engine is packages/opinion, whose `publish` lets nothing through about fewer than five people. */
import type { Breakdown } from '@reciproca/opinion/floor';
import { publish, publishPicture, type PublishedBreakdown } from '@reciproca/opinion/publication';
import type { NoGroupsReason, RobustAnalysis } from '@reciproca/opinion/robust';
import { VoteCollector, type VoteMatrix } from '@reciproca/opinion/vote-matrix';
import type { PartyKind } from '../../../acts/spine-types.ts';
import type { CountryGroups } from '../../../network/members/groups.ts';
import type { PublishedVote } from '../voting/store.ts';
import {
  declaredGroups,
  declaredKinds,
  type DeclaredKind,
  type PublishedStatement,
  type ResultContent,
} from './content.ts';

/** Statements without a vote are empty columns, so that they are listed too. */
export function matrixOf(votes: readonly PublishedVote[], shown: readonly number[]): VoteMatrix {
  const collector = new VoteCollector();
  for (const number of shown) collector.addStatement(String(number));
  for (const { member, number, vote } of votes) collector.add({ participant: member, statement: String(number), vote });
  return collector.finish();
}

export interface Declared {
  readonly constituency: PartyKind;
  readonly country: string | undefined;
}

/** By what people say of themselves, and by what follows from their country in that year. */
export function divide(
  { participants }: VoteMatrix,
  declared: ReadonlyMap<string, Declared>,
  countries: ReadonlyMap<string, CountryGroups>,
): readonly (Breakdown & { readonly kind: DeclaredKind })[] {
  const groupNames = (id: string): Readonly<Record<DeclaredKind, string | undefined>> => {
    const said = declared.get(id);
    const place = said?.country === undefined ? undefined : countries.get(said.country);
    return { constituency: said?.constituency, region: place?.whoRegion, income: place?.incomeGroup };
  };
  return declaredKinds.map((kind) => {
    const groups: readonly string[] = declaredGroups[kind];
    const groupOf = Int32Array.from(participants, (id) => groups.indexOf(groupNames(id)[kind] ?? ''));
    return { kind, groups, groupOf };
  });
}

export interface ResultInput {
  readonly matrix: VoteMatrix;
  readonly analysis: RobustAnalysis;
  /** None while the inquiry is open: they are published once, so that nobody subtracts an earlier count from a later one. */
  readonly declared: readonly (Breakdown & { readonly kind: DeclaredKind })[];
  readonly year: number | undefined;
}

export function describeResult({ matrix, analysis, declared, year }: ResultInput): ResultContent {
  const isLeftOut = new Uint8Array(matrix.statements.length);
  const published = publish({ matrix, isLeftOut, analysis, declared });
  const numberAt = (column: number): number => Number(matrix.statements[column]);
  const { participants } = published;
  return {
    isFinal: year !== undefined,
    participants: participants ?? null,
    statements: published.statements.map(({ total, found, declared: kinds }, column): PublishedStatement => ({
      number: numberAt(column),
      total: total ?? null,
      found: breakdownOf(found),
      declared: kinds.map((each, at) => ({ kind: declared[at]?.kind ?? 'constituency', ...breakdownOf(each) })),
    })),
    groups: published.groups.map(({ size, representative }) => ({
      size: size ?? null,
      representative: representative.map((each) => ({
        number: numberAt(each.statement),
        direction: each.direction,
        successes: each.successes,
        trials: each.trials,
        othersSuccesses: each.othersSuccesses,
        othersTrials: each.othersTrials,
      })),
    })),
    noGroups: published.noGroups === undefined ? null : whyNoGroups[published.noGroups],
    isSeparate: published.isSeparate ?? null,
    stability: published.stability?.predictionStrength ?? null,
    majority: {
      agree: published.majority.agree.map(({ statement }) => numberAt(statement)),
      disagree: published.majority.disagree.map(({ statement }) => numberAt(statement)),
    },
    declaredSizes: published.declaredSizes.map(({ groups }, at) => ({
      kind: declared[at]?.kind ?? 'constituency',
      groups: groups.map(({ name, size }) => ({ name, size: size ?? null })),
    })),
    picture: participants === undefined ? null : round(publishPicture(analysis, published)),
    year: year ?? null,
  };
}

const whyNoGroups = {
  tooFewPeople: 'too-few-people',
  groupsTooSmall: 'groups-too-small',
  notStable: 'not-stable',
} as const satisfies Record<NoGroupsReason, NonNullable<ResultContent['noGroups']>>;

const breakdownOf = ({ groups, others, consensus }: PublishedBreakdown): PublishedStatement['found'] => ({
  groups: groups.map((count) => count ?? null),
  others: others ?? null,
  consensus: consensus?.perGroup ?? null,
});

type Picture = NonNullable<ResultContent['picture']>;

/** Two decimals are more than a picture shows. */
function round(picture: ReturnType<typeof publishPicture>): Picture {
  // Not minus zero, which JSON does not know.
  const short = (value: number): number => Math.round(value * 100) / 100 + 0;
  const place = ({ x, y }: { readonly x: number; readonly y: number }) => ({ x: short(x), y: short(y) });
  const patch = (each: { readonly x: number; readonly y: number; readonly people: number | undefined }) => ({
    ...place(each),
    people: each.people ?? null,
  });
  const { minX, maxX, minY, maxY } = picture.extent;
  return {
    groups: picture.groups.map(({ patches, outline }) => ({
      patches: patches.map(patch),
      outline: outline.map(place),
    })),
    ungrouped: picture.ungrouped.map(patch),
    extent: { minX: short(minX), maxX: short(maxX), minY: short(minY), maxY: short(maxY) },
  };
}

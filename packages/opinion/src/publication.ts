/** What may be shown to anybody: every number a sum over five people or more, and what each one comes from. */
import { type Breakdown, floorOfPeople, type OpenCounts, openSizes, openStatements } from './floor.ts';
import { consensusPerGroup, groupInformedConsensus } from './consensus.ts';
import { drawPicture, type Picture } from './picture.ts';
import type { Statement } from './polis-export.ts';
import { type Contrast, findMajority, findSignificant, type Majority, type Representative } from './representative.ts';
import type { NoGroupsReason, RobustAnalysis } from './robust.ts';
import { explainPriority, type Priority } from './routing.ts';
import type { Stability } from './stability.ts';
import { type Count, subtract } from './tally.ts';
import type { VoteMatrix } from './vote-matrix.ts';

export interface Consensus {
  /** Π over the classes of (agrees + 1)/(seen + 2): the chance that the next person of each class agrees, all together. */
  readonly product: number;
  /** Its geometric mean, comparable between breakdowns with different numbers of groups. */
  readonly perGroup: number;
  /** The counts that went in: the open groups, and the others together where groups are withheld. */
  readonly classes: readonly Count[];
}

export interface PublishedBreakdown extends OpenCounts {
  readonly kind: string;
  /** Undefined with fewer than two classes. */
  readonly consensus: Consensus | undefined;
}

export interface PublishedStatement {
  readonly id: string;
  readonly text: string | undefined;
  readonly isModeratedOut: boolean;
  readonly isMeta: boolean;
  /** Undefined: withheld, fewer than five people voted. */
  readonly total: Count | undefined;
  /** Place on the map of somebody who agrees with this statement only; undefined where withheld or left out. */
  readonly place: { readonly x: number; readonly y: number } | undefined;
  readonly priority: Priority | undefined;
  /** Over the groups found; where there are none, everybody is one group. */
  readonly found: PublishedBreakdown;
  /** Over constituencies, regions, whatever was declared. */
  readonly declared: readonly PublishedBreakdown[];
}

export interface PublishedGroup {
  readonly id: number;
  /** Undefined: withheld. */
  readonly size: number | undefined;
  readonly representative: readonly Representative[];
}

export interface Publication {
  readonly floor: number;
  /** Undefined where fewer than five people voted. */
  readonly participants: number | undefined;
  readonly groups: readonly PublishedGroup[];
  readonly noGroups: NoGroupsReason | undefined;
  readonly isSeparate: boolean | undefined;
  readonly stability: Stability | undefined;
  readonly stabilityMeasuredAtVotes: number;
  readonly majority: Majority;
  readonly statements: readonly PublishedStatement[];
  /** Sizes of the declared groups, by breakdown. */
  readonly declaredSizes: readonly {
    readonly kind: string;
    readonly groups: readonly { readonly name: string; readonly size: number | undefined }[];
  }[];
}

export interface PublicationInput {
  readonly matrix: VoteMatrix;
  readonly isLeftOut: Uint8Array;
  readonly analysis: RobustAnalysis;
  readonly statements?: readonly Statement[];
  readonly declared?: readonly Breakdown[];
}

export function publish({
  matrix,
  isLeftOut,
  analysis,
  statements = [],
  declared = [],
}: PublicationInput): Publication {
  const found: Breakdown | undefined =
    analysis.groups.length === 0
      ? undefined
      : { kind: 'opinion', groups: analysis.groups.map(({ id }) => String(id)), groupOf: analysis.groupOf };
  const breakdowns = found === undefined ? declared : [found, ...declared];
  const known = new Map(statements.map((statement) => [statement.id, statement]));
  const places = placeStatements(analysis, isLeftOut);
  const published = openStatements(matrix, breakdowns).map(
    ({ total, breakdowns: open }, column): PublishedStatement => {
      const id = matrix.statements[column]!;
      const statement = known.get(id);
      const described = open.map((counts, at) => describe(breakdowns[at]!.kind, counts));
      const isMeta = statement?.isMeta ?? false;
      const isModeratedOut = (statement?.moderation ?? 0) < 0;
      const place = { x: places.x[column]!, y: places.y[column]! };
      const extremity = Math.hypot(place.x, place.y);
      return {
        id,
        text: statement?.text,
        isModeratedOut,
        isMeta,
        total,
        place: total === undefined || isLeftOut[column] ? undefined : place,
        priority:
          total === undefined || isModeratedOut ? undefined : explainPriority({ count: total, extremity, isMeta }),
        found: (found && described[0]) ?? describeOne(total),
        declared: found === undefined ? described : described.slice(1),
      };
    },
  );
  const sizes = openSizes(matrix.participants.length, breakdowns);
  const declaredSizes = found === undefined ? sizes : sizes.slice(1);
  return {
    floor: floorOfPeople,
    participants: matrix.participants.length < floorOfPeople ? undefined : matrix.participants.length,
    groups: analysis.groups.map(({ id }) => ({
      id,
      size: sizes[0]?.[id],
      representative: findSignificant(contrastOpen(published, isLeftOut, id)),
    })),
    noGroups: analysis.noGroups,
    isSeparate: analysis.isSeparate,
    stability: analysis.shown,
    stabilityMeasuredAtVotes: analysis.stability.measuredAtVotes,
    majority: findMajority(
      published.flatMap(({ total }, statement) =>
        total === undefined || isLeftOut[statement] ? [] : [{ statement, count: total }],
      ),
    ),
    statements: published,
    declaredSizes: declared.map(({ kind, groups }, at) => ({
      kind,
      groups: groups.map((name, group) => ({ name, size: declaredSizes[at]![group] })),
    })),
  };
}

/** The map that goes with it. */
export function publishPicture({ plane, groupOf }: RobustAnalysis, { groups }: Publication): Picture {
  return drawPicture(
    plane,
    groupOf,
    groups.map(({ size }) => size),
  );
}

/** As in Polis: √statements · (1 - mean) · direction. */
function placeStatements(
  { plane }: RobustAnalysis,
  isLeftOut: Uint8Array,
): { readonly x: Float64Array; readonly y: Float64Array } {
  const scale = Math.sqrt(isLeftOut.reduce((count, is) => count + (is ? 0 : 1), 0));
  const along = (direction: Float64Array): Float64Array =>
    direction.map((part, column) => scale * (1 - plane.means[column]!) * part);
  return { x: along(plane.directions[0]), y: along(plane.directions[1]) };
}

function describe(kind: string, counts: OpenCounts): PublishedBreakdown {
  const classes = [...counts.groups, counts.others].filter((count) => count !== undefined);
  const perGroup = classes.length < 2 ? undefined : consensusPerGroup(classes);
  return {
    kind,
    ...counts,
    consensus: perGroup === undefined ? undefined : { product: groupInformedConsensus(classes), perGroup, classes },
  };
}

function describeOne(total: Count | undefined): PublishedBreakdown {
  const one = total && groupInformedConsensus([total]);
  return {
    kind: 'opinion',
    groups: [],
    others: undefined,
    consensus: one === undefined || total === undefined ? undefined : { product: one, perGroup: one, classes: [total] },
  };
}

/** Against everybody else who voted, in a group or not: against other groups only, who is in none could be computed. */
function contrastOpen(
  statements: readonly PublishedStatement[],
  isLeftOut: Uint8Array,
  group: number,
): readonly Contrast[] {
  return statements.flatMap(({ total, found }, statement) => {
    const inside = found.groups[group];
    if (total === undefined || inside === undefined || isLeftOut[statement]) return [];
    return [{ statement, inside, outside: subtract(total, inside) }];
  });
}

/** One conversation in full, for whoever holds its votes: a plain object that becomes JSON, the same shape from both engines. */
import { analyseCompat } from './compat.ts';
import { type CompatStability, measureCompatStability } from './compat-stability.ts';
import { chanceOfAgreeing, consensusPerGroup, groupInformedConsensus } from './consensus.ts';
import type { Statement } from './polis-export.ts';
import { publish } from './publication.ts';
import {
  contrastGroup,
  findMajority,
  findRepresentative,
  type MajorityStatement,
  type Representative,
} from './representative.ts';
import { analyseRobust, type NoGroupsReason } from './robust.ts';
import { explainPriority, type Priority } from './routing.ts';
import type { Stability } from './stability.ts';
import { type Count, countAll, countOf, countStatements, tallyVotes } from './tally.ts';
import { countVotes, type VoteMatrix } from './vote-matrix.ts';

export type Engine = 'compat' | 'robust';

export interface ReportInput {
  readonly matrix: VoteMatrix;
  readonly statements?: readonly Statement[];
  readonly seed?: number;
}

/** Null: withheld, or there is none. */
export interface Report {
  readonly engine: Engine;
  /** Counts of fewer people are withheld; null where nothing is. */
  readonly floor: number | null;
  readonly votes: number;
  readonly participants: readonly ReportedParticipant[];
  readonly groups: readonly ReportedGroup[];
  readonly noGroups: NoGroupsReason | null;
  readonly stability: ReportedStability | null;
  readonly statements: readonly ReportedStatement[];
  readonly majority: {
    readonly agree: readonly Named<MajorityStatement>[];
    readonly disagree: readonly Named<MajorityStatement>[];
  };
  readonly meaning: Readonly<Record<string, string>>;
}

export interface ReportedParticipant {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly votes: number;
  readonly group: number | null;
}

type Named<T extends { readonly statement: number }> = Omit<T, 'statement'> & { readonly statement: string };

export interface ReportedGroup {
  readonly id: number;
  readonly size: number | null;
  readonly representative: readonly Named<Representative>[];
}

export interface ReportedStability {
  readonly measure: 'predictionStrength' | 'subsampleAdjustedRand';
  readonly value: number;
  /** From which value the groups can be relied on. */
  readonly reliableFrom: number;
  readonly details: CompatStability | readonly Stability[];
  /** Further apart than cuts through one cloud; null where not measured. */
  readonly isSeparate: boolean | null;
}

export interface ReportedStatement {
  readonly id: string;
  readonly text: string | null;
  readonly isModeratedOut: boolean;
  readonly isMeta: boolean;
  readonly total: ReportedCount | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly extremity: number | null;
  readonly consensus: number | null;
  readonly consensusPerGroup: number | null;
  readonly priority: number | null;
  /** By group. */
  readonly groups: readonly (ReportedCount | null)[];
  readonly because: {
    /** The factors of the consensus, in the order of the groups; groups withheld are one factor, the last. */
    readonly consensus: readonly { readonly agrees: number; readonly seen: number; readonly factor: number }[];
    readonly priority: Omit<Priority, 'value'> | null;
  };
}

export interface ReportedCount {
  readonly agrees: number;
  readonly disagrees: number;
  readonly passes: number;
  readonly seen: number;
}

const reliableSubsample = 0.6;

export function report(engine: Engine, input: ReportInput): Report {
  return engine === 'compat' ? reportCompat(input) : reportRobust(input);
}

/** Statements that Polis makes zero, and that the robust engine leaves out. */
export function findLeftOut({ statements: ids }: VoteMatrix, statements: readonly Statement[]): Uint8Array {
  const out = new Set(statements.flatMap(({ id, moderation, isMeta }) => (moderation < 0 || isMeta ? [id] : [])));
  return Uint8Array.from(ids, (id) => (out.has(id) ? 1 : 0));
}

function reportCompat({ matrix, statements = [], seed = 1 }: ReportInput): Report {
  const isZeroed = findLeftOut(matrix, statements);
  const analysis = analyseCompat({ matrix, isZeroed });
  const { groups, positions, statementPositions } = analysis;
  const tally = tallyVotes(matrix, groups.groupOf, groups.groups.length);
  const everybody = tallyVotes(matrix, new Int32Array(matrix.participants.length), 1);
  const known = new Map(statements.map((statement) => [statement.id, statement]));
  const stability = groups.groups.length === 0 ? undefined : measureCompatStability(matrix, isZeroed, analysis, seed);
  const majority = findMajority(countStatements(everybody, isZeroed));
  return {
    engine: 'compat',
    floor: null,
    votes: matrix.columns.length,
    participants: listParticipants(matrix, positions, groups.groupOf),
    groups: groups.groups.map(({ size }, id) => ({
      id,
      size,
      representative: name(matrix, findRepresentative(contrastGroup(tally, id, isZeroed))),
    })),
    noGroups: null,
    stability: stability
      ? {
          measure: 'subsampleAdjustedRand',
          value: stability.adjustedRand,
          reliableFrom: reliableSubsample,
          details: stability,
          isSeparate: null,
        }
      : null,
    statements: matrix.statements.map((id, at) => {
      const counts = groups.groups.map((_, group) => countOf(tally, group, at));
      const [x, y] = [statementPositions.x[at]!, statementPositions.y[at]!];
      const { isMeta = false, moderation = 0 } = known.get(id) ?? {};
      const { value, ...because } = explainPriority({
        count: countAll(tally, at),
        extremity: Math.hypot(x, y),
        isMeta,
      });
      return {
        ...describe(known.get(id), id),
        isModeratedOut: moderation < 0,
        isMeta,
        total: format(countOf(everybody, 0, at)),
        x,
        y,
        extremity: Math.hypot(x, y),
        consensus: counts.length === 0 ? null : groupInformedConsensus(counts),
        consensusPerGroup: consensusPerGroup(counts) ?? null,
        priority: value,
        groups: counts.map(format),
        because: { consensus: factors(counts), priority: isMeta ? null : because },
      };
    }),
    majority: { agree: name(matrix, majority.agree), disagree: name(matrix, majority.disagree) },
    meaning: meaningOf('compat'),
  };
}

function reportRobust({ matrix, statements = [], seed = 1 }: ReportInput): Report {
  const isLeftOut = findLeftOut(matrix, statements);
  const analysis = analyseRobust({ matrix, isLeftOut, seed });
  const publication = publish({ matrix, isLeftOut, analysis, statements });
  const { shown, stability } = analysis;
  const best = shown ?? [...stability.byNumber].sort((a, b) => b.predictionStrength - a.predictionStrength)[0];
  return {
    engine: 'robust',
    floor: publication.floor,
    votes: matrix.columns.length,
    participants: listParticipants(matrix, analysis.plane, analysis.groupOf),
    groups: publication.groups.map(({ id, size, representative }) => ({
      id,
      size: size ?? null,
      representative: name(matrix, representative),
    })),
    noGroups: publication.noGroups ?? null,
    stability: best
      ? {
          measure: 'predictionStrength',
          value: best.predictionStrength,
          reliableFrom: 0.8,
          details: stability.byNumber,
          isSeparate: publication.isSeparate ?? null,
        }
      : null,
    statements: publication.statements.map(({ id, isModeratedOut, isMeta, total, place, priority, found, text }) => {
      const { value, ...because } = priority ?? { value: null };
      return {
        id,
        text: text ?? null,
        isModeratedOut,
        isMeta,
        total: total ? format(total) : null,
        x: place?.x ?? null,
        y: place?.y ?? null,
        extremity: place ? Math.hypot(place.x, place.y) : null,
        consensus: found.consensus?.product ?? null,
        consensusPerGroup: found.consensus?.perGroup ?? null,
        priority: value,
        groups: found.groups.map((count) => (count ? format(count) : null)),
        because: {
          consensus: factors(found.consensus?.classes ?? []),
          priority: priority === undefined || isMeta ? null : (because as Omit<Priority, 'value'>),
        },
      };
    }),
    majority: {
      agree: name(matrix, publication.majority.agree),
      disagree: name(matrix, publication.majority.disagree),
    },
    meaning: meaningOf('robust'),
  };
}

function listParticipants(
  matrix: VoteMatrix,
  { x, y }: { readonly x: Float64Array; readonly y: Float64Array },
  groupOf: Int32Array,
): readonly ReportedParticipant[] {
  const votes = countVotes(matrix);
  return matrix.participants.map((id, row) => ({
    id,
    x: x[row]!,
    y: y[row]!,
    votes: votes[row]!,
    group: groupOf[row]! < 0 ? null : groupOf[row]!,
  }));
}

function name<T extends { readonly statement: number }>(matrix: VoteMatrix, found: readonly T[]): readonly Named<T>[] {
  return found.map((each) => ({ ...each, statement: matrix.statements[each.statement]! }));
}

function describe(statement: Statement | undefined, id: string): { readonly id: string; readonly text: string | null } {
  return { id, text: statement?.text ?? null };
}

function format({ agrees, disagrees, seen }: Count): ReportedCount {
  return { agrees, disagrees, passes: seen - agrees - disagrees, seen };
}

function factors(counts: readonly Count[]): ReportedStatement['because']['consensus'] {
  return counts.map((count) => ({ agrees: count.agrees, seen: count.seen, factor: chanceOfAgreeing(count) }));
}

/** What each number means, for readers without the manual. */
function meaningOf(engine: Engine): Readonly<Record<string, string>> {
  const isCompat = engine === 'compat';
  return {
    'participants.x, y': isCompat
      ? 'Place on the two principal components of the votes, enlarged by the root of (statements / votes cast).'
      : 'Most probable place given the votes cast; who voted little stands near the middle.',
    'participants.group': 'Group of people who vote alike; null: voted too little, or there are no groups.',
    'statements.total': isCompat
      ? 'Last votes of all participants.'
      : 'Last votes of all participants; null: between one and four people voted.',
    'statements.groups': isCompat
      ? 'The same, by group.'
      : 'The same, by group; null: withheld so that nothing about fewer than five people can be computed.',
    'statements.consensus': `Product over ${isCompat ? 'the groups' : 'the factors in because.consensus'} of (agrees + 1) / (seen + 2).`,
    'statements.consensusPerGroup': 'Its geometric mean: comparable whatever the number of groups.',
    'statements.priority':
      'Weight in drawing the next statement to show: (notPassed · agreed · (extremity + 1) · newness)², with the factors in because.priority; 49 for a meta statement.',
    'statements.extremity': 'How far from the middle somebody would stand who agreed with this statement only.',
    'groups.representative':
      'Statements on which the group differs from the others and is of one mind: successes of trials in the group, othersSuccesses of othersTrials outside; probability (successes + 1) / (trials + 2); ratio of the two probabilities; tests are z-scores, 1.2816 is significant at 90 %.',
    majority: 'Statements that significantly more than half of all voters agree, or disagree, with.',
    stability: isCompat
      ? 'Mean adjusted Rand index between these groups and those found from four fifths of the people in random order, 1 at most.'
      : 'Prediction strength (Tibshirani & Walther 2005): of pairs that one half of the people puts into one group, the share that the other half does too, for the worst group. isSeparate: further apart than cuts through a single cloud.',
  };
}

/**
 * The compat engine: what Polis would publish for these votes. Exact where Polis is a function of the votes; its groups also depend on the
 * history of a conversation, which `history` carries from one update to the next.
 */
import { type CompatGroups, chooseClustered, findCompatGroups, type GroupHistory } from './compat-groups.ts';
import { type Components, findComponents, type Plane, projectParticipants, projectStatements } from './compat-pca.ts';
import { countVotes, findVotedOn, type VoteMatrix } from './vote-matrix.ts';

export interface CompatHistory {
  readonly groups: GroupHistory;
  /** By statement. */
  readonly directions: readonly [ReadonlyMap<string, number>, ReadonlyMap<string, number>];
}

export interface CompatAnalysis {
  readonly components: Components;
  readonly positions: Plane;
  readonly statementPositions: Plane;
  readonly groups: CompatGroups;
  readonly history: CompatHistory;
}

export interface CompatInput {
  readonly matrix: VoteMatrix;
  /** Moderated-out and meta statements: their columns become zero for everybody. */
  readonly isZeroed: Uint8Array;
  readonly history?: CompatHistory | undefined;
}

export function analyseCompat({ matrix, isZeroed, history }: CompatInput): CompatAnalysis {
  const components = findComponents(matrix, isZeroed, resume(matrix, history));
  const positions = projectParticipants(matrix, isZeroed, components);
  const votedOn = findVotedOn(matrix).reduce((count, is) => count + is, 0);
  const isClustered = new Set(
    chooseClustered(matrix.participants, countVotes(matrix), votedOn, [
      ...Array.from(matrix.founders, (row) => matrix.participants[row]!),
      ...(history?.groups.clustered ?? []),
    ]),
  );
  const clustered = [...matrix.arrival].filter((row) => isClustered.has(row));
  const groups = findCompatGroups(matrix.participants, positions, clustered, history?.groups);
  return {
    components,
    positions,
    statementPositions: projectStatements(matrix, components),
    groups,
    history: {
      groups: groups.history,
      directions: [remember(matrix, components.directions[0]), remember(matrix, components.directions[1])],
    },
  };
}

function resume(matrix: VoteMatrix, history: CompatHistory | undefined): Components['directions'] | undefined {
  if (history === undefined) return undefined;
  const [first, second] = history.directions;
  return [
    Float64Array.from(matrix.statements, (id) => first.get(id) ?? 0),
    Float64Array.from(matrix.statements, (id) => second.get(id) ?? 0),
  ];
}

function remember({ statements }: VoteMatrix, direction: Float64Array): ReadonlyMap<string, number> {
  return new Map(statements.map((id, column) => [id, direction[column]!]));
}

import type { Marking, Position, ProposalChange, TextChange } from './event.ts';

/** A text as the fold of its events: plain JSON, the same for everyone who has the events. */
export interface TextState {
  readonly editors: readonly string[];
  readonly settling: Extract<TextChange, { type: 'opened' }>['settling'];
  /** In reading order. What was struck keeps its place and can be read. */
  readonly clauses: readonly Clause[];
  /** In the order they were made. */
  readonly proposals: readonly Proposal[];
  /** How often the text has changed. */
  readonly revision: number;
  readonly adoptedAt: string | null;
}

export interface Clause {
  readonly id: string;
  readonly kind: 'heading' | 'recital' | 'paragraph' | 'point';
  /** Every reading so far, the last one in force; never empty. */
  readonly versions: readonly ClauseVersion[];
  readonly marking: Marking;
  readonly markingReason: string | null;
}

export interface ClauseVersion {
  /** Null: struck. */
  readonly text: string | null;
  /** Who made it the text; whose words they are is in `origins` and in the proposals. */
  readonly by: string;
  readonly at: string;
  readonly session: string | null;
  /** Of the text, from which on it reads so. */
  readonly revision: number;
  readonly proposals: readonly string[];
  /** Of a clause that came with the first text: whose words those are. */
  readonly origins: readonly { readonly by: string; readonly source: string | null }[];
}

export const proposalStatuses = ['open', 'parked', 'taken-up', 'merged', 'declined', 'withdrawn', 'fallen'] as const;
export type ProposalStatus = (typeof proposalStatuses)[number];

export interface Proposal {
  readonly id: string;
  readonly by: string;
  readonly onBehalfOf: string | null;
  readonly what: ProposalChange;
  readonly reason: string;
  readonly at: string;
  readonly session: string | null;
  readonly status: ProposalStatus;
  /** Why it stands so, in the words of whoever decided. Null while it is open, or where nothing was said. */
  readonly answer: string | null;
  /** By whoever speaks: the organisation where somebody speaks for one. The latest counts. */
  readonly positions: Readonly<Record<string, StatedPosition>>;
}

export interface StatedPosition {
  readonly by: string;
  readonly position: Position;
  readonly reason: string | null;
  readonly at: string;
}

export const isPending = ({ status }: Proposal): boolean => status === 'open' || status === 'parked';

export function currentVersion(clause: Clause): ClauseVersion {
  const version = clause.versions.at(-1);
  if (!version) throw new RangeError('a clause without a version');
  return version;
}

export const isStruck = (clause: Clause): boolean => currentVersion(clause).text === null;

/** What a reader reads: no struck clauses, no proposals. */
export const standingClauses = (state: TextState): readonly Clause[] =>
  state.clauses.filter((clause) => !isStruck(clause));

export const findClause = (state: TextState, id: string): Clause | undefined =>
  state.clauses.find((clause) => clause.id === id);

export const findProposal = (state: TextState, id: string): Proposal | undefined =>
  state.proposals.find((proposal) => proposal.id === id);

/** The clause that it would change; an addition changes none. */
export const clauseOf = ({ what }: Proposal): string | undefined => (what.op === 'add' ? undefined : what.clause);

/** Two proposals can become one text only where they say the same kind of thing about the same place. */
export const placeOf = ({ what }: Proposal): string =>
  what.op === 'add' ? `add ${what.after ?? ''}` : `${what.op} ${what.clause}`;

/** The proposer counts; who supports for an organisation counts as that organisation. */
export function countPositions(proposal: Proposal): { readonly support: number; readonly objections: number } {
  const speaker = proposal.onBehalfOf ?? proposal.by;
  const stated = Object.entries(proposal.positions);
  const supporters = new Set(stated.filter(([, { position }]) => position === 'support').map(([who]) => who));
  const hasTurned = proposal.positions[speaker] !== undefined && !supporters.has(speaker);
  return {
    support: supporters.size + (supporters.has(speaker) || hasTurned ? 0 : 1),
    objections: stated.filter(([, { position }]) => position === 'object').length,
  };
}

/** The text as it stood at a revision, for comparing and citing. */
export function clausesAt(
  state: TextState,
  revision: number,
): readonly { readonly id: string; readonly text: string }[] {
  return state.clauses.flatMap((clause) => {
    const text = clause.versions.findLast((version) => version.revision <= revision)?.text;
    return typeof text === 'string' ? [{ id: clause.id, text }] : [];
  });
}

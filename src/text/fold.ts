/**
 * A text as the pure fold of its events. What holds in every state:
 *  - the text at revision r follows from the events up to r alone;
 *  - no word disappears without a proposal or a revision that stays readable, not even by whoever holds the pen;
 *  - a proposal is never edited, so nobody supports words that were changed under them; it ends once, with an answer;
 *  - what was agreed changes only after it was opened again, with a reason.
 */
import type { TextChange, TextEvent } from './event.ts';
import { refuses, type TextRefusal } from './refusals.ts';
import {
  clauseOf,
  currentVersion,
  findClause,
  findProposal,
  isPending,
  isStruck,
  type Clause,
  type ClauseVersion,
  type Proposal,
  type ProposalStatus,
  type TextState,
} from './state.ts';

export type Step = { readonly state: TextState } | { readonly refused: TextRefusal };

export function applyTextEvent(state: TextState | undefined, event: TextEvent): Step {
  const refused = refuses(state, event);
  if (refused) return { refused };
  if (event.change.type === 'opened') return { state: open(event, event.change) };
  if (!state) return { refused: 'not-opened' };
  return { state: apply(state, event) };
}

/** Of events that were accepted one by one; one that is refused here was never accepted. */
export function foldText(events: Iterable<TextEvent>): TextState | undefined {
  let state: TextState | undefined;
  for (const event of events) {
    const step = applyTextEvent(state, event);
    if ('refused' in step) throw new RangeError(`an event that the text refuses: ${step.refused}`);
    state = step.state;
  }
  return state;
}

type Change<Type extends TextChange['type']> = Extract<TextChange, { type: Type }>;

function open(event: TextEvent, { editors, settling, clauses }: Change<'opened'>): TextState {
  return {
    editors,
    settling,
    clauses: clauses.map(({ id, kind, text, origins }) => ({
      id,
      kind,
      versions: [{ ...versionOf(event, 0, text, []), origins }],
      marking: 'open',
      markingReason: null,
    })),
    proposals: [],
    revision: 0,
    adoptedAt: null,
  };
}

function apply(state: TextState, event: TextEvent): TextState {
  const { by, at, session, change } = event;
  switch (change.type) {
    case 'opened':
      throw new RangeError('opened twice');
    case 'handed-over':
      return { ...state, editors: change.editors };
    case 'proposed': {
      const { proposal: id, what, onBehalfOf, reason } = change;
      const made: Proposal = {
        id,
        by,
        onBehalfOf,
        what,
        reason,
        at,
        session,
        status: 'open',
        answer: null,
        positions: {},
      };
      return { ...state, proposals: [...state.proposals, made] };
    }
    case 'positioned': {
      const { proposal: id, position, onBehalfOf, reason } = change;
      return withProposal(state, id, (proposal) => ({
        ...proposal,
        positions: { ...proposal.positions, [onBehalfOf ?? by]: { by, position, reason, at } },
      }));
    }
    case 'withdrawn':
      return settle(state, change.proposal, 'withdrawn', null);
    case 'declined':
    case 'parked':
      return settle(state, change.proposal, change.type, change.reason);
    case 'resumed':
      return settle(state, change.proposal, 'open', null);
    case 'taken-up':
      return takeUp(state, event, change);
    case 'marked':
      return withClause(state, change.clause, (clause) => ({
        ...clause,
        marking: change.marking,
        markingReason: change.reason,
      }));
    case 'revised':
      return revise(state, event, change);
    case 'adopted':
      return { ...state, adoptedAt: at };
  }
}

function takeUp(state: TextState, event: TextEvent, { proposals, text, reason }: Change<'taken-up'>): TextState {
  const [first] = proposals;
  const lead = first === undefined ? undefined : findProposal(state, first);
  if (!lead) throw new RangeError('nothing is taken up');
  const status = proposals.length > 1 ? 'merged' : 'taken-up';
  const settled = proposals.reduce((before, id) => settle(before, id, status, reason), state);
  const { what } = lead;
  if (what.op === 'keep') return settled;
  const revision = state.revision + 1;
  const version = versionOf(event, revision, text, proposals);
  switch (what.op) {
    case 'add': {
      const added: Clause = { id: lead.id, kind: what.kind, versions: [version], marking: 'open', markingReason: null };
      return { ...settled, revision, clauses: insertAfter(settled.clauses, what.after, added) };
    }
    case 'change':
      return { ...withVersion(settled, what.clause, version), revision };
    case 'delete':
      return { ...letFall(withVersion(settled, what.clause, version), what.clause), revision };
    case 'move': {
      const clause = findClause(settled, what.clause);
      if (!clause) throw new RangeError('a clause that is not there moves');
      const others = settled.clauses.filter(({ id }) => id !== what.clause);
      return { ...settled, revision, clauses: insertAfter(others, what.after, clause) };
    }
  }
}

function revise(state: TextState, event: TextEvent, { clauses, answers }: Change<'revised'>): TextState {
  const revision = state.revision + 1;
  const adopted = (id: string): string[] =>
    answers
      .filter(({ clause, outcome }) => clause === id && (outcome === 'taken-up' || outcome === 'merged'))
      .map(({ proposal }) => proposal);
  const written = clauses.map(({ id, kind, text }): Clause => {
    const before = findClause(state, id);
    const version = versionOf(event, revision, text, adopted(id));
    if (!before) return { id, kind, versions: [version], marking: 'open', markingReason: null };
    return currentVersion(before).text === text ? { ...before, kind } : addVersion({ ...before, kind }, version);
  });
  // What is left out keeps its place: behind the clause it stood behind.
  let ordered: readonly Clause[] = written;
  let behind: string | null = null;
  for (const clause of state.clauses) {
    if (!written.some(({ id }) => id === clause.id)) {
      const struck = isStruck(clause) ? clause : addVersion(clause, versionOf(event, revision, null, []));
      ordered = insertAfter(ordered, behind, struck);
    }
    behind = clause.id;
  }
  const settled = answers.reduce(
    (before, { proposal, outcome, reason }) => settle(before, proposal, outcome, reason),
    state,
  );
  return { ...settled, clauses: ordered, revision };
}

function versionOf(
  { by, at, session }: TextEvent,
  revision: number,
  text: string | null,
  proposals: readonly string[],
): ClauseVersion {
  return { text, by, at, session, revision, proposals, origins: [] };
}

/** New words are open words, whatever the old ones were. */
const addVersion = (clause: Clause, version: ClauseVersion): Clause => ({
  ...clause,
  versions: [...clause.versions, version],
  marking: 'open',
  markingReason: null,
});

function withVersion(state: TextState, id: string, version: ClauseVersion): TextState {
  return withClause(state, id, (clause) => addVersion(clause, version));
}

function withClause(state: TextState, id: string, update: (clause: Clause) => Clause): TextState {
  return { ...state, clauses: state.clauses.map((clause) => (clause.id === id ? update(clause) : clause)) };
}

function withProposal(state: TextState, id: string, update: (proposal: Proposal) => Proposal): TextState {
  return {
    ...state,
    proposals: state.proposals.map((proposal) => (proposal.id === id ? update(proposal) : proposal)),
  };
}

function settle(state: TextState, id: string, status: ProposalStatus, answer: string | null): TextState {
  return withProposal(state, id, (proposal) => ({ ...proposal, status, answer }));
}

/** What was proposed on a clause that is struck has nothing left to change. */
function letFall(state: TextState, clause: string): TextState {
  return {
    ...state,
    proposals: state.proposals.map((proposal) =>
      isPending(proposal) && clauseOf(proposal) === clause ? { ...proposal, status: 'fallen' } : proposal,
    ),
  };
}

function insertAfter(clauses: readonly Clause[], after: string | null, clause: Clause): readonly Clause[] {
  // Unknown is impossible for what the fold accepted; at the end, nothing is lost.
  const at = after === null ? 0 : clauses.findIndex(({ id }) => id === after) + 1 || clauses.length;
  return clauses.toSpliced(at, 0, clause);
}

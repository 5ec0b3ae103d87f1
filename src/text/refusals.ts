import { mostClauses, mostProposals, type TextChange, type TextEvent } from './event.ts';
import {
  clauseOf,
  countPositions,
  currentVersion,
  findClause,
  findProposal,
  isPending,
  isStruck,
  placeOf,
  standingClauses,
  type Clause,
  type Proposal,
  type TextState,
} from './state.ts';

export const textRefusals = [
  'not-opened',
  'already-opened',
  'already-adopted',
  'not-an-editor',
  'not-the-author',
  'id-taken',
  'proposal-unknown',
  'proposal-settled',
  'proposal-not-parked',
  'clause-unknown',
  'clause-struck',
  /** Agreed text is opened first, with a reason. */
  'clause-agreed',
  'version-unknown',
  'nothing-changes',
  'reason-needed',
  'different-places',
  'text-needed',
  'text-not-wanted',
  'support-missing',
  /** Where support settles, the words that were supported are taken, and only while the clause reads as when they were written. */
  'not-as-supported',
  'proposals-open',
  'answer-missing',
  'answered-twice',
  'too-many',
] as const;
export type TextRefusal = (typeof textRefusals)[number];

/** Steps of whoever holds the pen. Who may take a proposal up is the text's own rule. */
const withThePen: ReadonlySet<TextChange['type']> = new Set([
  'handed-over',
  'declined',
  'parked',
  'marked',
  'revised',
  'adopted',
]);

/** Why an event may not follow a state; undefined when it may. A refused event leaves nothing behind. */
export function refuses(state: TextState | undefined, { by, change }: TextEvent): TextRefusal | undefined {
  if (change.type === 'opened') return state ? 'already-opened' : refusesOpening(change);
  if (!state) return 'not-opened';
  if (state.adoptedAt !== null) return 'already-adopted';
  if (withThePen.has(change.type) && !state.editors.includes(by)) return 'not-an-editor';
  switch (change.type) {
    case 'proposed':
      return refusesProposal(state, change);
    case 'positioned': {
      const proposal = findProposal(state, change.proposal);
      if (!proposal) return 'proposal-unknown';
      if (!isPending(proposal)) return 'proposal-settled';
      const needsReason = change.position === 'object' || change.position === 'reserve';
      return needsReason && change.reason === null ? 'reason-needed' : undefined;
    }
    case 'withdrawn': {
      const proposal = findProposal(state, change.proposal);
      if (!proposal) return 'proposal-unknown';
      if (proposal.by !== by) return 'not-the-author';
      return isPending(proposal) ? undefined : 'proposal-settled';
    }
    case 'taken-up':
      return refusesTakingUp(state, by, change);
    case 'resumed': {
      const proposal = findProposal(state, change.proposal);
      if (!proposal) return 'proposal-unknown';
      if (proposal.status !== 'parked') return 'proposal-not-parked';
      const clause = clauseOf(proposal);
      return clause === undefined ? undefined : refusesClause(state, clause);
    }
    case 'handed-over':
      return undefined;
    case 'declined':
    case 'parked': {
      const proposal = findProposal(state, change.proposal);
      if (!proposal) return 'proposal-unknown';
      const isReady = change.type === 'declined' ? isPending(proposal) : proposal.status === 'open';
      return isReady ? undefined : 'proposal-settled';
    }
    case 'marked':
      return refusesMarking(state, change);
    case 'revised':
      return refusesRevision(state, change);
    case 'adopted':
      return state.proposals.some(({ status }) => status === 'open') ? 'proposals-open' : undefined;
  }
}

type Change<Type extends TextChange['type']> = Extract<TextChange, { type: Type }>;

function refusesOpening({ clauses }: Change<'opened'>): TextRefusal | undefined {
  return hasRepeats(clauses.map(({ id }) => id)) ? 'id-taken' : undefined;
}

function refusesProposal(state: TextState, { proposal: id, what }: Change<'proposed'>): TextRefusal | undefined {
  // An added clause is called after its proposal: the two share one space of names.
  if (findProposal(state, id) || findClause(state, id)) return 'id-taken';
  if (state.proposals.length >= mostProposals) return 'too-many';
  const anchor = what.op === 'add' || what.op === 'move' ? what.after : null;
  if (anchor !== null && !findClause(state, anchor)) return 'clause-unknown';
  if (what.op === 'add') return state.clauses.length >= mostClauses ? 'too-many' : undefined;
  const refused = refusesClause(state, what.clause);
  if (refused) return refused;
  if (what.op === 'move') return what.after === what.clause ? 'nothing-changes' : undefined;
  if (what.op !== 'change') return undefined;
  const base = findClause(state, what.clause)?.versions[what.version]?.text;
  if (base === undefined || base === null) return 'version-unknown';
  return base === what.text ? 'nothing-changes' : undefined;
}

function refusesClause(state: TextState, id: string): TextRefusal | undefined {
  const clause = findClause(state, id);
  if (!clause) return 'clause-unknown';
  if (isStruck(clause)) return 'clause-struck';
  return clause.marking === 'agreed' ? 'clause-agreed' : undefined;
}

function refusesTakingUp(state: TextState, by: string, change: Change<'taken-up'>): TextRefusal | undefined {
  const proposals: Proposal[] = [];
  for (const id of change.proposals) {
    const proposal = findProposal(state, id);
    if (!proposal) return 'proposal-unknown';
    if (proposal.status !== 'open') return 'proposal-settled';
    proposals.push(proposal);
  }
  const [first] = proposals;
  if (!first || hasRepeats(change.proposals)) return 'proposal-settled';
  if (proposals.some((proposal) => placeOf(proposal) !== placeOf(first))) return 'different-places';
  const clause = clauseOf(first);
  const refused = clause === undefined ? undefined : refusesClause(state, clause);
  if (refused) return refused;
  const makesText = first.what.op === 'add' || first.what.op === 'change';
  if (makesText && change.text === null) return 'text-needed';
  if (!makesText && change.text !== null) return 'text-not-wanted';
  if (first.what.op === 'move' && proposals.length > 1) return 'different-places';
  if (first.what.op === 'add' && state.clauses.length >= mostClauses) return 'too-many';
  return state.settling.by === 'editors'
    ? state.editors.includes(by)
      ? undefined
      : 'not-an-editor'
    : refusesBySupport(state, state.settling, proposals, change.text);
}

function refusesBySupport(
  state: TextState,
  needed: { readonly supporters: number; readonly objectionsAtMost: number },
  [proposal, ...others]: readonly Proposal[],
  text: string | null,
): TextRefusal | undefined {
  if (!proposal || others.length > 0) return 'not-as-supported';
  const { support, objections } = countPositions(proposal);
  if (support < needed.supporters || objections > needed.objectionsAtMost) return 'support-missing';
  const { what } = proposal;
  if ((what.op === 'add' || what.op === 'change') && what.text !== text) return 'not-as-supported';
  if (what.op !== 'change') return undefined;
  const clause = findClause(state, what.clause);
  return clause && clause.versions.length - 1 === what.version ? undefined : 'not-as-supported';
}

function refusesMarking(state: TextState, { clause: id, marking, reason }: Change<'marked'>): TextRefusal | undefined {
  const clause = findClause(state, id);
  if (!clause) return 'clause-unknown';
  if (isStruck(clause)) return 'clause-struck';
  if (clause.marking === marking) return 'nothing-changes';
  if (marking === 'open') return reason === null ? 'reason-needed' : undefined;
  return state.proposals.some((proposal) => proposal.status === 'open' && clauseOf(proposal) === id)
    ? 'proposals-open'
    : undefined;
}

function refusesRevision(state: TextState, { clauses, answers }: Change<'revised'>): TextRefusal | undefined {
  // Where support settles, nobody's pen does.
  if (state.settling.by === 'support') return 'not-as-supported';
  if (hasRepeats(clauses.map(({ id }) => id))) return 'id-taken';
  if (hasRepeats(answers.map(({ proposal }) => proposal))) return 'answered-twice';
  const kept = new Map(clauses.map((clause) => [clause.id, clause]));
  if (state.clauses.length + clauses.filter(({ id }) => !findClause(state, id)).length > mostClauses) return 'too-many';
  for (const clause of standingClauses(state))
    if (clause.marking === 'agreed' && !readsTheSame(clause, kept.get(clause.id))) return 'clause-agreed';
  for (const { proposal: id, outcome, clause, reason } of answers) {
    const proposal = findProposal(state, id);
    if (!proposal) return 'proposal-unknown';
    if (!isPending(proposal)) return 'proposal-settled';
    if (outcome === 'declined' || outcome === 'parked') {
      if (reason === null) return 'reason-needed';
    } else if (clause !== null && !kept.has(clause)) return 'clause-unknown';
  }
  const answered = new Set(answers.map(({ proposal }) => proposal));
  return state.proposals.some(({ id, status }) => status === 'open' && !answered.has(id))
    ? 'answer-missing'
    : undefined;
}

const readsTheSame = (clause: Clause, kept: { readonly text: string } | undefined): boolean =>
  kept !== undefined && kept.text === currentVersion(clause).text;

const hasRepeats = (ids: readonly string[]): boolean => new Set(ids).size !== ids.length;

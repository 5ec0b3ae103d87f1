/** Clauses, proposals and versions as a reader sees them. */
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import { problem } from '../../problem.ts';
import { compareTexts } from '../../text/comparison.ts';
import { mergeTexts, type Conflict } from '../../text/merge.ts';
import {
  clausesAt,
  countPositions,
  currentVersion,
  findClause,
  findProposal,
  type Clause,
  type Proposal,
  type TextState,
} from '../../text/state.ts';
import type { At } from './actions.ts';
import type * as answers from './answers.ts';
import { readAuthors, type Authors } from './authors.ts';
import { labelOf, listedUnder, startOfText } from './names.ts';
import { describeOwn, describePlace } from './reading.ts';
import { readText } from './text.ts';

type Asking = Reading & Caller;

function describeProposal(
  state: TextState,
  proposal: Proposal,
  authors: Authors,
  base: string,
): answers.ProposalAnswer {
  const { what } = proposal;
  const text = what.op === 'add' || what.op === 'change' ? what.text : null;
  return {
    id: proposal.id,
    label: labelOf(proposal.id),
    op: what.op,
    author: authors.describe(proposal.by, proposal.onBehalfOf),
    at: proposal.at,
    reason: proposal.reason,
    status: proposal.status,
    answer: proposal.answer,
    comparison: [...compareProposal(state, proposal)],
    text,
    ...countPositions(proposal),
    path: `${base}/proposals/${proposal.id}`,
  };
}

function compareProposal(state: TextState, { what }: Proposal) {
  switch (what.op) {
    case 'add':
      return compareTexts('', what.text);
    case 'change':
      return compareTexts(findClause(state, what.clause)?.versions[what.version]?.text ?? '', what.text);
    case 'delete':
      return compareTexts(lastWords(findClause(state, what.clause)), '');
    case 'move':
    case 'keep':
      return [{ change: 'kept' as const, text: lastWords(findClause(state, what.clause)) }];
  }
}

/** As it read last, also when it is struck. */
const lastWords = (clause: Clause | undefined): string =>
  clause?.versions.findLast(({ text }) => text !== null)?.text ?? '';

export async function describeClausePage(
  asking: Asking,
  at: At,
  base: string,
  id: string,
): Promise<answers.ClausePageAnswer> {
  const state = await readText(asking.reader, at.paper.id);
  const clause = findClause(state, id);
  if (!clause && id !== startOfText) throw problem.notFound({ what: 'clause' });
  const authors = await readAuthors(asking.reader, state);
  return {
    ...describePlace(asking, at, base),
    clause: clause
      ? {
          id,
          label: labelOf(id),
          kind: clause.kind,
          text: currentVersion(clause).text,
          version: clause.versions.length - 1,
          marking: clause.marking,
        }
      : null,
    path: `${base}/clauses/${id}`,
    proposals: state.proposals
      .filter(({ what }) => listedUnder(what) === id)
      .map((proposal) => describeProposal(state, proposal, authors, base)),
    versions: (clause?.versions ?? []).map((version, index) => ({
      at: version.at,
      author: authors.describe(version.by),
      proposals: version.proposals.map(labelOf),
      comparison: [...compareTexts(clause?.versions[index - 1]?.text ?? '', version.text ?? '')],
    })),
    own: await describeOwn(asking, at),
  };
}

export async function describeProposalPage(
  asking: Asking,
  at: At,
  base: string,
  id: string,
): Promise<answers.ProposalPageAnswer> {
  const state = await readText(asking.reader, at.paper.id);
  const proposal = findProposal(state, id);
  if (!proposal) throw problem.notFound({ what: 'proposal' });
  const authors = await readAuthors(asking.reader, state);
  const own = await describeOwn(asking, at);
  return {
    ...describePlace(asking, at, base),
    proposal: describeProposal(state, proposal, authors, base),
    clausePath: `${base}/clauses/${listedUnder(proposal.what)}`,
    positions: Object.entries(proposal.positions).map(([speaker, { by, position, reason, at: since }]) => ({
      author: authors.describe(by, speaker === by ? null : speaker),
      position,
      reason,
      at: since,
    })),
    own: {
      ...own,
      isProposer: proposal.by === at.speaker.voice,
      mayTakeUp:
        proposal.status === 'open' &&
        own.mayContribute &&
        (state.settling.by === 'editors' ? own.holdsPen : hasSupport(state, proposal)),
    },
  };
}

function hasSupport({ settling }: TextState, proposal: Proposal): boolean {
  if (settling.by === 'editors') return false;
  const { support, objections } = countPositions(proposal);
  return support >= settling.supporters && objections <= settling.objectionsAtMost;
}

interface Suggestion {
  readonly text: string;
  readonly conflicts: readonly Conflict[];
}

/** All of them put into the clause as it reads now, one after the other; where they meet, people write the words. */
export function suggestText(state: TextState, proposals: readonly Proposal[]): Suggestion {
  let text: string | undefined;
  const conflicts: Conflict[] = [];
  for (const { what } of proposals) {
    if (what.op !== 'add' && what.op !== 'change') continue;
    const clause = what.op === 'change' ? findClause(state, what.clause) : undefined;
    if (what.op === 'add' || !clause) {
      text ??= what.text;
      continue;
    }
    text ??= currentVersion(clause).text ?? '';
    const merged = mergeTexts(clause.versions[what.version]?.text ?? '', text, what.text);
    if ('text' in merged) ({ text } = merged);
    else conflicts.push(...merged.conflict);
  }
  return { text: text ?? '', conflicts };
}

export async function describeJoin(
  asking: Asking,
  at: At,
  base: string,
  id: string,
  wished: readonly string[],
): Promise<answers.JoinAnswer> {
  const state = await readText(asking.reader, at.paper.id);
  const clause = findClause(state, id);
  if (!clause && id !== startOfText) throw problem.notFound({ what: 'clause' });
  const authors = await readAuthors(asking.reader, state);
  const open = state.proposals.filter(({ what, status }) => listedUnder(what) === id && status === 'open');
  const chosen = open.filter((proposal) => wished.includes(proposal.id));
  const { text, conflicts } = suggestText(state, chosen);
  return {
    ...describePlace(asking, at, base),
    clause: id,
    clausePath: `${base}/clauses/${id}`,
    chosen: chosen.map((proposal) => proposal.id),
    proposals: open.map((proposal) => describeProposal(state, proposal, authors, base)),
    current: clause ? currentVersion(clause).text : null,
    version: clause ? clause.versions.length - 1 : null,
    suggestion: text,
    conflicts: [...conflicts],
  };
}

export async function describeComparison(
  asking: Asking,
  at: At,
  base: string,
  given: { readonly from: number | undefined; readonly to: number | undefined },
): Promise<answers.ComparePageAnswer> {
  const state = await readText(asking.reader, at.paper.id);
  const within = (revision: number): number => Math.min(Math.max(revision, 0), state.revision);
  const to = within(given.to ?? state.revision);
  const from = within(given.from ?? 0);
  const [before, after] = [clausesAt(state, from), clausesAt(state, to)];
  const textOf = (clauses: typeof before, id: string): string => clauses.find((clause) => clause.id === id)?.text ?? '';
  const times = new Map<number, string>();
  for (const { versions } of state.clauses) for (const { revision, at: since } of versions) times.set(revision, since);
  return {
    ...describePlace(asking, at, base),
    from,
    to,
    revisions: Array.from({ length: state.revision + 1 }, (_, revision) => ({
      revision,
      // A move changes no clause's words and has no time of its own.
      at: times.get(revision) ?? at.paper.openedAt.toISOString(),
    })),
    clauses: state.clauses
      .filter((clause) => [before, after].some((clauses) => clauses.some(({ id }) => id === clause.id)))
      .map(({ id }) => {
        const comparison = [...compareTexts(textOf(before, id), textOf(after, id))];
        return { label: labelOf(id), comparison, isChanged: comparison.some(({ change }) => change !== 'kept') };
      }),
  };
}

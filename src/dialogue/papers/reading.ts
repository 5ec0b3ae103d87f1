/** Papers, clauses and proposals as a reader sees them. */
import { openSizes } from '@reciproca/opinion/floor';
import { partyKinds } from '../../acts/spine-types.ts';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { PaperId } from '../../ids.ts';
import { networkFactsOf, networkPath } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { compareTexts } from '../../text/comparison.ts';
import { countCredits, creditText, type CreditedClause } from '../../text/credit.ts';
import {
  clausesAt,
  countPositions,
  currentVersion,
  findClause,
  findProposal,
  isPending,
  type Clause,
  type Proposal,
  type TextState,
} from '../../text/state.ts';
import { mergeTexts, type Conflict } from '../../text/merge.ts';
import { spacePath } from '../programme/answers.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { inLanguage } from '../texts.ts';
import type { At } from './actions.ts';
import * as answers from './answers.ts';
import { readAuthors, type Authors } from './authors.ts';
import { hashOfText } from './document.ts';
import { labelOf, listedUnder, startOfText } from './names.ts';
import type { Paper } from './paper.ts';
import { documentOf } from './publication.ts';
import { findSpeaker, listSpokenFor, maySee } from './speaker.ts';
import * as store from './store.ts';
import { readText } from './text.ts';

const uuidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** By its address or its identifier; for those who may see it. */
export async function findPaperFor(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  name: string,
): Promise<At> {
  const paper = uuidForm.test(name)
    ? await store.findPaper(reader, name as PaperId)
    : await store.findPaperBySlug(reader, name);
  const space = paper && (await findSpace(reader, paper.space));
  if (!paper || !space) throw problem.notFound({ what: 'paper' });
  const speaker = await findSpeaker(reader, caller, space);
  if (!maySee(space, paper.state === 'open', speaker)) throw problem.notFound({ what: 'paper' });
  return { paper, space, speaker };
}

export function describePaper(paper: Paper, party: string): answers.PaperSummary {
  return {
    path: answers.paperPath(party, paper.slug),
    kind: paper.kind,
    title: { language: paper.language, text: paper.title },
    state: paper.state,
    heldBy: paper.heldBy === undefined ? null : `${networkPath(party)}/decisions/${paper.heldBy}`,
    signingUntil: paper.signingUntil?.toISOString() ?? null,
    publishedAt: paper.publishedAt?.toISOString() ?? null,
    act: paper.act ?? null,
  };
}

type Asking = Reading & Caller;

function describePlace(asking: Asking, { paper, space }: At, base: string) {
  const network = networkFactsOf(asking);
  const title = inLanguage(space.title, asking.locale, space.language) ?? {
    language: space.language,
    text: space.slug,
  };
  return {
    network,
    space: { title, path: spacePath(network.slug, space.slug) },
    base,
    paper: describePaper(paper, network.slug),
  };
}

async function describeOwn(asking: Asking, { paper, speaker }: At) {
  const isOpen = paper.state === 'open' && paper.heldBy === undefined;
  return {
    mayContribute: isOpen && speaker.voice !== undefined,
    holdsPen: speaker.pen !== undefined,
    speaksFor: [...(await listSpokenFor(asking.reader, speaker, plainDateAt(asking.house.clock.now(), 'UTC')))],
  };
}

export async function describePaperPage(asking: Asking, at: At, base: string): Promise<answers.PaperAnswer> {
  const { reader, house } = asking;
  const { paper, speaker } = at;
  const state = await readText(reader, paper.id);
  const authors = await readAuthors(reader, state);
  const credited = creditText(state);
  const document = await documentOf(reader, paper, state, []);
  const signatures = await store.listSignatures(reader, paper.id);
  const own = await describeOwn(asking, at);
  const isOwn = ({ member, organisation }: store.Signature): boolean =>
    organisation === undefined
      ? member !== undefined && member === speaker.member?.id
      : own.speaksFor.some(({ id }) => id === organisation.id) || (speaker.account !== undefined && own.holdsPen);
  const maySign =
    paper.state === 'signing' && paper.signingUntil !== undefined && house.clock.now() < paper.signingUntil;
  const published = await store.findPublishedText(reader, paper.id);
  return {
    ...describePlace(asking, at, base),
    settling: state.settling,
    revision: state.revision,
    clauses: credited.map(({ clause, words }, index) => ({
      id: clause.id,
      label: labelOf(clause.id),
      kind: clause.kind,
      number: document.clauses[index]?.number ?? null,
      pieces: [...(document.clauses[index]?.pieces ?? [])],
      marking: clause.marking,
      authors: authorsOf({ clause, words }, authors),
      open: countPending(state, clause.id, false),
      additions: countPending(state, clause.id, true),
    })),
    additionsAtStart: countPending(state, startOfText, true),
    credit: countCredits(credited).map(({ by, onBehalfOf, source, words }) => ({
      author: authors.describe(by, onBehalfOf),
      source,
      words,
    })),
    uptake: countUptake(credited, authors),
    references: document.references.map(({ text, link }) => ({ text, link: link ?? null })),
    organisations: signatures.flatMap((signature) => {
      const { id, organisation } = signature;
      return organisation
        ? [
            {
              id,
              name: organisation.name,
              kind: organisation.kind,
              country: organisation.country,
              isOwn: maySign && isOwn(signature),
            },
          ]
        : [];
    }),
    persons: signatures.flatMap((signature) => {
      const { id, name, organisation } = signature;
      return organisation
        ? []
        : [{ id, name: name ?? null, kind: null, country: null, isOwn: maySign && isOwn(signature) }];
    }),
    sha256: published ? hashOfText(published) : null,
    own: {
      ...own,
      maySign: maySign && speaker.member !== undefined,
      hasSigned: signatures.some(
        ({ member, organisation }) =>
          organisation === undefined && member !== undefined && member === speaker.member?.id,
      ),
    },
  };
}

const countPending = (state: TextState, place: string, isAddition: boolean): number =>
  state.proposals.filter(
    (proposal) =>
      isPending(proposal) && (proposal.what.op === 'add') === isAddition && listedUnder(proposal.what) === place,
  ).length;

function authorsOf(credited: CreditedClause, authors: Authors): answers.AuthorAnswer[] {
  const named = countCredits([credited]).map(({ by, onBehalfOf }) => authors.describe(by, onBehalfOf));
  return [...new Map(named.map((author) => [JSON.stringify(author), author])).values()];
}

/** Of people, not of words: every person whose words are in the text counts once. */
function countUptake(credited: readonly CreditedClause[], authors: Authors): answers.PaperAnswer['uptake'] {
  const people = [...new Set(countCredits(credited).map(({ by }) => by))].flatMap((by) => authors.find(by) ?? []);
  const groupOf = Int32Array.from(people, ({ constituency }) => partyKinds.indexOf(constituency));
  const [sizes = []] = openSizes(people.length, [{ kind: 'constituency', groups: partyKinds, groupOf }]);
  return partyKinds.map((constituency, index) => ({ constituency, people: sizes[index] ?? null }));
}

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

export interface Suggestion {
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

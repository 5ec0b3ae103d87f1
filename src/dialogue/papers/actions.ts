/** Writing a paper together: one function a write. Who may is asked first; whether the text allows it is the text's own rule (src/text). */
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import { newPaperId, type PaperId } from '../../ids.ts';
import { requireParty } from '../../network/members/party.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { textEventSchema, type Position, type ProposalChange, type TextChange } from '../../text/event.ts';
import { currentVersion, findClause, findProposal } from '../../text/state.ts';
import { requireConvenor } from '../programme/spaces/actions.ts';
import { slugForm, type Space } from '../programme/spaces/space.ts';
import type { FirstClause } from './first-text.ts';
import { nameProposal } from './names.ts';
import type { Paper } from './paper.ts';
import {
  findSpeaker,
  listPenHolders,
  office,
  requireMandate,
  requirePen,
  requireVoice,
  type Speaker,
} from './speaker.ts';
import * as store from './store.ts';
import { addToText, givePen, openText, textRefuses, type OpenText } from './text.ts';

type Settling = Extract<TextChange, { type: 'opened' }>['settling'];

export interface NewPaper extends Pick<Paper, 'slug' | 'kind' | 'title' | 'language'> {
  readonly settling: Settling;
  readonly clauses: readonly FirstClause[];
}

export async function openPaper(work: Work & Caller, space: Space, given: NewPaper): Promise<PaperId> {
  await requireConvenor(work, space.id);
  if (space.state !== 'open') throw problem.stepNotAllowed({ step: 'open-paper', status: space.state });
  if (!slugForm.test(given.slug))
    throw problem.inputInvalid({ fields: [{ path: 'title', code: 'programme.slug-needed', message: given.title }] });
  const { pen = office } = await findSpeaker(work.tx.db, work, space);
  const id = newPaperId();
  const party = requireParty(work);
  await store.insertPaper(work.tx, party, { ...given, id, space: space.id });
  const opened = textEventSchema.parse({
    by: pen,
    at: work.tx.now.toISOString(),
    session: null,
    change: {
      type: 'opened',
      editors: [...(await listPenHolders(work.tx.db, space))],
      settling: given.settling,
      clauses: [...given.clauses],
    },
  });
  await store.insertEvents(work.tx, party, id, 0, [opened]);
  await work.tx.audit('paper.open', { paper: id, space: space.id });
  return id;
}

/** Where somebody acts: the paper, its space, and who it is. */
export interface At {
  readonly paper: Paper;
  readonly space: Space;
  readonly speaker: Speaker;
}

export interface Proposed {
  readonly what: ProposalChange;
  readonly reason: string;
  /** An organisation that the member speaks for. */
  readonly onBehalfOf: string | undefined;
}

/** Returns its name. */
export async function propose(work: Work, { paper, speaker }: At, given: Proposed): Promise<string> {
  const by = requireVoice(speaker);
  const onBehalfOf = (await mandateOf(work, speaker, given.onBehalfOf)) ?? null;
  const text = await openText(work, paper.id);
  const proposal = nameProposal(text.state, given.what);
  await addToText(work, text, by, { type: 'proposed', proposal, what: given.what, onBehalfOf, reason: given.reason });
  return proposal;
}

export interface Stated {
  readonly position: Position;
  readonly reason: string | undefined;
  readonly onBehalfOf: string | undefined;
}

export async function takePosition(work: Work, { paper, speaker }: At, proposal: string, given: Stated): Promise<void> {
  const by = requireVoice(speaker);
  const onBehalfOf = (await mandateOf(work, speaker, given.onBehalfOf)) ?? null;
  const reason = given.reason ?? null;
  await addToText(work, await openText(work, paper.id), by, {
    type: 'positioned',
    proposal,
    position: given.position,
    onBehalfOf,
    reason,
  });
}

export async function withdrawProposal(work: Work, { paper, speaker }: At, proposal: string): Promise<void> {
  await addToText(work, await openText(work, paper.id), requireVoice(speaker), { type: 'withdrawn', proposal });
}

export async function resumeProposal(work: Work, { paper, speaker }: At, proposal: string): Promise<void> {
  await addToText(work, await openText(work, paper.id), requireVoice(speaker), { type: 'resumed', proposal });
}

/** Not taken up, or not now; either way whoever proposed it reads why. */
export async function setAside(
  work: Work,
  at: At,
  proposal: string,
  how: 'declined' | 'parked',
  reason: string,
): Promise<void> {
  const pen = requirePen(at.speaker);
  await addToText(work, await openWithPen(work, at), pen, { type: how, proposal, reason });
}

interface TakenUp {
  readonly proposals: readonly string[];
  /** As the clause reads from then on; null for a deletion, a move, or keeping. */
  readonly text: string | null;
  /** The version of the clause that whoever holds the pen has read. Where others changed it since, nothing is taken up. */
  readonly base: number | undefined;
  readonly reason: string | undefined;
}

/** One or several proposals become text: by whoever holds the pen, or, where support settles, by anybody once there is enough. */
export async function takeUp(work: Work, at: At, { proposals, text: words, base, reason }: TakenUp): Promise<void> {
  const text = await openWithPen(work, at);
  const by = text.state.settling.by === 'editors' ? requirePen(at.speaker) : requireVoice(at.speaker);
  requireSameVersion(text, proposals[0], base);
  await addToText(work, text, by, {
    type: 'taken-up',
    proposals: [...proposals],
    text: words,
    reason: reason ?? null,
  });
}

function requireSameVersion({ state }: OpenText, proposal: string | undefined, base: number | undefined): void {
  const found = proposal === undefined ? undefined : findProposal(state, proposal);
  if (!found) throw textRefuses('proposal-unknown');
  const clause = found.what.op === 'add' ? undefined : findClause(state, found.what.clause);
  if (!clause || base === undefined) return;
  if (clause.versions.length - 1 !== base)
    throw problem.textHasMovedOn({ version: String(clause.versions.length - 1) });
}

async function openWithPen(work: Work, { paper, space }: At): Promise<OpenText> {
  return givePen(work, await openText(work, paper.id), office, await listPenHolders(work.tx.db, space));
}

function mandateOf({ tx }: Work, speaker: Speaker, organisation: string | undefined) {
  return requireMandate(tx.db, speaker, organisation, plainDateAt(tx.now, 'UTC'));
}

/** The text of one clause now and the version that it is; undefined when there is no such clause, or it was struck. */
export function currentText(state: OpenText['state'], clause: string): { text: string; version: number } | undefined {
  const found = findClause(state, clause);
  const text = found && currentVersion(found).text;
  return found && typeof text === 'string' ? { text, version: found.versions.length - 1 } : undefined;
}

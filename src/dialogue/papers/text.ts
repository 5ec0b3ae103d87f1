/**
 * The text of a paper: read by folding all its events, written by adding one. Whoever writes holds the paper's row, so that events have one order and
 * each is judged on the state that it really follows; what is refused leaves nothing behind.
 */
import type { Reader } from '../../db/database.ts';
import type { Work } from '../../house.ts';
import type { PaperId } from '../../ids.ts';
import { requireParty } from '../../network/members/party.ts';
import { problem, type Problem } from '../../problem.ts';
import { textEventSchema, type TextChange, type TextEvent } from '../../text/event.ts';
import { applyTextEvent, foldText } from '../../text/fold.ts';
import type { TextRefusal } from '../../text/refusals.ts';
import type { TextState } from '../../text/state.ts';
import type { Paper } from './paper.ts';
import * as store from './store.ts';

export async function readText(reader: Reader, paper: PaperId): Promise<TextState> {
  const state = foldText(await store.listEvents(reader, paper));
  if (!state) throw new RangeError(`the paper ${paper} has no text`);
  return state;
}

export interface OpenText {
  readonly paper: Paper;
  readonly state: TextState;
  /** Events so far. */
  readonly n: number;
}

/** Locked until the transaction ends, and changeable: neither closed nor before the group. */
export async function openText({ tx }: Work, id: PaperId): Promise<OpenText> {
  const paper = await store.lockPaper(tx, id);
  if (!paper) throw problem.notFound({ what: 'paper' });
  if (paper.state !== 'open') throw textRefuses('already-adopted');
  if (paper.heldBy !== undefined) throw problem.textBeforeGroup({});
  const events = await store.listEvents(tx.db, id);
  const state = foldText(events);
  if (!state) throw new RangeError(`the paper ${id} has no text`);
  return { paper, state, n: events.length };
}

export async function addToText(work: Work, text: OpenText, by: string, change: TextChange): Promise<OpenText> {
  const { tx } = work;
  const event: TextEvent = textEventSchema.parse({ by, at: tx.now.toISOString(), session: null, change });
  const step = applyTextEvent(text.state, event);
  if ('refused' in step) throw textRefuses(step.refused);
  await store.insertEvents(tx, requireParty(work), text.paper.id, text.n, [event]);
  await tx.audit(`text.${change.type}`, { paper: text.paper.id, n: text.n + 1 });
  return { ...text, state: step.state, n: text.n + 1 };
}

/** The pen follows the roles of the space: who began to convene since then holds it, who ceased does not. */
export async function givePen(
  work: Work,
  text: OpenText,
  office: string,
  holders: readonly string[],
): Promise<OpenText> {
  if (holders.toSorted().join() === text.state.editors.toSorted().join()) return text;
  return addToText(work, text, office, { type: 'handed-over', editors: [...holders] });
}

export function textRefuses(reason: TextRefusal): Problem {
  return problem.textRefuses({ reason, fields: [{ path: '', code: `papers.refused-${reason}`, message: reason }] });
}

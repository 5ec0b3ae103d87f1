/**
 * Asking for data, for a purpose: by a party of another node, or by a person on this one. The answer comes from the same decision as every flow, with its
 * reason; it is kept by whoever was asked and by whoever asked, and communities are told of what was refused. Nothing is given in the answer
 * itself: what is permitted comes as a flow, or on the next round.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { didSchema, subjectIdSchema } from '../acts/payload.ts';
import { findLog, findParty, getHostedParty } from '../acts/store.ts';
import { contents } from '../agreement/document.ts';
import { textInForceAt } from '../agreement/entry-into-force.ts';
import { floorRefuses } from '../agreement/floor.ts';
import { isPurpose } from '../agreement/purposes.ts';
import { listStandingInstruments, loadCommunityAnswers, type StandingInstrument } from '../agreement/standing.ts';
import type { Reader } from '../db/database.ts';
import type { House, Work } from '../house.ts';
import type { Did, PartyId } from '../ids.ts';
import { JsonError, parseJsonBytes } from '../json.ts';
import { PeerUnreachable } from '../network/dial.ts';
import { sendToPeer } from '../network/peer-request.ts';
import { periodOf, plainDateAt, shiftPeriod } from '../period.ts';
import { problem } from '../problem.ts';
import { requireParty } from '../surveillance/person.ts';
import { listCountedIndicators } from './counts.ts';
import { because, decideRequest, type DecisionRecord } from './decision.ts';
import { sendTableJob } from './jobs.ts';
import { tellCommunities } from './notices.ts';
import * as store from './store.ts';

/** What may be asked for; of these, no term can permit a line list. */
export const requestContents = [...contents, 'line-list'] as const;

export const dataRequestSchema = z.strictObject({
  giver: didSchema,
  /** Null: somebody who is no party, a police officer for instance. Who that was is not kept. */
  asker: didSchema.nullable(),
  content: z.enum(requestContents),
  indicator: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/),
  level: z.int().min(0).max(9),
  purpose: z.string().regex(/^[a-z][a-z-]{1,60}$/),
});
export type DataRequest = z.output<typeof dataRequestSchema>;

export const requestAnswerSchema = z.object({
  isPermitted: z.boolean(),
  instrument: subjectIdSchema.nullable(),
  n: z.int().nullable(),
  article: z.string().max(20).nullable(),
  reason: z.string().max(60).nullable(),
  rule: z.string().max(60).nullable(),
});
export type RequestAnswer = z.output<typeof requestAnswerSchema>;

const answerLimitBytes = 20_000;

/**
 * Outside of any transaction, because another node may take its time: what the node of the giver answers. Undefined when it is not asked: both sides
 * must permit, and what our own reading of the agreements refuses goes no further.
 */
export async function askGiver(house: House, party: PartyId, request: DataRequest): Promise<RequestAnswer | undefined> {
  const { asked, peer } = await house.database.read({ party }, async (reader) => {
    const { giver, ...named } = await nameParties(reader, party, request);
    const here = await decideHere(reader, house, named.asked, house.clock.now());
    return { ...named, peer: isForPeer(here, giver) ? await findLog(reader, giver.log_id) : undefined };
  });
  return peer && askPeer(house, peer, asked);
}

const isForPeer = (here: RequestAnswer, giver: { readonly is_hosted: boolean }): boolean =>
  here.isPermitted && !giver.is_hosted;

async function nameParties(reader: Reader, party: PartyId, request: DataRequest) {
  const own = await getHostedParty(reader, party);
  const giver = await findParty(reader, request.giver);
  if (!giver) throw problem.notFound({ what: 'party' });
  const asked: DataRequest = giver.id === own.id ? request : { ...request, asker: own.did };
  if (asked.asker === giver.did)
    throw problem.inputInvalid({ fields: [{ path: 'giver', code: 'not-a-choice', message: 'itself' }] });
  return { own, giver, asked };
}

/**
 * By a person, in the name of the party she works for: she asks another party, or writes down what her own was asked. `theirs`: what the giver's node
 * said a moment ago (askGiver).
 */
export async function requestData(
  work: Work,
  request: DataRequest,
  theirs: RequestAnswer | undefined,
): Promise<RequestAnswer> {
  const { tx } = work;
  const { own, giver, asked } = await nameParties(tx.db, requireParty(work), request);
  const here = await decideHere(tx.db, work.house, asked, tx.now);
  const answer = isForPeer(here, giver) ? theirs : here;
  // Permitted only since then: nobody has been asked.
  if (!answer) throw problem.conflict({ what: 'agreement' });
  await record(work, own.id, asked, answer);
  if (giver.is_hosted && giver.id !== own.id)
    await store.asParty(tx, giver.id, () => record(work, giver.id, asked, answer));
  if (giver.is_hosted) await followUp(work, giver, asked, answer);
  await tx.audit('exchange.request', { giver: giver.did, purpose: asked.purpose, reason: answer.reason });
  return answer;
}

/** By another node, for a party that it hosts. */
export async function answerPeer(work: Work, peer: { readonly id: number }, bytes: Uint8Array): Promise<RequestAnswer> {
  const { tx } = work;
  const request = parseRequest(bytes);
  const giver = await findParty(tx.db, request.giver);
  const asker = request.asker === null ? undefined : await findParty(tx.db, request.asker);
  if (!giver?.is_hosted) throw problem.notFound({ what: 'party' });
  if (!asker || asker.log_id !== peer.id) throw problem.notAllowed({ needs: 'a party of the asking node' });
  const answer = await decideHere(tx.db, work.house, request, tx.now);
  await store.asParty(tx, giver.id, () => record(work, giver.id, request, answer));
  await followUp(work, giver, request, answer);
  return answer;
}

async function decideHere(reader: Reader, house: House, request: DataRequest, at: Date): Promise<RequestAnswer> {
  const { giver, asker, content, indicator, level, purpose } = request;
  const answers = await loadCommunityAnswers(reader, giver);
  if (asker === null) {
    const rule = isPurpose(purpose) ? floorRefuses(purpose, answers) : undefined;
    return toAnswer(
      rule ? because('floor', null, rule) : because(isPurpose(purpose) ? 'no-agreement' : 'purpose-unknown'),
    );
  }
  const instruments = await listStandingInstruments(reader, house.journal.protocol, giver);
  return toAnswer(
    decideRequest(instruments, { content, from: giver, to: asker, indicator, level, purpose }, at, answers),
  );
}

function toAnswer(decided: DecisionRecord | ReturnType<typeof because>): RequestAnswer {
  if (!('request' in decided)) return { isPermitted: false, instrument: null, n: null, ...decided };
  const { instrument, n, refusal, article } = decided;
  return {
    isPermitted: refusal === null,
    instrument,
    n,
    article,
    reason: refusal?.reason ?? null,
    rule: refusal?.rule ?? null,
  };
}

async function askPeer(
  house: House,
  peer: { readonly url: string; readonly origin: string },
  request: DataRequest,
): Promise<RequestAnswer> {
  try {
    const answer = await sendToPeer(
      house,
      peer,
      '/federation/exchange/request',
      JSON.stringify(request),
      answerLimitBytes,
    );
    if (answer.status !== 200)
      throw problem.peerAnswerInvalid({ peer: peer.origin, reason: `status ${answer.status} to a request for data` });
    return requestAnswerSchema.parse(parseJsonBytes(answer.body, answerLimitBytes));
  } catch (error) {
    if (error instanceof PeerUnreachable) throw problem.peerUnreachable({ peer: peer.origin }, error);
    if (isMalformed(error))
      throw problem.peerAnswerInvalid({ peer: peer.origin, reason: 'answer to a request for data' }, error);
    throw error;
  }
}

function parseRequest(bytes: Uint8Array): DataRequest {
  try {
    return dataRequestSchema.parse(parseJsonBytes(bytes, answerLimitBytes));
  } catch (error) {
    if (isMalformed(error)) throw problem.bodyUnreadable({ reason: 'request for data' }, error);
    throw error;
  }
}

const isMalformed = (error: unknown): boolean => error instanceof JsonError || error instanceof z.ZodError;

async function record({ tx }: Work, party: PartyId, request: DataRequest, answer: RequestAnswer): Promise<void> {
  const { isPermitted: _, ...decided } = answer;
  await store.insertRequest(tx, { id: randomUUID(), party_id: party, ...request, ...decided });
}

/** On the giver's side: communities hear of a refusal, and a permitted table is on its way. */
async function followUp(
  work: Work,
  giver: { readonly id: PartyId; readonly did: Did },
  request: DataRequest,
  answer: RequestAnswer,
): Promise<void> {
  const { tx, house } = work;
  const { asker, content, indicator, level, purpose } = request;
  if (!answer.isPermitted) {
    await tellCommunities(work, giver.did, {
      kind: 'request-refused',
      giver: giver.did,
      receivers: asker === null ? [] : [asker],
      content,
      instrument: answer.instrument,
      article: answer.article,
      purposes: [purpose],
      indicators: [indicator],
      level,
      period: null,
      reason: answer.rule ?? answer.reason,
      act: null,
    });
    return;
  }
  if (content !== 'table' || asker === null) return;
  const instrument = (await listStandingInstruments(tx.db, house.journal.protocol, giver.did)).find(
    ({ id }) => id === answer.instrument,
  );
  const counted = await store.asParty(tx, giver.id, async () =>
    (await listCountedIndicators(tx.db)).find(({ code }) => code === indicator),
  );
  const term = instrument && findTerm(instrument, answer.article ?? '', giver.did, asker, indicator, tx.now);
  if (!instrument || !counted || term === undefined) return;
  const { kind, label } = shiftPeriod(periodOf(counted.periodKind, plainDateAt(tx.now, 'UTC')), -1);
  const order = {
    party: giver.id,
    instrument: instrument.id,
    article: answer.article ?? '',
    term,
    to: asker,
    period: { kind, label },
  };
  await house.jobs.enqueue(tx, sendTableJob, order, {
    key: ['request', order.instrument, order.article, term, asker, kind, label].join(' '),
  });
}

function findTerm(
  instrument: StandingInstrument,
  article: string,
  from: Did,
  to: Did,
  indicator: string,
  at: Date,
): number | undefined {
  const terms = textInForceAt(instrument.state, at).document.articles.find(({ id }) => id === article)?.terms ?? [];
  const position = terms.findIndex(
    (term) =>
      term.effect === 'permit' &&
      term.content === 'table' &&
      (term.from ?? from) === from &&
      (term.to ?? to) === to &&
      (term.indicators?.includes(indicator) ?? true),
  );
  return position < 0 ? undefined : position;
}

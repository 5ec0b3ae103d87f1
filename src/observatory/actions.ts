import { bySession, declare } from '../acts/declare.ts';
import { findLogByOrigin, getHostedParty, isOperator } from '../acts/store.ts';
import type { Reader } from '../db/database.ts';
import type { House, Work } from '../house.ts';
import type { AccountId, ActId, PartyId, SubjectId } from '../ids.ts';
import { parseAddress } from '../network/address.ts';
import { knowLog, readOpening } from '../network/known-log.ts';
import { lookUpNode, requireSameKind, type PeerIdentity } from '../network/pairing/actions.ts';
import { problem } from '../problem.ts';
import { questionAnswer } from './act-types.ts';
import * as store from './store.ts';

export interface Person {
  readonly account: AccountId;
  readonly party: PartyId;
}

/** Outside of any transaction: the address may answer slowly or never. */
export async function lookUpLog(house: House, by: Person, url: string): Promise<PeerIdentity> {
  await house.database.read('node', async (reader) => {
    await requireOperator(reader, by);
    requireSameKind(house, url);
    await requireUnknown(reader, parseAddress(url).logOrigin);
  });
  return lookUpNode(url);
}

async function requireOperator(reader: Reader, by: Person): Promise<void> {
  if (!(await isOperator(reader, by.party))) throw problem.notAllowed({ needs: 'operator' });
}

async function requireUnknown(reader: Reader, origin: string): Promise<void> {
  if (await findLogByOrigin(reader, origin)) throw problem.conflict({ what: 'log' });
}

/** Follows a log by its address: no pairing, nothing is given, its operator need not agree. Its key is the one that its own entry 0 names. */
export async function observeLog(
  work: Work,
  by: Person,
  { opening, fingerprint }: PeerIdentity,
): Promise<{ readonly origin: string; readonly fingerprint: string }> {
  const { tx, house } = work;
  const node = readOpening(opening);
  await requireOperator(tx.db, by);
  await requireUnknown(tx.db, node.origin);
  const id = await knowLog(tx, node);
  await tx.audit('log.observed', { operator: node.operator });
  tx.onCommit(() => house.rounds.wake(id));
  return { origin: node.origin, fingerprint };
}

/** A party answers a question that concerns it, by an act in its own log. All its answers to one question are one chain. */
export async function answerQuestion(work: Work, by: Person, id: string, text: string): Promise<ActId> {
  const { tx, house } = work;
  const question = await store.findQuestion(tx.db, id);
  if (!question) throw problem.notFound({ what: 'question' });
  const party = await getHostedParty(tx.db, by.party);
  if (!question.parties.includes(party.did)) throw problem.notAllowed({ needs: 'party-concerned' });
  const subject = `${party.did}/${id.slice(0, 22)}` as SubjectId;
  const act = await declare(work, {
    type: questionAnswer,
    party,
    subject,
    summary: { question: id },
    body: { text },
    assurance: bySession(house, by.account, subject),
  });
  await tx.audit('question.answered', { question: id, act });
  return act;
}

/** Votes. Only members vote, one vote a person and statement, the last one counts. */
import type { Work } from '../../../house.ts';
import type { Member } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { problem } from '../../../problem.ts';
import { requirePhase } from '../inquiries/actions.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { isEligible, lockInquiry } from '../inquiries/store.ts';
import { computeRequest } from '../results/request.ts';
import { findStatement } from '../statement/store.ts';
import type { Choice } from './choice.ts';
import * as store from './store.ts';

export interface VoteGiven {
  /** Of the statement. */
  readonly number: number;
  readonly choice: Choice;
}

/** Nobody reads a statement in less than a second; a program votes as fast as it is let. */
export const votesPerMinute = 60;
const minuteMs = 60_000;

/** The numbers of statements that were voted on; others are not, or no longer, before the public. */
export async function castVotes(
  work: Work,
  inquiry: Inquiry,
  member: Member,
  votes: readonly VoteGiven[],
  source: 'web' | 'mail',
): Promise<ReadonlySet<number>> {
  const { tx } = work;
  requirePhase(inquiry, tx.now, 'vote');
  if (!(await isEligible(tx.db, inquiry, member.id))) throw problem.notAllowed({ needs: 'voter' });
  // Whoever closes waits for votes under way; votes after it find the inquiry closed.
  if ((await lockInquiry(tx, inquiry.id, 'share')) !== 'open')
    throw problem.stepNotAllowed({ step: 'vote', status: 'closed' });
  const lately = await store.countVotesSince(tx.db, inquiry.id, member.id, new Date(tx.now.getTime() - minuteMs));
  if (lately + votes.length > votesPerMinute) throw problem.tooManyRequests({ retryAfterSeconds: minuteMs / 1000 });
  const counted = new Set<number>();
  let changed = 0;
  for (const { number, choice } of votes) {
    const statement = await findStatement(tx.db, inquiry.id, number);
    if (statement?.state !== 'shown') continue;
    counted.add(number);
    const isChange = await store.keepVote(tx, {
      statement_id: statement.id,
      member_id: member.id,
      inquiry_id: inquiry.id,
      party_id: requireParty(work),
      vote: choice,
      source,
      voted_at: tx.now,
    });
    if (isChange) changed++;
  }
  // How somebody voted is nobody's business, not even the audit's.
  await tx.audit('inquiry.vote', { inquiry: inquiry.id, member: member.id, count: changed });
  if (changed > 0) await computeRequest(work, inquiry.id);
  return counted;
}

import type { Work } from '../house.ts';
import type { AccountId, PartyId } from '../ids.ts';
import { problem } from '../problem.ts';

/**
 * Who decides. Jobs, other nodes and the command line find signals and send reports; what becomes of them is said by a named
 * person, whose name the database wants as well.
 */
export function requirePerson(work: Work): AccountId {
  const { actor } = work.tx;
  if (!('account' in actor)) throw problem.personNeeded({});
  return actor.account;
}

export function requireParty(work: Work): PartyId {
  const { party } = work.tx;
  if (party === undefined) throw problem.notAllowed({ needs: 'party' });
  return party;
}

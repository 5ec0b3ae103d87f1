import type { Work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';

/** The network whose rows this transaction sees. */
export function requireParty({ tx }: Pick<Work, 'tx'>): PartyId {
  if (tx.party === undefined) throw problem.notAllowed({ needs: 'party' });
  return tx.party;
}

/** Erasing what a party has stated: by an administrator of the party, here and by its act everywhere. What binds others stays. */
import { parseBody } from '../../acts/body.ts';
import { bySession, declare } from '../../acts/declare.ts';
import { isErasable } from '../../acts/spine-receivers.ts';
import { erase } from '../../acts/spine-types.ts';
import { findAct, findBody, getHostedParty, isErased, type ActRow } from '../../acts/store.ts';
import type { Reader } from '../../db/database.ts';
import type { House, Work } from '../../house.ts';
import type { AccountId, ActId, PartyId } from '../../ids.ts';
import type { Json } from '../../json.ts';
import { problem } from '../../problem.ts';

export interface Erasable {
  readonly act: ActRow;
  readonly content: Json;
}

/** Refuses what is not this party's, what others rely on, and what is gone already. */
export async function getErasable(reader: Reader, house: House, party: PartyId, id: ActId): Promise<Erasable> {
  const { did } = await getHostedParty(reader, party);
  const act = await findAct(reader, id);
  if (!act || act.party !== did) throw problem.notFound({ what: 'act' });
  if (!isErasable(house.journal.protocol, act.type)) throw problem.notErasable({ reason: 'binds-others' });
  if (await isErased(reader, id)) throw problem.bodyErased({});
  const body = await findBody(reader, id);
  if (!body?.body) throw problem.notErasable({ reason: 'not-here' });
  return { act, content: parseBody(body.body) };
}

export async function eraseContent(
  work: Work,
  by: { readonly account: AccountId; readonly party: PartyId },
  id: ActId,
): Promise<ActId> {
  const { tx, house } = work;
  const { act } = await getErasable(tx.db, house, by.party, id);
  const party = await getHostedParty(tx.db, by.party);
  const erasure = await declare(work, {
    type: erase,
    party,
    subject: act.subject,
    summary: { commitment: act.commitment },
    assurance: bySession(house, by.account, act.subject),
  });
  await tx.audit('act.erased', { act: id, erasure });
  return erasure;
}

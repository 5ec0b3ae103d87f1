/** Who stands at the door: from a cookie or a bearer token to a person, her party and her roles, as they are at this moment. */
import { findOperator } from '../../acts/store.ts';
import type { Doorkeeper, Identity, PartyFacts } from '../../http/caller.ts';
import { nobody } from '../../http/caller.ts';
import type { House } from '../../house.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import type { Reader } from '../../db/database.ts';
import type { Role } from '../../ui/view.ts';
import { sessionIdleMs } from './actions.ts';
import { hashSecret, tokenPrefix } from './secret.ts';
import * as store from './store.ts';

/** Seen is written at most this often: a read must not become a write. */
const touchMs = 5 * 60_000;

/** Before set-up a node has no party whose name it could bear. */
const productName = 'Reciproca';

export function openDoor(house: House): Doorkeeper {
  let nodeName: string | undefined;
  return {
    async identify({ session, bearer }) {
      if (bearer !== undefined) return identifyBearer(house, bearer);
      return session === undefined ? nobody : identifySession(house, session);
    },
    async findParty(slug) {
      return house.database.read('node', (reader) => store.findHostedParty(reader, slug));
    },
    async nodeName() {
      nodeName ??= await house.database.read('node', async (reader) => (await findOperator(reader))?.name);
      return nodeName ?? productName;
    },
  };
}

async function identifySession(house: House, token: string): Promise<Identity> {
  const now = house.clock.now();
  const found = await house.database.read('node', async (reader) => {
    const session = await store.findSession(reader, hashSecret(token));
    if (!session || session.expires_at <= now || session.seen_at.getTime() + sessionIdleMs <= now.getTime())
      return undefined;
    return { session, ...(await loadStanding(reader, session.account, session.party_id)) };
  });
  if (!found) return nobody;
  const { session } = found;
  if (now.getTime() - session.seen_at.getTime() > touchMs)
    await house.database.transact('node', { account: session.account }, (tx) => store.touchSession(tx, session.id));
  return identityOf(session, found, { kind: 'session', id: session.id, token });
}

async function identifyBearer(house: House, secret: string): Promise<Identity> {
  if (!secret.startsWith(tokenPrefix)) return nobody;
  const now = house.clock.now();
  const found = await house.database.read('node', async (reader) => {
    const token = await store.findToken(reader, hashSecret(secret), now);
    return token && { token, ...(await loadStanding(reader, token.account, token.party_id)) };
  });
  // A token is for one party: without a role there it is for nothing.
  if (!found || found.party?.id !== found.token.party_id) return nobody;
  const { token } = found;
  if (token.used_at === null || now.getTime() - token.used_at.getTime() > touchMs)
    await house.database.transact('node', { account: token.account }, (tx) => store.touchToken(tx, token.id));
  return identityOf(token, found, { kind: 'bearer', id: token.id, readOnly: token.read_only });
}

interface Standing {
  readonly party: PartyFacts | undefined;
  readonly roles: readonly Role[];
}

/** The party wished for, if the person belongs to it; else the first she belongs to. */
async function loadStanding(reader: Reader, account: AccountId, wished: PartyId | null): Promise<Standing> {
  const rows = await store.listMemberships(reader, account);
  const party = rows.find(({ id }) => id === wished) ?? rows[0];
  if (!party) return { party: undefined, roles: [] };
  const { id, did, slug, name } = party;
  return { party: { id, did, slug, name }, roles: rows.filter((row) => row.id === id).map(({ role }) => role) };
}

interface PersonRow {
  readonly account: AccountId;
  readonly email: string;
  readonly name: string;
  readonly language: string | null;
  readonly time_zone: string | null;
}

function identityOf(row: PersonRow, { party, roles }: Standing, credential: Identity['credential']): Identity {
  return {
    viewer: { account: { id: row.account, email: row.email, name: row.name }, party, roles: new Set(roles) },
    credential,
    ...(party && { party }),
    ...(row.language !== null && { language: row.language }),
    ...(row.time_zone !== null && { timeZone: row.time_zone }),
  };
}

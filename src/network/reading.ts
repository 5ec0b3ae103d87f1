/** The parties and nodes that this one knows, and who may speak for the node. */
import { parseAct } from '../acts/jws.ts';
import { parseSummary } from '../acts/protocol.ts';
import { pairingConfirm, type PartyKind } from '../acts/spine-types.ts';
import { findOperator, isOperator } from '../acts/store.ts';
import type { Reader } from '../db/database.ts';
import type { AccountId, PartyId } from '../ids.ts';
import { problem } from '../problem.ts';
import type { Viewer } from '../ui/view.ts';
import type { NetworkAnswer } from './answers.ts';
import { fingerprintOf } from './pairing/fingerprint.ts';
import * as pairings from './pairing/store.ts';
import * as store from './store.ts';

/** The party that runs the node, in the person of the viewer. */
export async function requireOperatorsPerson(
  reader: Reader,
  { account, party }: Viewer,
): Promise<{ readonly account: AccountId; readonly party: PartyId }> {
  if (!account || !party || !(await isOperator(reader, party.id))) throw problem.notAllowed({ needs: 'operator' });
  return { account: account.id, party: party.id };
}

/** Of entry 0 of our own log: what two people read to each other. Null before set-up. */
export async function findOwnFingerprint(reader: Reader): Promise<string | null> {
  const opening = await store.findOwnOpening(reader);
  return opening ? fingerprintOf(opening.jws) : null;
}

export async function readNetwork(
  reader: Reader,
): Promise<Pick<NetworkAnswer, 'ownFingerprint' | 'parties' | 'pairings'>> {
  const parties = await store.listParties(reader);
  return {
    ownFingerprint: await findOwnFingerprint(reader),
    parties: parties.map((row) => ({
      did: row.did,
      name: row.name,
      kind: row.kind as PartyKind,
      country: row.country,
      node: row.origin.replace(/\/log$/, ''),
      isHosted: row.is_hosted,
      isOperator: row.is_operator,
    })),
    pairings: await listPairings(reader),
  };
}

async function listPairings(reader: Reader): Promise<NetworkAnswer['pairings']> {
  const own = await findOperator(reader);
  const confirmations = await pairings.listConfirmActs(reader);
  const ofUs = confirmations.filter(({ jws }) => parseSummary(pairingConfirm, parseAct(jws).payload).peer === own?.did);
  const rows = await pairings.listPairings(reader, new Map(ofUs.map(({ party, id }) => [party, id])));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    url: row.url,
    fingerprint: fingerprintOf(row.opening),
    state: stateOf(row),
    held: row.heldSize,
  }));
}

function stateOf(
  row: Awaited<ReturnType<typeof pairings.listPairings>>[number],
): NetworkAnswer['pairings'][number]['state'] {
  if (row.closedReason !== null) return 'forked';
  if (row.confirmedAt === null) return 'they-wait';
  return row.theyConfirmed ? 'paired' : 'we-wait';
}

/**
 * How others learn where a party went. The mover sends entry 0 of the new log and the act of moving. Whoever knows the party checks that act against
 * the recovery key whose hash stands in the party's first act, and asks the address that entry 0 names whether it is its own: whoever has one recovery
 * key could else write an entry 0 for anybody. No pairing is needed, because what is accepted from there in the party's name is what its keys in that
 * log sign; the new host itself is no more than a node that is observed. A hint that is lost, or whose address was away, is sent again with the next `party take-over` of the same party, or by anybody who has the two acts.
 */
import { z } from 'zod';
import { isSignedBy, parseAct } from '../../acts/jws.ts';
import { actLimitBytes } from '../../acts/payload.ts';
import { parseSummary } from '../../acts/protocol.ts';
import { recoveryHashOf } from '../../acts/signer.ts';
import { partyMove } from '../../acts/spine-types.ts';
import { findParty, listPeerLogs } from '../../acts/store.ts';
import { receive, type Endpoint } from '../../http/endpoint.ts';
import { work as doWork, type House, type Work } from '../../house.ts';
import { JsonError, parseJsonBytes } from '../../json.ts';
import { problem, Problem } from '../../problem.ts';
import { parseAddress } from '../address.ts';
import { dial, PeerUnreachable } from '../dial.ts';
import { lookUpNode } from '../pairing/actions.ts';
import { knowLog, readOpening, type Opening } from '../known-log.ts';

const hintLimitBytes = 4 * actLimitBytes;
const hintSchema = z.strictObject({
  opening: z.base64url().max(2 * actLimitBytes),
  move: z.base64url().max(2 * actLimitBytes),
});

const moved = receive({
  path: '/federation/moved',
  summary:
    'Says that a party goes on in another log: entry 0 of that log, and the act signed with the party’s recovery key',
  scope: 'node',
  bodyLimitBytes: hintLimitBytes,
  accepts: ['application/json'],
  contentTypes: ['text/plain; charset=utf-8'],
  async handle(work, request) {
    await takeHint(work, parseHint(request.bytes));
    return { contentType: 'text/plain; charset=utf-8', body: '', status: 202 };
  },
});

export const movingFederationEndpoints: readonly Endpoint[] = [moved];

type Hint = z.infer<typeof hintSchema>;

function parseHint(bytes: Uint8Array): Hint {
  try {
    return hintSchema.parse(parseJsonBytes(bytes, hintLimitBytes));
  } catch (error) {
    if (error instanceof JsonError || error instanceof z.ZodError)
      throw problem.bodyUnreadable({ reason: 'hint of a move' }, error);
    throw error;
  }
}

async function takeHint({ tx, house }: Work, hint: Hint): Promise<void> {
  const opening = readOpening(Buffer.from(hint.opening, 'base64url'));
  const act = parseAct(Buffer.from(hint.move, 'base64url'));
  const party = await findParty(tx.db, act.payload.party);
  const summary = partyMove.summary.safeParse(act.payload.summary);
  const isProven =
    act.payload.type === partyMove.name &&
    summary.success &&
    summary.data.to === opening.origin &&
    recoveryHashOf(summary.data.recoveryKey) === party?.recovery_hash &&
    isSignedBy(act, summary.data.recoveryKey);
  if (!isProven) throw problem.actNotAdmitted({ reason: 'move-not-proven' });
  const own = parseAddress(house.config.publicUrl);
  if (opening.url === own.url) return;
  if (parseAddress(opening.url).isLocal !== own.isLocal) throw problem.cannotPair({ reason: 'local-and-public' });
  tx.onCommit(() => askAndFollow(house, opening));
}

/** Outside of any transaction: an address that answers slowly holds nothing up. */
async function askAndFollow(house: House, told: Opening): Promise<void> {
  try {
    const own = await lookUpNode(told.url);
    if (Buffer.compare(own.opening, told.bytes) !== 0)
      throw problem.peerAnswerInvalid({ peer: told.url, reason: 'entry 0 is not its own' });
    const id = await doWork(house, 'node', { system: 'federation' }, ({ tx }) => knowLog(tx, told));
    house.rounds.wake(id);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    house.log.warn('a hint of a move led nowhere', { address: told.url, reason: error.message });
  }
}

/** To every node whose log is followed here. Those that could be told. */
export async function sendHints(house: House, move: Uint8Array): Promise<readonly string[]> {
  const { opening, peers } = await house.database.read('node', async (reader) => ({
    opening: await reader
      .selectFrom('acts')
      .innerJoin('logs', 'logs.id', 'acts.log_id')
      .select('acts.jws')
      .where('logs.is_own', '=', true)
      .where('acts.log_index', '=', 0)
      .executeTakeFirstOrThrow(),
    peers: await listPeerLogs(reader),
  }));
  const body = JSON.stringify({
    opening: opening.jws.toString('base64url'),
    move: Buffer.from(move).toString('base64url'),
  });
  const told = await Promise.all(
    peers.map(async (peer) => {
      try {
        const headers = { 'content-type': 'application/json' };
        const answer = await dial(`${peer.url}/federation/moved`, {
          method: 'POST',
          headers,
          body,
          limitBytes: 10_000,
        });
        return answer.status < 300 ? [peer.url] : [];
      } catch (error) {
        if (error instanceof PeerUnreachable) return [];
        throw error;
      }
    }),
  );
  return told.flat();
}

export function readMove(jws: Uint8Array) {
  return parseSummary(partyMove, parseAct(jws).payload);
}

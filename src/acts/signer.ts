/** Which key may sign which act: the keys a party's own log names, from the index they were added to the index they were revoked at. */
import { createHash } from 'node:crypto';
import type { Reader } from '../db/database.ts';
import type { Did } from '../ids.ts';
import { isSignedBy, parseAct, type ParsedAct } from './jws.ts';
import { keyIdOf } from './keys.ts';
import { parseSummary, type ReceivedAct } from './protocol.ts';
import { nodeOpen, partyMove, partyOpen } from './spine-types.ts';
import * as store from './store.ts';

/** A reason code, or undefined when the signature is good. */
export async function signingKeyProblem(
  reader: Reader,
  act: ParsedAct,
  received: ReceivedAct,
): Promise<string | undefined> {
  const x = await expectedKey(reader, act, received);
  if (x === undefined || keyIdOf(x) !== act.kid)
    return (await isAfterMove(reader, act, received)) ? 'moved-away' : 'key-not-valid';
  return isSignedBy(act, x) ? undefined : 'signature-invalid';
}

async function expectedKey(
  reader: Reader,
  act: ParsedAct,
  { logId, logIndex }: ReceivedAct,
): Promise<string | undefined> {
  const { payload } = act;
  if (payload.type !== nodeOpen.name && payload.type !== partyOpen.name && payload.type !== partyMove.name) {
    const key = await store.findKey(reader, payload.party, act.kid, logId);
    if (!key || logIndex < key.valid_from) return undefined;
    return key.revoked_from === null || logIndex < key.revoked_from ? key.x : undefined;
  }
  const log = await store.findLog(reader, logId);
  if (!log) return undefined;
  switch (payload.type) {
    case nodeOpen.name: {
      const summary = nodeOpen.summary.safeParse(payload.summary);
      return logIndex === 0 && payload.party === log.operator && summary.success ? summary.data.key : undefined;
    }
    case partyOpen.name: {
      const summary = partyOpen.summary.safeParse(payload.summary);
      return isHostedUnder(payload.party, log.operator) && summary.success ? summary.data.key : undefined;
    }
    default: {
      const summary = partyMove.summary.safeParse(payload.summary);
      const party = await store.findParty(reader, payload.party);
      if (!summary.success || !party || summary.data.to !== log.origin) return undefined;
      return recoveryHashOf(summary.data.recoveryKey) === party.recovery_hash ? summary.data.recoveryKey : undefined;
    }
  }
}

/** In a log that its party had left, behind the mark that its move names: what stands there in its name is nobody's. */
async function isAfterMove(reader: Reader, act: ParsedAct, { logId, logIndex }: ReceivedAct): Promise<boolean> {
  const { party } = act.payload;
  const [key, log] = [await store.findKey(reader, party, act.kid, logId), await store.findLog(reader, logId)];
  if (!key || logIndex < key.valid_from) return false;
  const moves = await store.listMoves(reader, party);
  return moves.some(({ jws }) => {
    const { from, fromSize } = parseSummary(partyMove, parseAct(jws).payload);
    return from === log?.origin && logIndex >= fromSize && key.valid_from < fromSize;
  });
}

/** `did:web:host:p:slug` is hosted by `did:web:host`. */
export function isHostedUnder(party: Did, operator: Did): boolean {
  return party.startsWith(`${operator}:p:`);
}

export function recoveryHashOf(x: string): string {
  return createHash('sha256').update(`reciproca recovery key\n${x}`).digest('base64url');
}

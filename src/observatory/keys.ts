/** Who may sign what, as the logs themselves say: the same rules as acts/signer.ts, folded from the acts instead of read from tables. */
import { parseVkey } from '@reciproca/tlog/key';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { keyIdOf } from '../acts/keys.ts';
import type { ParsedAct } from '../acts/jws.ts';
import { isHostedUnder, recoveryHashOf } from '../acts/signer.ts';
import { keyAdd, keyRevoke, nodeOpen, partyMove, partyOpen } from '../acts/spine-types.ts';
import type { ActId, Did, SubjectId } from '../ids.ts';
import { parseAddress } from '../network/address.ts';
import { Problem } from '../problem.ts';

export interface AuditedLog {
  readonly origin: string;
  readonly url: string;
  readonly operator: Did;
  readonly vkey: string;
  readonly cosigner: string;
}

export interface AuditedParty {
  readonly did: Did;
  readonly kind: string;
  readonly country: string | null;
  readonly subject: SubjectId;
  readonly recovery: string;
  origin: string;
}

interface Key {
  readonly x: string;
  readonly from: number;
  revokedFrom: number | undefined;
  /** The largest index at which it has signed. */
  lastIndex: number;
  /** The last acts it signed, for a revocation that reaches back. */
  readonly recent: { readonly index: number; readonly id: ActId }[];
}

const keptRecent = 256;

export interface Keys {
  readonly logs: ReadonlyMap<string, AuditedLog>;
  readonly parties: ReadonlyMap<Did, AuditedParty>;
  /** The public key that must have signed this act at this place. Undefined: nobody may have. */
  expectedKey(act: ParsedAct, origin: string, index: number): string | undefined;
  /** An act whose signature holds. Answers the acts that a revocation in it calls into doubt. */
  take(act: ParsedAct, origin: string, index: number): readonly ActId[];
  /** Behind the mark that a move of its party names: whoever holds the old log speaks for it no more, whatever was read first. */
  isAfterMove(party: Did, origin: string, index: number): boolean;
  /** The marks of all moves found, for reading everything again when an act behind one had been taken before. */
  readonly marks: Marks;
  readonly hasTakenBehindMark: boolean;
  /** With which keys this operator confirms, by entry 0 of its logs. */
  keeperKeysOf(operator: Did): ReadonlySet<string> | undefined;
}

/** By party and origin of the log it left: the indexes at which nothing in that log is the party's; until it came back, if it did. */
export type Marks = ReadonlyMap<string, { readonly from: number; readonly until: number }>;

/** Undefined when this is no opening that the log of this origin can have: it names its operator, its address and its keys. */
export function readOpening(act: ParsedAct, origin: string): AuditedLog | undefined {
  const summary = nodeOpen.summary.safeParse(act.payload.summary);
  if (act.payload.type !== nodeOpen.name || !summary.success) return undefined;
  const { url, log, cosigner } = summary.data;
  try {
    const address = parseAddress(url);
    const isItsOwn =
      address.logOrigin === origin &&
      summary.data.origin === origin &&
      address.did === act.payload.party &&
      address.url === url;
    if (!isItsOwn || parseVkey(log).name !== origin) return undefined;
    parseVkey(cosigner);
  } catch (error) {
    if (error instanceof TlogError || error instanceof Problem) return undefined;
    throw error;
  }
  return { origin, url, operator: act.payload.party, vkey: log, cosigner };
}

export function openKeys(known: Marks = new Map()): Keys {
  const logs = new Map<string, AuditedLog>();
  const parties = new Map<Did, AuditedParty>();
  const keys = new Map<string, Key>();
  const marks = new Map(known);
  let hasTakenBehindMark = false;
  const markOf = (party: Did, origin: string): string => `${party} ${origin}`;
  const nameOf = (party: Did, kid: string, origin: string): string => `${party} ${kid} ${origin}`;

  const addKey = (party: Did, x: string, origin: string, index: number): void => {
    const name = nameOf(party, keyIdOf(x), origin);
    if (!keys.has(name)) keys.set(name, { x, from: index, revokedFrom: undefined, lastIndex: -1, recent: [] });
  };

  const revoke = (party: Did, kid: string, fromIndex: number, origin: string): readonly ActId[] => {
    const key = keys.get(nameOf(party, kid, origin));
    if (!key || (key.revokedFrom !== undefined && key.revokedFrom <= fromIndex)) return [];
    key.revokedFrom = fromIndex;
    return key.recent.filter(({ index }) => index >= fromIndex).map(({ id }) => id);
  };

  return {
    logs,
    parties,
    marks,
    get hasTakenBehindMark() {
      return hasTakenBehindMark;
    },
    isAfterMove(party, origin, index) {
      const { from, until } = known.get(markOf(party, origin)) ?? { from: Infinity, until: Infinity };
      return from <= index && index < until;
    },
    keeperKeysOf(operator) {
      const own = [...logs.values()].filter((log) => log.operator === operator);
      return own.length === 0 ? undefined : new Set(own.map(({ cosigner }) => cosigner));
    },
    expectedKey(act, origin, index) {
      const { payload, kid } = act;
      const log = logs.get(origin);
      switch (payload.type) {
        case nodeOpen.name: {
          const summary = nodeOpen.summary.safeParse(payload.summary);
          return index === 0 && summary.success && readOpening(act, origin) ? summary.data.key : undefined;
        }
        case partyOpen.name: {
          const summary = partyOpen.summary.safeParse(payload.summary);
          return log && isHostedUnder(payload.party, log.operator) && summary.success ? summary.data.key : undefined;
        }
        case partyMove.name: {
          const summary = partyMove.summary.safeParse(payload.summary);
          const party = parties.get(payload.party);
          if (!summary.success || !party || summary.data.to !== origin) return undefined;
          return recoveryHashOf(summary.data.recoveryKey) === party.recovery ? summary.data.recoveryKey : undefined;
        }
        default: {
          const key = keys.get(nameOf(payload.party, kid, origin));
          if (!key || index < key.from || (key.revokedFrom !== undefined && index >= key.revokedFrom)) return undefined;
          return key.x;
        }
      }
    },
    take(act, origin, index) {
      const { payload, id, kid } = act;
      const { party, subject } = payload;
      const key = keys.get(nameOf(party, kid, origin));
      if (key) {
        key.lastIndex = Math.max(key.lastIndex, index);
        key.recent.push({ index, id });
        if (key.recent.length > keptRecent) key.recent.shift();
      }
      switch (payload.type) {
        case nodeOpen.name:
        case partyOpen.name: {
          const opening = payload.type === nodeOpen.name ? readOpening(act, origin) : undefined;
          if (opening && index === 0) logs.set(origin, opening);
          const summary = (payload.type === nodeOpen.name ? nodeOpen : partyOpen).summary.safeParse(payload.summary);
          if (!summary.success) return [];
          const { kind, country, recovery } = summary.data;
          if (!parties.has(party)) parties.set(party, { did: party, kind, country, subject, recovery, origin });
          if (parties.get(party)?.subject === subject) addKey(party, summary.data.key, origin, index);
          return [];
        }
        case partyMove.name: {
          const summary = partyMove.summary.safeParse(payload.summary);
          const mover = parties.get(party);
          if (!summary.success || mover?.origin !== summary.data.from) return [];
          const { from, fromSize } = summary.data;
          mover.origin = origin;
          addKey(party, summary.data.key, origin, index);
          marks.set(markOf(party, from), { from: fromSize, until: Infinity });
          const back = marks.get(markOf(party, origin));
          if (back) marks.set(markOf(party, origin), { ...back, until: index });
          for (const [name, held] of keys)
            if (name.startsWith(`${party} `) && name.endsWith(` ${from}`) && held.from < fromSize)
              hasTakenBehindMark ||= held.lastIndex >= fromSize;
          return [];
        }
        case keyAdd.name: {
          const summary = keyAdd.summary.safeParse(payload.summary);
          if (summary.success) addKey(party, summary.data.key, origin, index);
          return [];
        }
        case keyRevoke.name: {
          const summary = keyRevoke.summary.safeParse(payload.summary);
          return summary.success ? revoke(party, summary.data.kid, summary.data.fromIndex, origin) : [];
        }
        default:
          return [];
      }
    },
  };
}

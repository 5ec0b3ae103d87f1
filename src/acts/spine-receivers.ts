/** What the acts of the spine change on the node that takes them in. */
import type { Work } from '../house.ts';
import { newPartyId, type ActId, type Did } from '../ids.ts';
import { parseAct } from './jws.ts';
import { plainName } from '../plain-name.ts';
import { keyIdOf } from './keys.ts';
import { parseSummary, type Protocol, type ReceivedAct, type Receiver } from './protocol.ts';
import {
  erase,
  keyAdd,
  keyRevoke,
  nodeOpen,
  partyMove,
  partyOpen,
  partyProfileSchema,
  release,
} from './spine-types.ts';
import * as store from './store.ts';
import { takeBack } from './take-back.ts';

async function addKey(work: Work, act: ReceivedAct, party: Did, x: string): Promise<void> {
  await work.tx.db
    .insertInto('act_keys')
    .values({ party, kid: keyIdOf(x), x, log_id: act.logId, valid_from: act.logIndex, revoked_from: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

interface Opening {
  readonly key: string;
  readonly recovery: string;
  readonly kind: string;
  readonly country: string | null;
}

async function openParty(work: Work, act: ReceivedAct, opening: Opening, isOperator: boolean): Promise<void> {
  const { party, subject } = act.payload;
  await work.tx.db
    .insertInto('parties')
    .values({
      id: newPartyId(),
      did: party,
      slug: party.slice(party.lastIndexOf(':') + 1),
      is_hosted: false,
      is_operator: isOperator,
      kind: opening.kind,
      // Until its public body arrives, a party is known by its identifier.
      name: party,
      country: opening.country,
      languages: [],
      log_id: act.logId,
      subject,
      recovery_hash: opening.recovery,
    })
    .onConflict((conflict) => conflict.column('did').doNothing())
    .execute();
  await addKey(work, act, party, opening.key);
}

/**
 * From here on its acts are in the other log, signed with the new key; the old host's key for it ends where the mover had read the old log up to, so
 * that the host can add nothing in its name. A host that is left keeps its copy of the rows, and nobody works for the party there any more.
 */
async function moveParty(work: Work, act: ReceivedAct): Promise<void> {
  const { key, from, fromSize } = parseSummary(partyMove, act.payload);
  const { party: did } = act.payload;
  const { db } = work.tx;
  const old = await store.findLogByOrigin(db, from);
  const party = await store.findParty(db, did);
  if (!old || !party) return;
  await db
    .updateTable('act_keys')
    .set({ revoked_from: fromSize })
    .where('party', '=', did)
    .where('log_id', '=', old.id)
    .where((where) => where.or([where('revoked_from', 'is', null), where('revoked_from', '>', fromSize)]))
    .execute();
  await disown(work, did, old.id, fromSize);
  if (party.is_hosted && old.is_own) {
    await db.updateTable('parties').set({ is_hosted: false }).where('did', '=', did).execute();
    await db.deleteFrom('memberships').where('party_id', '=', party.id).execute();
    await work.tx.audit('party.left', { party: party.id, act: act.id });
  }
  await db.updateTable('parties').set({ log_id: act.logId }).where('did', '=', did).execute();
  await addKey(work, act, did, key);
}

/** Taken in before the move was known: whoever hears of the move first refuses these, and all must end with the same. */
async function disown(work: Work, party: Did, logId: number, fromIndex: number): Promise<void> {
  const { tx, house } = work;
  const rows = await tx.db
    .selectFrom('acts')
    .select(['id', 'jws', 'type', 'subject', 'log_index'])
    .where('party', '=', party)
    .where('log_id', '=', logId)
    .where('log_index', '>=', fromIndex)
    .where('standing', '!=', 'refused')
    .orderBy('log_index')
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await tx.db
    .updateTable('acts')
    .set({ standing: 'refused', standing_reason: 'moved-away' })
    .where('id', 'in', ids)
    .execute();
  await tx.db
    .deleteFrom('equivocations')
    .where((where) => where.or([where('first_act', 'in', ids), where('second_act', 'in', ids)]))
    .execute();
  for (const subject of new Set(rows.map((row) => row.subject)))
    await takeBack(work, subject, ({ entry }) => ids.includes(entry), 'moved-away');
  for (const { id, jws, type, log_index: logIndex } of rows)
    await house.journal.protocol
      .findReceiver(type)
      ?.disowned?.(work, { id, payload: parseAct(jws).payload, logId, logIndex: logIndex ?? fromIndex });
  await tx.audit('acts.disowned', { acts: ids });
}

async function learnProfile(work: Work, act: ReceivedAct, body: unknown): Promise<void> {
  const profile = partyProfileSchema.safeParse(body);
  if (!profile.success) return;
  const { languages } = profile.data;
  const name = plainName(profile.data.name) || act.payload.party;
  await work.tx.db.updateTable('parties').set({ name, languages }).where('did', '=', act.payload.party).execute();
}

/** Texts, consents and whatever else counts in a subject's order are what others rely on, and public: they stay. */
export function isErasable(protocol: Protocol, type: string): boolean {
  return protocol.findType(type)?.sequenced !== true;
}

/** A party whose profile is erased is known by its identifier again. */
async function forgetProfile({ tx }: Work, id: ActId): Promise<void> {
  const act = await store.findAct(tx.db, id);
  if (act?.type !== nodeOpen.name && act?.type !== partyOpen.name) return;
  await tx.db.updateTable('parties').set({ name: act.party, languages: [] }).where('did', '=', act.party).execute();
}

export const spineReceivers: Readonly<Record<string, Receiver>> = {
  [nodeOpen.name]: {
    accepted: (work, act) => openParty(work, act, parseSummary(nodeOpen, act.payload), true),
    bodyArrived: learnProfile,
  },
  [partyOpen.name]: {
    async admit(work, act) {
      const known = await store.findParty(work.tx.db, act.payload.party);
      return known && known.subject !== act.payload.subject ? { refuse: 'party-already-open' } : 'admit';
    },
    accepted: (work, act) => openParty(work, act, parseSummary(partyOpen, act.payload), false),
    bodyArrived: learnProfile,
  },
  [partyMove.name]: {
    async admit(work, act) {
      const { from } = parseSummary(partyMove, act.payload);
      const party = await store.findParty(work.tx.db, act.payload.party);
      const log = party && (await store.findLog(work.tx.db, party.log_id));
      return log?.origin === from ? 'admit' : { refuse: 'not-in-that-log' };
    },
    accepted: moveParty,
  },
  [keyAdd.name]: {
    accepted: (work, act) => addKey(work, act, act.payload.party, parseSummary(keyAdd, act.payload).key),
  },
  [keyRevoke.name]: {
    async accepted(work, act) {
      const { kid, fromIndex } = parseSummary(keyRevoke, act.payload);
      await work.tx.db
        .updateTable('act_keys')
        .set({ revoked_from: fromIndex })
        .where('party', '=', act.payload.party)
        .where('kid', '=', kid)
        .where('log_id', '=', act.logId)
        .where((where) => where.or([where('revoked_from', 'is', null), where('revoked_from', '>', fromIndex)]))
        .execute();
    },
  },
  [erase.name]: {
    async admit({ tx, house }, { payload }) {
      const { commitment } = parseSummary(erase, payload);
      const rows = await tx.db
        .selectFrom('acts')
        .select(['party', 'subject', 'type'])
        .where('commitment', '=', commitment)
        .execute();
      // Before the act that it erases is here, nobody can tell whether its author speaks: a stranger may have read the commitment elsewhere.
      if (rows.length === 0) return { hold: 'act-missing' };
      const own = rows.filter((row) => row.party === payload.party && row.subject === payload.subject);
      if (own.length === 0) return { refuse: 'not-the-author' };
      return own.some(({ type }) => !isErasable(house.journal.protocol, type)) ? { refuse: 'binds-others' } : 'admit';
    },
    async accepted(work, act) {
      for (const id of await store.eraseBodies(work.tx, parseSummary(erase, act.payload).commitment, act.id)) {
        await forgetProfile(work, id);
        await work.house.journal.protocol.forget(work, id);
      }
    },
  },
  [release.name]: {
    async admit(work, act) {
      const target = await store.findAct(work.tx.db, parseSummary(release, act.payload).act);
      if (!target) return { hold: 'act-missing' };
      return target.party === act.payload.party ? 'admit' : { refuse: 'not-the-author' };
    },
    async accepted(work, act) {
      const { act: released } = parseSummary(release, act.payload);
      await work.tx.db.updateTable('act_bodies').set({ is_public: true }).where('act', '=', released).execute();
      await work.tx.db.updateTable('wanted_bodies').set({ state: 'wanted' }).where('act', '=', released).execute();
    },
  },
};

/**
 * An instrument as it binds here at this moment, for those who give or take in data under it. What takes something away (a refusal, a
 * withdrawal) counts from its receipt: it is applied before its host has given it a number, and only ever makes the answer stricter.
 */
import { parseAct } from '../acts/jws.ts';
import { parseSummary, type FoldAct, type Protocol } from '../acts/protocol.ts';
import type { Reader } from '../db/database.ts';
import type { Did, SubjectId } from '../ids.ts';
import { communityAnswer, withdraw } from './act-types.ts';
import { startNotices } from './entry-into-force.ts';
import type { CommunityAnswers } from './floor.ts';
import { instrumentProcedure, partiesOf, settledText, type InstrumentState } from './instrument.ts';
import { isPurpose, type Purpose } from './purposes.ts';
import { listCommunitiesOf } from './recognition-store.ts';
import * as store from './store.ts';

/** For other slices, which do not reach into this one's store. */
export const { findInstrument, listCommunityAnswers } = store;

export interface StandingInstrument extends store.StoredInstrument {
  readonly isFrozen: boolean;
}

export async function findStandingInstrument(
  reader: Reader,
  protocol: Protocol,
  id: SubjectId,
): Promise<StandingInstrument | undefined> {
  const instrument = await store.findInstrument(reader, id);
  return instrument && applyRestrictions(reader, protocol, instrument);
}

/** Those that the party takes part in. */
export async function listStandingInstruments(
  reader: Reader,
  protocol: Protocol,
  party: Did,
): Promise<StandingInstrument[]> {
  const instruments = (await store.listInstruments(reader)).filter(({ state }) => partiesOf(state).includes(party));
  return Promise.all(instruments.map((instrument) => applyRestrictions(reader, protocol, instrument)));
}

async function applyRestrictions(
  reader: Reader,
  protocol: Protocol,
  instrument: store.StoredInstrument,
): Promise<StandingInstrument> {
  const restrictive = protocol.types.filter((type) => type.restrictive && type.sequenced).map((type) => type.name);
  const waiting = await store.listUnnumbered(reader, instrument.id, restrictive);
  let { state, headN } = instrument;
  for (const { id, jws } of waiting) {
    const { payload } = parseAct(jws);
    const act: FoldAct = {
      id,
      type: payload.type,
      party: payload.party,
      summary: payload.summary,
      publicBody: undefined,
      assurance: payload.assurance.method,
    };
    if (instrumentProcedure.refuses(state, act) === undefined) state = instrumentProcedure.apply(state, act, ++headN);
  }
  return {
    ...instrument,
    state: await startUndated(reader, instrument.id, state),
    isFrozen: instrument.frozenReason !== null,
  };
}

async function startUndated(reader: Reader, id: SubjectId, state: InstrumentState): Promise<InstrumentState> {
  if (Object.values(state.withdrawals).every(({ n }) => state.times[n] !== undefined)) return state;
  const { keepers, k } = settledText(state).document.copyKeepers;
  const confirmed = new Map<string, number>();
  for (const { party, reason, confirmedBy } of await store.listActs(reader, id, [withdraw.name])) {
    if (reason !== undefined) continue;
    const times = confirmedBy
      .filter(({ keeper }) => keepers.some(({ vkey }) => vkey === keeper))
      .map(({ time }) => time);
    const kth = times.toSorted((a, b) => a - b)[k - 1];
    if (kth !== undefined) confirmed.set(party, kth);
  }
  return startNotices(state, confirmed);
}

/**
 * The communities whose people's data a giver holds: those that live on its node, and those that it or its host has recognised by an act. What somebody says
 * of his own kind and country counts for nothing.
 */
export const listAffectedCommunities = listCommunitiesOf;

/** One community's refusal is enough to refuse; all must agree for agreement. An answer on its way into our own log counts already. */
export async function loadCommunityAnswers(reader: Reader, giver: Did): Promise<CommunityAnswers> {
  const communities = await listAffectedCommunities(reader, giver);
  const given = await store.listCommunityAnswers(
    reader,
    communities.map(({ did }) => did),
  );
  const latest = new Map(given.map(({ party, purpose, answer }) => [`${party} ${purpose}`, answer]));
  for (const { party, purpose, answer } of await listUnloggedAnswers(
    reader,
    communities.map(({ did }) => did),
  ))
    latest.set(`${party} ${purpose}`, answer);
  const answers = new Map<Purpose, 'agreed' | 'refused'>();
  for (const purpose of new Set([...latest.keys()].map((key) => key.slice(key.indexOf(' ') + 1)).filter(isPurpose))) {
    const each = communities.map(({ did }) => latest.get(`${did} ${purpose}`));
    if (each.includes('refused')) answers.set(purpose, 'refused');
    else if (each.every((answer) => answer === 'agreed')) answers.set(purpose, 'agreed');
  }
  return answers;
}

async function listUnloggedAnswers(reader: Reader, communities: readonly Did[]) {
  const acts = await store.listUnlogged(reader, communityAnswer.name, communities);
  return acts.map(({ jws }) => {
    const { payload } = parseAct(jws);
    return { party: payload.party, ...parseSummary(communityAnswer, payload) };
  });
}

/** One function per step of an instrument: load, authorise, declare. What the step means is decided by the fold, at the host and everywhere alike. */
import { isDeepStrictEqual } from 'node:util';
import { bySession, declare, type Declaration } from '../acts/declare.ts';
import type { AssuranceMethod } from '../acts/payload.ts';
import { prepareAct } from '../acts/prepare.ts';
import type { ActType } from '../acts/protocol.ts';
import { findProofOfSilence } from '../acts/host-move.ts';
import { hostMove, isCouncilKind } from '../acts/spine-types.ts';
import { findParty, getHostedParty } from '../acts/store.ts';
import type { Work } from '../house.ts';
import { newSubjectId, type AccountId, type ActId, type PartyId, type SubjectId } from '../ids.ts';
import { problem } from '../problem.ts';
import * as types from './act-types.ts';
import { documentSchema, type InstrumentDocument } from './document.ts';
import { statusAt } from './entry-into-force.ts';
import { partyWithoutKeepers } from './copy-keepers.ts';
import { articleBelowFloor } from './floor.ts';
import { assuranceNeeded, bindingText, currentText, partiesOf, type InstrumentState } from './instrument.ts';
import type { Purpose } from './purposes.ts';
import { allowedSteps, openAmendments, type InstrumentStep } from './steps.ts';
import * as store from './store.ts';

/** Who acts, in whose name. */
export interface Delegate {
  readonly account: AccountId;
  readonly party: PartyId;
}

export async function proposeInstrument(work: Work, by: Delegate, document: InstrumentDocument): Promise<SubjectId> {
  const party = await getHostedParty(work.tx.db, by.party);
  if (!document.parties.includes(party.did))
    throw problem.inputInvalid({ fields: [{ path: 'parties', code: 'not-a-party', message: party.did }] });
  await requireKnownParties(work, document);
  requireSound(document);
  const subject = newSubjectId(party.did);
  await state(work, by, { type: types.propose, party, subject, summary: {}, body: document });
  return subject;
}

export async function reviseText(
  work: Work,
  by: Delegate,
  id: SubjectId,
  base: ActId,
  document: InstrumentDocument,
): Promise<ActId> {
  const { instrument, party } = await open(work, by, id, 'revise');
  if (base !== currentText(instrument.state).act)
    throw problem.textHasMovedOn({ version: currentText(instrument.state).act });
  requireSound(document);
  return state(work, by, { type: types.revise, party, subject: id, summary: { base }, body: document });
}

/** `version`: the text that the person has read. When another one has taken its place since, nothing is signed. */
export async function signInstrument(
  work: Work,
  by: Delegate,
  id: SubjectId,
  version: ActId,
  consent: 'definitive' | 'subject-to-ratification',
): Promise<Binding> {
  const step = consent === 'definitive' ? 'sign' : 'sign-subject-to-ratification';
  const { instrument, party } = await open(work, by, id, step);
  requireSameText(instrument.state, version);
  return bind(work, by, assuranceNeeded(instrument.state, party.did), {
    type: types.sign,
    party,
    subject: id,
    summary: { version, consent },
  });
}

export async function ratifyInstrument(work: Work, by: Delegate, id: SubjectId, version: ActId): Promise<Binding> {
  const { instrument, party } = await open(work, by, id, 'ratify');
  requireSameText(instrument.state, version);
  return bind(work, by, assuranceNeeded(instrument.state, party.did), {
    type: types.ratify,
    party,
    subject: id,
    summary: { version },
  });
}

export async function refuseInstrument(work: Work, by: Delegate, id: SubjectId, version: ActId): Promise<ActId> {
  const { instrument, party } = await open(work, by, id, 'refuse');
  if (version !== currentText(instrument.state).act)
    throw problem.textHasMovedOn({ version: currentText(instrument.state).act });
  return state(work, by, { type: types.refuse, party, subject: id, summary: { version } });
}

export async function withdrawFromInstrument(work: Work, by: Delegate, id: SubjectId): Promise<Binding> {
  const { instrument, party } = await open(work, by, id, 'withdraw');
  return bind(work, by, assuranceNeeded(instrument.state, party.did), {
    type: types.withdraw,
    party,
    subject: id,
    summary: {},
  });
}

export async function proposeAmendment(
  work: Work,
  by: Delegate,
  id: SubjectId,
  base: ActId,
  document: InstrumentDocument,
): Promise<Binding> {
  const { instrument, party } = await open(work, by, id, 'amend');
  requireSameText(instrument.state, base);
  requireSound(document);
  if (!isDeepStrictEqual(document.entryIntoForce, bindingText(instrument.state).document.entryIntoForce))
    throw problem.inputInvalid({
      fields: [{ path: 'entryIntoForce', code: 'entry-into-force-changed', message: 'cannot be amended' }],
    });
  return bind(work, by, assuranceNeeded(instrument.state, party.did), {
    type: types.amend,
    party,
    subject: id,
    summary: { base },
    body: document,
  });
}

export async function acceptAmendment(work: Work, by: Delegate, id: SubjectId, amendment: ActId): Promise<Binding> {
  const { instrument, party } = await open(work, by, id, 'accept-amendment');
  if (!openAmendments(instrument.state, party.did).some((candidate) => candidate.act === amendment))
    throw problem.notFound({ what: 'amendment' });
  return bind(work, by, assuranceNeeded(instrument.state, party.did), {
    type: types.acceptAmendment,
    party,
    subject: id,
    summary: { amendment },
  });
}

/** The host has not taken up an act of ours for seven days: we take its place, with copy-keepers' word on when the act was there, and on the host's own log since. */
export async function takeOverHosting(work: Work, by: Delegate, id: SubjectId): Promise<ActId> {
  const party = await getHostedParty(work.tx.db, by.party);
  const instrument = await store.findInstrument(work.tx.db, id);
  if (!instrument || !partiesOf(instrument.state).includes(party.did)) throw problem.notFound({ what: 'agreement' });
  const silence = await findProofOfSilence(work, id, party.did);
  if (!silence) throw problem.hostNotSilent({});
  const summary = { ...silence, to: party.did };
  return state(work, by, { type: hostMove, party, subject: id, summary });
}

/** The council of a community party answers for its own people. */
export async function answerAsCommunity(
  work: Work,
  by: Delegate,
  purpose: Purpose,
  answer: 'agreed' | 'refused',
): Promise<ActId> {
  const party = await getHostedParty(work.tx.db, by.party);
  if (!isCouncilKind(party.kind)) throw problem.notAllowed({ needs: 'community' });
  return state(work, by, { type: types.communityAnswer, party, subject: party.subject, summary: { purpose, answer } });
}

type Stated = Omit<Declaration, 'assurance'> & { readonly type: ActType };

async function state(work: Work, by: Delegate, declaration: Stated): Promise<ActId> {
  const act = await declare(work, {
    ...declaration,
    assurance: bySession(work.house, by.account, declaration.subject),
  });
  await work.tx.audit(declaration.type.name, { act, subject: declaration.subject });
  return act;
}

/** A step that binds: stated at once, or, where the text asks for more than a session, prepared for the person's own proof. */
export type Binding = { readonly stated: ActId } | { readonly prepared: ActId };

async function bind(work: Work, by: Delegate, needed: AssuranceMethod, declaration: Stated): Promise<Binding> {
  if (needed === 'session' || needed === 'node') return { stated: await state(work, by, declaration) };
  const { signer } = bySession(work.house, by.account, declaration.subject);
  return { prepared: await prepareAct(work, { ...declaration, assurance: { method: needed, signer } }, by.account) };
}

/** Loads the instrument or answers that there is none for this party, and refuses a step that its status does not offer. */
async function open(work: Work, by: Delegate, id: SubjectId, step: InstrumentStep) {
  const instrument = await store.findInstrument(work.tx.db, id);
  const party = await getHostedParty(work.tx.db, by.party);
  if (!instrument || !bindingText(instrument.state).document.parties.includes(party.did))
    throw problem.notFound({ what: 'agreement' });
  const status = statusAt(instrument.state, work.tx.now);
  if (!allowedSteps(instrument.state, status, party.did).includes(step)) throw problem.stepNotAllowed({ step, status });
  return { instrument, party };
}

/** A text can name only parties whose logs this node follows: others could neither read nor sign it. */
async function requireKnownParties(work: Work, document: InstrumentDocument): Promise<void> {
  for (const did of document.parties)
    if (!(await findParty(work.tx.db, did)))
      throw problem.inputInvalid({ fields: [{ path: 'parties', code: 'party-unknown', message: did }] });
}

function requireSameText(state: InstrumentState, version: ActId): void {
  if (version !== bindingText(state).act) throw problem.textHasMovedOn({ version: bindingText(state).act });
}

function requireSound(document: InstrumentDocument): void {
  documentSchema.parse(document);
  const unkept = partyWithoutKeepers(document);
  if (unkept) throw problem.inputInvalid({ fields: [{ path: 'keepers', code: 'keepers-too-few', message: unkept }] });
  const below = articleBelowFloor(document);
  if (below) throw problem.belowTheFloor(below);
}

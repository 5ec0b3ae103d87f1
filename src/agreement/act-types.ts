import { z } from 'zod';
import { actIdSchema, didSchema } from '../acts/payload.ts';
import { actType } from '../acts/protocol.ts';
import { documentSchema } from './document.ts';
import { purposes } from './purposes.ts';

const empty = z.strictObject({});
const onVersion = z.strictObject({ version: actIdSchema });

const instrumentAct = {
  sequenced: true,
  admission: 'subject',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
} as const;

/** Opens an instrument with its first text. Its author hosts it. */
export const propose = actType({
  ...instrumentAct,
  admission: 'open',
  name: 'agreement.propose/1',
  summary: empty,
  body: documentSchema,
});

/** Replaces the text under negotiation; signatures on an earlier text lapse. `base` is the version its author worked from. */
export const revise = actType({
  ...instrumentAct,
  name: 'agreement.revise/1',
  summary: z.strictObject({ base: actIdSchema }),
  body: documentSchema,
});

/** Signs one version of the text: at once binding, or to be confirmed by ratification (Vienna Convention 1969, Articles 12 and 14). */
export const sign = actType({
  ...instrumentAct,
  name: 'agreement.sign/1',
  summary: z.strictObject({ version: actIdSchema, consent: z.enum(['definitive', 'subject-to-ratification']) }),
  body: empty,
});

export const ratify = actType({ ...instrumentAct, name: 'agreement.ratify/1', summary: onVersion, body: empty });

/** Ends the negotiation for this party: it will not be bound by this text. */
export const refuse = actType({
  ...instrumentAct,
  restrictive: true,
  name: 'agreement.refuse/1',
  summary: onVersion,
  body: empty,
});

/** After the notice that the text requires, its author is no longer bound (Articles 54 and 56); without notice, on receipt. */
export const withdraw = actType({
  ...instrumentAct,
  restrictive: true,
  name: 'agreement.withdraw/1',
  summary: empty,
  body: empty,
});

/** Proposes another text while one is in force; it binds when every party has accepted it (Article 40). */
export const amend = actType({
  ...instrumentAct,
  name: 'agreement.amend/1',
  summary: z.strictObject({ base: actIdSchema }),
  body: documentSchema,
});

export const acceptAmendment = actType({
  ...instrumentAct,
  name: 'agreement.accept-amendment/1',
  summary: z.strictObject({ amendment: actIdSchema }),
  body: empty,
});

/** The council of a community answers, for its own people, what their data may be used for. Not a party's consent, and never shown as one. */
export const communityAnswer = actType({
  name: 'community.answer/1',
  sequenced: false,
  admission: 'open',
  restrictive: true,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ purpose: z.enum(purposes), answer: z.enum(['agreed', 'refused']) }),
  body: empty,
});

/**
 * Its author - who holds data about people, or hosts who does - says that this is a council of theirs, and that its answers count for that data; or no
 * longer. Whom nobody recognises so is heard like everybody, and stops nothing: a kind and a country are what a stranger says of himself.
 */
export const recogniseCommunity = actType({
  name: 'community.recognise/1',
  sequenced: false,
  admission: 'open',
  restrictive: true,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ community: didSchema, isRecognised: z.boolean() }),
  body: empty,
});

export const agreementTypes = [
  propose,
  revise,
  sign,
  ratify,
  refuse,
  withdraw,
  amend,
  acceptAmendment,
  communityAnswer,
  recogniseCommunity,
];

/** The types of act that carry the others: nodes, parties, keys, order, time, erasure, release. */
import { z } from 'zod';
import { publicKeyPattern } from './keys.ts';
import { actIdSchema, didSchema } from './payload.ts';
import { actType, type ProtocolPart } from './protocol.ts';

const key = z.string().regex(publicKeyPattern);
const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
// A note verifier key (C2SP signed-note): name "+" 8 hex digits "+" base64.
const vkey = z
  .string()
  .max(400)
  .regex(/^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/);
const origin = z
  .string()
  .max(300)
  .regex(/^[a-z0-9.:/-]+$/);
// A signed checkpoint (C2SP tlog-checkpoint, signed-note): origin, size, root, a blank line, signature lines.
const signedCheckpoint = z
  .string()
  .max(8_000)
  .regex(/^\S+\n\d{1,16}\n[A-Za-z0-9+/]{43}=\n\n(?:— \S+ [A-Za-z0-9+/]+=*\n)+$/);

const plainDate = z.iso.date();

/** Kinds of party (mission.md, S6). */
export const partyKinds = [
  'government',
  'international-organisation',
  'development-partner',
  'academia',
  'civil-society',
  'private-sector',
  'community',
  'union',
  'patients-organisation',
  'indigenous-peoples-organisation',
  'foundation',
  'network',
] as const;
export type PartyKind = (typeof partyKinds)[number];

/** Peoples and communities, whose councils answer for the use of their people's data. */
export const councilKinds: readonly PartyKind[] = ['community', 'indigenous-peoples-organisation'];
export const isCouncilKind = (kind: string): boolean => (councilKinds as readonly string[]).includes(kind);

const country = z.string().regex(/^[A-Z]{2}$/);
const languageTag = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$/);

export const partyProfileSchema = z.strictObject({
  name: z.string().min(1).max(200),
  languages: z.array(languageTag).min(1).max(20),
});

/** Entry 0 of a log. Signed with the key it names; trusted because people read its fingerprint to each other. */
export const nodeOpen = actType({
  name: 'node.open/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({
    key,
    recovery: hash,
    origin,
    url: z.url().max(300),
    log: vkey,
    cosigner: vkey,
    transport: key,
    kind: z.enum(partyKinds),
    country: country.nullable(),
  }),
  body: partyProfileSchema,
});

/** The first act of a hosted party. Its recovery key is its own, so that it can leave without its host. */
export const partyOpen = actType({
  name: 'party.open/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ key, recovery: hash, kind: z.enum(partyKinds), country: country.nullable() }),
  body: partyProfileSchema,
});

/** A party continues in another log. Signed with the recovery key, whose hash stands in its first act. */
export const partyMove = actType({
  name: 'party.move/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ recoveryKey: key, key, from: origin, fromSize: z.int().min(1), to: origin }),
  body: z.strictObject({}),
});

export const keyAdd = actType({
  name: 'key.add/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ key }),
  body: z.strictObject({}),
});

/** From this index of the author's log on, the key counts no more. An index, not a date: a thief cannot date an act back. */
export const keyRevoke = actType({
  name: 'key.revoke/1',
  sequenced: false,
  admission: 'open',
  restrictive: true,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ kid: hash, fromIndex: z.int().min(0) }),
  body: z.strictObject({}),
});

/** This party has read the other node's fingerprint and confirms it. Two of them make a pair. */
export const pairingConfirm = actType({
  name: 'pairing.confirm/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ peer: didSchema, opening: actIdSchema }),
  body: z.strictObject({}),
});

/** The host takes an act up as number n of its subject. `prevHead` is the act that was number n - 1. */
export const sequenced = actType({
  name: 'sequenced/1',
  sequenced: false,
  admission: 'subject',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ n: z.int().min(1), act: actIdSchema, prevHead: actIdSchema.nullable() }),
  body: z.strictObject({}),
});

export const refused = actType({
  name: 'refused/1',
  sequenced: false,
  admission: 'subject',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ act: actIdSchema, reason: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/) }),
  body: z.strictObject({}),
});

/** The confirmed checkpoint that covers number n: the k-th smallest time in it is the legal time of n, and no other. */
export const timed = actType({
  name: 'timed/1',
  sequenced: false,
  admission: 'subject',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ n: z.int().min(1), checkpoint: signedCheckpoint }),
  body: z.strictObject({}),
});

/** The silence that the first version proved was one against its author's own log only: it moves nothing any more. */
export const hostMoveOne = actType({
  name: 'host.move/1',
  sequenced: false,
  admission: 'subject',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({
    n: z.int().min(1),
    head: actIdSchema,
    to: didSchema,
    waiting: actIdSchema,
    first: signedCheckpoint,
    later: signedCheckpoint,
  }),
  body: z.strictObject({}),
});

/**
 * The host has been silent for seven days and another participant takes its place, after number n. `first`: a confirmed checkpoint of the log of the
 * act that waits, covering it. `silent`: a checkpoint of the host's log, confirmed seven days later or more, with no decision on that act.
 */
export const hostMove = actType({
  name: 'host.move/2',
  sequenced: false,
  admission: 'subject',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({
    n: z.int().min(1),
    head: actIdSchema,
    to: didSchema,
    waiting: actIdSchema,
    first: signedCheckpoint,
    silent: signedCheckpoint,
  }),
  body: z.strictObject({}),
});

/** Whoever holds the body behind this commitment deletes it and its salt. What was signed stays, and still verifies. */
export const erase = actType({
  name: 'erase/1',
  sequenced: false,
  admission: 'open',
  restrictive: true,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ commitment: hash }),
  body: z.strictObject({}),
});

/** A warning's or dispatch's body, sealed until its release date, is public from now on. */
export const release = actType({
  name: 'release/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'node',
  audience: 'public',
  summary: z.strictObject({ act: actIdSchema, on: plainDate }),
  body: z.strictObject({}),
});

export const spineTypes: ProtocolPart['types'] = [
  nodeOpen,
  partyOpen,
  partyMove,
  keyAdd,
  keyRevoke,
  pairingConfirm,
  sequenced,
  refused,
  timed,
  hostMoveOne,
  hostMove,
  erase,
  release,
];

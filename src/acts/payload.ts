/**
 * An act is one signed statement by one party on which somebody else must be able to rely. Its payload says who states
 * what about which subject, after which earlier act of the same author; names, evidence and free text are never in it:
 * they are in the body, which the payload only commits to.
 *
 *     payload    = { v, type, party, subject, prev, under?, summary, commitment, assurance }
 *     id         = base64url(SHA-256(payload bytes))
 *     commitment = base64url(SHA-256(16 random bytes || body bytes))
 *
 * The bytes that were signed are the act. They are stored as they came and never written anew.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { actIdPattern, didPattern, subjectIdPattern, type ActId, type Did, type SubjectId } from '../ids.ts';
import { JsonError, parseJsonBytes } from '../json.ts';
import { problem } from '../problem.ts';

// type = name [ "." name ] "/" version ; name = lower-case words joined by hyphens ; version = 1.. without leading zero
const typePattern = /^[a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)?\/[1-9][0-9]{0,3}$/;

// The pattern is the whole check, so the parsed string is what its brand says. Not a transform: schemas of acts are frozen as JSON Schema.
const branded = <Id extends string>(schema: z.ZodString) => schema as unknown as z.ZodType<Id, Id>;

export const actIdSchema = branded<ActId>(z.string().regex(actIdPattern));
export const didSchema = branded<Did>(z.string().max(400).regex(didPattern));
export const subjectIdSchema = branded<SubjectId>(z.string().max(423).regex(subjectIdPattern));
export const commitmentSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** How surely a person stands behind an act. `node`: nobody does, the node acts by a rule (never enough for what binds). */
export const assuranceMethods = ['node', 'session', 'person-key', 'passkey'] as const;
export type AssuranceMethod = (typeof assuranceMethods)[number];

export const assuranceSchema = z.strictObject({
  method: z.enum(assuranceMethods),
  /** A pseudonym for this subject alone; null when the node acts. */
  signer: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22}$/)
    .nullable(),
});
export type Assurance = z.infer<typeof assuranceSchema>;

export const payloadSchema = z.strictObject({
  v: z.literal(1),
  type: z.string().max(80).regex(typePattern),
  party: didSchema,
  subject: subjectIdSchema,
  prev: actIdSchema.nullable(),
  under: z.strictObject({ instrument: subjectIdSchema, n: z.int().min(1) }).optional(),
  summary: z.record(z.string().max(60), z.unknown()),
  commitment: commitmentSchema,
  assurance: assuranceSchema,
});
export type Payload = z.infer<typeof payloadSchema>;

/** The tile format gives an entry a 16-bit length (C2SP tlog-tiles), and an entry is the whole act. */
export const actLimitBytes = 65_535;

export function actIdOf(payloadBytes: Uint8Array): ActId {
  return createHash('sha256').update(payloadBytes).digest('base64url') as ActId;
}

export function formatPayload(payload: Payload): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(payload));
}

export function parsePayload(bytes: Uint8Array): Payload {
  let json;
  try {
    json = parseJsonBytes(bytes, actLimitBytes);
  } catch (error) {
    if (error instanceof JsonError) throw problem.actMalformed({ reason: error.message }, error);
    throw error;
  }
  const parsed = payloadSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw problem.actMalformed({ reason: `${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'invalid'}` });
  }
  return parsed.data;
}

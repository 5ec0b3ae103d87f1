/** Acts as compact JWS (RFC 7515) with EdDSA (RFC 8037). Exactly one form is accepted: header { alg, kid, typ }, nothing else. */
import { sign, verify } from 'node:crypto';
import { JsonError, parseJson } from '../json.ts';
import { problem } from '../problem.ts';
import type { ActId } from '../ids.ts';
import { publicKeyOf, type SigningKey } from './keys.ts';
import { actIdOf, actLimitBytes, parsePayload, type Payload } from './payload.ts';

const type = 'reciproca-act';

export interface ParsedAct {
  readonly id: ActId;
  readonly kid: string;
  readonly payload: Payload;
  /** The bytes of the compact JWS: what is stored, logged and hashed into the tree. */
  readonly jws: Uint8Array;
}

export function signAct(payloadBytes: Uint8Array, key: SigningKey): Uint8Array {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: key.kid, typ: type }));
  const input = `${header.toString('base64url')}.${Buffer.from(payloadBytes).toString('base64url')}`;
  const jws = Buffer.from(`${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`);
  if (jws.length > actLimitBytes) throw problem.actTooLarge({ bytes: jws.length, limitBytes: actLimitBytes });
  return jws;
}

const compactPattern = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;

/** Reads an act without checking its signature. Throws `act-malformed` or `act-too-large`. */
export function parseAct(jws: Uint8Array): ParsedAct {
  if (jws.length > actLimitBytes) throw problem.actTooLarge({ bytes: jws.length, limitBytes: actLimitBytes });
  const parts = compactPattern.exec(Buffer.from(jws).toString('latin1'));
  const [, header, payload, signature] = parts ?? [];
  if (header === undefined || payload === undefined || signature === undefined)
    throw problem.actMalformed({ reason: 'not a compact JWS' });
  const payloadBytes = decodeCanonical(payload);
  decodeCanonical(signature);
  return {
    id: actIdOf(payloadBytes),
    kid: parseHeader(decodeCanonical(header)),
    payload: parsePayload(payloadBytes),
    jws,
  };
}

/** Two spellings of the same bytes would give one act two leaves; only the canonical base64url (RFC 4648, 3.5) is accepted. */
function decodeCanonical(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw problem.actMalformed({ reason: 'base64url is not canonical' });
  return bytes;
}

function parseHeader(bytes: Buffer): string {
  let header;
  try {
    header = parseJson(bytes.toString('utf8'), 400);
  } catch (error) {
    if (error instanceof JsonError) throw problem.actMalformed({ reason: `header: ${error.message}` }, error);
    throw error;
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw problem.actMalformed({ reason: 'header' });
  const { alg, kid, typ, ...others } = header as Readonly<Record<string, unknown>>;
  if (alg !== 'EdDSA' || typ !== type || typeof kid !== 'string' || Object.keys(others).length > 0)
    throw problem.actMalformed({ reason: `header must be alg EdDSA, typ ${type} and kid alone` });
  return kid;
}

export function isSignedBy({ jws }: ParsedAct, x: string): boolean {
  const dot = jws.lastIndexOf(0x2e);
  const signature = Buffer.from(Buffer.from(jws.subarray(dot + 1)).toString('latin1'), 'base64url');
  return verify(null, jws.subarray(0, dot), publicKeyOf(x), signature);
}

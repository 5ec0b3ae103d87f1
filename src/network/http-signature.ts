/**
 * RFC 9421 HTTP message signatures between nodes, one profile: Ed25519; covered components "@method" "@target-uri" "content-digest" (RFC 9530) and
 * "content-type"; parameters created, expires, nonce, keyid, tag="reciproca". A receiver accepts 60 seconds of skew and each nonce once.
 */
import { createHash, randomBytes, sign, verify } from 'node:crypto';
import { publicKeyOf, type SigningKey } from '../acts/keys.ts';

const components = ['@method', '@target-uri', 'content-digest', 'content-type'] as const;
const lifetimeSeconds = 60;
const skewSeconds = 60;
const tag = 'reciproca';

export interface SignedHeaders {
  readonly 'content-type': string;
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

interface Message {
  readonly method: string;
  /** Absolute, as the receiver is addressed. */
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export function signRequest(message: Message, keyId: string, key: SigningKey, now: Date): SignedHeaders {
  const created = Math.floor(now.getTime() / 1000);
  const nonce = randomBytes(16).toString('base64url');
  const parameters =
    `(${components.map((name) => `"${name}"`).join(' ')});created=${created};expires=${created + lifetimeSeconds}` +
    `;nonce="${nonce}";keyid="${keyId}";alg="ed25519";tag="${tag}"`;
  const signature = sign(null, signatureBase(message, parameters), key.privateKey);
  return {
    'content-type': message.contentType,
    'content-digest': contentDigest(message.body),
    'signature-input': `reciproca=${parameters}`,
    signature: `reciproca=:${signature.toString('base64')}:`,
  };
}

// RFC 9421, 2.5: one line a component, then the parameters, no line end at the end.
function signatureBase(message: Message, parameters: string): Buffer {
  return Buffer.from(
    [
      `"@method": ${message.method}`,
      `"@target-uri": ${message.url}`,
      `"content-digest": ${contentDigest(message.body)}`,
      `"content-type": ${message.contentType}`,
      `"@signature-params": ${parameters}`,
    ].join('\n'),
  );
}

function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

const inputPattern =
  /^reciproca=(\("@method" "@target-uri" "content-digest" "content-type"\);created=(\d{1,12});expires=(\d{1,12});nonce="([A-Za-z0-9_-]{16,64})";keyid="([^"\\]{1,400})";alg="ed25519";tag="reciproca")$/;
const signaturePattern = /^reciproca=:([A-Za-z0-9+/]{86}==):$/;

export type SignatureFault = 'missing' | 'malformed' | 'digest' | 'time' | 'replayed' | 'unknown-key' | 'signature';

export interface ReceivedMessage extends Message {
  readonly headers: { get(name: string): string | null | undefined };
}

/** Remembers nonces until they expire, across restarts and processes; only signatures of known keys get so far. */
export interface Nonces {
  /** False when this key has used the nonce before. Durable with the transaction that the request is answered in. */
  use(keyId: string, nonce: string, expiresAt: Date): Promise<boolean>;
}

/** The key id of whoever signed, or the fault. `findKey` gives the public key (`x`) of a known peer. */
export async function verifyRequest(
  message: ReceivedMessage,
  findKey: (keyId: string) => Promise<string | undefined>,
  nonces: Nonces,
  now: Date,
): Promise<{ readonly keyId: string } | { readonly fault: SignatureFault }> {
  const input = message.headers.get('signature-input');
  const signature = message.headers.get('signature');
  if (!input || !signature) return { fault: 'missing' };
  const [, parameters, created, expires, nonce, keyId] = inputPattern.exec(input) ?? [];
  const [, bytes] = signaturePattern.exec(signature) ?? [];
  if (parameters === undefined || nonce === undefined || keyId === undefined || bytes === undefined)
    return { fault: 'malformed' };
  if (message.headers.get('content-digest') !== contentDigest(message.body)) return { fault: 'digest' };
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const isTimely =
    Number(created) <= nowSeconds + skewSeconds &&
    Number(expires) >= nowSeconds - skewSeconds &&
    Number(expires) - Number(created) <= lifetimeSeconds;
  if (!isTimely) return { fault: 'time' };
  const x = await findKey(keyId);
  if (x === undefined) return { fault: 'unknown-key' };
  if (!verify(null, signatureBase(message, parameters), publicKeyOf(x), Buffer.from(bytes, 'base64')))
    return { fault: 'signature' };
  const expiresAt = new Date((Number(expires) + skewSeconds) * 1000);
  if (!(await nonces.use(keyId, nonce, expiresAt))) return { fault: 'replayed' };
  return { keyId };
}

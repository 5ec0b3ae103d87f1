import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An Ed25519 public key as it stands in acts: the `x` of its JWK (RFC 8037), base64url. */
export const publicKeyPattern = /^[A-Za-z0-9_-]{43}$/;

/** RFC 7638 thumbprint of an Ed25519 JWK; the member order is fixed by that document. */
export function keyIdOf(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}

export interface SigningKey {
  readonly kid: string;
  readonly x: string;
  readonly privateKey: KeyObject;
}

export function generateSigningKey(): SigningKey {
  return signingKeyOf(generateKeyPairSync('ed25519').privateKey);
}

export function signingKeyOf(privateKey: KeyObject): SigningKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('not an Ed25519 key');
  return { kid: keyIdOf(x), x, privateKey };
}

// RFC 8410: the PKCS #8 wrapping of an Ed25519 seed is this prefix and the 32 bytes of the seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export function seedOf(key: SigningKey): Buffer {
  return key.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(pkcs8Prefix.length);
}

export function signingKeyOfSeed(seed: Uint8Array): SigningKey {
  return signingKeyOf(createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' }));
}

const publicKeys = new Map<string, KeyObject>();

export function publicKeyOf(x: string): KeyObject {
  const known = publicKeys.get(x);
  if (known) return known;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (publicKeys.size > 10_000) publicKeys.clear();
  publicKeys.set(x, key);
  return key;
}

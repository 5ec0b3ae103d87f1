/** Keys of signed notes: names, ids, the vkey form of c2sp.org/signed-note and the private form that Go's sumdb/note writes. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { formatBase64, parseBase64 } from './base64.ts';
import { TlogError } from './tlog-error.ts';

/** Signature type bytes of c2sp.org/signed-note. Both use an Ed25519 key, over different messages. */
export const KEY_TYPES = { note: 0x01, cosignature: 0x04 } as const;
export type KeyType = (typeof KEY_TYPES)[keyof typeof KEY_TYPES];

export type VerifierKey = {
  readonly name: string;
  readonly id: number;
  readonly type: KeyType;
  readonly publicKey: Uint8Array;
};

/** `seed` is the 32-byte private key of RFC 8032. */
export type SigningKey = { readonly name: string; readonly type: KeyType; readonly seed: Uint8Array };

const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** Key names are not empty and contain neither Unicode space nor plus. */
const KEY_NAME = /^[^\p{White_Space}+\p{Cc}]+$/u;

export function checkKeyName(name: string): void {
  if (!KEY_NAME.test(name) || !name.isWellFormed()) {
    throw new TlogError('key.name', 'a key name has no space, plus or control character');
  }
}

export function makeVerifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  checkKeyName(name);
  if (publicKey.byteLength !== KEY_BYTES) throw new TlogError('key.malformed', 'an Ed25519 key has 32 bytes');
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]), 'buffer');
  return { name, id: id.readUInt32BE(0), type, publicKey };
}

export function makeSigningKey(name: string, type: KeyType, seed: Uint8Array = randomBytes(KEY_BYTES)): SigningKey {
  checkKeyName(name);
  if (seed.byteLength !== KEY_BYTES) throw new TlogError('key.malformed', 'an Ed25519 key has 32 bytes');
  return { name, type, seed };
}

export function publicPart(key: SigningKey): VerifierKey {
  const { x } = createPublicKey(privateKeyObject(key.seed)).export({ format: 'jwk' });
  if (x === undefined) throw new TlogError('key.malformed', 'not an Ed25519 key');
  return makeVerifierKey(key.name, key.type, Buffer.from(x, 'base64url'));
}

/** `<name>+<8 hex digits of the key id>+base64(type || key)` */
export function parseVkey(text: string): VerifierKey {
  const [name = '', id = '', material = '', ...rest] = text.split('+');
  // Base64 may itself contain a plus.
  return parseKeyParts(name, id, [material, ...rest].join('+'), makeVerifierKey);
}

export function formatVkey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${formatKeyId(id)}+${formatKeyMaterial(type, publicKey)}`;
}

const SKEY_PREFIX = 'PRIVATE+KEY+';

/** `PRIVATE+KEY+<name>+<8 hex digits of the key id>+base64(type || seed)`. A secret. */
export function parseSkey(text: string): SigningKey {
  if (!text.startsWith(SKEY_PREFIX)) throw new TlogError('key.malformed', 'not a signing key');
  const [name = '', id = '', material = '', ...rest] = text.slice(SKEY_PREFIX.length).split('+');
  const { seed, type } = parseKeyParts(name, id, [material, ...rest].join('+'), (itsName, itsType, itsSeed) => ({
    ...publicPart(makeSigningKey(itsName, itsType, itsSeed)),
    seed: itsSeed,
  }));
  return { name, type, seed };
}

export function formatSkey(key: SigningKey): string {
  return `${SKEY_PREFIX}${key.name}+${formatKeyId(publicPart(key).id)}+${formatKeyMaterial(key.type, key.seed)}`;
}

export function formatKeyId(id: number): string {
  return id.toString(16).padStart(8, '0');
}

/** Ed25519 of RFC 8032 over a message, for a key whose 32 raw bytes are known. */
export function makeEd25519Verify(publicKey: Uint8Array): (message: Uint8Array, signature: Uint8Array) => boolean {
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') },
  });
  return (message, signature) => signature.byteLength === SIGNATURE_BYTES && verify(null, message, key, signature);
}

export function makeEd25519Sign(seed: Uint8Array): (message: Uint8Array) => Uint8Array {
  const key = privateKeyObject(seed);
  return (message) => sign(null, message, key);
}

function parseKeyParts<Key extends { readonly id: number }>(
  name: string,
  id: string,
  material: string,
  make: (name: string, type: KeyType, key: Uint8Array) => Key,
): Key {
  if (!/^[0-9a-f]{8}$/.test(id)) throw new TlogError('key.malformed', 'the key id is not 8 hexadecimal digits');
  const bytes = parseBase64(material);
  const type = Object.values(KEY_TYPES).find((known) => known === bytes[0]);
  if (type === undefined) throw new TlogError('key.type', 'a signature type that is not supported');
  const key = make(name, type, bytes.subarray(1));
  if (formatKeyId(key.id) !== id) throw new TlogError('key.id', 'the key id does not belong to this name and key');
  return key;
}

function formatKeyMaterial(type: KeyType, key: Uint8Array): string {
  return formatBase64(Buffer.concat([Buffer.of(type), key]));
}

/** PKCS #8 (RFC 8410 section 7) is the one form in which node:crypto takes a seed without its public key. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([PKCS8_ED25519, seed]) });
}

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatSkey,
  formatVkey,
  KEY_TYPES,
  makeEd25519Sign,
  makeEd25519Verify,
  makeSigningKey,
  makeVerifierKey,
  parseSkey,
  parseVkey,
  publicPart,
} from './key.ts';
import { logKey } from './keys.fixture.ts';
import { refusal } from './refusal.fixture.ts';

const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => /^[^\p{White_Space}+\p{Cc}]+$/u.test(text));
const type = fc.constantFrom(...Object.values(KEY_TYPES));
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

test.each([
  ['', 'key.malformed'],
  ['example.com/foo', 'key.malformed'],
  ['example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.malformed'],
  ['example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.malformed'],
  ['example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.id'],
  ['example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.id'],
  ['example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.id'],
  ['example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.type'],
  ['example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.type'],
  ['example.com/foo+530d903a+', 'key.type'],
  ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=', 'key.malformed'],
  ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n', 'base64.malformed'],
  ['+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.name'],
  ['example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'key.name'],
] as const)('the verifier key %j is refused as %s', (text, code) => {
  expect(() => parseVkey(text)).toThrow(refusal(code));
});

test.each(['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\u0085b', 'a\u3000b', 'a\u2028b', '\ud800'])(
  'the key name %j is refused',
  (bad) => {
    expect(() => makeVerifierKey(bad, KEY_TYPES.note, new Uint8Array(32))).toThrow(refusal('key.name'));
  },
);

test('keys of another length are refused', () => {
  expect(() => makeVerifierKey('a', KEY_TYPES.note, new Uint8Array(31))).toThrow(refusal('key.malformed'));
  expect(() => makeSigningKey('a', KEY_TYPES.note, new Uint8Array(33))).toThrow(refusal('key.malformed'));
});

test('a signing key whose prefix, name or bytes were changed is refused', () => {
  const text = formatSkey(logKey);
  expect(() => parseSkey(text.slice(1))).toThrow(refusal('key.malformed'));
  expect(() => parseSkey(text.replace('ministry', 'minister'))).toThrow(refusal('key.id'));
  expect(() => parseSkey(`${text.slice(0, -4)}AAAA`)).toThrow(refusal('key.id'));
});

test("the specification's verifier key is read and written alike", () => {
  const key = parseVkey(VKEY);
  expect(key).toMatchObject({ name: 'example.com/foo', id: 0x530d903a, type: KEY_TYPES.note });
  expect(formatVkey(key)).toBe(VKEY);
});

test('one key has different ids as log key and as witness key', () => {
  const key = new Uint8Array(32);
  expect(makeVerifierKey('a', KEY_TYPES.note, key).id).not.toBe(makeVerifierKey('a', KEY_TYPES.cosignature, key).id);
});

test('keys survive their text', () => {
  fc.assert(
    fc.property(name, type, bytes32, (itsName, itsType, seed) => {
      const key = makeSigningKey(itsName, itsType, Buffer.from(seed));
      expect(parseSkey(formatSkey(key))).toEqual(key);
      const itsPublicPart = publicPart(key);
      expect(parseVkey(formatVkey(itsPublicPart))).toEqual(itsPublicPart);
    }),
  );
});

// RFC 8032 section 7.1, TEST 2.
test('Ed25519 is that of RFC 8032', () => {
  const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
  const signature = Buffer.from(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    'hex',
  );
  const { publicKey } = publicPart(makeSigningKey('rfc8032', KEY_TYPES.note, seed));
  expect(Buffer.from(publicKey).toString('hex')).toBe(
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  );
  expect(makeEd25519Sign(seed)(Buffer.of(0x72))).toEqual(signature);
  const verify = makeEd25519Verify(publicKey);
  expect(verify(Buffer.of(0x72), signature)).toBe(true);
  expect(verify(Buffer.of(0x73), signature)).toBe(false);
  expect(verify(Buffer.of(0x72), signature.subarray(1))).toBe(false);
  expect(verify(Buffer.of(0x72), Buffer.alloc(0))).toBe(false);
});

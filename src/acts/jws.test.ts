import { createHash } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { newSubjectId, type Did } from '../ids.ts';
import { sealBody } from './body.ts';
import { isSignedBy, parseAct, signAct } from './jws.ts';
import { generateSigningKey, publicKeyOf } from './keys.ts';
import { actLimitBytes, formatPayload } from './payload.ts';

const party = 'did:web:a.example' as Did;
const key = generateSigningKey();
const payloadBytes = formatPayload({
  v: 1,
  type: 'release/1',
  party,
  subject: newSubjectId(party),
  prev: null,
  summary: { act: 'A'.repeat(43), on: '2026-01-01' },
  commitment: sealBody({}).commitment,
  assurance: { method: 'node', signer: null },
});
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('an act as compact JWS', () => {
  it('is verified by another implementation, and what that one signs is verified here', async () => {
    const ours = signAct(payloadBytes, key);
    const { payload, protectedHeader } = await compactVerify(ours, publicKeyOf(key.x), { algorithms: ['EdDSA'] });
    expect(Buffer.from(payload)).toEqual(Buffer.from(payloadBytes));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: key.kid, typ: 'reciproca-act' });
    const theirs = await new CompactSign(payloadBytes).setProtectedHeader(protectedHeader).sign(key.privateKey);
    expect(theirs).toBe(latin1(ours));
    expect(isSignedBy(parseAct(Buffer.from(theirs)), key.x)).toBe(true);
  });

  it('is not verified with another key, nor with one byte of its signature changed', () => {
    const jws = Buffer.from(signAct(payloadBytes, key));
    expect(isSignedBy(parseAct(jws), generateSigningKey().x)).toBe(false);
    const at = jws.length - 20;
    jws[at] = jws[at] === 0x41 ? 0x42 : 0x41;
    expect(isSignedBy(parseAct(jws), key.x)).toBe(false);
  });

  it('has one spelling: the same bytes written otherwise in base64url are refused', () => {
    const [header, payload, signature = ''] = latin1(signAct(payloadBytes, key)).split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last character of 64 bytes carries four bits that say nothing.
    const last = alphabet[alphabet.indexOf(signature.slice(-1)) + 1] ?? '';
    const respelt = `${signature.slice(0, -1)}${last}`;
    expect(Buffer.from(respelt, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
    expect(() => parseAct(Buffer.from(`${header}.${payload}.${respelt}`))).toThrow('base64url is not canonical');
  });

  it('has one reading: a key that stands twice is refused, in the payload and below it', () => {
    const text = Buffer.from(payloadBytes).toString('utf8');
    for (const twice of [text.replace('{', '{"v":1,'), text.replace('"method":', '"method":"passkey","method":')])
      expect(() => parseAct(signAct(Buffer.from(twice), key))).toThrow('act-malformed');
  });

  it('is its payload’s bytes: written otherwise it is another act, though it says the same', () => {
    const spaced = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(payloadBytes).toString('utf8')), null, 1));
    const [one, other] = [payloadBytes, spaced].map((bytes) => parseAct(signAct(bytes, key)));
    expect(one?.payload).toEqual(other?.payload);
    expect(one?.id).not.toBe(other?.id);
    expect(one?.id).toBe(createHash('sha256').update(payloadBytes).digest('base64url'));
  });

  it('fits an entry of the log: one byte more than 65,535 is refused, signed here or read', () => {
    const around = signAct(Buffer.alloc(0), key).length;
    // Three bytes become four characters (RFC 4648).
    const longest = 3 * Math.floor((actLimitBytes - around) / 4);
    expect(signAct(Buffer.alloc(longest, 0x20), key).length).toBeGreaterThan(actLimitBytes - 4);
    expect(() => signAct(Buffer.alloc(longest + 3, 0x20), key)).toThrow('act-too-large');
    expect(() => parseAct(Buffer.alloc(actLimitBytes + 1, 0x41))).toThrow('act-too-large');
  });
});

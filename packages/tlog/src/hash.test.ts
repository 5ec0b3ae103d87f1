import { expect, test } from 'vitest';
import { emptyRoot, formatHash, leafHash, nodeHash, parseHash } from './hash.ts';
import { refusal } from './refusal.fixture.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('hashes of another length than 32 bytes are refused as nodes', () => {
  const whole = leafHash(Buffer.from('a'));
  expect(() => nodeHash(whole.subarray(1), whole)).toThrow(refusal('hash.malformed'));
  expect(() => nodeHash(whole, Buffer.concat([whole, Buffer.of(0)]))).toThrow(refusal('hash.malformed'));
  expect(() => parseHash('AAAA')).toThrow(refusal('hash.malformed'));
  expect(() => parseHash('not base64')).toThrow(refusal('base64.malformed'));
});

test('base64 that is not canonical is refused, so that a hash has one spelling', () => {
  const text = formatHash(emptyRoot());
  expect(hex(parseHash(text))).toBe(hex(emptyRoot()));
  // The last digit of 32 bytes carries two unused bits.
  const other = `${text.slice(0, -2)}V=`;
  expect(Buffer.from(other, 'base64')).toEqual(Buffer.from(text, 'base64'));
  expect(() => parseHash(other)).toThrow(refusal('base64.malformed'));
  for (const variant of [`${text}\n`, ` ${text}`, text.slice(0, -1), `${text}=`]) {
    expect(() => parseHash(variant)).toThrow(refusal('base64.malformed'));
  }
});

// Published with Certificate Transparency's reference tree: the entries "", 00, 10, 2021, 3031, 40414243, ...
test('the roots of the Certificate Transparency reference tree come out', () => {
  expect(hex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  const first = leafHash(new Uint8Array());
  expect(hex(first)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  expect(hex(nodeHash(first, leafHash(Buffer.of(0))))).toBe(
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  );
});

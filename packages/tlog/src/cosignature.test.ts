import { expect, test } from 'vitest';
import { cosign, cosignatureTimeS, makeCosignatureVerifier } from './cosignature.ts';
import { makeEd25519Sign, makeEd25519Verify, publicPart } from './key.ts';
import { logKey, neighbourVerifier, universityKey, universityVerifier } from './keys.fixture.ts';
import { flipBit } from './memory-log.fixture.ts';
import { refusal } from './refusal.fixture.ts';

const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const TIME_S = 1_679_315_147;
const cosignature = cosign(TEXT, universityKey, TIME_S);

function withTime(time: bigint, message: string): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(time);
  return Buffer.concat([bytes, makeEd25519Sign(universityKey.seed)(Buffer.from(message))]);
}

test('a cosignature with any bit flipped, cut or extended fails, the time included', () => {
  const { signature } = cosignature;
  expect(universityVerifier.verify(TEXT, signature)).toBe(true);
  for (let bit = 0; bit < signature.length * 8; bit += 1) {
    expect(universityVerifier.verify(TEXT, flipBit(signature, bit))).toBe(false);
  }
  for (const length of [0, 7, 8, 71]) {
    expect(universityVerifier.verify(TEXT, signature.subarray(0, length))).toBe(false);
    expect(() => cosignatureTimeS(signature.subarray(0, length))).toThrow(refusal('cosignature.malformed'));
  }
  expect(universityVerifier.verify(TEXT, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
  expect(universityVerifier.verify(TEXT.replace('3\n', '4\n'), signature)).toBe(false);
  expect(neighbourVerifier.verify(TEXT, signature)).toBe(false);
});

test('a time that is zero, fractional, negative or beyond 2^53-1 is not signed', () => {
  for (const timeS of [0, 0.5, -1, 2 ** 53, Number.NaN]) {
    expect(() => cosign(TEXT, universityKey, timeS)).toThrow(refusal('cosignature.time'));
  }
});

test('a validly signed time beyond 2^53-1 is refused rather than rounded', () => {
  for (const time of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n - 1n]) {
    const signature = withTime(time, `cosignature/v1\ntime ${time}\n${TEXT}`);
    expect(universityVerifier.verify(TEXT, signature)).toBe(false);
    expect(() => cosignatureTimeS(signature)).toThrow(refusal('cosignature.malformed'));
  }
});

test('a plain signature of the same key over the checkpoint is not a cosignature', () => {
  expect(universityVerifier.verify(TEXT, withTime(BigInt(TIME_S), TEXT))).toBe(false);
});

test('a log key makes no cosignature', () => {
  expect(() => cosign(TEXT, logKey, TIME_S)).toThrow(refusal('key.type'));
  expect(() => makeCosignatureVerifier(publicPart(logKey))).toThrow(refusal('key.type'));
});

test('what is signed is the header, the time and the checkpoint, as the specification shows it', () => {
  const message = `cosignature/v1\ntime 1679315147\n${TEXT}`;
  const verify = makeEd25519Verify(publicPart(universityKey).publicKey);
  expect(verify(Buffer.from(message), cosignature.signature.subarray(8))).toBe(true);
  expect(cosignatureTimeS(cosignature.signature)).toBe(TIME_S);
  expect(cosignature.signature).toHaveLength(72);
});

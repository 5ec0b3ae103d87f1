import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyLimitBytes, opensCommitment, parseBody, sealBody } from './body.ts';

describe('the commitment of a body', () => {
  it('is opened by its own salt and bytes, and by nothing that differs in one bit', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.nat(7), (value, at, bit) => {
        const { commitment, salt, bytes } = sealBody(value as never);
        expect(opensCommitment(commitment, salt, bytes)).toBe(true);
        const all = Buffer.concat([salt, bytes]);
        const index = at % all.length;
        all[index] = (all[index] ?? 0) ^ (1 << bit);
        expect(opensCommitment(commitment, all.subarray(0, 16), all.subarray(16))).toBe(false);
      }),
    );
  });

  it('differs each time, so that a body of few possible values cannot be guessed', () => {
    const sealed = Array.from({ length: 50 }, () => sealBody({ answer: 'yes' }).commitment);
    expect(new Set(sealed).size).toBe(50);
  });

  it('is not opened when bytes have moved from the salt to the body: the salt has 16 bytes', () => {
    const { commitment, salt, bytes } = sealBody({ a: 1 });
    const all = Buffer.concat([salt, bytes]);
    for (const cut of [0, 15, 17])
      expect(opensCommitment(commitment, all.subarray(0, cut), all.subarray(cut))).toBe(false);
  });

  it('is of one reading: a body with a key twice, or beyond the limit, is refused', () => {
    expect(() => parseBody(Buffer.from('{"name":"a","name":"b"}'))).toThrow('body:');
    expect(() => sealBody('x'.repeat(bodyLimitBytes))).toThrow('body-too-large');
  });
});

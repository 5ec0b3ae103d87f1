import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { leafHash } from './hash.ts';
import { publicPart } from './key.ts';
import { logKey, logSigner, ORIGIN, universityKey } from './keys.fixture.ts';
import { entriesUpTo, entry, flipBit } from './memory-log.fixture.ts';
import { naivePath, naiveRoot } from './naive-tree.fixture.ts';
import { formatNote, parseNote } from './note.ts';
import type { Policy } from './policy.ts';
import { formatProof, parseProof, type TlogProof, verifyProof } from './proof.ts';
import { refusal } from './refusal.fixture.ts';

const policy: Policy = {
  logs: [{ key: publicPart(logKey) }],
  witnesses: [{ name: 'university', key: publicPart(universityKey) }],
  groups: [],
  quorum: 'university',
};

function proofOf(index: number, size: number, extra?: Uint8Array): TlogProof {
  const entries = entriesUpTo(size);
  const { text, signatures } = parseNote(signCheckpoint({ origin: ORIGIN, size, root: naiveRoot(entries) }, logSigner));
  const note = formatNote({ text, signatures: [...signatures, cosign(text, universityKey, 1_700_000_000)] });
  return { index, path: naivePath(index, entries), note, ...(extra !== undefined && { extra }) };
}

const good = formatProof(proofOf(5, 9));

describe('malformed proofs', () => {
  const hash = `${Buffer.alloc(32).toString('base64')}\n`;
  test.each([
    ['nothing', '', 'proof.malformed'],
    ['another version', good.replace('@v1', '@v2'), 'proof.malformed'],
    ['no index', good.replace('index 5\n', ''), 'proof.malformed'],
    ['a leading zero', good.replace('index 5', 'index 05'), 'size.malformed'],
    ['a negative index', good.replace('index 5', 'index -5'), 'size.malformed'],
    ['extra data below the index', good.replace('index 5\n', 'index 5\nextra AAAA\n'), 'base64.malformed'],
    ['extra data twice', good.replace('index', 'extra AAAA\nextra AAAA\nindex'), 'proof.malformed'],
    ['an extra line without data', good.replace('index', 'extra \nindex'), 'proof.malformed'],
    ['extra data that is not base64', good.replace('index', 'extra AAA\nindex'), 'base64.malformed'],
    [
      'a hash of 31 bytes',
      good.replace('index 5\n', `index 5\n${Buffer.alloc(31).toString('base64')}\n`),
      'hash.malformed',
    ],
    ['64 hashes', good.replace('index 5\n', `index 5\n${hash.repeat(61)}`), 'proof.malformed'],
    ['no blank line before the checkpoint', good.replace('\n\n', '\n'), 'note.malformed'],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n') + 2), 'note.malformed'],
    ['more than the limit', `${good}${'x'.repeat(1_100_000)}`, 'text.too-large'],
  ] as const)('%s: refused', (_, text, code) => {
    expect(() => parseProof(text)).toThrow(refusal(code));
  });
});

describe('false proofs', () => {
  test('another entry, index or path', () => {
    const proof = parseProof(good);
    const invalid = refusal('inclusion.invalid');
    expect(() => verifyProof(proof, leafHash(entry(6)), policy)).toThrow(invalid);
    expect(() => verifyProof({ ...proof, index: 4 }, leafHash(entry(5)), policy)).toThrow(invalid);
    expect(() => verifyProof({ ...proof, index: 9 }, leafHash(entry(5)), policy)).toThrow(invalid);
    expect(() => verifyProof({ ...proof, path: proof.path.slice(1) }, leafHash(entry(5)), policy)).toThrow(invalid);
  });

  test('a checkpoint without the quorum, or of a log outside the policy', () => {
    const proof = parseProof(good);
    const { text, signatures } = parseNote(proof.note);
    const uncosigned = { ...proof, note: formatNote({ text, signatures: signatures.slice(0, 1) }) };
    expect(() => verifyProof(uncosigned, leafHash(entry(5)), policy)).toThrow(refusal('policy.no-quorum'));
    expect(() => verifyProof(proof, leafHash(entry(5)), { ...policy, logs: [] })).toThrow(refusal('note.not-signed'));
  });

  test('one flipped bit anywhere in the file', () => {
    const bytes = Buffer.from(good);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      expect(() => verifyProof(parseProof(flipBit(bytes, bit)), leafHash(entry(5)), policy)).toThrow(
        expect.objectContaining({ name: 'TlogError' }),
      );
    }
  });
});

test('a proof survives its text and shows the checkpoint with the time of its witness', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const position = size.chain((count) => fc.tuple(fc.nat(count - 1), fc.constant(count)));
  fc.assert(
    fc.property(position, fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }), ([index, count], extra) => {
      const text = formatProof(proofOf(index, count, extra));
      const proof = parseProof(Buffer.from(text));
      expect(formatProof(proof)).toBe(text);
      expect(verifyProof(proof, leafHash(entry(index)), policy)).toMatchObject({
        origin: ORIGIN,
        size: count,
        cosignatures: [{ timeS: 1_700_000_000 }],
      });
    }),
  );
});

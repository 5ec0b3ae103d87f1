import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { KEY_TYPES, makeSigningKey, publicPart } from './key.ts';
import {
  logSigner,
  logVerifier,
  neighbourKey,
  neighbourVerifier,
  ORIGIN,
  strangerSigner,
  universityKey,
  universityVerifier,
} from './keys.fixture.ts';
import { flipBit } from './memory-log.fixture.ts';
import { formatNote, makeNoteSigner, makeNoteVerifier, parseNote, signNote, type NoteSignature } from './note.ts';
import { refusal } from './refusal.fixture.ts';

const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const EXAMPLE = `example.com/behind-the-sofa\n20852163\n${ROOT}\n`;
const checkpoint = { ...parseCheckpoint(EXAMPLE), origin: ORIGIN };
const signed = signCheckpoint(checkpoint, logSigner);

function withCosignatures(...cosignatures: NoteSignature[]): string {
  const { text, signatures } = parseNote(signed);
  return formatNote({ text, signatures: [...signatures, ...cosignatures] });
}

describe('malformed checkpoints', () => {
  test.each([
    ['nothing', '', 'checkpoint.malformed'],
    ['no origin', `\n5\n${ROOT}\n`, 'checkpoint.malformed'],
    ['two lines', 'a\n5\n', 'checkpoint.malformed'],
    ['no newline at the end', `a\n5\n${ROOT}`, 'checkpoint.malformed'],
    ['a blank line at the end', `a\n5\n${ROOT}\n\n`, 'checkpoint.extension'],
    ['an extension line', `a\n5\n${ROOT}\nmore\n`, 'checkpoint.extension'],
    ['a leading zero', `a\n05\n${ROOT}\n`, 'size.malformed'],
    ['a sign', `a\n+5\n${ROOT}\n`, 'size.malformed'],
    ['a negative size', `a\n-5\n${ROOT}\n`, 'size.malformed'],
    ['an exponent', `a\n5e3\n${ROOT}\n`, 'size.malformed'],
    ['a space', `a\n5 \n${ROOT}\n`, 'size.malformed'],
    ['digits of another script', `a\n\u0665\n${ROOT}\n`, 'size.malformed'],
    ['a size of 2^53', `a\n9007199254740992\n${ROOT}\n`, 'size.malformed'],
    ['a size of 20 digits', `a\n18446744073709551616\n${ROOT}\n`, 'size.malformed'],
    ['a root of 31 bytes', `a\n5\n${Buffer.alloc(31).toString('base64')}\n`, 'hash.malformed'],
    ['a root of 33 bytes', `a\n5\n${Buffer.alloc(33).toString('base64')}\n`, 'hash.malformed'],
    ['carriage returns', `a\r\n5\r\n${ROOT}\r\n`, 'text.malformed'],
  ] as const)('%s: refused', (_, text, code) => {
    expect(() => parseCheckpoint(text)).toThrow(refusal(code));
  });

  test('an origin that is not one line is not written, nor an impossible size', () => {
    for (const origin of ['', 'a\nb', '\n']) {
      expect(() => formatCheckpoint({ ...checkpoint, origin })).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(checkpoint|size)\./) }),
      );
    }
    expect(() => formatCheckpoint({ ...checkpoint, size: 2 ** 53 })).toThrow(refusal('size.malformed'));
    expect(() => formatCheckpoint({ ...checkpoint, size: 0.5 })).toThrow(refusal('size.malformed'));
  });
});

describe('whose checkpoint it is', () => {
  test('a log does not sign under another origin, and nobody else signs for it', () => {
    expect(() => signCheckpoint(checkpoint, strangerSigner)).toThrow(refusal('checkpoint.origin'));
    const foreign = signNote({ text: formatCheckpoint(checkpoint), signatures: [] }, [strangerSigner]);
    expect(() => openCheckpoint(foreign, [logVerifier])).toThrow(refusal('note.not-signed'));
  });

  test('the signature of a trusted log under the origin of another is refused', () => {
    const text = formatCheckpoint({ ...checkpoint, origin: 'other.example/log' });
    const note = signNote({ text, signatures: [] }, [logSigner]);
    expect(() => openCheckpoint(note, [logVerifier])).toThrow(refusal('checkpoint.origin'));
  });

  test('a witness alone does not make a checkpoint', () => {
    const { text } = parseNote(signed);
    const note = formatNote({ text, signatures: [cosign(text, universityKey, 1)] });
    expect(() => openCheckpoint(note, [logVerifier], [universityVerifier])).toThrow(refusal('note.not-signed'));
  });

  test('one flipped bit anywhere in a checkpoint is refused', () => {
    const bytes = Buffer.from(signed);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      expect(() => openCheckpoint(flipBit(bytes, bit), [logVerifier])).toThrow(
        expect.objectContaining({ name: 'TlogError' }),
      );
    }
  });

  test('a log may change its key while both are trusted', () => {
    const successor = makeSigningKey(ORIGIN, KEY_TYPES.note, Buffer.alloc(32, 7));
    const note = signCheckpoint(checkpoint, makeNoteSigner(successor));
    expect(() => openCheckpoint(note, [logVerifier])).toThrow(refusal('note.not-signed'));
    expect(openCheckpoint(note, [logVerifier, makeNoteVerifier(publicPart(successor))])).toMatchObject(checkpoint);
  });
});

describe('cosignatures on a checkpoint', () => {
  const { text } = parseNote(signed);

  test('a failing cosignature of a known witness rejects the checkpoint, one of an unknown witness is ignored', () => {
    const good = cosign(text, universityKey, 1_700_000_000);
    const bad = { ...good, signature: flipBit(good.signature, 3) };
    expect(() => openCheckpoint(withCosignatures(bad), [logVerifier], [universityVerifier])).toThrow(
      refusal('note.signature-invalid'),
    );
    expect(openCheckpoint(withCosignatures(bad), [logVerifier], [neighbourVerifier]).cosignatures).toEqual([]);
  });

  test('each witness counts once, with its earliest time, in whatever order', () => {
    const times = [5, 3, 4].map((timeS) => cosign(text, universityKey, timeS));
    const other = cosign(text, neighbourKey, 9);
    const { cosignatures } = openCheckpoint(
      withCosignatures(...times, other),
      [logVerifier],
      [universityVerifier, neighbourVerifier],
    );
    expect(cosignatures.map(({ name, timeS }) => [name, timeS])).toEqual([
      ['university.example/witness', 3],
      ['neighbour.example/witness', 9],
    ]);
  });
});

test("the specification's example is read and written alike", () => {
  const example = parseCheckpoint(EXAMPLE);
  expect(example).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
  expect(formatCheckpoint(example)).toBe(EXAMPLE);
});

test('checkpoints survive signing', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, bytes) => {
      const it = { origin: ORIGIN, size, root: Buffer.from(bytes) };
      expect(openCheckpoint(signCheckpoint(it, logSigner), [logVerifier])).toMatchObject(it);
    }),
  );
});

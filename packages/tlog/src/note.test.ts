import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_TYPES, makeSigningKey, parseVkey, publicPart } from './key.ts';
import { logSigner, logVerifier, strangerSigner, universityKey } from './keys.fixture.ts';
import {
  formatNote,
  makeNoteSigner,
  makeNoteVerifier,
  MAX_NOTE_BYTES,
  MAX_SIGNATURES,
  openNote,
  parseNote,
  parseSignatures,
  signNote,
} from './note.ts';
import { flipBit } from './memory-log.fixture.ts';
import { refusal } from './refusal.fixture.ts';

const exampleVerifier = makeNoteVerifier(
  parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'),
);
const EXAMPLE = `This is an example message.

\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
const LINE = '\u2014 example.com/foo AAAAAAA=\n';

describe('malformed notes', () => {
  test.each([
    ['nothing', ''],
    ['a text alone', 'text\n'],
    ['no signature below the blank line', 'text\n\n'],
    ['no newline at the end', `text\n\n${LINE.trimEnd()}`],
    ['no blank line', `text\n${LINE}`],
    ['a hyphen for the dash', `text\n\n${LINE.replace('\u2014', '-')}`],
    ['a dash without name', 'text\n\n\u2014 AAAAAAA=\n'],
    ['four parts', 'text\n\n\u2014 example.com/foo AAAAAAA= more\n'],
    ['two spaces', 'text\n\n\u2014 example.com/foo  AAAAAAA=\n'],
    ['a signature of no bytes', 'text\n\n\u2014 example.com/foo AAAAAA==\n'],
    ['another line among the signatures', `text\n\n${LINE}text\n${LINE}`],
  ])('%s: refused', (_, text) => {
    expect(() => parseNote(text)).toThrow(refusal('note.malformed'));
  });

  test('control characters, bytes that are not UTF-8 and half surrogates are refused', () => {
    for (const bad of ['\t', '\r', '\0', '\u001f']) {
      expect(() => parseNote(`te${bad}xt\n\n${LINE}`)).toThrow(refusal('text.malformed'));
    }
    expect(() => parseNote(Buffer.from(`te\u00ffxt\n\n${LINE}`, 'latin1'))).toThrow(refusal('text.malformed'));
    expect(() => parseNote(`te\ud800xt\n\n${LINE}`)).toThrow(refusal('text.malformed'));
  });

  test('names with a space or plus and base64 that is not canonical are refused', () => {
    expect(() => parseNote('text\n\n\u2014 a+b AAAAAAA=\n')).toThrow(refusal('key.name'));
    expect(() => parseNote('text\n\n\u2014 a\u00a0b AAAAAAA=\n')).toThrow(refusal('key.name'));
    expect(() => parseNote('text\n\n\u2014 a AAAAAAB=\n')).toThrow(refusal('base64.malformed'));
    expect(() => parseNote('text\n\n\u2014 a AAAAAAA\n')).toThrow(refusal('base64.malformed'));
  });

  test('too many bytes or signatures are refused, and the limits themselves are accepted', () => {
    const long = (bytes: number) => `${'x'.repeat(bytes - LINE.length - 4)}\n\n${LINE}`;
    expect(parseNote(long(MAX_NOTE_BYTES)).signatures).toHaveLength(1);
    expect(() => parseNote(long(MAX_NOTE_BYTES + 1))).toThrow(refusal('text.too-large'));
    expect(parseNote(`text\n\n${LINE.repeat(MAX_SIGNATURES)}`).signatures).toHaveLength(MAX_SIGNATURES);
    expect(() => parseNote(`text\n\n${LINE.repeat(MAX_SIGNATURES + 1)}`)).toThrow(refusal('note.too-many-signatures'));
    expect(MAX_SIGNATURES).toBeGreaterThanOrEqual(16);
  });

  test('a text that would not be read back as it is, is not written', () => {
    const { signatures } = parseNote(EXAMPLE);
    expect(() => formatNote({ text: 'no newline', signatures })).toThrow(refusal('note.malformed'));
    expect(() => formatNote({ text: 'text\n', signatures: [] })).toThrow(refusal('note.malformed'));
    expect(() => formatNote({ text: 'a\tb\n', signatures })).toThrow(refusal('text.malformed'));
  });
});

describe('signatures', () => {
  test('a note signed only by others is refused', () => {
    const note = signNote({ text: 'text\n', signatures: [] }, [strangerSigner]);
    expect(() => openNote(note, [logVerifier])).toThrow(refusal('note.not-signed'));
    expect(() => openNote(note, [])).toThrow(refusal('note.not-signed'));
  });

  test('a known key that shares only its name or only its id with a signature leaves it unknown', () => {
    const namesake = makeNoteSigner(makeSigningKey(logSigner.name, KEY_TYPES.note, Buffer.alloc(32, 9)));
    const note = signNote({ text: 'text\n', signatures: [] }, [namesake]);
    expect(() => openNote(note, [logVerifier])).toThrow(refusal('note.not-signed'));
    const sameId = { ...logVerifier, name: 'other.example' };
    expect(() => openNote(signNote({ text: 'text\n', signatures: [] }, [logSigner]), [sameId])).toThrow(
      refusal('note.not-signed'),
    );
  });

  test('one failing signature of a known key rejects the note, whatever else it carries', () => {
    const signed = parseNote(signNote({ text: 'text\n', signatures: [] }, [logSigner, strangerSigner]));
    const [ours, theirs] = signed.signatures;
    const bad = signed.signatures.map((it) => (it === ours ? { ...it, signature: flipBit(it.signature, 5) } : it));
    for (const signatures of [bad, [...signed.signatures, ...bad], [...bad, ...signed.signatures]]) {
      expect(() => openNote(formatNote({ text: signed.text, signatures }), [logVerifier])).toThrow(
        refusal('note.signature-invalid'),
      );
    }
    const shorter = { name: logSigner.name, keyId: logSigner.keyId, signature: Buffer.of(1) };
    expect(() => openNote(formatNote({ text: 'text\n', signatures: [shorter] }), [logVerifier])).toThrow(
      refusal('note.signature-invalid'),
    );
    expect(theirs?.name).toBe('stranger.example/log');
  });

  test('one flipped bit anywhere in a note is refused', () => {
    const bytes = Buffer.from(EXAMPLE);
    openNote(bytes, [exampleVerifier]);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      expect(() => openNote(flipBit(bytes, bit), [exampleVerifier])).toThrow(
        expect.objectContaining({ name: 'TlogError' }),
      );
    }
  });

  test('a key of another type makes no verifier and no signer', () => {
    expect(() => makeNoteVerifier(publicPart(universityKey))).toThrow(refusal('key.type'));
    expect(() => makeNoteSigner(universityKey)).toThrow(refusal('key.type'));
  });
});

test("the specification's example opens, and signatures of unknown keys beside it are ignored", () => {
  expect(openNote(EXAMPLE, [exampleVerifier]).text).toBe('This is an example message.\n');
  const { verified } = openNote(`${EXAMPLE}${LINE}`, [logVerifier, exampleVerifier]);
  expect(verified).toEqual(parseNote(EXAMPLE).signatures);
});

test('the text may contain blank lines: only the last one separates', () => {
  const text = 'first\n\nsecond\n\n\u2014 not a signature\n';
  const note = signNote({ text, signatures: [] }, [logSigner]);
  expect(openNote(note, [logVerifier]).text).toBe(text);
});

test('any text that may be signed survives signing, and keeps the signatures it had', () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replace(/\p{Cc}/gu, '\n'));
  fc.assert(
    fc.property(line, (text) => {
      const once = signNote({ text: `${text}\n`, signatures: [] }, [strangerSigner]);
      const twice = signNote(parseNote(once), [logSigner]);
      expect(twice.startsWith(once)).toBe(true);
      expect(formatNote(parseNote(Buffer.from(twice)))).toBe(twice);
      expect(openNote(twice, [logVerifier]).text).toBe(`${text}\n`);
    }),
  );
});

test('signature lines alone are read as a witness answers them', () => {
  expect(parseSignatures(LINE.repeat(2))).toHaveLength(2);
  expect(() => parseSignatures('')).toThrow(refusal('note.malformed'));
  expect(() => parseSignatures(`\n${LINE}`)).toThrow(refusal('note.malformed'));
});

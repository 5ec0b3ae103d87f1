/** c2sp.org/signed-note: text with signature lines below its last blank line. */
import { formatBase64, parseBase64 } from './base64.ts';
import {
  checkKeyName,
  KEY_TYPES,
  makeEd25519Sign,
  makeEd25519Verify,
  publicPart,
  type SigningKey,
  type VerifierKey,
} from './key.ts';
import { parseText } from './text.ts';
import { TlogError } from './tlog-error.ts';

export type NoteSignature = { readonly name: string; readonly keyId: number; readonly signature: Uint8Array };

/** `text` includes its final newline, but not the blank line that separates it from the signatures. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** Checks the signatures of one key. `verify` answers false, and never throws, whatever the bytes. */
export type Verifier = {
  readonly name: string;
  readonly keyId: number;
  readonly verify: (text: string, signature: Uint8Array) => boolean;
};

export type Signer = {
  readonly name: string;
  readonly keyId: number;
  readonly sign: (text: string) => Uint8Array;
};

export type OpenedNote = { readonly text: string; readonly verified: readonly NoteSignature[] };

export const MAX_NOTE_BYTES = 1_000_000;
/** The specification asks for at least 16. */
export const MAX_SIGNATURES = 64;

const KEY_ID_BYTES = 4;

export function parseNote(source: Uint8Array | string): Note {
  const all = parseText(source, MAX_NOTE_BYTES);
  const split = all.lastIndexOf('\n\n');
  if (split < 0) throw new TlogError('note.malformed', 'no blank line between text and signatures');
  return { text: all.slice(0, split + 1), signatures: parseSignatures(all.slice(split + 2)) };
}

/** Signature lines alone, as a witness answers them. */
export function parseSignatures(source: Uint8Array | string): NoteSignature[] {
  const lines = parseText(source, MAX_NOTE_BYTES).split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw new TlogError('note.malformed', 'no complete signature line');
  if (lines.length > MAX_SIGNATURES) {
    throw new TlogError('note.too-many-signatures', `more than ${MAX_SIGNATURES} signatures`);
  }
  return lines.map(parseSignature);
}

function parseSignature(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(' ');
  if (dash !== '\u2014' || name === undefined || base64 === undefined || rest.length > 0) {
    throw new TlogError('note.malformed', 'not a signature line');
  }
  checkKeyName(name);
  const blob = parseBase64(base64);
  if (blob.byteLength <= KEY_ID_BYTES) throw new TlogError('note.malformed', 'a signature without bytes');
  const keyId = new DataView(blob.buffer, blob.byteOffset).getUint32(0);
  return { name, keyId, signature: blob.subarray(KEY_ID_BYTES) };
}

export function formatNote(note: Note): string {
  const text = `${note.text}\n${formatSignatures(note.signatures)}`;
  parseNote(text);
  if (!note.text.endsWith('\n')) throw new TlogError('note.malformed', 'the text does not end in a newline');
  return text;
}

export function formatSignatures(signatures: readonly NoteSignature[]): string {
  return signatures
    .map(({ name, keyId, signature }) => {
      const id = Buffer.alloc(KEY_ID_BYTES);
      id.writeUInt32BE(keyId);
      return `\u2014 ${name} ${formatBase64(Buffer.concat([id, signature]))}\n`;
    })
    .join('');
}

/**
 * The text of a note, if at least one of the given keys signed it. Signatures of other keys are ignored; one signature
 * that names a given key and fails rejects the whole note.
 */
export function openNote(source: Uint8Array | string, verifiers: readonly Verifier[]): OpenedNote {
  const { text, signatures } = parseNote(source);
  const verified = verifySignatures(text, signatures, verifiers);
  if (verified.length === 0) throw new TlogError('note.not-signed', 'not signed by a known key');
  return { text, verified };
}

/** The signatures that belong to one of the given keys, all of them valid. */
export function verifySignatures(
  text: string,
  signatures: readonly NoteSignature[],
  verifiers: readonly Verifier[],
): NoteSignature[] {
  return signatures.filter((signature) => {
    const verifier = verifiers.find((known) => known.name === signature.name && known.keyId === signature.keyId);
    if (verifier === undefined) return false;
    if (!verifier.verify(text, signature.signature)) {
      throw new TlogError('note.signature-invalid', `the signature of ${signature.name} is invalid`);
    }
    return true;
  });
}

/** Signs a text, keeping the signatures that the note already has. */
export function signNote(note: Note, signers: readonly Signer[]): string {
  const added = signers.map(({ name, keyId, sign }) => ({ name, keyId, signature: sign(note.text) }));
  return formatNote({ text: note.text, signatures: [...note.signatures, ...added] });
}

/** Type 0x01: Ed25519 over the text. */
export function makeNoteVerifier(key: VerifierKey): Verifier {
  if (key.type !== KEY_TYPES.note) throw new TlogError('key.type', 'not a key for plain note signatures');
  const verify = makeEd25519Verify(key.publicKey);
  return {
    name: key.name,
    keyId: key.id,
    verify: (text, signature) => verify(Buffer.from(text), signature),
  };
}

export function makeNoteSigner(key: SigningKey): Signer {
  if (key.type !== KEY_TYPES.note) throw new TlogError('key.type', 'not a key for plain note signatures');
  const sign = makeEd25519Sign(key.seed);
  return { name: key.name, keyId: publicPart(key).id, sign: (text) => sign(Buffer.from(text)) };
}

/** Keys that everybody knows, for tests and vectors only. */
import { makeCosignatureVerifier } from './cosignature.ts';
import { KEY_TYPES, makeSigningKey, publicPart } from './key.ts';
import { makeNoteSigner, makeNoteVerifier } from './note.ts';

export const ORIGIN = 'ministry.example/log';

export const logKey = makeSigningKey(ORIGIN, KEY_TYPES.note, Buffer.alloc(32, 1));
export const logSigner = makeNoteSigner(logKey);
export const logVerifier = makeNoteVerifier(publicPart(logKey));

export const universityKey = makeSigningKey('university.example/witness', KEY_TYPES.cosignature, Buffer.alloc(32, 2));
export const universityVerifier = makeCosignatureVerifier(publicPart(universityKey));

export const neighbourKey = makeSigningKey('neighbour.example/witness', KEY_TYPES.cosignature, Buffer.alloc(32, 3));
export const neighbourVerifier = makeCosignatureVerifier(publicPart(neighbourKey));

export const strangerSigner = makeNoteSigner(
  makeSigningKey('stranger.example/log', KEY_TYPES.note, Buffer.alloc(32, 4)),
);

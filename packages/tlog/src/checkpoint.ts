/** c2sp.org/tlog-checkpoint: origin, size and root of a log, signed by the log's key of the same name. */
import { cosignatureTimeS } from './cosignature.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { formatHash, parseHash } from './hash.ts';
import type { TreeHead } from './merkle.ts';
import { MAX_NOTE_BYTES, parseNote, signNote, type Signer, type Verifier, verifySignatures } from './note.ts';
import { parseText } from './text.ts';
import { TlogError } from './tlog-error.ts';

export type Checkpoint = TreeHead & { readonly origin: string };

/** Extension lines are refused: no monitor can audit what they say. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...rest] = parseText(text, MAX_NOTE_BYTES).split('\n');
  if (rest.length > 1 && rest.at(-1) === '')
    throw new TlogError('checkpoint.extension', 'extension lines are not accepted');
  if (!origin || size === undefined || root === undefined || rest.length !== 1 || rest[0] !== '') {
    throw new TlogError('checkpoint.malformed', 'not three lines: origin, size, root');
  }
  return { origin, size: parseDecimal(size), root: parseHash(root) };
}

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${formatDecimal(size)}\n${formatHash(root)}\n`;
  if (parseCheckpoint(text).origin !== origin)
    throw new TlogError('checkpoint.malformed', 'the origin is not one line');
  return text;
}

/** The signed note. The signer's name is the log's origin. */
export function signCheckpoint(checkpoint: Checkpoint, signer: Signer): string {
  if (checkpoint.origin !== signer.name)
    throw new TlogError('checkpoint.origin', 'the key is not named like the origin');
  return signNote({ text: formatCheckpoint(checkpoint), signatures: [] }, [signer]);
}

/** A checkpoint whose log signature holds, with the cosignatures of those witnesses that were asked for and are present. */
export type OpenedCheckpoint = Checkpoint & { readonly text: string; readonly cosignatures: readonly Cosignature[] };

/** `timeS` is in seconds since 1970, as the witness states it. */
export type Cosignature = { readonly name: string; readonly keyId: number; readonly timeS: number };

/**
 * The checkpoint that a note carries, if a key named like its origin signed it. A log may have several keys, and several
 * logs may be trusted. A witness that cosigned twice counts once, with its earliest time.
 */
export function openCheckpoint(
  source: Uint8Array | string,
  logs: readonly Verifier[],
  witnesses: readonly Verifier[] = [],
): OpenedCheckpoint {
  const { text, signatures } = parseNote(source);
  const checkpoint = parseCheckpoint(text);
  const byLogs = verifySignatures(text, signatures, logs);
  if (byLogs.length === 0) throw new TlogError('note.not-signed', 'not signed by a known log');
  if (!byLogs.some(({ name }) => name === checkpoint.origin)) {
    throw new TlogError('checkpoint.origin', `the log that signed is not ${checkpoint.origin}`);
  }
  const cosignatures = new Map<string, Cosignature>();
  for (const { name, keyId, signature } of verifySignatures(text, signatures, witnesses)) {
    const witness = `${name} ${keyId}`;
    const timeS = cosignatureTimeS(signature);
    const earlier = cosignatures.get(witness);
    if (earlier === undefined || timeS < earlier.timeS) cosignatures.set(witness, { name, keyId, timeS });
  }
  return { ...checkpoint, text, cosignatures: [...cosignatures.values()] };
}

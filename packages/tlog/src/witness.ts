/**
 * c2sp.org/tlog-witness, the part without storage and network: a witness remembers one tree per log and cosigns only what
 * extends it. The caller loads what is stored, asks `decideAddCheckpoint`, and on `accept` replaces the stored tree by
 * the new one in one atomic compare-and-swap on the old size, durable before it answers with a cosignature. When the swap finds another
 * size, it loads and decides again: without that, two requests in parallel could roll a log back.
 */
import { hash } from 'node:crypto';
import { type Checkpoint, openCheckpoint, type OpenedCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { emptyRoot, formatHash, type Hash, parseHash } from './hash.ts';
import { type TreeHead, verifyConsistency } from './merkle.ts';
import {
  formatNote,
  MAX_NOTE_BYTES,
  type Note,
  parseNote,
  parseSignatures,
  verifySignatures,
  type Verifier,
} from './note.ts';
import { parseText } from './text.ts';
import { TlogError } from './tlog-error.ts';

export const MAX_PROOF_HASHES = 63;
/** A request's own lines beside the checkpoint: 63 hashes and the old size. */
export const MAX_ADD_CHECKPOINT_BYTES = MAX_NOTE_BYTES + 4096;

export const TREE_SIZE_CONTENT_TYPE = 'text/x.tlog.size';

/** `claimed` is what the checkpoint says, before any signature has been looked at: it tells which log to look up. */
export type AddCheckpoint = {
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  readonly note: string;
  readonly claimed: Checkpoint;
};

/** What cannot be parsed is answered with status 400. */
export function parseAddCheckpoint(body: Uint8Array | string): AddCheckpoint {
  const text = parseText(body, MAX_ADD_CHECKPOINT_BYTES);
  const blank = text.indexOf('\n\n');
  if (blank < 0) throw new TlogError('witness.malformed', 'no blank line before the checkpoint');
  const [old = '', ...hashes] = text.slice(0, blank).split('\n');
  if (!old.startsWith('old ')) throw new TlogError('witness.malformed', 'no old size');
  if (hashes.length > MAX_PROOF_HASHES) throw new TlogError('witness.malformed', 'more than 63 proof hashes');
  const note = text.slice(blank + 2);
  return {
    oldSize: parseDecimal(old.slice('old '.length)),
    proof: hashes.map(parseHash),
    note,
    claimed: parseCheckpoint(parseNote(note).text),
  };
}

export function formatAddCheckpoint(request: {
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  readonly note: string;
}): string {
  const lines = [`old ${formatDecimal(request.oldSize)}`, ...request.proof.map(formatHash)];
  const body = `${lines.join('\n')}\n\n${request.note}`;
  parseAddCheckpoint(body);
  return body;
}

export type Answer = {
  readonly status: 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
};

/** `note` is the checkpoint with the signatures of the log that were verified, and no others: what a witness may store and serve. */
export type Decision =
  | { readonly kind: 'accept'; readonly checkpoint: OpenedCheckpoint; readonly note: string }
  | { readonly kind: 'refuse'; readonly answer: Answer };

/** `stored` is absent for a log that was never cosigned; `logKeys` is absent (or empty) for a log that is not known here. */
export function decideAddCheckpoint(
  stored: TreeHead | undefined,
  request: AddCheckpoint,
  logKeys: readonly Verifier[] | undefined,
): Decision {
  if (logKeys === undefined || logKeys.length === 0) return refuse(404, 'unknown log');
  let checkpoint: OpenedCheckpoint;
  let note: Note;
  try {
    checkpoint = openCheckpoint(request.note, logKeys);
    const { text, signatures } = parseNote(request.note);
    note = { text, signatures: verifySignatures(text, signatures, logKeys) };
  } catch (error) {
    if (error instanceof TlogError) return refuse(403, error.message);
    throw error;
  }
  if (request.oldSize > checkpoint.size) return refuse(400, 'the old size is larger than the checkpoint');
  const known = stored ?? { size: 0, root: emptyRoot() };
  if (request.oldSize !== known.size) return answerConflict(known.size);
  try {
    verifyConsistency(known, checkpoint, request.proof);
  } catch (error) {
    if (error instanceof TlogError) return refuse(422, error.message);
    throw error;
  }
  return { kind: 'accept', checkpoint, note: formatNote(note) };
}

function answerConflict(storedSize: number): Decision {
  return {
    kind: 'refuse',
    answer: { status: 409, contentType: TREE_SIZE_CONTENT_TYPE, body: `${formatDecimal(storedSize)}\n` },
  };
}

function refuse(status: Answer['status'], why: string): Decision {
  return { kind: 'refuse', answer: { status, contentType: 'text/plain; charset=utf-8', body: `${why}\n` } };
}

/** On the log's side: the checkpoint with those cosignatures of an answer that belong to the given witnesses. */
export function addCosignatures(note: string, answer: Uint8Array | string, witnesses: readonly Verifier[]): string {
  const { text, signatures } = parseNote(note);
  const added = verifySignatures(text, parseSignatures(answer), witnesses);
  if (added.length === 0) throw new TlogError('note.not-signed', 'no cosignature of a known witness');
  return formatNote({ text, signatures: [...signatures, ...added] });
}

/** Monitors read `<monitoring prefix>/<this>/checkpoint`. */
export function originHash(origin: string): string {
  return hash('sha256', origin, 'hex');
}

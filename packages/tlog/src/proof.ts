/** c2sp.org/tlog-proof: that an entry is in a log, verifiable offline by whoever knows the entry and has a policy. */
import { formatBase64, parseBase64 } from './base64.ts';
import { type OpenedCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { formatHash, type Hash, parseHash } from './hash.ts';
import { verifyInclusion } from './merkle.ts';
import { MAX_NOTE_BYTES, parseNote } from './note.ts';
import { openUnderPolicy, type Policy } from './policy.ts';
import { parseText } from './text.ts';
import { TlogError } from './tlog-error.ts';

/** `extra` is signed by nobody. `note` is the checkpoint, verbatim. */
export type TlogProof = {
  readonly extra?: Uint8Array;
  readonly index: number;
  readonly path: readonly Hash[];
  readonly note: string;
};

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PATH_HASHES = 63;
/** Beside a note of the largest size: 63 hashes, and 64 KiB of extra data in base64. */
export const MAX_PROOF_BYTES = MAX_NOTE_BYTES + 100_000;

export function parseProof(source: Uint8Array | string): TlogProof {
  const text = parseText(source, MAX_PROOF_BYTES);
  const blank = text.indexOf('\n\n');
  if (blank < 0) throw new TlogError('proof.malformed', 'no blank line before the checkpoint');
  const [header, ...lines] = text.slice(0, blank).split('\n');
  if (header !== HEADER) throw new TlogError('proof.malformed', `the first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() ?? '') : undefined;
  const index = lines.shift() ?? '';
  if (!index.startsWith('index ')) throw new TlogError('proof.malformed', 'no index');
  if (lines.length > MAX_PATH_HASHES) throw new TlogError('proof.malformed', 'more than 63 hashes');
  const note = text.slice(blank + 2);
  parseCheckpoint(parseNote(note).text);
  return {
    ...(extra !== undefined && { extra }),
    index: parseDecimal(index.slice('index '.length)),
    path: lines.map(parseHash),
    note,
  };
}

function parseExtra(line: string): Uint8Array {
  const extra = parseBase64(line.slice('extra '.length));
  if (extra.byteLength === 0) throw new TlogError('proof.malformed', 'an extra line without data');
  return extra;
}

export function formatProof({ extra, index, path, note }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${formatBase64(extra)}`]),
    `index ${formatDecimal(index)}`,
    ...path.map(formatHash),
  ];
  const text = `${lines.join('\n')}\n\n${note}`;
  parseProof(text);
  return text;
}

/** The checkpoint that shows this leaf at this index, once log, quorum and path have been verified. */
export function verifyProof(proof: TlogProof, leaf: Hash, policy: Policy): OpenedCheckpoint {
  const checkpoint = openUnderPolicy(proof.note, policy);
  verifyInclusion(leaf, proof.index, checkpoint, proof.path);
  return checkpoint;
}

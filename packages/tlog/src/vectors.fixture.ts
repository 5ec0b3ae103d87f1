/**
 * The vectors of test/vectors/tlog: what they contain is decided here, and `vectors.test.ts` keeps the files equal to it.
 * `code` is this package's word for a refusal. `stricter` marks what the specifications leave open and this package refuses.
 */
import { createHash } from 'node:crypto';
import { formatBase64 } from './base64.ts';
import { formatCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { formatHash, leafHash } from './hash.ts';
import { formatVkey, KEY_TYPES, makeEd25519Sign, publicPart } from './key.ts';
import { logKey, logSigner, neighbourKey, ORIGIN, strangerSigner, universityKey } from './keys.fixture.ts';
import { appendEntries, entriesUpTo, entry, flipBit, makeMemoryLog } from './memory-log.fixture.ts';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.fixture.ts';
import { formatNote, type NoteSignature, parseNote, signNote } from './note.ts';
import { formatProof } from './proof.ts';
import type { TlogErrorCode } from './tlog-error.ts';
import { formatAddCheckpoint } from './witness.ts';

type Verdict =
  { readonly valid: true } | { readonly valid: false; readonly code: TlogErrorCode; readonly stricter?: true };

const VALID: Verdict = { valid: true };
const invalid = (code: TlogErrorCode): Verdict => ({ valid: false, code });
const stricter = (code: TlogErrorCode): Verdict => ({ valid: false, code, stricter: true });

const LOG = formatVkey(publicPart(logKey));
const UNIVERSITY = formatVkey(publicPart(universityKey));
const NEIGHBOUR = formatVkey(publicPart(neighbourKey));
const TIME_S = 1_700_000_000;

const SIZE = 21;
const entries = entriesUpTo(SIZE);
const treeOf = (size: number) => ({ origin: ORIGIN, size, root: naiveRoot(entries.slice(0, size)) });
const noteOf = (size: number) => signCheckpoint(treeOf(size), logSigner);
const sign = (text: string) => signNote({ text, signatures: [] }, [logSigner]);

function withSignatures(note: string, ...added: NoteSignature[]): string {
  const { text, signatures } = parseNote(note);
  return formatNote({ text, signatures: [...signatures, ...added] });
}

export type CheckpointVector = { readonly name: string; readonly log: string; readonly note: string } & Verdict;

function makeCheckpoints(): CheckpointVector[] {
  const text = formatCheckpoint(treeOf(SIZE));
  const [, , root = ''] = text.split('\n');
  const { signatures } = parseNote(sign(text));
  const flipped = signatures.map((it) => ({ ...it, signature: flipBit(it.signature, 100) }));
  const unknownAlgorithm = { name: ORIGIN, keyId: 1, signature: Buffer.alloc(2420) };
  const cases: readonly (readonly [string, string, Verdict])[] = [
    ['a signed checkpoint', noteOf(SIZE), VALID],
    ['an empty log', noteOf(0), VALID],
    ['the largest size', signCheckpoint({ ...treeOf(SIZE), size: Number.MAX_SAFE_INTEGER }, logSigner), VALID],
    ['another key beside the log', signNote(parseNote(noteOf(SIZE)), [strangerSigner]), VALID],
    ['the name of the log with an unknown key id', withSignatures(noteOf(SIZE), unknownAlgorithm), VALID],
    [
      'sixteen signatures',
      withSignatures(
        noteOf(SIZE),
        ...Array.from({ length: 15 }, () => ({ ...unknownAlgorithm, signature: Buffer.alloc(64) })),
      ),
      VALID,
    ],
    ['signed by another key only', signNote({ text, signatures: [] }, [strangerSigner]), invalid('note.not-signed')],
    ['a flipped bit in the signature', formatNote({ text, signatures: flipped }), invalid('note.signature-invalid')],
    [
      'another size under the signature',
      noteOf(SIZE).replace(`\n${SIZE}\n`, '\n22\n'),
      invalid('note.signature-invalid'),
    ],
    [
      'a false signature beside the true one',
      formatNote({ text, signatures: [...signatures, ...flipped] }),
      stricter('note.signature-invalid'),
    ],
    ['the origin of another log', sign(text.replace(ORIGIN, 'other.example/log')), invalid('checkpoint.origin')],
    ['no signature', `${text}\n`, invalid('note.malformed')],
    ['no blank line', noteOf(SIZE).replace('\n\n', '\n'), invalid('note.malformed')],
    ['no newline at the end', noteOf(SIZE).slice(0, -1), invalid('note.malformed')],
    ['a hyphen for the dash', noteOf(SIZE).replace('\u2014', '-'), invalid('note.malformed')],
    [
      'a tab in the text',
      `${ORIGIN}\t\n${SIZE}\n${root}\n\n${noteOf(SIZE).split('\n\n')[1]}`,
      invalid('text.malformed'),
    ],
    ['a leading zero in the size', sign(text.replace(`\n${SIZE}\n`, `\n0${SIZE}\n`)), invalid('size.malformed')],
    ['a negative size', sign(text.replace(`\n${SIZE}\n`, `\n-${SIZE}\n`)), invalid('size.malformed')],
    ['a root of 31 bytes', sign(text.replace(root, Buffer.alloc(31).toString('base64'))), invalid('hash.malformed')],
    ['two lines', sign(text.replace(`${root}\n`, '')), invalid('checkpoint.malformed')],
    ['an extension line', sign(`${text}more\n`), stricter('checkpoint.extension')],
    ['a size of 2^53', sign(text.replace(`\n${SIZE}\n`, '\n9007199254740992\n')), stricter('size.malformed')],
    [
      'base64 with unused bits set',
      noteOf(SIZE).replace(/.=\n$/, (end) => `${nextDigit(end)}=\n`),
      stricter('base64.malformed'),
    ],
  ];
  return cases.map(([name, note, verdict]) => ({ name, log: LOG, note, ...verdict }));
}

/** The base64 digit that differs from this one in its lowest bit only. */
function nextDigit(digit: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return digits.charAt(digits.indexOf(digit.charAt(0)) ^ 1);
}

export type CosignatureVector = {
  readonly name: string;
  readonly log: string;
  readonly witness: string;
  readonly note: string;
  /** Seconds since 1970, as a string because other languages may read larger ones. Empty: this witness did not cosign. */
  readonly time: string;
} & Verdict;

function makeCosignatures(): CosignatureVector[] {
  const note = noteOf(SIZE);
  const { text } = parseNote(note);
  const good = cosign(text, universityKey, TIME_S);
  const raw = (time: bigint, message: string): NoteSignature => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(time);
    return { ...good, signature: Buffer.concat([bytes, makeEd25519Sign(universityKey.seed)(Buffer.from(message))]) };
  };
  const late = 2n ** 53n;
  const plain = { name: good.name, type: KEY_TYPES.note, seed: universityKey.seed };
  const cases: readonly (readonly [string, NoteSignature, string, Verdict])[] = [
    ['a cosignature', good, String(TIME_S), VALID],
    ['the first second', cosign(text, universityKey, 1), '1', VALID],
    ['the cosignature of another witness', cosign(text, neighbourKey, TIME_S), '', VALID],
    [
      'a plain signature by the same key, which has another id',
      { name: plain.name, keyId: publicPart(plain).id, signature: makeEd25519Sign(plain.seed)(Buffer.from(text)) },
      '',
      VALID,
    ],
    [
      'a flipped bit in the time',
      { ...good, signature: flipBit(good.signature, 60) },
      '',
      invalid('note.signature-invalid'),
    ],
    [
      'a flipped bit in the signature',
      { ...good, signature: flipBit(good.signature, 100) },
      '',
      invalid('note.signature-invalid'),
    ],
    ['a byte missing', { ...good, signature: good.signature.subarray(0, 71) }, '', invalid('note.signature-invalid')],
    [
      'a byte too many',
      { ...good, signature: Buffer.concat([good.signature, Buffer.of(0)]) },
      '',
      invalid('note.signature-invalid'),
    ],
    [
      'the checkpoint of another size cosigned',
      cosign(parseNote(noteOf(20)).text, universityKey, TIME_S),
      '',
      invalid('note.signature-invalid'),
    ],
    ['the checkpoint signed without header and time', raw(BigInt(TIME_S), text), '', invalid('note.signature-invalid')],
    [
      'a time with a leading zero signed',
      raw(BigInt(TIME_S), `cosignature/v1\ntime 0${TIME_S}\n${text}`),
      '',
      invalid('note.signature-invalid'),
    ],
    ['a time of 2^53', raw(late, `cosignature/v1\ntime ${late}\n${text}`), '', stricter('note.signature-invalid')],
  ];
  return cases.map(([name, signature, time, verdict]) => ({
    name,
    log: LOG,
    witness: UNIVERSITY,
    note: withSignatures(note, signature),
    time,
    ...verdict,
  }));
}

/** Hashes in base64. */
export type InclusionVector = {
  readonly name: string;
  readonly leaf: string;
  readonly index: number;
  readonly size: number;
  readonly root: string;
  readonly path: readonly string[];
} & Verdict;

function makeInclusions(): InclusionVector[] {
  const good = (index: number, size: number) => ({
    name: `leaf ${index} of ${size}`,
    leaf: formatHash(leafHash(entry(index))),
    index,
    size,
    root: formatHash(treeOf(size).root),
    path: naivePath(index, entries.slice(0, size)).map(formatHash),
    ...VALID,
  });
  const valid = [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [0, 7],
    [6, 7],
    [3, 8],
    [7, 8],
    [8, 9],
    [5, 13],
    [20, 21],
    [16, 21],
  ] as const;
  const base = good(5, 13);
  const bad = (name: string, change: Partial<InclusionVector>) => ({
    ...base,
    ...change,
    name,
    ...invalid('inclusion.invalid'),
  });
  const stranger = formatHash(leafHash(Buffer.from('stranger')));
  return [
    ...valid.map(([index, size]) => good(index, size)),
    bad('another leaf', { leaf: stranger }),
    bad('the next index', { index: 6 }),
    bad('an index outside the tree', { index: 13 }),
    bad('another root', { root: stranger }),
    bad('an empty path', { path: [] }),
    bad('a path without its first hash', { path: base.path.slice(1) }),
    bad('a path without its last hash', { path: base.path.slice(0, -1) }),
    bad('a hash too many', { path: [...base.path, stranger] }),
    bad('another hash', { path: base.path.with(2, stranger) }),
    bad('two hashes exchanged', { path: base.path.with(0, base.path[1] ?? '').with(1, base.path[0] ?? '') }),
    bad('a leaf of an empty tree', { index: 0, size: 0, root: formatHash(treeOf(0).root), path: [] }),
  ];
}

export type ConsistencyVector = {
  readonly name: string;
  readonly oldSize: number;
  readonly oldRoot: string;
  readonly newSize: number;
  readonly newRoot: string;
  readonly proof: readonly string[];
} & Verdict;

function makeConsistencies(): ConsistencyVector[] {
  const good = (oldSize: number, newSize: number) => ({
    name: `${oldSize} to ${newSize}`,
    oldSize,
    oldRoot: formatHash(treeOf(oldSize).root),
    newSize,
    newRoot: formatHash(treeOf(newSize).root),
    proof: naiveProof(oldSize, entries.slice(0, newSize)).map(formatHash),
    ...VALID,
  });
  const valid = [
    [1, 1],
    [1, 2],
    [2, 3],
    [3, 7],
    [4, 7],
    [6, 8],
    [8, 8],
    [8, 9],
    [7, 13],
    [16, 21],
    [20, 21],
  ] as const;
  const base = good(7, 13);
  const bad = (name: string, change: Partial<ConsistencyVector>) => ({
    ...base,
    ...change,
    name,
    ...invalid('consistency.invalid'),
  });
  const stranger = formatHash(leafHash(Buffer.from('stranger')));
  return [
    ...valid.map(([oldSize, newSize]) => good(oldSize, newSize)),
    bad('another old root', { oldRoot: stranger }),
    bad('another new root', { newRoot: stranger }),
    bad('the sizes exchanged', { oldSize: 13, newSize: 7 }),
    bad('an old size one smaller', { oldSize: 6 }),
    bad('no proof', { proof: [] }),
    bad('a proof without its first hash', { proof: base.proof.slice(1) }),
    bad('a proof without its last hash', { proof: base.proof.slice(0, -1) }),
    bad('a hash too many', { proof: [...base.proof, stranger] }),
    bad('another hash', { proof: base.proof.with(1, stranger) }),
    bad('one size, two roots', { ...good(13, 13), newRoot: stranger }),
    bad('one size, one root, and a proof', { ...good(13, 13), proof: [stranger] }),
  ];
}

/** `entry` in base64. */
export type ProofVector = {
  readonly name: string;
  readonly policy: string;
  readonly entry: string;
  readonly proof: string;
} & Verdict;

function makeProofs(): ProofVector[] {
  const policy = [
    '# a party and a university must both have seen it',
    `log ${LOG}`,
    `witness neighbour ${NEIGHBOUR}`,
    `witness university ${UNIVERSITY}`,
    'group both all neighbour university',
    'quorum both',
    '',
  ].join('\n');
  const { text } = parseNote(noteOf(SIZE));
  const [neighbour, university] = [cosign(text, neighbourKey, TIME_S), cosign(text, universityKey, TIME_S + 2)];
  const note = withSignatures(noteOf(SIZE), neighbour, university);
  const good = { index: 9, path: naivePath(9, entries), note };
  const proof = formatProof(good);
  const falseCosignature = { ...university, signature: flipBit(university.signature, 99) };
  const cases: readonly (readonly [string, Uint8Array, string, Verdict])[] = [
    ['a proof', entry(9), proof, VALID],
    ['a proof with extra data', entry(9), formatProof({ ...good, extra: Buffer.from('unsigned') }), VALID],
    [
      'the only entry of a log',
      entry(0),
      formatProof({
        index: 0,
        path: [],
        note: withSignatures(
          noteOf(1),
          cosign(parseNote(noteOf(1)).text, neighbourKey, TIME_S),
          cosign(parseNote(noteOf(1)).text, universityKey, TIME_S),
        ),
      }),
      VALID,
    ],
    ['another entry', entry(8), proof, invalid('inclusion.invalid')],
    ['another index', entry(9), proof.replace('index 9', 'index 8'), invalid('inclusion.invalid')],
    [
      'one witness missing',
      entry(9),
      formatProof({ ...good, note: withSignatures(noteOf(SIZE), university) }),
      invalid('policy.no-quorum'),
    ],
    [
      'one witness twice',
      entry(9),
      formatProof({ ...good, note: withSignatures(noteOf(SIZE), university, university) }),
      invalid('policy.no-quorum'),
    ],
    [
      'a false cosignature',
      entry(9),
      formatProof({ ...good, note: withSignatures(noteOf(SIZE), neighbour, falseCosignature) }),
      invalid('note.signature-invalid'),
    ],
    [
      'cosigned but not signed by the log',
      entry(9),
      formatProof({ ...good, note: formatNote({ text, signatures: [neighbour, university] }) }),
      invalid('note.not-signed'),
    ],
    ['another version', entry(9), proof.replace('@v1', '@v2'), invalid('proof.malformed')],
    ['no index', entry(9), proof.replace('index 9\n', ''), invalid('proof.malformed')],
    ['a leading zero', entry(9), proof.replace('index 9', 'index 09'), invalid('size.malformed')],
    [
      'a hash too many',
      entry(9),
      proof.replace('index 9\n', `index 9\n${formatHash(leafHash(entry(1)))}\n`),
      invalid('inclusion.invalid'),
    ],
    [
      'the extra line below the index',
      entry(9),
      proof.replace('index 9\n', 'index 9\nextra AAAA\n'),
      invalid('base64.malformed'),
    ],
  ];
  return cases.map(([name, bytes, text_, verdict]) => ({
    name,
    policy,
    entry: formatBase64(bytes),
    proof: text_,
    ...verdict,
  }));
}

export type TilePathVector = {
  readonly path: string;
  readonly level?: number | 'entries';
  readonly index?: number;
  readonly width?: number;
} & Verdict;

/** The files of a log that grew to each of `sizes` in turn; its entries are the texts "entry 0", "entry 1", ... */
export type TilesVector = {
  readonly paths: readonly TilePathVector[];
  readonly logs: readonly {
    readonly sizes: readonly number[];
    readonly root: string;
    readonly files: Readonly<Record<string, string>>;
  }[];
};

async function makeTiles(): Promise<TilesVector> {
  const good: readonly (readonly [string, number | 'entries', number, number])[] = [
    ['tile/0/000', 0, 0, 256],
    ['tile/0/x001/x234/067', 0, 1_234_067, 256],
    ['tile/1/000.p/1', 1, 0, 1],
    ['tile/63/999.p/255', 63, 999, 255],
    ['tile/entries/x001/000', 'entries', 1000, 256],
    ['tile/entries/273.p/112', 'entries', 273, 112],
  ];
  const bad = [
    'tile/0/0',
    'tile/0/1234',
    'tile/0/001/234',
    'tile/0/x001/x234',
    'tile/0/x000/001',
    'tile/00/001',
    'tile/64/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/07',
    'tile/8/0/001',
    'tile/data/001',
    '/tile/0/001',
    'tile/0/001/',
  ];
  const logs = [];
  for (const sizes of [[1], [256], [300, 700], [70_000]]) {
    const log = makeMemoryLog();
    const all = entriesUpTo(Math.max(...sizes));
    for (const size of sizes) await appendEntries(log, all.slice(log.tree.size, size));
    const paths = [...log.files].filter(([path], i) => log.files.size < 20 || i % 50 === 0 || path.includes('.p/'));
    logs.push({
      sizes,
      root: formatHash(log.tree.root),
      files: Object.fromEntries(paths.map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')])),
    });
  }
  return {
    paths: [
      ...good.map(([path, level, index, width]) => ({ path, level, index, width, ...VALID })),
      ...bad.map((path) => ({ path, ...invalid('tile.path') })),
    ],
    logs,
  };
}

/** Two checkpoints with valid signatures of one log. `proof` is the log's own attempt to join them. */
export type SplitViewVector = {
  readonly name: string;
  readonly log: string;
  readonly older: string;
  readonly newer: string;
  readonly proof: readonly string[];
} & Verdict;

function makeSplitViews(): SplitViewVector[] {
  const rewritten = entries.with(3, Buffer.from('rewritten'));
  const shortened = entries.toSpliced(3, 1);
  const sign_ = (all: readonly Uint8Array[]) =>
    signCheckpoint({ origin: ORIGIN, size: all.length, root: naiveRoot(all) }, logSigner);
  const proof = (size: number, all: readonly Uint8Array[]) => naiveProof(size, all).map(formatHash);
  const cases: readonly (readonly [string, string, string, readonly string[], Verdict])[] = [
    ['one history', noteOf(13), noteOf(SIZE), proof(13, entries), VALID],
    ['one tree, signed twice', noteOf(SIZE), noteOf(SIZE), [], VALID],
    ['one size, two histories', noteOf(SIZE), sign_(rewritten), [], invalid('consistency.invalid')],
    [
      'an entry rewritten before growing',
      noteOf(13),
      sign_(rewritten),
      proof(13, rewritten),
      invalid('consistency.invalid'),
    ],
    [
      'the honest proof for the rewritten log',
      noteOf(13),
      sign_(rewritten),
      proof(13, entries),
      invalid('consistency.invalid'),
    ],
    ['an entry removed', noteOf(13), sign_(shortened), proof(13, shortened), invalid('consistency.invalid')],
    ['a log that shrank', noteOf(SIZE), noteOf(13), [], invalid('consistency.invalid')],
  ];
  return cases.map(([name, older, newer, hashes, verdict]) => ({
    name,
    log: LOG,
    older,
    newer,
    proof: hashes,
    ...verdict,
  }));
}

/** A request to a witness that knows `log`, has cosigned the tree `stored` of it, and answers with `status` and `body`. */
export type WitnessVector = {
  readonly name: string;
  readonly log: string;
  readonly stored: { readonly size: number; readonly root: string } | null;
  readonly request: string;
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  /** Only where the specification fixes it. */
  readonly body?: string;
};

function makeWitnessing(): WitnessVector[] {
  const proof = naiveProof(13, entries);
  const good = formatAddCheckpoint({ oldSize: 13, proof, note: noteOf(SIZE) });
  const first = formatAddCheckpoint({ oldSize: 0, proof: [], note: noteOf(SIZE) });
  const foreign = signNote({ text: parseNote(noteOf(SIZE)).text, signatures: [] }, [strangerSigner]);
  const { text, signatures } = parseNote(noteOf(SIZE));
  const flipped = formatNote({
    text,
    signatures: signatures.map((it) => ({ ...it, signature: flipBit(it.signature, 9) })),
  });
  const otherRoot = leafHash(Buffer.from('another history'));
  const other = signCheckpoint({ origin: ORIGIN, size: SIZE, root: otherRoot }, logSigner);
  const unknown = signNote({ text: text.replace(ORIGIN, 'stranger.example/log'), signatures: [] }, [strangerSigner]);
  const falseEmpty = signCheckpoint({ origin: ORIGIN, size: 0, root: otherRoot }, logSigner);
  const line = `${formatHash(otherRoot)}\n`;
  const cases: readonly (readonly [string, number | null, string, WitnessVector['status'], string?])[] = [
    ['growth', 13, good, 200],
    ['a first checkpoint', null, first, 200],
    ['an empty log', null, formatAddCheckpoint({ oldSize: 0, proof: [], note: noteOf(0) }), 200],
    ['the same tree again', SIZE, `old ${SIZE}\n\n${noteOf(SIZE)}`, 200],
    [
      '63 proof hashes are read, and are wrong',
      13,
      good.replace('old 13\n', `old 13\n${line.repeat(63 - proof.length)}`),
      422,
    ],
    ['64 proof hashes', 13, good.replace('old 13\n', `old 13\n${line.repeat(64 - proof.length)}`), 400],
    ['no old size', 13, good.replace('old 13\n', ''), 400],
    ['a leading zero', 13, good.replace('old 13', 'old 013'), 400],
    ['an old size above the checkpoint', 13, `old 22\n\n${noteOf(SIZE)}`, 400],
    ['a log that is not known', null, `old 0\n\n${unknown}`, 404],
    ['signed by another key only', 13, good.replace(noteOf(SIZE), foreign), 403],
    ['a false signature of the log', 13, good.replace(noteOf(SIZE), flipped), 403],
    ['an old size that is not the stored one', 8, good, 409, '8\n'],
    ['an old size of zero for a stored log', 13, first, 409, '13\n'],
    ['an old size for a log never cosigned', null, good, 409, '0\n'],
    ['a checkpoint smaller than the stored one', SIZE, `old 13\n\n${noteOf(13)}`, 409, `${SIZE}\n`],
    ['no proof', 13, `old 13\n\n${noteOf(SIZE)}`, 422],
    ['a proof from the empty tree', null, first.replace('old 0\n', `old 0\n${line}`), 422],
    ['one size, two roots', SIZE, `old ${SIZE}\n\n${other}`, 422],
    ['a past that was rewritten', 13, good.replace(noteOf(SIZE), other), 422],
    ['an empty log with a root', null, `old 0\n\n${falseEmpty}`, 422],
  ];
  return cases.map(([name, size, request, status, body]) => ({
    name,
    log: LOG,
    stored: size === null ? null : { size, root: formatHash(treeOf(size).root) },
    request,
    status,
    ...(body !== undefined && { body }),
  }));
}

export type Vectors = {
  readonly checkpoints: readonly CheckpointVector[];
  readonly cosignatures: readonly CosignatureVector[];
  readonly inclusion: readonly InclusionVector[];
  readonly consistency: readonly ConsistencyVector[];
  readonly proofs: readonly ProofVector[];
  readonly tiles: TilesVector;
  readonly 'split-view': readonly SplitViewVector[];
  readonly witness: readonly WitnessVector[];
};

export async function makeVectors(): Promise<Vectors> {
  return {
    checkpoints: makeCheckpoints(),
    cosignatures: makeCosignatures(),
    inclusion: makeInclusions(),
    consistency: makeConsistencies(),
    proofs: makeProofs(),
    tiles: await makeTiles(),
    'split-view': makeSplitViews(),
    witness: makeWitnessing(),
  };
}

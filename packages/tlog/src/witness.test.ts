import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { emptyRoot, type Hash, leafHash } from './hash.ts';
import {
  logSigner,
  logVerifier,
  neighbourKey,
  ORIGIN,
  strangerSigner,
  universityKey,
  universityVerifier,
} from './keys.fixture.ts';
import type { TreeHead } from './merkle.ts';
import { entriesUpTo, flipBit } from './memory-log.fixture.ts';
import { naiveProof, naiveRoot } from './naive-tree.fixture.ts';
import { formatNote, formatSignatures, parseNote, signNote } from './note.ts';
import { refusal } from './refusal.fixture.ts';
import {
  addCosignatures,
  decideAddCheckpoint,
  type Decision,
  formatAddCheckpoint,
  MAX_ADD_CHECKPOINT_BYTES,
  originHash,
  parseAddCheckpoint,
} from './witness.ts';

const entries = entriesUpTo(20);
const treeOf = (size: number): TreeHead => ({ size, root: naiveRoot(entries.slice(0, size)) });
const noteOf = (tree: TreeHead) => signCheckpoint({ origin: ORIGIN, ...tree }, logSigner);
const request = (oldSize: number, newSize: number) =>
  formatAddCheckpoint({
    oldSize,
    proof: oldSize === 0 ? [] : naiveProof(oldSize, entries.slice(0, newSize)),
    note: noteOf(treeOf(newSize)),
  });

function decide(stored: TreeHead | undefined, body: string, keys = [logVerifier]): Decision {
  return decideAddCheckpoint(stored, parseAddCheckpoint(body), keys);
}

function statusOf(decision: Decision): number {
  return decision.kind === 'accept' ? 200 : decision.answer.status;
}

describe('requests that cannot be read (400)', () => {
  const good = request(5, 8);
  test.each([
    ['nothing', '', 'witness.malformed'],
    ['no old size', good.replace(/^old 5\n/, ''), 'witness.malformed'],
    ['another word', good.replace('old', 'new'), 'witness.malformed'],
    ['two spaces', good.replace('old 5', 'old  5'), 'size.malformed'],
    ['a leading zero', good.replace('old 5', 'old 05'), 'size.malformed'],
    ['a proof hash of 31 bytes', good.replace(/\n/, `\n${Buffer.alloc(31).toString('base64')}\n`), 'hash.malformed'],
    ['a proof hash that is not base64', good.replace(/\n/, '\n****\n'), 'base64.malformed'],
    ['no blank line', 'old 5\n', 'witness.malformed'],
    [
      'a note that is no checkpoint',
      `old 5\n\n${signNote({ text: 'hello\n', signatures: [] }, [logSigner])}`,
      'checkpoint.malformed',
    ],
    [
      'a checkpoint without signature',
      'old 5\n\na\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
      'note.malformed',
    ],
  ] as const)('%s', (_, body, code) => {
    expect(() => parseAddCheckpoint(body)).toThrow(refusal(code));
  });

  test('more than 63 proof hashes, or more bytes than a note and those hashes need', () => {
    const line = `${Buffer.alloc(32).toString('base64')}\n`;
    const note = noteOf(treeOf(8));
    expect(parseAddCheckpoint(`old 5\n${line.repeat(63)}\n${note}`).proof).toHaveLength(63);
    expect(() => parseAddCheckpoint(`old 5\n${line.repeat(64)}\n${note}`)).toThrow(refusal('witness.malformed'));
    expect(() => parseAddCheckpoint('x'.repeat(MAX_ADD_CHECKPOINT_BYTES + 1))).toThrow(refusal('text.too-large'));
  });
});

describe('answers', () => {
  test('404 for a log that is not known', () => {
    expect(decideAddCheckpoint(undefined, parseAddCheckpoint(request(0, 5)), undefined)).toMatchObject({
      kind: 'refuse',
      answer: { status: 404 },
    });
    expect(statusOf(decide(undefined, request(0, 5), []))).toBe(404);
  });

  test('403 without a valid signature of the log, even when the rest is wrong too', () => {
    const foreign = signNote({ text: parseNote(noteOf(treeOf(8))).text, signatures: [] }, [strangerSigner]);
    expect(statusOf(decide(treeOf(5), `old 9\n\n${foreign}`))).toBe(403);
    const { text, signatures } = parseNote(noteOf(treeOf(8)));
    const bad = formatNote({
      text,
      signatures: signatures.map((it) => ({ ...it, signature: flipBit(it.signature, 1) })),
    });
    expect(statusOf(decide(treeOf(5), `old 9\n\n${bad}`))).toBe(403);
  });

  test('400 when the old size is larger than the checkpoint', () => {
    expect(statusOf(decide(treeOf(9), `old 9\n\n${noteOf(treeOf(8))}`))).toBe(400);
  });

  test('409 with the stored size when the old size is another, also for a log never cosigned', () => {
    const answer = (size: number) => ({
      kind: 'refuse',
      answer: { status: 409, contentType: 'text/x.tlog.size', body: `${size}\n` },
    });
    expect(decide(treeOf(6), request(5, 8))).toEqual(answer(6));
    expect(decide(treeOf(6), request(0, 8))).toEqual(answer(6));
    expect(decide(undefined, request(5, 8))).toEqual(answer(0));
    expect(decide(treeOf(9), `old 8\n\n${noteOf(treeOf(8))}`)).toEqual(answer(9));
  });

  test('422 for a proof that fails, is missing, or is there when the old size is zero', () => {
    const proof = naiveProof(5, entries.slice(0, 8));
    const note = noteOf(treeOf(8));
    const body = (oldSize: number, hashes: readonly Hash[]) => formatAddCheckpoint({ oldSize, proof: hashes, note });
    expect(statusOf(decide(treeOf(5), body(5, [])))).toBe(422);
    expect(statusOf(decide(treeOf(5), body(5, proof.slice(1))))).toBe(422);
    expect(statusOf(decide(treeOf(5), body(5, [...proof.slice(1), leafHash(Buffer.of(1))])))).toBe(422);
    expect(statusOf(decide(undefined, body(0, proof)))).toBe(422);
  });

  test('422 for one size with two roots, for a rewritten past, and for a false empty tree', () => {
    const other = { size: 8, root: leafHash(Buffer.from('another history')) };
    expect(statusOf(decide(treeOf(8), `old 8\n\n${noteOf(other)}`))).toBe(422);
    expect(statusOf(decide({ size: 5, root: other.root }, request(5, 8)))).toBe(422);
    expect(statusOf(decide(undefined, `old 0\n\n${noteOf({ size: 0, root: other.root })}`))).toBe(422);
  });

  test('200 for growth, for the same tree again, for a first checkpoint and for an empty log', () => {
    expect(statusOf(decide(treeOf(5), request(5, 8)))).toBe(200);
    expect(statusOf(decide(treeOf(8), request(8, 8)))).toBe(200);
    expect(statusOf(decide(undefined, request(0, 8)))).toBe(200);
    expect(statusOf(decide(undefined, `old 0\n\n${noteOf({ size: 0, root: emptyRoot() })}`))).toBe(200);
  });

  test('200 exactly when the checkpoint extends the stored tree and says so', () => {
    const size = fc.nat(entries.length);
    fc.assert(
      fc.property(size, size, size, (storedSize, oldSize, newSize) => {
        fc.pre(oldSize <= newSize);
        const decision = decide(storedSize === 0 ? undefined : treeOf(storedSize), request(oldSize, newSize));
        expect(statusOf(decision)).toBe(oldSize === storedSize ? 200 : 409);
      }),
    );
  });
});

test('two requests in parallel: whoever loses the swap is answered with the size that won', () => {
  let stored = treeOf(5);
  const swap = (decision: Decision): boolean => {
    if (decision.kind === 'refuse' || stored.size !== 5) return false;
    stored = decision.checkpoint;
    return true;
  };
  const [first, second] = [request(5, 12), request(5, 8)];
  const decisions = [decide(stored, first), decide(stored, second)];
  expect(decisions.map(statusOf)).toEqual([200, 200]);
  expect(decisions.map(swap)).toEqual([true, false]);
  expect(decide(stored, second)).toMatchObject({ answer: { status: 409, body: '12\n' } });
});

test('what a witness keeps carries the log signature only, so that strangers cannot fill its storage', () => {
  const { text, signatures } = parseNote(noteOf(treeOf(8)));
  const padded = signNote({ text, signatures }, [strangerSigner]);
  const decision = decide(undefined, `old 0\n\n${padded}`);
  expect(decision).toMatchObject({ kind: 'accept', note: noteOf(treeOf(8)) });
});

test('requests survive their text, and say which log to look up', () => {
  const parsed = parseAddCheckpoint(Buffer.from(request(5, 8)));
  expect(parsed).toMatchObject({ oldSize: 5, claimed: { origin: ORIGIN, ...treeOf(8) } });
  expect(formatAddCheckpoint(parsed)).toBe(request(5, 8));
  expect(parsed.claimed).toEqual(parseCheckpoint(parseNote(parsed.note).text));
});

describe("the log's side", () => {
  const note = noteOf(treeOf(8));
  const { text } = parseNote(note);

  test('an answer without cosignature of a known witness, or with a false one, is refused', () => {
    const stranger = formatSignatures([cosign(text, neighbourKey, 5)]);
    expect(() => addCosignatures(note, stranger, [universityVerifier])).toThrow(refusal('note.not-signed'));
    const forOtherTree = formatSignatures([cosign(parseNote(noteOf(treeOf(7))).text, universityKey, 5)]);
    expect(() => addCosignatures(note, forOtherTree, [universityVerifier])).toThrow(refusal('note.signature-invalid'));
    expect(() => addCosignatures(note, '<html>502</html>', [universityVerifier])).toThrow(refusal('note.malformed'));
  });

  test('cosignatures of known witnesses move to the checkpoint, those of strangers stay behind', () => {
    const answer = formatSignatures([cosign(text, neighbourKey, 5), cosign(text, universityKey, 6)]);
    const cosigned = addCosignatures(note, answer, [universityVerifier]);
    expect(parseNote(cosigned).signatures.map(({ name }) => name)).toEqual([ORIGIN, 'university.example/witness']);
    expect(openCheckpoint(cosigned, [logVerifier], [universityVerifier]).cosignatures).toMatchObject([{ timeS: 6 }]);
  });
});

test('a monitor finds a log under the hash of its origin', () => {
  expect(originHash('example.com/behind-the-sofa')).toMatch(/^[0-9a-f]{64}$/);
  expect(originHash('')).toBe(Buffer.from(emptyRoot()).toString('hex'));
});

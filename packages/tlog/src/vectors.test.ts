/** The vectors are read here as another implementation would read them: from the files. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBase64 } from './base64.ts';
import { openCheckpoint } from './checkpoint.ts';
import { makeCosignatureVerifier } from './cosignature.ts';
import { formatHash, leafHash, parseHash } from './hash.ts';
import { parseVkey } from './key.ts';
import { verifyConsistency, verifyInclusion } from './merkle.ts';
import { appendEntries, entriesUpTo, fileOf, makeMemoryLog } from './memory-log.fixture.ts';
import { makeNoteVerifier } from './note.ts';
import { parsePolicy } from './policy.ts';
import { parseProof, verifyProof } from './proof.ts';
import { formatTilePath, parseTilePath } from './tile.ts';
import { TlogError } from './tlog-error.ts';
import { makeVectors, type Vectors } from './vectors.fixture.ts';
import { decideAddCheckpoint, parseAddCheckpoint } from './witness.ts';

const FOLDER = join(import.meta.dirname, '../../../test/vectors/tlog');

/** The type is that of what wrote the files; the test below keeps the two together. */
function readVectors<Name extends keyof Vectors>(name: Name): Vectors[Name] {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Vectors[Name];
}

const made = await makeVectors();
const logOf = (vkey: string) => makeNoteVerifier(parseVkey(vkey));

type Verdict = { readonly valid: boolean; readonly code?: string };

/** What a vector says about itself, and what comes out of trying. */
function verdictOf(vector: Verdict): Verdict {
  return { valid: vector.valid, ...(vector.code !== undefined && { code: vector.code }) };
}

function judge(act: () => void): Verdict {
  try {
    act();
    return { valid: true };
  } catch (error) {
    if (error instanceof TlogError) return { valid: false, code: error.code };
    throw error;
  }
}

// To write them anew after a deliberate change: vitest run packages/tlog/src/vectors.test.ts -u
test.each(Object.entries(made))('%s.json is what its description makes', async (name, content) => {
  await expect(`${JSON.stringify(content, null, 1)}\n`).toMatchFileSnapshot(join(FOLDER, `${name}.json`));
});

describe('vectors', () => {
  test.each(readVectors('checkpoints'))('checkpoint: $name', (vector) => {
    expect(judge(() => openCheckpoint(vector.note, [logOf(vector.log)]))).toEqual(verdictOf(vector));
  });

  test.each(readVectors('cosignatures'))('cosignature: $name', (vector) => {
    let time = '';
    const result = judge(() => {
      const witness = makeCosignatureVerifier(parseVkey(vector.witness));
      const { cosignatures } = openCheckpoint(vector.note, [logOf(vector.log)], [witness]);
      time = cosignatures.map(({ timeS }) => timeS).join();
    });
    expect({ ...result, time }).toEqual({ ...verdictOf(vector), time: vector.time });
  });

  test.each(readVectors('inclusion'))('inclusion: $name', (vector) => {
    const { leaf, index, size, root, path } = vector;
    const verify = () => verifyInclusion(parseHash(leaf), index, { size, root: parseHash(root) }, path.map(parseHash));
    expect(judge(verify)).toEqual(verdictOf(vector));
  });

  test.each(readVectors('consistency'))('consistency: $name', (vector) => {
    const older = { size: vector.oldSize, root: parseHash(vector.oldRoot) };
    const newer = { size: vector.newSize, root: parseHash(vector.newRoot) };
    expect(judge(() => verifyConsistency(older, newer, vector.proof.map(parseHash)))).toEqual(verdictOf(vector));
  });

  test.each(readVectors('proofs'))('proof: $name', (vector) => {
    const leaf = leafHash(parseBase64(vector.entry));
    const verify = () => verifyProof(parseProof(vector.proof), leaf, parsePolicy(vector.policy));
    expect(judge(verify)).toEqual(verdictOf(vector));
  });

  test.each(readVectors('tiles').paths)('tile path: $path', (vector) => {
    const { path, level, index, width } = vector;
    let tile = {};
    const result = judge(() => {
      tile = { ...parseTilePath(path), path: formatTilePath(parseTilePath(path)) };
    });
    expect(result).toEqual(verdictOf(vector));
    expect(tile).toEqual(vector.valid ? { level, index, width, path } : {});
  });

  test.each(readVectors('tiles').logs)('files of a log grown to $sizes', async ({ sizes, root, files }) => {
    const log = makeMemoryLog();
    const entries = entriesUpTo(Math.max(...sizes));
    for (const size of sizes) await appendEntries(log, entries.slice(log.tree.size, size));
    expect(formatHash(log.tree.root)).toBe(root);
    const sha256 = (path: string) => createHash('sha256').update(fileOf(log, path)).digest('hex');
    expect(Object.fromEntries(Object.keys(files).map((path) => [path, sha256(path)]))).toEqual(files);
  });

  test.each(readVectors('split-view'))('split view: $name', (vector) => {
    const [first, second] = [vector.older, vector.newer].map((note) => openCheckpoint(note, [logOf(vector.log)]));
    if (first === undefined || second === undefined) throw new Error('two checkpoints');
    expect(judge(() => verifyConsistency(first, second, vector.proof.map(parseHash)))).toEqual(verdictOf(vector));
  });

  test.each(readVectors('witness'))('add-checkpoint: $name', ({ log, stored, request, status, body }) => {
    const key = logOf(log);
    const tree = stored === null ? undefined : { size: stored.size, root: parseHash(stored.root) };
    let given: { status: number; body?: string } = { status: 400 };
    judge(() => {
      const parsed = parseAddCheckpoint(request);
      const decision = decideAddCheckpoint(tree, parsed, parsed.claimed.origin === key.name ? [key] : undefined);
      given = decision.kind === 'accept' ? { status: 200 } : decision.answer;
    });
    expect(given).toMatchObject({ status, ...(body !== undefined && { body }) });
  });
});

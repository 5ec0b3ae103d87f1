/**
 * The copy that this node holds of another's log, under the paths at which that node itself serves it, behind a prefix: for its owner, who has lost something, and for a
 * party that leaves a host which no longer answers. All of it was public before; what is read here is checked against the owner's signature.
 */
import { formatBundle } from '@reciproca/tlog/bundle';
import { equalHashes, leafHash } from '@reciproca/tlog/hash';
import { formatTilePath, parseTilePath, TILE_WIDTH, type Tile } from '@reciproca/tlog/tile';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { originHash } from '@reciproca/tlog/witness';
import { z } from 'zod';
import type { Reader } from '../db/database.ts';
import { raw, type Endpoint } from '../http/endpoint.ts';
import { problem } from '../problem.ts';
import { filesOf } from './mirror.ts';
import { commitmentSchema } from './payload.ts';
import { answerPublicBody } from './routes.ts';

const origin = z.string().regex(/^[0-9a-f]{64}$/);

async function findMirrored(reader: Reader, hash: string) {
  const logs = await reader
    .selectFrom('logs')
    .select(['id', 'origin', 'is_own', 'proven_size', 'checkpoint'])
    .where('is_own', '=', false)
    .execute();
  return logs.find((log) => originHash(log.origin) === hash);
}

const checkpoint = raw({
  path: '/mirror/:origin/log/checkpoint',
  summary:
    'The latest checkpoint of another log up to which this node holds a copy; the log is named by the SHA-256 of its origin',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  params: z.object({ origin }),
  contentTypes: ['text/plain; charset=utf-8'],
  async handle({ reader }, { params }) {
    const log = await findMirrored(reader, params.origin);
    if (log?.checkpoint == null) throw problem.notFound({ what: 'checkpoint' });
    return { contentType: 'text/plain; charset=utf-8', body: log.checkpoint, cache: 'shared' };
  },
});

const tile = raw({
  path: '/mirror/:origin/log/tile/:path{.+}',
  summary: 'A tile of hashes, or a bundle of entries, of the copy of another log, by its path in the C2SP tile layout',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  params: z.object({ origin, path: z.string().max(200) }),
  contentTypes: ['application/octet-stream'],
  async handle({ reader, house }, { params }) {
    const log = await findMirrored(reader, params.origin);
    const asked = parsePath(`tile/${params.path}`);
    const span = asked.level === 'entries' ? 1 : TILE_WIDTH ** asked.level;
    if (!log || (asked.index * TILE_WIDTH + asked.width) * span > log.proven_size)
      throw problem.notFound({ what: 'tile' });
    const body =
      asked.level === 'entries'
        ? await readEntries(reader, log.id, asked)
        : await filesOf(house.journal.files, log).read(formatTilePath(asked));
    if (body === undefined) throw problem.notFound({ what: 'tile' });
    return { contentType: 'application/octet-stream', body, cache: 'immutable' };
  },
});

/** Entries are kept as acts, not as files. A leaf that repeats an act in other bytes than its author's may be gone; then there is no bundle. */
async function readEntries(reader: Reader, logId: number, { index, width }: Tile): Promise<Uint8Array | undefined> {
  const leaves = await reader
    .selectFrom('log_leaves')
    .leftJoin('acts', 'acts.id', 'log_leaves.act')
    .select(['log_leaves.leaf_hash as hash', 'log_leaves.raw', 'acts.jws'])
    .where('log_leaves.log_id', '=', logId)
    .where('log_leaves.index', '>=', index * TILE_WIDTH)
    .where('log_leaves.index', '<', index * TILE_WIDTH + width)
    .orderBy('log_leaves.index')
    .execute();
  const entries = leaves.map(({ raw: bytes, jws }) => bytes ?? jws ?? new Uint8Array());
  const isWhole =
    entries.length === width &&
    leaves.every(({ hash }, at) => equalHashes(hash, leafHash(entries[at] ?? new Uint8Array())));
  return isWhole ? formatBundle(entries) : undefined;
}

const body = raw({
  path: '/mirror/:origin/log/body/:commitment',
  summary: 'The public body that an act of another log commits to, as that node itself would give it',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  params: z.object({ origin, commitment: commitmentSchema }),
  contentTypes: ['application/json'],
  handle: ({ reader }, { params }) => answerPublicBody(reader, params.commitment),
});

function parsePath(path: string): Tile {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (error instanceof TlogError) throw problem.notFound({ what: 'tile' });
    throw error;
  }
}

export const mirrorEndpoints: readonly Endpoint[] = [checkpoint, tile, body];

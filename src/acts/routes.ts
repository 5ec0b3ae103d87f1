/** What anyone may read of this node's log, and what other nodes ask of it. Formats: C2SP tlog-tiles, tlog-witness. */
import { z } from 'zod';
import { originHash } from '@reciproca/tlog/witness';
import { formatTilePath, parseTilePath } from '@reciproca/tlog/tile';
import { TlogError } from '@reciproca/tlog/tlog-error';
import type { Reader } from '../db/database.ts';
import { raw, receive, type Endpoint, type RawAnswer } from '../http/endpoint.ts';
import { verifyPeer } from '../network/peer-request.ts';
import type { ActId } from '../ids.ts';
import { JsonError, parseJsonBytes } from '../json.ts';
import { problem } from '../problem.ts';
import { answerBodies, bodiesRequestSchema } from './bodies.ts';
import { answerAddCheckpoint } from './confirm.ts';
import { loadCheckpoint } from './confirm-note.ts';
import { commitmentSchema } from './payload.ts';
import { findProof } from './proof.ts';
import { findOwnLog } from './store.ts';

const text = 'text/plain; charset=utf-8';
const bytes = 'application/octet-stream';

const checkpoint = raw({
  path: '/log/checkpoint',
  summary: 'The latest signed checkpoint of the log, with every independent confirmation it has',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  contentTypes: [text],
  async handle({ reader }) {
    const note = await loadCheckpoint(reader);
    if (note === undefined) throw problem.notFound({ what: 'checkpoint' });
    return { contentType: text, body: note, cache: 'shared' };
  },
});

const tile = raw({
  path: '/log/tile/:path{.+}',
  summary: 'A tile of hashes, or a bundle of entries, by its path in the C2SP tile layout',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  params: z.object({ path: z.string().max(200) }),
  contentTypes: [bytes],
  async handle({ reader, house }, { params }) {
    const path = parsePath(`tile/${params.path}`);
    // A file may lie there that no checkpoint covers yet: only what was signed is served.
    const size = (await findOwnLog(reader))?.provenSize ?? 0;
    const span = path.level === 'entries' ? 1 : 256 ** path.level;
    if ((path.index * 256 + path.width) * span > size) throw problem.notFound({ what: 'tile' });
    const content = await house.journal.files.read(formatTilePath(path));
    if (content === undefined) throw problem.notFound({ what: 'tile' });
    return { contentType: bytes, body: content, cache: 'immutable' };
  },
});

function parsePath(path: string) {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (error instanceof TlogError) throw problem.notFound({ what: 'tile' });
    throw error;
  }
}

const publicBody = raw({
  path: '/log/body/:commitment',
  summary: 'The public body that an act commits to, with the salt that opens the commitment',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  params: z.object({ commitment: commitmentSchema }),
  contentTypes: ['application/json'],
  handle: ({ reader }, { params }) => answerPublicBody(reader, params.commitment),
});

export async function answerPublicBody(reader: Reader, commitment: string): Promise<RawAnswer> {
  const row = await reader
    .selectFrom('act_bodies')
    .select(['salt', 'body', 'erased_by'])
    .where('commitment', '=', commitment)
    .where('is_public', '=', true)
    // Two acts may commit to it, one of them erased.
    .orderBy((order) => order('body', 'is', null))
    .executeTakeFirst();
  if (row?.erased_by != null) throw problem.bodyErased({});
  if (!row?.salt || !row.body) throw problem.notFound({ what: 'body' });
  const body = JSON.stringify({ salt: row.salt.toString('base64url'), body: row.body.toString('base64url') });
  return { contentType: 'application/json', body, cache: 'shared' };
}

const proof = raw({
  path: '/log/proof/:act',
  summary:
    'That copy-keepers hold an act which stands under an instrument (C2SP tlog-proof); absent while that is pending',
  for: 'anyone',
  scope: 'node',
  limit: 'federation',
  params: z.object({ act: commitmentSchema }),
  contentTypes: [text],
  async handle({ reader }, { params }) {
    const found = await findProof(reader, params.act as ActId);
    if (found === undefined) throw problem.notFound({ what: 'proof' });
    return { contentType: text, body: found, cache: 'shared' };
  },
});

const addCheckpoint = receive({
  path: '/witness/add-checkpoint',
  summary: 'Asks this node to confirm that a log it follows has only grown (C2SP tlog-witness)',
  scope: 'node',
  bodyLimitBytes: 64_000,
  // The protocol asks for none.
  accepts: ['*/*'],
  contentTypes: [text],
  async handle(work, request) {
    return answerAddCheckpoint(work, request.bytes);
  },
});

const witnessed = raw({
  path: '/witness/:origin/checkpoint',
  summary:
    'The latest checkpoint of another log that this node has confirmed; the log is named by the SHA-256 of its origin',
  for: 'anyone',
  scope: 'node',
  params: z.object({ origin: z.string().regex(/^[0-9a-f]{64}$/) }),
  contentTypes: [text],
  async handle({ reader }, { params }) {
    const rows = await reader.selectFrom('witnessed').select(['origin', 'note']).execute();
    const row = rows.find(({ origin }) => originHash(origin) === params.origin);
    if (!row) throw problem.notFound({ what: 'checkpoint' });
    return { contentType: text, body: row.note, cache: 'shared' };
  },
});

const bodies = receive({
  path: '/federation/bodies',
  summary: 'Gives a known node the bodies of acts that a party it hosts may read now',
  scope: 'node',
  bodyLimitBytes: 16_000,
  accepts: ['application/json'],
  contentTypes: ['application/json'],
  async handle(work, request) {
    const peer = await verifyPeer(work, request);
    const hosted = await work.tx.db.selectFrom('parties').select('did').where('log_id', '=', peer.id).execute();
    const acts = parseRequest(request.bytes);
    const answer = await answerBodies(
      { reader: work.tx.db, house: work.house },
      acts,
      hosted.map((party) => party.did),
    );
    return { contentType: 'application/json', body: JSON.stringify(answer) };
  },
});

function parseRequest(body: Uint8Array) {
  try {
    return bodiesRequestSchema.parse(parseJsonBytes(body, 16_000)).acts;
  } catch (error) {
    if (error instanceof JsonError || error instanceof z.ZodError)
      throw problem.bodyUnreadable({ reason: error.message }, error);
    throw error;
  }
}

const hint = receive({
  path: '/federation/hint',
  summary: 'Says that a log this node follows has grown. A hint: nothing is believed of it',
  scope: 'node',
  bodyLimitBytes: 400,
  accepts: ['text/plain'],
  contentTypes: [text],
  async handle({ tx, house }, request) {
    const origin = Buffer.from(request.bytes).toString('utf8').trim();
    const log = await tx.db
      .selectFrom('logs')
      .select('id')
      .where('origin', '=', origin)
      .where('is_own', '=', false)
      .executeTakeFirst();
    if (log) tx.onCommit(() => house.rounds.hint(log.id));
    return { contentType: text, body: '', status: 202 };
  },
});

export const logEndpoints: readonly Endpoint[] = [
  checkpoint,
  tile,
  publicBody,
  proof,
  addCheckpoint,
  witnessed,
  bodies,
  hint,
];

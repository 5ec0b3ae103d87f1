/** A journal as its node publishes it: the signed checkpoint, every entry, the public bodies. Recorded from running nodes, served like a node serves it. */
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { formatBundle } from '@reciproca/tlog/bundle';
import { openTree } from '@reciproca/tlog/client';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { parseTilePath, TILE_WIDTH } from '@reciproca/tlog/tile';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseAct } from '../../src/acts/jws.ts';
import { parseSummary } from '../../src/acts/protocol.ts';
import { nodeOpen } from '../../src/acts/spine-types.ts';
import { findLogByOrigin } from '../../src/acts/store.ts';
import type { House } from '../../src/house.ts';

export interface GoldenJournal {
  readonly origin: string;
  readonly checkpoint: string;
  /** Compact JWS, in log order. */
  readonly entries: readonly string[];
  /** By commitment; base64url. */
  readonly bodies: Readonly<Record<string, { readonly salt: string; readonly body: string }>>;
}

export async function recordJournal({ database, journal }: House): Promise<GoldenJournal> {
  const { log, rows } = await database.read('node', async (reader) => ({
    log: await reader.selectFrom('logs').selectAll().where('is_own', '=', true).executeTakeFirstOrThrow(),
    rows: await reader
      .selectFrom('act_bodies')
      .selectAll()
      .where('is_public', '=', true)
      .orderBy('commitment')
      .execute(),
  }));
  const head = openCheckpoint(log.checkpoint ?? '', [makeNoteVerifier(parseVkey(log.vkey))]);
  const tree = await openTree(head, (path) => journal.files.read(path));
  const entries: string[] = [];
  for await (const { entry } of tree.readEntries(0, head.size)) entries.push(Buffer.from(entry).toString('latin1'));
  const bodies = rows.flatMap(({ commitment, salt, body }) =>
    salt && body ? [[commitment, { salt: salt.toString('base64url'), body: body.toString('base64url') }] as const] : [],
  );
  return { origin: log.origin, checkpoint: log.checkpoint ?? '', entries, bodies: Object.fromEntries(bodies) };
}

/** The log's id at a node that follows it from now on. */
export async function knowJournal({ database }: House, { origin, entries }: GoldenJournal): Promise<number> {
  const { payload } = parseAct(Buffer.from(entries[0] ?? '', 'latin1'));
  const { url, log: vkey, cosigner: cosigner_vkey, transport: transport_key } = parseSummary(nodeOpen, payload);
  return database.transact('node', { system: 'federation' }, async ({ db }) => {
    const known = await findLogByOrigin(db, origin);
    if (known) return known.id;
    const keys = { vkey, cosigner_vkey, transport_key };
    const { id } = await db
      .insertInto('logs')
      .values({ origin, url, operator: payload.party, ...keys, is_own: false, checkpoint: null, closed_reason: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  });
}

export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Only bundles are asked for by who rebuilds the tree; its hashes are computed there. */
export async function serveJournal(journal: GoldenJournal): Promise<Served> {
  const answer = (path: string): Uint8Array | string | undefined => {
    if (path === '/log/checkpoint') return journal.checkpoint;
    if (path.startsWith('/log/body/')) {
      const body = journal.bodies[path.slice('/log/body/'.length)];
      return body && JSON.stringify(body);
    }
    if (!path.startsWith('/log/tile/entries/')) return undefined;
    const { index, width } = parseTilePath(path.slice('/log/'.length));
    const start = index * TILE_WIDTH;
    return formatBundle(journal.entries.slice(start, start + width).map((entry) => Buffer.from(entry, 'latin1')));
  };
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

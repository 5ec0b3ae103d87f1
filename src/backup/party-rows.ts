/**
 * A party's own rows in one encrypted file, and their way into another node: everything that carries its party_id, the private bodies it may read, the
 * files behind its submissions, and the names of the people who did things in it. Not the accounts: people are let in anew where the party goes.
 *
 * Numbers that a table gives itself are taken there already, so they are shifted past the highest one, and with them every column that refers to them;
 * which those are is read from the database's own foreign keys. A row that refers to what the other node does not have (an act in a log that it does not
 * follow) stays out and is counted.
 */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, type ClientConfig } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { opensCommitment } from '../acts/body.ts';
import type { Did, PartyId } from '../ids.ts';
import { OperatorError } from '../operator-error.ts';
import { createArchive, readArchive } from './archive.ts';
import { listTables, type TableFacts } from './tables.ts';

/** Of the node, not of the party: who may enter, what the node signs with, and its own account of what was done on it. */
const leftOut = new Set([
  'memberships',
  'api_tokens',
  'invitations',
  'sessions',
  'prepared_acts',
  'private_keys',
  'audit',
]);

export interface PartyPlace {
  readonly connection: ClientConfig;
  readonly dataDir: string;
  readonly party: PartyId;
}

export interface PartyRows {
  readonly rows: number;
  /** Rows that refer to something the other node does not have. */
  readonly leftOut: number;
  readonly bodies: number;
  readonly files: number;
}

interface Body {
  readonly act: string;
  readonly commitment: string;
  readonly salt: string;
  readonly body: string;
  readonly release: string | null;
}

export async function exportParty(
  { connection, dataDir, party }: PartyPlace,
  did: Did,
  path: string,
  passphrase: string,
): Promise<PartyRows> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local row_security = off');
    const archive = await createArchive(path, passphrase);
    const summary = { rows: 0, leftOut: 0, bodies: 0, files: 0 };
    const open = (what: object): Promise<void> => archive.write('open', Buffer.from(JSON.stringify(what)));
    const close = (): Promise<void> => archive.write('close', Buffer.from('{}'));
    await archive.write('manifest', Buffer.from(JSON.stringify({ format: 'reciproca-party/1', did, party })));
    const tables = await listPartyTables(client);
    await open({ people: true });
    for (const person of await listPeople(client, tables, party))
      await archive.write('data', Buffer.from(JSON.stringify(person)));
    await close();
    for (const { name, sql, columns } of tables) {
      await open({ table: name, columns });
      const copy = client.query(
        copyTo(
          `copy (select ${columns.join(', ')} from ${sql} where party_id = ${client.escapeLiteral(party)}) to stdout`,
        ),
      );
      for await (const chunk of copy as AsyncIterable<Buffer>) await archive.write('data', chunk);
      await close();
      summary.rows += copy.rowCount;
    }
    const { rows: bodies } = await client.query<Body>(
      `select act, commitment, encode(salt, 'base64') as salt, encode(body, 'base64') as body, release_on::text as release
       from act_bodies where $1 = any (readers) and not is_public and body is not null order by act`,
      [party],
    );
    await open({ bodies: bodies.length });
    for (const body of bodies) await archive.write('data', Buffer.from(JSON.stringify(body)));
    await close();
    const root = join(dataDir, 'attachments', party);
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      await open({ file: relative(root, file) });
      for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) await archive.write('data', chunk);
      await close();
      summary.files += 1;
    }
    await archive.write('end', Buffer.from('{}'));
    await archive.finish();
    return { ...summary, bodies: bodies.length };
  } finally {
    await client.end();
  }
}

async function listPartyTables(client: Client): Promise<TableFacts[]> {
  return (await listTables(client)).filter(({ name, columns }) => columns.includes('party_id') && !leftOut.has(name));
}

interface Person {
  readonly id: string;
  readonly name: string;
}

async function listPeople(client: Client, tables: readonly TableFacts[], party: PartyId): Promise<Person[]> {
  const references = (await listReferences(client)).filter(({ parent }) => parent === 'accounts');
  const found = tables.flatMap(({ name, sql }) =>
    references
      .filter(({ child }) => child === name)
      .map(({ columns: [column] }) => `select ${column} from ${sql} where party_id = $1`),
  );
  if (found.length === 0) return [];
  const { rows } = await client.query<Person>(
    `select id, name from accounts where id in (${found.join(' union ')}) order by id`,
    [party],
  );
  return rows;
}

interface Reference {
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
}

async function listReferences(client: Client): Promise<Reference[]> {
  const { rows } = await client.query<{ child: string; parent: string; columns: string[]; parents: string[] }>(`
    select child.relname as child, parent.relname as parent,
      (select array_agg(a.attname::text order by key.at) from unnest(k.conkey) with ordinality as key (number, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = key.number) as columns,
      (select array_agg(a.attname::text order by key.at) from unnest(k.confkey) with ordinality as key (number, at)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = key.number) as parents
    from pg_constraint k join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
    where k.contype = 'f' and child.relnamespace = 'public'::regnamespace and not child.relispartition`);
  return rows.map(({ child, parent, columns, parents }) => ({ child, parent, columns, parentColumns: parents }));
}

async function listNumbered(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ table: string; column: string }>(`
    select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attidentity <> '' and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`);
  return new Map(rows.map(({ table, column }) => [table, column]));
}

/** One transaction for the rows; files before it. Into a party that was just taken over and has no rows of its own yet. */
export async function importParty(
  { connection, dataDir, party }: PartyPlace,
  did: Did,
  path: string,
  passphrase: string,
): Promise<PartyRows> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query('begin');
    const tables = await listPartyTables(client);
    for (const { sql } of tables) {
      const { rows } = await client.query<{ used: boolean }>(
        `select exists (select from ${sql} where party_id = $1) as used`,
        [party],
      );
      if (rows[0]?.used)
        throw new OperatorError(
          'The party has rows on this node already. They are brought once, right after it was taken over.',
        );
    }
    const summary = { rows: 0, leftOut: 0, bodies: 0, files: 0 };
    const context = await describeTarget(client, tables);
    let entry: { table?: string; columns?: string[]; people?: boolean; bodies?: number; file?: string } = {};
    let chunks: Buffer[] = [];
    for await (const { kind, bytes } of readArchive(path, passphrase)) {
      if (kind === 'manifest') {
        const manifest = JSON.parse(bytes.toString('utf8')) as { format: string; did: string };
        if (manifest.format !== 'reciproca-party/1' || manifest.did !== did)
          throw new OperatorError(`${path} is not an export of ${did}.`);
      } else if (kind === 'open') {
        entry = JSON.parse(bytes.toString('utf8')) as typeof entry;
        chunks = [];
      } else if (kind === 'data') chunks.push(Buffer.from(bytes));
      else if (kind === 'close') {
        if (entry.people)
          for (const chunk of chunks) await keepPerson(client, JSON.parse(chunk.toString('utf8')) as Person);
        else if (entry.bodies !== undefined)
          for (const chunk of chunks)
            summary.bodies += await keepBody(client, party, JSON.parse(chunk.toString('utf8')) as Body);
        else if (entry.file !== undefined) {
          await keepFile(join(dataDir, 'attachments', party), entry.file, Buffer.concat(chunks));
          summary.files += 1;
        } else if (entry.table !== undefined) {
          const done = await keepRows(client, context, party, entry.table, entry.columns ?? [], chunks);
          summary.rows += done.kept;
          summary.leftOut += done.leftOut;
        }
      }
    }
    await client.query('commit');
    return summary;
  } finally {
    await client.end();
  }
}

interface Target {
  readonly tables: readonly TableFacts[];
  readonly references: readonly Reference[];
  readonly numbered: ReadonlyMap<string, string>;
  /** The highest number of each table before anything came. */
  readonly shifts: ReadonlyMap<string, number>;
}

async function describeTarget(client: Client, tables: readonly TableFacts[]): Promise<Target> {
  const numbered = await listNumbered(client);
  const shifts = new Map<string, number>();
  for (const { name, sql } of tables) {
    const column = numbered.get(name);
    if (column === undefined) continue;
    const { rows } = await client.query<{ highest: number }>(
      `select coalesce(max(${column}), 0)::float8 as highest from ${sql}`,
    );
    shifts.set(name, rows[0]?.highest ?? 0);
  }
  return { tables, references: await listReferences(client), numbered, shifts };
}

/** By how much a column moves: its own number's shift, or that of what it refers to, however indirectly. */
function shiftOf(target: Target, table: string, column: string): number {
  if (target.numbered.get(table) === column) return target.shifts.get(table) ?? 0;
  for (const { child, parent, columns, parentColumns } of target.references) {
    const at = columns.indexOf(column);
    const there = parentColumns[at];
    if (child !== table || at < 0 || there === undefined || (parent === table && there === column)) continue;
    const shift = shiftOf(target, parent, there);
    if (shift !== 0) return shift;
  }
  return 0;
}

async function keepRows(
  client: Client,
  target: Target,
  party: PartyId,
  table: string,
  columns: readonly string[],
  chunks: readonly Buffer[],
) {
  const facts = target.tables.find(({ name }) => name === table);
  if (!facts)
    throw new OperatorError(`This version has no table ${table}: bring both nodes to the same version first.`);
  await client.query(`create temporary table arriving (like ${facts.sql}) on commit drop`);
  // Dropped below; what the table computes by itself is not in the file.
  for (const column of await listNotNull(client, facts, columns))
    await client.query(`alter table arriving alter column ${column} drop not null`);
  const copy = client.query(copyFrom(`copy arriving (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from(chunks, { objectMode: false }), copy);
  const sets = columns.flatMap((column) => {
    if (column === 'party_id') return [`party_id = ${client.escapeLiteral(party)}`];
    const shift = shiftOf(target, table, column);
    return shift === 0 ? [] : [`${column} = ${column} + ${shift}`];
  });
  await client.query(`update arriving set ${sets.join(', ')}`);
  const conditions = target.references
    .filter(({ child, parent }) => child === table && parent !== table)
    .map(({ parent, columns: own, parentColumns }) => {
      const isAbsent = own.map((column) => `arriving.${column} is null`).join(' or ');
      const isThere = own.map((column, at) => `parent.${parentColumns[at]} = arriving.${column}`).join(' and ');
      return `(${isAbsent} or exists (select from ${client.escapeIdentifier(parent)} parent where ${isThere}))`;
    });
  const list = columns.join(', ');
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const { rowCount } = await client.query(
    `insert into ${facts.sql} (${list}) overriding system value select ${list} from arriving${where}`,
  );
  await client.query('drop table arriving');
  const numbered = target.numbered.get(table);
  if (numbered !== undefined)
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce((select max(${numbered}) from ${facts.sql}), 0) + 1, false)`,
      [facts.sql, numbered],
    );
  const kept = rowCount ?? 0;
  return { kept, leftOut: copy.rowCount - kept };
}

async function listNotNull(client: Client, { sql }: TableFacts, columns: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ column: string }>(
    `select quote_ident(attname) as column from pg_attribute where attrelid = $1::regclass and attnum > 0 and attnotnull and not attisdropped`,
    [sql],
  );
  return rows.map(({ column }) => column).filter((column) => !columns.includes(column));
}

/** A name beside what the person did. Nobody can sign in with it: the address leads nowhere and the password is no hash. */
async function keepPerson(client: Client, { id, name }: Person): Promise<void> {
  await client.query(
    `insert into accounts (id, email, name, password_hash, created_at) values ($1, $1 || '@moved.invalid', $2, '!', now()) on conflict do nothing`,
    [id, name],
  );
}

async function keepBody(
  client: Client,
  party: PartyId,
  { act, commitment, salt, body, release }: Body,
): Promise<number> {
  const [saltBytes, bytes] = [Buffer.from(salt, 'base64'), Buffer.from(body, 'base64')];
  // What an export says is believed only as far as the signed act commits to it, and not if it was erased since.
  if (!opensCommitment(commitment, saltBytes, bytes)) return 0;
  const { rowCount } = await client.query(
    `insert into act_bodies (act, commitment, salt, body, is_public, readers, release_on)
     select id, commitment, $3, $4, false, array[$5::uuid], $6::date from acts where id = $1 and commitment = $2
       and not exists (
         select from erasures
         join acts as eraser on eraser.id = erasures.act
         join acts as own on own.commitment = acts.commitment and own.party = eraser.party and own.subject = eraser.subject
         where erasures.commitment = acts.commitment and own.saved_order <= acts.saved_order)
     on conflict (act) do nothing`,
    [act, commitment, saltBytes, bytes, party, release],
  );
  await client.query(
    'delete from wanted_bodies where act = $1 and exists (select from act_bodies where act_bodies.act = $1)',
    [act],
  );
  return rowCount ?? 0;
}

async function keepFile(root: string, name: string, bytes: Buffer): Promise<void> {
  const path = normalize(name);
  if (path.startsWith('..') || path.startsWith('/'))
    throw new OperatorError(`The export names a file outside its directory: ${name}`);
  await mkdir(dirname(join(root, path)), { recursive: true, mode: 0o700 });
  await writeFile(join(root, path), bytes, { mode: 0o600, flush: true });
}

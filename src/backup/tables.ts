/** The tables of a node in an order in which rows can be put back: what others refer to comes first. */
import type { Client } from 'pg';

export interface TableFacts {
  readonly name: string;
  /** Quoted, schema included. */
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Migrations write their own rows. */
const leftOut = new Set(['schema_migrations']);

export async function listTables(client: Client): Promise<TableFacts[]> {
  const { rows: tables } = await client.query<{ name: string; sql: string; columns: string[] }>(`
    select c.relname as name, format('%I.%I', n.nspname, c.relname) as sql,
      array(select quote_ident(a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by c.relname`);
  const { rows: references } = await client.query<{ child: string; parent: string }>(`
    select distinct child.relname as child, parent.relname as parent from pg_constraint k
    join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
    where k.contype = 'f' and k.conrelid <> k.confrelid`);
  const ordered: TableFacts[] = [];
  const placed = new Set<string>(leftOut);
  let left = tables.filter(({ name }) => !leftOut.has(name));
  while (left.length > 0) {
    const ready = left.filter(({ name }) =>
      references.every(({ child, parent }) => child !== name || placed.has(parent)),
    );
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${left.map(({ name }) => name).join(', ')}`);
    for (const table of ready) placed.add(table.name);
    ordered.push(...ready);
    left = left.filter(({ name }) => !placed.has(name));
  }
  return ordered;
}

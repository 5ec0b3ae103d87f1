import { Kysely, PostgresDialect, PostgresDriver, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { AccountId, PartyId } from '../ids.ts';
import { Problem } from '../problem.ts';
import { problemOfDatabaseError } from './constraints.ts';
import type { Tables } from './schema.ts';

/**
 * Who a transaction works for. `party`: row-level security shows the rows of that party only. `node`: the tables that belong to the
 * whole node (log, peers, accounts); rows that carry a party_id are invisible.
 */
export type Scope = { readonly party: PartyId } | 'node';

/** Who did it, for the audit row: a person's account, or the part of the node that acts by itself. */
export type Actor =
  { readonly account: AccountId } | { readonly system: 'jobs' | 'federation' | 'command-line' | 'set-up' };

/** Reads one consistent snapshot; the database itself refuses writes. */
export type Reader = Pick<Transaction<Tables>, 'selectFrom' | 'with' | 'fn' | 'getExecutor'>;

/** Needed to write. Everything done with it is committed together, or not at all. */
export interface Tx {
  readonly db: Transaction<Tables>;
  readonly party: PartyId | undefined;
  readonly actor: Actor;
  /** The instant this transaction calls "now", the same for everything in it. */
  readonly now: Date;
  /** Runs after COMMIT and is awaited. A hint only: a crash before it loses it, so whatever it does must also be found by a sweep. */
  onCommit(run: () => Promise<void> | void): void;
  /**
   * Writes the audit row of a change in the same transaction, or the rows of many alike. `details` carries identifiers and codes, never names
   * or free text.
   */
  audit(action: string, details?: AuditDetails | readonly AuditDetails[]): Promise<void>;
}

type AuditDetails = Readonly<Record<string, unknown>>;

export interface Database {
  read<T>(scope: Scope, run: (reader: Reader) => Promise<T>): Promise<T>;
  transact<T>(scope: Scope, actor: Actor, run: (tx: Tx) => Promise<T>): Promise<T>;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

// Whole numbers beyond 2^53 would be silently wrong as JavaScript numbers; none of ours can be, and if one were it must not pass.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint out of range: ${text}`);
  return value;
});
// A plain date has no time zone; it stays the text YYYY-MM-DD.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** Opens the pool and nothing else: migrations and clusters are others' work. Statements run as the role reciproca_app, under row-level security. */
export function openDatabase(connection: pg.PoolConfig, clock: Clock): Database {
  const pool = new pg.Pool({ max: 16, connectionTimeoutMillis: 10_000, application_name: 'reciproca', ...connection });
  // A connection lost with its server fails the statement under way and is replaced at next use; without listeners Node would end the
  // process. The pool's own listener is off while a connection is lent out.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const kysely = new Kysely<Tables>({ dialect: new LateBeginDialect({ pool }) });

  return {
    pool,
    async read(scope, run) {
      try {
        return await kysely.transaction().execute(async (db) => {
          await begin(db, 'isolation level repeatable read, read only', scope);
          return run(db);
        });
      } catch (error) {
        throw problemOfDatabaseError(error);
      }
    },
    async transact(scope, actor, run) {
      const after: (() => Promise<void> | void)[] = [];
      try {
        const result = await kysely.transaction().execute(async (db) => {
          await begin(db, 'isolation level read committed, read write', scope);
          return run(writer(db, scope, actor, clock.now(), after));
        });
        await Promise.all(after.map(async (run) => run()));
        return result;
      } catch (error) {
        throw error instanceof Problem ? error : problemOfDatabaseError(error);
      }
    },
    async close() {
      await kysely.destroy();
    },
  };
}

/** Kysely begins a transaction in a round trip of its own; ours begin with the statements that say whom they work for. */
class LateBeginDialect extends PostgresDialect {
  readonly #config: { readonly pool: pg.Pool };

  constructor(config: { readonly pool: pg.Pool }) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new LateBeginDriver(this.#config);
  }
}

class LateBeginDriver extends PostgresDriver {
  override async beginTransaction(): Promise<void> {}
}

/** Several statements in one message take no parameters; `lit` quotes. A failure in between leaves an aborted transaction, which is rolled back. */
async function begin(db: Transaction<Tables>, mode: string, scope: Scope): Promise<void> {
  const party = sql.lit(scope === 'node' ? '' : scope.party);
  await sql`begin ${sql.raw(mode)}; set local role reciproca_app; set local reciproca.party to ${party}`.execute(db);
}

function writer(
  db: Transaction<Tables>,
  scope: Scope,
  actor: Actor,
  now: Date,
  after: (() => Promise<void> | void)[],
): Tx {
  const party = scope === 'node' ? undefined : scope.party;
  return {
    db,
    party,
    actor,
    now,
    onCommit: (run) => void after.push(run),
    async audit(action, details = {}) {
      const all = Array.isArray(details) ? (details as readonly AuditDetails[]) : [details];
      if (all.length === 0) return;
      const shared = {
        at: now,
        party_id: party ?? null,
        account_id: 'account' in actor ? actor.account : null,
        system: 'system' in actor ? actor.system : null,
        action,
      };
      await db
        .insertInto('audit')
        .values(all.map((one) => ({ ...shared, details: JSON.stringify(one) })))
        .execute();
    },
  };
}

interface AuditTable {
  at: Date;
  party_id: PartyId | null;
  account_id: AccountId | null;
  system: string | null;
  action: string;
  details: string;
}

declare module './schema.ts' {
  interface Tables {
    audit: AuditTable;
  }
}

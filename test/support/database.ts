import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface TestDatabase extends AsyncDisposable {
  /** For openDatabase, pg and the like: as the role that owns the database, as in production. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
}

/**
 * A database of the test's own, with all migrations applied, or with nothing in it. Commits are seen, as in production. It is dropped on
 * disposal: `await using database = await createTestDatabase()`.
 */
export async function createTestDatabase(contents: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const database = `test_${randomBytes(8).toString('hex')}`;
  const template = contents === 'migrated' ? 'reciproca_template' : 'template0';
  await runAsSuperuser(`create database ${database} template ${template} owner reciproca strategy file_copy`);
  const { socketDir, port } = inject('testCluster');
  return {
    connection: { host: socketDir, port, user: 'reciproca', database },
    [Symbol.asyncDispose]: () => runAsSuperuser(`drop database if exists ${database} with (force)`),
  };
}

async function runAsSuperuser(statement: string): Promise<void> {
  const { socketDir, port } = inject('testCluster');
  const client = new Client({ host: socketDir, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

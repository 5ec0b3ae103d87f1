/**
 * A node that was moved must not go on where it was: two of one key would fork the log. The fence is in the database, because that is what both a
 * data directory and a DATABASE_URL have. It is set after the backup is whole, so the node that comes out of it has none.
 */
import { Client, type ClientConfig } from 'pg';
import { OperatorError } from '../operator-error.ts';

const mark = 'moved ';

export async function fence(connection: ClientConfig, file: string, now: Date): Promise<void> {
  await withClient(connection, (client) =>
    client.query('update logs set closed_reason = $1 where is_own', [`${mark}${now.toISOString()} ${file}`]),
  );
}

export async function refuseIfMoved(connection: ClientConfig): Promise<void> {
  const { rows } = await withClient(connection, (client) =>
    client.query<{ reason: string | null }>('select closed_reason as reason from logs where is_own'),
  );
  const reason = rows[0]?.reason;
  if (!isMoved(reason)) return;
  const [, at, ...file] = reason.split(' ');
  throw new OperatorError(
    `This node was moved at ${at} with the backup ${file.join(' ')}, and goes on where that was put back.\n` +
      'It must not run here again: two nodes with the same keys would contradict each other. To come back, move it back with a backup of the other one.',
  );
}

function isMoved(reason: string | null | undefined): reason is string {
  return reason?.startsWith(mark) === true;
}

async function withClient<T>(connection: ClientConfig, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connection);
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** What every command needs: configuration, database, migrations, one house; and everything closed again in the opposite order. */
import type { PoolConfig } from 'pg';
import { openHouse, type OpenHouse } from '../app.ts';
import { systemClock, type Clock } from '../clock.ts';
import { readConfig, type Config } from '../config.ts';
import { refuseIfMoved } from '../backup/move.ts';
import { openCluster } from '../db/cluster.ts';
import { migrate } from '../db/migrate.ts';
import { openLog, type Logger } from '../log.ts';
import { settleAddress } from './settled-address.ts';

export interface CommandHouse extends AsyncDisposable {
  readonly config: Config;
  readonly log: Logger;
  readonly house: OpenHouse;
  /** As the owner of the database, past row-level security. */
  readonly connection: PoolConfig;
}

export async function openCommandHouse(
  mode: 'serve' | 'join',
  config: Config = readConfig(),
  clock: Clock = systemClock,
): Promise<CommandHouse> {
  // What lies in the data directory, uploads and attachments too, is for this user alone; others may only pass through to the database.
  process.umask(0o077);
  // Commands answer on standard output; what happened on the way is said beside it.
  const log = openLog({ level: config.logLevel, clock, target: mode === 'serve' ? process.stdout : process.stderr });
  const cluster = await openCluster({ dataDir: config.dataDir, mode, log, databaseUrl: config.databaseUrl });
  try {
    await migrate(cluster.connection, log);
    // Work done where a node no longer is would be lost with it.
    await refuseIfMoved(cluster.connection);
    const settled = await settleAddress(config, cluster.connection);
    const house = await openHouse({ config: settled, connection: cluster.connection, clock, log });
    return {
      config: settled,
      log,
      house,
      connection: cluster.connection,
      async [Symbol.asyncDispose]() {
        await house.close();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

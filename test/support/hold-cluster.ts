import { systemClock } from '../../src/clock.ts';
import { openCluster } from '../../src/db/cluster.ts';
import { openLog } from '../../src/log.ts';

// A process that opens the cluster of a data directory, says so in one line of JSON, and lets go of it on SIGTERM.
// The tests of src/db/cluster.ts start several of these and kill them in all the ways that processes die.

const [dataDir, mode] = process.argv.slice(2);
if (dataDir === undefined || (mode !== 'serve' && mode !== 'join'))
  throw new Error('usage: hold-cluster.ts DIR serve|join');
const log = openLog({ level: 'info', clock: systemClock, target: process.stderr });
const cluster = await openCluster({ dataDir, mode, log, durable: process.argv[4] !== 'throwaway' });
const keepAlive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => {
  void cluster.stop().then(() => clearInterval(keepAlive));
});
process.stdout.write(`${JSON.stringify({ connection: cluster.connection, description: cluster.description })}\n`);

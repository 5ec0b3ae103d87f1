import { join } from 'node:path';
import { Command } from 'commander';
import { endpointsOf, openDoor } from '../app.ts';
import { buildApplication } from '../http/application.tsx';
import { listen } from '../http/server.ts';
import { openCommandHouse } from './with-house.ts';

export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the node: pages, API, log, jobs. The environment decides where (docs/operating.md).')
    .action(serve);
}

async function serve(): Promise<void> {
  await using command = await openCommandHouse('serve');
  const { house, config, log } = command;
  const server = await listen({ port: config.port, host: config.host }, () =>
    buildApplication({
      house,
      endpoints: endpointsOf(house),
      door: openDoor(house),
      publicUrl: config.publicUrl,
      temporaryDirectory: join(config.dataDir, 'tmp'),
    }),
  );
  // Whatever was saved when the process last ended, and what peers did meanwhile.
  await house.journal.run();
  house.rounds.start();
  house.rounds.wake();
  await house.jobs.work(house);
  log.info('ready', { address: config.publicUrl });
  process.stdout.write(`\nReciproca is ready at ${config.publicUrl}\n`);
  await stopSignal();
  log.info('stopping');
  await server.stop();
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

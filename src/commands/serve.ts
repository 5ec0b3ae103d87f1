import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { endpoints } from '../app.ts';
import { openDoor } from '../network/people/door.ts';
import type { Config } from '../config.ts';
import { work, type House } from '../house.ts';
import { createFirstAdministrator, inviteFirstAdministrator } from '../network/people/actions.ts';
import { OperatorError } from '../operator-error.ts';
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
      endpoints,
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
  await openFirstAccount(house, config);
  log.info('ready', { address: config.publicUrl });
  process.stdout.write(`\nReciproca is ready at ${config.publicUrl}\n`);
  await stopSignal();
  log.info('stopping');
  await server.stop();
}

/** On a node that nobody has an account on: the account the environment names, or a link that makes one, once. */
async function openFirstAccount(house: House, config: Config): Promise<void> {
  const { firstAdministrator } = config;
  const path = await work(house, 'node', { system: 'set-up' }, async (w) => {
    if (!firstAdministrator) return inviteFirstAdministrator(w);
    const { email, passwordFile } = firstAdministrator;
    await createFirstAdministrator(w, { name: email, email, password: readPassword(passwordFile), language: null });
    return undefined;
  });
  if (path !== undefined)
    process.stdout.write(
      `\nNobody has an account here yet. Open this link to make the first one; it works once:\n  ${config.publicUrl}${path}\n`,
    );
}

function readPassword(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new OperatorError(`RECIPROCA_ADMIN_PASSWORD_FILE: ${(error as Error).message}`);
  }
}

// Not `once`: at a terminal both it and npm pass Ctrl-C on, and the second would end the process in the middle of its stop.
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}

/**
 * Has the running node look for tables that are due, as its clock does every ten minutes: a run with kills is shorter than that. Exit code 0: the
 * round is queued, with a COMMIT.
 */
import { openCommandHouse } from '../../src/commands/with-house.ts';
import { exchangeRound } from '../../src/exchange/jobs.ts';
import { work } from '../../src/house.ts';

await using command = await openCommandHouse('join');
const { house } = command;
await work(house, 'node', { system: 'command-line' }, ({ tx }) => house.jobs.enqueue(tx, exchangeRound, {}));

/**
 * Detection as a node does it, in a process of its own, so that it can be killed and measured; its argument is the party. One line of JSON after each
 * batch and at the end: series so far, and seconds spent waiting for the database and computing.
 */
import pg from 'pg';
import { openCommandHouse } from '../src/commands/with-house.ts';
import { readConfig } from '../src/config.ts';
import type { PartyId } from '../src/ids.ts';
import { detectChanges } from '../src/surveillance/signals/detection.ts';

export interface RunLine {
  /** Done in this process. */
  readonly series: number;
  readonly seconds: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly isDone: boolean;
}

const [party = ''] = process.argv.slice(2);
let readMs = 0;
let writeMs = 0;
timeQueries();
await using command = await openCommandHouse('join', readConfig());
const started = performance.now();
const cpu = process.cpuUsage();
readMs = 0;
writeMs = 0;
let series = 0;
await detectChanges(command.house, party as PartyId, 'command-line', (soFar) => {
  series = soFar;
  print(false);
});
print(true);

/** The job has one statement under way at a time, so what is not spent waiting for one is spent computing. */
function timeQueries(): void {
  const { prototype } = pg.Client;
  const query = prototype.query as (...args: unknown[]) => unknown;
  prototype.query = function timed(this: pg.Client, ...args: unknown[]): unknown {
    const asked = performance.now();
    const answer = query.apply(this, args);
    if (!(answer instanceof Promise)) return answer;
    const isRead = !/\b(insert into|update|delete from|begin|commit)\b/i.test(String(args[0]));
    return answer.finally(() => {
      const spent = performance.now() - asked;
      if (isRead) readMs += spent;
      else writeMs += spent;
    });
  } as typeof prototype.query;
}

function print(isDone: boolean): void {
  const { user, system } = process.cpuUsage(cpu);
  const line: RunLine = {
    series,
    seconds: (performance.now() - started) / 1000,
    readSeconds: readMs / 1000,
    writeSeconds: writeMs / 1000,
    cpuSeconds: (user + system) / 1e6,
    // Kilobytes; of this process alone, not of the database.
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
    isDone,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

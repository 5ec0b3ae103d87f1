import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/clock.ts';
import { openHouse, type HouseParts } from '../../src/app.ts';
import type { House } from '../../src/house.ts';
import { openLog } from '../../src/log.ts';
import { createTestDatabase } from './database.ts';

export interface TestHouse extends AsyncDisposable {
  readonly house: House;
  readonly clock: SettableClock;
  readonly dataDir: string;
  readonly connection: HouseParts['connection'];
}

export interface SettableClock extends Clock {
  set(now: Date): void;
  advance(milliseconds: number): void;
}

export function settableClock(start = new Date('2026-03-02T09:00:00Z')): SettableClock {
  let now = start;
  return {
    now: () => now,
    set: (instant) => void (now = instant),
    advance: (milliseconds) => void (now = new Date(now.getTime() + milliseconds)),
  };
}

/** A whole node without its web server: its own database, data directory, keys and log, on a clock that the test sets. */
export async function openTestHouse(
  publicUrl = 'http://a.localhost:4000',
  clock = settableClock(),
  faults: Pick<HouseParts, 'wrapJournal'> = {},
): Promise<TestHouse> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'reciproca-house-'));
  const house = await openHouse({
    config: {
      port: 0,
      host: '127.0.0.1',
      dataDir,
      databaseUrl: undefined,
      publicUrl,
      firstAdministrator: undefined,
      logLevel: 'warn',
    },
    connection: database.connection,
    clock,
    log: openLog({ level: 'warn', clock, target: process.stderr }),
    ...faults,
  });
  return {
    house,
    clock,
    dataDir,
    connection: database.connection,
    async [Symbol.asyncDispose]() {
      await house.close();
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

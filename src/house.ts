import type { Actor, Database, Reader, Scope, Tx } from './db/database.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Journal } from './acts/journal.ts';
import type { Jobs } from './jobs.ts';
import type { Logger } from './log.ts';
import type { Rounds } from './network/rounds.ts';

/** What one process has exactly one of. Built in app.ts, handed to whoever acts; nothing of it is global. */
export interface House {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
  readonly journal: Journal;
  readonly jobs: Jobs;
  readonly rounds: Rounds;
  /** While a closed log is refilled (backup/recover.ts): what is carried out again is found in the log, not stated anew. */
  readonly isRecovering?: true;
}

/** A write in progress: what every action gets. `tx` is committed when the action returns, rolled back when it throws. */
export interface Work {
  readonly house: House;
  readonly tx: Tx;
}

export interface Reading {
  readonly house: House;
  readonly reader: Reader;
}

/** For jobs, federation and the command line; requests get theirs from the endpoint pipeline. */
export async function work<T>(house: House, scope: Scope, actor: Actor, run: (work: Work) => Promise<T>): Promise<T> {
  return house.database.transact(scope, actor, (tx) => run({ house, tx }));
}

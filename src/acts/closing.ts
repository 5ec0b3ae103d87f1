/**
 * Our own log, closed while its node runs: a peer holds what this node does not, or another history of it. From then on no process signs anything (each
 * pass reads the mark in the database), and this one refuses what people would state. What was stated and not yet logged is saved and waits:
 * `restore --recover` logs it, or sets it aside where the log says otherwise.
 */
import type { House } from '../house.ts';
import type { Condition } from './journal.ts';

export interface Closing {
  reason(): string | undefined;
  close(house: House, reason: string, peer: string): Promise<void>;
}

export function openClosing(): Closing {
  let closedFor: string | undefined;
  return {
    reason: () => closedFor,
    async close(house, reason, peer) {
      house.log.error(
        'this log is closed: a peer has confirmed what it does not hold; see docs/operating.md, "After a restore"',
        {
          reason,
          peer,
        },
      );
      await house.database.transact('node', { system: 'federation' }, async (tx) => {
        await tx.db
          .updateTable('logs')
          .set({ closed_reason: reason })
          .where('is_own', '=', true)
          .where('closed_reason', 'is', null)
          .execute();
        await tx.audit('log.closed', { reason, peer });
      });
      closedFor = reason;
    },
  };
}

/** Whether acts are logged here: as of the last time this process looked. */
export function conditionOf({ closing, journal }: House): Condition {
  const reason = closing.reason();
  return reason === undefined ? journal.condition() : { is: 'closed', reason };
}

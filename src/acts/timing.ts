/** The host's duty once copy-keepers have confirmed its log: say which legal time each number has. */
import type { Work } from '../house.ts';
import { byNode, declare } from './declare.ts';
import { confirmedSizesAfter, mergeCosignatures } from './confirm-note.ts';
import { isInOrder, legalTimeOf } from './legal-time.ts';
import { applyTime, loadTimes } from './sequence.ts';
import { timed } from './spine-types.ts';
import * as store from './store.ts';

export async function timeConfirmedSteps(work: Work): Promise<void> {
  const { tx, house } = work;
  await store.lockTakingIn(tx);
  const untimed = await tx.db
    .selectFrom('subject_steps as step')
    .innerJoin('subjects as subject', 'subject.id', 'step.subject')
    .innerJoin('parties as host', 'host.did', 'subject.host')
    .innerJoin('acts as entry', 'entry.id', 'step.entry')
    .innerJoin('logs as log', 'log.id', 'entry.log_id')
    .select([
      'step.subject',
      'step.n',
      'step.act',
      'step.entry',
      'entry.log_index as index',
      'log.id as logId',
      'log.checkpoint',
    ])
    .where('step.kind', '=', 'act')
    .where('host.is_hosted', '=', true)
    .where('log.is_own', '=', true)
    .where('entry.log_index', 'is not', null)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('subject_steps as time')
            .select('time.n')
            .whereRef('time.subject', '=', 'step.subject')
            .whereRef('time.n', '=', 'step.n')
            .where('time.kind', '=', 'timed'),
        ),
      ),
    )
    .orderBy('step.subject')
    .orderBy('step.position')
    .execute();
  for (const step of untimed) {
    if (step.index === null || step.checkpoint === null) continue;
    const subject = await store.lockSubject(tx, step.subject);
    const times = await loadTimes(work, step.subject);
    const procedure = subject && house.journal.protocol.findProcedure(subject.kind);
    const host = subject && (await store.findParty(tx.db, subject.host));
    if (!subject || !procedure || !host || subject.state === null) continue;
    const keepers = procedure.copyKeepers(subject.state);
    for (const size of await confirmedSizesAfter(tx.db, step.logId, step.index, keepers)) {
      const note = await mergeCosignatures(tx.db, step.logId, size);
      const time = note === undefined ? undefined : await legalTimeOf(work, keepers, step.entry, note);
      if (note === undefined || time === undefined || 'wait' in time) continue;
      const { unixSeconds } = time;
      if (!isInOrder(times, step.n, unixSeconds)) continue;
      const entry = await declare(work, {
        type: timed,
        party: host,
        subject: subject.id,
        summary: { n: step.n, checkpoint: note },
        assurance: byNode,
      });
      await applyTime(work, procedure, subject, { n: step.n, act: step.act, entry, unixSeconds });
      break;
    }
  }
}

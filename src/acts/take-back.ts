/** What was counted and turns out not to count, because something read later says so: taken back, so that all nodes end with the same. */
import type { Work } from '../house.ts';
import type { SubjectId } from '../ids.ts';
import { frozenReasonOf, stateChanged } from './sequence.ts';
import { refold } from './subject.ts';
import * as store from './store.ts';

/** Drops these steps, refuses the entries that made them, and folds again what remains. */
export async function takeBack(
  work: Work,
  id: SubjectId,
  isTakenBack: (step: store.SubjectStep) => boolean,
  reason: string,
): Promise<void> {
  const { tx, house } = work;
  const subject = await store.lockSubject(tx, id);
  const procedure = subject && house.journal.protocol.findProcedure(subject.kind);
  if (!procedure) return;
  const steps = await store.listSteps(tx.db, id);
  for (const step of steps.filter(isTakenBack)) {
    await tx.db.deleteFrom('subject_steps').where('subject', '=', id).where('position', '=', step.position).execute();
    await store.setStanding(tx, step.entry, 'refused', reason);
  }
  const head = steps.findLast((step) => step.kind === 'act' && !isTakenBack(step));
  const state = (await refold(tx.db, house.journal.protocol, procedure, id)) ?? null;
  await store.updateSubject(tx, id, {
    head_n: head?.n ?? 0,
    head_act: head?.act ?? null,
    state: state === null ? null : JSON.stringify(state),
    frozen_reason: await frozenReasonOf(work, id),
  });
  if (state !== null) await stateChanged(work, id, procedure, state);
}

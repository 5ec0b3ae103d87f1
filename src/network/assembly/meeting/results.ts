/** What became of motions, as the decisions that they were put to count it. */
import type { Reader } from '../../../db/database.ts';
import { standAt } from '../../../dialogue/decisions/counting.ts';
import { findDecision, listPositions, listVoices } from '../../../dialogue/decisions/store.ts';
import type { Motion } from './store.ts';

export const motionStages = [
  'moved',
  'seconded',
  'voting',
  'carried',
  'not-carried',
  'no-quorum',
  'withdrawn',
] as const;
export type MotionStage = (typeof motionStages)[number];

export interface MotionResult {
  readonly stage: MotionStage;
  readonly agree: number;
  readonly object: number;
  readonly abstain: number;
}

export async function resultOf(reader: Reader, motion: Motion, now: Date): Promise<MotionResult> {
  const nothing = { agree: 0, object: 0, abstain: 0 };
  if (motion.decision_id === null) return { stage: motion.seconded_for === null ? 'moved' : 'seconded', ...nothing };
  const decision = await findDecision(reader, motion.decision_id);
  if (!decision || decision.state === 'withdrawn') return { stage: 'withdrawn', ...nothing };
  const voices = await listVoices(reader, decision.id);
  const at = now < decision.closesAt ? now : decision.closesAt;
  const { state, counts } = standAt(decision, voices, await listPositions(reader, decision.id), at).outcome;
  const votes = { agree: counts.agree, object: counts.object, abstain: counts.abstain + counts['stand-aside'] };
  if (state === 'open' || state === 'not-open') return { stage: 'voting', ...votes };
  if (state === 'no-quorum') return { stage: 'no-quorum', ...votes };
  return { stage: state === 'adopted' ? 'carried' : 'not-carried', ...votes };
}

import { findSpeaker, maySee } from '../papers/speaker.ts';
import type { ThingSource } from '../programme/things.ts';
import { decisionPath } from './answers.ts';
import { outcomeDueAt } from './counting.ts';
import { listDecisions, type Decision } from './store.ts';

/** The decisions of a space, on its page. */
export const decisionThings: ThingSource = {
  heading: 'decisions.decisions',
  start: { label: 'decisions.new', path: 'decisions/new' },
  async list(reading, space) {
    const speaker = await findSpeaker(reading.reader, reading, space);
    const now = reading.house.clock.now();
    return (await listDecisions(reading.reader, space.id))
      .filter(({ outcome }) => maySee(space, outcome === undefined, speaker))
      .map((decision) => ({
        title: { language: decision.language, text: decision.question },
        path: decisionPath(reading.party?.slug ?? '', decision.id),
        state: stateOf(decision, now),
      }));
  },
};

/** A decision whose outcome nobody told in time is shown as such. */
function stateOf(decision: Decision, now: Date) {
  const { state, result, outcome } = decision;
  if (state === 'withdrawn') return 'decisions.stage-withdrawn';
  if (state === 'closed' && outcome === undefined && now >= outcomeDueAt(decision)) return 'decisions.overdue';
  return result === undefined ? ('decisions.stage-open' as const) : (`decisions.stage-${result}` as const);
}

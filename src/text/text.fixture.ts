/** Texts for tests: readable shorthands, and arbitrary histories that the engine accepted. */
import fc from 'fast-check';
import type { ProposalChange, TextChange, TextEvent } from './event.ts';
import { applyTextEvent } from './fold.ts';
import { isPending, standingClauses, type TextState } from './state.ts';
import type { TextRefusal } from './refusals.ts';

export function event(by: string, change: TextChange): TextEvent {
  return { by, at: '2026-03-02T09:00:00Z', session: null, change };
}

export const opening = (texts: readonly string[], editors: readonly string[] = ['chair']): TextEvent =>
  event('chair', {
    type: 'opened',
    editors: [...editors],
    settling: { by: 'editors' },
    clauses: texts.map((text, index) => ({ id: `c${index + 1}`, kind: 'paragraph', text, origins: [] })),
  });

export const proposing = (by: string, proposal: string, what: ProposalChange, onBehalfOf: string | null = null) =>
  event(by, { type: 'proposed', proposal, what, onBehalfOf, reason: 'because' });

export const takingUp = (by: string, proposals: readonly string[], text: string | null) =>
  event(by, { type: 'taken-up', proposals: [...proposals], text, reason: null });

/** All accepted, or the test stops at the one that is not. */
export function play(...events: readonly TextEvent[]): TextState {
  let state: TextState | undefined;
  for (const each of events) {
    const step = applyTextEvent(state, each);
    if ('refused' in step) throw new Error(`${each.change.type} is refused: ${step.refused}`);
    state = step.state;
  }
  if (!state) throw new Error('no events');
  return state;
}

export function refusalOf(state: TextState | undefined, next: TextEvent): TextRefusal | undefined {
  const step = applyTextEvent(state, next);
  return 'refused' in step ? step.refused : undefined;
}

const vocabulary = [
  'health ',
  'data ',
  'shared ',
  'with ',
  'communities ',
  'shall ',
  'should ',
  'be ',
  'governed, ',
  'and ',
];
const people = ['chair', 'amina', 'bruno', 'chen', 'dalia'];

const arbitraryWords = fc
  .array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 12 })
  .map((words) => words.join('').trim());

/** Choices by number, made concrete against the state they meet. */
const arbitraryMove = fc.record({
  kind: fc.constantFrom(
    'change',
    'add',
    'delete',
    'move',
    'support',
    'object',
    'take',
    'decline',
    'park',
    'mark',
    'revise',
  ),
  who: fc.constantFrom(...people),
  pick: fc.nat(50),
  other: fc.nat(50),
  text: arbitraryWords,
});

/** Histories of accepted events, with the events that were refused on the way left out. */
export const arbitraryHistory = fc
  .record({
    texts: fc.array(arbitraryWords, { minLength: 1, maxLength: 4 }),
    moves: fc.array(arbitraryMove, { maxLength: 25 }),
  })
  .map(({ texts, moves }): readonly TextEvent[] => {
    const events = [opening(texts)];
    let state = play(...events);
    moves.forEach((move, index) => {
      const next = toEvent(state, move, index);
      const step = next && applyTextEvent(state, next);
      if (!next || !step || 'refused' in step) return;
      events.push(next);
      state = step.state;
    });
    return events;
  });

function toEvent(
  state: TextState,
  { kind, who, pick, other, text }: { kind: string; who: string; pick: number; other: number; text: string },
  index: number,
): TextEvent | undefined {
  const clause = state.clauses[pick % state.clauses.length];
  const after = [null, ...state.clauses.map(({ id }) => id)][other % (state.clauses.length + 1)] ?? null;
  const proposal = state.proposals[pick % Math.max(1, state.proposals.length)];
  const id = `p${index}`;
  if (!clause) return undefined;
  switch (kind) {
    case 'change':
      return proposing(who, id, { op: 'change', clause: clause.id, version: clause.versions.length - 1, text });
    case 'add':
      return proposing(who, id, { op: 'add', after, kind: 'point', text });
    case 'delete':
      return proposing(who, id, { op: 'delete', clause: clause.id });
    case 'move':
      return proposing(who, id, { op: 'move', clause: clause.id, after });
    case 'mark':
      return event('chair', { type: 'marked', clause: clause.id, marking: 'agreed-in-group', reason: null });
    case 'revise':
      return event('chair', {
        type: 'revised',
        clauses: [
          ...standingClauses(state).slice(other % 2),
          { id: `r${index}`, kind: 'point' as const, versions: [] },
        ].map(({ id: each, kind: its }, at) => ({
          id: each,
          kind: its,
          text: at % 2 === 0 ? text : (state.clauses.find((c) => c.id === each)?.versions.at(-1)?.text ?? text),
        })),
        answers: state.proposals
          .filter(({ status }) => status === 'open')
          .map(({ id: each }) => ({ proposal: each, outcome: 'declined', clause: null, reason: 'no' })),
        reason: 'the chair reads it so',
      });
  }
  if (!proposal || !isPending(proposal)) return undefined;
  switch (kind) {
    case 'support':
    case 'object':
      return event(who, { type: 'positioned', proposal: proposal.id, position: kind, onBehalfOf: null, reason: 'so' });
    case 'take': {
      const { what } = proposal;
      return takingUp('chair', [proposal.id], what.op === 'add' || what.op === 'change' ? what.text : null);
    }
    case 'decline':
      return event('chair', { type: 'declined', proposal: proposal.id, reason: 'no' });
    case 'park':
      return event('chair', { type: 'parked', proposal: proposal.id, reason: 'later' });
  }
  return undefined;
}

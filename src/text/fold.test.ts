import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextEvent } from './event.ts';
import { textEventSchema } from './event.ts';
import { applyTextEvent, foldText } from './fold.ts';
import {
  clausesAt,
  countPositions,
  currentVersion,
  findProposal,
  isPending,
  isStruck,
  standingClauses,
} from './state.ts';
import { arbitraryHistory, event, opening, play, proposing, refusalOf, takingUp } from './text.fixture.ts';

const two = opening(['Data shall be shared.', 'Costs are borne by all.']);
const change = (by: string, id: string, text: string, clause = 'c1', version = 0) =>
  proposing(by, id, { op: 'change', clause, version, text });
const texts = (...events: readonly TextEvent[]) =>
  standingClauses(play(...events)).map((clause) => currentVersion(clause).text);

describe('is refused', () => {
  test('anything before the opening, and a second opening', () => {
    expect(refusalOf(undefined, change('amina', 'p1', 'x'))).toBe('not-opened');
    expect(refusalOf(play(two), two)).toBe('already-opened');
  });
  test('a proposal on nothing, on a struck clause, on a version that never was, or that changes nothing', () => {
    const struck = play(two, proposing('amina', 'p1', { op: 'delete', clause: 'c2' }), takingUp('chair', ['p1'], null));
    expect(refusalOf(play(two), change('amina', 'p1', 'x', 'c9'))).toBe('clause-unknown');
    expect(refusalOf(struck, change('amina', 'p2', 'x', 'c2'))).toBe('clause-struck');
    expect(refusalOf(play(two), change('amina', 'p1', 'x', 'c1', 1))).toBe('version-unknown');
    expect(refusalOf(play(two), change('amina', 'p1', 'Data shall be shared.'))).toBe('nothing-changes');
    expect(refusalOf(play(two), change('amina', 'c1', 'x'))).toBe('id-taken');
    expect(refusalOf(play(two), proposing('amina', 'p1', { op: 'move', clause: 'c1', after: 'c1' }))).toBe(
      'nothing-changes',
    );
  });
  test('changing what was agreed, until it is opened with a reason', () => {
    const mark = (marking: 'agreed' | 'open', reason: string | null) =>
      event('chair', { type: 'marked', clause: 'c1', marking, reason });
    const agreed = play(two, mark('agreed', null));
    expect(refusalOf(agreed, change('amina', 'p1', 'x'))).toBe('clause-agreed');
    expect(refusalOf(agreed, mark('open', null))).toBe('reason-needed');
    expect(
      refusalOf(play(two, mark('agreed', null), mark('open', 'new facts')), change('amina', 'p1', 'x')),
    ).toBeUndefined();
  });
  test('agreeing on a clause while somebody still proposes on it', () => {
    const open = play(two, change('amina', 'p1', 'x'));
    expect(refusalOf(open, event('chair', { type: 'marked', clause: 'c1', marking: 'agreed', reason: null }))).toBe(
      'proposals-open',
    );
  });
  test('the pen in other hands, and withdrawing what others proposed', () => {
    const state = play(two, change('amina', 'p1', 'x'));
    expect(refusalOf(state, takingUp('amina', ['p1'], 'x'))).toBe('not-an-editor');
    expect(refusalOf(state, event('amina', { type: 'adopted' }))).toBe('not-an-editor');
    expect(refusalOf(state, event('amina', { type: 'declined', proposal: 'p1', reason: 'no' }))).toBe('not-an-editor');
    expect(refusalOf(state, event('bruno', { type: 'withdrawn', proposal: 'p1' }))).toBe('not-the-author');
  });
  test('objecting without a reason', () => {
    const state = play(two, change('amina', 'p1', 'x'));
    const say = (position: 'object' | 'support') =>
      event('bruno', { type: 'positioned', proposal: 'p1', position, onBehalfOf: null, reason: null });
    expect(refusalOf(state, say('object'))).toBe('reason-needed');
    expect(refusalOf(state, say('support'))).toBeUndefined();
  });
  test('deciding twice, and joining what stands in different places', () => {
    const state = play(two, change('amina', 'p1', 'x'), change('bruno', 'p2', 'y', 'c2'));
    expect(refusalOf(state, takingUp('chair', ['p1', 'p2'], 'z'))).toBe('different-places');
    expect(
      refusalOf(play(two, change('amina', 'p1', 'x'), takingUp('chair', ['p1'], 'x')), takingUp('chair', ['p1'], 'x')),
    ).toBe('proposal-settled');
    expect(refusalOf(state, takingUp('chair', ['p1'], null))).toBe('text-needed');
  });
  test('adopting with a proposal unanswered; and everything after adoption', () => {
    const adopt = event('chair', { type: 'adopted' });
    expect(refusalOf(play(two, change('amina', 'p1', 'x')), adopt)).toBe('proposals-open');
    expect(refusalOf(play(two, adopt), change('amina', 'p1', 'x'))).toBe('already-adopted');
  });
  test('a text of the chair that leaves a proposal unanswered, or touches what was agreed', () => {
    const rewrite = (text: string, answered: readonly string[] = []) =>
      event('chair', {
        type: 'revised',
        clauses: [{ id: 'c1', kind: 'paragraph', text }],
        answers: answered.map((proposal) => ({ proposal, outcome: 'declined' as const, clause: null, reason: 'no' })),
        reason: 'to move on',
      });
    const state = play(two, change('amina', 'p1', 'x'));
    expect(refusalOf(state, rewrite('new'))).toBe('answer-missing');
    expect(refusalOf(state, rewrite('new', ['p1']))).toBeUndefined();
    const agreed = play(two, event('chair', { type: 'marked', clause: 'c2', marking: 'agreed', reason: null }));
    expect(refusalOf(agreed, rewrite('new'))).toBe('clause-agreed');
  });
});

describe('where support settles', () => {
  const community: TextEvent = event('chair', {
    type: 'opened',
    editors: ['chair'],
    settling: { by: 'support', supporters: 3, objectionsAtMost: 1 },
    clauses: [{ id: 'c1', kind: 'paragraph', text: 'Data shall be shared.', origins: [] }],
  });
  const say = (by: string, position: 'support' | 'object') =>
    event(by, { type: 'positioned', proposal: 'p1', position, onBehalfOf: null, reason: 'so' });
  const better = change('amina', 'p1', 'Data should be shared.');

  test('anybody takes up what enough support, in exactly those words', () => {
    const short = play(community, better, say('bruno', 'support'));
    expect(refusalOf(short, takingUp('dalia', ['p1'], 'Data should be shared.'))).toBe('support-missing');
    const enough = play(community, better, say('bruno', 'support'), say('chen', 'support'));
    expect(refusalOf(enough, takingUp('dalia', ['p1'], 'Data must be shared.'))).toBe('not-as-supported');
    expect(refusalOf(enough, takingUp('dalia', ['p1'], 'Data should be shared.'))).toBeUndefined();
  });
  test('too many objections stop it, and not even the pen goes around', () => {
    const stopped = play(
      community,
      better,
      say('bruno', 'support'),
      say('chen', 'support'),
      say('dalia', 'object'),
      say('edu', 'object'),
    );
    expect(refusalOf(stopped, takingUp('chair', ['p1'], 'Data should be shared.'))).toBe('support-missing');
    expect(
      refusalOf(
        stopped,
        event('chair', {
          type: 'revised',
          clauses: [{ id: 'c1', kind: 'paragraph', text: 'x' }],
          answers: [],
          reason: 'x',
        }),
      ),
    ).toBe('not-as-supported');
  });
  test('a proposer who turns against the own proposal no longer counts for it', () => {
    const turned = play(community, better, say('amina', 'object'), say('bruno', 'support'));
    expect(countPositions(findProposal(turned, 'p1')!)).toEqual({ support: 1, objections: 1 });
  });
});

describe('what happens', () => {
  test('a proposal becomes text, as proposed or joined with others', () => {
    expect(
      texts(two, change('amina', 'p1', 'Data should be shared.'), takingUp('chair', ['p1'], 'Data should be shared.')),
    ).toEqual(['Data should be shared.', 'Costs are borne by all.']);
    const joined = play(
      two,
      change('amina', 'p1', 'a'),
      change('bruno', 'p2', 'b'),
      takingUp('chair', ['p1', 'p2'], 'a and b'),
    );
    expect(joined.proposals.map(({ status }) => status)).toEqual(['merged', 'merged']);
  });
  test('additions and moves find their places; what was struck stays readable there', () => {
    const state = play(
      two,
      proposing('amina', 'p1', { op: 'add', after: 'c1', kind: 'point', text: 'New.' }),
      takingUp('chair', ['p1'], 'New.'),
      proposing('amina', 'p2', { op: 'move', clause: 'c2', after: null }),
      takingUp('chair', ['p2'], null),
      proposing('amina', 'p3', { op: 'delete', clause: 'c1' }),
      change('bruno', 'p4', 'x'),
      takingUp('chair', ['p3'], null),
    );
    expect(state.clauses.map(({ id }) => id)).toEqual(['c2', 'c1', 'p1']);
    expect(state.clauses.filter(isStruck).map(({ versions }) => versions.map(({ text }) => text))).toEqual([
      ['Data shall be shared.', null],
    ]);
    expect(findProposal(state, 'p4')?.status).toBe('fallen');
  });
  test('new words are open words', () => {
    const state = play(
      two,
      event('chair', { type: 'marked', clause: 'c1', marking: 'agreed-in-group', reason: null }),
      change('amina', 'p1', 'x'),
      takingUp('chair', ['p1'], 'x'),
    );
    expect(state.clauses[0]?.marking).toBe('open');
  });
  test("a chair's text keeps what it leaves out where it stood", () => {
    const state = play(
      opening(['one', 'two', 'three']),
      event('chair', {
        type: 'revised',
        clauses: [
          { id: 'c1', kind: 'paragraph', text: 'one' },
          { id: 'n1', kind: 'paragraph', text: 'between' },
          { id: 'c3', kind: 'paragraph', text: 'three!' },
        ],
        answers: [],
        reason: 'to move on',
      }),
    );
    expect(state.clauses.map(({ id, versions }) => [id, versions.at(-1)?.text])).toEqual([
      ['c1', 'one'],
      ['c2', null],
      ['n1', 'between'],
      ['c3', 'three!'],
    ]);
  });
});

describe('in every history', () => {
  test('the text at a revision follows from the events up to it', () => {
    fc.assert(
      fc.property(arbitraryHistory, (events) => {
        const whole = foldText(events)!;
        let state = foldText(events.slice(0, 1))!;
        for (const each of events.slice(1)) {
          const before = state;
          const step = applyTextEvent(state, each);
          if ('refused' in step) return false;
          state = step.state;
          if (state.revision !== before.revision)
            expect(sorted(clausesAt(whole, before.revision))).toEqual(sorted(clausesAt(before, before.revision)));
        }
        expect(state).toEqual(whole);
        return true;
      }),
    );
  });
  test('no word that ever stood is lost, and none stands without somebody who wrote it', () => {
    fc.assert(
      fc.property(arbitraryHistory, (events) => {
        let state = foldText(events.slice(0, 1))!;
        const stood = new Set<string>();
        for (const each of events.slice(1)) {
          for (const clause of standingClauses(state)) stood.add(`${clause.id} ${currentVersion(clause).text}`);
          const step = applyTextEvent(state, each);
          if ('refused' in step) return false;
          state = step.state;
        }
        const readable = new Set(
          state.clauses.flatMap(({ id, versions }) => versions.map(({ text }) => `${id} ${text}`)),
        );
        return [...stood].every((each) => readable.has(each));
      }),
    );
  });
  test('a proposal is answered once; a clause id stands once; an agreed clause has no open proposal', () => {
    fc.assert(
      fc.property(arbitraryHistory, (events) => {
        const state = foldText(events)!;
        const ids = state.clauses.map(({ id }) => id);
        const answered = state.proposals.filter((proposal) => !isPending(proposal) && proposal.status !== 'fallen');
        const decisions = events.flatMap(({ change: each }) =>
          each.type === 'taken-up'
            ? each.proposals
            : each.type === 'declined'
              ? [each.proposal]
              : each.type === 'revised'
                ? each.answers.map(({ proposal }) => proposal)
                : [],
        );
        return (
          new Set(ids).size === ids.length &&
          answered.every(({ id }) => decisions.filter((each) => each === id).length === 1)
        );
      }),
    );
  });
  test('every event that is made here is one that is read', () => {
    fc.assert(
      fc.property(arbitraryHistory, (events) => events.every((each) => textEventSchema.safeParse(each).success)),
    );
  });
});

const sorted = (clauses: readonly { readonly id: string; readonly text: string }[]) =>
  clauses.toSorted((a, b) => (a.id < b.id ? -1 : 1));

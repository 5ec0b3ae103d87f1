import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TextEvent } from './event.ts';
import { countCredits, creditText } from './credit.ts';
import { foldText } from './fold.ts';
import { currentVersion, standingClauses } from './state.ts';
import { arbitraryHistory, event, opening, play, proposing, takingUp } from './text.fixture.ts';
import { isSpoken, splitWords } from './words.ts';

const shares = (...events: readonly TextEvent[]) =>
  countCredits(creditText(play(...events))).map(({ by, onBehalfOf, words }) => [onBehalfOf ?? by, words]);

test('words stay whose they were, and new ones are their proposer’s', () => {
  expect(
    shares(
      opening(['Data shall be shared.']),
      proposing(
        'amina',
        'p1',
        { op: 'change', clause: 'c1', version: 0, text: 'Data shall be shared with communities.' },
        'NGO',
      ),
      takingUp('chair', ['p1'], 'Data shall be shared with communities.'),
    ),
  ).toEqual([
    ['chair', 4],
    ['NGO', 2],
  ]);
});

test('of joined proposals each keeps its own, and the editor has only the joint', () => {
  expect(
    shares(
      opening(['Data is shared.']),
      proposing('amina', 'p1', { op: 'change', clause: 'c1', version: 0, text: 'Data is shared weekly.' }),
      proposing('bruno', 'p2', { op: 'change', clause: 'c1', version: 0, text: 'Data is shared freely.' }),
      takingUp('chair', ['p1', 'p2'], 'Data is shared weekly, freely and safely.'),
    ),
  ).toEqual([
    ['chair', 5],
    ['amina', 1],
    ['bruno', 1],
  ]);
});

test('a clause made of statements is credited to those who made the statements', () => {
  const state = play(
    event('chair', {
      type: 'opened',
      editors: ['chair'],
      settling: { by: 'editors' },
      clauses: [
        {
          id: 'c1',
          kind: 'point',
          text: 'Clinics need power first',
          origins: [
            { by: 'dalia', source: 's12' },
            { by: 'edu', source: 's40' },
          ],
        },
      ],
    }),
  );
  expect(countCredits(creditText(state))).toEqual([
    { by: 'dalia', onBehalfOf: null, source: 's12', words: 2 },
    { by: 'edu', onBehalfOf: null, source: 's40', words: 2 },
  ]);
});

test('what an editor deletes and writes again is the editor’s', () => {
  expect(
    shares(
      opening(['one two'], ['chair', 'edu']),
      proposing('amina', 'p1', { op: 'delete', clause: 'c1' }),
      takingUp('chair', ['p1'], null),
      event('edu', {
        type: 'revised',
        clauses: [{ id: 'c1', kind: 'paragraph', text: 'one two' }],
        answers: [],
        reason: 'after all',
      }),
    ),
  ).toEqual([['edu', 2]]);
});

test('every word that stands is credited, and the shares add up to the text', () => {
  fc.assert(
    fc.property(arbitraryHistory, (events) => {
      const state = foldText(events)!;
      const credited = creditText(state);
      expect(credited.map(({ words }) => words.map(({ word }) => word).join(''))).toEqual(
        standingClauses(state).map((clause) => currentVersion(clause).text),
      );
      const all = credited.flatMap(({ words }) => words);
      expect(all.every(({ credits }) => credits.length > 0)).toBe(true);
      const total = standingClauses(state)
        .flatMap((clause) => splitWords(currentVersion(clause).text ?? ''))
        .filter(isSpoken).length;
      const sum = countCredits(credited).reduce((before, { words }) => before + words, 0);
      expect(Math.abs(sum - total)).toBeLessThan(1e-9);
    }),
  );
});

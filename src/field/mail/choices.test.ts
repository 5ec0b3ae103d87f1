import { describe, expect, test } from 'vitest';
import { agreement, positions, readChoice, readChoices } from './choices.ts';

const short = (words: string) => readChoices(words, agreement).choices.map(({ number, choice }) => [number, choice]);

describe('numbered answers', () => {
  test.each([
    [
      '1 yes\n2 no\n3 pass',
      [
        [1, 'agree'],
        [2, 'disagree'],
        [3, 'pass'],
      ],
    ],
    [
      '1. Oui\n2) non\n#3: passe',
      [
        [1, 'agree'],
        [2, 'disagree'],
        [3, 'pass'],
      ],
    ],
    [
      "1 d'accord\n2 pas d’accord",
      [
        [1, 'agree'],
        [2, 'disagree'],
      ],
    ],
    [
      '1 sí\n2 en desacuerdo\n3 paso',
      [
        [1, 'agree'],
        [2, 'disagree'],
        [3, 'pass'],
      ],
    ],
    [
      '1 não\n2 SIM',
      [
        [1, 'disagree'],
        [2, 'agree'],
      ],
    ],
    [
      '١ نعم\n٢ لا',
      [
        [1, 'agree'],
        [2, 'disagree'],
      ],
    ],
    [
      '1 yes; 2 no, 3 pass',
      [
        [1, 'agree'],
        [2, 'disagree'],
        [3, 'pass'],
      ],
    ],
    [
      '1y\n2n',
      [
        [1, 'agree'],
        [2, 'disagree'],
      ],
    ],
  ])('%j', (words, expected) => {
    expect(short(words)).toEqual(expected);
  });
  test('with a reason', () => {
    expect(readChoices('4 no, because clinics have no power', agreement).choices).toEqual([
      { number: 4, choice: 'disagree', reason: 'because clinics have no power' },
    ]);
  });
  test('give back what they do not say', () => {
    expect(readChoices('hello\n1 maybe\n2 nonsense\n3 yes', agreement)).toEqual({
      choices: [{ number: 3, choice: 'agree', reason: '' }],
      notUnderstood: ['hello', '1 maybe', '2 nonsense'],
    });
  });
});

test('a choice alone, with its reason', () => {
  expect(readChoice('Objection: we cannot pay', positions)).toEqual({ choice: 'object', reason: 'we cannot pay' });
  expect(readChoice('Je ne sais pas', positions)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { readCommands } from './mail-commands.ts';

test('a line with a number and a colon proposes; what follows goes on with it; "because" gives the reason', () => {
  expect(
    readCommands(
      '2: Communities own\ntheir data.\n\nNo person shall be excluded.\nbecause: it is theirs\nand was before',
    ),
  ).toEqual({
    commands: [
      {
        does: 'propose',
        op: 'change',
        clause: '2',
        text: 'Communities own\ntheir data.\n\nNo person shall be excluded.',
        reason: 'it is theirs\nand was before',
      },
    ],
    notUnderstood: [],
  });
});

test('several commands stand in one mail, in five languages and in Arabic digits', () => {
  const { commands } = readCommands(
    'support 2.1\nobjection 2.2: trop cher\nnuevo 3: Un párrafo\nretirar 4.1\nأؤيد ٢.٣\nadotar 5-1\nrechazar 5.2: no es nuestro',
  );
  expect(commands).toEqual([
    { does: 'support', proposal: '2-1', reason: '' },
    { does: 'object', proposal: '2-2', reason: 'trop cher' },
    { does: 'propose', op: 'add', clause: '3', text: 'Un párrafo', reason: '' },
    { does: 'withdraw', proposal: '4-1' },
    { does: 'support', proposal: '2-3', reason: '' },
    { does: 'adopt', proposal: '5-1' },
    { does: 'decline', proposal: '5-2', reason: 'no es nuestro' },
  ]);
});

test('what is no command is given back and does nothing', () => {
  expect(readCommands('Dear all,\nI agree with everything.\nBest, Wanjiru')).toEqual({
    commands: [],
    notUnderstood: ['Dear all,', 'I agree with everything.', 'Best, Wanjiru'],
  });
  // A number alone, or a sentence that begins with a verb, is none either.
  expect(readCommands('2\nNo person shall be excluded').commands).toEqual([]);
});

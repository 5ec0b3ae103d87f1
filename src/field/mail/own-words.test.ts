import { describe, expect, test } from 'vitest';
import { readOwnWords } from './own-words.ts';

describe('what somebody wrote', () => {
  test.each([
    [
      'above the quoted mail',
      '1 yes\n2 no\n\nOn Mon, 2 Mar 2026 at 09:00, Network <r@x.org> wrote:\n> 1 Power first\n> 2 More',
      '1 yes\n2 no',
    ],
    [
      'between the lines of it',
      'On 2 March, the network wrote:\n> 1 Power first\nyes, but later\n> 2 More\nno',
      'yes, but later\nno',
    ],
    [
      'with the introduction broken over two lines',
      'oui\n\nLe lun. 2 mars 2026 à 09:00, Réseau de santé\n<r@x.org> a écrit :\n> 1',
      'oui',
    ],
    ['in Spanish', 'de acuerdo\nEl lun, 2 mar 2026, Red (<r@x.org>) escribió:\n> 1', 'de acuerdo'],
    ['in Portuguese', 'sim\nEm seg., 2 de mar. de 2026, Rede escreveu:\n> 1', 'sim'],
    ['in Arabic', '1 نعم\nفي الاثنين، ٢ مارس ٢٠٢٦ كتب الشبكة:\n> 1', '1 نعم'],
    [
      'with Outlook’s block of headers',
      'I object.\n\nFrom: Network <r@x.org>\nSent: Monday\nTo: me\nSubject: Silence\n\nThe text',
      'I object.',
    ],
    ['with an old separator', 'no\n-----Original Message-----\nwhatever', 'no'],
    ['with a signature', 'yes\n-- \nDr Bruno\nNGO', 'yes'],
    ['from a phone', 'yes\n\nSent from my Nokia', 'yes'],
    ['with nothing of the own', '> 1 Power first\n> 2 More', ''],
  ])('%s', (_, mail, words) => {
    expect(readOwnWords(mail)).toBe(words);
  });
  test('is not cut at a sentence that begins like an introduction', () => {
    const words = 'On Monday we met. She wrote a letter.\nFrom: here to there is far.\nOn it goes';
    expect(readOwnWords(words)).toBe(words);
  });
});

import { describe, expect, it } from 'vitest';
import { readStatements } from './written-statements.ts';

describe('a mail', () => {
  it('without a line that says so writes nothing', () => {
    expect(readStatements('1 yes\n2 no\n\nThank you: this is good', 'en')).toEqual({
      statements: [],
      rest: '1 yes\n2 no\n\nThank you: this is good',
    });
  });

  it('writes what follows the word in any of our languages, and the rest is read as answers', () => {
    const { statements, rest } = readStatements(
      '1 oui\nÉnoncé : L’électricité d’abord\n2 non\nعبارة: الكهرباء أولًا',
      'fr',
    );
    expect(statements).toEqual([
      { language: 'fr', text: 'L’électricité d’abord' },
      { language: 'ar', text: 'الكهرباء أولًا' },
    ]);
    expect(rest).toBe('1 oui\n2 non');
  });

  it('is put together again where a mail program broke its lines', () => {
    const words = 'Statement:\n\nNurses choose the\ntools that they use\n\n3 pass';
    expect(readStatements(words, 'en')).toEqual({
      statements: [{ language: 'en', text: 'Nurses choose the tools that they use' }],
      rest: '3 pass',
    });
  });

  it('takes a word that two languages share in the member’s own', () => {
    expect(readStatements('enunciado: luz', 'pt').statements).toEqual([{ language: 'pt', text: 'luz' }]);
    expect(readStatements('enunciado: luz', 'es').statements).toEqual([{ language: 'es', text: 'luz' }]);
  });
});

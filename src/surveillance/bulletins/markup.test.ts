import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMarkup, parseMarkup, type Block } from './markup.ts';

const line = fc
  .stringMatching(/^[A-Za-zéأ<>&"#-][A-Za-z éأ<>&"#-]{0,20}$/)
  .map((text) => text.trim())
  .filter((text) => text !== '' && !/^#{1,2}\s/.test(text) && !/^-\s/.test(text));
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('heading' as const), level: fc.constantFrom(2 as const, 3 as const), text: line }),
  fc.record({ kind: fc.constant('list' as const), items: fc.array(line, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('paragraph' as const), lines: fc.array(line, { minLength: 1, maxLength: 4 }) }),
);
/** Two lists with nothing between them are one list. */
const text = fc
  .array(block, { maxLength: 12 })
  .map((blocks) => blocks.filter(({ kind }, at) => kind !== 'list' || blocks[at - 1]?.kind !== 'list'));

describe('the text of a bulletin', () => {
  test('what was drafted as blocks is read back as the same blocks', () => {
    fc.assert(
      fc.property(text, (blocks) => {
        expect(parseMarkup(formatMarkup(blocks))).toEqual(blocks);
      }),
    );
  });

  test('any text at all is read, and no word of it is lost', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'grapheme' }), (typed) => {
        const words = (given: string): string => given.replaceAll(/[\s\p{Cc}\u202A-\u202E#-]/gu, '');
        const read = parseMarkup(typed).map((each) =>
          'text' in each ? each.text : 'items' in each ? each.items.join('') : each.lines.join(''),
        );
        expect(words(read.join(''))).toBe(words(typed));
      }),
    );
  });

  test('headings, lists and paragraphs are told apart, whatever the line ends', () => {
    expect(parseMarkup('# Rougeole\r\nUne ligne\r\nencore\r\n\r\n- un\r\n- deux\r\n## Détail\r\n#sans espace')).toEqual(
      [
        { kind: 'heading', level: 2, text: 'Rougeole' },
        { kind: 'paragraph', lines: ['Une ligne', 'encore'] },
        { kind: 'list', items: ['un', 'deux'] },
        { kind: 'heading', level: 3, text: 'Détail' },
        { kind: 'paragraph', lines: ['#sans espace'] },
      ],
    );
  });

  test('marks that turn the direction of the rest of the text are taken out', () => {
    expect(parseMarkup('a\u202Eb\u0007c')).toEqual([{ kind: 'paragraph', lines: ['abc'] }]);
  });
});

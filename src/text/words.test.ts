import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTexts } from './comparison.ts';
import { mergeTexts } from './merge.ts';
import { applyEdits, isSpoken, listEdits, splitWords } from './words.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(fc.constantFrom('a ', 'b ', 'c, ', 'd', '\n', 'été ', 'بيانات ', '数据'), { maxLength: 20 })
    .map((parts) => parts.join('')),
);
const spoken = (text: string): string => text.replaceAll(/\s+/gu, '');

describe('words', () => {
  test('of several scripts', () => {
    expect(splitWords('Data, shared  freely.')).toEqual(['Data', ', ', 'shared  ', 'freely', '.']);
    expect(splitWords("l'accès aux données")).toEqual(["l'accès ", 'aux ', 'données']);
    expect(splitWords('البيانات الصحية')).toEqual(['البيانات ', 'الصحية']);
    expect(splitWords('健康数据')).toEqual(['健', '康', '数', '据']);
    expect(splitWords('')).toEqual([]);
    expect(['word ', '2 ', ', ', '(', '数'].map(isSpoken)).toEqual([true, true, false, false, true]);
  });
  test('join to the text they came from', () => {
    fc.assert(fc.property(anyText, (text) => splitWords(text).join('') === text));
  });
  test('edits lead from one text to the other', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const [from, to] = [splitWords(before), splitWords(after)];
        return spoken(applyEdits(from, listEdits(from, to)).join('')) === spoken(after);
      }),
    );
  });
});

describe('a comparison', () => {
  test('says what went and what came', () => {
    expect(compareTexts('Data shall be shared.', 'Data should be freely shared.')).toEqual([
      { change: 'kept', text: 'Data ' },
      { change: 'removed', text: 'shall ' },
      { change: 'added', text: 'should ' },
      { change: 'kept', text: 'be ' },
      { change: 'added', text: 'freely ' },
      { change: 'kept', text: 'shared.' },
    ]);
  });
  test('holds both texts whole', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const pieces = compareTexts(before, after);
        const join = (not: string) => pieces.flatMap(({ change, text }) => (change === not ? [] : [text])).join('');
        return join('removed') === after && spoken(join('added')) === spoken(before);
      }),
    );
  });
});

describe('a merge', () => {
  const base = 'Health data shall be shared with every community.';
  test('keeps both changes where they touch other words', () => {
    expect(
      mergeTexts(base, base.replace('shall', 'should'), base.replace('every community', 'affected communities')),
    ).toEqual({ text: 'Health data should be shared with affected communities.' });
  });
  test('decides nothing where they meet', () => {
    expect(mergeTexts(base, base.replace('shall', 'should'), base.replace('shall be', 'must be'))).toEqual({
      conflict: [{ base: 'shall ', current: 'should ', proposed: 'must ' }],
    });
    expect(mergeTexts('a b', 'a x b', 'a y b')).toEqual({ conflict: [{ base: '', current: 'x ', proposed: 'y ' }] });
  });
  test('of a text with itself is no conflict', () => {
    expect(mergeTexts('a b', 'a c b', 'a c b')).toEqual({ text: 'a c b' });
  });
  test('does not depend on who came first', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (common, ours, theirs) => {
        const [one, other] = [mergeTexts(common, ours, theirs), mergeTexts(common, theirs, ours)];
        if ('conflict' in one || 'conflict' in other) return 'conflict' in one && 'conflict' in other;
        return one.text === other.text;
      }),
    );
  });
  test('with an unchanged side is the other side', () => {
    fc.assert(
      fc.property(anyText, anyText, (common, theirs) => {
        const merged = mergeTexts(common, common, theirs);
        return 'text' in merged && spoken(merged.text) === spoken(theirs);
      }),
    );
  });
});

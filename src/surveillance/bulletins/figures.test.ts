import { describe, expect, test } from 'vitest';
import { parsePeriod, type Period } from '../../period.ts';
import { findTold, findWholeNumbers, type NamedFigure } from './figures.ts';

const week = parsePeriod('iso-week', '2026-W09').value as Period;
const country: NamedFigure = {
  indicator: 'measles',
  place: 'AA',
  level: 0,
  period: week,
  value: 63,
  indicatorNames: ['measles', 'Measles', 'Rougeole', 'الحصبة'],
  placeNames: [],
};
const birch: NamedFigure = { ...country, place: 'AA12', level: 2, value: 3, placeNames: ['Birch', 'AA12'] };

const told = (text: string, title = 'Bulletin'): readonly string[] =>
  findTold({ title, text }, [{ sentence: 'Measles: 63 (before: 3).', told: [] }], [country, birch], ['week 3']).map(
    ({ place, value }) => `${place} ${value}`,
  );

describe('a number in a bulletin', () => {
  test('is told where its indicator is named beside it or above it, and its place where it is not the country’s', () => {
    expect(told('There were 63 cases of measles.')).toEqual(['AA 63']);
    expect(told('# Rougeole\n\n- 63 cas\n- dont 3 à Birch')).toEqual(['AA 63', 'AA12 3']);
    expect(told('# Measles\n\n## Birch\n\nThree, or 3.')).toEqual(['AA12 3']);
    expect(told('سُجّلت ٦٣ حالة من الحصبة')).toEqual(['AA 63']);
    expect(told('Well.', 'Measles: 63 cases')).toEqual(['AA 63']);
  });
  test('is not told by a share, a date, another disease, another place, or a part of a longer number', () => {
    expect(told('Measles: 63 % of 163, 63.5 on 630; in week 3.')).toEqual([]);
    expect(told('Cholera: 63')).toEqual([]);
    expect(told('Measles in Cedar: 3')).toEqual([]);
  });
  test('of a sentence that stands as it was drafted is what it was drafted from', () => {
    expect(told('- Measles: 63 (before: 3).')).toEqual([]);
    expect(told('- Measles: 63 (before: 3)!')).toEqual(['AA 63']);
  });
});

test('numbers are read as people group them', () => {
  expect([...findWholeNumbers('1,234 and 5.678, 12 345; 1’000 or 7')]).toEqual(
    expect.arrayContaining([1234, 5678, 12345, 1000, 7]),
  );
  expect([...findWholeNumbers('92.5 %, 92,5 and 40%')]).toEqual([]);
});

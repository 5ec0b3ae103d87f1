import { describe, expect, test } from 'vitest';
import { readUnits } from '../units/unit-rows.ts';
import { readIndicators, type IndicatorsHeld } from './indicator-rows.ts';
import type { Indicator } from './indicator.ts';

const measles: Indicator = {
  id: 1,
  code: 'measles',
  names: { en: 'Measles', fr: 'Rougeole' },
  icd10: 'B05',
  icd11: '1F03',
  periodKind: 'iso-week',
  isImmediate: true,
  aggregation: 'sum',
  parts: [],
};
const held = (reported: readonly number[] = []): IndicatorsHeld => ({
  indicators: [measles],
  reported: new Set(reported),
  sets: new Map([['weekly', 'iso-week']]),
});
const none: IndicatorsHeld = { indicators: [], reported: new Set(), sets: new Map() };
const read = (before: IndicatorsHeld, ...cells: readonly Readonly<Record<string, string>>[]) =>
  readIndicators(
    cells.map((each, at) => ({ row: at + 2, cells: each })),
    before,
  );
const codes = (reading: ReturnType<typeof read>): readonly string[] =>
  reading.rejections.map(({ row, role, code }) => `${row} ${role} ${code}`);

describe('an indicator is refused', () => {
  test('for its own cells', () => {
    const reading = read(
      none,
      { code: '' },
      { code: 'a b' },
      { code: 'a', icd10: '5B' },
      { code: 'a', icd11: 'B05' },
      { code: 'a', period: 'fortnight' },
      { code: 'a', immediate: 'maybe' },
      { code: 'a', aggregation: 'product' },
      { code: 'a', set: 'my form' },
    );
    expect(codes(reading)).toEqual([
      '2 code code-missing',
      '3 code code-form',
      '4 icd10 icd10-form',
      '5 icd11 icd11-form',
      '6 period period-kind-unknown',
      '7 immediate yes-or-no',
      '8 aggregation aggregation-unknown',
      '9 set set-code-form',
    ]);
  });
  test('when it would take reports that exist to another kind of period', () => {
    expect(codes(read(held([1]), { code: 'measles', period: 'month' }))).toEqual(['2 period period-kind-fixed']);
    expect(codes(read(held(), { code: 'measles', period: 'month' }))).toEqual([]);
  });
  test('when its form is for another kind of period', () => {
    expect(codes(read(held(), { code: 'births', period: 'month', set: 'weekly' }))).toEqual([
      '2 set set-of-other-periods',
    ]);
    expect(codes(read(none, { code: 'a', period: 'day', set: 'f' }, { code: 'b', period: 'month', set: 'f' }))).toEqual(
      ['3 set set-of-other-periods'],
    );
  });
  test('when it is the sum of what nobody knows, of itself, or of what was refused for that', () => {
    const rows = [
      { code: 'all', parts: 'young+old' },
      { code: 'young', parts: 'measles' },
      { code: 'a', parts: 'b' },
      { code: 'b', parts: 'c measles' },
      { code: 'c', parts: 'a' },
    ];
    const reading = read(held(), ...rows);
    expect(codes(reading)).toEqual([
      '2 parts parts-unknown',
      '4 parts parts-circular',
      '5 parts parts-circular',
      '6 parts parts-circular',
    ]);
    expect(reading.differing.map(({ code, parts }) => [code, parts])).toEqual([['young', ['measles']]]);
  });
  test('when the file says two things about it', () => {
    expect(codes(read(none, { code: 'a', name: 'A' }, { code: 'a', name: 'B' }))).toEqual([
      '3 code repeated-differently',
    ]);
  });
});

describe('indicators', () => {
  test('keep what a column that is missing does not say, and lose what an empty cell says', () => {
    const reading = read(held(), { code: 'measles', name: 'Measles (all)', icd11: '' });
    const { id, ...rest } = measles;
    expect(id).toBe(1);
    expect(reading.differing).toEqual([{ ...rest, names: { en: 'Measles (all)', fr: 'Rougeole' }, icd11: undefined }]);
  });
  test('are sums of others, also of such as stand further down; an empty cell takes that back', () => {
    const sum: Indicator = { ...measles, id: 2, code: 'all', parts: ['measles'] };
    const before = { ...held(), indicators: [measles, sum] };
    expect(read(before, { code: 'all', parts: 'new, measles' }, { code: 'new' }).differing[0]).toMatchObject({
      parts: ['measles', 'new'],
    });
    expect(read(before, { code: 'all' })).toMatchObject({ changed: 0 });
    expect(read(before, { code: 'all', parts: '' }).differing).toMatchObject([{ code: 'all', parts: [] }]);
  });
  test('sent again are unchanged', () => {
    const same = { code: 'measles', name: 'Measles', icd10: 'b05', period: 'week', immediate: 'yes' };
    expect(read(held(), same)).toMatchObject({ added: 0, changed: 0, unchanged: 1 });
  });
  test('stand in several forms by a row for each', () => {
    const reading = read(none, { code: 'a', set: 'f' }, { code: 'a', set: 'g' });
    expect([...reading.members]).toEqual([
      ['f', ['a']],
      ['g', ['a']],
    ]);
    expect(reading).toMatchObject({ added: 1, unchanged: 1, rejections: [] });
  });
});

describe('a unit is refused', () => {
  test('for its own cells', () => {
    const places = new Map([['N', { name: 'North' }]]);
    const rows = [
      { code: '', name: 'x' },
      { code: 'U', name: '' },
      { code: 'U', name: 'Unit' },
      { code: 'U', name: 'Unit', place: 'Z' },
      { code: 'U', name: 'Unit', place: 'N', set: 'none' },
      { code: 'U', name: 'Unit', place: 'N', set: 'weekly', since: 'soon' },
      { code: 'U', name: 'Unit', place: 'N', contact: 'A', phone: 'call me' },
      { code: 'U', name: 'Unit', place: 'N', contact: 'A', email: 'a@b' },
      { code: 'N', set: 'weekly', contact: 'The office', phone: '+1 (555) 010-99 ext. 3' },
    ].map((cells, at) => ({ row: at + 2, cells }));
    const { units, rejections } = readUnits(rows, { places, sets: new Set(['weekly']) });
    expect(rejections.map(({ row, role, code }) => `${row} ${role} ${code}`)).toEqual([
      '2 code code-missing',
      '3 name name-missing',
      '4 place place-missing',
      '5 place place-unknown',
      '6 set set-unknown',
      '7 since date-wrong',
      '8 phone phone-form',
      '9 email email-form',
    ]);
    expect(units).toEqual([
      {
        code: 'N',
        name: 'North',
        place: undefined,
        contact: { name: 'The office', phone: '+1 (555) 010-99 ext. 3', email: undefined },
        expects: [{ set: 'weekly', since: undefined }],
      },
    ]);
  });
});

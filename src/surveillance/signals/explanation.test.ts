import { populationComparisons } from '@reciproca/detect/rules';
import { describe, expect, test } from 'vitest';
import { periodKinds, periodOf, type PlainDate } from '../../period.ts';
import { locales, translator } from '../../ui/locales.ts';
import { methodBody, methodKindNames, methodOf, usualValues } from './detection-settings/method-form.ts';
import { describeMethod, explainAlarm, explainRank, explainWarnings } from './explanation.ts';
import { suits, type Method } from './method.ts';

const methods: readonly Method[] = methodKindNames.flatMap((kind) => {
  const values = usualValues(kind);
  const control = Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (name.startsWith('control.') ? [[name.slice(8), value]] : [])),
  );
  const fields = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, name === 'compare' ? value : Number(value)]),
  );
  const usual = methodOf(methodBody.parse({ kind, ...fields, control }));
  if (usual.method !== 'rule') return [usual];
  const other = usual.rule.compare === 'at-least' ? 'more-than' : 'at-least';
  const windowed: Method[] =
    usual.rule.kind === 'rate-per-100k' ? [{ method: 'rule', rule: { ...usual.rule, windowDays: 28 } }] : [];
  const sized: Method[] =
    usual.rule.kind === 'cases'
      ? populationComparisons.map((compare) => ({
          method: 'rule',
          rule: { ...usual.rule, population: { compare, people: 30_000 } },
        }))
      : [];
  return [usual, { method: 'rule', rule: { ...usual.rule, compare: other } }, ...windowed, ...sized];
});

const noStatistic = { expected: undefined, pValue: undefined, score: undefined, scoreLimit: undefined, warnings: [] };

describe.each(locales)('in %s', (locale) => {
  const words = { locale, t: translator(locale) };

  test('every method, period and shape of alarm is one sentence in which everything has been filled in', () => {
    for (const method of methods)
      for (const kind of periodKinds) {
        if (!suits(method, kind)) continue;
        for (const statistic of [
          noStatistic,
          { ...noStatistic, expected: 4.32, pValue: 0.000_41 },
          { ...noStatistic, score: 5.4, scoreLimit: 5, expected: 2 },
          { ...noStatistic, pValue: 1e-12, warnings: [{ code: 'past-outbreaks-weighted-down', periods: 3 }] as const },
        ])
          for (const range of [undefined, { lower: 0, upper: 0 }, { lower: 2, upper: 11 }])
            for (const observed of [1, 2, 5, 17, 143, 12.34]) {
              const sentence = explainAlarm(words, {
                indicator: 'Measles',
                place: 'Alder',
                period: periodOf(kind, '2026-03-02' as PlainDate),
                observed,
                range,
                threshold: 7.4321,
                raisedWhen: 'more-than',
                method,
                ...statistic,
              });
              expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
              expect(sentence).toContain('Measles');
              expect(sentence).toContain('Alder');
              expect(sentence.match(/\.(?:\s+\p{Lu}|$)/gu)).toHaveLength(1);
            }
      }
  });

  test('no two methods read the same', () => {
    const texts = methods.map((method) => describeMethod(words, method, 'iso-week'));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('each reason of a place in the list has words', () => {
    for (const reason of [
      { code: 'immediate' },
      { code: 'told' },
      { code: 'evidence', pValue: 0.0004 },
      { code: 'excess', units: 3.4 },
      { code: 'over-limit', times: 2 },
      { code: 'neighbours', count: 2 },
      { code: 'persisting', periods: 3 },
    ] as const)
      expect(explainRank(words, reason)).toMatch(/^[^{}]+\.$/);
  });
});

test('the sentence states what was reported, what was expected and from what, where the alarm begins, and how rare it is', () => {
  const words = { locale: 'en', t: translator('en') } as const;
  const facts = {
    indicator: 'Pertussis',
    place: 'Osaka',
    period: periodOf('iso-week', '2024-12-02' as PlainDate),
    observed: 31,
    range: { lower: 5, upper: 14 },
    expected: 12.04,
    threshold: 22,
    raisedWhen: 'more-than',
    pValue: 0.000_41,
    score: 1.9,
    scoreLimit: 1,
    warnings: [{ code: 'past-outbreaks-weighted-down', periods: 3 }],
    method: { method: 'farrington-flexible', control: { alpha: 0.01, thresholdMethod: 'nbPlugin' } },
  } as const;
  expect(explainAlarm(words, facts)).toBe(
    'Pertussis, Osaka, week 49 of 2024: 31 reported; 12 expected from the same time of year in the past 5 years; ' +
      'the alarm begins above 22; p = 0.0004; 3 past outbreaks weighted down (Farrington flexible).',
  );
});

test('what should make a reader careful is said in words', () => {
  const words = { locale: 'en', t: translator('en') } as const;
  expect(
    explainWarnings(words, [
      { code: 'reference-missing', periods: 2 },
      { code: 'history-too-short', needs: 260, has: 100 },
      { code: 'all-zero' },
      { code: 'past-outbreaks-weighted-down', periods: 3 },
    ]),
  ).toEqual([
    '2 earlier periods have no report, so the expectation rests on less.',
    'The history is too short: 100 periods where 260 are needed.',
    'The periods compared with had no case at all, so any case looks like much.',
  ]);
});

import { describe, expect, test } from 'vitest';
import { periodKinds, periodOf, type PlainDate } from '../../period.ts';
import { locales, translator } from '../../ui/locales.ts';
import { methodBody, methodKindNames, methodOf, usualValues } from './detection-settings/method-form.ts';
import { describeMethod, explainAlarm, explainRank } from './explanation.ts';
import { suits, type Method } from './method.ts';

const methods: readonly Method[] = methodKindNames.flatMap((kind) => {
  const values = Object.fromEntries(
    Object.entries(usualValues[kind]).map(([name, value]) => [name, name === 'compare' ? value : Number(value)]),
  );
  const usual = methodOf(methodBody.parse({ kind, ...values }));
  if (usual.kind === 'ears') return [usual];
  const other = usual.rule.compare === 'at-least' ? 'more-than' : 'at-least';
  const windowed: Method[] =
    usual.rule.kind === 'rate-per-100k' ? [{ kind: 'rule', rule: { ...usual.rule, windowDays: 28 } }] : [];
  return [usual, { kind: 'rule', rule: { ...usual.rule, compare: other } }, ...windowed];
});

describe.each(locales)('in %s', (locale) => {
  const words = { locale, t: translator(locale) };

  test('every method, period and shape of alarm is one sentence in which everything has been filled in', () => {
    for (const method of methods)
      for (const kind of periodKinds) {
        if (!suits(method, kind)) continue;
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
      { code: 'excess', units: 3.4 },
      { code: 'over-limit', times: 2 },
      { code: 'neighbours', count: 2 },
      { code: 'persisting', periods: 3 },
    ] as const)
      expect(explainRank(words, reason)).toMatch(/^[^{}]+\.$/);
  });
});

test('the sentence states what was reported, what is usual and where the alarm begins', () => {
  const words = { locale: 'en', t: translator('en') } as const;
  const facts = {
    indicator: 'Pertussis',
    place: 'Osaka',
    period: periodOf('iso-week', '2024-12-02' as PlainDate),
    observed: 27,
    range: { lower: 5, upper: 14 },
    threshold: 25.4321,
    raisedWhen: 'more-than',
    method: { kind: 'ears', variant: 'C2', baseline: 7, alpha: 0.001, minSigma: 1 },
  } as const;
  expect(explainAlarm(words, facts)).toBe(
    'Pertussis, Osaka, week 49 of 2024: 27 reported where 5 to 14 are usual; the alarm begins above 25.4 (EARS C2, from mean and spread of the 7 weeks before).',
  );
});

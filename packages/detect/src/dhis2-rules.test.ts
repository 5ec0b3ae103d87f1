import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from './dhis2-expression.ts';
import { importDhis2Rules } from './dhis2-rules.ts';
import { detectRule, parseRule } from './rules.ts';
import { createSeries } from './series.ts';

const PACKAGE = join(
  process.env['RECIPROCA_FIXTURES'] ?? resolve(import.meta.dirname, '../../../../shared'),
  'data/field/dhis2_ids_package/metadata_ids_agg_2.39_trimmed.json',
);

interface Parts {
  readonly left?: string;
  readonly operator?: string;
  readonly right?: string;
  readonly description?: string;
  readonly predictor?: string;
  readonly periods?: number;
}

/** One rule; with `predictor`, one that watches the predictor's output. */
function metadata({
  left = '#{cases}',
  operator = 'less_than',
  right = '1',
  description,
  predictor,
  periods = 0,
}: Parts) {
  return {
    dataElements: [
      { id: 'cases', name: 'Measles (Confirmed cases)' },
      { id: 'deaths', name: 'Measles (Deaths)' },
      { id: 'people', name: 'Population' },
    ],
    validationRules: [
      {
        id: 'rule',
        name: 'Measles',
        leftSide: { expression: predictor === undefined ? left : '#{flag}' },
        operator,
        rightSide: { expression: right },
        periodType: 'Weekly',
        description,
      },
    ],
    predictors:
      predictor === undefined
        ? []
        : [
            {
              id: 'predictor',
              name: 'Measles outbreak',
              generator: { expression: predictor },
              output: { id: 'flag' },
              periodType: 'Weekly',
              sequentialSampleCount: periods,
            },
          ],
  };
}

describe('the import refuses', () => {
  it.each([
    ['what is not an object', 'text', 'metadata'],
    ['rules that are not a list', { validationRules: {} }, 'validationRules'],
    [
      'a rule without its side',
      { validationRules: [{ id: 'x', operator: 'less_than' }] },
      'validationRules[0].leftSide',
    ],
  ])('%s', (_, input, field) => {
    expect(() => importDhis2Rules(input)).toThrow(expect.objectContaining({ code: 'input-malformed', field }));
  });
});

describe('an expression is not guessed at', () => {
  it.each(['#{cases} +', 'R{abc.REPORTING_RATE} > 1', '(#{cases}', 'if(#{cases} > 1, 1', '', '#{a} # 1'])(
    '%j',
    (text) => {
      expect(parseExpression(text)).toBeUndefined();
    },
  );

  it('and a rule of one we cannot read is listed, not imported', () => {
    const { rules, notUnderstood } = importDhis2Rules(metadata({ left: 'R{abc.REPORTING_RATE}' }));
    expect(rules).toEqual([]);
    expect(notUnderstood).toHaveLength(1);
  });

  it('nor does any text crash it', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '#{a}',
            '#{b.c}',
            '1',
            '.5',
            '(',
            ')',
            '>=',
            '<',
            '&&',
            '||',
            '+',
            '/',
            ',',
            'if(',
            'sum(',
            ' ',
            '!',
            '-',
          ),
        }),
        (text) => {
          expect(() => importDhis2Rules(metadata({ left: text }))).not.toThrow();
          expect(() => importDhis2Rules(metadata({ predictor: text }))).not.toThrow();
        },
      ),
    );
  });
});

describe('an alert', () => {
  it('"less than 1 is violated" is 1 case', () => {
    const { rules } = importDhis2Rules(metadata({}));
    expect(rules[0]).toMatchObject({
      element: 'cases',
      elementName: 'Measles (Confirmed cases)',
      rule: { kind: 'cases', compare: 'at-least', cases: 1 },
      faults: [],
    });
  });

  it('is a rule that our own store accepts', () => {
    for (const { rule } of importDhis2Rules(metadata({ predictor: 'if(sum(#{cases}) > 3,1,0)', periods: 4 })).rules)
      expect(parseRule(structuredClone(rule))).toEqual(rule);
  });
});

describe('the known fault of the window', () => {
  const { rules } = importDhis2Rules(
    metadata({
      predictor: 'if((sum(#{cases}) > 3),1,0)',
      periods: 4,
      description: '3 confirmed cases in one district in 30 days',
    }),
  );

  it('is reported', () => {
    expect(rules[0]?.faults.map(({ code }) => code)).toEqual([
      'current-period-left-out',
      'more-than-instead-of-at-least',
      'window-differs',
    ]);
  });

  it('is not reproduced: three cases up to this week are an alert this week', () => {
    const series = createSeries({ kind: 'week', counts: [0, 0, 0, 0, 1, 1, 1] });
    expect(
      detectRule(series, rules[0]!.rule)
        .map(({ alarm }) => alarm)
        .slice(4),
    ).toEqual([false, false, true]);
  });

  it('"more than" stays where the words do not say otherwise', () => {
    const plain = importDhis2Rules(metadata({ predictor: 'if(sum(#{cases}) > 3,1,0)', periods: 4 }));
    expect(plain.rules[0]?.rule).toMatchObject({ compare: 'more-than', cases: 3, windowDays: 28 });
  });
});

it('thresholds by population become rules for places of that size', () => {
  const { rules } = importDhis2Rules(
    metadata({
      predictor:
        'if((#{cases} >= 10 && #{people} > 30000 && (#{cases}/#{people}) >= 0.0001) || (#{cases} >= 5 && #{people} <= 30000),1,0)',
    }),
  );
  expect(rules.map(({ rule }) => rule)).toEqual([
    {
      kind: 'rate-per-100k',
      compare: 'at-least',
      ratePer100k: 10,
      minimumCases: 10,
      population: { compare: 'more-than', people: 30_000 },
    },
    { kind: 'cases', compare: 'at-least', cases: 5, population: { compare: 'at-most', people: 30_000 } },
  ]);
  const alarms = (people: number) => {
    const series = createSeries({ kind: 'week', counts: [6], population: [people] });
    return rules.map(({ rule }) => detectRule(series, rule)[0]?.alarm);
  };
  expect(alarms(20_000)).toEqual([false, true]);
  expect(alarms(50_000)).toEqual([false, false]);
});

it('a check of the data names the element that a sum counts twice', () => {
  const { rules, checks } = importDhis2Rules(
    metadata({ left: '#{cases} + #{cases}', operator: 'less_than_or_equal_to', right: '#{deaths}' }),
  );
  expect(rules).toEqual([]);
  expect(checks[0]).toMatchObject({ left: ['cases'], right: ['deaths'], repeated: ['cases'] });
});

// The package itself is not part of the repository; RECIPROCA_FIXTURES says where it lies.
describe.skipIf(!existsSync(PACKAGE))('the IDS package', () => {
  const imported = existsSync(PACKAGE)
    ? importDhis2Rules(JSON.parse(readFileSync(PACKAGE, 'utf8')))
    : { rules: [], checks: [], companions: [], notUnderstood: [] };
  const faultsOf = (name: string) =>
    imported.rules.filter(({ source }) => source.name === name).flatMap(({ faults }) => faults.map(({ code }) => code));

  it('is understood to the last expression', () => {
    expect(imported.notUnderstood).toEqual([]);
    expect(imported.rules).toHaveLength(24);
    expect(imported.checks).toHaveLength(15);
  });

  it('has its faults reported', () => {
    expect(faultsOf('IDS - Confirmed Measles Outbreak')).toContain('current-period-left-out');
    expect(faultsOf('IDS - Suspected Measles/Rubella')).toContain('more-than-instead-of-at-least');
    expect(faultsOf('IDS - Suspected Diarrhoea with Blood (Shigella)')).toContain('map-threshold-differs');
    expect(faultsOf('IDS - Confirmed Rabies')).toContain('map-counts-another-element');
    expect(faultsOf('IDS - Suspected Pertussis')).toContain('map-counts-another-element');
    expect(faultsOf('IDS - Meningitis outbreak')).toContain('doubling-not-implemented');
    expect(imported.checks.filter(({ repeated }) => repeated.length > 0).map(({ name }) => name)).toEqual([
      'IDS - AFP Confirmed<=Suspected',
      'IDS - Meningitis Confirmed <= Suspected',
    ]);
  });
});

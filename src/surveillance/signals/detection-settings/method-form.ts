/** How a person writes a method in a form: the kind, and what this kind asks for. Rules in words; statistics by the control names of their papers. */
import { DetectError } from '@reciproca/detect/errors';
import { noufailySettings } from '@reciproca/detect/farrington-flexible';
import { methodSettings, type MethodName, type Setting } from '@reciproca/detect/method';
import { comparisons } from '@reciproca/detect/result';
import { populationComparisons } from '@reciproca/detect/rules';
import { z } from 'zod';
import { problem } from '../../../problem.ts';
import { parseMethod, type Method } from '../method.ts';

/** Kinds of rule with their fields, in the order of the form. `share` is a percentage. */
export const ruleKinds = {
  cases: ['compare', 'cases', 'populationCompare', 'people'],
  'cases-in-window': ['compare', 'cases', 'windowDays', 'populationCompare', 'people'],
  'times-recent-mean': ['compare', 'factor', 'periods', 'minimumCases'],
  'successive-growth': ['compare', 'factor', 'periods', 'minimumCases'],
  'quantile-of-past-years': ['compare', 'share', 'years', 'halfWindow', 'minimumCases'],
  'deviations-from-past-years': ['compare', 'deviations', 'years', 'halfWindow', 'minimumCases'],
  'rate-per-100k': ['compare', 'ratePer100k', 'windowDays', 'minimumCases', 'populationCompare', 'people'],
} as const;
export type RuleKind = keyof typeof ruleKinds;
export type RuleField = (typeof ruleKinds)[RuleKind][number];

export type Statistic = Exclude<MethodName, 'rule'>;
export const statistics = Object.keys(methodSettings) as readonly Statistic[];
export type MethodKind = RuleKind | Statistic;
export const ruleKindNames = Object.keys(ruleKinds) as readonly RuleKind[];
export const methodKindNames: readonly MethodKind[] = [...ruleKindNames, ...statistics];

export const isRuleKind = (kind: MethodKind): kind is RuleKind => Object.hasOwn(ruleKinds, kind);

const number = z.number().optional();
export const methodBody = z.object({
  kind: z.enum(methodKindNames as readonly [MethodKind, ...MethodKind[]]),
  compare: z.enum(comparisons).optional(),
  cases: number,
  windowDays: number,
  factor: number,
  periods: number,
  minimumCases: number,
  share: number,
  years: number,
  halfWindow: number,
  deviations: number,
  ratePer100k: number,
  populationCompare: z.enum(populationComparisons).optional(),
  people: number,
  /** Of a statistic, by name. Text is read as the setting wants it. */
  control: z
    .record(z.string().max(40), z.union([z.string().max(100), z.number(), z.boolean(), z.array(z.number()).max(2)]))
    .optional(),
  isActive: z.boolean().optional(),
});
export type MethodBody = z.output<typeof methodBody>;

/** Refuses what the detection package refuses, at the field of the form that it is about. */
export function methodOf(body: MethodBody): Method {
  try {
    return parseMethod(
      isRuleKind(body.kind)
        ? { method: 'rule', rule: ruleOf(body, body.kind) }
        : { method: body.kind, control: controlOf(body.control ?? {}, body.kind) },
    );
  } catch (error) {
    if (!(error instanceof DetectError)) throw error;
    const path = error.field
      .replace('rule.population.', '')
      .replace(/^rule\./, '')
      .replace('quantile', 'share');
    const isControl = methodKindNames.includes(body.kind) && !isRuleKind(body.kind) && !path.startsWith('control.');
    throw refuse(isControl ? `control.${path}` : path.replace(/\[\d+\]$/, ''), 'signals.out-of-range', error);
  }
}

const refuse = (path: string, code: string, cause?: Error) =>
  problem.inputInvalid({ fields: [{ path, code, message: code }] }, cause);

function ruleOf(body: MethodBody, kind: RuleKind): Readonly<Record<string, unknown>> {
  const missing = ruleKinds[kind].filter((field) => body[field] === undefined && !isOptional(kind, field));
  if (missing.length > 0)
    throw problem.inputInvalid({ fields: missing.map((path) => ({ path, code: 'required', message: 'required' })) });
  if ((body.people === undefined) !== (body.populationCompare === undefined))
    throw refuse(body.people === undefined ? 'people' : 'populationCompare', 'required');
  const given = Object.fromEntries(
    ruleKinds[kind].flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])),
  );
  const { share, people, populationCompare, ...rest } = given;
  return {
    kind,
    ...rest,
    ...(typeof share === 'number' ? { quantile: share / 100 } : {}),
    ...(people === undefined ? {} : { population: { compare: populationCompare, people } }),
  };
}

type Given = NonNullable<MethodBody['control']>[string];

function controlOf(given: Readonly<Record<string, Given>>, kind: Statistic): Readonly<Record<string, unknown>> {
  const control: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const setting = methodSettings[kind].find((each) => each.name === name);
    if (setting === undefined) throw refuse(`control.${name}`, 'unknown-field');
    if (value !== '') control[name] = typeof value === 'string' ? readSetting(setting, value.trim()) : value;
  }
  return control;
}

function readSetting(setting: Setting, text: string): unknown {
  const asNumber = (part: string): number => {
    const value = Number(part);
    if (part === '' || Number.isNaN(value)) throw refuse(`control.${setting.name}`, 'not-a-number');
    return value;
  };
  switch (setting.kind) {
    case 'number':
    case 'whole':
      return asNumber(text);
    case 'flag':
      return text === 'true';
    case 'choice':
      return text;
    case 'mean':
      return text === 'glm' ? text : asNumber(text);
    case 'numbers':
      return text.split(/[\s,;]+/).map(asNumber);
  }
}

export const isOptional = (kind: RuleKind, field: RuleField): boolean =>
  field === 'minimumCases' ||
  field === 'people' ||
  field === 'populationCompare' ||
  (field === 'windowDays' && kind === 'rate-per-100k');

export const kindOf = (method: Method): MethodKind => (method.method === 'rule' ? method.rule.kind : method.method);

/** What the form shows for a stored method. */
export function valuesOf(method: Method): Readonly<Record<string, string>> {
  if (method.method !== 'rule') return { kind: method.method, ...controlValues(method.method, { ...method.control }) };
  const { rule } = method;
  const numbers: Readonly<Record<string, unknown>> = {
    ...rule,
    populationCompare: rule.population?.compare,
    people: rule.population?.people,
    share: 'quantile' in rule ? Number((rule.quantile * 100).toPrecision(12)) : undefined,
  };
  const fields = ruleKinds[rule.kind].flatMap((field): readonly (readonly [string, string])[] => {
    const value = numbers[field];
    return typeof value === 'number' || typeof value === 'string' ? [[field, String(value)]] : [];
  });
  return { kind: rule.kind, ...Object.fromEntries(fields) };
}

function controlValues(kind: Statistic, control: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    methodSettings[kind].flatMap(({ name, standard }) => {
      // Of the kinds that settings have.
      const value = (control[name] ?? standard) as string | number | boolean | readonly number[] | undefined;
      return value === undefined
        ? []
        : [[`control.${name}`, typeof value === 'object' ? value.join(' ') : String(value)]];
    }),
  );
}

/** Where the form of a rule begins: ordinary values, so that nobody has to know statistics to start. */
const usualRules: Readonly<Record<RuleKind, Readonly<Partial<Record<RuleField, string>>>>> = {
  cases: { compare: 'at-least', cases: '1' },
  'cases-in-window': { compare: 'at-least', cases: '3', windowDays: '28' },
  'times-recent-mean': { compare: 'at-least', factor: '2', periods: '3', minimumCases: '5' },
  'successive-growth': { compare: 'at-least', factor: '2', periods: '3', minimumCases: '5' },
  'quantile-of-past-years': { compare: 'more-than', share: '75', years: '5', halfWindow: '1', minimumCases: '5' },
  'deviations-from-past-years': {
    compare: 'more-than',
    deviations: '2',
    years: '5',
    halfWindow: '1',
    minimumCases: '5',
  },
  'rate-per-100k': { compare: 'at-least', ratePer100k: '10' },
};

/** What papers recommend where that is not the setting used when nothing is said. */
const recommended: Readonly<Partial<Record<Statistic, Readonly<Record<string, unknown>>>>> = {
  ears: { method: 'C2', alpha: 0.001, minSigma: 1 },
  'farrington-flexible': { ...noufailySettings, alpha: 0.01 },
  farrington: { alpha: 0.01 },
  cusum: { trans: 'rossi' },
};

export const usualValues = (kind: MethodKind): Readonly<Record<string, string>> =>
  isRuleKind(kind) ? usualRules[kind] : controlValues(kind, recommended[kind] ?? {});

/** How a person writes a method in a form: the kind, and the few numbers that this kind asks for. */
import { DetectError } from '@reciproca/detect/errors';
import { comparisons } from '@reciproca/detect/result';
import { z } from 'zod';
import { problem } from '../../../problem.ts';
import { parseMethod, type Method } from '../method.ts';

/** Each kind with its fields, in the order of the form. `share` is a percentage. */
export const methodKinds = {
  C1: ['baseline', 'alpha', 'minSigma'],
  C2: ['baseline', 'alpha', 'minSigma'],
  C3: ['baseline', 'alpha', 'minSigma'],
  cases: ['compare', 'cases'],
  'cases-in-window': ['compare', 'cases', 'windowDays'],
  'times-recent-mean': ['compare', 'factor', 'periods', 'minimumCases'],
  'successive-growth': ['compare', 'factor', 'periods', 'minimumCases'],
  'quantile-of-past-years': ['compare', 'share', 'years', 'halfWindow', 'minimumCases'],
  'deviations-from-past-years': ['compare', 'deviations', 'years', 'halfWindow', 'minimumCases'],
  'rate-per-100k': ['compare', 'ratePer100k', 'windowDays'],
} as const;
export type MethodKind = keyof typeof methodKinds;
export const methodKindNames = Object.keys(methodKinds) as readonly MethodKind[];
export type MethodField = (typeof methodKinds)[MethodKind][number];

const number = z.number().optional();
export const methodBody = z.object({
  kind: z.enum(methodKindNames as readonly [MethodKind, ...MethodKind[]]),
  compare: z.enum(comparisons).optional(),
  baseline: number,
  alpha: number,
  minSigma: number,
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
  isActive: z.boolean().optional(),
});
export type MethodBody = z.output<typeof methodBody>;

/** Refuses what the detection package refuses, at the field of the form that it is about. */
export function methodOf(body: MethodBody): Method {
  const { kind } = body;
  const given = Object.fromEntries(
    methodKinds[kind].flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])),
  );
  const missing = methodKinds[kind].filter((field) => body[field] === undefined && !isOptional(kind, field));
  if (missing.length > 0)
    throw problem.inputInvalid({ fields: missing.map((path) => ({ path, code: 'required', message: 'required' })) });
  const { share, ...rest } = given;
  try {
    return parseMethod(
      kind === 'C1' || kind === 'C2' || kind === 'C3'
        ? { kind: 'ears', variant: kind, ...rest }
        : { kind: 'rule', rule: { kind, ...rest, ...(typeof share === 'number' ? { quantile: share / 100 } : {}) } },
    );
  } catch (error) {
    if (!(error instanceof DetectError)) throw error;
    const path = error.field.replace(/^(?:rule|control)\./, '').replace('quantile', 'share');
    throw problem.inputInvalid({ fields: [{ path, code: 'signals.out-of-range', message: error.code }] }, error);
  }
}

export const isOptional = (kind: MethodKind, field: MethodField): boolean =>
  field === 'minimumCases' || (field === 'windowDays' && kind === 'rate-per-100k');

export const kindOf = (method: Method): MethodKind => (method.kind === 'ears' ? method.variant : method.rule.kind);

/** What the form shows for a stored method. */
export function valuesOf(method: Method): Readonly<Record<string, string>> {
  const numbers: Readonly<Record<string, unknown>> = method.kind === 'ears' ? { ...method } : { ...method.rule };
  const fields = methodKinds[kindOf(method)].flatMap((field): readonly (readonly [string, string])[] => {
    const value = field === 'share' ? Number((Number(numbers['quantile']) * 100).toPrecision(12)) : numbers[field];
    return typeof value === 'number' || typeof value === 'string' ? [[field, String(value)]] : [];
  });
  return { kind: kindOf(method), ...Object.fromEntries(fields) };
}

/** Where a form begins: ordinary values, so that nobody has to know statistics to start. */
export const usualValues: Readonly<Record<MethodKind, Readonly<Partial<Record<MethodField, string>>>>> = {
  C1: { baseline: '7', alpha: '0.001', minSigma: '1' },
  C2: { baseline: '7', alpha: '0.001', minSigma: '1' },
  C3: { baseline: '7', alpha: '0.025', minSigma: '1' },
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

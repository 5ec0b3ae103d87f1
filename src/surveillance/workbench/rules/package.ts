/** Rules out of a DHIS2 disease-surveillance package, as the office keeps them while it decides: what each maps to, and what was wrong with it. */
import { importDhis2Rules, type Dhis2Import, type ImportedRule } from '@reciproca/detect/dhis2-rules';
import { DetectError } from '@reciproca/detect/errors';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { PeriodKind } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { parseMethod, type Method } from '../../signals/method.ts';
import type { IndicatorFacts } from '../../signals/reported.ts';

/** The largest package known has 3 MB; a whole instance's metadata may have ten times as much. */
export const packageLimitBytes = 40_000_000;
const mostRules = 1000;

const fault = z.looseObject({ code: z.string() });

export const rulesResult = z.object({
  fileName: z.string(),
  sha256: z.string(),
  rules: z.array(
    z.object({
      source: z.object({ kind: z.enum(['validation-rule', 'predictor']), id: z.string(), name: z.string() }),
      element: z.string(),
      elementName: z.string(),
      periodType: z.string(),
      description: z.string().nullable(),
      method: z.unknown().transform(parseMethod),
      faults: z.array(fault),
    }),
  ),
  checks: z.array(z.object({ id: z.string(), name: z.string(), repeated: z.int() })),
  companions: z.array(z.object({ id: z.string(), name: z.string() })),
  notUnderstood: z.array(z.object({ id: z.string(), name: z.string(), expression: z.string() })),
});
export type RulesResult = z.output<typeof rulesResult>;
export type PackageRule = RulesResult['rules'][number];
export type Fault = ImportedRule['faults'][number];

/** Refuses, at the field `file`, what is not such a package. */
export async function readPackage(path: string, fileName: string): Promise<z.input<typeof rulesResult>> {
  const bytes = await readFile(path);
  const refuse = (code: string, cause: unknown) =>
    problem.inputInvalid(
      { fields: [{ path: 'file', code, message: code }] },
      cause instanceof Error ? cause : undefined,
    );
  let metadata: unknown;
  try {
    metadata = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw refuse('rules.not-json', error);
  }
  let found: Dhis2Import;
  try {
    found = importDhis2Rules(metadata);
  } catch (error) {
    if (!(error instanceof DetectError)) throw error;
    throw refuse('rules.not-a-package', error);
  }
  if (found.rules.length === 0 || found.rules.length > mostRules) throw refuse('rules.no-rules', undefined);
  return {
    fileName,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rules: found.rules.map(({ source, element, elementName, periodType, description, rule, faults }) => ({
      source,
      element,
      elementName,
      periodType,
      description: description ?? null,
      method: { method: 'rule', rule } satisfies Method,
      faults: faults.map((each) => ({ ...each })),
    })),
    checks: found.checks.map(({ id, name, repeated }) => ({ id, name, repeated: repeated.length })),
    companions: [...found.companions],
    notUnderstood: [...found.notUnderstood],
  };
}

const kindsOf: Readonly<Record<string, readonly PeriodKind[]>> = {
  Daily: ['day'],
  Weekly: ['iso-week', 'mmwr-week'],
  Monthly: ['month'],
};

/** Whether an indicator is reported in the periods that the rule is for. */
export const isFor = ({ periodType }: Pick<PackageRule, 'periodType'>, { periodKind }: IndicatorFacts): boolean =>
  kindsOf[periodType]?.includes(periodKind) ?? false;

const words = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2);

/** The indicator whose name, in any language, has all its words in the name of the data element; the longest such. A person decides. */
export function guessIndicator(
  rule: Pick<PackageRule, 'elementName' | 'periodType'>,
  indicators: readonly IndicatorFacts[],
): IndicatorFacts | undefined {
  const there = new Set(words(rule.elementName));
  const lengthOf = (indicator: IndicatorFacts): number =>
    Math.max(
      0,
      ...[...Object.values(indicator.names), indicator.code].map((name) => {
        const parts = words(name);
        return parts.length > 0 && parts.every((part) => there.has(part)) ? parts.join(' ').length : 0;
      }),
    );
  return indicators
    .filter((indicator) => isFor(rule, indicator) && lengthOf(indicator) > 0)
    .toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
}

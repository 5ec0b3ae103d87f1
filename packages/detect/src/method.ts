/**
 * All methods behind one door: plain data that can be stored and sent, validated on the way in, and one function that runs it.
 */
import { type BayesControl, detectBayes } from './bayes.ts';
import { type BodaControl, detectBoda } from './boda.ts';
import { type CdcControl, detectCdc } from './cdc.ts';
import { type CusumControl, cusumTransformations, detectCusum } from './cusum.ts';
import { detectEars, type EarsControl } from './ears.ts';
import { DetectError } from './errors.ts';
import { detectEwma, type EwmaControl } from './ewma.ts';
import { detectFarringtonFlexible, type FarringtonFlexibleControl } from './farrington-flexible.ts';
import { detectFarrington, type FarringtonControl } from './farrington.ts';
import { detectGlr, type GlrControl } from './glr.ts';
import { detectHiddenMarkov, type HiddenMarkovControl } from './hidden-markov.ts';
import { detectMovingEpidemicInSeries, type SeasonControl } from './moving-epidemic.ts';
import { detectOutbreakP, type OutbreakPControl } from './outbreak-p.ts';
import type { Detection, IndexRange } from './result.ts';
import { detectRki } from './rki.ts';
import { detectRogerson, type RogersonControl } from './rogerson.ts';
import { detectRule, parseRule, type Rule } from './rules.ts';
import { createSeries, type Series } from './series.ts';
import type { WindowControl } from './window-reference.ts';

export type Method =
  | { readonly method: 'rule'; readonly rule: Rule }
  | { readonly method: 'ears'; readonly control: EarsControl }
  | { readonly method: 'farrington-flexible'; readonly control: FarringtonFlexibleControl }
  | { readonly method: 'farrington'; readonly control: FarringtonControl }
  | { readonly method: 'bayes'; readonly control: BayesControl }
  | { readonly method: 'rki'; readonly control: WindowControl }
  | { readonly method: 'cdc'; readonly control: CdcControl }
  | { readonly method: 'cusum'; readonly control: CusumControl }
  | { readonly method: 'glr'; readonly control: GlrControl }
  | { readonly method: 'outbreak-p'; readonly control: OutbreakPControl }
  | { readonly method: 'rogerson'; readonly control: RogersonControl }
  | { readonly method: 'ewma'; readonly control: EwmaControl }
  | { readonly method: 'moving-epidemic'; readonly control: SeasonControl }
  | { readonly method: 'hidden-markov'; readonly control: HiddenMarkovControl }
  | { readonly method: 'boda'; readonly control: BodaControl };
export type MethodName = Method['method'];

/** A setting as a form shows it. Ranges are checked by the method itself. */
export type Setting =
  | {
      readonly name: string;
      readonly kind: 'number' | 'whole' | 'flag';
      readonly standard: number | boolean | undefined;
    }
  | { readonly name: string; readonly kind: 'choice'; readonly choices: readonly string[]; readonly standard: string }
  /** A number, or the word glm for a yearly wave fitted to what lies before. */
  | { readonly name: string; readonly kind: 'mean'; readonly standard: undefined }
  | { readonly name: string; readonly kind: 'numbers'; readonly standard: readonly number[] | undefined };

const compat: Setting = { name: 'compat', kind: 'choice', choices: ['paper', 'r'], standard: 'paper' };
const whole = (name: string, standard: number | undefined): Setting => ({ name, kind: 'whole', standard });
const number = (name: string, standard: number | undefined): Setting => ({ name, kind: 'number', standard });
const flag = (name: string, standard: boolean): Setting => ({ name, kind: 'flag', standard });
const choice = (name: string, choices: readonly string[], standard: string): Setting => ({
  name,
  kind: 'choice',
  choices,
  standard,
});
const numbers = (name: string, standard: readonly number[] | undefined): Setting => ({
  name,
  kind: 'numbers',
  standard,
});

/** What can be set on each method, in the order to show it, with the value used when nothing is said. */
export const methodSettings: Readonly<Record<Exclude<MethodName, 'rule'>, readonly Setting[]>> = {
  ears: [
    choice('method', ['C1', 'C2', 'C3'], 'C1'),
    whole('baseline', 7),
    number('minSigma', 0),
    number('alpha', undefined),
    compat,
  ],
  'farrington-flexible': [
    whole('b', 5),
    whole('w', 3),
    whole('noPeriods', 1),
    whole('pastWeeksNotIncluded', undefined),
    number('alpha', 0.05),
    choice('thresholdMethod', ['delta', 'nbPlugin', 'muan'], 'delta'),
    choice('powertrans', ['2/3', '1/2', 'none'], '2/3'),
    flag('trend', true),
    number('pThresholdTrend', 0.05),
    flag('reweight', true),
    number('weightsThreshold', 2.58),
    numbers('limit54', [5, 4]),
    flag('populationOffset', false),
    compat,
  ],
  farrington: [
    whole('b', 5),
    whole('w', 3),
    number('alpha', 0.05),
    choice('powertrans', ['2/3', '1/2', 'none'], '2/3'),
    flag('trend', true),
    flag('reweight', true),
    numbers('limit54', [5, 4]),
    flag('populationOffset', false),
    compat,
  ],
  bayes: [whole('b', 0), whole('w', 6), flag('actY', true), number('alpha', 0.05), compat],
  rki: [whole('b', 2), whole('w', 4), flag('actY', false), compat],
  cdc: [whole('b', 5), whole('m', 1), number('alpha', 0.025)],
  cusum: [
    number('k', 1.04),
    number('h', 2.26),
    { name: 'm', kind: 'mean', standard: undefined },
    choice('trans', cusumTransformations, 'standard'),
    number('alpha', 0.1),
    compat,
  ],
  glr: [
    number('c.ARL', 5),
    choice('change', ['intercept', 'epi'], 'intercept'),
    number('theta', undefined),
    choice('dir', ['inc', 'dec'], 'inc'),
    number('alpha', undefined),
    whole('Mtilde', 1),
    whole('M', -1),
    whole('S', 1),
    flag('trend', false),
    flag('refit', false),
    choice('ret', ['value', 'cases'], 'value'),
    compat,
  ],
  'outbreak-p': [number('k', 100), choice('ret', ['value', 'cases'], 'value'), compat],
  rogerson: [number('s', 1), number('ARL0', 500), flag('FIR', false), number('limit', -1), whole('digits', 1)],
  ewma: [
    number('lambda', 0.3),
    number('L', 3),
    { name: 'm', kind: 'mean', standard: undefined },
    choice('dispersion', ['estimated', 'poisson'], 'estimated'),
  ],
  'moving-epidemic': [
    whole('seasonStartMonth', 10),
    number('delta', 2.8),
    number('thresholdLevel', 0.95),
    whole('valuesPerSeason', undefined),
  ],
  'hidden-markov': [
    whole('noStates', 2),
    whole('Mtilde', -1),
    flag('trend', true),
    whole('noHarmonics', 1),
    flag('covEffectEqual', false),
  ],
  boda: [
    whole('b', 5),
    whole('w', 3),
    whole('noPeriods', 1),
    whole('pastWeeksNotIncluded', undefined),
    flag('trend', true),
    number('alpha', 0.05),
    numbers('limit54', [5, 4]),
    compat,
  ],
};

/** Methods that learn from what lies before the range and follow a sum through it, instead of judging each period alone. */
export const chartMethods: readonly MethodName[] = ['cusum', 'glr', 'rogerson', 'ewma'];

/**
 * Answers for every period of the range, by default of the whole series; charts then watch the last year and learn from what
 * lies before.
 */
export function detect(series: Series, method: Method, range?: IndexRange): readonly Detection[] {
  switch (method.method) {
    case 'rule':
      return detectRule(series, method.rule, range);
    case 'ears':
      return detectEars(series, method.control, range);
    case 'farrington-flexible':
      return detectFarringtonFlexible(series, method.control, range);
    case 'farrington':
      return detectFarrington(series, method.control, range);
    case 'bayes':
      return detectBayes(series, method.control, range);
    case 'rki':
      return detectRki(series, method.control, range);
    case 'cdc':
      return detectCdc(series, method.control, range);
    case 'cusum':
      return detectCusum(series, method.control, range);
    case 'glr':
      return detectGlr(series, method.control, range);
    case 'outbreak-p':
      return detectOutbreakP(series, method.control, range);
    case 'rogerson':
      return detectRogerson(series, method.control, range);
    case 'ewma':
      return detectEwma(series, method.control, range);
    case 'moving-epidemic':
      return detectMovingEpidemicInSeries(series, method.control, range);
    case 'hidden-markov':
      return detectHiddenMarkov(series, method.control, range);
    case 'boda':
      return detectBoda(series, method.control, range);
  }
}

/** The last period only. Undefined for an empty series. */
export function detectLatest(series: Series, method: Method): Detection | undefined {
  const last = series.values.length - 1;
  if (last < 0) return undefined;
  const range = chartMethods.includes(method.method) ? undefined : { first: last, last };
  return detect(series, method, range).at(-1);
}

/** What settings were called before they took R's names; methods that were stored then are read as what they say. */
const earlierNames: Partial<Readonly<Record<MethodName, Readonly<Record<string, string>>>>> = {
  glr: { cArl: 'c.ARL', mTilde: 'Mtilde', m: 'M', harmonics: 'S' },
  rogerson: { arl0: 'ARL0', fir: 'FIR' },
  'hidden-markov': { mTilde: 'Mtilde' },
};

/** A method from stored or received JSON. Throws DetectError naming the field. */
export function parseMethod(input: unknown): Method {
  const record = asRecord(input, 'method');
  const name = record['method'];
  if (name === 'rule') return { method: 'rule', rule: parseRule(record['rule']) };
  if (!isMethodName(name)) throw new DetectError('control-unknown', 'method', String(name));
  const control = asRecord(record['control'] ?? {}, 'control');
  const settings = methodSettings[name];
  const checked: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(control)) {
    const field = earlierNames[name]?.[given] ?? given;
    const setting = settings.find((candidate) => candidate.name === field);
    if (setting === undefined) throw new DetectError('control-unknown', `control.${field}`);
    if (value === undefined || value === null) continue;
    if (!fits(setting, value)) throw new DetectError('control-out-of-range', `control.${field}`, JSON.stringify(value));
    checked[field] = value;
  }
  if (name === 'ears') checked['method'] ??= 'C1';
  // Every field has the type its setting says and every setting is a field of the control; ranges follow below.
  const method = { method: name, control: checked } as unknown as Method;
  // On an empty series a method only looks at its control.
  detect(createSeries({ kind: 'week', counts: [] }), method);
  return method;
}

function fits(setting: Setting, value: unknown): boolean {
  switch (setting.kind) {
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value);
    case 'mean':
      return value === 'glm' || (typeof value === 'number' && Number.isFinite(value));
    case 'numbers':
      return Array.isArray(value) && value.length === 2 && value.every((entry) => Number.isFinite(entry));
    case 'whole':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
  }
}

function isMethodName(name: unknown): name is Exclude<MethodName, 'rule'> {
  return typeof name === 'string' && Object.hasOwn(methodSettings, name);
}

function asRecord(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DetectError('input-malformed', field);
  return { ...value };
}

import { detectBayes } from '../bayes.ts';
import { fitBoda } from '../boda.ts';
import { detectCdc } from '../cdc.ts';
import { type CusumTransformation, runCusum } from '../cusum.ts';
import { type GlrControl, runGlr } from '../glr.ts';
import { detectHiddenMarkov } from '../hidden-markov.ts';
import { detectOutbreakP } from '../outbreak-p.ts';
import { detectRki } from '../rki.ts';
import { detectRogerson } from '../rogerson.ts';
import { asNumber, asNumbers, asRecord, controlOf, flagOf, type GoldenCase, limit54Of, textOf } from './case.ts';
import type { Comparison } from './compare.ts';
import { compareDetections, compareField, definedNumbers, rangeOf, seriesOf } from './series-case.ts';

/** Estimated by an optimiser on both sides. */
const ESTIMATED = 1e-4;

export function compareBayes(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const given = {
    ...definedNumbers(control, ['b', 'w', 'alpha']),
    actY: flagOf(control, 'actY', true),
    compat: 'r',
  } as const;
  return compareDetections(golden, detectBayes(seriesOf(golden), given, rangeOf(golden)));
}

export function compareRki(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const given = { ...definedNumbers(control, ['b', 'w']), actY: flagOf(control, 'actY', false), compat: 'r' } as const;
  return compareDetections(golden, detectRki(seriesOf(golden), given, rangeOf(golden)));
}

export function compareCdc(golden: GoldenCase): Comparison[] {
  const given = definedNumbers(controlOf(golden), ['b', 'm', 'alpha']);
  const detections = detectCdc(seriesOf(golden), given, rangeOf(golden));
  return [
    ...compareDetections(golden, detections),
    ...compareField(
      golden,
      'aggr',
      detections.map(({ observed }) => observed),
    ),
  ];
}

export function compareCusum(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const given = asRecord(golden.fields['control_given'] ?? {}, 'control_given');
  const seasonal = given['m'] === 'glm';
  const trans = textOf(control, 'trans', 'standard') as CusumTransformation;
  const start = asNumbers(golden.fields['start'] ?? [], 'start');
  const run = runCusum(
    seriesOf(golden),
    {
      ...definedNumbers(control, ['k', 'h', 'alpha']),
      m: seasonal ? 'glm' : asNumber(given['m']),
      trans,
      startPeriod: start[1] ?? 1,
      compat: 'r',
    },
    rangeOf(golden),
  );
  const means = asNumbers(golden.fields['m'], 'm');
  // The table that R reads the hypergeometric function from has ten digits.
  const tolerance = trans === 'anscombeNegBin' ? 1e-5 : undefined;
  return [
    ...compareDetections(golden, run.detections, tolerance),
    ...compareField(
      golden,
      'cusum',
      run.detections.map(({ score }) => score),
      tolerance === undefined ? {} : { tolerance, floor: 1e-8 },
    ),
    ...compareField(golden, 'm', means.length === 1 ? [run.means[0]] : [...run.means]),
  ];
}

export function compareGlr(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const given = asRecord(golden.fields['control_given'] ?? {}, 'control_given');
  const poisson = golden.algorithm === 'glrpois';
  const alpha = poisson ? 0 : asNumber(given['alpha']);
  const mu0 = given['mu0'];
  const means =
    Array.isArray(mu0) || typeof mu0 === 'number' ? asNumbers(mu0, 'mu0').map((mean) => mean ?? Number.NaN) : undefined;
  const model = means === undefined ? asRecord(control['mu0Model'] ?? given['mu0'] ?? {}, 'mu0Model') : {};
  const cases = control['ret'] === 'cases';
  const run = runGlr(
    seriesOf(golden),
    {
      ...definedNumbers(control, ['theta', 'xMax', 'c.ARL', 'Mtilde', 'M']),
      change: textOf(control, 'change', 'intercept') as GlrControl['change'] & string,
      dir: control['dir'] === 'dec' ? 'dec' : 'inc',
      alpha,
      ...definedNumbers(model, ['S']),
      trend: model['trend'] === true,
      refit: model['refit'] === true,
      mu0: means,
      ret: cases ? 'cases' : 'value',
      compat: 'r',
    },
    rangeOf(golden),
  );
  const tolerance = alpha === undefined ? ESTIMATED : 1e-6;
  const limit = asNumber(control['c.ARL']) ?? 5;
  const statistics = run.detections.map(({ score }) => score);
  const bounds = cases ? run.detections.map(({ threshold }) => threshold) : statistics;
  return [
    // A statistic that is a sum of cancelling terms is zero up to rounding.
    ...compareField(golden, 'upperbound', bounds, { tolerance, floor: 1e-9 }),
    ...compareField(
      golden,
      'alarm',
      run.detections.map(({ alarm }) => asNumber(alarm)),
      {
        tolerance: 0,
        tie: (i) => (Math.abs((statistics[i] ?? 0) - limit) <= 1e-9 * limit ? 'statistic on the limit' : undefined),
      },
    ),
    ...compareField(golden, 'mu0', [...run.means], { tolerance }),
    ...compareField(golden, 'alpha_used', [run.alpha], { tolerance }),
    ...(golden.fields['mu0_coef'] === undefined || golden.fields['mu0_coef'] === null
      ? []
      : [...compareField(golden, 'mu0_coef', [...(run.coefficients ?? [])], { tolerance, floor: 1e-8 })]),
  ];
}

export function compareOutbreakP(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const cases = control['ret'] === 'cases';
  const detections = detectOutbreakP(
    seriesOf(golden),
    { ...definedNumbers(control, ['k', 'maxUpperboundCases']), ret: cases ? 'cases' : 'value', compat: 'r' },
    rangeOf(golden),
  );
  return [
    ...compareField(
      golden,
      'upperbound',
      detections.map(({ threshold, score }) => (cases ? threshold : score)),
    ),
    ...compareField(
      golden,
      'alarm',
      detections.map(({ alarm }) => asNumber(alarm)),
      { tolerance: 0 },
    ),
  ];
}

export function compareRogerson(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const table = asRecord(golden.fields['h_table'], 'h_table');
  const theta0 = asNumbers(table['theta0'], 'h_table.theta0');
  const h = asNumbers(table['h'], 'h_table.h');
  const nt = golden.fields['nt'] ?? control['nt'] ?? control['n'];
  const theta0t = asNumbers(golden.fields['theta0t'], 'theta0t').map((theta) => theta ?? Number.NaN);
  const trials = nt === undefined || nt === null ? undefined : asNumbers(nt, 'nt').map((count) => count ?? Number.NaN);
  const detections = detectRogerson(
    seriesOf(golden),
    {
      theta0t,
      s: asNumber(control['s']) ?? 1,
      hValues: theta0.map((theta, i) => ({ theta0: theta ?? Number.NaN, h: h[i] ?? Number.NaN })),
      distribution: control['distribution'] === 'binomial' ? 'binomial' : 'poisson',
      FIR: control['FIR'] === true,
      ...definedNumbers(control, ['limit', 'digits']),
      nt: trials?.length === 1 ? theta0t.map(() => trials[0] ?? Number.NaN) : trials,
    },
    rangeOf(golden),
  );
  return [...compareDetections(golden, detections), ...compareField(golden, 'h', [detections[0]?.scoreLimit])];
}

/** R samples the threshold; the parameters behind it are estimates. */
export function compareBoda(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  if (control['delay'] === true) throw new Error('a reporting triangle inside bodaDelay is not supported');
  const range = rangeOf(golden);
  const fits = fitBoda(
    seriesOf(golden),
    {
      ...definedNumbers(control, ['b', 'w', 'noPeriods', 'pastWeeksNotIncluded', 'alpha']),
      trend: flagOf(control, 'trend', true),
      limit54: limit54Of(control),
      compat: 'r',
    },
    range,
  );
  const thresholds = fits.map(({ detection }) => detection.threshold);
  const theirs = asNumbers(golden.fields['upperbound'], 'upperbound');
  const observed = asNumbers(golden.fields['observed'], 'observed');
  const sampled = (i: number): string | undefined => {
    const [a, b, y] = [thresholds[i], theirs[i], observed[range.first + i]];
    if (a === undefined || b === undefined || y === undefined) return undefined;
    return y > a !== y > b ? 'count between two sampled bounds' : undefined;
  };
  const bounds = { what: 'upperbound', ours: thresholds, theirs, tolerance: 0.1, floor: 1 };
  const hardlyKnown = (i: number): string | undefined =>
    (fits[i]?.linkError ?? 0) > 1 ? 'mean hardly known, bound sampled' : undefined;
  // The size of counts that vary no more than Poisson counts runs away until R stops it.
  const size = {
    tolerance: ESTIMATED,
    tie: (i: number) => (!((fits[i]?.theta ?? 0) <= 1000) ? 'counts without overdispersion' : undefined),
  };
  return [
    // A tenth, and one case for small bounds.
    { ...bounds, tie: hardlyKnown },
    ...compareField(
      golden,
      'alarm',
      fits.map(({ detection }) => asNumber(detection.alarm)),
      { tolerance: 0, tie: (i) => sampled(i) ?? hardlyKnown(i) },
    ),
    ...compareField(
      golden,
      'nb_theta',
      fits.map(({ theta }) => theta),
      size,
    ),
    ...compareField(
      golden,
      'nb_se_theta',
      fits.map(({ thetaError }) => thetaError),
      size,
    ),
    ...compareField(
      golden,
      'eta',
      fits.map(({ link }) => link),
      { tolerance: ESTIMATED },
    ),
    ...compareField(
      golden,
      'se_eta',
      fits.map(({ linkError }) => linkError),
      { tolerance: ESTIMATED },
    ),
    ...compareField(
      golden,
      'n_ref',
      fits.map(({ rows }) => rows),
    ),
  ];
}

/**
 * The likelihood has several maxima and R's optimiser stops where it stops, so the reference calls its alarms informative:
 * differences are noted, and only an answer that is missing fails.
 */
export function compareHiddenMarkov(golden: GoldenCase): Comparison[] {
  const control = controlOf(golden);
  const detections = detectHiddenMarkov(
    seriesOf(golden),
    {
      ...definedNumbers(control, ['noStates', 'noHarmonics', 'Mtilde']),
      trend: flagOf(control, 'trend', true),
      covEffectEqual: control['covEffectEqual'] === true,
    },
    rangeOf(golden),
  );
  const alarms = detections.map(({ alarm }) => asNumber(alarm));
  const theirs = asNumbers(golden.fields['alarm'], 'alarm');
  const different = alarms.filter((alarm, i) => alarm !== theirs[i]).length;
  return [
    ...compareField(golden, 'alarm', alarms, {
      tolerance: 0,
      tie: (i) =>
        alarms[i] === undefined ? undefined : `${different} of ${alarms.length} alarms depend on the optimiser`,
    }),
  ];
}

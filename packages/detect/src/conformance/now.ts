import { parseDay } from '../calendar.ts';
import { buildReportingTriangle, nowcast, type NowcastMethod } from '../nowcast.ts';
import { discretiseSerialInterval, estimateReproduction } from '../reproduction-number.ts';
import { asNumber, asNumbers, asRecord, asStrings, controlOf, type GoldenCase, type GoldenNumber } from './case.ts';
import type { Comparison } from './compare.ts';
import { compareField } from './series-case.ts';

const METHODS: Readonly<Record<string, NowcastMethod>> = {
  lawless: 'lawless',
  'bayes.trunc': 'bayes-trunc',
  'bayes.notrunc': 'bayes-notrunc',
  'bayes.notrunc.bnb': 'bayes-notrunc-bnb',
  unif: 'unif',
};

export function compareNowcast(golden: GoldenCase): Comparison[] {
  const { fields } = golden;
  const control = controlOf(golden);
  const method = METHODS[String(fields['method'])];
  if (method === undefined) throw new Error(`no such nowcast: ${String(fields['method'])}`);
  const maxDelay = asNumber(fields['D']) ?? 15;
  const first = dayOf(asStrings(control['dRange'], 'dRange')[0]);
  const now = dayOf(String(fields['now']));
  const lineList = asRecord(fields['linelist'], 'linelist');
  const events = asDays(lineList['event']);
  const reports = asDays(lineList['report']);
  const cases = events.flatMap((event, i) => {
    const report = reports[i];
    // A report before its event has no cell in the triangle.
    return event === undefined || report === undefined || report < event ? [] : [{ event, report }];
  });
  const triangle = buildReportingTriangle(cases, first, now, maxDelay);
  const prior =
    control['prior'] === null || control['prior'] === undefined ? undefined : asRecord(control['prior'], 'prior');
  const sampled = method === 'bayes-trunc' || method === 'bayes-notrunc';
  const maxCount = asNumber(control['N.tInf.max']) ?? 300;
  const found = nowcast(triangle, {
    method,
    window: asNumber(fields['m']),
    maxCount,
    alpha: asNumber(control['alpha']) ?? 0.05,
    kappa: asNumber(control['gd.prior.kappa']) ?? 0.1,
    prior:
      prior === undefined
        ? undefined
        : { mean: asNumber(prior['mean_lambda']) ?? 50, variance: asNumber(prior['var_lambda']) ?? 3000 },
    samples: 4000,
    compat: 'r',
  });
  const asked = asStrings(fields['when'], 'when').map((day) => dayOf(day) - first);
  const pick = (of: 'median' | 'lower' | 'upper' | 'observed') => asked.map((t) => found.periods[t]?.[of]);
  // Sampled limits: two cases or three per cent. A uniform one may fall to either side of exactly one half.
  const limits = sampled
    ? { tolerance: 0.03, floor: 2 }
    : method === 'unif'
      ? { tolerance: 0, floor: 1 }
      : { tolerance: 0, floor: 0 };
  const shown = asRecord(fields['reporting_triangle'], 'reporting_triangle');
  return [
    ...compareField(golden, 'observed_so_far', pick('observed')),
    ...compareField(golden, 'median', pick('median'), limits),
    ...compareField(golden, 'lower', pick('lower'), limits),
    ...compareField(golden, 'upper', pick('upper'), limits),
    compareShown('n_x', shown, found.reportsByDelay),
    compareShown('N_x', shown, found.atRiskByDelay),
    ...(found.delayCdf === undefined || fields['delay_cdf'] === null
      ? []
      : [...compareField(golden, 'delay_cdf', [...found.delayCdf])]),
    ...comparePmf(fields['pmf'], asked, (t) => found.periods[t]?.probability, sampled),
  ];
}

export function compareReproduction(golden: GoldenCase): Comparison[] {
  const { fields } = golden;
  const incidence = asRecord(fields['incidence'], 'incidence');
  const local = plain(asNumbers(incidence['local'] ?? incidence['I'], 'incidence'));
  const imported =
    incidence['imported'] === undefined ? undefined : plain(asNumbers(incidence['imported'], 'imported'));
  const prior = asRecord(fields['prior'], 'prior');
  const config = asRecord(fields['config'] ?? {}, 'config');
  const distribution = plain(asNumbers(fields['si_distr'], 'si_distr'));
  const parametric = fields['method'] === 'parametric_si';
  const serialInterval = parametric
    ? discretiseSerialInterval(
        asNumber(config['mean_si']) ?? Number.NaN,
        asNumber(config['std_si']) ?? Number.NaN,
        local.length,
      )
    : distribution;
  const result = asRecord(fields['R'], 'R');
  const starts = plain(asNumbers(result['t_start'], 't_start'));
  const ends = plain(asNumbers(result['t_end'], 't_end'));
  const found = estimateReproduction(
    { local, imported },
    {
      serialInterval,
      priorMean: asNumber(prior['mean']) ?? 5,
      priorSd: asNumber(prior['sd']) ?? 5,
      windows: starts.map((start, i) => [start - 1, (ends[i] ?? start) - 1] as const),
    },
  );
  const quantile = (probability: number) =>
    found.map(({ quantiles }) => quantiles.find((entry) => entry.probability === probability)?.value);
  const value = (what: string, ours: readonly GoldenNumber[]): Comparison[] =>
    result[what] === undefined ? [] : [{ what, ours, theirs: asNumbers(result[what], what), tolerance: 1e-6 }];
  return [
    ...(parametric ? [...compareField(golden, 'si_distr', serialInterval, { floor: 1e-14 })] : []),
    ...value(
      'mean',
      found.map(({ mean }) => mean),
    ),
    ...value(
      'sd',
      found.map(({ sd }) => sd),
    ),
    ...value('q0025', quantile(0.025)),
    ...value('q005', quantile(0.05)),
    ...value('q025', quantile(0.25)),
    ...value('median', quantile(0.5)),
    ...value('q05', quantile(0.5)),
    ...value('q075', quantile(0.75)),
    ...value('q095', quantile(0.95)),
    ...value('q0975', quantile(0.975)),
  ];
}

function compareShown(what: string, shown: Readonly<Record<string, unknown>>, ours: readonly number[]): Comparison {
  return { what, ours, theirs: asNumbers(shown[what], what), tolerance: 0 };
}

/** Each distribution from its first to its last shown count; sampled ones may differ by what sampling leaves. */
function comparePmf(
  shown: unknown,
  asked: readonly number[],
  probability: (t: number) => Float64Array | undefined,
  sampled: boolean,
): Comparison[] {
  if (!Array.isArray(shown)) return [];
  return shown.flatMap((entry: unknown, i) => {
    const { from, p } = asRecord(entry, 'pmf');
    const start = asNumber(from) ?? 0;
    const theirs = asNumbers(p, 'pmf.p');
    const ours = [...(probability(asked[i] ?? -1)?.subarray(start, start + theirs.length) ?? [])];
    const tolerances = sampled ? { tolerance: 0.05, floor: 0.005 } : { tolerance: 1e-6, floor: 1e-12 };
    return [{ what: `pmf ${i}`, ours, theirs, ...tolerances }];
  });
}

function plain(values: readonly GoldenNumber[]): number[] {
  return values.map((value) => value ?? 0);
}

function dayOf(text: string | undefined): number {
  const day = text === undefined ? undefined : parseDay(text);
  if (day === undefined) throw new Error(`not a date: ${text}`);
  return day;
}

function asDays(value: unknown): (number | undefined)[] {
  if (!Array.isArray(value)) throw new Error('linelist is not a list');
  return value.map((day: unknown) => (typeof day === 'string' ? parseDay(day) : undefined));
}

/**
 * Which detector suits these data? Outbreaks are put into the last year of an office's own series, and each candidate judges every
 * period as detection would (signals/method.ts), without and with the outbreak. What an outbreak is, how it is put in and what is measured is
 * @reciproca/detect's evaluation (Noufaily et al. 2013; Bedubourg & Le Strat 2017).
 *
 * Intervals: Wilson's for shares of independent trials (outbreaks detected; periods flagged without one), resampled whole trials for the rest.
 */
import { candidates as allCandidates } from '@reciproca/detect/evaluation/candidates';
import { injectOutbreak } from '@reciproca/detect/evaluation/compare';
import { measureTrials, type Trial } from '@reciproca/detect/evaluation/metrics';
import { splitSeed } from '@reciproca/detect/random';
import { createSeries, type Series } from '@reciproca/detect/series';
import { z } from 'zod';
import { startOf, type Period, type PeriodKind } from '../../period.ts';
import { isSlow, judge, parseMethod, suits, type Counts, type Method } from '../signals/method.ts';

export const comparisonSettings = z.object({
  /** Series compared on, at most. */
  series: z.int().min(1).max(100),
  /** Outbreaks put into each. */
  outbreaks: z.int().min(1).max(100),
  /** Smallest and largest outbreak, in standard deviations of the series at that time of year. */
  smallest: z.int().min(1).max(100),
  largest: z.int().min(1).max(100),
  /** Also those that take seconds for each series. */
  withSlow: z.boolean(),
});
export type ComparisonSettings = z.output<typeof comparisonSettings>;

export interface Candidate {
  readonly id: string;
  readonly method: Method;
}

/** For diseases with one epidemic a winter; what it says of others is for the comparison to show. */
const seasonal: Candidate = { id: 'moving-epidemic', method: { method: 'moving-epidemic', control: {} } };

const seed = 20_170_714;

/** Those of the literature that can be used with such periods (not R's variants with their faults), and what the office uses now. */
export function candidatesFor(kind: PeriodKind, inUse: readonly Method[], withSlow: boolean): readonly Candidate[] {
  const known = [...allCandidates, seasonal]
    .filter(({ id, method }) => !id.endsWith('-r') && suits(method, kind))
    .filter(({ method }) => withSlow || !isSlow(method));
  const own = inUse
    .filter((method) => suits(method, kind))
    .filter((method) => !known.some((candidate) => isSame(candidate.method, method)));
  return [...own.map((method, i) => ({ id: `in-use-${i + 1}`, method })), ...known];
}

/** Method and settings, whatever the order they are written in. */
export function isSame(a: Method, b: Method): boolean {
  const write = (value: unknown): string =>
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1)))
        : part,
    );
  return write(a) === write(b);
}

const periodsPerYear = { day: 365, 'iso-week': 52, 'mmwr-week': 52, month: 12 } as const;

/** Periods evaluated: the last year. */
export const evaluatedPeriods = (kind: PeriodKind): number => periodsPerYear[kind];

/** What one candidate said of one series: flags as 0 and 1, '-' where it could not judge. */
interface CandidateFlags {
  readonly id: string;
  readonly without: string;
  readonly withOutbreak: readonly string[];
}

const flagsSchema = z.object({
  id: z.string(),
  without: z.string(),
  withOutbreak: z.array(z.string()),
});

export const stepFound = z.object({
  outbreaks: z.array(z.object({ start: z.int(), end: z.int() })),
  candidates: z.array(flagsSchema),
});
export type StepFound = z.output<typeof stepFound>;

/** All candidates on one series. `rest` lets others use the processor between two of them. */
export async function compareOn(
  counts: Counts,
  position: number,
  candidates: readonly Candidate[],
  settings: ComparisonSettings,
  rest: () => Promise<void>,
): Promise<StepFound> {
  const last = counts.values.length - 1;
  const range = { first: Math.max(0, last + 1 - evaluatedPeriods(counts.first.kind)), last };
  const series = toSeries(counts);
  const sizes = [settings.smallest, Math.max(settings.smallest, settings.largest)] as const;
  const injected = Array.from({ length: settings.outbreaks }, (_, i) =>
    injectOutbreak(series, range, { sizes }, splitSeed(splitSeed(seed, position), i)),
  );
  const length = last - range.first + 1;
  const flag = async (method: Method, values: Counts['values']): Promise<string> => {
    const flags: string[] = [];
    // A model fitted anew for each period is asked for one at a time, so that nobody waits for a whole year of them.
    const each = judgesAlone(method) ? 1 : length;
    for (let done = 0; done < length; done += each) {
      const until = values.slice(0, values.length - length + done + each);
      for (const { alarm } of judge(method, { ...counts, values: until }, each))
        flags.push(alarm === undefined ? '-' : alarm ? '1' : '0');
      await rest();
    }
    return flags.join('');
  };
  const found: CandidateFlags[] = [];
  for (const { id, method } of candidates) {
    const withOutbreak: string[] = [];
    for (const trial of injected) withOutbreak.push(await flag(method, valuesOf(trial.series)));
    found.push({ id, without: await flag(method, counts.values), withOutbreak });
  }
  return {
    outbreaks: injected.map(({ outbreak }) => ({
      start: outbreak.start - range.first,
      end: outbreak.end - range.first,
    })),
    candidates: found.map(({ withOutbreak, ...rest }) => ({ ...rest, withOutbreak: [...withOutbreak] })),
  };
}

/** Slow, and what it says of a period rests on nothing that it said before: Rogerson's sum does. */
const judgesAlone = (method: Method): boolean => isSlow(method) && method.method !== 'rogerson';

function toSeries({ first, values }: Counts): Series {
  const kind = first.kind === 'iso-week' || first.kind === 'mmwr-week' ? 'week' : first.kind;
  return createSeries({ kind, start: startOf(first), counts: values });
}

const valuesOf = ({ values }: Series): Counts['values'] =>
  Array.from(values, (value) => (Number.isNaN(value) ? undefined : value));

const estimate = z.object({ value: z.number(), lower: z.number(), upper: z.number() }).nullable();
export type Estimate = z.output<typeof estimate>;

export const comparisonResult = z.object({
  series: z.int(),
  outbreaks: z.int(),
  /** Periods evaluated without an outbreak. */
  periods: z.int(),
  kind: z.enum(['day', 'iso-week', 'mmwr-week', 'month']),
  until: z.string(),
  candidates: z.array(
    z.object({
      id: z.string(),
      method: z.unknown().transform(parseMethod),
      /** Share of periods that it could judge at all. */
      judged: z.number(),
      /** Of outbreaks, found in any of their periods. */
      detected: estimate,
      /** Of outbreak periods, flagged. */
      sensitivity: estimate,
      falseAlarmsPerYear: estimate,
      /** Of flags, inside the outbreak: with one outbreak in each series and year. */
      positivePredictiveValue: estimate,
      /** Periods from the start of an outbreak to its first flag, of those found. */
      delay: estimate,
      /** No other finds more with fewer false alarms. */
      isBest: z.boolean(),
    }),
  ),
});
export type ComparisonResult = z.output<typeof comparisonResult>;
export type CandidateResult = ComparisonResult['candidates'][number];

export function combineSteps(
  steps: readonly StepFound[],
  candidates: readonly Candidate[],
  until: Period,
): z.input<typeof comparisonResult> {
  const perYear = evaluatedPeriods(until.kind);
  const measured = candidates.map(({ id, method }) => {
    const flags = steps.flatMap(({ outbreaks, candidates: found }) => {
      const own = found.find((each) => each.id === id);
      return own ? [{ outbreaks, own }] : [];
    });
    const trials = flags.flatMap(({ outbreaks, own }) =>
      own.withOutbreak.map((text, i): Trial => ({
        without: toFlags(own.without),
        withOutbreak: toFlags(text),
        outbreak: outbreaks[i] ?? { start: 0, end: 0 },
      })),
    );
    const { metrics, lower, upper } = measureTrials(trials, perYear, seed);
    const quiet = flags.map(({ own }) => own.without).join('');
    const judged = quiet.replaceAll('-', '').length;
    const falseShare = wilson(quiet.replaceAll(/[-0]/g, '').length, judged);
    const resampled = (name: keyof typeof metrics): Estimate =>
      judged === 0 || Number.isNaN(metrics[name])
        ? null
        : { value: metrics[name], lower: lower[name], upper: upper[name] };
    return {
      id,
      method,
      judged: quiet.length === 0 ? 0 : judged / quiet.length,
      detected: judged === 0 ? null : wilson(Math.round(metrics.detected * trials.length), trials.length),
      sensitivity: resampled('sensitivity'),
      falseAlarmsPerYear: falseShare && {
        value: falseShare.value * perYear,
        lower: falseShare.lower * perYear,
        upper: falseShare.upper * perYear,
      },
      positivePredictiveValue: resampled('positivePredictiveValue'),
      delay: resampled('meanDelay'),
    };
  });
  return {
    series: steps.length,
    outbreaks: steps.reduce((sum, { outbreaks }) => sum + outbreaks.length, 0),
    periods: steps.reduce((sum, { candidates: found }) => sum + (found[0]?.without.length ?? 0), 0),
    kind: until.kind,
    until: until.label,
    candidates: measured.map((one) => ({
      ...one,
      isBest: one.detected !== null && !measured.some((other) => isBetter(other, one)),
    })),
  };
}

const toFlags = (text: string): boolean[] => Array.from(text, (flag) => flag === '1');

type Measured = Pick<CandidateResult, 'detected' | 'falseAlarmsPerYear'>;

/** At least as good in both, and better in one. What could not be measured is not among the best. */
function isBetter(a: Measured, b: Measured): boolean {
  if (!a.detected || !a.falseAlarmsPerYear) return false;
  if (!b.detected || !b.falseAlarmsPerYear) return true;
  const found = a.detected.value - b.detected.value;
  const spared = b.falseAlarmsPerYear.value - a.falseAlarmsPerYear.value;
  return found >= 0 && spared >= 0 && (found > 0 || spared > 0);
}

/** 95 % score interval of a share (Wilson 1927, J Am Stat Assoc 22:209-212). Undefined of no trial. */
export function wilson(successes: number, trials: number): Estimate {
  if (trials === 0) return null;
  const z2 = 1.959_963_984_540_054 ** 2;
  const share = successes / trials;
  const middle = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = Math.sqrt((z2 * share * (1 - share)) / trials + z2 ** 2 / (4 * trials ** 2)) / (1 + z2 / trials);
  return { value: share, lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
}

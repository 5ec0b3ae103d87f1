import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectEars } from './ears.ts';
import {
  createFlexibleWorkspace,
  evaluateFlexible,
  noufailySettings,
  planFarringtonFlexible,
  prepareSeries,
} from './farrington-flexible.ts';
import { chartMethods, detect, detectLatest, type Method } from './method.ts';
import { createRandom, drawPoisson } from './random.ts';
import type { Detection } from './result.ts';
import { createSeries, type Series } from './series.ts';

/** One of each, small enough to run often. */
const METHODS: readonly (readonly [name: string, method: Method])[] = [
  ['a case rule', { method: 'rule', rule: { kind: 'cases', compare: 'at-least', cases: 3 } }],
  [
    'a window rule',
    { method: 'rule', rule: { kind: 'cases-in-window', compare: 'at-least', cases: 5, windowDays: 28 } },
  ],
  [
    'a recent-mean rule',
    { method: 'rule', rule: { kind: 'times-recent-mean', compare: 'more-than', factor: 2, periods: 3 } },
  ],
  [
    'a quartile rule',
    {
      method: 'rule',
      rule: { kind: 'quantile-of-past-years', compare: 'more-than', quantile: 0.75, years: 2, halfWindow: 1 },
    },
  ],
  [
    'a deviation rule',
    {
      method: 'rule',
      rule: { kind: 'deviations-from-past-years', compare: 'more-than', deviations: 2, years: 2, halfWindow: 1 },
    },
  ],
  [
    'a growth rule',
    { method: 'rule', rule: { kind: 'successive-growth', compare: 'at-least', factor: 2, periods: 3 } },
  ],
  ['EARS C1', { method: 'ears', control: { method: 'C1' } }],
  ['EARS C2', { method: 'ears', control: { method: 'C2' } }],
  ['EARS C3', { method: 'ears', control: { method: 'C3' } }],
  [
    'Farrington-flexible delta',
    {
      method: 'farrington-flexible',
      control: { b: 2, noPeriods: 4, pastWeeksNotIncluded: 10, thresholdMethod: 'delta' },
    },
  ],
  [
    'Farrington-flexible nbPlugin',
    { method: 'farrington-flexible', control: { b: 3, noPeriods: 1, thresholdMethod: 'nbPlugin' } },
  ],
  [
    'Farrington-flexible muan',
    { method: 'farrington-flexible', control: { b: 2, noPeriods: 10, thresholdMethod: 'muan', pThresholdTrend: 1 } },
  ],
  ['Farrington', { method: 'farrington', control: { b: 2 } }],
  ['Bayes', { method: 'bayes', control: { b: 1, w: 4 } }],
  ['RKI', { method: 'rki', control: { b: 2, w: 4 } }],
  ['CDC', { method: 'cdc', control: { b: 2 } }],
  ['CUSUM', { method: 'cusum', control: { trans: 'rossi' } }],
  ['CUSUM with a seasonal mean', { method: 'cusum', control: { trans: 'anscombe', m: 'glm' } }],
  ['GLR Poisson', { method: 'glr', control: { alpha: 0 } }],
  ['GLR negative binomial', { method: 'glr', control: { alpha: 0.2, M: 10 } }],
  ['GLR epidemic', { method: 'glr', control: { alpha: 0, change: 'epi', M: 10 } }],
  ['OutbreakP', { method: 'outbreak-p', control: {} }],
  ['Rogerson', { method: 'rogerson', control: { ARL0: 100 } }],
  ['EWMA', { method: 'ewma', control: {} }],
  ['MEM', { method: 'moving-epidemic', control: { seasonStartMonth: 1 } }],
  ['Boda', { method: 'boda', control: { b: 2, trend: false } }],
  ['Hidden Markov', { method: 'hidden-markov', control: { Mtilde: 16, trend: false, noHarmonics: 0 } }],
];

/** They take milliseconds for each period: of these the last dozen has to do. */
const SLOW = ['Boda', 'Hidden Markov'];

/** Count rules do not ask what is usual. */
const CASE_RULES = ['a case rule', 'a window rule'];

const weekly = (counts: ArrayLike<number | undefined>, population?: ArrayLike<number>): Series =>
  createSeries({ kind: 'week', start: '2012-01-02', counts, population });

function simulate(seed: number, length: number, mean: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length }, (_, t) => drawPoisson(random, mean * (1 + 0.5 * Math.cos((2 * Math.PI * t) / 52))));
}

function detectInThread(series: readonly Series[], methods: readonly Method[]): Promise<unknown[][]> {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ detectLatest }) =>
      parentPort.postMessage(workerData.series.map((one) => workerData.methods.map((method) => detectLatest(one, method)))));`;
  const workerData = { module: new URL('method.ts', import.meta.url).href, series, methods };
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** What people see of a detection, to 9 digits. */
function essence({ alarm, expected, threshold, pValue, score }: Detection): unknown {
  const round = (value: number | undefined) => (value === undefined ? undefined : Number(value.toPrecision(9)));
  return { alarm, expected: round(expected), threshold: round(threshold), pValue: round(pValue), score: round(score) };
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const means = fc.constantFrom(0.05, 0.5, 3, 20, 300);

describe.each(METHODS)('%s', (name, method) => {
  const perPeriod = !chartMethods.includes(method.method);
  const judge = (series: Series): readonly Detection[] => {
    const last = series.values.length - 1;
    return SLOW.includes(name)
      ? detect(series, method, { first: Math.max(0, last - 11), last })
      : detect(series, method);
  };

  it('answers every length from nothing on, and never alarms for want of history', () => {
    const counts = simulate(7, 240, 4);
    for (let length = 0; length <= 240; length += length < 20 ? 1 : 37) {
      const series = weekly(counts.slice(0, length));
      const found = judge(series);
      expect(found.every(({ index }) => index < length)).toBe(true);
      if (perPeriod) expect(found).toHaveLength(SLOW.includes(name) ? Math.min(length, 12) : length);
      for (const { warnings, alarm, threshold } of found)
        if (warnings.some(({ code }) => code === 'history-too-short') && !CASE_RULES.includes(name)) {
          expect(alarm).toBeUndefined();
          expect(threshold).toBeUndefined();
        }
    }
  });

  if (!CASE_RULES.includes(name))
    it('says with each judgement what it expected, by which limit it judged and which periods it learnt from', () => {
      // The first period has nothing before it.
      const judged = judge(weekly(simulate(17, 260, 6))).filter(({ alarm, index }) => alarm !== undefined && index > 0);
      expect(judged.length).toBeGreaterThan(10);
      for (const { index, expected, threshold, score, scoreLimit, reference } of judged) {
        expect(expected).toBeGreaterThanOrEqual(0);
        expect(threshold !== undefined || (score !== undefined && scoreLimit !== undefined)).toBe(true);
        expect(reference.length).toBeGreaterThan(0);
        expect(reference.every((period) => period.index <= index && period.weight >= 0)).toBe(true);
      }
    });

  it('does not judge a period that was not reported', () => {
    fc.assert(
      fc.property(seeds, means, (seed, mean) => {
        const counts: (number | undefined)[] = simulate(seed, 215, mean);
        counts[214] = undefined;
        const latest = detectLatest(weekly(counts), method);
        // A window may be full without the missing week.
        if (name !== 'a window rule') expect(latest?.alarm).toBeUndefined();
        expect(latest?.observed === undefined || name === 'a window rule').toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('takes missing periods in the past without a crash and without reading them as zero', () => {
    fc.assert(
      fc.property(seeds, means, fc.integer({ min: 2, max: 9 }), (seed, mean, every) => {
        const counts = simulate(seed, 215, mean).map((count, t) => (t % every === 1 && t < 214 ? undefined : count));
        for (const { threshold, expected } of judge(weekly(counts))) {
          expect(threshold === undefined || !Number.isNaN(threshold)).toBe(true);
          expect(expected === undefined || !Number.isNaN(expected)).toBe(true);
        }
      }),
      { numRuns: 5 },
    );
  });

  if (perPeriod)
    it('says the same of a period whatever comes after it', () => {
      const counts = simulate(11, 260, 5);
      for (const t of [0, 9, 110, 214, 230]) {
        const range = { first: t, last: t };
        expect(detect(weekly(counts.slice(0, t + 1)), method, range).map(essence)).toEqual(
          detect(weekly(counts), method, range).map(essence),
        );
      }
    });

  if (!CASE_RULES.includes(name))
    it('never alarms on a series that stays at its own mean', () => {
      for (const level of [0, 1, 5, 37, 4000])
        for (const { alarm } of judge(weekly(Array.from({ length: 230 }, () => level)))) expect(alarm).not.toBe(true);
    });

  it('does not lose an alarm when cases are added to the current period', () => {
    fc.assert(
      fc.property(
        seeds,
        means,
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (seed, mean, excess, more) => {
          const counts = simulate(seed, 215, mean);
          const before = detectLatest(weekly(counts.with(214, counts[214]! + excess)), method);
          const after = detectLatest(weekly(counts.with(214, counts[214]! + excess + more)), method);
          expect(before?.alarm !== true || after?.alarm === true).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('does not depend on which calendar the years repeat in', () => {
    // 28 years are 1461 weeks to the day, and calendars repeat.
    const counts = simulate(5, 230, 6);
    const shifted = createSeries({ kind: 'week', start: '2040-01-02', counts });
    const range = { first: 200, last: 229 };
    expect(detect(shifted, method, range).map(essence)).toEqual(detect(weekly(counts), method, range).map(essence));
  });
});

describe('population offset', () => {
  it.each(['farrington', 'farrington-flexible'] as const)('%s: the unit of the population does not matter', (name) => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (seed, unit) => {
        const counts = simulate(seed, 215, 20);
        const people = counts.map((_, t) => 100_000 + 150 * t);
        const method: Method = { method: name, control: { b: 2, populationOffset: true } };
        const range = { first: 200, last: 214 };
        const scaled = weekly(
          counts,
          people.map((value) => value * unit),
        );
        expect(detect(scaled, method, range).map(essence)).toEqual(
          detect(weekly(counts, people), method, range).map(essence),
        );
      }),
      { numRuns: 5 },
    );
  });
});

describe('seasonal cycles without dates', () => {
  it.each(
    METHODS.filter(
      ([, { method }]) => !chartMethods.includes(method) && !['outbreak-p', 'moving-epidemic'].includes(method),
    ),
  )('%s: whole years put in front change nothing', (_, method) => {
    const counts = simulate(13, 230, 6);
    const plain = createSeries({ kind: 'week', counts });
    const longer = createSeries({ kind: 'week', counts: [...simulate(14, 104, 60), ...counts] });
    expect(detect(longer, method, { first: 314, last: 333 }).map(essence)).toEqual(
      detect(plain, method, { first: 210, last: 229 }).map(essence),
    );
  });
});

describe('EARS', () => {
  it.each(['C1', 'C2', 'C3'] as const)(
    '%s: counts in another unit give the same alarms and bounds in that unit',
    (method) => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 2, max: 1000 }), (seed, unit) => {
          const counts = simulate(seed, 60, 8);
          const scaled = detectEars(weekly(counts.map((count) => count * unit)), { method });
          for (const [t, { alarm, threshold }] of detectEars(weekly(counts), { method }).entries()) {
            expect(scaled[t]?.alarm).toBe(alarm);
            if (threshold !== undefined) expect(scaled[t]?.threshold).toBeCloseTo(threshold * unit, 6);
          }
        }),
        { numRuns: 20 },
      );
    },
  );
});

describe('work that is split', () => {
  it('between two threads gives what one thread gives', async () => {
    const series = Array.from({ length: 6 }, (_, i) => weekly(simulate(i + 1, 230, 2 + i)));
    const methods = METHODS.map(([, method]) => method).filter(({ method }) => method !== 'boda');
    const half = await Promise.all(
      [series.filter((_, i) => i % 2 === 0), series.filter((_, i) => i % 2 === 1)].map((share) =>
        detectInThread(share, methods),
      ),
    );
    const alone = series.map((one) => methods.map((method) => detectLatest(one, method)));
    expect(series.map((_, i) => half[i % 2]?.[Math.floor(i / 2)])).toEqual(alone);
  });

  it('gives each period of each series the same answer in any order and with any neighbours', () => {
    const plan = planFarringtonFlexible({ ...noufailySettings, b: 3, alpha: 0.01 });
    const prepared = [0.2, 4, 90].map((mean, i) => prepareSeries(weekly(simulate(i + 1, 300, mean)), plan));
    const jobs = prepared.flatMap((_, s) => Array.from({ length: 40 }, (__, i) => [s, 260 + i] as const));
    const run = (order: readonly (readonly [number, number])[]): Map<string, unknown> => {
      const workspace = createFlexibleWorkspace(plan, 300);
      return new Map(
        order.map(([s, k]) => {
          evaluateFlexible(plan, prepared[s]!, workspace, k);
          return [`${s} ${k}`, { ...workspace.outcome }];
        }),
      );
    };
    const inOrder = run(jobs);
    fc.assert(
      fc.property(fc.shuffledSubarray(jobs, { minLength: 30 }), (order) => {
        for (const [key, outcome] of run(order)) expect(outcome).toEqual(inOrder.get(key));
      }),
      { numRuns: 5 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { buildReportingTriangle, nowcast, nowcastMethods, type ReportingTriangle } from './nowcast.ts';
import { createRandom, drawPoisson } from './random.ts';

/** Twenty periods of about 60 cases; each further period of delay brings in half of what is still missing. */
function simulate(seed: number, mean = 60): { readonly triangle: ReportingTriangle; readonly truth: number[] } {
  const random = createRandom(seed);
  const cases: { event: number; report: number }[] = [];
  const truth: number[] = [];
  for (let event = 0; event <= 30; event++) {
    const count = drawPoisson(random, mean);
    truth.push(count);
    for (let i = 0; i < count; i++) {
      let delay = 0;
      while (delay < 8 && random() < 0.5) delay++;
      cases.push({ event, report: event + delay });
    }
  }
  return { triangle: buildReportingTriangle(cases, 0, 30, 8), truth };
}

describe('a reporting triangle', () => {
  it('refuses a report before its event', () => {
    expect(() => buildReportingTriangle([{ event: 5, report: 4 }], 0, 10, 3)).toThrow(
      expect.objectContaining({ code: 'control-out-of-range', field: 'cases[0].report' }),
    );
  });

  it('does not know reports after now, and leaves their cells open', () => {
    const triangle = buildReportingTriangle([{ event: 9, report: 11 }], 0, 10, 3);
    expect(triangle.counts[9]).toEqual([0, 0, undefined, undefined]);
  });

  it('counts what took longer than the longest delay there, and says how many', () => {
    const triangle = buildReportingTriangle([{ event: 0, report: 9 }], 0, 10, 3);
    expect(triangle.counts[0]).toEqual([0, 0, 0, 1]);
    expect(triangle.cut).toBe(1);
  });
});

describe.each(nowcastMethods.filter((method) => method !== 'unif'))('%s', (method) => {
  it('never says less than is already reported, and is sure of what is complete', () => {
    const { triangle } = simulate(3);
    const { periods } = nowcast(triangle, { method, samples: 300 });
    for (const { observed, lower, median, upper } of periods) {
      expect(lower).toBeGreaterThanOrEqual(observed);
      expect(median).toBeGreaterThanOrEqual(lower);
      expect(upper).toBeGreaterThanOrEqual(median);
    }
    expect(periods[10]).toMatchObject({ lower: periods[10]?.observed, upper: periods[10]?.observed });
  });

  it('gives the same answer twice from the same seed', () => {
    const { triangle } = simulate(4);
    expect(nowcast(triangle, { method, samples: 50, seed: 9 })).toEqual(
      nowcast(triangle, { method, samples: 50, seed: 9 }),
    );
  });
});

describe.each(['lawless', 'bayes-trunc'] as const)('%s covers the truth', (method) => {
  it('about as often as its interval says', () => {
    let inside = 0;
    let asked = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { triangle, truth } = simulate(seed);
      const { periods } = nowcast(triangle, { method, samples: 200, alpha: 0.1 });
      for (const { index, lower, upper } of periods.slice(26)) {
        asked++;
        if (lower <= truth[index]! && truth[index]! <= upper) inside++;
      }
    }
    // 300 intervals of 90 %: three standard errors are 5 %.
    expect(inside / asked).toBeGreaterThan(0.83);
    expect(inside / asked).toBeLessThan(0.98);
  });
});

it('R loses the uncertainty of the delay from the interval of its lawless method', () => {
  const { triangle } = simulate(5, 8);
  const width = (compat: 'r' | 'paper') => {
    const last = nowcast(triangle, { method: 'lawless', compat }).periods.at(-1);
    return (last?.upper ?? 0) - (last?.lower ?? 0);
  };
  expect(width('paper')).toBeGreaterThan(width('r'));
});

it('a maximum below what is already known is refused', () => {
  expect(() => nowcast(simulate(1).triangle, { method: 'lawless', maxCount: 10 })).toThrow(
    expect.objectContaining({ code: 'control-out-of-range', field: 'control.maxCount' }),
  );
});

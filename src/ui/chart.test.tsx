import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePeriod, periodRange, shiftPeriod } from '../period.ts';
import type { PeriodKind } from '../period.ts';
import { choosePeriodTicks, chooseTicks, EpidemicCurve, Sparkline } from './chart.tsx';
import type { CurvePoint } from './chart.tsx';
import { renderElement, renderPage } from './layout.tsx';
import { sampleCurve, sampleView } from './style-guide.tsx';
import { stylesheet } from './stylesheet.ts';

const view = sampleView();
const data = { csv: '/signals/1.csv', json: '/api/signals/1' };

const draw = (points: readonly CurvePoint[], title = 'Measles, Northern District', id = 'c1'): string =>
  renderElement(
    <EpidemicCurve
      view={view}
      id={id}
      title={title}
      points={points}
      sentence="34 cases in week 9, where 4 to 14 were expected: three weeks above the threshold."
      data={data}
    />,
  );

function periodsOf(kind: PeriodKind, first: string, count: number) {
  const parsed = parsePeriod(kind, first);
  if (parsed.error !== undefined) throw new Error(parsed.error);
  return periodRange(parsed.value, shiftPeriod(parsed.value, count - 1));
}

/** Path data of the elements with exactly this class. */
const pathsOf = (html: string, look: string): string =>
  [...html.matchAll(new RegExp(`<path class="${look}" d="([^"]*)"`, 'g'))].map((match) => match[1]).join('');

/** Reads a path as a plotter would, with nothing from the code that wrote it: the pen-down strokes as [x1, y1, x2, y2]. */
function strokesOf(path: string): readonly (readonly [number, number, number, number])[] {
  const strokes: (readonly [number, number, number, number])[] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', numbers = ''] of path.matchAll(/([MmlvhHVz])([^MmlvhHVz]*)/g)) {
    const values = (numbers.match(/-?\d+/g) ?? []).map(Number);
    const lineTo = (nextX: number, nextY: number): void => {
      strokes.push([x, y, nextX, nextY]);
      [x, y] = [nextX, nextY];
    };
    if (command === 'M') [x, y] = [values[0] ?? NaN, values[1] ?? NaN];
    else if (command === 'm') [x, y] = [x + (values[0] ?? NaN), y + (values[1] ?? NaN)];
    else if (command === 'v') lineTo(x, y + (values[0] ?? NaN));
    else if (command === 'h') lineTo(x + (values[0] ?? NaN), y);
    else if (command === 'l')
      for (let at = 0; at < values.length; at += 2) lineTo(x + (values[at] ?? NaN), y + (values[at + 1] ?? NaN));
  }
  return strokes;
}

const points = fc
  .array(
    fc.record({
      observed: fc.option(fc.nat(500), { nil: undefined }),
      signal: fc.boolean(),
      incomplete: fc.boolean(),
      threshold: fc.option(fc.nat(600), { nil: undefined }),
      expected: fc.option(
        fc.tuple(fc.nat(300), fc.nat(300)).map(([a, b]) => ({ lower: Math.min(a, b), upper: Math.max(a, b) })),
        { nil: undefined },
      ),
    }),
    { minLength: 1, maxLength: 100 },
  )
  .map((values): readonly CurvePoint[] =>
    periodsOf('iso-week', '2019-W30', values.length).map((period, position) => ({
      period,
      ...values[position],
      observed: values[position]?.observed,
    })),
  );

describe('a curve, read back from its own lines', () => {
  test('has a bar for each count above zero, a cross for each missing report, and nothing for a zero', () => {
    fc.assert(
      fc.property(points, (series) => {
        const html = draw(series);
        const bars = strokesOf(pathsOf(html, 'obs')).length + strokesOf(pathsOf(html, 'obs inc')).length;
        expect(bars).toBe(series.filter(({ observed }) => observed !== undefined && observed > 0).length);
        expect(strokesOf(pathsOf(html, 'miss'))).toHaveLength(
          2 * series.filter(({ observed }) => observed === undefined).length,
        );
      }),
    );
  });

  test('stripes exactly the incomplete periods and marks exactly the signals', () => {
    fc.assert(
      fc.property(points, (series) => {
        const html = draw(series);
        const striped = series.filter(
          ({ observed, incomplete }) => incomplete && observed !== undefined && observed > 0,
        ).length;
        expect(strokesOf(pathsOf(html, 'obs inc'))).toHaveLength(striped);
        expect(pathsOf(html, 'sig').split('z').length - 1).toBe(series.filter(({ signal }) => signal).length);
        expect(html.includes('>Signal</text>')).toBe(series.some(({ signal }) => signal));
      }),
    );
  });

  test('is in proportion: heights differ from the counts by no more than one unit', () => {
    fc.assert(
      fc.property(points, (series) => {
        const highest = Math.max(
          0,
          ...series.flatMap((point) => [point.observed ?? 0, point.threshold ?? 0, point.expected?.upper ?? 0]),
        );
        const html = draw(series.map((point) => ({ ...point, incomplete: false })));
        const heights = strokesOf(pathsOf(html, 'obs')).map(([, from, , to]) => from - to);
        const counts = series.flatMap(({ observed }) => (observed !== undefined && observed > 0 ? [observed] : []));
        heights.forEach((height, position) => {
          expect(Math.abs(height - ((counts[position] ?? 0) / highest) * 96)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  test('stays inside its frame, and so do the threshold and the band', () => {
    fc.assert(
      fc.property(points, (series) => {
        const html = draw(series);
        const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(html) ?? []).map(Number);
        for (const look of ['obs', 'obs inc', 'miss', 'thr', 'band', 'line']) {
          for (const [x1, y1, x2, y2] of strokesOf(pathsOf(html, look))) {
            for (const x of [x1, x2]) expect(x >= 0 && x <= width).toBe(true);
            for (const y of [y1, y2]) expect(y >= 0 && y <= height).toBe(true);
          }
        }
      }),
    );
  });

  test('breaks the threshold where there is none', () => {
    const series = periodsOf('iso-week', '2026-W01', 7).map((period, position): CurvePoint => ({
      period,
      observed: 1,
      threshold: position === 3 ? undefined : 5,
    }));
    expect(strokesOf(pathsOf(draw(series), 'thr'))).toHaveLength(4);
  });

  test('of many periods is a line, broken at the gap', () => {
    const series = sampleCurve(260, 7);
    const html = draw(series);
    expect(strokesOf(pathsOf(html, 'line'))).toHaveLength(260 - 1 - 2);
    expect(strokesOf(pathsOf(html, 'miss'))).toHaveLength(2);
  });
});

describe('a curve in words', () => {
  test('names its span, its peak, its gaps and what is still incomplete', () => {
    const desc = /<desc[^>]*>([^<]*)</.exec(draw(sampleCurve(52, 11)))?.[1];
    expect(desc).toMatch(/^From week 12 of 2025 to week 11 of 2026\. Highest: \d+, week 9 of 2026\. 3 signals\./);
    expect(desc).toMatch(/One period has no report\. The last 2 periods are still incomplete\.$/);
  });

  test('without any report has no peak', () => {
    const html = draw(periodsOf('iso-week', '2026-W01', 3).map((period) => ({ period, observed: undefined })));
    expect(html).toContain('3 periods have no report.');
    expect(html).not.toContain('Highest');
  });

  test('without any period says so', () => {
    expect(draw([])).toContain('Nothing here yet.');
  });

  test('escapes its title', () => {
    expect(draw(sampleCurve(5, 3), '</title><script>')).not.toContain('<script>');
  });
});

describe('axes', () => {
  test('counts are whole, evenly spaced, at most five, and reach near the top', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (highest) => {
        const ticks = chooseTicks(highest, true);
        const step = ticks[1] ?? 1;
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(ticks.every((tick, position) => Number.isInteger(tick) && tick === position * step)).toBe(true);
        expect((ticks.at(-1) ?? 0) + step).toBeGreaterThan(highest);
      }),
    );
  });

  test('rates below one have ticks of their own size', () => {
    expect(chooseTicks(0.3, false).map((tick) => tick.toFixed(1))).toEqual(['0.0', '0.1', '0.2', '0.3']);
    expect(chooseTicks(0.3, true)).toEqual([0]);
  });

  test.each([
    ['iso-week', '2025-W12', 52, ['2025-W14', '2025-W27', '2025-W40', '2026-W01']],
    ['iso-week', '2021-W12', 260, ['2022-W01', '2023-W01', '2024-W01', '2025-W01', '2026-W01']],
    ['mmwr-week', '2025-W51', 12, ['2026-W01', '2026-W05', '2026-W09']],
    ['month', '2025-03', 6, ['2025-03', '2025-04', '2025-05', '2025-06', '2025-07', '2025-08']],
    ['month', '2023-03', 36, ['2023-07', '2024-01', '2024-07', '2025-01', '2025-07', '2026-01']],
    ['day', '2026-01-15', 80, ['2026-02-01', '2026-03-01', '2026-04-01']],
    ['day', '2026-01-15', 10, ['2026-01-15', '2026-01-17', '2026-01-19', '2026-01-21', '2026-01-23']],
  ] as const)('%s from %s for %i periods are named at %j', (kind, first, count, labels) => {
    const periods = periodsOf(kind, first, count);
    expect(choosePeriodTicks(periods).map((position) => periods[position]?.label)).toEqual(labels);
  });

  test('never name more than seven periods', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<PeriodKind>('iso-week', 'mmwr-week'),
        fc.integer({ min: 1, max: 1500 }),
        (kind, count) => {
          expect(choosePeriodTicks(periodsOf(kind, '2001-W17', count)).length).toBeLessThanOrEqual(7);
        },
      ),
    );
  });
});

describe('size', () => {
  test('a year with band, threshold, signals and words stays under 1.2 kB compressed', () => {
    expect(gzipSync(draw(sampleCurve(52, 11))).length).toBeLessThan(1200);
  });

  test('a page with ten of them and the stylesheet stays under 20 kB compressed, the stylesheet under 6 kB', () => {
    const curves = Array.from({ length: 10 }, (_, index) =>
      draw(sampleCurve(52, 100 + index * 37), `District ${index}`, `c${index}`),
    );
    const html = renderPage(view, {
      title: 'Signals',
      body: <div dangerouslySetInnerHTML={{ __html: curves.join('') }} />,
    });
    expect(html.match(/<svg class="curve"/g)).toHaveLength(10);
    const style = gzipSync(stylesheet.text).length;
    expect(style).toBeLessThan(6000);
    expect(gzipSync(html).length + style).toBeLessThan(20_000);
  });
});

test('a sparkline keeps its gaps and its label', () => {
  const html = renderElement(<Sparkline label="4, 6, none, 5" values={[4, 6, undefined, 5]} />);
  expect(html).toContain('aria-label="4, 6, none, 5"');
  expect(strokesOf(pathsOf(html, 'line'))).toHaveLength(2);
});

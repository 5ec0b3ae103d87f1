/** The comparison as text, and series that were simulated elsewhere. */
import { DetectError } from '../errors.ts';
import type { CandidateResult } from './compare.ts';
import type { Metrics } from './metrics.ts';
import type { SimulatedSeries } from './scenarios.ts';

const COLUMNS: readonly (readonly [title: string, metric: keyof Metrics, digits: number])[] = [
  ['FPR', 'falsePositiveRate', 4],
  ['POD', 'detected', 3],
  ['POD week 1', 'detectedAtOnce', 3],
  ['sensitivity', 'sensitivity', 3],
  ['specificity', 'specificity', 3],
  ['PPV', 'positivePredictiveValue', 3],
  ['NPV', 'negativePredictiveValue', 3],
  ['F1', 'f1', 3],
  ['delay', 'meanDelay', 2],
  ['false alarms a year', 'falseAlarmsPerYear', 1],
];

export const tableHead = `| method | ${COLUMNS.map(([title]) => title).join(' | ')} | judged |\n|${'---|'.repeat(COLUMNS.length + 2)}`;

/** Markdown; 95 % limits in brackets. What nothing could be measured of is a dash, never a zero. */
export function formatTableRow({ id, judged, metrics, lower, upper }: CandidateResult): string {
  const cells = COLUMNS.map(([, name, digits]) =>
    Number.isNaN(metrics[name])
      ? '-'
      : `${metrics[name].toFixed(digits)} [${lower[name].toFixed(digits)}-${upper[name].toFixed(digits)}]`,
  );
  return `| ${[id, ...cells, judged.toFixed(2)].join(' | ')} |`;
}

/**
 * Series simulated elsewhere: `series,scenario,rep,t,noise,cases_no_current,cases` and their outbreaks
 * `series,scenario,rep,kind,k,start,end,size`, positions from 1.
 */
export function readSimulated(seriesCsv: string, truthCsv: string): SimulatedSeries[] {
  const bySeries = new Map<
    string,
    { scenario: number; replicate: number; counts: number[]; countsWithoutCurrent: number[] }
  >();
  for (const [line, [series, scenario, replicate, , , without, cases]] of rowsOf(seriesCsv).entries()) {
    const entry = bySeries.get(series ?? '') ?? {
      scenario: Number(scenario),
      replicate: Number(replicate),
      counts: [],
      countsWithoutCurrent: [],
    };
    entry.counts.push(parseWhole(cases, `series line ${line + 2}`));
    entry.countsWithoutCurrent.push(parseWhole(without, `series line ${line + 2}`));
    bySeries.set(series ?? '', entry);
  }
  return rowsOf(truthCsv).flatMap(([series, , , kind, k, start, end, size], line) => {
    const entry = bySeries.get(series ?? '');
    if (kind !== 'current' || entry === undefined) return [];
    const whole = (text: string | undefined): number => parseWhole(text, `truth line ${line + 2}`);
    return [{ ...entry, current: { start: whole(start) - 1, end: whole(end) - 1, size: whole(size), k: whole(k) } }];
  });
}

function rowsOf(csv: string): string[][] {
  return csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',').map((cell) => cell.trim()));
}

function parseWhole(text: string | undefined, field: string): number {
  const value = parseNumber(text, field);
  if (!Number.isInteger(value)) throw new DetectError('count-fractional', field, value);
  return value;
}

function parseNumber(text: string | undefined, field: string): number {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new DetectError('count-not-a-number', field, text ?? '');
  return value;
}

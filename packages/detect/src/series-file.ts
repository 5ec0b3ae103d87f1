/** One series from a CSV file: columns `start`, `count` and, where known, `population`, by the names in the first line. */
import { DetectError } from './errors.ts';
import type { SeriesRow } from './series.ts';

/** An empty cell, or R's NA, was not reported. Cells may be quoted. */
export function readSeriesFile(csv: string): SeriesRow[] {
  const [head = [], ...rows] = csv
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map(unquote));
  const columns = {
    start: head.indexOf('start'),
    count: head.indexOf('count'),
    population: head.indexOf('population'),
  };
  if (columns.start < 0 || columns.count < 0) throw new DetectError('input-malformed', 'line 1', head.join(','));
  if (rows.length === 0) throw new DetectError('input-malformed', 'line 2');
  return rows.map((cells, i) => ({
    start: cells[columns.start] ?? '',
    count: parseCell(cells[columns.count], `line ${i + 2} count`),
    population: parseCell(cells[columns.population], `line ${i + 2} population`),
  }));
}

function unquote(cell: string): string {
  const text = cell.trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}

const decimal = /^[+-]?(\d+(\.\d*)?(e[+-]?\d+)?|Infinity)$/i;

function parseCell(text: string | undefined, field: string): number | undefined {
  if (text === undefined || text === '' || text === 'NA') return undefined;
  if (!decimal.test(text)) throw new DetectError('count-not-a-number', field, text);
  return Number(text);
}

/** `bin/reciproca detect --file`: every judgement of one series with what it rests on, for researchers; no database. */
import { readFileSync } from 'node:fs';
import { DetectError } from '@reciproca/detect/errors';
import { candidates } from '@reciproca/detect/evaluation/candidates';
import { chartMethods, detect, type Method, parseMethod } from '@reciproca/detect/method';
import type { Detection } from '@reciproca/detect/result';
import { parseSeries, periodStartAt, type PeriodKind, type Series } from '@reciproca/detect/series';
import { readSeriesFile } from '@reciproca/detect/series-file';
import { OperatorError, UsageError } from '../operator-error.ts';

export interface FileOptions {
  readonly file: string;
  readonly period: PeriodKind;
  readonly method: string;
  /** `name=value` each. */
  readonly set: readonly string[];
  readonly last?: number;
  readonly json: boolean;
}

export function detectInFile(
  { file, period, method: name, set, last, json }: FileOptions,
  write: (text: string) => void,
): void {
  try {
    const method = chooseMethod(name, set);
    const series = parseSeries(period, readSeriesFile(readText(file)));
    const found = judgeLast(series, method, last);
    if (json)
      return write(
        `${JSON.stringify({ method, detections: found.map((one) => ({ start: periodStartAt(series, one.index), ...one })) })}\n`,
      );
    write(`${columns.join(',')}\n`);
    for (const detection of found) write(`${toRow(series, detection).join(',')}\n`);
  } catch (error) {
    if (error instanceof DetectError) throw new OperatorError(`That cannot be judged: ${error.message}`);
    throw error;
  }
}

function chooseMethod(name: string, set: readonly string[]): Method {
  const known = candidates.find(({ id }) => id === name)?.method;
  if (known?.method === 'rule') {
    if (set.length > 0) throw new UsageError(`The rule ${name} has no settings.`);
    return known;
  }
  return parseMethod({
    method: known?.method ?? name,
    control: { ...known?.control, ...Object.fromEntries(set.map(parseSetting)) },
  });
}

/** A value is JSON where it is that - 0.01, true, [5,4] - and a word otherwise. */
function parseSetting(text: string): readonly [name: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${text} is not name=value.`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

/** Charts follow their sum from where they always begin to watch. */
function judgeLast(series: Series, method: Method, count: number | undefined): readonly Detection[] {
  const length = series.values.length;
  const first = count === undefined ? 0 : Math.max(0, length - count);
  const range = count === undefined || chartMethods.includes(method.method) ? undefined : { first, last: length - 1 };
  return detect(series, method, range).filter(({ index }) => index >= first);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

const columns = [
  'start',
  'observed',
  'alarm',
  'expected',
  'threshold',
  'raised_when',
  'p_value',
  'score',
  'score_limit',
  'reference_periods',
  'weighted_down',
  'warnings',
] as const;

/** `alarm` is empty where the period could not be judged; the warnings say why. */
function toRow(series: Series, one: Detection): readonly (string | number)[] {
  return [
    periodStartAt(series, one.index) ?? one.index,
    one.observed ?? '',
    one.alarm === undefined ? '' : one.alarm ? 1 : 0,
    one.expected ?? '',
    one.threshold ?? '',
    one.raisedWhen,
    one.pValue ?? '',
    one.score ?? '',
    one.scoreLimit ?? '',
    one.reference.length,
    one.reference.filter(({ weight }) => weight < 1).length,
    one.warnings.map(({ code }) => code).join(' '),
  ];
}

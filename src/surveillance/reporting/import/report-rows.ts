/**
 * From the rows of a reports file to values of series. Places, indicators and periods are looked up once for each spelling, not for each
 * row: a file of a million rows has a few thousand spellings. Nothing here knows the database.
 */
import { addDays, startOf, type PeriodKind, type PlainDate } from '../../../period.ts';
import { countErrors, parseCount, type CountError } from './count.ts';
import type { RowSink } from './csv.ts';
import { checkColumns, everyColumn, MappingError, type Mapping } from './mapping.ts';
import { joinYearAnd, parseReportedPeriod, type ReportedPeriodError } from './reported-period.ts';

export interface PlaceEntry {
  readonly id: number;
  /** First and last day of its existence. */
  readonly validFrom: PlainDate | undefined;
  readonly validUntil: PlainDate | undefined;
}

export interface IndicatorEntry {
  readonly id: number;
  readonly kind: PeriodKind;
}

/** By code. */
export interface Directory {
  readonly places: ReadonlyMap<string, PlaceEntry>;
  readonly indicators: ReadonlyMap<string, IndicatorEntry>;
}

export type RejectionCode =
  | ReportedPeriodError
  | CountError
  | 'row-broken'
  | 'row-short'
  | 'row-long'
  | 'place-unknown'
  | 'indicator-unknown'
  | 'place-not-then'
  | 'period-in-future'
  | 'repeated-differently';

/** One value that was not taken in, or a whole row of them. What was read is given as it stood. */
export interface Rejection {
  readonly row: number;
  readonly column: string;
  readonly code: RejectionCode;
  readonly period: string;
  readonly place: string;
  readonly indicator: string;
  readonly value: string;
}

export interface ReportSink {
  /** `startDay` of the period counts from 1970-01-01. */
  onValue(row: number, indicator: number, place: number, startDay: number, value: number): void;
  /** An empty cell: nobody reported, which is not zero. */
  onEmpty(): void;
  /** `values` is how many values the rejection costs. */
  onRejection(rejection: Rejection, values: number): void;
}

interface ValueColumn {
  readonly at: number;
  readonly header: string;
  /** Of a spread file: what this column is. */
  readonly place: KnownPlace | undefined;
  readonly indicator: KnownIndicator | undefined;
}

interface KnownPlace extends PlaceEntry {
  readonly code: string;
  readonly firstDay: number;
  readonly lastDay: number;
}

interface KnownIndicator extends IndicatorEntry {
  readonly code: string;
}

const dayOf = (date: PlainDate): number => Date.parse(date) / 86_400_000;

// A file full of nonsense has as many spellings as rows.
const spellingsKept = 50_000;

/** Throws MappingError when the columns cannot be read so; after that, each row is judged for itself. */
export function openReportRows(
  header: readonly string[],
  mapping: Mapping,
  directory: Directory,
  today: PlainDate,
  sink: ReportSink,
): RowSink {
  const { columns } = mapping;
  checkColumns('reports', header, columns);
  const columnOf = (role: string): number => (columns[role] === undefined ? -1 : header.indexOf(columns[role]));
  const periodLabel = planPeriod(header, columns);
  const place = planOne('place', columns, directory.places, knowPlace);
  const indicator = planOne('indicator', columns, directory.indicators, (code, entry): KnownIndicator => ({
    code,
    ...entry,
  }));
  const placeAt = typeof place === 'string' && place !== everyColumn ? columnOf('place') : -1;
  const indicatorAt = typeof indicator === 'string' && indicator !== everyColumn ? columnOf('indicator') : -1;
  const fixedPlace = typeof place === 'object' ? place : undefined;
  const fixedIndicator = typeof indicator === 'object' ? indicator : undefined;
  const values = planValues(header, mapping, directory);
  // Anywhere on Earth it is at most one day later than in Greenwich.
  const lastDay = dayOf(addDays(today, 1));

  const periods = new Map<PeriodKind, Map<string, number | ReportedPeriodError>>();
  const readPeriod = (kind: PeriodKind, label: string): number | ReportedPeriodError => {
    let known = periods.get(kind);
    if (!known) periods.set(kind, (known = new Map()));
    let day = known.get(label);
    if (day === undefined) {
      const parsed = parseReportedPeriod(kind, label.trim());
      day = parsed.error ?? dayOf(startOf(parsed.value));
      if (known.size >= spellingsKept) known.clear();
      known.set(label, day);
    }
    return day;
  };
  const places = rememberSpellings(directory.places, knowPlace);
  const indicators = rememberSpellings(directory.indicators, (code, entry): KnownIndicator => ({ code, ...entry }));

  function readCell(fields: readonly string[], row: number, label: string, column: ValueColumn): void {
    const text = fields[column.at] ?? '';
    if (text === '' || text.trim() === '') return sink.onEmpty();
    const rowPlace = column.place ?? fixedPlace ?? places(fields[placeAt] ?? '');
    const rowIndicator = column.indicator ?? fixedIndicator ?? indicators(fields[indicatorAt] ?? '');
    const reject = (at: string | undefined, code: RejectionCode): void =>
      sink.onRejection(
        {
          row,
          column: at ?? column.header,
          code,
          period: label,
          place: rowPlace?.code ?? fields[placeAt] ?? '',
          indicator: rowIndicator?.code ?? fields[indicatorAt] ?? '',
          value: text,
        },
        1,
      );
    if (!rowPlace) return reject(columns['place'], 'place-unknown');
    if (!rowIndicator) return reject(columns['indicator'], 'indicator-unknown');
    const day = readPeriod(rowIndicator.kind, label);
    if (typeof day === 'string') return reject(periodLabel.column, day);
    if (day > lastDay) return reject(periodLabel.column, 'period-in-future');
    if (day < rowPlace.firstDay || day > rowPlace.lastDay) return reject(columns['place'], 'place-not-then');
    const value = parseCount(text);
    if (value < 0) return reject(undefined, countErrors[-value - 1] ?? 'value-not-a-number');
    sink.onValue(row, rowIndicator.id, rowPlace.id, day, value);
  }

  const width = header.length;
  const rejectRow = (row: number, code: RejectionCode, fields: readonly string[]): void =>
    sink.onRejection(
      {
        row,
        column: '',
        code,
        period: periodLabel.read(fields),
        place: fields[placeAt] ?? '',
        indicator: fields[indicatorAt] ?? '',
        value: values.length === 1 ? (fields[values[0]?.at ?? -1] ?? '') : '',
      },
      values.length,
    );

  return {
    onBrokenRow: (row) => rejectRow(row, 'row-broken', []),
    onRow(fields, row) {
      if (fields.length !== width) {
        // Spreadsheets end a table with rows of separators only.
        if (fields.every((field) => field === '')) return;
        return rejectRow(row, fields.length < width ? 'row-short' : 'row-long', fields);
      }
      const label = periodLabel.read(fields);
      for (const column of values) readCell(fields, row, label, column);
    },
  };
}

const knowPlace = (code: string, entry: PlaceEntry): KnownPlace => ({
  code,
  ...entry,
  firstDay: entry.validFrom === undefined ? -Infinity : dayOf(entry.validFrom),
  lastDay: entry.validUntil === undefined ? Infinity : dayOf(entry.validUntil),
});

/** A code is taken without the blanks around it. */
function rememberSpellings<Entry, Known>(
  directory: ReadonlyMap<string, Entry>,
  know: (code: string, entry: Entry) => Known,
) {
  const spellings = new Map<string, Known | undefined>();
  return (spelling: string): Known | undefined => {
    const seen = spellings.get(spelling);
    if (seen !== undefined || spellings.has(spelling)) return seen;
    const code = spelling.trim();
    const entry = directory.get(code);
    const known = entry && know(code, entry);
    if (spellings.size >= spellingsKept) spellings.clear();
    spellings.set(spelling, known);
    return known;
  };
}

interface PeriodColumns {
  /** Named in rejections. */
  readonly column: string;
  read(fields: readonly string[]): string;
}

function planPeriod(header: readonly string[], columns: Mapping['columns']): PeriodColumns {
  const { period, year, week, month } = columns;
  const at = (name: string): number => header.indexOf(name);
  if (period !== undefined) {
    if (year !== undefined || week !== undefined || month !== undefined) throw new MappingError('period-twice');
    const only = at(period);
    return { column: period, read: (fields) => fields[only] ?? '' };
  }
  const number = week ?? month;
  if (year === undefined || number === undefined) throw new MappingError('period-missing');
  if (week !== undefined && month !== undefined) throw new MappingError('period-twice');
  const unit = week === undefined ? 'month' : 'week';
  const yearAt = at(year);
  const numberAt = at(number);
  return {
    column: number,
    read: (fields) => joinYearAnd(unit, (fields[yearAt] ?? '').trim(), (fields[numberAt] ?? '').trim()),
  };
}

/** `*`, the one of a whole file, or the column's name. */
function planOne<Entry, Known>(
  role: 'place' | 'indicator',
  columns: Mapping['columns'],
  directory: ReadonlyMap<string, Entry>,
  know: (code: string, entry: Entry) => Known,
): string | Known {
  const source = columns[role] ?? '';
  if (!source.startsWith(':')) return source;
  const code = source.slice(1);
  const entry = directory.get(code);
  if (!entry) throw new MappingError(role === 'place' ? 'places-unknown' : 'indicators-unknown', [code]);
  return know(code, entry);
}

function planValues(
  header: readonly string[],
  { columns, headers }: Mapping,
  directory: Directory,
): readonly ValueColumn[] {
  const spread = (['place', 'indicator'] as const).filter((role) => columns[role] === everyColumn);
  if (spread.length === 2) throw new MappingError('spread-twice');
  const [role] = spread;
  const value = columns['value'];
  const elsewhere = Object.entries(columns).find(([name, source]) => source === everyColumn && name !== role);
  if (elsewhere) throw new MappingError('spread-not-here', [elsewhere[0]]);
  if (role === undefined) {
    if (value === undefined) throw new MappingError('value-missing');
    return [{ at: header.indexOf(value), header: value, place: undefined, indicator: undefined }];
  }
  if (value !== undefined) throw new MappingError('value-superfluous', [value]);
  const taken = Object.values(columns);
  const used = header.flatMap((name, at) => {
    const code = headers[name] ?? name;
    return name === '' || taken.includes(name) || code === '' ? [] : [{ at, header: name, code }];
  });
  const unknown = used.filter(({ code }) => !(role === 'place' ? directory.places : directory.indicators).has(code));
  if (unknown.length > 0)
    throw new MappingError(
      'headers-unknown',
      unknown.map(({ header: name }) => name),
    );
  const twice = used.filter(({ code }, at) => used.findIndex((other) => other.code === code) !== at);
  if (twice.length > 0)
    throw new MappingError(
      'headers-repeated',
      twice.map(({ header: name }) => name),
    );
  if (used.length === 0) throw new MappingError('value-missing');
  return used.map(({ at, header: name, code }) => {
    const place = role === 'place' ? directory.places.get(code) : undefined;
    const indicator = role === 'indicator' ? directory.indicators.get(code) : undefined;
    return { at, header: name, place: place && knowPlace(code, place), indicator: indicator && { code, ...indicator } };
  });
}

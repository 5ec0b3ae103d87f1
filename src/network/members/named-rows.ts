/** A table whose columns are found by their names: read whole, with limits, every row that cannot be read named by its number. */
import { problem } from '../../problem.ts';
import { readTable } from '../../surveillance/reporting/import/table.ts';
import { FileError } from '../../surveillance/reporting/import/text-stream.ts';

export interface NamedRow {
  /** 1 is the header, as a spreadsheet counts. */
  readonly row: number;
  /** By column; blanks around are gone, an empty cell is not there. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface RowFault {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  /** What stood there, shortened. */
  readonly value: string;
}

export interface NamedRows {
  readonly rows: readonly NamedRow[];
  readonly faults: readonly RowFault[];
}

export interface TableLimits {
  readonly bytes: number;
  readonly rows: number;
}

const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');

/** `columns`: what each may be called in a header, whatever its case, spaces and accents. Columns of other names are left alone. */
export async function readNamedRows<Column extends string>(
  pieces: AsyncIterable<Uint8Array>,
  columns: Readonly<Record<Column, readonly string[]>>,
  required: readonly Column[],
  limits: TableLimits,
): Promise<NamedRows> {
  const rows: NamedRow[] = [];
  const faults: RowFault[] = [];
  try {
    await readTable(bounded(pieces, limits.bytes), { encoding: 'utf-8' }, (header) => {
      const places = placesOf(header, columns);
      const missing = required.filter((column) => places.get(column) === undefined);
      if (missing.length > 0) throw problem.columnsUnfit({ reason: 'missing', names: missing });
      return {
        onRow(fields, row) {
          if (fields.every((field) => field.trim() === '')) return;
          if (rows.length >= limits.rows)
            throw problem.columnsUnfit({ reason: 'too-many-rows', names: [String(limits.rows)] });
          if (fields.length > header.length) {
            faults.push({ row, column: '', code: 'row-long', value: '' });
            return;
          }
          const cells: Record<string, string> = {};
          for (const [column, at] of places) {
            const cell = fields[at]?.trim() ?? '';
            if (cell !== '') cells[column] = cell;
          }
          rows.push({ row, cells });
        },
        onBrokenRow: (row) => void faults.push({ row, column: '', code: 'row-broken', value: '' }),
      };
    });
  } catch (error) {
    if (error instanceof FileError)
      throw problem.fileUnreadable({ reason: error.reason, row: error.row ?? null }, error);
    throw error;
  }
  return { rows, faults };
}

function placesOf(
  header: readonly string[],
  columns: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const folded = header.map(foldName);
  for (const [column, names] of Object.entries(columns)) {
    const wanted = new Set([column, ...names].map(foldName));
    const at = folded.flatMap((name, place) => (wanted.has(name) ? [place] : []));
    if (at.length > 1)
      throw problem.columnsUnfit({ reason: 'repeated', names: at.map((place) => header[place] ?? '') });
    if (at[0] !== undefined) found.set(column, at[0]);
  }
  return found;
}

async function* bounded(pieces: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > limitBytes) throw problem.bodyTooLarge({ limitBytes });
    yield piece;
  }
}

const shownCharacters = 80;

export const faultAt = (row: NamedRow, column: string, code: string): RowFault => ({
  row: row.row,
  column,
  code,
  value: (row.cells[column] ?? '').slice(0, shownCharacters),
});

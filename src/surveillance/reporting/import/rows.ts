/** Reference data (places, units, indicators) is read whole: thousands of rows, which have to be judged together. */
import type { Rejections } from './rejections.ts';
import { problem } from '../../../problem.ts';
import { checkColumns, type Content, type Mapping } from './mapping.ts';
import { readTable } from './table.ts';

/** Cells by role, without the blanks around them; a role without a column is not there, an empty cell is empty. */
export type Cells = Readonly<Record<string, string>>;

export interface Row {
  /** 1 is the header. */
  readonly row: number;
  readonly cells: Cells;
}

export interface RowRejection<Code extends string = string> extends Row {
  /** Whose cell is meant. */
  readonly role: string;
  readonly code: Code;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** Rows whose columns could not be told apart. */
  readonly broken: readonly RowRejection<'row-broken' | 'row-short' | 'row-long'>[];
}

/** A hundred thousand places are some ten megabytes. */
export const referenceLimitBytes = 50_000_000;

export async function readRows(content: Content, pieces: AsyncIterable<Uint8Array>, mapping: Mapping): Promise<Rows> {
  const rows: Row[] = [];
  const broken: Rows['broken'][number][] = [];
  await readTable(limit(pieces, referenceLimitBytes), mapping, (header) => {
    checkColumns(content, header, mapping.columns);
    const columns = Object.entries(mapping.columns).map(([role, name]) => [role, header.indexOf(name)] as const);
    const cellsOf = (fields: readonly string[]): Cells =>
      Object.fromEntries(columns.map(([role, at]) => [role, (fields[at] ?? '').trim()]));
    return {
      onRow(fields, row) {
        if (fields.every((field) => field.trim() === '')) return;
        const cells = cellsOf(fields);
        if (fields.length === header.length) rows.push({ row, cells });
        else broken.push({ row, cells, role: '', code: fields.length < header.length ? 'row-short' : 'row-long' });
      },
      onBrokenRow: (row) => void broken.push({ row, cells: {}, role: '', code: 'row-broken' }),
    };
  });
  return { rows, broken };
}

/** In the order of the file. */
export function rejectRows(rejections: Rejections, mapping: Mapping, rejected: readonly RowRejection[]): void {
  for (const { row, role, code, cells } of rejected.toSorted((a, b) => a.row - b.row))
    rejections.add({ row, column: mapping.columns[role] ?? '', code, fields: cells });
}

export async function* limit(pieces: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > limitBytes) throw problem.bodyTooLarge({ limitBytes });
    yield piece;
  }
}

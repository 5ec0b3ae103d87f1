/**
 * Tables as CSV (RFC 4180, UTF-8 with a byte-order mark, so that spreadsheets read accents). A text that a spreadsheet would take for a formula gets
 * an apostrophe before it (OWASP, "CSV injection"); a number is written as a number and stays one.
 */
export type Cell = string | number | boolean | null | undefined;

const formula = /^[=+\-@\t\r\n]/;

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Written before the first row. */
export const csvMark = '\uFEFF';

/** One row, with its line end. */
export function formatCsvRow(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`;
}

export function formatCsv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  return csvMark + [header, ...rows].map(formatCsvRow).join('');
}

import { guessSeparator, openRowReader, type RowSink, type Separator } from './csv.ts';
import { FileError, readText, type EncodingChoice } from './text-stream.ts';

export interface TableForm {
  readonly encoding: EncodingChoice;
  /** Undefined: as the header shows. */
  readonly separator?: Separator | undefined;
}

/**
 * Reads a table from bytes, in constant memory. `onHeader` says what becomes of the rows; `afterPiece` runs, and is awaited, between
 * pieces of some thousand rows.
 */
export async function readTable(
  source: AsyncIterable<Uint8Array>,
  { encoding, separator }: TableForm,
  onHeader: (header: readonly string[]) => RowSink,
  afterPiece: () => Promise<void> = async () => {},
): Promise<void> {
  let sink: RowSink | undefined;
  const rows: RowSink = {
    onRow: (fields, row) =>
      sink ? sink.onRow(fields, row) : void (sink = onHeader(fields.map((name) => name.trim()))),
    onBrokenRow(row) {
      if (!sink) throw new FileError('quote-not-closed', row);
      sink.onBrokenRow(row);
    },
  };
  let start = '';
  let reader: ReturnType<typeof openRowReader> | undefined;
  for await (const text of readText(source, encoding)) {
    if (!reader) {
      // The separator shows in a whole header only.
      start += text;
      if (!start.trimStart().includes('\n')) continue;
    }
    reader ??= openRowReader(separator ?? guessSeparator(firstLine(start)), rows);
    reader.push(start === '' ? text : start);
    start = '';
    await afterPiece();
  }
  reader ??= openRowReader(separator ?? guessSeparator(firstLine(start)), rows);
  if (start !== '') reader.push(start);
  reader.end();
  await afterPiece();
  if (!sink) throw new FileError('empty');
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

export interface HeaderReading {
  readonly header: readonly string[];
  readonly separator: Separator;
  /** The first rows, for showing. */
  readonly rows: readonly (readonly string[])[];
}

const shownRows = 5;

/** Only the beginning of the file is read. */
export async function readHeader(
  source: AsyncIterable<Uint8Array>,
  { encoding, separator }: TableForm,
): Promise<HeaderReading> {
  let header: readonly string[] | undefined;
  const shown: (readonly string[])[] = [];
  let used: Separator | undefined = separator;
  for await (const text of readText(source, encoding)) {
    used ??= guessSeparator(firstLine(text));
    const reader = openRowReader(used, {
      onRow(fields) {
        if (!header) header = fields.map((name) => name.trim());
        else if (shown.length < shownRows) shown.push(fields);
      },
      onBrokenRow(row) {
        if (row === 1) throw new FileError('quote-not-closed', row);
      },
    });
    reader.push(text);
    if (!header) reader.end();
    break;
  }
  if (!header || used === undefined) throw new FileError('empty');
  return { header, separator: used, rows: shown };
}

/**
 * CSV as RFC 4180 has it, with a comma, semicolon, tab or bar between the columns. A reader of our own, because the library reads some hundred
 * thousand rows a second and the database takes a million in a few: rows without quotation marks go through String.split.
 * csv.test.ts holds it against csv-parse.
 */
import { FileError, longestRowCharacters } from './text-stream.ts';

export const separators = [',', ';', '\t', '|'] as const;
export type Separator = (typeof separators)[number];

export interface RowSink {
  /** `row` counts from 1, the header, as a spreadsheet does when no field contains a line break. */
  onRow(fields: readonly string[], row: number): void;
  /** A quotation mark where none may stand: what the columns of this row are cannot be known. */
  onBrokenRow(row: number): void;
}

export interface RowReader {
  push(text: string): void;
  end(): void;
  readonly row: number;
}

export function openRowReader(separator: Separator, sink: RowSink): RowReader {
  let row = 0;
  let carried = '';

  const emitPlain = (line: string): void => {
    row++;
    const end = line.length - 1;
    const content = line.charCodeAt(end) === 13 ? line.slice(0, end) : line;
    if (content !== '') sink.onRow(content.split(separator), row);
  };

  /** Reads one row that begins at `start` and may contain quotation marks; the index after it, or -1 when the text ends inside. */
  const readQuoted = (text: string, start: number, isLast: boolean): number => {
    const fields: string[] = [];
    let at = start;
    for (;;) {
      if (text.charCodeAt(at) === 34) {
        let value = '';
        let from = at + 1;
        for (;;) {
          const quote = text.indexOf('"', from);
          if (quote === -1) {
            if (isLast) throw new FileError('quote-not-closed', row + 1);
            return -1;
          }
          value += text.slice(from, quote);
          if (text.charCodeAt(quote + 1) !== 34) {
            at = quote + 1;
            break;
          }
          value += '"';
          from = quote + 2;
        }
        fields.push(value);
        // The next piece may bring the other half of a doubled quotation mark.
        if (at === text.length && !isLast) return -1;
      } else {
        const end = endOfPlainField(text, at);
        if (end === text.length && !isLast) return -1;
        const value = text.slice(at, end);
        if (value.includes('"')) return breakRow(text, at, isLast);
        fields.push(value);
        at = end;
      }
      const next = text[at];
      if (next === separator) {
        at++;
        continue;
      }
      if (next === '\r' && at + 1 === text.length && !isLast) return -1;
      const after =
        next === '\r' && text[at + 1] === '\n'
          ? at + 2
          : next === '\n'
            ? at + 1
            : next === '\r'
              ? -2
              : at === text.length
                ? at
                : -2;
      if (after === -2) return breakRow(text, at, isLast);
      row++;
      if (fields.length > 1 || fields[0] !== '') sink.onRow(fields, row);
      return after;
    }
  };

  const endOfPlainField = (text: string, from: number): number => {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (
        code === 10 ||
        (code === 13 && (text.charCodeAt(at + 1) === 10 || at + 1 === text.length)) ||
        text[at] === separator
      )
        return at;
    }
    return text.length;
  };

  /** The row ends, for better or worse, with its line. */
  const breakRow = (text: string, from: number, isLast: boolean): number => {
    const end = text.indexOf('\n', from);
    if (end === -1 && !isLast) return -1;
    row++;
    sink.onBrokenRow(row);
    return end === -1 ? text.length : end + 1;
  };

  const read = (text: string, isLast: boolean): void => {
    let at = 0;
    // Beyond it there are no more quotation marks, so that one row with them does not slow down the rest.
    let quote = text.indexOf('"');
    while (at < text.length) {
      if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
      const end = text.indexOf('\n', at);
      if (quote === -1 || (end !== -1 && quote > end)) {
        if (end === -1 && !isLast) break;
        emitPlain(end === -1 ? text.slice(at) : text.slice(at, end));
        at = end === -1 ? text.length : end + 1;
      } else {
        const after = readQuoted(text, at, isLast);
        if (after === -1) break;
        at = after;
      }
    }
    carried = at < text.length ? text.slice(at) : '';
    if (carried.length > longestRowCharacters)
      throw new FileError(carried.includes('"') ? 'quote-not-closed' : 'row-too-long', row + 1);
  };

  return {
    push: (text) => read(carried === '' ? text : carried + text, false),
    end() {
      if (carried !== '') read(carried, true);
    },
    get row() {
      return row;
    },
  };
}

/** The candidate that stands most often in the header, outside quotation marks. */
export function guessSeparator(headerLine: string): Separator {
  const bare = headerLine.replace(/"(?:[^"]|"")*"/g, '');
  const counts = separators.map((separator) => ({ separator, count: bare.split(separator).length - 1 }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).separator;
}

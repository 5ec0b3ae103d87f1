import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guessSeparator, openRowReader, separators, type Separator } from './csv.ts';
import { FileError } from './text-stream.ts';

interface Read {
  readonly rows: readonly (readonly string[])[];
  readonly numbers: readonly number[];
  readonly broken: readonly number[];
}

function readPieces(pieces: readonly string[], separator: Separator = ','): Read {
  const rows: (readonly string[])[] = [];
  const numbers: number[] = [];
  const broken: number[] = [];
  const reader = openRowReader(separator, {
    onRow(fields, row) {
      rows.push(fields);
      numbers.push(row);
    },
    onBrokenRow: (row) => void broken.push(row),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return { rows, numbers, broken };
}

const read = (text: string, separator: Separator = ','): Read => readPieces([text], separator);

describe('rows that cannot be told apart', () => {
  test('a quotation mark inside a bare field breaks its row and no other', () => {
    expect(read('a,b\n1,2"3\n4,5\n')).toEqual({
      rows: [
        ['a', 'b'],
        ['4', '5'],
      ],
      numbers: [1, 3],
      broken: [2],
    });
  });
  test('text after a closing quotation mark breaks the row', () => {
    expect(read('"a"x,b\nc,d\n').broken).toEqual([1]);
  });
  test('a quotation mark that never closes refuses the file and names the row', () => {
    const attempt = (): Read => read('a,b\n1,"2\n3,4\n');
    expect(attempt).toThrow(FileError);
    expect(attempt).toThrow(/quote-not-closed, row 2/);
  });
  test('a row longer than any table has is refused before it fills the memory', () => {
    const reader = openRowReader(',', { onRow: () => {}, onBrokenRow: () => {} });
    expect(() => {
      for (let piece = 0; piece < 20; piece++) reader.push('x'.repeat(100_000));
    }).toThrow(/row-too-long/);
  });
});

describe('rows', () => {
  test('empty lines are passed over and still counted', () => {
    expect(read('a\n\n1\r\n\r\n2')).toEqual({ rows: [['a'], ['1'], ['2']], numbers: [1, 3, 5], broken: [] });
  });
  test('a field in quotation marks may hold separators, line breaks and doubled quotation marks', () => {
    expect(read('"a,b","c\r\nd","e""f"\r\ng,h,i').rows).toEqual([
      ['a,b', 'c\r\nd', 'e"f'],
      ['g', 'h', 'i'],
    ]);
  });
  test('the separator is the one that stands most often in the header, outside quotation marks', () => {
    expect(separators.map((separator) => guessSeparator(`"x,y,z,w"${separator}b${separator}c`))).toEqual([
      ...separators,
    ]);
  });

  const field = fc.string({ unit: fc.constantFrom('a', '7', 'é', '漢', '"', ',', ';', '\t', '\n', '\r\n', ' ', '') });
  const table = fc.array(fc.array(field, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
  const quote = (value: string): string => (/[",;\t|\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

  test('are what csv-parse reads, wherever the text is cut into pieces', () => {
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...separators),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        cuts,
        (rows, separator, lineEnd, ends, at) => {
          const text = rows.map((row) => row.map(quote).join(separator)).join(lineEnd) + (ends ? lineEnd : '');
          const places = [...new Set(at.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b);
          const pieces = [0, ...places].map((from, index) => text.slice(from, places[index]));
          const expected: string[][] = parse(text, {
            delimiter: separator,
            relax_column_count: true,
            skip_empty_lines: true,
            record_delimiter: ['\n', '\r\n'],
          });
          expect(readPieces(pieces, separator).rows).toEqual(expected.filter((row) => row.length > 1 || row[0] !== ''));
        },
      ),
      { numRuns: 500 },
    );
  });
});

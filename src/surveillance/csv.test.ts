import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsv } from './csv.ts';

test('a text that a spreadsheet would run as a formula is written as text, a negative number as a number', () => {
  const csv = formatCsv(
    ['name', 'change'],
    [
      ['=HYPERLINK("http://x")', -3],
      ['@sum', null],
      ['+1', 0],
      ['\tx', true],
    ],
  );
  expect(csv).toBe(`\uFEFFname,change\r\n"'=HYPERLINK(""http://x"")",-3\r\n'@sum,\r\n'+1,0\r\n'\tx,true\r\n`);
});

test('any text is read back as it was, but for the apostrophe before a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })), { minLength: 1 }), (rows) => {
      const read: string[][] = parse(formatCsv(['a', 'b'], rows), {
        bom: true,
        from_line: 2,
        relax_column_count: true,
        record_delimiter: '\r\n',
      });
      expect(read.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r\n])/, '')))).toEqual(rows);
    }),
  );
});

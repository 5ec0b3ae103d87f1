import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText, type EncodingChoice } from './text-stream.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, choice: EncodingChoice = 'utf-8', size = 1000): Promise<string> {
  let text = '';
  for await (const piece of readText(pieces(bytes, size), choice)) text += piece;
  return text;
}

const table = 'lieu,cas\nCôte,1\nقرية,2\n';
const utf16 = (text: string, order: 'le' | 'be', mark = true): Buffer => {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

describe('what is not text, or not the text it is said to be, is refused by name', () => {
  const refusals: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['an empty file', Buffer.alloc(0), /^empty$/],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004 rest', 'latin1'), /^not-text$/],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8, 0]), /^not-text$/],
    ['UTF-16 without a mark', utf16('place,value\nA,1\n', 'le', false), /^utf-16-unmarked$/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /^utf-32$/],
    [
      'Latin-1 that nobody spoke of, in the row where it shows',
      Buffer.from('place\nok\nC\u00f4te\n', 'latin1'),
      /^not-utf-8, row 3$/,
    ],
    ['half a letter at the end of UTF-16', Buffer.concat([utf16('a\n', 'le'), Buffer.from([0x61])]), /^utf-16-broken$/],
    ['the line ends of old Macintosh computers', Buffer.from('a,b\r1,2\r'), /^line-ends$/],
    ['a zero byte far into a file', Buffer.from(`${'a,b\n'.repeat(40_000)}\u0000\n`), /^not-text, row 40001$/],
  ];
  test.each(refusals)('%s', async (_name, bytes, expected) => {
    await expect(read(bytes)).rejects.toThrow(expected);
  });

  test('Latin-1 at the end of a large file is found there', async () => {
    const bytes = Buffer.concat([Buffer.from('ok,1\n'.repeat(50_000)), Buffer.from('C\u00f4te,1\n', 'latin1')]);
    await expect(read(bytes, 'utf-8', 65_536)).rejects.toThrow(/^not-utf-8, row 50001$/);
  });
  test('a file without line ends is refused before it fills the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(100_000, 'x');
    }
    const attempt = async (): Promise<void> => {
      for await (const piece of readText(endless(), 'utf-8')) expect(piece).toBe('never');
    };
    await expect(attempt()).rejects.toThrow(/row-too-long/);
  });
});

describe('text', () => {
  test('is the same in every encoding that is recognised', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(table)]);
    for (const bytes of [Buffer.from(table), marked, utf16(table, 'le'), utf16(table, 'be')])
      expect(await read(bytes)).toBe(table);
  });
  test('is Latin-1 when a person says so, and a mark is believed before that', async () => {
    expect(await read(Buffer.from('C\u00f4te\n', 'latin1'), 'latin-1')).toBe('Côte\n');
    expect(await read(utf16(table, 'le'), 'latin-1')).toBe(table);
  });
  test('does not depend on where the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 9 }),
        async (lines, size) => {
          const text = `head\n${lines.join('\n')}`.replaceAll('\u0000', '');
          expect(await read(Buffer.from(text), 'utf-8', size)).toBe(text);
        },
      ),
    );
  });
});

/**
 * Bytes of a file to text, piece by piece, in constant memory. UTF-8 is assumed, a byte-order mark is believed, and Latin-1 is read only when
 * a person said so: every byte is some Latin-1 letter, so guessing it would turn damage into names.
 */
import { isAscii, isUtf8 } from 'node:buffer';

export const encodings = ['utf-8', 'latin-1'] as const;
/** What a person may choose; UTF-16 is recognised by its mark. */
export type EncodingChoice = (typeof encodings)[number];

/** Why a whole file cannot be read; words in the locales under `reporting.file-<reason>`. */
export type FileReason =
  | 'empty'
  | 'not-text'
  | 'utf-16-unmarked'
  | 'utf-32'
  | 'not-utf-8'
  | 'utf-16-broken'
  | 'line-ends'
  | 'row-too-long'
  | 'quote-not-closed'
  | 'not-geojson';

export class FileError extends Error {
  override readonly name = 'FileError';
  readonly reason: FileReason;
  /** Row of the table, 1 is the header; as near as is known. */
  readonly row: number | undefined;

  constructor(reason: FileReason, row?: number) {
    super(row === undefined ? reason : `${reason}, row ${row}`);
    this.reason = reason;
    this.row = row;
  }
}

/** More than any row of a table; less than what a file without line ends would cost. */
export const longestRowCharacters = 1_000_000;

interface Marked {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly markBytes: number;
}

/** From the first bytes, at least four of them where the file has as many. */
export function recogniseEncoding(head: Uint8Array, choice: EncodingChoice): Marked {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) throw new FileError('utf-32');
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) throw new FileError('utf-32');
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', markBytes: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  // PK: a zip archive, which every .xlsx and .ods is; 1F 8B gzip; D0 CF 11 E0 the old Excel format; %PDF.
  const isOther = [
    [0x50, 0x4b, 0x03, 0x04],
    [0x1f, 0x8b],
    [0xd0, 0xcf, 0x11, 0xe0],
    [0x25, 0x50, 0x44, 0x46],
  ].some((magic) => magic.every((byte, at) => head[at] === byte));
  if (isOther) throw new FileError('not-text');
  if (head.includes(0)) throw new FileError(looksLikeUtf16(head) ? 'utf-16-unmarked' : 'not-text');
  // WHATWG calls Latin-1 what is really its superset windows-1252, and so do the programs that write it.
  return choice === 'latin-1' ? { encoding: 'windows-1252', markBytes: 0 } : { encoding: 'utf-8', markBytes: 0 };
}

/** Western text has a zero byte in every second place. */
function looksLikeUtf16(head: Uint8Array): boolean {
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at++) if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  return Math.max(even, odd) > head.length / 4 && Math.min(even, odd) < head.length / 20;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Pieces of text, in UTF-8 and Latin-1 cut after a line feed except for the last. Throws FileError for bytes that are not
 * of the encoding, however late they come: nothing is replaced or skipped.
 */
export async function* readText(source: AsyncIterable<Uint8Array>, choice: EncodingChoice): AsyncGenerator<string> {
  const first = await takeHead(source);
  const { encoding, markBytes } = recogniseEncoding(first.head, choice);
  const pieces = first.rest(markBytes);
  if (encoding === 'utf-16le' || encoding === 'utf-16be') yield* decodeUtf16(pieces, encoding);
  else yield* decodeLines(pieces, encoding);
}

const headBytes = 65_536;

async function takeHead(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < headBytes) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value);
    length += value.length;
  }
  const head = Buffer.concat(taken);
  if (head.length === 0) throw new FileError('empty');
  // The line ends of Macintosh computers before 2001: the whole file would be one row.
  const window = head.subarray(0, headBytes);
  if (!window.includes(lineFeed) && window.includes(carriageReturn) && !window.includes(0))
    throw new FileError('line-ends');
  return {
    head: window,
    async *rest(skip: number): AsyncGenerator<Buffer> {
      try {
        yield head.subarray(skip);
        for (;;) {
          const { done, value } = await iterator.next();
          if (done) return;
          yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}

async function* decodeLines(pieces: AsyncIterable<Buffer>, encoding: 'utf-8' | 'windows-1252'): AsyncGenerator<string> {
  const windows = encoding === 'windows-1252' ? new TextDecoder('windows-1252') : undefined;
  let row = 1;
  const decode = (bytes: Buffer): string => {
    if (bytes.includes(0)) throw new FileError('not-text', row);
    // A text of bytes below 128 is kept with one byte a letter, and is the same in either encoding.
    if (isAscii(bytes)) return bytes.toString('latin1');
    if (windows) return windows.decode(bytes);
    if (!isUtf8(bytes)) throw new FileError('not-utf-8', row + countLines(bytes, findInvalid(bytes)));
    return bytes.toString('utf8');
  };
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      carried.push(piece);
      carriedBytes += piece.length;
      if (carriedBytes > longestRowCharacters * 4) throw new FileError('row-too-long', row);
      continue;
    }
    const whole = carried.length === 0 ? piece.subarray(0, end) : Buffer.concat([...carried, piece.subarray(0, end)]);
    carried = end < piece.length ? [piece.subarray(end)] : [];
    carriedBytes = piece.length - end;
    yield decode(whole);
    row += countLines(whole, whole.length);
  }
  if (carriedBytes > 0) yield decode(Buffer.concat(carried));
}

function countLines(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at !== -1 && at < end; at = bytes.indexOf(lineFeed, at + 1)) count++;
  return count;
}

/** Start of the first line that is not UTF-8: a line feed is never inside a letter. */
function findInvalid(bytes: Buffer): number {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(lineFeed, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return start;
    start = end + 1;
  }
}

async function* decodeUtf16(pieces: AsyncIterable<Buffer>, encoding: 'utf-16le' | 'utf-16be'): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Buffer): string => {
    try {
      const text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
      if (text.includes('\u0000')) throw new FileError('not-text');
      return text;
    } catch (error) {
      throw error instanceof FileError ? error : new FileError('utf-16-broken');
    }
  };
  for await (const piece of pieces) yield decode(piece);
  yield decode();
}

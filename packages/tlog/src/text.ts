import { TlogError } from './tlog-error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// oxlint-disable-next-line no-control-regex
const CONTROL_EXCEPT_NEWLINE = /[\u0000-\u0009\u000b-\u001f]/;

/** Text as signed-note wants it: UTF-8, no ASCII control character but newline, within a limit. */
export function parseText(source: Uint8Array | string, maxBytes: number): string {
  const length = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (length > maxBytes) throw new TlogError('text.too-large', `longer than ${maxBytes} bytes`);
  const text = typeof source === 'string' ? source : decode(source);
  if (!text.isWellFormed()) throw new TlogError('text.malformed', 'not valid Unicode');
  if (CONTROL_EXCEPT_NEWLINE.test(text)) throw new TlogError('text.malformed', 'contains a control character');
  return text;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TlogError('text.malformed', 'not valid UTF-8', { cause });
  }
}

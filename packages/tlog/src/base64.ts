import { TlogError } from './tlog-error.ts';

/** RFC 4648 section 4, and only its canonical form: one text per value, so that no signed note has two spellings. */
export function parseBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new TlogError('base64.malformed', 'not canonical base64');
  return bytes;
}

export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** What the sender's computer calls a file says little: a table is often sent as a spreadsheet, or as nothing at all. */
export type MediaType = 'text/csv' | 'application/geo+json';

/** No code and no header begins with a brace. */
export function recogniseMediaType(head: Uint8Array): MediaType {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 1024)).toString('latin1');
  return /^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(text) ? 'application/geo+json' : 'text/csv';
}

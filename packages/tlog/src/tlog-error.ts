/** Every way in which this library refuses. Codes are stable and never reused; the README says what each one means. */
export const TLOG_ERROR_CODES = [
  'size.malformed',
  'base64.malformed',
  'hash.malformed',
  'text.malformed',
  'text.too-large',
  'range.invalid',
  'key.malformed',
  'key.name',
  'key.type',
  'key.id',
  'note.malformed',
  'note.too-many-signatures',
  'note.signature-invalid',
  'note.not-signed',
  'checkpoint.malformed',
  'checkpoint.extension',
  'checkpoint.origin',
  'cosignature.malformed',
  'cosignature.time',
  'inclusion.invalid',
  'consistency.invalid',
  'tile.path',
  'tile.size',
  'tile.missing',
  'tile.mismatch',
  'bundle.malformed',
  'entry.too-large',
  'entry.mismatch',
  'witness.malformed',
  'proof.malformed',
  'policy.malformed',
  'policy.duplicate',
  'policy.undefined-name',
  'policy.no-quorum',
] as const;

export type TlogErrorCode = (typeof TLOG_ERROR_CODES)[number];

export class TlogError extends Error {
  override readonly name = 'TlogError';
  readonly code: TlogErrorCode;

  constructor(code: TlogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

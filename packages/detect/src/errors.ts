/**
 * What a caller can do wrong. Data that is merely short or incomplete is no error: it gives a `Detection` whose alarm is
 * undefined and whose warnings say what is missing. Codes are stable and never reused.
 */
export type DetectErrorCode =
  | 'count-not-a-number'
  | 'count-not-finite'
  | 'count-negative'
  | 'count-fractional'
  | 'count-too-large'
  | 'population-invalid'
  | 'date-invalid'
  | 'periods-unsorted'
  | 'periods-duplicate'
  | 'periods-mixed'
  | 'length-mismatch'
  | 'control-out-of-range'
  | 'control-unknown'
  | 'range-outside-series'
  | 'population-required'
  | 'period-not-supported'
  | 'input-malformed';

export class DetectError extends Error {
  override readonly name = 'DetectError';
  readonly code: DetectErrorCode;
  /** Path of the offending field, for instance `counts[17]` or `control.alpha`. */
  readonly field: string;
  /** What was given, when it is a plain value. */
  readonly given: string | number | boolean | undefined;

  constructor(code: DetectErrorCode, field: string, given?: string | number | boolean) {
    super(given === undefined ? `${code}: ${field}` : `${code}: ${field} (${given})`);
    this.code = code;
    this.field = field;
    this.given = given;
  }
}

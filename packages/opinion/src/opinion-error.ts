/** What a caller can do wrong. Few votes or people are no error: the results say what they do not carry. Codes are stable and never reused. */
export type OpinionErrorCode =
  | 'file-unreadable'
  | 'csv-malformed'
  | 'column-missing'
  | 'column-duplicate'
  | 'field-empty'
  | 'field-too-long'
  | 'vote-unknown'
  | 'number-malformed'
  | 'moderation-unknown'
  | 'flag-unknown'
  | 'statement-duplicate'
  | 'too-many-votes'
  | 'too-many-participants'
  | 'too-many-statements'
  | 'no-votes'
  | 'length-mismatch'
  | 'minimum-too-small';

export class OpinionError extends Error {
  override readonly name = 'OpinionError';
  readonly code: OpinionErrorCode;
  /** Line of the file on which the faulty row begins, 1 for the header; undefined where no row is at fault. */
  readonly line: number | undefined;

  /** `message` says what is wrong and what to do, without the place. */
  constructor(code: OpinionErrorCode, message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.code = code;
    this.line = line;
  }
}

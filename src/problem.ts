/**
 * Every failure that a person, a peer or a program may meet has one entry here: a stable code, an HTTP status, typed
 * details and whether trying again can help. Codes are never reused. The words people read stand in the locales under
 * `problems.<code>`; docs/errors.md explains each code and is tested against this catalogue in both directions.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;

  constructor(kind: Kind, details: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(`${kind.code} ${JSON.stringify(details)}`, cause === undefined ? undefined : { cause });
    this.code = kind.code;
    this.status = kind.status;
    this.retryable = kind.retryable;
    this.details = details;
  }
}

interface Kind {
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
}

type NoDetails = Readonly<Record<string, never>>;

function kind<Details extends object = NoDetails>(
  code: string,
  status: number,
  options?: { readonly retryable: true },
) {
  const entry: Kind = { code, status, retryable: options?.retryable ?? false };
  const raise = (details: Details, cause?: unknown): Problem =>
    new Problem(entry, details as Readonly<Record<string, unknown>>, cause);
  return Object.assign(raise, entry);
}

/** One rejected field of a form or document; `path` names it, `code` says what is wrong, in the locales under `fields.<code>`. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export const problem = {
  // Requests
  inputInvalid: kind<{ fields: readonly FieldError[] }>('input-invalid', 422),
  bodyTooLarge: kind<{ limitBytes: number }>('body-too-large', 413),
  bodyUnreadable: kind<{ reason: string }>('body-unreadable', 400),
  mediaTypeUnsupported: kind<{ accepted: readonly string[] }>('media-type-unsupported', 415),
  notSignedIn: kind('not-signed-in', 401),
  signInFailed: kind('sign-in-failed', 401),
  passkeyFailed: kind<{ reason: string }>('passkey-failed', 401),
  notAllowed: kind<{ needs: string }>('not-allowed', 403),
  forgeryCheckFailed: kind('forgery-check-failed', 403),
  notFound: kind<{ what: string }>('not-found', 404),
  tooManyRequests: kind<{ retryAfterSeconds: number }>('too-many-requests', 429, { retryable: true }),
  internal: kind('internal', 500, { retryable: true }),
  busy: kind('busy', 503, { retryable: true }),
  conflict: kind<{ what: string }>('conflict', 409),
  personNeeded: kind('person-needed', 403),
  methodNotAllowed: kind<{ allowed: readonly string[] }>('method-not-allowed', 405),
  misdirected: kind<{ expected: string }>('misdirected', 421),
  lastAdministrator: kind('last-administrator', 409),

  // Node and set-up
  notSetUp: kind('not-set-up', 503),
  alreadySetUp: kind('already-set-up', 409),
  readOnly: kind<{ reason: string }>('read-only', 503, { retryable: true }),
  diskFull: kind('disk-full', 507, { retryable: true }),
  databaseUnavailable: kind<{ reason: string }>('database-unavailable', 503, { retryable: true }),

  // Network
  addressInvalid: kind<{ reason: string }>('address-invalid', 422),
  peerUnreachable: kind<{ peer: string }>('peer-unreachable', 502, { retryable: true }),
  peerAnswerInvalid: kind<{ peer: string; reason: string }>('peer-answer-invalid', 502),
  recoveryKeyInvalid: kind<{ reason: string }>('recovery-key-invalid', 422),
  invitationInvalid: kind('invitation-invalid', 410),
  notAKnownNode: kind<{ fault: string }>('not-a-known-node', 401),
  cannotPair: kind<{ reason: string }>('cannot-pair', 409),
  fingerprintDiffers: kind('fingerprint-differs', 409),

  // Acts
  actMalformed: kind<{ reason: string }>('act-malformed', 400),
  actSignatureInvalid: kind<{ reason: string }>('act-signature-invalid', 400),
  signerNotEnrolled: kind('signer-not-enrolled', 409),
  actTypeUnknown: kind<{ type: string }>('act-type-unknown', 422),
  actNotAdmitted: kind<{ reason: string }>('act-not-admitted', 403),
  actTooLarge: kind<{ bytes: number; limitBytes: number }>('act-too-large', 413),
  stepNotAllowed: kind<{ step: string; status: string }>('step-not-allowed', 409),
  assuranceTooLow: kind<{ needs: string; has: string }>('assurance-too-low', 403),
  hostNotSilent: kind('host-not-silent', 409),
  textHasMovedOn: kind<{ version: string }>('text-has-moved-on', 409),
  belowTheFloor: kind<{ article: string; purpose: string }>('below-the-floor', 422),
  bodyErased: kind('body-erased', 410),
  notErasable: kind<{ reason: string }>('not-erasable', 409),

  // Reports
  fileUnreadable: kind<{ reason: string; row: number | null }>('file-unreadable', 422),
  columnsUnfit: kind<{ reason: string; names: readonly string[] }>('columns-unfit', 422),

  // Dialogues
  chathamHouse: kind('chatham-house', 409),
  textRefuses: kind<{ reason: string; fields: readonly FieldError[] }>('text-refuses', 409),
  textBeforeGroup: kind('text-before-group', 409),
  answersLate: kind<{ closedAt: string }>('answers-late', 409),
  reasonsMissing: kind<{ for: string; fields: readonly FieldError[] }>('reasons-missing', 422),
} as const;

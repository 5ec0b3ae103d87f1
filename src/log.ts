import type { Clock } from './clock.ts';

// One line of JSON for each event, for journald, Docker or a file to collect: {"time","level","msg",...fields}. At a terminal
// the same in plain words. It is forty lines rather than a library because the one hard part is ours: what may not be in
// a log. Logs are copied to places that no agreement covers, so they hold identifiers and codes, never people or secrets.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}

export interface LogTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

// Matched against the whole name of a field, so that `tokenCount` and `bodyBytes` pass.
const privateFields =
  /^(?:authorization|body|content|cookie|e?mail|e-mail|email_?address|name|passphrase|password|phone|salt|secret|set-cookie|text|token|.*(?:Password|Secret|Token|Email|Phone|Body))$/i;
// Neither part may hold a slash: `node_modules/@scope/name` is none, and the dot is left to chance, as in `amina@localhost`.
const emailAddresses = /[^\s<>"'(),:;=/\\@]+@[\p{L}\d][\p{L}\d.-]*/gu;
const urlCredentials = /\/\/[^\s/@]*:[^\s/@]*@/g;
// Compact JWS and JWT, and whatever follows "Bearer" or "Basic".
const credentials = /\beyJ[\w-]+\.[\w-]*\.[\w-]*|\b(Bearer|Basic)\s+\S+/gi;
const queryStrings = /\?[^\s"']*=[^\s"']*/g;

const redacted = '[redacted]';

function redactText(text: string): string {
  return text
    .replace(queryStrings, `?${redacted}`)
    .replace(credentials, redacted)
    .replace(urlCredentials, `//${redacted}@`)
    .replace(emailAddresses, redacted);
}

/** What may be written of a field: bytes and private fields never, text without addresses, credentials and query strings. */
export function redact(value: unknown, field = ''): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (privateFields.test(field)) return redacted;
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Error)
    return {
      type: value.name,
      message: redactText(value.message),
      ...('code' in value ? { code: redact(value.code) } : {}),
      ...(value.stack === undefined ? {} : { stack: redactText(value.stack) }),
      ...(value.cause === undefined ? {} : { cause: redact(value.cause) }),
    };
  if (Array.isArray(value)) return value.map((item) => redact(item, field));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, key)]));
  return redacted;
}

export function openLog({
  level,
  clock,
  target = process.stdout,
}: {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly target?: LogTarget;
}): Logger {
  const format = target.isTTY === true ? formatForPeople : formatForMachines;
  const least = levels.indexOf(level);
  const build = (common: LogFields): Logger => {
    const at =
      (lineLevel: LogLevel) =>
      (msg: string, fields: LogFields = {}): void => {
        if (levels.indexOf(lineLevel) < least) return;
        const safe = Object.entries({ ...common, ...fields }).map(([key, value]) => [key, redact(value, key)] as const);
        target.write(`${format(clock.now(), lineLevel, redactText(msg), Object.fromEntries(safe))}\n`);
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => build({ ...common, ...fields }),
    };
  };
  return build({});
}

function formatForMachines(time: Date, level: LogLevel, msg: string, fields: LogFields): string {
  const fixed = { time: time.toISOString(), level, msg };
  // First for the reader, and again last, so that no field can pass itself off as one of them.
  return JSON.stringify({ ...fixed, ...fields, ...fixed });
}

function formatForPeople(time: Date, level: LogLevel, msg: string, fields: LogFields): string {
  const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${time.toISOString().slice(11, 19)} ${mark}${msg}${rest.join('')}`;
}

import path from 'node:path';
import { z } from 'zod';
import { parseMailAddress, type MailAddress } from './mail-address.ts';
import { OperatorError } from './operator-error.ts';

/** Everything the environment decides. docs/operating.md has the same table for people. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** The operator's own PostgreSQL; undefined: a server of our own in the data directory. */
  readonly databaseUrl: string | undefined;
  /** Scheme, host and port under which others reach this node; permanent once the log is open. No trailing slash. */
  readonly publicUrl: string;
  /** Nobody said so: the address of a log that is open counts instead. */
  readonly isDefaultAddress?: boolean;
  /** The first account, for machines that are set up without a browser. */
  readonly firstAdministrator: { readonly email: string; readonly passwordFile: string } | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Set by `demo` for the nodes it starts: what their start pages tell. */
  readonly demoStoryFile?: string | undefined;
  /** Undefined: this node sends and takes no mail. */
  readonly mail?: MailSettings | undefined;
}

export interface MailSettings {
  /** From which all mails are sent; answers come to the same with a key (`reply+KEY@host`). */
  readonly address: MailAddress;
  readonly smtpUrl: string;
  /** The mailbox that answers arrive in. Undefined: a mail server hands them over with `mail take-in`. */
  readonly imapUrl: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

// Each message is what to do, because it is printed after the name of the variable.
const variables = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number, such as 4000')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be at most 65535')
    .default(4000),
  HOST: z.string().default('127.0.0.1'),
  RECIPROCA_DATA: z.string().default('./data'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/database' })
    .optional(),
  RECIPROCA_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://health.example.org', abort: true })
    .refine((text) => {
      const { pathname, search, hash, username, password } = new URL(text);
      return pathname === '/' && search + hash + username + password === '';
    }, 'must have a scheme, a host and perhaps a port, and nothing after them')
    .refine(
      (text) => text.startsWith('https:') || isLocalHost(new URL(text).hostname),
      'must begin with https://, because others must be able to trust what they receive from it; http:// is for localhost and *.localhost only',
    )
    .optional(),
  RECIPROCA_ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  RECIPROCA_ADMIN_PASSWORD_FILE: z.string().optional(),
  RECIPROCA_DEMO_STORY: z.string().optional(),
  RECIPROCA_MAIL_ADDRESS: z
    .string()
    .transform((text, context) => {
      const address = parseMailAddress(text);
      if (address) return address;
      context.addIssue({
        code: 'custom',
        message: 'must be an e-mail address without a plus sign, such as reply@example.org',
      });
      return z.NEVER;
    })
    .optional(),
  RECIPROCA_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must look like smtps://user:password@host:465' })
    .optional(),
  RECIPROCA_IMAP_URL: z
    .url({ protocol: /^imaps?$/, error: 'must look like imaps://user:password@host:993/INBOX' })
    .optional(),
  RECIPROCA_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
});

function isLocalHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

/** The only reader of the environment. An empty variable counts as not set, as in `PORT= npm start`. */
export function readConfig(environment: Environment = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = variables.safeParse(given);
  // Neither message repeats the value: DATABASE_URL contains a password.
  if (!result.success)
    throw new OperatorError(
      result.error.issues.map(({ path: [name], message }) => `${String(name)} ${message}.`).join('\n'),
    );
  const env = result.data;
  return {
    port: env.PORT,
    host: env.HOST,
    dataDir: path.resolve(env.RECIPROCA_DATA),
    databaseUrl: env.DATABASE_URL,
    publicUrl: new URL(env.RECIPROCA_PUBLIC_URL ?? `http://localhost:${env.PORT}`).origin,
    isDefaultAddress: env.RECIPROCA_PUBLIC_URL === undefined,
    firstAdministrator: readFirstAdministrator(env.RECIPROCA_ADMIN_EMAIL, env.RECIPROCA_ADMIN_PASSWORD_FILE),
    logLevel: env.RECIPROCA_LOG_LEVEL,
    demoStoryFile: env.RECIPROCA_DEMO_STORY,
    mail: readMail(env.RECIPROCA_MAIL_ADDRESS, env.RECIPROCA_SMTP_URL, env.RECIPROCA_IMAP_URL),
  };
}

function readMail(
  address: MailAddress | undefined,
  smtpUrl: string | undefined,
  imapUrl: string | undefined,
): MailSettings | undefined {
  if (address === undefined && smtpUrl === undefined && imapUrl === undefined) return undefined;
  if (address === undefined || smtpUrl === undefined)
    throw new OperatorError(
      'RECIPROCA_MAIL_ADDRESS and RECIPROCA_SMTP_URL go together: set both so that this node sends mail, or neither.',
    );
  return { address, smtpUrl, imapUrl };
}

function readFirstAdministrator(
  email: string | undefined,
  passwordFile: string | undefined,
): Config['firstAdministrator'] {
  if (email === undefined && passwordFile === undefined) return undefined;
  if (email === undefined)
    throw new OperatorError(
      'RECIPROCA_ADMIN_EMAIL is missing: set it together with RECIPROCA_ADMIN_PASSWORD_FILE, or set neither.',
    );
  if (passwordFile === undefined)
    throw new OperatorError(
      'RECIPROCA_ADMIN_PASSWORD_FILE is missing: write the password to a file that only this user can read and give its path, or set neither variable.',
    );
  return { email, passwordFile: path.resolve(passwordFile) };
}

import path from 'node:path';
import { z } from 'zod';
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
  /** The first account, for machines that are set up without a browser. */
  readonly firstAdministrator: { readonly email: string; readonly passwordFile: string } | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Set by `demo` for the nodes it starts: what their start pages tell. */
  readonly demoStoryFile?: string | undefined;
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
    firstAdministrator: readFirstAdministrator(env.RECIPROCA_ADMIN_EMAIL, env.RECIPROCA_ADMIN_PASSWORD_FILE),
    logLevel: env.RECIPROCA_LOG_LEVEL,
    demoStoryFile: env.RECIPROCA_DEMO_STORY,
  };
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

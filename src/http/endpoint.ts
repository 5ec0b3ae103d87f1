/**
 * One declaration is an HTML page, its JSON and its line in the OpenAPI document. The path alone decides which is meant: `/signals` is
 * for people, `/api/signals` is the same for programs; no header changes that. Handlers return values: the pipeline
 * (application.ts) opens the transaction, and writes the answer only after COMMIT. No handler dials anybody: what has to be asked of another
 * node is asked in `outside`, before the transaction.
 */
import { z } from 'zod';
import type { House, Reading, Work } from '../house.ts';
import type { Problem } from '../problem.ts';
import type { FormState } from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import type { Locale } from '../ui/locales.ts';
import type { View } from '../ui/view.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import type { LimitClass } from './rate-limit.ts';

export type Endpoint = ReadEndpoint | WriteEndpoint | RawEndpoint | ReceiveEndpoint | AssetEndpoint;

export interface EndpointFacts {
  /** Hono's syntax. `:party` is a hosted party's slug: its rows are what the transaction sees. */
  readonly path: string;
  /** One sentence for the API's readers. */
  readonly summary: string;
  readonly for: Access;
  /** `node`: accounts, peers and the log, whoever looks. Otherwise the party in the path, else the viewer's, else the node. */
  readonly scope?: 'node';
  /** Whole request, database included. */
  readonly timeoutMs?: number;
  readonly limit?: LimitClass;
  /** A signed-in browser only: what a leaked API token must not be able to do. */
  readonly sessionOnly?: boolean;
}

type Fields = z.ZodObject;
// As Zod itself names a shape without fields.
type NoFields = z.ZodObject<Readonly<Record<string, never>>>;

export interface ReadInput<Params, Query> {
  readonly params: Params;
  readonly query: Query;
}

export interface WriteInput<Params, Body> {
  readonly params: Params;
  readonly body: Body;
  /** By field name: received whole, on the local disk, deleted when the request ends unless it was moved away. */
  readonly files: Readonly<Record<string, ReceivedFile>>;
}

export interface ReceivedFile {
  readonly path: string;
  /** As the sender's computer called it: for showing only. */
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A browser's write that was refused: everything typed, except secrets, and what is wrong with it. */
export interface Attempt<Params> {
  readonly form: FormState;
  readonly problem: Problem;
  readonly params: Params;
}

/** What a write changes in the browser that asked; applied after COMMIT. */
export interface BrowserChange {
  readonly session?: { readonly token: string; readonly expiresAt: Date } | 'end';
  readonly locale?: Locale;
}

/** What a step outside of any transaction has: it opens short ones of its own, and none while it waits for another node. */
export interface Outside {
  readonly house: House;
}

interface ReadDeclaration<P extends Fields, Q extends Fields, A extends z.ZodType> extends EndpointFacts {
  readonly params?: P;
  /** Nothing else may be asked: a program that misspells a filter is told, and does not get everything. */
  readonly query?: Q;
  /** Shapes the JSON: a field that is not declared does not leave. The page is drawn from the same. */
  readonly answer: A;
  handle(reading: Reading & Caller, input: ReadInput<z.output<P>, z.output<Q>>): Promise<z.input<A>>;
  readonly page?: (answer: z.output<A>, view: View, input: ReadInput<z.output<P>, z.output<Q>>) => Page;
}

interface WriteDeclaration<
  P extends Fields,
  B extends Fields,
  A extends z.ZodType,
  R extends z.input<A>,
  O,
> extends EndpointFacts {
  /** Of the JSON; a browser's form always posts. */
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly params?: P;
  readonly body: B;
  readonly answer: A;
  readonly bodyLimitBytes?: number;
  readonly files?: Readonly<Record<string, { readonly limitBytes: number; readonly optional?: true }>>;
  /** Fields that are never shown again. `password` always is one. */
  readonly secrets?: readonly string[];
  /** Whoever sends it is recorded nowhere, signed in or not: a rumour. */
  readonly isUnnamed?: true;
  /** Counted as well as the caller: an e-mail address, so that many callers cannot guess at one account. */
  readonly limitKey?: (input: WriteInput<z.output<P>, z.output<B>>) => string;
  /** Before the transaction: what only another node can tell. One that answers slowly or never holds no connection of the database. */
  outside?(outside: Outside & Caller, input: WriteInput<z.output<P>, z.output<B>>): Promise<O>;
  handle(work: Work & Caller, input: WriteInput<z.output<P>, z.output<B>>, found: O): Promise<R>;
  /** Where the browser goes on: a path of this node. */
  readonly then?: (answer: z.output<A>, input: WriteInput<z.output<P>, z.output<B>>) => string;
  /** Instead of `then`, only for a secret that exists in this one answer: a link, a token, a recovery key. */
  readonly show?: (answer: z.output<A>, view: View, input: WriteInput<z.output<P>, z.output<B>>) => Page;
  /** The page with the form, drawn again after a refusal. `reading` is a new snapshot. */
  readonly form?: (attempt: Attempt<z.output<P>>, view: View, reading: Reading & Caller) => Page | Promise<Page>;
  readonly change?: (handled: R) => BrowserChange;
}

export type RawBody = string | Uint8Array | AsyncIterable<string | Uint8Array>;

export interface RawAnswer {
  readonly contentType: string;
  /** What is iterated is read inside the transaction, which ends with it; a failure on the way breaks the connection off. */
  readonly body: RawBody;
  readonly status?: number;
  /** Saved under this name instead of being shown. */
  readonly fileName?: string;
  /** `immutable`: the address names the content. `shared`: anyone's, asked again each time. Default: nobody keeps it when signed in. */
  readonly cache?: 'immutable' | 'shared';
  readonly headers?: Readonly<Record<string, string>>;
}

interface RawDeclaration<P extends Fields, Q extends Fields> extends EndpointFacts {
  readonly params?: P;
  readonly query?: Q;
  readonly contentTypes: readonly string[];
  handle(reading: Reading & Caller, input: ReadInput<z.output<P>, z.output<Q>>): Promise<RawAnswer>;
}

/** A request of another node or machine as it came, for those who check signatures over it. Cookies are not looked at. */
export interface ReceivedRequest<Params> {
  readonly method: string;
  /** With the public scheme and host. */
  readonly url: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly params: Params;
}

interface ReceiveDeclaration<P extends Fields, O> extends Omit<EndpointFacts, 'for' | 'sessionOnly'> {
  readonly method?: 'POST' | 'PUT';
  readonly params?: P;
  readonly bodyLimitBytes: number;
  // Media types. A star for both parts: any, or none said.
  readonly accepts: readonly string[];
  readonly contentTypes: readonly string[];
  /** As of a write. Whoever asks is not known yet: it must find out before it dials anybody. */
  outside?(outside: Outside & Caller, request: ReceivedRequest<z.output<P>>): Promise<O>;
  handle(work: Work & Caller, request: ReceivedRequest<z.output<P>>, found: O): Promise<RawAnswer>;
}

// The erased forms. `never` as the input makes each declaration above assignable; the pipeline passes what the schemas produced.
export interface ReadEndpoint extends EndpointFacts {
  readonly kind: 'read';
  readonly params: Fields;
  readonly query: Fields;
  readonly answer: z.ZodType;
  handle(reading: Reading & Caller, input: never): Promise<unknown>;
  readonly page: ((answer: never, view: View, input: never) => Page) | undefined;
}

export interface WriteEndpoint extends EndpointFacts {
  readonly kind: 'write';
  readonly isUnnamed?: true;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly params: Fields;
  readonly body: Fields;
  readonly answer: z.ZodType;
  readonly bodyLimitBytes: number;
  readonly files: Readonly<Record<string, { readonly limitBytes: number; readonly optional?: true }>>;
  readonly secrets: readonly string[];
  readonly limitKey: ((input: never) => string) | undefined;
  outside?(outside: Outside & Caller, input: never): Promise<unknown>;
  handle(work: Work & Caller, input: never, found: never): Promise<unknown>;
  /** Of `then`. Not under that name: an object with `then` is taken for a promise wherever it is awaited. */
  readonly goTo: ((answer: never, input: never) => string) | undefined;
  readonly show: ((answer: never, view: View, input: never) => Page) | undefined;
  readonly form: ((attempt: Attempt<never>, view: View, reading: Reading & Caller) => Page | Promise<Page>) | undefined;
  readonly change: ((handled: never) => BrowserChange) | undefined;
}

export interface RawEndpoint extends EndpointFacts {
  readonly kind: 'raw';
  readonly params: Fields;
  readonly query: Fields;
  readonly contentTypes: readonly string[];
  handle(reading: Reading & Caller, input: never): Promise<RawAnswer>;
}

export interface ReceiveEndpoint extends EndpointFacts {
  readonly kind: 'receive';
  readonly method: 'POST' | 'PUT';
  readonly params: Fields;
  readonly bodyLimitBytes: number;
  readonly accepts: readonly string[];
  readonly contentTypes: readonly string[];
  outside?(outside: Outside & Caller, request: ReceivedRequest<never>): Promise<unknown>;
  handle(work: Work & Caller, request: ReceivedRequest<never>, found: never): Promise<RawAnswer>;
}

/** A file that never depends on who asks: served without identity and without the database, so also when that is away. */
export interface AssetEndpoint extends EndpointFacts {
  readonly kind: 'asset';
  readonly for: 'anyone';
  readonly params: Fields;
  readonly contentTypes: readonly [string];
  readonly text: string;
  /** `immutable`: the path carries a hash of the content. */
  readonly cache: 'immutable' | 'shared';
}

/** Nothing is asked. */
export const noFields: NoFields = z.object({});

/** Nothing is told beyond success, whatever the handler returns for `change`. */
export const noAnswer: z.ZodType<object, object> = z.object({});

export const defaultBodyLimitBytes = 64_000;

/** Unless the declaration itself takes what it does not know (`z.looseObject`). */
const closed = (query: Fields): Fields => (query.def.catchall === undefined ? query.strict() : query);

export function read<A extends z.ZodType, P extends Fields = NoFields, Q extends Fields = NoFields>(
  declaration: ReadDeclaration<P, Q, A>,
): ReadEndpoint {
  const { params = noFields, query = noFields, page } = declaration;
  return { ...declaration, kind: 'read', params, query: closed(query), page };
}

export function write<B extends Fields, A extends z.ZodType, R extends z.input<A>, O, P extends Fields = NoFields>(
  declaration: WriteDeclaration<P, B, A, R, O>,
): WriteEndpoint {
  const { method = 'POST', params = noFields, bodyLimitBytes = defaultBodyLimitBytes, files = {} } = declaration;
  const { then: goTo, form, change, limitKey, show, ...rest } = declaration;
  if ((goTo === undefined) === (show === undefined)) throw new TypeError(`${rest.path}: either then or show`);
  const secrets = ['password', ...(rest.secrets ?? [])];
  return { ...rest, kind: 'write', method, params, bodyLimitBytes, files, secrets, form, change, limitKey, goTo, show };
}

/** Files, tiles, images, tables: an answer that is not JSON, at its own path only. */
export function raw<P extends Fields = NoFields, Q extends Fields = NoFields>(
  declaration: RawDeclaration<P, Q>,
): RawEndpoint {
  const { params = noFields, query = noFields } = declaration;
  return { ...declaration, kind: 'raw', params, query: closed(query) };
}

/** What other nodes send: bytes in, bytes out, at its own path only. The handler itself establishes who speaks. */
export function receive<O, P extends Fields = NoFields>(declaration: ReceiveDeclaration<P, O>): ReceiveEndpoint {
  const { method = 'POST', params = noFields } = declaration;
  return { ...declaration, kind: 'receive', for: 'anyone', method, params };
}

export function asset(
  declaration: Pick<AssetEndpoint, 'path' | 'text' | 'cache'> & { readonly contentType: string },
): AssetEndpoint {
  const { path, text, cache, contentType } = declaration;
  return {
    kind: 'asset',
    path,
    text,
    cache,
    contentTypes: [contentType],
    summary: 'A file that pages use.',
    for: 'anyone',
    params: noFields,
  };
}

/** The JSON of what people see at `path`. */
export function apiPathOf(path: string): string {
  return path === '/' ? '/api' : `/api${path}`;
}

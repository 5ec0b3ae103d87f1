/**
 * The one request pipeline. Each request: host, limit, identity, place of origin, body, authority, form token, schema, what other nodes
 * are asked, one transaction, COMMIT, answer. Every failure on the way becomes a Problem and is answered here and nowhere else.
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';
import type { House } from '../house.ts';
import { problem, Problem } from '../problem.ts';
import { renderPage, type Page } from '../ui/layout.tsx';
import { chooseLocale, directionOf, translator, type Locale } from '../ui/locales.ts';
import type { View } from '../ui/view.ts';
import { z } from 'zod';
import { aboutEndpoints } from './about.tsx';
import { authorise } from './access.ts';
import { toResponse, type Answer } from './answer.ts';
import { assetEndpoints } from './assets.ts';
import {
  actorOf,
  nobody,
  scopeOf,
  signedOut,
  type Caller,
  type Doorkeeper,
  type Identity,
  type PartyFacts,
} from './caller.ts';
import { chosenLocale, cookieNamesOf, endSession, readCookies, setLanguage, setSession } from './cookies.ts';
import { isCsrfToken, makeCsrfToken, sourceOf } from './csrf.ts';
import { noFields } from './endpoint.ts';
import type {
  AssetEndpoint,
  BrowserChange,
  Endpoint,
  RawAnswer,
  RawBody,
  RawEndpoint,
  ReadEndpoint,
  ReceivedFile,
  ReceiveEndpoint,
  WriteEndpoint,
} from './endpoint.ts';
import { fieldsOf, formatProblem, headersOf, messageOf, problemOf, problemPage } from './failure.tsx';
import { fieldErrorsOf } from './field-errors.ts';
import { readForm, type JsonSchema } from './form-values.ts';
import { healthEndpoints } from './health.ts';
import { localPath } from './local-path.ts';
import { openMetrics } from './metrics.ts';
import {
  callerOfAddress,
  clientAddress,
  isFromThisMachine,
  openRateLimit,
  type LimitClass,
  type Rates,
} from './rate-limit.ts';
import { containsNul, mediaTypeOf, parseFormBody, parseJsonBody, readBody, refuseNul } from './request-body.ts';
import { methodsOf, routesOf, type Form, type Route } from './routing.ts';
import { securityHeadersOf } from './security-headers.ts';
import { leaveUnread, spool } from './spool.ts';
import { receiveUpload, type Upload } from './upload.ts';

export interface Site {
  readonly house: House;
  readonly endpoints: readonly Endpoint[];
  readonly door: Doorkeeper;
  /** Scheme, host and port under which people and other nodes reach this node. */
  readonly publicUrl: string;
  /** For uploads on their way in, on the same disk as the attachments. */
  readonly temporaryDirectory: string;
  readonly rates?: Rates;
}

export type Application = Hono<{ Bindings: HttpBindings }>;
type Incoming = Context<{ Bindings: HttpBindings }>;

/** One request, with what is known of it so far. */
interface Visit {
  readonly id: string;
  readonly request: Request;
  readonly url: URL;
  readonly route: string;
  readonly form: Form;
  readonly params: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  readonly isLocal: boolean;
  identity: Identity;
  locale: Locale;
  readonly setCookies: string[];
  /** What a browser typed, kept from when the body was read, for showing it again. */
  typed: readonly (readonly [string, string])[] | undefined;
}

const defaultTimeoutMs = 30_000;
/** A write is asked in its body. */
const noQuery = noFields.strict();

export function buildApplication(site: Site): Application {
  const { house, door, publicUrl } = site;
  const origin = new URL(publicUrl).origin;
  const { host: publicHost, protocol } = new URL(publicUrl);
  const isSecure = protocol === 'https:';
  const cookieNames = cookieNamesOf(publicUrl);
  const securityHeaders = Object.entries(securityHeadersOf(publicUrl));
  const rateLimit = openRateLimit(house.clock, site.rates);
  const metrics = openMetrics(house);
  const endpoints = [
    ...site.endpoints,
    ...assetEndpoints,
    ...aboutEndpoints(site.endpoints),
    ...healthEndpoints(metrics),
  ];
  const routes = routesOf(endpoints);
  const shapes = new Map<z.ZodObject, JsonSchema>();

  const shapeOf = (schema: z.ZodObject): JsonSchema => {
    const shape = shapes.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
    shapes.set(schema, shape);
    return shape;
  };

  function openVisit(context: Incoming, form: Form, route: string): Visit {
    const request = context.req.raw;
    const url = new URL(request.url);
    return {
      id: randomUUID(),
      request,
      url,
      route,
      form,
      params: context.req.param(),
      remoteAddress: callerOfAddress(clientAddress(context.env.incoming, isSecure)),
      isLocal: isFromThisMachine(context.env.incoming),
      identity: nobody,
      locale: chooseLocale({
        query: url.searchParams.get('lang') ?? undefined,
        cookie: readCookies(cookieNames, request.headers.get('cookie') ?? undefined).language,
        acceptLanguage: request.headers.get('accept-language') ?? undefined,
      }),
      setCookies: [],
      typed: undefined,
    };
  }

  /** Runs the steps, answers whatever happens, and reports it once. */
  async function answer(visit: Visit, steps: () => Promise<Answer>, unsent?: WriteEndpoint): Promise<Response> {
    const startMs = performance.now();
    let result: Answer;
    try {
      checkHost(visit);
      result = await steps();
    } catch (error) {
      result = await answerFailure(visit, error, unsent);
    }
    const response = await finish(visit, result);
    const seconds = (performance.now() - startMs) / 1000;
    const { method } = visit.request;
    house.log.info('request', {
      requestId: visit.id,
      method,
      route: visit.route,
      status: response.status,
      ms: Math.round(seconds * 1000),
    });
    metrics.observe({ method, route: visit.route, status: response.status, seconds });
    return response;
  }

  async function finish(visit: Visit, result: Answer): Promise<Response> {
    const { headers } = result;
    for (const [name, value] of securityHeaders) headers.set(name, value);
    headers.set('x-request-id', visit.id);
    if (!headers.has('cache-control'))
      headers.set('cache-control', visit.identity.credential.kind === 'none' ? 'no-cache' : 'private, no-store');
    headers.append('vary', 'Cookie, Authorization, Accept-Language');
    for (const cookie of visit.setCookies) headers.append('set-cookie', cookie);
    if (visit.request.method === 'HEAD' && result.body instanceof Readable) {
      result.body.destroy();
      return toResponse({ ...result, body: undefined }, visit.request);
    }
    return toResponse(result, visit.request);
  }

  /** Links and DIDs name one host. A page asked for under another name moves there; a write to another name is refused (DNS rebinding). */
  function checkHost(visit: Visit): void {
    if (visit.url.host === publicHost || visit.route === '/healthz' || visit.route === '/metrics') return;
    if (visit.request.method === 'GET' || visit.request.method === 'HEAD')
      throw new Redirect(308, `${origin}${visit.url.pathname}${visit.url.search}`);
    throw problem.misdirected({ expected: publicHost });
  }

  async function identify(visit: Visit): Promise<void> {
    const { headers } = visit.request;
    const authorization = headers.get('authorization');
    if (authorization !== null) {
      const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      visit.identity = bearer === undefined ? nobody : await door.identify({ bearer });
      if (visit.identity.credential.kind === 'none') throw problem.notSignedIn({});
    } else {
      const { session } = readCookies(cookieNames, headers.get('cookie') ?? undefined);
      if (session !== undefined) visit.identity = await door.identify({ session });
    }
    visit.locale = chooseLocale({
      query: visit.url.searchParams.get('lang') ?? undefined,
      cookie: readCookies(cookieNames, headers.get('cookie') ?? undefined).language,
      account: visit.identity.language,
      acceptLanguage: headers.get('accept-language') ?? undefined,
    });
  }

  const limitKeyOf = ({ identity: { credential }, remoteAddress }: Visit): string =>
    credential.kind === 'none' ? remoteAddress : credential.id;

  /** Before anything costs: by address. A known caller is then counted by itself, so that one office's visitors do not share a bucket. */
  async function enter(visit: Visit, endpoint: Endpoint, standard: LimitClass): Promise<PartyFacts | undefined> {
    // A path that cannot name anything names nothing.
    if (containsNul(visit.params)) throw problem.notFound({ what: 'page' });
    const limitClass = endpoint.limit ?? standard;
    if (limitClass === 'sign-in') rateLimit.take(limitClass, visit.remoteAddress);
    if (endpoint.kind !== 'receive') await identify(visit);
    if (limitClass !== 'sign-in') rateLimit.take(limitClass, limitKeyOf(visit));
    const slug = visit.params['party'];
    if (slug === undefined) return undefined;
    const party = await door.findParty(slug);
    if (!party) throw problem.notFound({ what: 'party' });
    return party;
  }

  function check(visit: Visit, endpoint: Endpoint, partyInPath: PartyFacts | undefined): void {
    const { viewer, credential } = visit.identity;
    authorise(endpoint.for, viewer, partyInPath);
    if (endpoint.sessionOnly && credential.kind === 'bearer') throw problem.notAllowed({ needs: 'session' });
    const changes = endpoint.kind === 'write' || endpoint.kind === 'receive';
    if (changes && credential.kind === 'bearer' && credential.readOnly)
      throw problem.notAllowed({ needs: 'write-token' });
  }

  function callerFor(visit: Visit, endpoint: Endpoint, partyInPath: PartyFacts | undefined): Caller {
    const { credential, party: own } = visit.identity;
    // A token is for one party: elsewhere its bearer is a visitor, whatever the person behind it is there.
    const isElsewhere = credential.kind === 'bearer' && partyInPath !== undefined && partyInPath.id !== own?.id;
    const viewer = isElsewhere ? signedOut : visit.identity.viewer;
    const party = endpoint.scope === 'node' ? undefined : (partyInPath ?? own);
    const userAgent = visit.request.headers.get('user-agent') ?? '';
    const { id: requestId, locale, isLocal } = visit;
    return { viewer, credential, locale, requestId, isLocal, userAgent, party };
  }

  async function viewFor(visit: Visit): Promise<View> {
    const { viewer, credential, timeZone } = visit.identity;
    return {
      viewer,
      locale: visit.locale,
      direction: directionOf(visit.locale),
      t: translator(visit.locale),
      ...(timeZone === undefined ? {} : { timeZone }),
      path: pagePathOf(visit, origin, routes),
      csrfToken: credential.kind === 'session' ? makeCsrfToken(credential.token) : '',
      now: house.clock.now(),
      nodeName: await door.nodeName(),
    };
  }

  function parseParams<T>(visit: Visit, endpoint: Endpoint): T {
    const { party: _, ...params } = visit.params;
    const parsed = endpoint.params.safeParse(params);
    if (!parsed.success) throw problem.notFound({ what: 'page' });
    return parsed.data as T;
  }

  /** What is not known is refused; on a page it is left out, because whoever passes a link on may have put something of theirs behind it. */
  function parseQuery(visit: Visit, schema: z.ZodObject): unknown {
    const isMeant = ([name]: readonly [string, string]): boolean =>
      visit.form === 'page' ? Object.hasOwn(schema.shape, name.split('.')[0] ?? '') : name !== 'lang';
    return parsePairs(schema, refuseNul([...visit.url.searchParams].filter(isMeant)));
  }

  function parsePairs(schema: z.ZodObject, pairs: readonly (readonly [string, string])[]): unknown {
    const { value, repeated } = readForm(shapeOf(schema), pairs);
    if (repeated.length > 0)
      throw problem.inputInvalid({ fields: repeated.map((path) => ({ path, code: 'repeated', message: 'repeated' })) });
    return parseWith(schema, value);
  }

  async function read(context: Incoming, endpoint: ReadEndpoint, form: Form): Promise<Response> {
    const visit = openVisit(context, form, endpoint.path);
    return answer(visit, async () => {
      const partyInPath = await enter(visit, endpoint, 'read');
      check(visit, endpoint, partyInPath);
      const input = { params: parseParams(visit, endpoint), query: parseQuery(visit, endpoint.query) };
      const caller = callerFor(visit, endpoint, partyInPath);
      const given = await house.database.read(scopeOf(caller.party), (reader) =>
        withinTime(reader, endpoint.timeoutMs, () => endpoint.handle({ house, reader, ...caller }, input as never)),
      );
      const shaped = shapeAnswer(endpoint, given);
      if (form === 'json' || !endpoint.page) return jsonAnswer(shaped);
      const chosen = chosenLocale(visit.url.searchParams.get('lang') ?? undefined);
      if (chosen) visit.setCookies.push(setLanguage(cookieNames, chosen));
      const view = await viewFor(visit);
      return pageAnswer(200, view, endpoint.page(shaped as never, view, input as never));
    });
  }

  async function write(context: Incoming, endpoint: WriteEndpoint, form: Form): Promise<Response> {
    const visit = openVisit(context, form, endpoint.path);
    let upload: Upload | undefined;
    const steps = async (): Promise<Answer> => {
      const partyInPath = await enter(visit, endpoint, Object.keys(endpoint.files).length > 0 ? 'upload' : 'write');
      const source = sourceOf(visit.request.headers, origin);
      if (visit.identity.credential.kind !== 'bearer' && source === 'elsewhere') throw problem.forgeryCheckFailed({});
      const mediaType = mediaTypeOf(visit.request.headers);
      // A small form is read before authority is checked, so that what was typed survives a session that has ended.
      const isSmallForm = form === 'page' && mediaType === 'application/x-www-form-urlencoded';
      const early = isSmallForm ? parseFormBody(await readBody(visit.request, endpoint.bodyLimitBytes)) : undefined;
      const keep = (pairs: readonly (readonly [string, string])[]): void => {
        visit.typed = pairs.filter(([name]) => name !== 'csrf' && !endpoint.secrets.includes(name));
      };
      if (early) keep(early);
      check(visit, endpoint, partyInPath);
      const params = parseParams(visit, endpoint);
      if (form === 'json') parseQuery(visit, noQuery);

      let body: unknown;
      let files: Readonly<Record<string, ReceivedFile>> = {};
      const token = visit.request.headers.get('x-csrf-token');
      if (form === 'json' && mediaType === 'application/json') {
        checkToken(visit, token, source);
        const bytes = await readBody(visit.request, endpoint.bodyLimitBytes);
        body = parseWith(endpoint.body, parseJsonBody(bytes, endpoint.bodyLimitBytes));
      } else if (early || (mediaType === 'multipart/form-data' && Object.keys(endpoint.files).length > 0)) {
        upload = early ? undefined : await receiveUpload(visit.request, endpoint, site.temporaryDirectory);
        const pairs = refuseNul(early ?? upload?.pairs ?? []);
        keep(pairs);
        files = upload?.files ?? {};
        checkToken(visit, token ?? pairs.find(([name]) => name === 'csrf')?.[1], source);
        body = parsePairs(
          endpoint.body,
          pairs.filter(([name]) => name !== 'csrf'),
        );
      } else {
        throw problem.mediaTypeUnsupported({ accepted: acceptedBy(endpoint, form) });
      }
      const input = { params, body, files };
      if (endpoint.limitKey) rateLimit.take(endpoint.limit ?? 'write', endpoint.limitKey(input as never));

      const caller = callerFor(visit, endpoint, partyInPath);
      const found = await endpoint.outside?.({ house, ...caller }, input as never);
      const handled = await house.database.transact(
        scopeOf(caller.party),
        actorOf(endpoint.isUnnamed ? undefined : visit.identity.viewer.account),
        (tx) =>
          withinTime(tx.db, endpoint.timeoutMs, () =>
            endpoint.handle({ house, tx, ...caller }, input as never, found as never),
          ),
      );
      // Who gave the right password has not guessed: an office of forty signs in behind one address.
      if (endpoint.limit === 'sign-in') {
        rateLimit.giveBack('sign-in', visit.remoteAddress);
        if (endpoint.limitKey) rateLimit.giveBack('sign-in', endpoint.limitKey(input as never));
      }
      applyChange(visit, endpoint.change?.(handled as never) ?? {});
      const shaped = shapeAnswer(endpoint, handled);
      if (form === 'json') return jsonAnswer(shaped);
      if (endpoint.goTo) return redirectAnswer(303, localPath(endpoint.goTo(shaped as never, input as never)));
      const view = await viewFor(visit);
      if (!endpoint.show) throw new TypeError(`${endpoint.path}: neither then nor show`);
      return pageAnswer(
        200,
        view,
        endpoint.show(shaped as never, view, input as never),
        new Headers({ 'cache-control': 'private, no-store' }),
      );
    };
    try {
      return await answer(visit, steps, endpoint);
    } finally {
      await upload?.discard();
    }
  }

  function checkToken(visit: Visit, token: unknown, source: string): void {
    const { credential } = visit.identity;
    if (credential.kind !== 'session' || isCsrfToken(token, credential.token)) return;
    // Only a page of ours gets what it sent back for sending again.
    if (source !== 'here') visit.typed = undefined;
    throw problem.forgeryCheckFailed({});
  }

  function applyChange(visit: Visit, { session, locale }: BrowserChange): void {
    if (session === 'end') visit.setCookies.push(endSession(cookieNames));
    else if (session) visit.setCookies.push(setSession(cookieNames, session.token, session.expiresAt));
    if (locale) visit.setCookies.push(setLanguage(cookieNames, locale));
  }

  async function serveRaw(context: Incoming, endpoint: RawEndpoint): Promise<Response> {
    const visit = openVisit(context, 'raw', endpoint.path);
    return answer(visit, async () => {
      const partyInPath = await enter(visit, endpoint, 'read');
      check(visit, endpoint, partyInPath);
      const input = { params: parseParams(visit, endpoint), query: parseQuery(visit, endpoint.query) };
      const caller = callerFor(visit, endpoint, partyInPath);
      return house.database.read(scopeOf(caller.party), async (reader) => {
        const given = await withinTime(reader, endpoint.timeoutMs, () =>
          endpoint.handle({ house, reader, ...caller }, input as never),
        );
        if (!isIterated(given.body)) return rawAnswer(given, given.body);
        if (visit.request.method === 'HEAD') {
          await leaveUnread(given.body);
          return rawAnswer(given, undefined);
        }
        const body = await spool(given.body, site.temporaryDirectory);
        return rawAnswer(given, body instanceof Readable ? unlessStalled(body) : body);
      });
    });
  }

  async function serveAsset(context: Incoming, endpoint: AssetEndpoint): Promise<Response> {
    const visit = openVisit(context, 'raw', endpoint.path);
    return answer(visit, async () => {
      rateLimit.take('read', visit.remoteAddress);
      const [contentType] = endpoint.contentTypes;
      return rawAnswer({ contentType, body: endpoint.text, cache: endpoint.cache }, endpoint.text);
    });
  }

  async function serveReceive(context: Incoming, endpoint: ReceiveEndpoint): Promise<Response> {
    const visit = openVisit(context, 'raw', endpoint.path);
    return answer(visit, async () => {
      const partyInPath = await enter(visit, endpoint, 'federation');
      const params = parseParams(visit, endpoint);
      if (!endpoint.accepts.includes('*/*') && !endpoint.accepts.includes(mediaTypeOf(visit.request.headers)))
        throw problem.mediaTypeUnsupported({ accepted: endpoint.accepts });
      const bytes = await readBody(visit.request, endpoint.bodyLimitBytes);
      const caller = callerFor(visit, endpoint, partyInPath);
      const { method, headers } = visit.request;
      const url = `${origin}${visit.url.pathname}${visit.url.search}`;
      const request = { method, url, headers, bytes, params } as never;
      const found = await endpoint.outside?.({ house, ...caller }, request);
      const given = await house.database.transact(scopeOf(caller.party), { system: 'federation' }, (tx) =>
        withinTime(tx.db, endpoint.timeoutMs, () => endpoint.handle({ house, tx, ...caller }, request, found as never)),
      );
      if (isIterated(given.body))
        throw new TypeError(`${endpoint.path}: an answer to a received request is not a stream`);
      return rawAnswer(given, given.body);
    });
  }

  async function answerFailure(visit: Visit, error: unknown, unsent: WriteEndpoint | undefined): Promise<Answer> {
    if (error instanceof Redirect) return redirectAnswer(error.status, error.location);
    const refusal = problemOf(error);
    const headers = new Headers({ 'cache-control': 'private, no-store', ...headersOf(refusal, visit.form !== 'page') });
    if (refusal.status >= 500)
      house.log.error('request failed', {
        requestId: visit.id,
        route: visit.route,
        code: refusal.code,
        error: refusal.cause ?? refusal,
      });
    if (visit.form !== 'page') {
      headers.set('content-type', 'application/problem+json');
      return { status: refusal.status, headers, body: formatProblem(refusal, translator(visit.locale), visit.id) };
    }
    if (refusal.code === problem.notSignedIn.code && visit.request.method !== 'POST')
      return redirectAnswer(303, `/sign-in?next=${encodeURIComponent(visit.url.pathname + visit.url.search)}`);
    const view = await viewFor(visit).catch(() => bareView(visit));
    const page =
      (await formPage(visit, refusal, view, unsent)) ?? problemPage(view, refusal, visit.id, unsentOf(visit, refusal));
    return pageAnswer(refusal.status, view, page, headers);
  }

  /** The page with the form and everything typed. Undefined when it cannot be drawn; what was typed is then offered for sending again. */
  async function formPage(
    visit: Visit,
    refusal: Problem,
    view: View,
    endpoint: WriteEndpoint | undefined,
  ): Promise<Page | undefined> {
    const { form } = endpoint ?? {};
    if (!endpoint || !form || !visit.typed || isAtTheDoor(refusal)) return undefined;
    const errors = fieldsOf(refusal, view.t);
    const general = errors.length > 0 ? undefined : messageOf(refusal, view.t);
    try {
      const params = parseParams<never>(visit, endpoint);
      const slug = visit.params['party'];
      const caller = callerFor(visit, endpoint, slug === undefined ? undefined : await door.findParty(slug));
      const attempt = { form: { values: valuesOf(visit.typed), errors, general }, problem: refusal, params };
      return await house.database.read(scopeOf(caller.party), async (reader) =>
        form(attempt, view, { house, reader, ...caller }),
      );
    } catch (error) {
      house.log.warn('form not drawn again', { requestId: visit.id, route: visit.route, error });
      return undefined;
    }
  }

  /** When even the database is away. */
  function bareView(visit: Visit): View {
    const { viewer } = nobody;
    const { locale } = visit;
    const direction = directionOf(locale);
    return {
      viewer,
      locale,
      direction,
      t: translator(locale),
      path: '/',
      csrfToken: '',
      now: house.clock.now(),
      nodeName: publicHost,
    };
  }

  async function answerNotAllowed(context: Incoming, path: string): Promise<Response> {
    const allowed = methodsOf(routes, path);
    const visit = openVisit(context, path.startsWith('/api') ? 'json' : 'page', path);
    const headers = { allow: allowed.join(', ') };
    const response = await answer(visit, async () => {
      if (context.req.method === 'OPTIONS') return { status: 204, headers: new Headers(), body: undefined };
      throw problem.methodNotAllowed({ allowed });
    });
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  }

  const handlerOf = ({ endpoint, form }: Route) => {
    switch (endpoint.kind) {
      case 'read':
        return (context: Incoming) => read(context, endpoint, form);
      case 'write':
        return (context: Incoming) => write(context, endpoint, form);
      case 'raw':
        return (context: Incoming) => serveRaw(context, endpoint);
      case 'receive':
        return (context: Incoming) => serveReceive(context, endpoint);
      case 'asset':
        return (context: Incoming) => serveAsset(context, endpoint);
    }
  };

  const application: Application = new Hono();
  for (const { endpoint } of routes) for (const schema of [noQuery, ...schemasOf(endpoint)]) shapeOf(schema);
  for (const path of new Set(routes.map((route) => route.path))) {
    for (const route of routes) if (route.path === path) application.on(route.method, path, handlerOf(route));
    application.all(path, (context) => answerNotAllowed(context, path));
  }
  // The failure page itself could not be drawn. Whatever it was, nothing of it is told.
  application.onError((error) => {
    const requestId = randomUUID();
    house.log.error('failure page not drawn', { requestId, error });
    const headers = {
      ...Object.fromEntries(securityHeaders),
      'cache-control': 'no-store',
      'content-type': 'text/plain',
    };
    return new Response(`${problem.internal.code} ${requestId}\n`, { status: 500, headers });
  });
  application.notFound((context) => {
    const visit = openVisit(context, context.req.path.startsWith('/api/') ? 'json' : 'page', '(none)');
    return answer(visit, async () => {
      rateLimit.take('read', visit.remoteAddress);
      await identify(visit);
      throw problem.notFound({ what: 'page' });
    });
  });
  return application;
}

class Redirect extends Error {
  readonly status: 303 | 308;
  readonly location: string;
  constructor(status: 303 | 308, location: string) {
    super(location);
    this.status = status;
    this.location = location;
  }
}

function schemasOf(endpoint: Endpoint): readonly z.ZodObject[] {
  switch (endpoint.kind) {
    case 'read':
    case 'raw':
      return [endpoint.query];
    case 'write':
      return [endpoint.body];
    case 'receive':
    case 'asset':
      return [];
  }
}

function parseWith(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw problem.inputInvalid({ fields: fieldErrorsOf(parsed.error, value) });
  return parsed.data;
}

type Pairs = readonly (readonly [string, string])[];

function acceptedBy(endpoint: WriteEndpoint, form: Form): readonly string[] {
  const upload = Object.keys(endpoint.files).length > 0 ? ['multipart/form-data'] : [];
  return [form === 'json' ? 'application/json' : 'application/x-www-form-urlencoded', ...upload];
}

/** An answer that does not fit its own schema is a defect of ours; it fails here rather than at the reader. */
function shapeAnswer(endpoint: ReadEndpoint | WriteEndpoint, given: unknown): unknown {
  const parsed = endpoint.answer.safeParse(given);
  if (!parsed.success) throw new TypeError(`${endpoint.path} does not answer as declared`, { cause: parsed.error });
  return parsed.data;
}

function jsonAnswer(value: unknown): Answer {
  return { status: 200, headers: new Headers({ 'content-type': 'application/json' }), body: JSON.stringify(value) };
}

function pageAnswer(status: number, view: View, page: Page, headers = new Headers()): Answer {
  headers.set('content-type', 'text/html; charset=utf-8');
  headers.set('content-language', view.locale);
  return { status, headers, body: renderPage(view, page) };
}

function redirectAnswer(status: 303 | 308, location: string): Answer {
  return { status, headers: new Headers({ location, 'cache-control': 'no-store' }), body: undefined };
}

function rawAnswer(given: RawAnswer, body: Answer['body']): Answer {
  const headers = new Headers(given.headers);
  headers.set('content-type', given.contentType);
  if (given.fileName !== undefined) headers.set('content-disposition', formatDisposition(given.fileName));
  if (given.cache === 'immutable') headers.set('cache-control', 'public, max-age=31536000, immutable');
  if (given.cache === 'shared') headers.set('cache-control', 'public, no-cache');
  return { status: given.status ?? 200, headers, body };
}

/** RFC 6266, with RFC 8187 for what is not ASCII. */
function formatDisposition(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === fileName
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const isIterated = (body: RawBody): body is AsyncIterable<string | Uint8Array> =>
  typeof body === 'object' && Symbol.asyncIterator in body;

/** A reader who takes nothing for this long is gone. */
const stalledMs = 60_000;

function unlessStalled(body: Readable): Readable {
  async function* watch(): AsyncIterable<string | Uint8Array> {
    for await (const chunk of body) {
      const timer = setTimeout(() => readable.destroy(new Error('the reader stalled')), stalledMs);
      try {
        yield chunk as Uint8Array;
      } finally {
        clearTimeout(timer);
      }
    }
  }
  const readable = Readable.from(watch(), { objectMode: false });
  return readable;
}

/** The database gives up by itself; whatever else a handler waits for is cut off here. Either way the transaction is rolled back. */
async function withinTime<T>(
  reader: Pick<Reader, 'getExecutor'>,
  timeoutMs = defaultTimeoutMs,
  run: () => Promise<T>,
): Promise<T> {
  await sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`.execute(reader);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(problem.busy({})), timeoutMs);
  try {
    return await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Refused before the handler: its form may show what this caller may not see. */
function isAtTheDoor({ code }: Problem): boolean {
  const { notSignedIn, notAllowed, forgeryCheckFailed, notFound } = problem;
  return [notSignedIn, notAllowed, forgeryCheckFailed, notFound].some((kind) => kind.code === code);
}

function unsentOf(visit: Visit, refusal: Problem) {
  const again =
    refusal.retryable || refusal.code === problem.notSignedIn.code || refusal.code === problem.forgeryCheckFailed.code;
  return visit.typed && again ? { action: visit.url.pathname, pairs: visit.typed } : undefined;
}

function valuesOf(pairs: Pairs): Readonly<Record<string, string | readonly string[]>> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([name, [first = '', ...rest]]) => [name, rest.length > 0 ? [first, ...rest] : first]),
  );
}

/** The page somebody is on: after a post, the one it was posted from. */
function pagePathOf(visit: Visit, origin: string, routes: readonly Route[]): string {
  if (visit.request.method !== 'POST') return visit.url.pathname + visit.url.search;
  const referer = visit.request.headers.get('referer');
  if (referer?.startsWith(`${origin}/`)) return localPath(referer.slice(origin.length));
  const isAlsoPage = routes.some(({ path, method }) => path === visit.route && method === 'GET');
  return isAlsoPage ? visit.url.pathname : '/';
}

/** A person of the cast at her browser: the API with her session, as a page's own script would use it. */
import { z } from 'zod';
import { cookieNamesOf } from '../http/cookies.ts';
import { makeCsrfToken } from '../http/csrf.ts';
import { dial } from '../network/dial.ts';

export interface Person {
  get<A extends z.ZodType>(path: string, answer: A): Promise<z.output<A>>;
  post<A extends z.ZodType>(path: string, body: object, answer: A): Promise<z.output<A>>;
}

export class DemoRefused extends Error {
  override readonly name = 'DemoRefused';
}

export function openPerson(url: string, token: string | undefined): Person {
  const cookie =
    token === undefined
      ? {}
      : { cookie: `${cookieNamesOf(url).session}=${token}`, 'x-csrf-token': makeCsrfToken(token) };
  const ask = async <A extends z.ZodType>(path: string, schema: A, body?: object): Promise<z.output<A>> => {
    const answer = await dial(`${url}/api${path === '/' ? '' : path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...cookie, origin: url, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs: 30_000,
    });
    const text = Buffer.from(answer.body).toString('utf8');
    if (answer.status >= 300) throw new DemoRefused(`${url}${path} answered ${answer.status}: ${text.slice(0, 600)}`);
    return schema.parse(text === '' ? {} : JSON.parse(text));
  };
  return {
    get: (path, schema) => ask(path, schema),
    post: (path, body, schema) => ask(path, schema, body),
  };
}

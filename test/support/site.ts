import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buildApplication, type Site } from '../../src/http/application.tsx';
import { listen, type HttpServer } from '../../src/http/server.ts';
import type { TestHouse } from './house.ts';

export interface TestSite extends AsyncDisposable {
  readonly url: string;
  readonly server: HttpServer;
  readonly temporaryDirectory: string;
  send(path: string, options?: SendOptions): Promise<TestAnswer>;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as application/json. */
  readonly json?: unknown;
  readonly host?: string;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  json(): unknown;
}

/** A real server on loopback, under the public address http://localhost:PORT. */
export async function openTestSite(
  house: TestHouse,
  site: Omit<Site, 'house' | 'publicUrl' | 'temporaryDirectory'>,
  port = 0,
): Promise<TestSite> {
  const temporaryDirectory = join(house.dataDir, 'tmp');
  const server = await listen({ port, host: '127.0.0.1' }, (taken) =>
    buildApplication({ ...site, house: house.house, publicUrl: `http://localhost:${taken}`, temporaryDirectory }),
  );
  const host = `localhost:${server.port}`;
  return {
    url: `http://${host}`,
    server,
    temporaryDirectory,
    send: (path, options = {}) => send(server.port, { host, ...options }, path),
    [Symbol.asyncDispose]: () => server.stop(200),
  };
}

/** For a node whose public address is part of what it is, and must be known before it listens. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

// node:http rather than fetch: a test must be able to send any Host, no Sec-Fetch-Site, and broken bodies.
function send(port: number, options: SendOptions & { readonly host: string }, path: string): Promise<TestAnswer> {
  const { form, json, host } = options;
  const body = form ? encodeForm(form) : json === undefined ? options.body : JSON.stringify(json);
  const type = form ? 'application/x-www-form-urlencoded' : json === undefined ? undefined : 'application/json';
  const headers = {
    host,
    connection: 'close',
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...options.headers,
  };
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          bytes,
          text,
          json: () => JSON.parse(text) as unknown,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function encodeForm(form: NonNullable<SendOptions['form']>): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((item) => [name, item] as [string, string]),
  );
  return new URLSearchParams(pairs).toString();
}

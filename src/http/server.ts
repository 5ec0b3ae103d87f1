/** The socket side: what one client may hold, for how long, and how the process stops without breaking off what it began. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { OperatorError } from '../operator-error.ts';
import type { Application } from './application.tsx';

export interface HttpServer {
  readonly port: number;
  /** Takes no new request, lets running ones finish for `graceMs`, then closes. */
  stop(graceMs?: number): Promise<void>;
}

const headersTimeoutMs = 10_000;
/** Bodies have limits of their own (request-body.ts, upload.ts); this one only ends what slipped past them. */
const requestTimeoutMs = 3_600_000;

/** `build` is told the port because the public address of a node on port 0 is known only then. */
export async function listen(
  where: { readonly port: number; readonly host?: string; readonly headersTimeoutMs?: number },
  build: (port: number) => Application,
): Promise<HttpServer> {
  const server = createServer({
    headersTimeout: where.headersTimeoutMs ?? headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5000, where.headersTimeoutMs ?? headersTimeoutMs),
    keepAliveTimeout: 10_000,
    maxHeaderSize: 16_384,
  });
  server.maxConnections = 4000;
  // Requests that arrive before the application is built wait in the accept queue: nothing listens for them yet.
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(whyNotListening(error, where)));
    server.listen({ port: where.port, host: where.host }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
  const { port } = server.address() as { port: number };
  const answer = getRequestListener(build(port).fetch, { overrideGlobalObjects: false });
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  return { port, stop: (graceMs = 10_000) => stop(server, graceMs) };
}

function whyNotListening(
  error: NodeJS.ErrnoException,
  { port, host = 'this machine' }: { readonly port: number; readonly host?: string },
): Error {
  if (error.code === 'EADDRINUSE')
    return new OperatorError(
      `Port ${port} of ${host} is taken by another program. Stop that one, or set PORT to another.`,
    );
  if (error.code === 'EACCES')
    return new OperatorError(`This user may not listen on port ${port}. Set PORT to one from 1024 on, behind a proxy.`);
  if (error.code === 'EADDRNOTAVAIL') return new OperatorError(`This machine has no address ${host}. Mend HOST.`);
  return error;
}

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // After close() Node ends each connection when its running answer is complete; the idle ones end now.
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

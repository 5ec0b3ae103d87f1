/**
 * A node that misbehaves, on loopback. Whoever dials it must end within its own limits, believe nothing of it and hold nothing for it.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const behaviours = [
  /** Bytes that are of no format. */
  'garbage',
  /** JSON, notes and lists of the right media type that say nothing of what was asked. */
  'nonsense',
  /** A whole answer, of another status than any that means something. */
  'odd-status',
  'redirect',
  /** Says to everything that it holds a far larger tree (C2SP tlog-witness, 409). */
  'claims-more',
  /** Says how long its answer is and breaks off before. */
  'cut-off',
  /** A byte now and then. */
  'drip',
  'endless',
  'silent',
] as const;
export type Behaviour = (typeof behaviours)[number];

export interface EvilPeer extends AsyncDisposable {
  readonly url: string;
  behave(behaviour: Behaviour): void;
  /** What this path is answered truthfully, whatever the behaviour. */
  keepHonest(path: string, body: Uint8Array): void;
  /** Resolves when this many requests wait for an answer that does not come. */
  untilWaiting(count: number): Promise<void>;
}

export async function openEvilPeer(initial: Behaviour, name = 'evil'): Promise<EvilPeer> {
  let behaviour = initial;
  const honest = new Map<string, Uint8Array>();
  const waiting = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume();
    waiting.add(response);
    response.on('close', () => waiting.delete(response));
    server.emit('arrived');
    const truth = honest.get(request.url ?? '');
    if (truth) response.end(truth);
    else misbehave(behaviour, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${name}.localhost:${port}`,
    behave: (next) => void (behaviour = next),
    keepHonest: (path, body) => void honest.set(path, body),
    async untilWaiting(count) {
      while (waiting.size < count) await once(server, 'arrived');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function misbehave(behaviour: Behaviour, response: ServerResponse): void {
  switch (behaviour) {
    case 'garbage':
      return void response.end(Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * 197 + 31) % 256)));
    case 'nonsense':
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"opening":"AAAA","name":"x","bodies":[],"isPermitted":"perhaps"}\n\n— nobody AAAA\n');
    case 'odd-status':
      return void response.writeHead(418, { 'content-type': 'text/x.tlog.size' }).end('-1\n');
    case 'redirect':
      return void response.writeHead(302, { location: '/elsewhere' }).end();
    case 'claims-more':
      return void response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('999999\n');
    case 'cut-off':
      response.writeHead(200, { 'content-length': '4000' }).write('x'.repeat(100));
      return void setImmediate(() => response.destroy());
    case 'drip':
      return repeat(response, () => response.write('x'), 20);
    case 'endless':
      return flood(response);
    case 'silent':
      return;
  }
}

function repeat(response: ServerResponse, send: () => void, everyMs: number): void {
  const timer = setInterval(send, everyMs);
  response.on('close', () => clearInterval(timer));
}

const chunk = Buffer.alloc(65_536, 'x');

/** As fast as the other side takes it. */
function flood(response: ServerResponse): void {
  const send = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', send);
  send();
}

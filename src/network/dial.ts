/**
 * Requests to other nodes. A peer may answer garbage, slowly or never: every request has a time limit for the whole exchange and a limit
 * on the bytes read, follows no redirect and sends nothing but what it is given.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { lookup as systemLookup, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

export interface PeerRequest {
  readonly method?: 'GET' | 'POST' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly timeoutMs?: number;
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
  /** Which addresses a name may lead to; asked at each connection, so that a name cannot mean one thing when it is checked and another when it is used. */
  readonly lookup?: LookupFunction;
}

export interface PeerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** The peer could not be reached, did not answer in time, or answered more than was asked for. Trying later may help. */
export class PeerUnreachable extends Error {
  override readonly name = 'PeerUnreachable';
}

/** The cause of `PeerUnreachable` when more came than was asked for. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

export async function dial(url: string, options: PeerRequest = {}): Promise<PeerAnswer> {
  const { method = 'GET', headers = {}, body, timeoutMs = 10_000, limitBytes = 4_000_000 } = options;
  const target = new URL(url);
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const limits = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])];
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new PeerUnreachable(`${target.host}: ${error.message}`, { cause: error }));
    const outgoing = send(
      target,
      {
        method,
        headers: { 'user-agent': 'reciproca', ...headers },
        signal: AbortSignal.any(limits),
        lookup: options.lookup ?? lookupPeer,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let received = 0;
        incoming.on('data', (chunk: Buffer) => {
          received += chunk.length;
          if (received > limitBytes) incoming.destroy(new AnswerTooLarge(`answered more than ${limitBytes} bytes`));
          else chunks.push(chunk);
        });
        incoming.on('error', fail);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: new Uint8Array(Buffer.concat(chunks)),
          }),
        );
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Names under .localhost are this machine (RFC 6761, 6.3); the system's resolver often does not know them. */
const lookupPeer: LookupFunction = (hostname, options: LookupOptions, callback) => {
  if (hostname !== 'localhost' && !hostname.endsWith('.localhost')) return systemLookup(hostname, options, callback);
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** Bodies are read to a limit and within a time, before any transaction is open: a slow sender holds a socket, never a connection. */
import { JsonError, parseJsonBytes, type Json } from '../json.ts';
import { problem } from '../problem.ts';

/** A whole ordinary body: 64 kB at 2G's 20 kbit/s is 26 s. */
const bodyTimeoutMs = 60_000;

export function mediaTypeOf(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Throws for a body that is announced as too large or that arrives in an encoding we do not undo. */
export function checkAnnouncedBody(headers: Headers, limitBytes: number): void {
  const announced = Number(headers.get('content-length') ?? 0);
  if (announced > limitBytes) throw problem.bodyTooLarge({ limitBytes });
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw problem.mediaTypeUnsupported({ accepted: ['identity'] });
}

export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  checkAnnouncedBody(request.headers, limitBytes);
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let received = 0;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(problem.bodyUnreadable({ reason: 'too slow' })), bodyTimeoutMs);
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) return Buffer.concat(chunks);
      received += value.length;
      if (received > limitBytes) throw problem.bodyTooLarge({ limitBytes });
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error instanceof Error && error.name !== 'Problem'
      ? problem.bodyUnreadable({ reason: 'broken off' }, error)
      : error;
  } finally {
    clearTimeout(timer);
  }
}

export function parseJsonBody(bytes: Uint8Array, limitBytes: number): Json {
  try {
    return refuseNul(parseJsonBytes(bytes, limitBytes));
  } catch (error) {
    if (error instanceof JsonError) throw problem.bodyUnreadable({ reason: error.message }, error);
    throw error;
  }
}

/** https://url.spec.whatwg.org/#application/x-www-form-urlencoded */
export function parseFormBody(bytes: Uint8Array): readonly (readonly [string, string])[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw problem.bodyUnreadable({ reason: 'not UTF-8' }, error);
  }
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > 5000) throw problem.bodyUnreadable({ reason: 'more than 5000 fields' });
  return refuseNul(pairs);
}

/** PostgreSQL's text cannot hold U+0000; refused here, where it is the sender's mistake, not later as ours. */
export function refuseNul<T>(value: T): T {
  if (containsNul(value)) throw problem.bodyUnreadable({ reason: 'U+0000' });
  return value;
}

export function containsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.includes('\u0000') || containsNul(item));
}

/**
 * Token buckets in memory: a burst, then a steady rate. They protect one process from one noisy caller and a password from guessing; they
 * are no defence against many machines. A bucket is forgotten when it would be full again, and at most `maximumBuckets` are kept, the
 * least recently used leaving first, so that addresses made up by the million cost no memory.
 */
import { problem } from '../problem.ts';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4 } from 'node:net';
import type { Clock } from '../clock.ts';

export type LimitClass =
  'read' | 'write' | 'sign-in' | 'sign-in-options' | 'upload' | 'unnamed' | 'federation' | 'none';

interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

export type Rates = Readonly<Record<Exclude<LimitClass, 'none'>, Rate>>;

/** A health office may be forty people behind one address, hence the generous reads; ten guesses, then one a minute, for passwords. */
export const defaultRates: Rates = {
  read: { burst: 300, perMinute: 600 },
  write: { burst: 60, perMinute: 120 },
  'sign-in': { burst: 10, perMinute: 1 },
  // Cheap for us, and the page asks by itself.
  'sign-in-options': { burst: 60, perMinute: 30 },
  upload: { burst: 10, perMinute: 6 },
  // What anybody may send, and people must read.
  unnamed: { burst: 10, perMinute: 2 },
  federation: { burst: 600, perMinute: 6000 },
};

export interface RateLimit {
  /** Takes one from the caller's bucket, or throws too-many-requests with the seconds to wait. */
  take(limitClass: LimitClass, caller: string): void;
  /** What was taken turned out to be no cause for caution. */
  giveBack(limitClass: LimitClass, caller: string): void;
}

const maximumBuckets = 20_000;

export function openRateLimit(clock: Clock, rates: Rates = defaultRates): RateLimit {
  // Map keeps insertion order: re-inserting on use makes the first the least recently used.
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(limitClass, caller) {
      if (limitClass === 'none') return;
      const { burst, perMinute } = rates[limitClass];
      const key = `${limitClass} ${caller}`;
      const nowMs = clock.now().getTime();
      const bucket = buckets.get(key) ?? { left: burst, atMs: nowMs };
      const elapsedMs = Math.max(0, nowMs - bucket.atMs);
      const left = Math.min(burst, bucket.left + (elapsedMs * perMinute) / 60_000);
      buckets.delete(key);
      const taken = left >= 1;
      buckets.set(key, { left: taken ? left - 1 : left, atMs: nowMs });
      if (buckets.size > maximumBuckets) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      if (!taken) throw problem.tooManyRequests({ retryAfterSeconds: Math.ceil(((1 - left) * 60) / perMinute) });
    },
    giveBack(limitClass, caller) {
      if (limitClass === 'none') return;
      const bucket = buckets.get(`${limitClass} ${caller}`);
      if (bucket) bucket.left = Math.min(rates[limitClass].burst, bucket.left + 1);
    },
  };
}

/** An IPv6 subscriber holds a whole /64 (RFC 6177); counting single addresses would count nothing. */
export function callerOfAddress(remoteAddress: string): string {
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<string>(Math.max(0, zeros)).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}

// RFC 1918, RFC 4193, loopback: where a reverse proxy of the same house stands.
const nearby = new BlockList();
nearby.addSubnet('127.0.0.0', 8);
nearby.addSubnet('10.0.0.0', 8);
nearby.addSubnet('172.16.0.0', 12);
nearby.addSubnet('192.168.0.0', 16);
nearby.addAddress('::1', 'ipv6');
nearby.addSubnet('fc00::', 7, 'ipv6');

/**
 * This program speaks no TLS, so a node under https stands behind a proxy of its own house, which appends the client's address to
 * X-Forwarded-For. Only that last entry is believed, only from nearby; a node under http believes none.
 */
export function clientAddress(incoming: Pick<IncomingMessage, 'socket' | 'headers'>, isBehindProxy: boolean): string {
  const peer = (incoming.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  const forwarded =
    String(incoming.headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '';
  if (!isBehindProxy || forwarded === '' || peer === '') return peer;
  return nearby.check(peer, isIPv4(peer) ? 'ipv4' : 'ipv6') ? forwarded : peer;
}

/** A proxy of this machine says so; then the client may be anybody. */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  const isLoopback = peer === '::1' || peer.startsWith('127.');
  return isLoopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
}

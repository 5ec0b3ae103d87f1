/**
 * Token buckets in memory: a burst, then a steady rate. They protect one process from one noisy caller and a password from guessing; they
 * are no defence against many machines. A bucket is forgotten when it would be full again, and at most `maximumBuckets` are kept, the
 * least recently used leaving first, so that addresses made up by the million cost no memory.
 */
import { problem } from '../problem.ts';
import type { Clock } from '../clock.ts';

export type LimitClass = 'read' | 'write' | 'sign-in' | 'upload' | 'federation' | 'none';

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
  upload: { burst: 10, perMinute: 6 },
  federation: { burst: 600, perMinute: 6000 },
};

export interface RateLimit {
  /** Takes one from the caller's bucket, or throws too-many-requests with the seconds to wait. */
  take(limitClass: LimitClass, caller: string): void;
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

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settableClock } from '../../test/support/house.ts';
import { Problem } from '../problem.ts';
import { callerOfAddress, clientAddress, defaultRates, isFromThisMachine, openRateLimit } from './rate-limit.ts';

describe('a bucket', () => {
  test('lets through exactly what a list of all its requests allows', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 80 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 30 }), (waits, burst, perMinute) => {
        const clock = settableClock();
        const limit = openRateLimit(clock, { ...defaultRates, write: { burst, perMinute } });
        // The oracle: tokens counted in whole units of 1/60000, so that nothing is rounded.
        let left = burst * 60_000;
        for (const wait of waits) {
          clock.advance(wait);
          left = Math.min(burst * 60_000, left + wait * perMinute);
          const allowed = left >= 60_000;
          if (allowed) left -= 60_000;
          expect(isTaken(() => limit.take('write', 'somebody'))).toBe(allowed);
        }
      }),
    );
  });

  test('is full again for who turned out to be known, however often', () => {
    const limit = openRateLimit({ now: () => new Date(0) });
    for (let time = 0; time < 40; time++) {
      limit.take('sign-in', 'an office of forty');
      limit.giveBack('sign-in', 'an office of forty');
    }
    for (let guess = 0; guess < 10; guess++) limit.take('sign-in', 'an office of forty');
    expect(() => limit.take('sign-in', 'an office of forty')).toThrow('too-many-requests');
  });

  test('of one caller or kind is not another’s', () => {
    const limit = openRateLimit(settableClock(), { ...defaultRates, write: { burst: 1, perMinute: 1 } });
    limit.take('write', 'a');
    expect(isTaken(() => limit.take('write', 'a'))).toBe(false);
    expect(isTaken(() => limit.take('write', 'b'))).toBe(true);
    expect(isTaken(() => limit.take('read', 'a'))).toBe(true);
  });

  test('that said when to come back lets one in then, and not before', () => {
    const clock = settableClock();
    const limit = openRateLimit(clock, { ...defaultRates, 'sign-in': { burst: 1, perMinute: 4 } });
    limit.take('sign-in', 'a');
    expect(isTaken(() => limit.take('sign-in', 'a'))).toBe(false);
    clock.advance(14_999);
    expect(isTaken(() => limit.take('sign-in', 'a'))).toBe(false);
    clock.advance(1);
    expect(isTaken(() => limit.take('sign-in', 'a'))).toBe(true);
  });

  test('is forgotten first when it was used longest ago, however many callers are made up', () => {
    const limit = openRateLimit(settableClock(), { ...defaultRates, write: { burst: 1, perMinute: 1 } });
    limit.take('write', 'first');
    for (let n = 0; n < 19_999; n++) limit.take('write', `made up ${n}`);
    expect(isTaken(() => limit.take('write', 'first'))).toBe(false);
    limit.take('write', 'one more');
    // Kept, because it was asked for just now; the oldest made-up one left instead.
    expect(isTaken(() => limit.take('write', 'first'))).toBe(false);
    expect(isTaken(() => limit.take('write', 'made up 0'))).toBe(true);
  });
});

function isTaken(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'too-many-requests') return false;
    throw error;
  }
}

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the caller behind %s is %s', (address, caller) => {
  expect(callerOfAddress(address)).toBe(caller);
});

describe('what a proxy says of the client', () => {
  const incoming = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }) as never;

  test.each([
    ['127.0.0.1', '198.51.100.1, 192.0.2.7', true, '192.0.2.7'],
    ['::ffff:10.0.0.3', '192.0.2.7', true, '192.0.2.7'],
    ['::1', '192.0.2.7', true, '192.0.2.7'],
    ['203.0.113.9', '192.0.2.7', true, '203.0.113.9'],
    ['127.0.0.1', '192.0.2.7', false, '127.0.0.1'],
    ['127.0.0.1', undefined, true, '127.0.0.1'],
  ])('%s forwarding %s behind a proxy %s is %s', (peer, forwarded, isBehindProxy, expected) => {
    expect(clientAddress(incoming(peer, forwarded), isBehindProxy)).toBe(expected);
  });

  test.each([
    ['127.0.0.1', undefined, true],
    ['::ffff:127.0.0.1', undefined, true],
    ['::1', undefined, true],
    ['127.0.0.1', '192.0.2.7', false],
    ['192.168.1.4', undefined, false],
  ])('%s (for %s) is this machine: %s', (peer, forwarded, expected) => {
    expect(isFromThisMachine(incoming(peer, forwarded))).toBe(expected);
  });
});

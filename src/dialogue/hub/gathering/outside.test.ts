import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { askOutside, isPublicAddress } from './outside.ts';

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'not an address',
    '',
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test('of a private network is not public however it is chosen', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.constantFrom('10', '127', '0'), octet, octet, octet, (first, ...rest) => {
        expect(isPublicAddress([first, ...rest].join('.'))).toBe(false);
      }),
    );
  });
});

describe('asking', () => {
  const own = 'https://health.example.org';
  it.each([
    ['file:///etc/passwd', 'address'],
    ['gopher://example.org/', 'address'],
    ['http://user:password@example.org/', 'address'],
    ['not an address', 'address'],
    ['https://health.example.org/feeds/operator.atom', 'to-itself'],
    ['http://health.example.org/feeds/operator.atom', 'to-itself'],
    ['http://127.0.0.1:5432/', 'local-network'],
    ['http://2130706433/', 'local-network'],
    ['http://0x7f.1/', 'local-network'],
    ['http://[::1]/', 'local-network'],
    ['http://[::ffff:169.254.169.254]/', 'local-network'],
    ['http://localhost/', 'local-network'],
    ['http://db.localhost/', 'local-network'],
  ])('%s is refused as %s before anything is sent', async (url, code) => {
    await expect(askOutside(url, own)).rejects.toMatchObject({ code });
  });

  it('a node on localhost reads from localhost by name, and no address of a private network', async () => {
    const local = 'http://a.localhost:4000';
    await expect(askOutside('http://127.0.0.1:1/', local)).rejects.toMatchObject({ code: 'local-network' });
    await expect(askOutside('http://10.0.0.1/', local)).rejects.toMatchObject({ code: 'local-network' });
    await expect(askOutside('http://b.localhost:1/', local)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBundle, MAX_ENTRY_BYTES, parseBundle, readBundle } from './bundle.ts';
import { entriesUpTo } from './memory-log.fixture.ts';
import { refusal } from './refusal.fixture.ts';

test('an entry of more than 65,535 bytes is refused', () => {
  expect(() => formatBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow(refusal('entry.too-large'));
  const largest = new Uint8Array(MAX_ENTRY_BYTES).fill(7);
  expect(parseBundle(formatBundle([largest]), 1)).toEqual([Buffer.from(largest)]);
});

test('a bundle cut anywhere, with a byte too many, or with another number of entries is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 20 }), (entries) => {
      const bundle = formatBundle(entries);
      const malformed = refusal('bundle.malformed');
      for (let length = 0; length < bundle.length; length += 1) {
        expect(() => parseBundle(bundle.subarray(0, length), entries.length)).toThrow(malformed);
      }
      expect(() => parseBundle(Buffer.concat([bundle, Buffer.of(0)]), entries.length)).toThrow(malformed);
      expect(() => parseBundle(bundle, entries.length - 1)).toThrow(malformed);
      expect(() => parseBundle(bundle, entries.length + 1)).toThrow(malformed);
    }),
  );
});

test('entries survive their bundle, empty ones included', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 }), (entries) => {
      expect(parseBundle(formatBundle(entries), entries.length).map((entry) => [...entry])).toEqual(
        entries.map((entry) => [...entry]),
      );
    }),
  );
});

test('a full bundle stands in for a partial one that was dropped, and a missing one is named', async () => {
  const full = formatBundle(entriesUpTo(256));
  const partial = { level: 'entries', index: 0, width: 3 } as const;
  expect(await readBundle(partial, (path) => (path === 'tile/entries/000' ? full : undefined))).toEqual(entriesUpTo(3));
  await expect(readBundle(partial, () => undefined)).rejects.toEqual(refusal('tile.missing'));
  await expect(readBundle({ ...partial, width: 256 }, () => undefined)).rejects.toEqual(refusal('tile.missing'));
});

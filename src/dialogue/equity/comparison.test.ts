import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareCarbon, type FromCountry } from './comparison.ts';
import { placeOfCountry, placeOfZone } from './zone-places.ts';

const geneva = { country: 'CH', latitude: 46.2, longitude: 6.1 };
const from = (country: string | undefined, people: number, inPerson = true): FromCountry => ({
  country,
  people,
  inPerson,
});
const tonnesOf = (people: readonly FromCountry[], wanted: string) =>
  compareCarbon(people, geneva).scenarios.find(({ scenario }) => scenario === wanted)?.tonnes;

test('places are where they are, under old and new names of their zones', () => {
  expect(placeOfZone('Europe/Kiev')).toBe(placeOfZone('Europe/Kyiv'));
  expect(placeOfCountry('KE')).toMatchObject({ zone: 'Africa/Nairobi', latitude: -1.3, longitude: 36.8 });
  expect(placeOfCountry('RU')?.zone).toBe('Europe/Moscow');
  expect(placeOfZone('Etc/GMT-3')).toBeUndefined();
  const lacking = Intl.supportedValuesOf('timeZone').filter(
    (zone) => !placeOfZone(zone) && !zone.startsWith('Antarctica/'),
  );
  expect(lacking).toEqual([]);
});

describe('a session in Geneva', () => {
  // There and back 12,210 km from Nairobi and 15,570 km from Kolkata, at 0.13465 kg: 1.64 t and 2.1 t; two nights in a Swiss hotel add 13 kg.
  test('costs what its travellers cost, and less when whoever would fly stays at home', () => {
    const people = [from('KE', 10), from('FR', 10), from('CH', 10), from('IN', 10, false)];
    expect(tonnesOf(people, 'registered')).toBeCloseTo(17, 0);
    expect(tonnesOf(people, 'all-in-person')).toBeCloseTo(38, 0);
    expect(tonnesOf(people, 'hybrid')).toBeLessThan(0.7);
    expect(tonnesOf(people, 'all-remote')).toBe(0);
  });

  test('says nothing of fewer than five travellers', () => {
    expect(tonnesOf([from('KE', 4), from('CH', 0)], 'registered')).toBeNull();
    expect(tonnesOf([from('KE', 20, false), from('IN', 4)], 'registered')).toBeNull();
  });

  test('counts whoever did not say from where like the mean of the others', () => {
    expect(tonnesOf([from('KE', 10), from(undefined, 10)], 'registered')).toBeCloseTo(33, 0);
  });

  test('would cost less where most are at home, and names no country of fewer than five', () => {
    expect(compareCarbon([from('KE', 30), from('CH', 5)], geneva).hub).toMatchObject({ country: 'KE' });
    expect(compareCarbon([from('KE', 4), from('UG', 4), from('TZ', 4)], geneva).hub).toBeUndefined();
    expect(compareCarbon([from('CH', 30), from('KE', 5)], geneva).hub).toBeUndefined();
  });
});

test('staying at home never costs more than coming', () => {
  const group = fc.record({
    country: fc.constantFrom('KE', 'FR', 'IN', 'BR', 'CH', undefined),
    inPerson: fc.boolean(),
    people: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 8 }), (people) => {
      const kg = new Map(compareCarbon(people, geneva).scenarios.map((each) => [each.scenario, each]));
      const [all, hybrid] = [kg.get('all-in-person'), kg.get('hybrid')];
      if (all?.tonnes == null || hybrid?.tonnes == null) return;
      expect(hybrid.kg).toBeLessThanOrEqual(all.kg + 1e-9);
    }),
  );
});

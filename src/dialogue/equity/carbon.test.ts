import { describe, expect, test } from 'vitest';
import { bestHub, distanceKm, tripCarbon } from './carbon.ts';

const geneva = { latitude: 46.2381, longitude: 6.109 };
const nairobi = { latitude: -1.3192, longitude: 36.9278 };
const delhi = { latitude: 28.5562, longitude: 77.1 };
const london = { latitude: 51.47, longitude: -0.4543 };
const newYork = { latitude: 40.6413, longitude: -73.7781 };

test('great circles: Heathrow to Kennedy is 5,540 km', () => {
  expect(distanceKm(london, newYork)).toBeCloseTo(5540, -1);
  expect(distanceKm(london, london)).toBe(0);
  expect(distanceKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(
    Math.PI * 6371.0088,
    6,
  );
});

describe('a trip', () => {
  test.each([
    ['Nairobi', nairobi, 1639],
    ['Delhi', delhi, 1710],
    ['London', london, 276 * (0.13465 / 0.18287)],
  ])('from %s to Geneva and back by air', (_, from, kg) => {
    const { travelKg } = tripCarbon({ from, to: geneva, mode: 'flight', nights: 0, country: 'CH' });
    expect(Math.abs(travelKg / kg - 1)).toBeLessThan(0.03);
  });
  test('counts nights, and says when a figure is assumed', () => {
    const trip = { from: nairobi, to: geneva, mode: 'flight', nights: 3 } as const;
    expect(tripCarbon({ ...trip, country: 'CH' })).toMatchObject({
      hotelKg: expect.closeTo(19.8, 9),
      isHotelAssumed: false,
    });
    expect(tripCarbon({ ...trip, country: 'KE' })).toMatchObject({ isHotelAssumed: true });
    expect(tripCarbon({ ...trip, nights: 0, country: 'KE' })).toMatchObject({ hotelKg: 0, isHotelAssumed: false });
  });
});

test('a hub is where all together travel least', () => {
  expect(bestHub([geneva, nairobi, delhi], [nairobi, nairobi, delhi, geneva])).toBe(nairobi);
  expect(bestHub([], [geneva])).toBeUndefined();
});

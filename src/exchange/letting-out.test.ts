import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../test/support/surveillance.ts';
import { takeIn } from '../../test/support/take-in.ts';
import { protectAgainstLedger } from './letting-out.ts';
import type { ReleasedColumn } from './ledger.ts';
import * as store from './store.ts';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
  const taker = {
    dataDir: country.dataDir,
    act: <T>(run: Parameters<typeof country.act<T>>[0]) => country.act(run, 'north'),
  };
  await takeIn(taker, 'indicators', 'code,parts\nyoung,\nold,\nfever,young + old\n');
  await takeIn(
    taker,
    'reports',
    'period,place,indicator,value\n2026-W09,AA11,young,2\n2026-W09,AA11,old,60\n2026-W09,AA11,fever,62\n',
  );
});
afterAll(() => country[Symbol.asyncDispose]());

const column = (indicator: string, recipient: string, cells: ReleasedColumn['cells']): ReleasedColumn => ({
  recipient,
  indicator,
  level: 2,
  period: country.lastWeek,
  minimumCount: 5,
  cells,
});
const party = () => country.parties.north.id;

describe('what an office has declared to be a sum of indicators', () => {
  test('is protected over all of them: nobody learns a small part from the sum that another was given', async () => {
    const released = await country.act(async ({ tx }) => {
      const held = [column('young', 'did:web:b', { AA11: 'withheld' }), column('old', 'did:web:b', { AA11: 60 })];
      await store.insertReleased(tx, party(), null, held);
      return protectAgainstLedger(tx.db, [column('fever', 'did:web:c', { AA11: 62 })]);
    }, 'north');
    expect(released).toMatchObject([{ cells: { AA11: 'withheld' } }]);
  });
});

/** What a bulletin tells everybody stands in the ledger: no table that leaves later may tell, beside it, what is withheld. */
import type { Work } from '../house.ts';
import { shiftPeriod } from '../period.ts';
import type { OnPublished } from '../surveillance/bulletins/actions.ts';
import { requireParty } from '../surveillance/person.ts';
import { formatNumber } from '../ui/format.ts';
import { translator } from '../ui/locales.ts';
import { listCountedIndicators, readCounts } from './counts.ts';
import { cellsOf, type ReleasedColumn } from './ledger.ts';
import * as store from './store.ts';

const wholeCountry = 0;

/** The country's count of each indicator, of the week and the one before, where its number stands in the text. */
export const writeDownBulletin: OnPublished = async (work: Work, { period, locale, text }) => {
  const { tx } = work;
  const party = requireParty(work);
  const own = await tx.db.selectFrom('parties').select('did').where('id', '=', party).executeTakeFirstOrThrow();
  await store.lockReleases(tx, own.did);
  const words = { locale, t: translator(locale) };
  const indicators = (await listCountedIndicators(tx.db)).filter(({ periodKind }) => periodKind === period.kind);
  const columns: ReleasedColumn[] = [];
  for (const each of [period, shiftPeriod(period, -1)]) {
    const counts = await readCounts(
      tx.db,
      indicators.map(({ code }) => code),
      wholeCountry,
      each,
    );
    for (const { indicator, values } of counts.columns) {
      const isTold = values.some((value) => value !== null && text.includes(formatNumber(words, value)));
      if (isTold && values.length === 1)
        columns.push({
          recipient: null,
          indicator,
          level: wholeCountry,
          period: each,
          minimumCount: 1,
          cells: cellsOf(counts.places, values),
        });
    }
  }
  await store.insertReleased(tx, party, null, columns);
};

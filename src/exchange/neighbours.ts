/** What neighbours say that bears on a signal of one's own: their warnings and alarms about the same indicator, and the counts they gave. */
import type { OtherSource } from '../surveillance/signals/routes.tsx';
import { wordsOf } from '../surveillance/signals/words.ts';
import { formatPeriod } from '../ui/format.ts';
import { codeOfIndicator } from './counts.ts';
import { openDirectory } from './reading.ts';
import { listReceivedCounts, listReceivedWarnings } from './store.ts';

const mostWarnings = 50;
/** Of the latest counts of each neighbour, the largest. */
const mostCounts = 3;

export const neighbourSource: OtherSource = async (reading, { indicatorId, since }) => {
  const { reader } = reading;
  const words = wordsOf(reading);
  const indicator = indicatorId === undefined ? undefined : await codeOfIndicator(reader, indicatorId);
  if (indicator === undefined) return [];
  const warnings = (await listReceivedWarnings(reader, mostWarnings)).filter(
    (each) => each.indicator === indicator && each.receivedAt >= since,
  );
  const counts = (await listReceivedCounts(reader, { indicator, limit: 2_000 })).filter(
    ({ value, receivedAt }) => typeof value === 'number' && receivedAt >= since,
  );
  const directory = await openDirectory(
    reader,
    [...warnings, ...counts].map(({ giver }) => giver),
    [],
  );
  const latest = [...Map.groupBy(counts, ({ giver }) => giver).values()].flatMap((group) => {
    const label = group
      .map(({ period }) => period.label)
      .toSorted()
      .at(-1);
    return group
      .filter(({ period }) => period.label === label)
      .toSorted((a, b) => Number(b.value) - Number(a.value))
      .slice(0, mostCounts);
  });
  return [
    ...warnings.map(({ giver, content, place, receivedAt }) => ({
      kind: 'other' as const,
      path: '/exchange',
      text: words.t(`exchange.neighbour-${content}`, { giver: directory.name(giver).name, place: place.name }),
      at: receivedAt.toISOString(),
    })),
    ...latest.map(({ giver, place, period, value, receivedAt }) => ({
      kind: 'other' as const,
      path: '/exchange',
      text: words.t('exchange.neighbour-count', {
        giver: directory.name(giver).name,
        place: place.name,
        period: formatPeriod(words, period),
        cases: Number(value),
      }),
      at: receivedAt.toISOString(),
    })),
  ];
};

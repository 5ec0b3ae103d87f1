import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { work, type Work } from '../../../house.ts';
import type { PlainDate } from '../../../period.ts';
import * as indicators from '../indicators/store.ts';
import * as places from '../places/store.ts';
import { importSmallCountry, openReportingNode, type ReportingNode } from '../reporting.fixture.ts';
import { hashBytes } from '../submissions/actions.ts';
import { insertSubmission } from '../submissions/store.ts';
import * as store from './store.ts';

let node: ReportingNode;
let key: store.SeriesKey;
beforeAll(async () => {
  node = await openReportingNode();
  await importSmallCountry(node);
  key = await node.act(async ({ tx }) => ({
    indicatorId: (await indicators.listIndicatorEntries(tx.db)).get('measles')?.id ?? 0,
    placeId: (await places.findPlace(tx.db, 'N'))?.id ?? 0,
  }));
});
afterAll(() => node[Symbol.asyncDispose]());

const week = '2026-01-05' as PlainDate;
const day = Date.parse(week) / 86_400_000;

async function report({ tx }: Work, value: number): Promise<number> {
  const party = node.node.operator.id;
  const raw = Buffer.from(String(value));
  const submission = await insertSubmission(tx, party, {
    kind: 'message',
    state: 'applied',
    source: 'test',
    mediaType: 'text/plain',
    sizeBytes: raw.length,
    sha256: hashBytes(raw),
    raw,
  });
  const [seriesId = 0] = await store.ensureSeries(tx, party, [key]);
  await store.insertSubmissionSeries(tx, party, submission, [{ seriesId, firstDay: day, lastDay: day }]);
  await store.mergeObservations(tx, party, submission, store.givenValues([{ seriesId, period: week, value }]));
  return submission;
}

const asOf = (instant: Date): Promise<readonly (number | null)[]> =>
  node.act(async ({ tx }) =>
    (
      await store.listObservationsAsOf(
        tx.db,
        { indicatorId: key.indicatorId, placeIds: [key.placeId], first: week, last: week },
        instant,
      )
    ).map(({ value }) => value),
  );

describe('what was known', () => {
  test('can neither be deleted nor rewritten, only revised', async () => {
    await node.act((w) => report(w, 1));
    const refused = async (run: (w: Work) => Promise<unknown>): Promise<string> =>
      node.act(run).then(
        () => 'not refused',
        (error: unknown) => String(error),
      );
    expect(await refused(({ tx }) => tx.db.deleteFrom('observations').execute())).toMatch(/permission denied/);
    expect(await refused(({ tx }) => tx.db.deleteFrom('observation_revisions').execute())).toMatch(/permission denied/);
    expect(await refused(({ tx }) => tx.db.updateTable('observation_revisions').set({ value: 9 }).execute())).toMatch(
      /permission denied/,
    );
  });

  test('stays consistent when a submission overtakes another: one value at every instant, today’s at the end', async () => {
    const { clock } = node.node;
    const start = clock.now();
    const at = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);
    clock.set(at(10));
    const holding = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    // Begins at 10 s, and reports only after what began at 20 s has been committed.
    const slow = work(node.node.house, { party: node.node.operator.id }, { account: node.node.person }, async (w) => {
      begun.resolve();
      await holding.promise;
      await report(w, 10);
    });
    await begun.promise;
    clock.set(at(20));
    await node.act((w) => report(w, 20));
    holding.resolve();
    await slow;
    expect([await asOf(at(5)), await asOf(at(15)), await asOf(at(25))]).toEqual([[1], [10], [10]]);
    const versions = await node.act(({ tx }) => store.listVersions(tx.db, key, week));
    expect(versions.map(({ value }) => value)).toEqual([10, 20, 1]);
  });

  test('belongs to its party: another hosted here sees none of it', async () => {
    const other = await work(
      node.node.house,
      { party: '22222222-2222-4222-8222-222222222222' as never },
      { system: 'jobs' },
      async ({ tx }) => [
        await tx.db.selectFrom('observations').selectAll().execute(),
        await tx.db.selectFrom('places').selectAll().execute(),
        await tx.db.selectFrom('submissions').selectAll().execute(),
      ],
    );
    expect(other).toEqual([[], [], []]);
  });
});

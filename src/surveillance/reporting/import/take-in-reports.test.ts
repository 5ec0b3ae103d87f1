import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturesAvailable, findFixture } from '../../../../test/support/fixtures.ts';
import { needs } from '../../../../test/support/needs.ts';
import type { PlainDate } from '../../../period.ts';
import { Problem } from '../../../problem.ts';
import * as indicators from '../indicators/store.ts';
import * as observations from '../observations/store.ts';
import * as places from '../places/store.ts';
import {
  importSmallCountry,
  japanIndicators,
  openReportingNode,
  type Imported,
  type ReportingNode,
} from '../reporting.fixture.ts';

const counts = ({ counts: { accepted, changed, unchanged, empty, rejected } }: Imported): readonly number[] => [
  accepted,
  changed,
  unchanged,
  empty,
  rejected,
];

const day = (text: string): PlainDate => text as PlainDate;

const refusalOf = async (attempt: Promise<unknown>): Promise<readonly unknown[]> => {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error('not refused', { cause: error });
  return [error.code, error.details['reason'], error.details['row'] ?? error.details['names']];
};

/** Everything held, as `place indicator period` with its value. */
async function held(node: ReportingNode): Promise<readonly string[]> {
  return node.act(async ({ tx }) => {
    const rows = await tx.db
      .selectFrom('observations')
      .innerJoin('series', 'series.id', 'observations.series_id')
      .innerJoin('places', 'places.id', 'series.place_id')
      .innerJoin('indicators', 'indicators.id', 'series.indicator_id')
      .select(['places.code as place', 'indicators.code as indicator', 'period_start', 'value'])
      .execute();
    return rows
      .map(({ place, indicator, period_start: period, value }) => `${place} ${indicator} ${period} ${value}`)
      .toSorted();
  });
}

describe('a file that cannot be read as reports changes nothing', () => {
  let node: ReportingNode;
  beforeAll(async () => {
    node = await openReportingNode();
    await importSmallCountry(node);
  });
  afterAll(() => node[Symbol.asyncDispose]());

  const wholeFiles: readonly (readonly [string, string | Uint8Array, readonly unknown[]])[] = [
    [
      'without the columns that are needed',
      'week,place,cases\n2024-W01,N,1\n',
      ['columns-unfit', 'roles-missing', ['indicator']],
    ],
    ['with a column twice', 'period,place,indicator,value,value\n', ['columns-unfit', 'columns-repeated', ['value']]],
    ['without any period', 'place,indicator,value\nN,measles,1\n', ['columns-unfit', 'period-missing', []]],
    [
      'in Latin-1 that nobody spoke of',
      Buffer.from('period,place,indicator,value\n2024-W01,N,measles,1\n2024-W02,C\u00f4te,measles,1\n', 'latin1'),
      ['file-unreadable', 'not-utf-8', 3],
    ],
    [
      'in UTF-16 without a mark',
      Buffer.from('period,place,indicator,value\n', 'utf16le'),
      ['file-unreadable', 'utf-16-unmarked', undefined],
    ],
    ['that is a spreadsheet', Buffer.from('PK\u0003\u0004', 'latin1'), ['file-unreadable', 'not-text', undefined]],
    [
      'with a quotation mark that never closes',
      'period,place,indicator,value\n2024-W01,N,measles,1\n2024-W02,"N,measles,1\n',
      ['file-unreadable', 'quote-not-closed', 3],
    ],
    ['that is empty', '', ['file-unreadable', 'empty', undefined]],
  ];
  test.each(wholeFiles)('%s', async (_name, text, refusal) => {
    const refused = await refusalOf(node.importText('reports', text));
    expect(refused.map((part) => part ?? undefined)).toEqual(refusal);
    expect(await held(node)).toEqual([]);
  });

  test('with a mapping to columns that are not there', async () => {
    const attempt = node.importText('reports', 'week,place,disease,n\n', { columns: { value: 'cases' } });
    expect(await refusalOf(attempt)).toEqual(['columns-unfit', 'columns-absent', ['cases']]);
  });
  test('whose columns are codes that nobody knows', async () => {
    const attempt = node.importText('reports', 'week,place,measles,mumps\n2024-W01,N,1,2\n', {
      columns: { indicator: '*' },
    });
    expect(await refusalOf(attempt)).toEqual(['columns-unfit', 'headers-unknown', ['mumps']]);
  });
  test('by somebody without a party to report for', async () => {
    const attempt = node.node.actForNode(async (work) => {
      const { receiveFile } = await import('../submissions/actions.ts');
      return receiveFile(work, {
        path: japanIndicators,
        how: 'copy',
        content: 'reports',
        fileName: 'x',
        source: 'browser',
      });
    });
    expect((await refusalOf(attempt))[0]).toBe('not-allowed');
  });
});

describe('a row that cannot be true is rejected, with its place in the file, and the others are taken in', () => {
  let node: ReportingNode;
  beforeAll(async () => {
    node = await openReportingNode();
    await importSmallCountry(node);
  });
  afterAll(() => node[Symbol.asyncDispose]());

  test('each for its own reason', async () => {
    const rows = [
      '2021-W53,N,measles,1',
      '2024-02-30,N,measles,1',
      '2024-W01,X,measles,1',
      '2024-W01,N,mumps,1',
      '2024-W01,N,measles,-1',
      '2024-W01,N,measles,1.5',
      '2024-W01,N,measles,NaN',
      '2024-W01,N,measles,1000000000000',
      '2024-01,N,measles,1',
      '2030-W01,N,measles,1',
      '2024-W01,N,measles',
      '2024-W01,N,measles,1,1',
      '2024-W01,N"x,measles,1',
      '2024-W02,S,measles,7',
      '2024-W03,S,measles,',
    ];
    const imported = await node.importText('reports', `period,place,indicator,value\n${rows.join('\n')}\n`);
    expect(counts(imported)).toEqual([1, 0, 0, 1, 13]);
    const lines = imported.rejections
      .slice(1)
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(lines[0]).toEqual(['row', 'column', 'reason', 'message', 'period', 'place', 'indicator', 'value']);
    expect(lines.slice(1).map(([row, column, reason]) => [row, column, reason])).toEqual([
      ['2', 'period', 'week-53-absent'],
      ['3', 'period', 'date-impossible'],
      ['4', 'place', 'place-unknown'],
      ['5', 'indicator', 'indicator-unknown'],
      ['6', 'value', 'value-negative'],
      ['7', 'value', 'value-fraction'],
      ['8', 'value', 'value-not-a-number'],
      ['9', 'value', 'value-too-large'],
      ['10', 'period', 'period-kind-differs'],
      ['11', 'period', 'period-in-future'],
      ['12', '', 'row-short'],
      ['13', '', 'row-long'],
      ['14', '', 'row-broken'],
    ]);
    expect(await held(node)).toEqual(['S measles 2024-01-08 7']);
  });

  test('rows that contradict each other are all rejected; one said twice counts once', async () => {
    const text =
      'period,place,indicator,value\n2024-W10,N,measles,3\n2024-W11,N,measles,4\n2024-W10,N,measles,5\n2024-W11,N,measles,4\n';
    const imported = await node.importText('reports', text);
    expect(counts(imported)).toEqual([1, 0, 1, 0, 2]);
    expect(imported.rejections).toMatch(
      /^2,value,repeated-differently,.*,2024-W10,N,measles,3\r\n4,value,repeated-differently,.*,2024-W10,N,measles,5\r$/m,
    );
  });

  test('the table of rejected values can be corrected and imported as it is', async () => {
    const imported = await node.importText('reports', 'w,p,i,v\n2024-W20,N,measles,x\n', {
      columns: { period: 'w', place: 'p', indicator: 'i', value: 'v' },
    });
    const corrected = await node.importText('reports', imported.rejections.replace(',x\r\n', ',8\r\n'));
    expect(counts(corrected)).toEqual([1, 0, 0, 0, 0]);
  });

  test('a formula in a code comes back as text', async () => {
    const imported = await node.importText('reports', 'period,place,indicator,value\n2024-W01,=1+1,measles,1\n');
    expect(imported.rejections).toContain(",'=1+1,");
  });
});

describe('reports', () => {
  test('sent again change nothing; corrected ones are revisions, and every day keeps what was known on it', async () => {
    await using node = await openReportingNode();
    await importSmallCountry(node);
    const file = (value: number): string =>
      `period,place,indicator,value\n2024-W01,N,measles,${value}\n2024-W02,N,measles,0\n`;
    const { clock } = node.node;
    const monday = clock.now();
    expect(counts(await node.importText('reports', file(3)))).toEqual([2, 0, 0, 0, 0]);
    clock.advance(86_400_000);
    expect(counts(await node.importText('reports', file(3)))).toEqual([0, 0, 2, 0, 0]);
    clock.advance(86_400_000);
    expect(counts(await node.importText('reports', file(5)))).toEqual([0, 1, 1, 0, 0]);
    const known = await node.act(async ({ tx }) => {
      const [place, indicator] = [
        (await places.findPlace(tx.db, 'N'))?.id ?? 0,
        (await indicators.listIndicatorEntries(tx.db)).get('measles')?.id ?? 0,
      ];
      const filter = { indicatorId: indicator, placeIds: [place], first: day('2024-01-01'), last: day('2024-01-31') };
      const asOf = async (daysLater: number): Promise<readonly (number | null)[]> =>
        (
          await observations.listObservationsAsOf(tx.db, filter, new Date(monday.getTime() + daysLater * 86_400_000))
        ).map(({ value }) => value);
      return {
        before: await asOf(-1),
        first: await asOf(0),
        between: await asOf(1.5),
        after: await asOf(2),
        now: (await observations.listObservations(tx.db, filter)).map(({ value }) => value),
      };
    });
    expect(known).toEqual({ before: [], first: [3, 0], between: [3, 0], after: [5, 0], now: [5, 0] });
  });

  test('a trial counts and explains as the import will, and keeps nothing', async () => {
    await using node = await openReportingNode();
    await importSmallCountry(node);
    const text = 'period,place,indicator,value\n2024-W01,N,measles,3\n2024-W02,N,measles,x\n2024-W03,N,measles,\n';
    const trial = await node.importText('reports', text, { isTrial: true });
    expect(await held(node)).toEqual([]);
    const real = await node.importText('reports', text);
    expect([counts(trial), trial.rejections, trial.state]).toEqual([counts(real), real.rejections, 'waiting']);
    expect(real.state).toBe('applied');
    expect(await held(node)).toEqual(['N measles 2024-01-01 3']);
  });

  test('only series that changed are handed to detection, from the first period that did', async () => {
    await using node = await openReportingNode();
    await importSmallCountry(node);
    const changed = (): Promise<readonly string[]> =>
      node.act(async ({ tx }) => {
        const rows = await tx.db
          .deleteFrom('changed_series')
          .using('series')
          .using('places')
          .whereRef('series.id', '=', 'series_id')
          .whereRef('places.id', '=', 'series.place_id')
          .returning(['places.code', 'since'])
          .execute();
        return rows.map(({ code, since }) => `${code} ${since}`).toSorted();
      });
    await node.importText('reports', 'period,place,indicator,value\n2024-W01,N,measles,3\n2024-W01,S,measles,3\n');
    expect(await changed()).toEqual(['N 2024-01-01', 'S 2024-01-01']);
    await node.importText('reports', 'period,place,indicator,value\n2024-W01,N,measles,3\n2024-W01,S,measles,3\n');
    expect(await changed()).toEqual([]);
    await node.importText(
      'reports',
      'period,place,indicator,value\n2024-W01,N,measles,3\n2024-W01,S,measles,3\n2024-W05,S,measles,1\n2024-W04,S,measles,1\n',
    );
    expect(await changed()).toEqual(['S 2024-01-22']);
  });

  test('in any encoding and with any separator are the same reports', async () => {
    await using node = await openReportingNode();
    await node.importText('places', 'code,name\nCôte,Côte\n');
    await node.importText('indicators', 'code\nmeasles\n');
    const table = (separator: string, value: number): string =>
      ['period,place,indicator,value', `2024-W0${value},Côte,measles,${value}`, '']
        .join('\r\n')
        .replaceAll(',', separator);
    await node.importText('reports', table(';', 1));
    await node.importText('reports', Buffer.from(`\ufeff${table('\t', 2)}`));
    await node.importText('reports', Buffer.from(`\ufeff${table(',', 3)}`, 'utf16le'));
    await node.importText('reports', Buffer.from(table(';', 4), 'latin1'), { mapping: { encoding: 'latin-1' } });
    expect(await held(node)).toEqual(
      [1, 2, 3, 4].map((week) => `Côte measles 2024-01-${String(week * 7 - 6).padStart(2, '0')} ${week}`),
    );
  });

  test('split into two files, in either order, leave the same as one file', async () => {
    await using node = await openReportingNode();
    await importSmallCountry(node);
    const value = fc.record({
      week: fc.integer({ min: 1, max: 9 }),
      place: fc.constantFrom('N', 'S', 'X'),
      value: fc.integer({ min: -1, max: 3 }),
    });
    const unique = fc.uniqueArray(value, { selector: ({ week, place }) => `${week} ${place}`, maxLength: 12 });
    const file = (rows: readonly { week: number; place: string; value: number }[]): string =>
      [
        'period,place,indicator,value',
        ...rows.map((row) => `2024-W0${row.week},${row.place},measles,${row.value}`),
      ].join('\n');
    // Each try in a savepoint of one transaction is not possible (an import is a transaction), so each is a year of its own.
    let year = 1900;
    const outcome = async (...files: readonly string[]): Promise<readonly unknown[]> => {
      const itsYear = String(++year);
      let rejected = 0;
      for (const text of files)
        rejected += (await node.importText('reports', text.replaceAll('2024-', `${itsYear}-`))).counts.rejected;
      const starts = (await held(node)).filter(
        (line) => line.includes(` ${itsYear}-`) || line.includes(` ${Number(itsYear) - 1}-12-`),
      );
      return [rejected, starts.map((line) => line.replace(/ \d{4}-\d\d-\d\d /, ' '))];
    };
    await fc.assert(
      fc.asyncProperty(unique, fc.nat(12), async (rows, at) => {
        const [first, second] = [file(rows.slice(0, at)), file(rows.slice(at))];
        const one = await outcome(file(rows));
        year++;
        const two = await outcome(first, second);
        year++;
        expect(await outcome(second, first)).toEqual(two);
        year++;
        expect(two).toEqual(one);
      }),
      { numRuns: 8 },
    );
  });
});

needs(fixturesAvailable, 'the surveillance data of the fixtures')('real surveillance data', () => {
  test('Japan: 47 prefectures, 21 diseases, 886 weeks; week 53 of 2020 is missing and not zero', async () => {
    await using node = await openReportingNode();
    const fixture = (name: string): string => findFixture(`data/surveillance/japan_weekly/${name}`);
    expect(counts(await node.importFile('places', fixture('geographies.csv')))).toEqual([48, 0, 0, 0, 0]);
    expect(counts(await node.importFile('indicators', japanIndicators))).toEqual([21, 0, 0, 0, 0]);
    let [values, empty] = [0, 0];
    for (const name of ['weekly_2008_2015.csv', 'weekly_2016_2024.csv']) {
      const cells = (await readFile(fixture(name), 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .flatMap((line) => line.split(',').slice(3));
      const imported = await node.importFile('reports', fixture(name), { columns: { indicator: '*' } });
      const emptyCells = cells.filter((cell) => cell === '').length;
      expect(counts(imported)).toEqual([cells.length - emptyCells, 0, 0, emptyCells, 0]);
      [values, empty] = [values + cells.length - emptyCells, empty + emptyCells];
    }
    expect(values + empty).toBe(41_642 * 21);
    const tokyo = await node.act(async ({ tx }) => {
      const place = (await places.findPlace(tx.db, 'JP-13'))?.id ?? 0;
      const indicator = (await indicators.listIndicatorEntries(tx.db)).get('measles')?.id ?? 0;
      return observations.listObservations(tx.db, {
        indicatorId: indicator,
        placeIds: [place],
        first: day('2020-12-14'),
        last: day('2021-01-10'),
      });
    });
    expect(tokyo.map(({ period }) => period)).toEqual(['2020-12-14', '2020-12-21', '2021-01-04']);
  }, 240_000);

  test('Germany: states and districts as columns, weeks by their first day or by year and number', async () => {
    await using node = await openReportingNode();
    const fixture = (name: string): string => findFixture(`data/surveillance/germany/${name}`);
    const districts = await node.importFile('places', fixture('districts_BY_BW_population_centroid.csv'), {
      columns: { code: 'district', population: 'pop_2007' },
    });
    expect(counts(districts)).toEqual([140, 0, 0, 0, 0]);
    expect(counts(await node.importFile('neighbours', fixture('districts_BY_BW_adjacency.csv')))).toEqual([
      336, 0, 0, 0, 0,
    ]);
    const newport = fixture('salmonella_newport_DE_16states_weekly_2004_2014.csv');
    const states =
      (await readFile(newport, 'utf8'))
        .split('\n', 1)[0]
        ?.split(',')
        .slice(1)
        .map((name) => name.replaceAll('"', '').trim()) ?? [];
    await node.importText(
      'places',
      `code,name\n${states.map((state) => `${state},${state.replaceAll('.', ' ')}`).join('\n')}\n`,
    );
    await node.importText('indicators', 'code\ninfluenza\nsalmonella_newport\n');
    const flu = await node.importFile('reports', fixture('influenza_BY_BW_140districts_weekly_2001_2008.csv'), {
      columns: { place: '*', indicator: ':influenza' },
    });
    expect(counts(flu)).toEqual([416 * 140, 0, 0, 0, 0]);
    const salmonella = await node.importFile('reports', newport, {
      columns: { place: '*', indicator: ':salmonella_newport', period: 'week_start' },
    });
    expect(counts(salmonella)).toEqual([528 * 16, 0, 0, 0, 0]);
  });
});

import { describe, expect, test } from 'vitest';
import { renderElement } from './layout.tsx';
import { sampleView } from './style-guide.tsx';
import { parseSort, Table } from './table.tsx';
import type { Column } from './table.tsx';

interface Row {
  readonly name: string;
  readonly cases: number;
}

const columns: readonly Column<Row>[] = [
  { key: 'name', header: 'Place', cell: ({ name }) => name, sortable: true },
  { key: 'cases', header: 'Cases', cell: ({ cases }) => cases, numeric: true, sortable: true, total: 7 },
];
const rows: readonly Row[] = [
  { name: '<North>', cases: 3 },
  { name: 'South', cases: 4 },
];
const draw = (path: string): string => {
  const sort = parseSort(new URL(path, 'http://x').searchParams.get('sort') ?? undefined, ['name', 'cases']);
  return renderElement(
    <Table
      view={sampleView('en', { path })}
      id="t"
      caption="Reports"
      columns={columns}
      rows={rows}
      sort={sort}
      data={{ csv: '/a.csv', json: '/api/a' }}
    />,
  );
};

describe('a table', () => {
  test('accepts only orders that it offers', () => {
    expect(parseSort('cases; drop table', ['cases'])).toBeUndefined();
    expect(parseSort('-', ['cases'])).toBeUndefined();
    expect(parseSort('--cases', ['cases'])).toBeUndefined();
    expect(parseSort(undefined, ['cases'])).toBeUndefined();
    expect(parseSort('-cases', ['cases'])).toEqual({ by: 'cases', descending: true });
  });

  test('turns the order round on the second press and keeps the rest of the address', () => {
    expect(draw('/r?week=12')).toContain('href="/r?week=12&amp;sort=cases"');
    expect(draw('/r?week=12&sort=cases')).toMatch(/aria-sort="ascending"><a href="\/r\?week=12&amp;sort=-cases"/);
    expect(draw('/r?sort=-cases')).toMatch(/aria-sort="descending"><a href="\/r\?sort=cases"/);
  });

  test('gives each value the label it needs where the table stacks, and each row a header', () => {
    expect(draw('/r')).toContain('<td role="cell" class="n" data-label="Cases">3</td>');
    expect(draw('/r')).toContain('<th role="rowheader" scope="row">&lt;North&gt;</th>');
  });

  test('has its sums at the foot and its data one step away', () => {
    expect(draw('/r')).toMatch(/<tfoot.*Total.*<td role="cell" class="n" data-label="Cases">7<\/td>/);
    expect(draw('/r')).toContain('<a href="/a.csv" download="">CSV</a>');
  });

  test('without rows says so instead of showing an empty grid', () => {
    const html = renderElement(<Table view={sampleView()} id="t" caption="Reports" columns={columns} rows={[]} />);
    expect(html).not.toContain('<table');
    expect(html).toContain('Nothing here yet.');
  });
});

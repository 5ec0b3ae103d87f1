import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { pathWith } from './layout.tsx';
import { DownloadLinks } from './parts.tsx';
import type { Downloads } from './parts.tsx';
import type { View } from './view.ts';

export interface Column<Row> {
  /** Stable; the name in `?sort=`. */
  readonly key: string;
  /** Text, because it is also the label of each value where the table stacks. */
  readonly header: string;
  readonly cell: (row: Row) => Child;
  /** Aligned at the end, figures of equal width. */
  readonly numeric?: boolean;
  /** The server can order by it. */
  readonly sortable?: boolean;
  readonly total?: Child;
}

export type SortOrder = { readonly by: string; readonly descending: boolean };

/** `?sort=cases` is smallest first, `?sort=-cases` largest first; anything else is the page's own order. */
export function parseSort(text: string | undefined, keys: readonly string[]): SortOrder | undefined {
  const descending = text?.startsWith('-') ?? false;
  const by = descending ? text?.slice(1) : text;
  return by !== undefined && keys.includes(by) ? { by, descending } : undefined;
}

export interface TableProps<Row> {
  readonly view: View;
  /** Unique on the page. */
  readonly id: string;
  readonly caption: Child;
  /** The heading right above says the same: the caption is only for who hears the table. */
  readonly isTitled?: true;
  /** The first is the header of its row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly sort?: SortOrder | undefined;
  readonly data?: Downloads;
  /** Instead of the table when there is no row. */
  readonly empty?: Child;
}

// The roles are said again because `display: block` on a phone takes them away in some browsers.
export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const { view, id, caption, columns, rows, sort, data, empty } = props;
  const hidden = props.isTitled ? 'hidden' : undefined;
  const totals = columns.some((column) => column.total !== undefined);
  if (rows.length === 0) {
    return (
      <section class="table" aria-labelledby={id}>
        <p id={id} class={hidden ?? 'caption'}>
          {caption}
        </p>
        <p>{empty ?? view.t('common.none')}</p>
      </section>
    );
  }
  return (
    <section class="table" aria-labelledby={id}>
      <table role="table">
        <caption id={id} class={hidden}>
          {caption}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeaderCell view={view} column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row">
              {columns.map((column, position) => (
                <BodyCell column={column} first={position === 0}>
                  {column.cell(row)}
                </BodyCell>
              ))}
            </tr>
          ))}
        </tbody>
        {totals ? (
          <tfoot role="rowgroup">
            <tr role="row">
              {columns.map((column, position) => (
                <BodyCell column={column} first={position === 0}>
                  {column.total ?? (position === 0 ? view.t('common.total') : '')}
                </BodyCell>
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
      {data ? (
        <p>
          <DownloadLinks view={view} data={data} />
        </p>
      ) : null}
    </section>
  );
}

interface CellProps<Row> {
  readonly column: Column<Row>;
}

function HeaderCell<Row>({ view, column, sort }: CellProps<Row> & Pick<TableProps<Row>, 'view' | 'sort'>): JSX.Element {
  const sorted = sort?.by === column.key ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    <th role="columnheader" scope="col" class={column.numeric ? 'n' : undefined} aria-sort={sorted}>
      {column.sortable ? (
        <a href={pathWith(view, { sort: sorted === 'ascending' ? `-${column.key}` : column.key })}>{column.header}</a>
      ) : (
        column.header
      )}
    </th>
  );
}

function BodyCell<Row>({
  column,
  first,
  children,
}: CellProps<Row> & { readonly first: boolean; readonly children?: Child }): JSX.Element {
  const kind = column.numeric ? 'n' : undefined;
  return first ? (
    <th role="rowheader" scope="row" class={kind}>
      {children}
    </th>
  ) : (
    <td role="cell" class={kind} data-label={column.header}>
      {children}
    </td>
  );
}

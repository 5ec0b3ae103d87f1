/**
 * What recipients hold of a giver's counts, laid on top of each other for the re-identification test. An atom is one place on one day, so that days, both
 * kinds of week and months meet; a column is one indicator's counts of one period.
 */
import { attack, type HeldCell } from '@reciproca/disclosure/attack';
import { addDays, endOf, parsePeriod, startOf, type Period, type PlainDate } from '../period.ts';

export interface ReleasedColumn {
  readonly indicator: string;
  readonly level: number;
  readonly period: Period;
  readonly minimumCount: number;
  /** By place code. Where nothing was reported there is no cell. */
  readonly cells: Readonly<Record<string, number | 'withheld'>>;
}

export type LedgerFault = 'another-level-held' | 're-identification';

/**
 * May a recipient who holds `held` (oldest first, of this giver) be given `next` as well? Two levels of the same indicator and days never; else only
 * when the attack finds nothing in everything together.
 */
export function findLedgerFault(
  held: readonly ReleasedColumn[],
  next: readonly ReleasedColumn[],
): LedgerFault | undefined {
  const all = [...held, ...next];
  for (const column of next)
    if (
      all.some(
        (other) =>
          other.indicator === column.indicator && other.level !== column.level && overlaps(other.period, column.period),
      )
    )
      return 'another-level-held';
  const indicators = new Set(next.map(({ indicator }) => indicator));
  for (const indicator of indicators)
    if (attack(all.filter((column) => column.indicator === indicator).flatMap(heldCellsOf)).length > 0)
      return 're-identification';
  return undefined;
}

export function overlaps(a: Period, b: Period): boolean {
  return startOf(a) <= endOf(b) && startOf(b) <= endOf(a);
}

function heldCellsOf({ period, cells, minimumCount }: ReleasedColumn): HeldCell[] {
  const days = daysOf(period);
  return Object.entries(cells).map(([place, value]) => {
    const atoms = days.map((day) => `${place} ${day}`);
    return value === 'withheld' ? { atoms, below: minimumCount } : { atoms, value };
  });
}

/** One column of a table as the ledger keeps it. */
export function cellsOf(
  places: readonly { readonly code: string }[],
  values: readonly (number | null | 'withheld')[],
): Record<string, number | 'withheld'> {
  return Object.fromEntries(
    places.flatMap(({ code }, at) => {
      const value = values[at];
      return value === null || value === undefined ? [] : [[code, value]];
    }),
  );
}

function daysOf(period: Period): PlainDate[] {
  const days: PlainDate[] = [];
  for (let day = startOf(period); day <= endOf(period); day = addDays(day, 1)) days.push(day);
  return days;
}

export function parseStoredPeriod(kind: string, label: string): Period {
  const parsed =
    kind === 'day' || kind === 'iso-week' || kind === 'mmwr-week' || kind === 'month'
      ? parsePeriod(kind, label)
      : undefined;
  if (parsed?.value === undefined) throw new TypeError(`not a period: ${kind} ${label}`);
  return parsed.value;
}

/**
 * From being invited to deciding: how many of each group come through each step. Numbers are the largest multiple of five that is not above, so that
 * no difference between steps, pages or days speaks of one to four people; one to four themselves are withheld. A total is withheld where it and
 * what is shown beside it would leave only one possibility for a group that is.
 */

export const funnelSteps = ['invited', 'attended', 'spoke', 'convened', 'adopted', 'decided'] as const;
export type FunnelStep = (typeof funnelSteps)[number];

export const leastPeople = 5;

export interface Participation {
  /** Undefined: the person has not said. `prefer-not-to-say` is a group like another. */
  readonly group: string | undefined;
  readonly steps: ReadonlySet<FunnelStep>;
  /** How many people alike. */
  readonly people: number;
}

export interface FunnelRow {
  readonly step: FunnelStep;
  /** Null: withheld. */
  readonly total: number | null;
  readonly groups: readonly FunnelCell[];
}

export interface FunnelCell {
  readonly group: string;
  readonly people: number | null;
  /** Share of the step against the share of those invited; null where either is withheld. */
  readonly parity: number | null;
}

export const notSaid = 'not-said';

export function countFunnel(
  people: readonly Participation[],
  groups: readonly string[],
  steps: readonly FunnelStep[] = funnelSteps,
): readonly FunnelRow[] {
  const columns = [...groups, notSaid];
  const shown = steps.map((step) => {
    const counts = columns.map((group) =>
      countIn(people, (alike) => alike.steps.has(step) && groupOf(alike) === group),
    );
    return { step, cells: counts.map(shownCount), total: shownTotal(counts) };
  });
  const invited = shown[0];
  return shown.map(({ step, cells, total }) => ({
    step,
    total,
    groups: columns.map((group, column) => ({
      group,
      people: cells[column] ?? null,
      parity: ratio(cells[column] ?? null, total, invited?.cells[column] ?? null, invited?.total ?? null),
    })),
  }));
}

const groupOf = ({ group }: Participation): string => group ?? notSaid;

const countIn = (people: readonly Participation[], isMeant: (alike: Participation) => boolean): number =>
  people.reduce((sum, alike) => (isMeant(alike) ? sum + alike.people : sum), 0);

/** Null: one to four. */
export const shownCount = (count: number): number | null =>
  count > 0 && count < leastPeople ? null : Math.floor(count / leastPeople) * leastPeople;

/** Each number shown stands for itself and the four above it; each withheld one for one to four. */
function shownTotal(counts: readonly number[]): number | null {
  const total = shownCount(counts.reduce((sum, count) => sum + count, 0));
  const cells = counts.map(shownCount);
  const hidden = cells.filter((cell) => cell === null).length;
  if (total === null || hidden === 0) return total;
  const least = cells.reduce((sum: number, cell) => sum + (cell ?? 0), 0);
  const most = cells.reduce((sum: number, cell) => sum + (cell === null || cell === 0 ? 0 : cell + leastPeople - 1), 0);
  // What is left for those withheld together, at least and at most.
  const isAllFours = total - most >= hidden * (leastPeople - 1);
  const isAllOnes = total + leastPeople - 1 - least <= hidden;
  return isAllFours || isAllOnes ? null : total;
}

function ratio(part: number | null, whole: number | null, invited: number | null, all: number | null): number | null {
  if (part === null || whole === null || invited === null || all === null) return null;
  return whole === 0 || invited === 0 || all === 0 ? null : part / whole / (invited / all);
}

/** Were in the room and said nothing. */
export const countSilent = (people: readonly Participation[]): number | null =>
  shownCount(countIn(people, ({ steps }) => steps.has('attended') && !steps.has('spoke')));

/** The geometric mean of what a group has against what was to be expected, over everything after being there: one number, only beside the steps. */
export function powerParity(rows: readonly FunnelRow[], group: string): number | null {
  const parities = rows
    .filter(({ step }) => step !== 'invited' && step !== 'attended')
    .map(({ groups }) => groups.find((cell) => cell.group === group)?.parity ?? null);
  const logarithms = parities.flatMap((parity) => (parity === null || parity <= 0 ? [] : [Math.log(parity)]));
  if (parities.length === 0 || logarithms.length < parities.length) return null;
  return Math.exp(logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length);
}

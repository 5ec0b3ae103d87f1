/**
 * From being invited to deciding: how many of each group come through each step. Nothing about fewer than five people is shown, and nothing
 * from which it could be worked out: where one group of a step is withheld, a second one is too, and a step of fewer than five has no total either.
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

/** `roundTo`: shown numbers are the largest multiple not above, where other pages show parts of the same whole. */
export function countFunnel(
  people: readonly Participation[],
  groups: readonly string[],
  { steps = funnelSteps, roundTo = 1 }: { readonly steps?: readonly FunnelStep[]; readonly roundTo?: number } = {},
): readonly FunnelRow[] {
  const columns = [...groups, notSaid];
  const counts = steps.map((step) =>
    columns.map((group) =>
      people.reduce(
        (sum, alike) => ((alike.group ?? notSaid) === group && alike.steps.has(step) ? sum + alike.people : sum),
        0,
      ),
    ),
  );
  const shown = withhold(counts).map(({ cells, total }) => ({
    cells: cells.map((count) => roundDown(count, roundTo)),
    total: roundDown(total, roundTo),
  }));
  const invited = shown[0];
  return steps.map((step, row) => {
    const cells = shown[row]?.cells ?? [];
    const total = shown[row]?.total ?? null;
    return {
      step,
      total,
      groups: columns.map((group, column) => ({
        group,
        people: cells[column] ?? null,
        parity: ratio(cells[column] ?? null, total, invited?.cells[column] ?? null, invited?.total ?? null),
      })),
    };
  });
}

const roundDown = (count: number | null, to: number): number | null =>
  count === null ? null : Math.floor(count / to) * to;

interface Shown {
  readonly cells: readonly (number | null)[];
  readonly total: number | null;
}

/**
 * A group is small when it, or what it lost from one step to any other, is between one and four: differences of shown numbers are numbers shown. So
 * it is decided by group for all steps at once, and then two groups at least are withheld, or none.
 */
function withhold(counts: readonly (readonly number[])[]): readonly Shown[] {
  const columns = counts[0]?.map((_, column) => counts.map((row) => row[column] ?? 0)) ?? [];
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const isSmall = (count: number): boolean => count > 0 && count < leastPeople;
  const isRevealing = (column: readonly number[]): boolean =>
    column.some((a, at) => isSmall(a) || column.some((b, other) => other !== at && isSmall(Math.abs(a - b))));
  const hidden = new Set(columns.flatMap((column, at) => (isRevealing(column) ? [at] : [])));
  // What is withheld together is known from the totals: it must itself be nobody, or enough people, in every step and between steps.
  const rest = (): number[] =>
    counts.map((row) => row.reduce((sum, count, at) => (hidden.has(at) ? sum + count : sum), 0));
  const bySize = columns
    .map((column, at) => ({ at, size: Math.max(...column) }))
    .filter(({ size }) => size > 0)
    .toSorted((a, b) => a.size - b.size);
  while (hidden.size > 0 && (hidden.size < 2 || isRevealing(rest()))) {
    const next = bySize.find(({ at }) => !hidden.has(at));
    if (!next) break;
    hidden.add(next.at);
  }
  const isHopeless = hidden.size > 0 && isRevealing(rest());
  return counts.map((row, step) => ({
    cells: row.map((count, at) => (hidden.has(at) ? null : count)),
    total: isHopeless || isSmall(totals[step] ?? 0) ? null : (totals[step] ?? 0),
  }));
}

function ratio(part: number | null, whole: number | null, invited: number | null, all: number | null): number | null {
  if (part === null || whole === null || invited === null || all === null) return null;
  return whole === 0 || invited === 0 || all === 0 ? null : part / whole / (invited / all);
}

/** Were in the room and said nothing; null where the difference would speak of one to four people. */
export function countSilent(rows: readonly FunnelRow[]): number | null {
  const totalOf = (wanted: FunnelStep): number | null => rows.find(({ step }) => step === wanted)?.total ?? null;
  const [attended, spoke] = [totalOf('attended'), totalOf('spoke')];
  if (attended === null || spoke === null) return null;
  const silent = attended - spoke;
  return silent !== 0 && silent < leastPeople ? null : silent;
}

/** The geometric mean of what a group has against what was to be expected, over everything after being there: one number, only beside the steps. */
export function powerParity(rows: readonly FunnelRow[], group: string): number | null {
  const parities = rows
    .filter(({ step }) => step !== 'invited' && step !== 'attended')
    .map(({ groups }) => groups.find((cell) => cell.group === group)?.parity ?? null);
  const logarithms = parities.flatMap((parity) => (parity === null || parity <= 0 ? [] : [Math.log(parity)]));
  if (parities.length === 0 || logarithms.length < parities.length) return null;
  return Math.exp(logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length);
}

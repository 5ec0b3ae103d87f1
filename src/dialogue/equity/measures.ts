/**
 * How evenly something that people have - seconds of the floor, words, turns - is spread over persons and groups. Silent people have zero and
 * are counted: leaving them out makes any conversation look even.
 */

/** Gini's coefficient with the correction n/(n-1) for small groups: 0 all alike, 1 one has all. Undefined for fewer than two, or nothing to share. */
export function gini(amounts: readonly number[]): number | undefined {
  const n = amounts.length;
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  if (n < 2 || total <= 0) return undefined;
  const weighted = amounts
    .toSorted((a, b) => a - b)
    .reduce((sum, amount, index) => sum + (2 * (index + 1) - n - 1) * amount, 0);
  return weighted / (n * total) / (1 - 1 / n);
}

export interface GroupShare {
  readonly group: string;
  /** Of what there is to have. */
  readonly share: number;
  /** Of those whom it is compared with: invited, members, population. Both sum to one over all groups. */
  readonly reference: number;
}

/** Half the sum of the gaps: the part that would have to change hands for each group to have its reference share. */
export const disparity = (groups: readonly GroupShare[]): number =>
  groups.reduce((sum, { share, reference }) => sum + Math.abs(share - reference), 0) / 2;

/** 1: its share. Undefined where nobody is expected. */
export const parityRatio = ({ share, reference }: GroupShare): number | undefined =>
  reference > 0 ? share / reference : undefined;

/** Theil's index between groups, sum of s ln(s/p): what of the inequality is between the groups and not inside them. */
export const theilBetween = (groups: readonly GroupShare[]): number =>
  groups.reduce(
    (sum, { share, reference }) => (share > 0 && reference > 0 ? sum + share * Math.log(share / reference) : sum),
    0,
  );

/** Shannon's evenness: 1 when all groups have the same, 0 when one has all. Undefined for one group. */
export function evenness(shares: readonly number[]): number | undefined {
  if (shares.length < 2) return undefined;
  const entropy = shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);
  return entropy / Math.log(shares.length);
}

/** Wilson's interval for a part of a whole (1927), 95 %: where the true part may well lie, also for few. */
export function wilsonInterval(part: number, whole: number): readonly [number, number] | undefined {
  if (whole <= 0) return undefined;
  const z = 1.959963984540054;
  const p = part / whole;
  const centre = p + (z * z) / (2 * whole);
  const spread = z * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole));
  const scale = 1 + (z * z) / whole;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** A count as it may be given: a number, missing (nobody counted), or withheld. One sign for every withheld cell, whatever the reason. */
export type Protected = number | null | 'withheld';

/** Counts above zero and below `minimumCount` are withheld; a minimum of 1 withholds nothing. */
export function withholdSmall(values: readonly (number | null)[], minimumCount: number): Protected[] {
  return values.map((value) => (isSmall(value, minimumCount) ? 'withheld' : value));
}

export function isSmall(value: Protected, minimumCount: number): boolean {
  return typeof value === 'number' && value > 0 && value < minimumCount;
}

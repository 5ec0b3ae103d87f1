/**
 * An office states how many signals a week it can look into. The list stops there and says how many stand beyond: a list nobody
 * can finish is a list nobody reads. Diseases for immediate notification are always on it, whatever the capacity.
 */
export interface Capacity {
  /** Undefined: the office has not said, and everything is listed. */
  readonly perWeek: number | undefined;
  /** Signals that were triaged in the last seven days and have used their share of it. */
  readonly used: number;
}

export interface Cut<T> {
  readonly listed: readonly T[];
  readonly overflow: readonly T[];
}

/** `ranked` in its order of urgency. */
export function cutToCapacity<T>(ranked: readonly T[], capacity: Capacity, isImmediate: (item: T) => boolean): Cut<T> {
  const { perWeek, used } = capacity;
  if (perWeek === undefined) return { listed: ranked, overflow: [] };
  let room = Math.max(0, perWeek - used) - ranked.filter(isImmediate).length;
  const listed: T[] = [];
  const overflow: T[] = [];
  for (const item of ranked) {
    if (isImmediate(item)) listed.push(item);
    else if (room > 0) {
      listed.push(item);
      room--;
    } else overflow.push(item);
  }
  return { listed, overflow };
}

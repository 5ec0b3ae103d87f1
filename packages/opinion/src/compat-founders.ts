/**
 * Who is in Polis' groups for good, however few the votes. Polis clusters whoever has min(7, statements) votes, fills up to fifteen people
 * with the most active of the others, and never takes anybody out again. While a conversation is small that lets the first fifteen in,
 * whatever they do later; from fifteen people and seven statements on only the seven votes count. Replaying the beginning gives exactly the
 * people that Polis had in its groups in all published conversations at hand.
 */

export const enoughVotes = 7;
export const enoughPeople = 15;

export interface VoteLog {
  readonly size: number;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly times: Float64Array;
}

/** Rows, ascending. */
export function findFounders(log: VoteLog): Int32Array {
  for (let length = 4096; ; length *= 8) {
    const { founders, isDone } = replay(log, listEarliest(log, length));
    if (isDone || length >= log.size) return Int32Array.from(founders).sort();
  }
}

/** At least the `length` earliest votes, in order of time; those of one moment in the order of the file. */
function listEarliest({ size, times }: VoteLog, length: number): Int32Array {
  const last = size <= length ? Number.POSITIVE_INFINITY : times.slice(0, size).sort()[length - 1]!;
  const early: number[] = [];
  for (let at = 0; at < size; at++) if (times[at]! <= last) early.push(at);
  return Int32Array.from(early.sort((a, b) => times[a]! - times[b]! || a - b));
}

function replay(
  { rows, columns }: VoteLog,
  order: Int32Array,
): { readonly founders: ReadonlySet<number>; readonly isDone: boolean } {
  const seen = new Map<number, Set<number>>();
  const statements = new Set<number>();
  const founders = new Set<number>();
  for (const at of order) {
    const row = rows[at]!;
    statements.add(columns[at]!);
    const own = seen.get(row) ?? new Set();
    seen.set(row, own.add(columns[at]!));
    if (own.size >= Math.min(enoughVotes, statements.size)) founders.add(row);
    if (founders.size < enoughPeople) {
      const others = [...seen].filter(([other]) => !founders.has(other)).sort(([, a], [, b]) => b.size - a.size);
      for (const [other] of others.slice(0, enoughPeople - founders.size)) founders.add(other);
    }
    if (founders.size >= enoughPeople && statements.size >= enoughVotes) return { founders, isDone: true };
  }
  return { founders, isDone: false };
}

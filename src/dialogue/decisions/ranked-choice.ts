/**
 * Ranked choice by instant run-off: the option with the fewest first places goes out, and its ballots pass to the next option on them, until one has
 * more than half of the ballots that still name somebody. Among equals at the bottom, the one that had fewer in the latest round in which they
 * differed goes out; options that never differed go out together, unless that would leave none: then there is a tie, and people decide.
 */

export interface Ballot {
  readonly by: string;
  /** From the most wanted on; options left out are wanted by nobody on this ballot. */
  readonly ranking: readonly string[];
}

export interface Round {
  readonly counts: Readonly<Record<string, number>>;
  /** Ballots that name nobody who is still in. */
  readonly exhausted: number;
  readonly out: readonly string[];
}

export interface RankedResult {
  readonly rounds: readonly Round[];
  /** Exactly one; several that are tied; none when nobody ranked anything. */
  readonly winners: readonly string[];
}

export function countRankedChoice(options: readonly string[], ballots: readonly Ballot[]): RankedResult {
  const rounds: Round[] = [];
  let left = [...options];
  for (;;) {
    const { counts, exhausted } = countFirst(left, ballots);
    const named = ballots.length - exhausted;
    const most = Math.max(0, ...Object.values(counts));
    if (named === 0) return { rounds: [...rounds, { counts, exhausted, out: [] }], winners: [] };
    if (most * 2 > named || left.length === 1) {
      const winners = left.filter((option) => counts[option] === most);
      return { rounds: [...rounds, { counts, exhausted, out: [] }], winners };
    }
    const out = lastOf(left, counts, rounds);
    if (out.length === left.length) return { rounds: [...rounds, { counts, exhausted, out: [] }], winners: left };
    rounds.push({ counts, exhausted, out });
    left = left.filter((option) => !out.includes(option));
  }
}

function countFirst(left: readonly string[], ballots: readonly Ballot[]): Pick<Round, 'counts' | 'exhausted'> {
  const counts: Record<string, number> = Object.fromEntries(left.map((option) => [option, 0]));
  let exhausted = 0;
  for (const { ranking } of ballots) {
    const first = ranking.find((option) => Object.hasOwn(counts, option));
    if (first === undefined) exhausted++;
    else counts[first] = (counts[first] ?? 0) + 1;
  }
  return { counts, exhausted };
}

function lastOf(left: readonly string[], counts: Round['counts'], rounds: readonly Round[]): readonly string[] {
  let last = left;
  for (const each of [counts, ...rounds.map((round) => round.counts).toReversed()]) {
    const fewest = Math.min(...last.map((option) => each[option] ?? 0));
    last = last.filter((option) => (each[option] ?? 0) === fewest);
  }
  return last;
}

/**
 * Single transferable vote by the weighted inclusive Gregory method, as in the Scottish Local Government Elections Order 2007, rules 46 to 52: whoever
 * reaches the quota is elected; every paper that a person with more has passes on at the same fraction, cut at five decimals; else whoever has fewest
 * goes out. Among equals the latest earlier round in which they differed decides, else a lot, which is drawn from the ballots themselves (the smaller
 * SHA-256), so that anybody who counts again draws the same. With one seat this is the run-off of src/dialogue/decisions/ranked-choice.ts, which
 * leaves a tie to people; an election has to end. Pure. Values are in hundred-thousandths of a vote.
 */
import { createHash } from 'node:crypto';

export const oneVote = 100_000;

export interface Round {
  /** By number of the candidate, as the round begins; nobody who is out. */
  readonly counts: Readonly<Record<string, number>>;
  readonly notTransferable: number;
  readonly elected: readonly number[];
  readonly out: readonly number[];
  readonly byLot: boolean;
}

export interface Count {
  readonly ballots: number;
  readonly quota: number;
  readonly elected: readonly number[];
  readonly rounds: readonly Round[];
}

interface Paper {
  readonly ranking: readonly number[];
  readonly worth: number;
}

export function countElection(
  candidates: readonly number[],
  seats: number,
  ballots: readonly (readonly number[])[],
): Count {
  const quota = (Math.floor(ballots.length / (seats + 1)) + 1) * oneVote;
  const piles = new Map<number, Paper[]>(candidates.map((each) => [each, []]));
  const counts = new Map<number, number>(candidates.map((each) => [each, 0]));
  const hopeful = new Set(candidates);
  const elected: number[] = [];
  const surplus = new Set<number>();
  const rounds: Round[] = [];
  const seed = JSON.stringify([...ballots].map((ranking) => ranking.join(' ')).toSorted());

  const give = (papers: readonly Paper[]): void => {
    for (const paper of papers) {
      const to = paper.ranking.find((each) => hopeful.has(each));
      if (to === undefined) continue;
      piles.get(to)?.push(paper);
      counts.set(to, (counts.get(to) ?? 0) + paper.worth);
    }
  };
  give(ballots.map((ranking) => ({ ranking, worth: oneVote })));

  for (;;) {
    const standing = new Map(counts);
    const note = (found: Partial<Round>): void => {
      const held = [...standing.values()].reduce((sum, value) => sum + value, 0);
      rounds.push({
        counts: Object.fromEntries(standing),
        notTransferable: ballots.length * oneVote - held,
        elected: [],
        out: [],
        byLot: false,
        ...found,
      });
    };
    const byVotes = [...hopeful].toSorted((a, b) => (standing.get(b) ?? 0) - (standing.get(a) ?? 0) || a - b);
    const reached = byVotes.filter((each) => (standing.get(each) ?? 0) >= quota);
    const last = hopeful.size + elected.length <= seats ? byVotes : reached;
    for (const each of last) {
      hopeful.delete(each);
      elected.push(each);
      if ((standing.get(each) ?? 0) > quota) surplus.add(each);
    }
    if (elected.length >= seats || hopeful.size === 0) {
      note({ elected: last });
      return { ballots: ballots.length, quota, elected, rounds };
    }
    if (surplus.size > 0) {
      const most = pick([...surplus], standing, rounds, seed, 'most');
      surplus.delete(most.one);
      note({ elected: last, byLot: most.byLot });
      const held = standing.get(most.one) ?? 0;
      counts.set(most.one, quota);
      give(
        (piles.get(most.one) ?? []).map(({ ranking, worth }) => ({
          ranking,
          worth: Number((BigInt(worth) * BigInt(held - quota)) / BigInt(held)),
        })),
      );
      continue;
    }
    const fewest = pick([...hopeful], standing, rounds, seed, 'fewest');
    hopeful.delete(fewest.one);
    note({ elected: last, out: [fewest.one], byLot: fewest.byLot });
    counts.delete(fewest.one);
    give(piles.get(fewest.one) ?? []);
  }
}

function pick(
  among: readonly number[],
  standing: ReadonlyMap<number, number>,
  rounds: readonly Round[],
  seed: string,
  which: 'most' | 'fewest',
): { readonly one: number; readonly byLot: boolean } {
  const end = which === 'most' ? Math.max : Math.min;
  let left = among;
  for (const counts of [Object.fromEntries(standing), ...rounds.map((round) => round.counts).toReversed()]) {
    const bound = end(...left.map((each) => counts[String(each)] ?? 0));
    left = left.filter((each) => (counts[String(each)] ?? 0) === bound);
  }
  const lot = (each: number): string => createHash('sha256').update(`${seed} ${each}`).digest('hex');
  const [one = 0] = left.toSorted((a, b) => (lot(a) < lot(b) ? -1 : 1));
  return { one, byLot: left.length > 1 };
}

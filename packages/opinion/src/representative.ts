/**
 * Which statements speak for a group, and which for everybody, as Polis chooses them. Tests compare proportions with one added to each
 * count; 90 % one-sided.
 */
import { type Count, countAll, countOf, subtract, type Tally } from './tally.ts';

export const significantAt90 = 1.2816;
const mostShown = 5;

export interface Representative {
  readonly statement: number;
  readonly direction: 'agree' | 'disagree';
  /** Votes of this group in that direction, of all its votes on the statement. */
  readonly successes: number;
  readonly trials: number;
  /** The same for everybody outside the group. */
  readonly othersSuccesses: number;
  readonly othersTrials: number;
  /** Probability of a vote in that direction in the group, (successes + 1) / (trials + 2), and its test against one half. */
  readonly probability: number;
  readonly probabilityTest: number;
  /** How many times likelier in the group than among the others, and the test of the difference. */
  readonly ratio: number;
  readonly ratioTest: number;
  /** The statement that the group agrees with most characteristically; it is listed first. */
  readonly isBestAgree: boolean;
}

export interface MajorityStatement {
  readonly statement: number;
  readonly successes: number;
  readonly trials: number;
  readonly probability: number;
  readonly probabilityTest: number;
}

interface Side {
  readonly successes: number;
  readonly othersSuccesses: number;
  readonly probability: number;
  readonly probabilityTest: number;
  readonly ratio: number;
  readonly ratioTest: number;
}

interface Compared {
  readonly statement: number;
  readonly trials: number;
  readonly othersTrials: number;
  readonly agree: Side;
  readonly disagree: Side;
}

/** Is the proportion above one half? */
export function testProportion(successes: number, trials: number): number {
  return 2 * Math.sqrt(trials + 1) * ((successes + 1) / (trials + 1) - 0.5);
}

/** Is the first proportion above the second? */
export function testTwoProportions(s1: number, n1: number, s2: number, n2: number): number {
  const pooled = (s1 + s2 + 2) / (n1 + n2 + 2);
  if (pooled === 1) return 0;
  const difference = (s1 + 1) / (n1 + 1) - (s2 + 1) / (n2 + 1);
  return difference / Math.sqrt(pooled * (1 - pooled) * (1 / (n1 + 1) + 1 / (n2 + 1)));
}

/** One statement, seen from one group. */
export interface Contrast {
  readonly statement: number;
  readonly inside: Count;
  readonly outside: Count;
}

/** The group against all other groups together. `isLeftOut` marks moderated statements. */
export function contrastGroup(tally: Tally, group: number, isLeftOut: Uint8Array): readonly Contrast[] {
  return Array.from({ length: tally.statements }, (_, statement) => statement)
    .filter((statement) => !isLeftOut[statement])
    .map((statement) => {
      const inside = countOf(tally, group, statement);
      return { statement, inside, outside: subtract(countAll(tally, statement), inside) };
    })
    .filter(({ inside, outside }) => inside.seen + outside.seen > 0);
}

/**
 * As Polis chooses. It always names something: where no statement is significant, the best it has, and first the one that looked best among
 * agreements while it went through them, which need not be significant either.
 */
export function findRepresentative(contrasts: readonly Contrast[]): readonly Representative[] {
  const sufficient: Representative[] = [];
  let best: Compared | undefined;
  let bestAgree: Compared | undefined;
  for (const { statement, inside, outside } of contrasts) {
    const compared = compare(statement, inside, outside);
    if (isSufficient(compared)) sufficient.push(describe(compared, false));
    if (best === undefined || strongest(compared) > strongest(best)) best = compared;
    if (isBetterAgree(compared, inside, bestAgree)) bestAgree = compared;
  }
  if (sufficient.length === 0) {
    if (bestAgree !== undefined) return [describe(bestAgree, true)];
    return best === undefined ? [] : [describe(best, false)];
  }
  const first = bestAgree === undefined ? [] : [describe(bestAgree, true)];
  return choose(
    first,
    sufficient.filter(({ statement }) => statement !== bestAgree?.statement),
  );
}

/** Only what is significant, against one half and against the others; perhaps nothing. */
export function findSignificant(contrasts: readonly Contrast[]): readonly Representative[] {
  const compared = contrasts.map(({ statement, inside, outside }) => compare(statement, inside, outside));
  return choose(
    [],
    compared.filter(isSufficient).map((each) => describe(each, false)),
  );
}

function choose(first: readonly Representative[], others: readonly Representative[]): readonly Representative[] {
  const chosen = [...first, ...[...others].sort((a, b) => weightOf(b) - weightOf(a))].slice(0, mostShown);
  return [
    ...chosen.filter(({ direction }) => direction === 'agree'),
    ...chosen.filter(({ direction }) => direction === 'disagree'),
  ];
}

export interface Majority {
  readonly agree: readonly MajorityStatement[];
  readonly disagree: readonly MajorityStatement[];
}

/** What more than half of all voters, in groups or not, agree or disagree with, significantly; the strongest first. */
export function findMajority(totals: readonly { readonly statement: number; readonly count: Count }[]): Majority {
  const side = (successesOf: (count: Count) => number): readonly MajorityStatement[] =>
    totals
      .map(({ statement, count }): MajorityStatement => {
        const successes = successesOf(count);
        return {
          statement,
          successes,
          trials: count.seen,
          probability: (successes + 1) / (count.seen + 2),
          probabilityTest: testProportion(successes, count.seen),
        };
      })
      .filter(({ probability, probabilityTest }) => probability > 0.5 && probabilityTest > significantAt90)
      .sort((a, b) => b.probability * b.probabilityTest - a.probability * a.probabilityTest)
      .slice(0, mostShown);
  return { agree: side(({ agrees }) => agrees), disagree: side(({ disagrees }) => disagrees) };
}

function compare(statement: number, inside: Count, outside: Count): Compared {
  const side = (successes: number, others: number): Side => {
    const probability = (successes + 1) / (inside.seen + 2);
    return {
      successes,
      othersSuccesses: others,
      probability,
      probabilityTest: testProportion(successes, inside.seen),
      ratio: probability / ((others + 1) / (outside.seen + 2)),
      ratioTest: testTwoProportions(successes, inside.seen, others, outside.seen),
    };
  };
  return {
    statement,
    trials: inside.seen,
    othersTrials: outside.seen,
    agree: side(inside.agrees, outside.agrees),
    disagree: side(inside.disagrees, outside.disagrees),
  };
}

function isSufficient({ agree, disagree }: Compared): boolean {
  return [agree, disagree].some(
    ({ ratioTest, probabilityTest }) => ratioTest > significantAt90 && probabilityTest > significantAt90,
  );
}

function strongest({ agree, disagree }: Compared): number {
  return Math.max(agree.ratioTest, disagree.ratioTest);
}

function isBetterAgree({ agree }: Compared, inside: Count, best: Compared | undefined): boolean {
  if (inside.agrees === 0 && inside.disagrees === 0) return false;
  if (best === undefined)
    return agree.probabilityTest > significantAt90 || (agree.ratio > 1 && agree.probability > 0.5);
  const byProbability = (side: Side): number => side.probability * side.probabilityTest;
  const byRatio = (side: Side): number => side.ratio * side.ratioTest * byProbability(side);
  return best.agree.ratio > 1 ? byRatio(agree) > byRatio(best.agree) : byProbability(agree) > byProbability(best.agree);
}

function describe(compared: Compared, isBestAgree: boolean): Representative {
  const { statement, trials, othersTrials, agree, disagree } = compared;
  const direction = agree.ratioTest > disagree.ratioTest ? 'agree' : 'disagree';
  return { statement, direction, trials, othersTrials, isBestAgree, ...(direction === 'agree' ? agree : disagree) };
}

function weightOf({ ratio, ratioTest, probability, probabilityTest }: Representative): number {
  return ratio * ratioTest * probability * probabilityTest;
}

/**
 * The simulation design of Noufaily et al. 2013 (Stat Med 32:1206-1222): 42 weekly scenarios of 624 weeks, seven levels of
 * frequency and overdispersion, each with and without trend and with no, one or two waves a year. Weeks 1-312 are for
 * training, 313-575 hold four past outbreaks, the last 49 one current outbreak.
 *
 * The parameters are those of public re-implementations; the table of the paper itself could not be read. Not confirmed
 * there either: that an outbreak is redrawn until it has two cases, and that its size is measured by the theoretical
 * standard deviation.
 */
import {
  createRandom,
  drawIndex,
  drawNegativeBinomial,
  drawNormal,
  drawPoisson,
  type Random,
  splitSeed,
} from '../random.ts';

export interface Scenario {
  /** 1 to 42. */
  readonly number: number;
  readonly theta: number;
  readonly beta: number;
  readonly gamma1: number;
  readonly gamma2: number;
  readonly phi: number;
  /** Waves a year. */
  readonly waves: 0 | 1 | 2;
}

/** Positions count from 0; the end belongs to the outbreak. */
export interface Outbreak {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  /** Size in standard deviations of the week it starts in. */
  readonly k: number;
}

export interface SimulatedSeries {
  readonly scenario: number;
  readonly replicate: number;
  readonly counts: readonly number[];
  readonly countsWithoutCurrent: readonly number[];
  readonly current: Outbreak;
}

export const SIMULATED_WEEKS = 624;
export const FIRST_CURRENT_WEEK = 575;
const FIRST_PAST_OUTBREAK_WEEK = 312;
const PAST_OUTBREAKS = 4;
const PAST_SIZES = [2, 3, 5, 10] as const;
const LARGEST_CURRENT_SIZE = 10;
const WEEKS_PER_YEAR = 52;

const LEVELS = [
  { theta: 0.1, beta: 0.0025, gamma1: 0.6, gamma2: 0.6, phi: 1.5 },
  { theta: -2, beta: 0.005, gamma1: 0.1, gamma2: 0.3, phi: 2 },
  { theta: 1.5, beta: 0.003, gamma1: 0.2, gamma2: -0.4, phi: 1 },
  { theta: 0.5, beta: 0.002, gamma1: 0.5, gamma2: 0.5, phi: 5 },
  { theta: 2.5, beta: 0.001, gamma1: 1, gamma2: 0.1, phi: 3 },
  { theta: 3.75, beta: 0.001, gamma1: 0.1, gamma2: -0.1, phi: 1.1 },
  { theta: 5, beta: 0.0001, gamma1: 0.05, gamma2: 0.01, phi: 1.2 },
] as const;

export const scenarios: readonly Scenario[] = LEVELS.flatMap((level, l) =>
  [false, true].flatMap((trend, j) =>
    ([0, 1, 2] as const).map((waves): Scenario => ({
      ...level,
      beta: trend ? level.beta : 0,
      waves,
      number: 6 * l + 3 * j + waves + 1,
    })),
  ),
);

export function scenarioMean(scenario: Scenario, week: number): number {
  const t = week + 1;
  let link = scenario.theta + scenario.beta * t;
  for (let j = 1; j <= scenario.waves; j++) {
    const angle = (2 * Math.PI * j * t) / WEEKS_PER_YEAR;
    link += scenario.gamma1 * Math.cos(angle) + scenario.gamma2 * Math.sin(angle);
  }
  return Math.exp(link);
}

export function simulateScenario(scenario: Scenario, replicate: number, seed: number): SimulatedSeries {
  const random = createRandom(splitSeed(splitSeed(seed, scenario.number), replicate));
  const counts = Array.from({ length: SIMULATED_WEEKS }, (_, week) =>
    drawNegativeBinomial(random, scenarioMean(scenario, week), scenario.phi),
  );
  const spread = (week: number): number => Math.sqrt(scenario.phi * scenarioMean(scenario, week));
  for (const start of drawDistinct(random, PAST_OUTBREAKS, FIRST_CURRENT_WEEK - FIRST_PAST_OUTBREAK_WEEK)) {
    const week = FIRST_PAST_OUTBREAK_WEEK + start;
    const k = PAST_SIZES[drawIndex(random, PAST_SIZES.length)]!;
    addOutbreak(counts, drawOutbreak(random, week, k * spread(week), SIMULATED_WEEKS));
  }
  const countsWithoutCurrent = [...counts];
  const k = 1 + drawIndex(random, LARGEST_CURRENT_SIZE);
  const start = FIRST_CURRENT_WEEK + drawIndex(random, SIMULATED_WEEKS - FIRST_CURRENT_WEEK);
  const cases = drawOutbreak(random, start, k * spread(start), SIMULATED_WEEKS);
  addOutbreak(counts, cases);
  return {
    scenario: scenario.number,
    replicate,
    counts,
    countsWithoutCurrent,
    current: { start, end: Math.max(start, ...cases), size: cases.length, k },
  };
}

/**
 * Periods of the cases of one outbreak: about `meanSize` of them, at least two, log-normally delayed after the start (half of
 * them in its first period). Cases after the end of the series do not show.
 */
export function drawOutbreak(random: Random, start: number, meanSize: number, length: number): number[] {
  let size = 0;
  // Small means would make two cases a long wait.
  const mean = Math.max(meanSize, 0.05);
  while (size < 2) size = drawPoisson(random, mean);
  return Array.from({ length: size }, () => start + Math.floor(Math.exp(0.5 * drawNormal(random)))).filter(
    (period) => period < length,
  );
}

export function addOutbreak(counts: number[], cases: readonly number[]): void {
  for (const period of cases) counts[period] = (counts[period] ?? 0) + 1;
}

function drawDistinct(random: Random, count: number, limit: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(drawIndex(random, limit));
  return [...drawn];
}

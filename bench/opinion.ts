/**
 * Opinion groups of 10,000 people and 1,000 statements: everything computed anew by both engines, and one vote taken up, on one core.
 * Beside it, in the same run and on the same votes, what is written straightforwardly: a full matrix with every missing vote filled in.
 */
import { analyseCompat } from '@reciproca/opinion/compat';
import { publish } from '@reciproca/opinion/publication';
import { createRandom, drawNormal } from '@reciproca/opinion/random';
import { analyseRobust } from '@reciproca/opinion/robust';
import { OpinionTracker } from '@reciproca/opinion/tracker';
import { collectVotes, type Vote, type VoteMatrix } from '@reciproca/opinion/vote-matrix';

const PEOPLE = 10_000;
const STATEMENTS = 1000;
const GROUPS = 3;
const VOTES_PER_PERSON = 100;
const UPDATES = 30;

export interface OpinionResult {
  readonly name: string;
  readonly wallMs: number;
  /** What one core worked; on a busy machine the wall clock also counts the others' work. */
  readonly cpuMs: number;
  readonly [detail: string]: unknown;
}

export async function benchOpinion(): Promise<readonly OpinionResult[]> {
  const matrix = simulate();
  const isLeftOut = new Uint8Array(STATEMENTS);
  const votes = matrix.columns.length;
  const robust = measure(3, () => analyseRobust({ matrix, isLeftOut }));
  const compat = measure(3, () => analyseCompat({ matrix, isZeroed: isLeftOut }));
  const dense = measure(1, () => analyseDensely(matrix));
  const difference = largestDifference(dense.answer, compat.answer.components.directions);
  const robustGroups = robust.answer.groups.map(({ size }) => size);
  return [
    { name: 'opinion-robust', ...robust.times, votes, groups: robustGroups, ratioToDense: ratio(dense, robust) },
    { name: 'opinion-compat', ...compat.times, votes, ratioToDense: ratio(dense, compat) },
    { name: 'opinion-dense', ...dense.times, what: 'components and places only', largestDifference: difference },
    ...benchUpdates(matrix),
  ];
}

/** Three groups with opinions of their own; people differ in how much they vote. */
function simulate(): VoteMatrix {
  const random = createRandom(7);
  const draw = (spread: number): number[] => Array.from({ length: STATEMENTS }, () => drawNormal(random) * spread);
  const profiles = Array.from({ length: GROUPS }, () => draw(0.6));
  const common = draw(0.5);
  const rows = function* (): Generator<{ participant: string; statement: string; vote: Vote }> {
    for (let who = 0; who < PEOPLE; who++) {
      const share = (2 * VOTES_PER_PERSON * random()) / STATEMENTS;
      for (let what = 0; what < STATEMENTS; what++) {
        if (random() >= share) continue;
        const opinion = profiles[who % GROUPS]![what]! + common[what]! + drawNormal(random);
        yield {
          participant: String(who),
          statement: String(what),
          vote: opinion > 0.3 ? 1 : opinion < -0.3 ? -1 : 0,
        };
      }
    }
  };
  return collectVotes(rows());
}

function benchUpdates(matrix: VoteMatrix): readonly OpinionResult[] {
  const tracker = new OpinionTracker({ matrix });
  tracker.measure();
  const votes: readonly Vote[] = [1, -1, 0];
  let round = 0;
  const next = (): void => {
    round++;
    const [participant, statement] = [String((round * 3701) % PEOPLE), String((round * 91) % STATEMENTS)];
    tracker.vote({ participant, statement, vote: votes[round % 3]! });
  };
  const places = measure(UPDATES, () => {
    next();
    return tracker.analyse();
  });
  const tables = measure(UPDATES, () => {
    next();
    const analysis = tracker.analyse();
    return publish({ matrix: tracker.matrix, isLeftOut: tracker.isLeftOut, analysis });
  });
  const anew = analyseRobust({ matrix: tracker.matrix, isLeftOut: tracker.isLeftOut });
  const { groupOf } = tracker.analyse();
  return [
    {
      name: 'opinion-update',
      ...places.times,
      what: 'one vote: components, places, groups',
      differentFromAnew: anew.groupOf.filter((group, row) => group !== groupOf[row]).length,
    },
    { name: 'opinion-update-published', ...tables.times, what: 'the same, and all counts, consensus and priorities' },
  ];
}

/** The first two components by power iteration over the full matrix, and everybody's place. */
function analyseDensely(matrix: VoteMatrix): readonly Float64Array[] {
  const cells = new Float64Array(PEOPLE * STATEMENTS).fill(Number.NaN);
  for (let row = 0; row < PEOPLE; row++)
    for (let at = matrix.rowStarts[row]!; at < matrix.rowStarts[row + 1]!; at++)
      cells[row * STATEMENTS + matrix.columns[at]!] = matrix.votes[at]!;
  for (let column = 0; column < STATEMENTS; column++) {
    let [sum, count] = [0, 0];
    for (let row = 0; row < PEOPLE; row++) {
      const cell = cells[row * STATEMENTS + column]!;
      if (Number.isNaN(cell)) continue;
      sum += cell;
      count++;
    }
    const mean = count === 0 ? 0 : sum / count;
    for (let row = 0; row < PEOPLE; row++) {
      const at = row * STATEMENTS + column;
      cells[at] = Number.isNaN(cells[at]) ? 0 : cells[at]! - mean;
    }
  }
  const directions: Float64Array[] = [];
  const places = new Float64Array(PEOPLE);
  for (let component = 0; component < 2; component++) {
    const random = createRandom(component);
    let direction = Float64Array.from({ length: STATEMENTS }, () => random());
    for (let iteration = 0; iteration < 100; iteration++) {
      const next = new Float64Array(STATEMENTS);
      for (const known of directions) removeAlong(direction, known);
      for (let row = 0; row < PEOPLE; row++) {
        let place = 0;
        for (let column = 0; column < STATEMENTS; column++)
          place += cells[row * STATEMENTS + column]! * direction[column]!;
        places[row] = place;
        for (let column = 0; column < STATEMENTS; column++) next[column]! += place * cells[row * STATEMENTS + column]!;
      }
      for (const known of directions) removeAlong(next, known);
      const length = Math.sqrt(next.reduce((sum, part) => sum + part * part, 0));
      direction = next.map((part) => part / length);
    }
    directions.push(direction);
  }
  return directions;
}

function removeAlong(vector: Float64Array, direction: Float64Array): void {
  const along = vector.reduce((sum, part, at) => sum + part * direction[at]!, 0);
  for (let at = 0; at < vector.length; at++) vector[at]! -= along * direction[at]!;
}

/** Up to the sign of each direction. */
function largestDifference(ours: readonly Float64Array[], theirs: readonly Float64Array[]): number {
  let largest = 0;
  for (const [at, direction] of ours.entries()) {
    const sign = Math.sign(direction.reduce((sum, part, place) => sum + part * theirs[at]![place]!, 0));
    for (const [place, part] of direction.entries())
      largest = Math.max(largest, Math.abs(part - sign * theirs[at]![place]!));
  }
  return largest;
}

interface Measured<T> {
  readonly answer: T;
  readonly times: { readonly wallMs: number; readonly cpuMs: number; readonly rounds: number };
}

/** Medians; one round before them warms the compiler up where there are several. */
function measure<T>(rounds: number, work: () => T): Measured<T> {
  let answer = rounds > 1 ? work() : undefined;
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const started = performance.now();
    answer = work();
    wall.push(performance.now() - started);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  const median = (values: number[]): number => Number(values.sort((a, b) => a - b)[values.length >> 1]!.toFixed(1));
  return { answer: answer as T, times: { wallMs: median(wall), cpuMs: median(cpu), rounds } };
}

function ratio(slow: Measured<unknown>, fast: Measured<unknown>): number {
  return Number((slow.times.cpuMs / fast.times.cpuMs).toFixed(1));
}

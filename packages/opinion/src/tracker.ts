/**
 * The robust engine for a conversation in progress: takes up one vote and answers as if everything had been computed again, but for the
 * stability, which belongs to the conversation and not to one vote. `measure` measures it again; do so now and then, as when the votes
 * have grown by a twentieth.
 *
 * Above `mostStatements` the sums would take too much memory, and the directions are found from the votes each time.
 */
import { type RobustAnalysis, decide, partition } from './robust.ts';
import { chooseGrouped, type Partition } from './robust-groups.ts';
import { fitPlane, type RobustPlane } from './robust-plane.ts';
import { findMeans } from './sparse-rows.ts';
import { measureStability, type StabilityReport } from './stability.ts';
import { placeVote, type VoteMatrix, type VoteRow } from './vote-matrix.ts';
import { listVotes, WeightedGram } from './weighted-gram.ts';

const mostStatements = 2000;

export interface TrackerInput {
  readonly matrix: VoteMatrix;
  /** Ids of moderated-out and meta statements. */
  readonly leftOut?: ReadonlySet<string>;
  readonly seed?: number;
}

interface State {
  readonly plane: RobustPlane;
  readonly grouped: Int32Array;
  readonly partitions: readonly Partition[];
}

export class OpinionTracker {
  readonly #leftOut: ReadonlySet<string>;
  readonly #seed: number;
  #matrix: VoteMatrix;
  #isLeftOut: Uint8Array;
  #means: Float64Array;
  #sums: Float64Array;
  #counts: Float64Array;
  #gram: WeightedGram | undefined;
  #state: State | undefined;
  /** The last one, from whose directions the next is found. */
  #plane: RobustPlane | undefined;
  #stability: StabilityReport | undefined;

  constructor({ matrix, leftOut = new Set(), seed = 1 }: TrackerInput) {
    this.#leftOut = leftOut;
    this.#seed = seed;
    this.#matrix = matrix;
    this.#isLeftOut = new Uint8Array();
    this.#means = this.#sums = this.#counts = new Float64Array();
    this.#rebuild();
  }

  get matrix(): VoteMatrix {
    return this.#matrix;
  }

  get isLeftOut(): Uint8Array {
    return this.#isLeftOut;
  }

  /** The last vote of a person on a statement; it replaces an earlier one. */
  vote(row: VoteRow): void {
    const { matrix, person, column, before, isNewStatement } = placeVote(this.#matrix, row);
    const isNewPerson = matrix.participants.length > this.#matrix.participants.length;
    const old = isNewStatement || isNewPerson ? undefined : listVotes(this.#matrix, person, this.#isLeftOut);
    this.#matrix = matrix;
    this.#state = undefined;
    if (isNewStatement) return this.#rebuild();
    if (this.#isLeftOut[column]) return;
    this.#sums[column]! += row.vote - (before ?? 0);
    if (before === undefined) this.#counts[column]!++;
    this.#means[column] = this.#sums[column]! / this.#counts[column]!;
    if (this.#gram === undefined) return;
    const now = listVotes(matrix, person, this.#isLeftOut);
    if (old !== undefined && old.columns.length > 0) this.#gram.addPerson(old, -1 / old.columns.length);
    this.#gram.addPerson(now, 1 / now.columns.length);
    this.#gram.refresh(this.#means, now.columns);
  }

  /** With the stability as it was measured last. */
  analyse(): RobustAnalysis {
    const { plane, grouped, partitions } = this.#find();
    return decide(plane, grouped, partitions, this.#stability ?? this.#measure());
  }

  /** Measures the stability as well. */
  measure(): RobustAnalysis {
    this.#rebuild();
    this.#measure();
    return this.analyse();
  }

  #measure(): StabilityReport {
    this.#stability = measureStability({
      matrix: this.#matrix,
      isLeftOut: this.#isLeftOut,
      seed: this.#seed,
      ...this.#find(),
    });
    return this.#stability;
  }

  #find(): State {
    if (this.#state !== undefined) return this.#state;
    const starts = this.#plane?.directions[0].length === this.#means.length ? this.#plane.directions : [];
    const gram = this.#gram;
    const plane = fitPlane(
      this.#matrix,
      this.#isLeftOut,
      starts,
      this.#means.slice(),
      gram && ((vector) => gram.multiply(vector)),
    );
    this.#plane = plane;
    const grouped = chooseGrouped(plane, this.#isLeftOut);
    this.#state = { plane, grouped, partitions: partition(plane, grouped, this.#seed) };
    return this.#state;
  }

  /** Also clears what rounding has left in the sums. */
  #rebuild(): void {
    const { statements, columns, votes } = this.#matrix;
    this.#isLeftOut = Uint8Array.from(statements, (id) => (this.#leftOut.has(id) ? 1 : 0));
    this.#means = findMeans(this.#matrix, this.#isLeftOut);
    this.#sums = new Float64Array(statements.length);
    this.#counts = new Float64Array(statements.length);
    for (let at = 0; at < columns.length; at++) {
      this.#sums[columns[at]!]! += votes[at]!;
      this.#counts[columns[at]!]!++;
    }
    this.#state = undefined;
    this.#gram =
      statements.length > mostStatements ? undefined : new WeightedGram(this.#matrix, this.#isLeftOut, this.#means);
  }
}

import { findFounders } from './compat-founders.ts';
import { type Limits, defaultLimits } from './limits.ts';
import { OpinionError } from './opinion-error.ts';

/** 1 agree, 0 pass, -1 disagree, as in the files that Polis exports. (Its database has the opposite sign.) */
export type Vote = 1 | 0 | -1;

/**
 * Who voted how on what, one vote a pair. Compressed rows: the votes of participant p lie at rowStarts[p] to below rowStarts[p + 1],
 * in the order of their statements. Participants and statements are sorted by id, so that nothing but `arrival` depends
 * on the order in which votes were given or written down.
 */
export interface VoteMatrix {
  readonly participants: readonly string[];
  readonly statements: readonly string[];
  readonly rowStarts: Int32Array;
  readonly columns: Int32Array;
  readonly votes: Int8Array;
  /** Participants in the order in which they first appeared. Only the compat engine depends on it, because Polis does. */
  readonly arrival: Int32Array;
  /** Participants who are in the compat engine's groups for good, see compat-founders.ts. */
  readonly founders: Int32Array;
}

export interface VoteRow {
  readonly participant: string;
  readonly statement: string;
  readonly vote: Vote;
  /** Any increasing measure. Without it the order of the rows decides. */
  readonly time?: number;
}

/** Numbers by their value and before words; words by their code units. The same on every machine, whatever its language. */
export function compareIds(a: string, b: string): number {
  const isNumberA = /^\d+$/.test(a);
  if (isNumberA !== /^\d+$/.test(b)) return isNumberA ? -1 : 1;
  if (isNumberA && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Takes up votes one by one. Of several votes of a person on one statement the last counts; of two at the same time the later row. */
export class VoteCollector {
  readonly #limits: Limits;
  readonly #participants = new Map<string, number>();
  readonly #statements = new Map<string, number>();
  #size = 0;
  #rows = new Int32Array(1024);
  #columns = new Int32Array(1024);
  #votes = new Int8Array(1024);
  #times = new Float64Array(1024);

  constructor(limits: Limits = defaultLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  add({ participant, statement, vote, time = 0 }: VoteRow): void {
    if (this.#size === this.#limits.votes)
      throw new OpinionError(
        'too-many-votes',
        `there are more than ${this.#limits.votes} votes; split the conversation`,
      );
    if (this.#size === this.#rows.length) this.#grow();
    this.#rows[this.#size] = numberOf(this.#participants, participant, this.#limits.participants, 'participants');
    this.#columns[this.#size] = numberOf(this.#statements, statement, this.#limits.statements, 'statements');
    this.#votes[this.#size] = vote;
    this.#times[this.#size] = time;
    this.#size++;
  }

  /** Statements that nobody has voted on become empty columns. */
  addStatement(statement: string): void {
    numberOf(this.#statements, statement, this.#limits.statements, 'statements');
  }

  finish(): VoteMatrix {
    const participants = sortIds(this.#participants);
    const statements = sortIds(this.#statements);
    const order = this.#orderByParticipant(participants.place);
    const rowStarts = new Int32Array(participants.ids.length + 1);
    const columns = new Int32Array(this.#size);
    const votes = new Int8Array(this.#size);
    const kept = new Map<number, number>();
    let size = 0;
    let at = 0;
    for (let p = 0; p < participants.ids.length; p++) {
      kept.clear();
      for (; at < order.length; at++) {
        const entry = order[at]!;
        const row = participants.place[this.#rows[entry]!];
        if (row !== p) break;
        const column = statements.place[this.#columns[entry]!]!;
        const before = kept.get(column);
        if (before === undefined || this.#times[entry]! >= this.#times[before]!) kept.set(column, entry);
      }
      for (const [column, entry] of [...kept].sort(([a], [b]) => a - b)) {
        columns[size] = column;
        votes[size] = this.#votes[entry]!;
        size++;
      }
      rowStarts[p + 1] = size;
    }
    return {
      participants: participants.ids,
      statements: statements.ids,
      rowStarts,
      columns: columns.slice(0, size),
      votes: votes.slice(0, size),
      arrival: participants.place,
      founders: findFounders({
        size: this.#size,
        rows: this.#rows.subarray(0, this.#size).map((number) => participants.place[number]!),
        columns: this.#columns,
        times: this.#times,
      }),
    };
  }

  /** Counting sort, which keeps the order of each person's votes. */
  #orderByParticipant(place: Int32Array): Int32Array {
    const starts = new Int32Array(place.length + 1);
    for (let i = 0; i < this.#size; i++) starts[place[this.#rows[i]!]! + 1]!++;
    for (let p = 0; p < place.length; p++) starts[p + 1]! += starts[p]!;
    const order = new Int32Array(this.#size);
    for (let i = 0; i < this.#size; i++) order[starts[place[this.#rows[i]!]!]!++] = i;
    return order;
  }

  #grow(): void {
    const length = this.#size * 2;
    this.#rows = grown(new Int32Array(length), this.#rows);
    this.#columns = grown(new Int32Array(length), this.#columns);
    this.#votes = grown(new Int8Array(length), this.#votes);
    this.#times = grown(new Float64Array(length), this.#times);
  }
}

export function collectVotes(rows: Iterable<VoteRow>, limits: Limits = defaultLimits): VoteMatrix {
  const collector = new VoteCollector(limits);
  for (const row of rows) collector.add(row);
  return collector.finish();
}

/** How many statements each participant voted on, passes included. */
export function countVotes({ participants, rowStarts }: VoteMatrix): Int32Array {
  return Int32Array.from(participants, (_, p) => rowStarts[p + 1]! - rowStarts[p]!);
}

/** True for each statement that somebody voted on. */
export function findVotedOn({ statements, columns }: VoteMatrix): Uint8Array {
  const isVotedOn = new Uint8Array(statements.length);
  for (const column of columns) isVotedOn[column] = 1;
  return isVotedOn;
}

function grown<T extends Int8Array | Int32Array | Float64Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}

function numberOf(
  numbers: Map<string, number>,
  id: string,
  limit: number,
  what: 'participants' | 'statements',
): number {
  const known = numbers.get(id);
  if (known !== undefined) return known;
  if (numbers.size === limit)
    throw new OpinionError(
      what === 'participants' ? 'too-many-participants' : 'too-many-statements',
      `there are more than ${limit} ${what}; split the conversation`,
    );
  numbers.set(id, numbers.size);
  return numbers.size - 1;
}

/** `place[n]` is where the n-th id to arrive stands among the sorted ones. */
function sortIds(numbers: ReadonlyMap<string, number>): {
  readonly ids: readonly string[];
  readonly place: Int32Array;
} {
  const ids = [...numbers.keys()].sort(compareIds);
  const place = new Int32Array(ids.length);
  for (const [at, id] of ids.entries()) place[numbers.get(id)!] = at;
  return { ids, place };
}

/** Some of the participants, ascending; all statements. */
export function takeRows(matrix: VoteMatrix, rows: Int32Array): VoteMatrix {
  const rowStarts = new Int32Array(rows.length + 1);
  for (const [at, row] of rows.entries())
    rowStarts[at + 1] = rowStarts[at]! + matrix.rowStarts[row + 1]! - matrix.rowStarts[row]!;
  const columns = new Int32Array(rowStarts[rows.length]!);
  const votes = new Int8Array(columns.length);
  for (const [at, row] of rows.entries()) {
    columns.set(matrix.columns.subarray(matrix.rowStarts[row], matrix.rowStarts[row + 1]), rowStarts[at]);
    votes.set(matrix.votes.subarray(matrix.rowStarts[row], matrix.rowStarts[row + 1]), rowStarts[at]);
  }
  return {
    participants: Array.from(rows, (row) => matrix.participants[row]!),
    statements: matrix.statements,
    rowStarts,
    columns,
    votes,
    arrival: rows.map((_, at) => at),
    founders: rows.map((row, at) => (matrix.founders.includes(row) ? at : -1)).filter((at) => at >= 0),
  };
}

export interface PlacedVote {
  readonly matrix: VoteMatrix;
  readonly person: number;
  readonly column: number;
  /** The vote that was replaced. */
  readonly before: number | undefined;
  readonly isNewStatement: boolean;
}

/** The matrix with one vote more, or one vote changed. Shares nothing that changes with the old one. */
export function placeVote(matrix: VoteMatrix, { participant, statement, vote }: VoteRow): PlacedVote {
  const [person, isNewPerson] = findPlace(matrix.participants, participant);
  const [column, isNewStatement] = findPlace(matrix.statements, statement);
  const start = matrix.rowStarts[person]!;
  const end = isNewPerson ? start : matrix.rowStarts[person + 1]!;
  const moved = isNewStatement ? matrix.columns.map((each) => (each >= column ? each + 1 : each)) : matrix.columns;
  let at = start;
  while (at < end && moved[at]! < column) at++;
  const before = at < end && moved[at] === column ? matrix.votes[at]! : undefined;
  const isNew = before === undefined;
  const columns = isNew ? insert(new Int32Array(moved.length + 1), moved, at, column) : moved;
  const votes = isNew ? insert(new Int8Array(moved.length + 1), matrix.votes, at, vote) : matrix.votes.slice();
  if (!isNew) votes[at] = vote;
  const starts = isNewPerson
    ? insert(new Int32Array(matrix.rowStarts.length + 1), matrix.rowStarts, person, start)
    : matrix.rowStarts.slice();
  if (isNew) for (let row = person + 1; row < starts.length; row++) starts[row]!++;
  const moveRow = (row: number): number => (isNewPerson && row >= person ? row + 1 : row);
  const arrival = isNewPerson
    ? insert(new Int32Array(matrix.arrival.length + 1), matrix.arrival.map(moveRow), matrix.arrival.length, person)
    : matrix.arrival;
  return {
    matrix: {
      participants: isNewPerson ? matrix.participants.toSpliced(person, 0, participant) : matrix.participants,
      statements: isNewStatement ? matrix.statements.toSpliced(column, 0, statement) : matrix.statements,
      rowStarts: starts,
      columns,
      votes,
      arrival,
      founders: matrix.founders.map(moveRow),
    },
    person,
    column,
    before,
    isNewStatement,
  };
}

/** Where the id stands among the sorted ones, or would. */
function findPlace(ids: readonly string[], id: string): readonly [place: number, isNew: boolean] {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds(ids[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return [low, ids[low] !== id];
}

function insert<T extends Int8Array | Int32Array>(longer: T, values: T, at: number, value: number): T {
  longer.set(values.subarray(0, at));
  longer[at] = value;
  longer.set(values.subarray(at), at + 1);
  return longer;
}

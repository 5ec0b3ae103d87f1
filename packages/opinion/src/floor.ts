/**
 * The privacy floor: which counts may leave, so that nothing about a group of fewer than five people can be computed from them.
 *
 * For one statement the people who voted on it are divided, once by each breakdown (by votes, constituency, region, income). A count is
 * open when at least five voted. The others of a breakdown are together its pool, and because the total is known, so is the pool: it must
 * hold nobody, or at least five people who did not all vote alike while all together did not. Where it does not, the smallest open count
 * is closed too. So everything that one breakdown gives away is a sum over five people or more.
 *
 * Several breakdowns laid on top of each other can still give away what each hides (a constituency that is, but for two people, a region).
 * Therefore all open counts are combined linearly, and counts are closed until no closed group, no crossing of groups and no sum in the
 * reduced basis has fewer than five people.
 *
 * Not covered: guessing by bounds and probabilities, what attackers know from elsewhere, and two publications that differ by one vote:
 * do not publish after each vote.
 */
import { OpinionError } from './opinion-error.ts';
import { Span } from './span.ts';
import { type Count, countAll, countOf, type Tally, tallyVotes } from './tally.ts';
import type { VoteMatrix } from './vote-matrix.ts';

export const floorOfPeople = 5;

/** One way in which people are divided. */
export interface Breakdown {
  readonly kind: string;
  readonly groups: readonly string[];
  /** Group of each participant; -1 for who declared none. */
  readonly groupOf: Int32Array;
}

export interface OpenCounts {
  /** By group; undefined: withheld, or nobody voted. Which, and why, is not said. */
  readonly groups: readonly (Count | undefined)[];
  /** The groups withheld, together; undefined where there are none, or nobody in them belongs to a group. */
  readonly others: Count | undefined;
}

export interface OpenStatement {
  /** Undefined: fewer than five people voted. */
  readonly total: Count | undefined;
  /** By breakdown. */
  readonly breakdowns: readonly OpenCounts[];
}

/** Mutable while counts are closed. The last place is who belongs to no group. */
interface Draft {
  readonly breakdown: Breakdown;
  readonly counts: readonly Count[];
  readonly isOpen: boolean[];
}

const nobody: Count = { agrees: 0, disagrees: 0, seen: 0 };

/** All statements, in the order of the matrix. */
export function openStatements(
  matrix: VoteMatrix,
  breakdowns: readonly Breakdown[],
  minimum = floorOfPeople,
): readonly OpenStatement[] {
  const tallies = breakdowns.map(({ groups, groupOf }) => {
    const placeOfRow = groupOf.map((group) => (group < 0 ? groups.length : group));
    return tallyVotes(matrix, placeOfRow, groups.length + 1);
  });
  // Every breakdown has everybody in it; without any, all are one group.
  const everybody = tallies[0] ?? tallyVotes(matrix, new Int32Array(matrix.participants.length), 1);
  // Who voted is only needed to lay breakdowns on top of each other.
  const voters = breakdowns.length > 1 ? listVoters(matrix) : [];
  return matrix.statements.map((_, statement) => {
    const countsOf = (tally: Tally): Count[] =>
      Array.from({ length: tally.groups }, (_, group) => countOf(tally, group, statement));
    const total = countAll(everybody, statement);
    return openCounts(total, tallies.map(countsOf), breakdowns, voters[statement], minimum);
  });
}

/** How many people each group has, under the same rules. */
export function openSizes(
  participants: number,
  breakdowns: readonly Breakdown[],
  minimum = floorOfPeople,
): readonly (readonly (number | undefined)[])[] {
  const all = Int32Array.from({ length: participants }, (_, row) => row);
  const counts = breakdowns.map((breakdown) => {
    const sizes = Array.from({ length: breakdown.groups.length + 1 }, () => 0);
    for (const row of all) sizes[placeOf(breakdown, row)]!++;
    return sizes.map((seen) => ({ ...nobody, seen }));
  });
  const { breakdowns: open } = openCounts({ ...nobody, seen: participants }, counts, breakdowns, all, minimum);
  return open.map(({ groups }) => groups.map((count) => count?.seen));
}

function openCounts(
  total: Count,
  counts: readonly (readonly Count[])[],
  breakdowns: readonly Breakdown[],
  voters: Int32Array | undefined,
  minimum: number,
): OpenStatement {
  if (minimum < floorOfPeople) throw new OpinionError('minimum-too-small', `the floor is ${floorOfPeople} people`);
  if (total.seen < minimum)
    return {
      total: total.seen === 0 ? nobody : undefined,
      breakdowns: breakdowns.map(({ groups }) => ({ groups: groups.map(() => undefined), others: undefined })),
    };
  const drafts = breakdowns.map((breakdown, at): Draft => ({
    breakdown,
    counts: counts[at]!,
    isOpen: counts[at]!.map(({ seen }) => seen >= minimum),
  }));
  for (const each of drafts) closeUntilPoolHides(each, total, minimum);
  if (drafts.length > 1 && voters !== undefined) closeUntilNothingFollows(voters, drafts, total, minimum);
  return { total, breakdowns: drafts.map(finish) };
}

function listVoters({ statements, rowStarts, columns }: VoteMatrix): readonly Int32Array[] {
  const counts = new Int32Array(statements.length);
  for (const column of columns) counts[column]!++;
  const voters = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row + 1 < rowStarts.length; row++)
    for (let at = rowStarts[row]!; at < rowStarts[row + 1]!; at++) {
      const column = columns[at]!;
      voters[column]![counts[column]!++] = row;
    }
  return voters;
}

const placeOf = ({ groups, groupOf }: Breakdown, row: number): number =>
  groupOf[row]! < 0 ? groups.length : groupOf[row]!;

function poolOf({ counts, isOpen }: Draft): Count {
  return counts.reduce((pool, count, at) => (isOpen[at] ? pool : add(pool, count)), nobody);
}

function add(a: Count, b: Count): Count {
  return { agrees: a.agrees + b.agrees, disagrees: a.disagrees + b.disagrees, seen: a.seen + b.seen };
}

function isUniform({ agrees, disagrees, seen }: Count): boolean {
  return agrees === seen || disagrees === seen || agrees + disagrees === 0;
}

function closeUntilPoolHides(draft: Draft, total: Count, minimum: number): void {
  for (;;) {
    const pool = poolOf(draft);
    const isSafe = pool.seen === 0 || (pool.seen >= minimum && (isUniform(total) || !isUniform(pool)));
    if (isSafe || !closeSmallest(draft)) return;
  }
}

/** False when everything is closed already. */
function closeSmallest({ counts, isOpen }: Draft): boolean {
  let smallest = -1;
  for (const [at, { seen }] of counts.entries())
    if (isOpen[at] && (smallest < 0 || seen < counts[smallest]!.seen)) smallest = at;
  if (smallest < 0) return false;
  isOpen[smallest] = false;
  return true;
}

function closeUntilNothingFollows(voters: Int32Array, drafts: readonly Draft[], total: Count, minimum: number): void {
  const atoms = new Map<string, { readonly places: readonly number[]; people: number }>();
  for (const row of voters) {
    const places = drafts.map(({ breakdown }) => placeOf(breakdown, row));
    const known = atoms.get(places.join());
    if (known === undefined) atoms.set(places.join(), { places, people: 1 });
    else known.people++;
  }
  const list = [...atoms.values()];
  const marks = (at: number, place: number): readonly number[] =>
    list.map(({ places }) => (places[at] === place ? 1 : 0));
  for (;;) {
    const open = drafts.flatMap(({ isOpen }, at) => isOpen.flatMap((is, place) => (is ? [marks(at, place)] : [])));
    const span = new Span([list.map(() => 1), ...open]);
    const isSmall = span
      .listSupports()
      .some((support) => support.reduce((people, atom) => people + list[atom]!.people, 0) < minimum);
    const leaking = drafts.findIndex(({ counts, isOpen }, at) =>
      counts.some(({ seen }, place) => !isOpen[place] && seen > 0 && seen < minimum && span.has(marks(at, place))),
    );
    if (!isSmall && leaking < 0) return;
    const first = drafts[leaking];
    const widest = [...drafts].sort((a, b) => countOpen(b) - countOpen(a))[0]!;
    const closed = first !== undefined && closeSmallest(first) ? first : closeSmallest(widest) ? widest : undefined;
    if (closed === undefined) return;
    closeUntilPoolHides(closed, total, minimum);
  }
}

function countOpen({ isOpen }: Draft): number {
  return isOpen.filter(Boolean).length;
}

function finish(draft: Draft): OpenCounts {
  const { counts, isOpen } = draft;
  const groups = counts.slice(0, -1);
  const hidden = groups.filter((count, at) => !isOpen[at] && count.seen > 0);
  return {
    groups: groups.map((count, at) => (isOpen[at] ? count : undefined)),
    others: hidden.length === 0 ? undefined : poolOf(draft),
  };
}

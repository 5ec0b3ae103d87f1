/**
 * Complementary suppression: which counts must be withheld beside the small ones, so that nobody who holds everything that was ever given, to
 * whomever, can work a small one out.
 *
 * The reader reckoned with knows each count that was shown, which counts were withheld because they are small, and which to protect others; that counts
 * are whole and not negative; and what is made up of what. A small count is protected when what was shown leaves it the same range as the
 * rule alone: 1 to the minimum less one, unless signs and zeros around it already narrow that. A range of one value never protects. A count that has moved
 * by less than the minimum since its number was given is protected when it may, for all that was shown, still be that number: the difference
 * would be a small count. What is not reckoned with: probabilities, knowledge from elsewhere, and how this procedure chooses.
 */
import { boundsOf, type Range, type Sum } from './bounds.ts';
import { openSolver, OutOfPatience, type Solver } from './solver.ts';

/** As its owner knows it. Above zero and below `minimum` it is small. */
export interface Count {
  /** What it counts, in pieces that no other count cuts through: places and days, for instance. */
  readonly atoms: readonly string[];
  readonly value: number;
  readonly minimum: number;
}

export interface GivenCount extends Count {
  /** What was said of it: the number; that it is withheld; a number near which it still lies; or nothing. */
  readonly said: 'shown' | 'withheld' | 'nothing' | Near;
}

export interface Near extends Range {
  /** The number that was given. */
  readonly given: number;
}

export interface Protection {
  /** Of each count that is to be given next: may its number be shown? */
  readonly isShown: readonly boolean[];
  /** Even withholding would tell something, nothing is left to withhold, or it took too long to find out: it must not be given in any form. */
  readonly isBarred: readonly boolean[];
}

/** For some thousands of cells at usual sizes; whoever waits holds what others may want to release. */
const usualPatienceMs = 30_000;

export async function protect(
  given: readonly GivenCount[],
  next: readonly Count[],
  patienceMs = usualPatienceMs,
): Promise<Protection> {
  using solver = openSolver(patienceMs);
  const isShown = next.map(({ value, minimum }) => !isSmall(value, minimum));
  const isBarred = next.map(() => false);
  for (const items of connect(merge(given, next))) {
    const { withheld, isOpen } = await protectItems(solver, items);
    items.forEach((item, at) => {
      for (const position of item.next) {
        if (withheld.has(at)) isShown[position] = false;
        isBarred[position] = isOpen;
      }
    });
  }
  return { isShown, isBarred };
}

const isSmall = (value: number, minimum: number): boolean => value > 0 && value < minimum;

/** Everything that was said, or is to be said, of the same atoms. */
interface Item {
  readonly atoms: readonly string[];
  readonly value: number;
  /** The strictest under which it was ever given. */
  readonly minimum: number;
  /** The same, before what is to be given. */
  readonly minimumBefore: number;
  /** Somebody holds the number itself. */
  readonly isKnown: boolean;
  readonly isWithheld: boolean;
  readonly least: number;
  readonly most: number;
  /** The number that was given of it, from which it has moved a little. */
  readonly earlier: number | undefined;
  /** Positions among what is to be given. */
  readonly next: readonly number[];
}

function merge(given: readonly GivenCount[], next: readonly Count[]): Item[] {
  const items = new Map<string, Item>();
  const put = ({ atoms, value, minimum }: Count, more: Partial<Item>): void => {
    const unique = [...new Set(atoms)].toSorted();
    if (unique.length === 0) return;
    const key = unique.join('\n');
    const known = items.get(key);
    items.set(key, {
      atoms: unique,
      value,
      minimum: Math.max(minimum, known?.minimum ?? 1),
      minimumBefore: Math.max(more.next ? 1 : minimum, known?.minimumBefore ?? 1),
      isKnown: known?.isKnown === true || more.isKnown === true,
      isWithheld: known?.isWithheld === true || more.isWithheld === true,
      least: Math.max(known?.least ?? 0, more.least ?? 0),
      most: Math.min(known?.most ?? Infinity, more.most ?? Infinity),
      earlier: more.earlier ?? known?.earlier,
      next: [...(known?.next ?? []), ...(more.next ?? [])],
    });
  };
  for (const count of given) {
    const { said, value } = count;
    if (said === 'shown') put(count, { isKnown: true, least: value, most: value });
    else if (said === 'withheld') put(count, { isWithheld: true });
    else put(count, said === 'nothing' ? {} : { least: said.least, most: said.most, earlier: said.given });
  }
  next.forEach((count, position) => put(count, { next: [position] }));
  return [...items.values()];
}

/** Items that share atoms, directly or through others. */
function connect(items: readonly Item[]): Item[][] {
  const root = items.map((_, index) => index);
  const find = (index: number): number => {
    let at = index;
    while (root[at] !== at) {
      root[at] = root[root[at]!]!;
      at = root[at]!;
    }
    return at;
  };
  const firstWith = new Map<string, number>();
  items.forEach(({ atoms }, index) => {
    for (const atom of atoms) {
      const first = firstWith.get(atom);
      if (first === undefined) firstWith.set(atom, index);
      else root[find(index)] = find(first);
    }
  });
  return [...Map.groupBy(items.keys(), find).values()].map((group) => group.map((index) => items[index]!));
}

/** How many counts are tried, one by one, for whether withholding it alone would do. */
const mostTries = 12;

interface Plan {
  readonly withheld: ReadonlySet<number>;
  readonly isOpen: boolean;
}

async function protectItems(solver: Solver, items: readonly Item[]): Promise<Plan> {
  const positions = [...items.keys()];
  const small = positions.filter((at) => isSmall(items[at]!.value, items[at]!.minimum));
  const withheld = new Set(small.filter((at) => items[at]!.next.length > 0));
  const secret = positions.filter((at) => !items[at]!.isKnown && (small.includes(at) || hasMoved(items[at]!)));
  // Alone, a withheld count has the range of the rule; and where nothing is new, nothing more is told.
  const isQuiet = items.length === 1 || items.every(({ next }) => next.length === 0);
  if (isQuiet || secret.length === 0) return { withheld, isOpen: false };

  try {
    return await complete(solver, items, withheld, secret);
  } catch (error) {
    if (error instanceof OutOfPatience) return { withheld, isOpen: true };
    throw error;
  }
}

/** Withholds more until nothing secret is told. */
async function complete(
  solver: Solver,
  items: readonly Item[],
  small: ReadonlySet<number>,
  secret: readonly number[],
): Promise<Plan> {
  const withheld = new Set(small);
  let open = await findOpen(solver, items, withheld, secret);
  const before = await rangesOf(solver, items.map(whatWasSaid), items, [...open.keys()]);
  // What was open before, because numbers have changed since, may stay as open as it was.
  const kept = new Set([...open.keys()].filter((at, nth) => isSameRange(before[nth], open.get(at))));
  const asked = secret.filter((at) => !kept.has(at));
  const choose = async (target: number): Promise<number | undefined> => {
    const candidates = nearestFirst(items, target).filter(
      (at) => items[at]!.next.length > 0 && !items[at]!.isKnown && !withheld.has(at),
    );
    for (const candidate of candidates.slice(0, mostTries))
      if ((await findOpen(solver, items, new Set([...withheld, candidate]), [target])).size === 0) return candidate;
    return candidates[0];
  };
  const added: number[] = [];
  for (
    open = await findOpen(solver, items, withheld, asked);
    open.size > 0;
    open = await findOpen(solver, items, withheld, asked)
  ) {
    const [target] = open.keys();
    const candidate = target === undefined ? undefined : await choose(target);
    if (candidate === undefined) return { withheld, isOpen: true };
    withheld.add(candidate);
    added.push(candidate);
  }
  // Some of the first may no longer be needed beside the later ones.
  for (const candidate of added.slice(0, -1)) {
    withheld.delete(candidate);
    if ((await findOpen(solver, items, withheld, asked)).size > 0) withheld.add(candidate);
  }
  return { withheld, isOpen: false };
}

/** The secret counts that are not protected, with the range that is left of each. */
async function findOpen(
  solver: Solver,
  items: readonly Item[],
  withheld: ReadonlySet<number>,
  secret: readonly number[],
): Promise<Map<number, Range | undefined>> {
  const sums = items.map((item, at) => whatIsSaid(item, withheld.has(at)));
  const ranges = await rangesOf(solver, sums, items, secret);
  const narrow = secret.flatMap((at, nth) => {
    const item = items[at]!;
    const { floor, cap } = windowOf(item);
    const range = ranges[nth];
    // Below a minimum of two there is one value, and whoever agreed to it agreed to that.
    const isWhole =
      (item.minimum === 2 && !hasMoved(item)) || (range !== undefined && range.least <= floor && range.most >= cap);
    return isWhole ? [] : [{ at, range }];
  });
  const byRule = await rangesOf(
    solver,
    items.map((item, at) => whatTheRuleSays(item, withheld.has(at))),
    items,
    narrow.map(({ at }) => at),
  );
  return new Map(
    narrow
      .filter(({ range }, nth) => !isSameRange(range, byRule[nth]) || range === undefined || range.least === range.most)
      .map(({ at, range }) => [at, range]),
  );
}

/** Signs and zeros, which are shown whatever the other numbers are. */
function whatTheRuleSays({ atoms, value, minimum, isKnown, next, ...item }: Item, isWithheld: boolean): Sum {
  if (isWithheld || item.isWithheld) return { atoms, ...signOf(value, minimum) };
  return { atoms, least: 0, most: value === 0 && (isKnown || next.length > 0) ? 0 : Infinity };
}

function whatWasSaid(item: Item): Sum {
  const { atoms, least, most, isWithheld } = item;
  return isWithheld ? withSign({ ...item, minimum: item.minimumBefore }) : { atoms, least, most };
}

function whatIsSaid(item: Item, isWithheld: boolean): Sum {
  if (item.next.length === 0) return whatWasSaid(item);
  if (isWithheld) return withSign(item);
  return { atoms: item.atoms, least: item.value, most: item.value };
}

function withSign({ atoms, value, minimum, isKnown, least, most }: Item): Sum {
  const sign = isKnown ? { least, most } : signOf(value, minimum);
  return { atoms, least: Math.max(least, sign.least), most: Math.min(most, sign.most) };
}

/** Zeros are shown; only to protect another count is one withheld. */
const signOf = (value: number, minimum: number): Range => ({
  least: value === 0 ? 0 : 1,
  most: isSmall(value, minimum) ? minimum - 1 : Infinity,
});

function rangesOf(
  solver: Solver,
  sums: readonly Sum[],
  items: readonly Item[],
  asked: readonly number[],
): Promise<readonly (Range | undefined)[]> {
  return boundsOf(
    solver,
    sums,
    asked.map((at) => ({ sum: at, ...windowOf(items[at]!) })),
  );
}

const hasMoved = ({ value, minimum, earlier }: Item): boolean =>
  earlier !== undefined && earlier !== value && !isSmall(value, minimum);

/** What must all remain possible: of a small count the range of the rule, of one that has moved the way back to what was said. */
function windowOf(item: Item): { readonly floor: number; readonly cap: number } {
  const { value, minimum, earlier = value } = item;
  return hasMoved(item)
    ? { floor: Math.min(value, earlier), cap: Math.max(value, earlier) }
    : { floor: 1, cap: minimum - 1 };
}

const isSameRange = (a: Range | undefined, b: Range | undefined): boolean =>
  a !== undefined && b !== undefined && a.least === b.least && a.most === b.most;

/** By how many sums lie between; then small numbers, because they are missed least; zeros last, because a zero is good news. */
function nearestFirst(items: readonly Item[], from: number): number[] {
  const withAtom = new Map<string, number[]>();
  items.forEach(({ atoms }, at) => {
    for (const atom of atoms) withAtom.set(atom, [...(withAtom.get(atom) ?? []), at]);
  });
  const distance = new Map([[from, 0]]);
  const seen = new Set<string>();
  for (const at of distance.keys())
    for (const atom of items[at]!.atoms)
      if (!seen.has(atom)) {
        seen.add(atom);
        for (const other of withAtom.get(atom) ?? [])
          if (!distance.has(other)) distance.set(other, (distance.get(at) ?? 0) + 1);
      }
  const rank = (at: number): number => (items[at]!.value === 0 ? Infinity : items[at]!.value);
  return [...distance.keys()].toSorted(
    (a, b) => distance.get(a)! - distance.get(b)! || (rank(a) === rank(b) ? 0 : rank(a) - rank(b)),
  );
}

/**
 * How long each constituency had the floor, as it may be shown. A constituency of fewer than five people in the session stands under "smaller groups
 * together", which takes in the next larger one until it speaks of five people or more. Nothing is left out of the sum, so that nothing can be
 * worked out by subtracting.
 */
import type { PartyKind } from '../../acts/spine-types.ts';
import { leastPeople } from '../equity/funnel.ts';

/** Constituencies of a session under the Chatham House Rule that are too small to be told apart, even in what is stored. */
export const smallerGroups = 'smaller-groups';
export type SpeakingGroup = PartyKind | typeof smallerGroups;

export interface GroupTime {
  readonly constituency: SpeakingGroup;
  /** Who is there, or registered, of this constituency. */
  readonly people: number;
  readonly turns: number;
  readonly seconds: number;
}

/** Under which name a turn is counted. */
export function groupOf(
  constituency: PartyKind,
  people: ReadonlyMap<PartyKind, number>,
  isChathamHouse: boolean,
): SpeakingGroup {
  return isChathamHouse && (people.get(constituency) ?? 0) < leastPeople ? smallerGroups : constituency;
}

export interface ShownTime {
  /** Null: smaller groups together. */
  readonly constituency: PartyKind | null;
  readonly people: number;
  readonly turns: number;
  readonly seconds: number;
}

/** Those heard longest first, what is put together last. Undefined: all together are fewer than five people. */
export function showFloorTime(groups: readonly GroupTime[]): readonly ShownTime[] | undefined {
  const bySize = groups
    .filter(({ people, turns }) => people > 0 || turns > 0)
    .toSorted((a, b) => a.people - b.people || a.constituency.localeCompare(b.constituency));
  const large: ShownTime[] = [];
  const together = { constituency: null, people: 0, turns: 0, seconds: 0 };
  let hasSmall = false;
  // The small ones first: one that comes after them is large enough itself, and is taken in only where they are not.
  const ordered = bySize.toSorted(
    (a, b) => Number(b.constituency === smallerGroups) - Number(a.constituency === smallerGroups),
  );
  for (const { constituency, people, turns, seconds } of ordered) {
    const isSmall =
      constituency === smallerGroups || people < leastPeople || (hasSmall && together.people < leastPeople);
    if (!isSmall) large.push({ constituency, people, turns, seconds });
    else {
      hasSmall = true;
      together.people += people;
      together.turns += turns;
      together.seconds += seconds;
    }
  }
  if (hasSmall && together.people < leastPeople) return undefined;
  return [...large.toSorted((a, b) => b.seconds - a.seconds), ...(hasSmall ? [together] : [])];
}

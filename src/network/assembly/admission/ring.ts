/** Networks may be members of networks, and none of itself through others: its assembly would decide on who decides in it. Pure. */

export interface Membership {
  readonly network: string;
  readonly member: string;
}

/** The way down from the member to the network that would admit it; undefined when there is none. */
export function findRing(known: readonly Membership[], network: string, member: string): readonly string[] | undefined {
  const membersOf = Map.groupBy(known, (each) => each.network);
  const cameFrom = new Map<string, string | undefined>([[member, undefined]]);
  // A map hands out what is added while it is walked.
  for (const [at] of cameFrom) {
    if (at === network) return wayTo(at, cameFrom);
    for (const { member: next } of membersOf.get(at) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, at);
  }
  return undefined;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = end; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}

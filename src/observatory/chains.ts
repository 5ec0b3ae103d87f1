/**
 * Each author's acts on one subject form a chain: every act names the one before. Of each chain only its head is remembered, so memory grows
 * with the subjects and not with the acts; what does not fit a head is set aside and looked into by reading those chains again.
 */
import type { ActId, Did, SubjectId } from '../ids.ts';

export interface ChainLink {
  readonly id: ActId;
  readonly party: Did;
  readonly subject: SubjectId;
  readonly prev: ActId | null;
  readonly origin: string;
  readonly index: number;
}

interface Chain {
  head: ActId | null;
  /** By the predecessor it names. */
  readonly aside: Map<string, ChainLink>;
}

export interface Chains {
  take(link: ChainLink): void;
  /** Links that follow no head: their predecessor is not here, has another successor, or they stand in the log twice. */
  listAside(): readonly ChainLink[];
  readonly overflow: number;
}

const keptAside = 1_000;

export const chainKey = ({ party, subject }: Pick<ChainLink, 'party' | 'subject'>): string => `${party} ${subject}`;

export function openChains(): Chains {
  const chains = new Map<string, Chain>();
  const crowded: ChainLink[] = [];
  let aside = 0;
  let overflow = 0;

  return {
    take(link) {
      const key = chainKey(link);
      const chain = chains.get(key) ?? { head: null, aside: new Map<string, ChainLink>() };
      chains.set(key, chain);
      if (chain.head === link.prev && (chain.head !== null || link.prev === null)) {
        chain.head = link.id;
        for (let next = chain.aside.get(link.id); next; next = chain.aside.get(next.id)) {
          chain.aside.delete(next.prev ?? '');
          aside -= 1;
          chain.head = next.id;
        }
      } else if (aside + crowded.length >= keptAside) overflow += 1;
      else if (chain.aside.has(link.prev ?? '')) crowded.push(link);
      else {
        chain.aside.set(link.prev ?? '', link);
        aside += 1;
      }
    },
    listAside: () => [...crowded, ...[...chains.values()].flatMap((chain) => [...chain.aside.values()])],
    get overflow() {
      return overflow;
    },
  };
}

export interface ChainFindings {
  readonly missing: readonly ChainLink[];
  readonly contradicting: readonly { readonly link: ChainLink; readonly rival: ActId }[];
}

/** What the links set aside turn out to be, once every act of their chains has been read again. `acts` are those with a valid signature. */
export function judgeAside(aside: readonly ChainLink[], acts: Iterable<ChainLink>): ChainFindings {
  const byPredecessor = new Map<string, ActId[]>();
  const known = new Set<string>();
  for (const act of acts) {
    known.add(act.id);
    const place = `${chainKey(act)} ${act.prev ?? ''}`;
    const successors = byPredecessor.get(place) ?? [];
    if (!successors.includes(act.id)) byPredecessor.set(place, [...successors, act.id]);
  }
  const missing = aside.filter(({ prev }) => prev !== null && !known.has(prev));
  const contradicting = aside.flatMap((link) => {
    const rival = byPredecessor.get(`${chainKey(link)} ${link.prev ?? ''}`)?.find((id) => id !== link.id);
    return rival === undefined ? [] : [{ link, rival }];
  });
  return { missing, contradicting };
}

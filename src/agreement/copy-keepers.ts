import type { Did } from '../ids.ts';
import type { InstrumentDocument } from './document.ts';

/** A hosted party and its host count as one: `did:web:host:p:slug` confirms and is confirmed as `did:web:host`. */
export const operatorOf = (party: Did): Did => party.replace(/:p:[^:]*$/, '') as Did;

/**
 * The first party whose own log too few of the named keepers can confirm: its operator is none for itself. What it gave under such a text would
 * wait for its proof for ever, and what it numbered would have no time.
 */
export function partyWithoutKeepers({
  parties,
  copyKeepers: { keepers, k },
}: Pick<InstrumentDocument, 'parties' | 'copyKeepers'>): Did | undefined {
  const operators = new Set(keepers.map(({ operator }) => operatorOf(operator)));
  return parties.find((party) => [...operators].filter((operator) => operator !== operatorOf(party)).length < k);
}
